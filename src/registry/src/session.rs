// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, StatusCode, Url};

use crate::certificates::Certificates;
use crate::client;
use crate::credentials::{Credential, Credentials};
use crate::exchange::{Answer, Silence, exchange};
use crate::failure::Failure;
use crate::limits;
use crate::registries_conf::Endpoint;
use crate::retry::Patience;
use crate::tokens::{self, Challenge};

/// What passes between this computer and one registry about one repository.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    certificates: Certificates,
    authority: String,
    path: String,
    insecure: bool,
    credential: Option<Credential>,
    patience: Patience,
    authorisation: Mutex<Option<HeaderValue>>,
    scheme: Mutex<&'static str>,
}

/// One question.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    /// `GET` or `HEAD`.
    pub(crate) method: Method,
    /// What is asked for in the repository, with its parameters: `tags/list?n=10`.
    pub(crate) what: &'a str,
    /// What can be understood.
    pub(crate) accept: &'static str,
    /// How many bytes the answer may have.
    pub(crate) longest: usize,
    /// It is good to know and no more: little time is spent on it, and a busy registry is left alone.
    pub(crate) extra: bool,
}

/// What every registry answers who lets anybody in.
const DOOR: &str = "";

impl Session {
    /// Prepares to ask. Nothing is sent yet.
    pub(crate) fn new(
        endpoint: &Endpoint,
        certificates: Certificates,
        credentials: &Credentials,
        patience: Patience,
    ) -> Result<Self, Failure> {
        Ok(Self {
            client: client::for_registry(&certificates, endpoint.insecure)?,
            certificates,
            authority: endpoint.image.authority().to_owned(),
            path: endpoint.image.path.clone(),
            insecure: endpoint.insecure,
            credential: credentials.of(&endpoint.image).cloned(),
            patience,
            authorisation: Mutex::new(None),
            scheme: Mutex::new("https"),
        })
    }

    /// Asks, shows who asks if the registry wants to know, waits if it is busy. Whatever it answers then is the answer.
    pub(crate) async fn ask(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        let answer = self.ask_patiently(question).await?;
        let refused = match answer.status {
            StatusCode::UNAUTHORIZED => answer,
            // Some hide from strangers. Who has credentials for them asks at the door who is let in.
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND if self.could_say_more()? && !question.extra => {
                let door = self.ask_patiently(&Question { method: Method::GET, what: DOOR, ..question.clone() }).await;
                match door {
                    Ok(door) if door.status == StatusCode::UNAUTHORIZED => door,
                    _ => return Ok(answer),
                }
            }
            _ => return Ok(answer),
        };
        self.authorise(&refused, question.extra).await?;
        self.ask_patiently(question).await
    }

    fn could_say_more(&self) -> Result<bool, Failure> {
        Ok(self.credential.is_some() && self.authorisation.lock().map_err(broken)?.is_none())
    }

    async fn ask_patiently(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.ask_once(question).await?;
            match self.patience.pause(&answer, tries) {
                Some(pause) if !question.extra => self.wait(pause).await,
                _ => return Ok(answer),
            }
        }
    }

    async fn wait(&self, pause: Duration) {
        tracing::debug!("{} is busy: asking again in {pause:?}", self.authority);
        tokio::time::sleep(pause).await;
    }

    async fn ask_once(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        let scheme = *self.scheme.lock().map_err(broken)?;
        let answered = match (self.exchange(scheme, question).await, scheme) {
            // A registry that needs no protection may have none.
            (Err(Silence::NoConnection(detail)), "https") if self.insecure => {
                tracing::debug!("{} does not speak TLS ({detail})", self.authority);
                let answered = self.exchange("http", question).await;
                if answered.is_ok() {
                    *self.scheme.lock().map_err(broken)? = "http";
                }
                answered
            }
            (answered, _) => answered,
        };
        answered.map_err(|silence| silence.into_failure(&self.authority))
    }

    async fn exchange(&self, scheme: &str, question: &Question<'_>) -> Result<Answer, Silence> {
        let address = match question.what {
            DOOR => format!("{scheme}://{}/v2/", self.authority),
            what => format!("{scheme}://{}/v2/{}/{what}", self.authority, self.path),
        };
        let mut request = self.client.request(question.method.clone(), address).header(ACCEPT, question.accept);
        let authorisation = self.authorisation.lock().ok().and_then(|header| header.clone());
        if let Some(header) = authorisation {
            request = request.header(AUTHORIZATION, header);
        }
        if question.extra {
            request = request.timeout(limits::EXTRA);
        }
        exchange(request, question.longest).await
    }

    /// Gets what the registry wants to see.
    async fn authorise(&self, refused: &Answer, extra: bool) -> Result<(), Failure> {
        let header = match Challenge::of(&refused.headers)? {
            Challenge::Password => tokens::with_password(self.credential.as_ref())?,
            Challenge::Token { realm, service } => self.token(&realm, service.as_deref(), extra).await?,
        };
        *self.authorisation.lock().map_err(broken)? = Some(header);
        Ok(())
    }

    async fn token(&self, realm: &Url, service: Option<&str>, extra: bool) -> Result<HeaderValue, Failure> {
        let host = realm.host_str().unwrap_or_default().to_owned();
        let speakable = match realm.scheme() {
            "https" => true,
            "http" => self.insecure,
            _ => false,
        };
        if !speakable || host.is_empty() {
            return Err(Failure::Denied(format!(
                "{} wants a token from an address without protection",
                self.authority
            )));
        }
        let client = client::for_tokens(&self.certificates, self.insecure)?;
        let mut tries = 0;
        loop {
            tries += 1;
            let request = tokens::request(&client, realm, service, &self.path, self.credential.as_ref());
            let answer = exchange(request, limits::TOKEN).await.map_err(|silence| silence.into_failure(&host))?;
            match self.patience.pause(&answer, tries) {
                Some(pause) if !extra => self.wait(pause).await,
                _ => return tokens::given(answer),
            }
        }
    }
}

fn broken<T>(_: T) -> Failure {
    Failure::Failed("the lookup is broken".into())
}
