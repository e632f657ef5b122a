// SPDX-License-Identifier: GPL-3.0-or-later
//! rpm-ostree's daemon on the system bus. It is started when it is asked, which may take minutes, and ends by itself after
//! a while in which nobody asked.

use std::time::{Duration, Instant};

use isotope_model::Refusal;
use zbus::DBusError as _;
use zbus::fdo::{self, DBusProxy};
use zbus::names::WellKnownName;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedObjectPath, Value};

use super::errors::{MethodError, of_method_error};
use super::in_sight::InSight;
use super::proxies::{NAME, Options, OsProxy, SysrootProxy};

/// What people call it.
pub(crate) const PROGRAM: &str = "rpm-ostree";
/// What Isotope calls itself there.
pub(crate) const CLIENT: &str = "isotope";
/// Its unit may take five minutes to start. Source: `rpm-ostreed.service`.
pub(crate) const PATIENCE: Duration = Duration::from_secs(330);

/// How often something is asked that nothing has come of yet: the daemon may have been about to end.
const TRIES: u32 = 2;
/// How often it is started. Source: rpm-ostree's issue 2531, where its own client does the like.
const STARTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(300);

/// The daemon, as it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Daemon<'a> {
    /// The system bus.
    pub(crate) bus: &'a zbus::Connection,
    /// How it is waited for.
    pub(crate) in_sight: InSight<'a>,
}

impl<'a> Daemon<'a> {
    /// Asks its object for the system that runs, in the state that the sysroot has now. `reference` is what this is about,
    /// for what is told of errors. Where the daemon goes away before it answers, it is asked once more: `question` must
    /// not begin anything.
    ///
    /// # Errors
    /// What the daemon answers; it cannot be reached; a cancel.
    pub(crate) async fn ask<T>(
        &self,
        reference: &str,
        question: impl AsyncFn(&OsProxy<'a>) -> zbus::Result<T>,
    ) -> Result<T, MethodError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let asked = self.ask_once(reference, &question).await;
            match asked {
                Err(MethodError::Unavailable { detail }) if tries == TRIES => {
                    let program = PROGRAM.to_owned();
                    return Err(MethodError::Refused(Refusal::ProgramEnded { program, detail }));
                }
                Err(MethodError::Unavailable { detail }) => tracing::warn!("asking rpm-ostree again: {detail}"),
                asked => return asked,
            }
        }
    }

    async fn ask_once<T>(
        &self,
        reference: &str,
        question: impl AsyncFn(&OsProxy<'a>) -> zbus::Result<T>,
    ) -> Result<T, MethodError> {
        self.start().await.map_err(MethodError::Refused)?;
        let os = self.wait(reference, self.booted()).await?;
        let os = os.ok_or(MethodError::Refused(Refusal::NotBooted))?;
        self.wait(reference, question(&os)).await
    }

    async fn wait<T>(
        &self,
        reference: &str,
        question: impl Future<Output = zbus::Result<T>>,
    ) -> Result<T, MethodError> {
        let answered = self.in_sight.wait(question).await.map_err(MethodError::Refused)?;
        answered.map_err(|error| of_error(&error, reference))
    }

    /// Has the bus start it, if it does not run.
    async fn start(&self) -> Result<(), Refusal> {
        let bus = DBusProxy::new(self.bus).await.map_err(|error| Refusal::Failed { detail: error.to_string() })?;
        let began = Instant::now();
        let mut starts = 0;
        loop {
            let name = WellKnownName::from_static_str_unchecked(NAME);
            let error = match self.in_sight.wait(bus.start_service_by_name(name, 0)).await? {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            // The bus may have less patience than the service manager, which goes on.
            let goes_on = matches!(error, fdo::Error::TimedOut(_) | fdo::Error::Timeout(_) | fdo::Error::NoReply(_));
            starts += u32::from(!goes_on);
            if starts == STARTS || began.elapsed() > self.in_sight.patience {
                let detail = error.to_string();
                return Err(Refusal::ProgramUnavailable { program: PROGRAM.to_owned(), detail });
            }
            self.in_sight.pause(PROGRAM, PAUSE).await?;
        }
    }

    /// Its object for the system that runs; nothing where none of its systems does.
    async fn booted(&self) -> zbus::Result<Option<OsProxy<'a>>> {
        let sysroot = SysrootProxy::builder(self.bus).cache_properties(CacheProperties::No).build().await?;
        let id = Options::from([("id", Value::from(CLIENT))]);
        if let Err(error) = sysroot.register_client(&id).await {
            // It may be told who asks, but need not.
            match of_error(&error, "") {
                MethodError::Unavailable { .. } => return Err(error),
                _ => tracing::debug!("rpm-ostree takes no client: {error}"),
            }
        }
        sysroot.reload().await?;
        let path: OwnedObjectPath = sysroot.booted().await?;
        // Where nothing of it runs; to ask for a system without a name would bring it down.
        if path.as_str() == "/" {
            return Ok(None);
        }
        Ok(Some(OsProxy::builder(self.bus).path(path)?.cache_properties(CacheProperties::No).build().await?))
    }
}

/// What an answer means that is none.
pub(crate) fn of_error(error: &zbus::Error, reference: &str) -> MethodError {
    match error {
        zbus::Error::MethodError(name, message, _) => {
            of_method_error(name.as_str(), message.as_deref().unwrap_or_default(), reference)
        }
        zbus::Error::FDO(error) => match &**error {
            fdo::Error::ZBus(error) => of_error(error, reference),
            error => of_method_error(error.name().as_str(), error.description().unwrap_or_default(), reference),
        },
        error => MethodError::Refused(Refusal::Failed { detail: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_of_the_bus_keep_their_names() {
        let gone = fdo::Error::NoReply("gone".into());
        assert!(matches!(of_error(&zbus::Error::FDO(gone.into()), ""), MethodError::Unavailable { .. }));
        let unknown = fdo::Error::ZBus(zbus::Error::FDO(fdo::Error::ServiceUnknown("not there".into()).into()));
        assert!(matches!(of_error(&zbus::Error::FDO(unknown.into()), ""), MethodError::Unavailable { .. }));
        let odd = of_error(&zbus::Error::InvalidReply, "");
        assert!(matches!(odd, MethodError::Refused(Refusal::Failed { .. })));
    }
}
