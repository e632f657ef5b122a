// SPDX-License-Identifier: GPL-3.0-or-later
//! Runs on the lab's machine for the end-to-end tests: makes one bus call as an ordinary person, or is the
//! authentication agent that polkit asks.
//!
//!     isotope-test-probe call PATH METHOD OPTIONS-AS-JSON interactive|silent [ARGUMENT]
//!     isotope-test-probe agent PROCESS approve|dismiss|wait
//!     isotope-test-probe rpm-ostree upgrade|rebase IMAGE|install PACKAGE

#[path = "isotope-test-probe/rpm_ostree.rs"]
mod rpm_ostree;

use std::collections::HashMap;
use std::io::BufRead as _;
use std::os::unix::fs::MetadataExt as _;

use anyhow::{Context as _, Result, bail};
use futures_util::StreamExt as _;
use isotope_model::dictionary::{Dictionary, from_dictionary, to_dictionary};
use isotope_model::names::{BUS_NAME, ERROR_PREFIX, INTERFACE, OPERATION_INTERFACE, SETTINGS_INTERFACE};
use serde_json::{Value, json};
use zbus::message::Flags;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, Message, MessageStream};
use zbus_polkit::policykit1::{AuthorityProxy, Subject};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["call", path, method, options, manner] => call(path, method, options, *manner == "interactive", None).await,
        ["call", path, method, options, manner, argument] => {
            call(path, method, options, *manner == "interactive", Some(argument)).await
        }
        ["agent", process, answer] => agent(process.parse()?, answer).await,
        ["rpm-ostree", what @ ..] => rpm_ostree::run(what).await,
        other => bail!("unknown arguments {other:?}"),
    }
}

/// Says which process it is, waits for a line, calls, prints the answer; leaves at once when its input ends.
async fn call(path: &str, method: &str, options: &str, interactive: bool, argument: Option<&str>) -> Result<()> {
    let options: Value = serde_json::from_str(options)?;
    let options = to_dictionary(&options)?;
    let connection = Connection::system().await?;
    println!("{}", std::process::id());
    let mut lines = input();
    if lines.recv().await.is_none() {
        return Ok(());
    }
    tokio::select! {
        answer = ask(&connection, path, method, options, interactive, argument) => println!("{}", answer?),
        _ = lines.recv() => return Ok(()),
    }
    // Stays on the bus until the test lets go.
    lines.recv().await;
    Ok(())
}

async fn ask(
    connection: &Connection,
    path: &str,
    method: &str,
    options: Dictionary,
    interactive: bool,
    argument: Option<&str>,
) -> Result<Value> {
    let interface = match method {
        _ if path.contains("/operation/") => OPERATION_INTERFACE,
        "Configure" => SETTINGS_INTERFACE,
        _ => INTERFACE,
    };
    let mut call = Message::method_call(path, method)?.destination(BUS_NAME)?.interface(interface)?;
    if interactive {
        call = call.with_flags(Flags::AllowInteractiveAuth)?;
    }
    let call = match argument {
        // What is to be set is a dictionary.
        Some(argument) if interface == SETTINGS_INTERFACE => {
            call.build(&(to_dictionary(&serde_json::from_str::<Value>(argument)?)?, options))?
        }
        Some(argument) => call.build(&(argument, options))?,
        None => call.build(&(options,))?,
    };
    let mut messages = MessageStream::from(connection);
    connection.send(&call).await?;
    let serial = call.primary_header().serial_num();
    while let Some(message) = messages.next().await {
        let message = message?;
        if message.header().reply_serial() == Some(serial) {
            return describe(&message);
        }
    }
    bail!("the bus is gone")
}

fn describe(reply: &Message) -> Result<Value> {
    let header = reply.header();
    if let Some(name) = header.error_name() {
        let code = match reply.body().deserialize::<(String, Dictionary)>() {
            Ok((_, parameters)) => from_dictionary::<Value>(&parameters)?,
            Err(_) => Value::Null,
        };
        return Ok(json!({ "error": name.strip_prefix(ERROR_PREFIX).unwrap_or(name), "parameters": code }));
    }
    Ok(match reply.body().signature().to_string().as_str() {
        "o" => json!({ "answer": reply.body().deserialize::<OwnedObjectPath>()?.as_str() }),
        "a{sv}" => json!({ "answer": from_dictionary::<Value>(&reply.body().deserialize::<Dictionary>()?)? }),
        _ => json!({ "answer": null }),
    })
}

/// Is asked by polkit on behalf of one process. As root it may vouch for a password that nobody typed, which is what a
/// session's agent does through polkit's own setuid helper.
async fn agent(process: u32, answer: &str) -> Result<()> {
    let connection = Connection::system().await?;
    let (approvals, approved) = tokio::sync::watch::channel(answer == "approve");
    let uid = std::fs::metadata(format!("/proc/{process}"))?.uid();
    let object = TestAgent { connection: connection.clone(), uid, dismiss: answer == "dismiss", approved };
    connection.object_server().at(AGENT, object).await?;
    let subject = Subject::new_for_owner(process, None, None).context("the process")?;
    let authority = AuthorityProxy::new(&connection).await?;
    authority.register_authentication_agent(&subject, "C", AGENT).await?;
    println!("registered");
    let mut lines = input();
    while let Some(line) = lines.recv().await {
        if line == "approve" {
            let _ = approvals.send(true);
        }
    }
    Ok(())
}

const AGENT: &str = "/isotope/test/agent";

struct TestAgent {
    connection: Connection,
    uid: u32,
    dismiss: bool,
    approved: tokio::sync::watch::Receiver<bool>,
}

#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop.PolicyKit1.Error")]
enum AgentError {
    Cancelled(String),
    Failed(String),
}

/// `org.freedesktop.PolicyKit1.AuthenticationAgent`, from polkit's reference manual.
#[zbus::interface(name = "org.freedesktop.PolicyKit1.AuthenticationAgent")]
impl TestAgent {
    async fn begin_authentication(
        &self,
        action_id: String,
        message: String,
        _icon_name: String,
        _details: HashMap<String, String>,
        cookie: String,
        identities: Vec<(String, HashMap<String, OwnedValue>)>,
    ) -> Result<(), AgentError> {
        println!("{}", json!({ "action": action_id, "message": message }));
        if self.dismiss {
            return Err(AgentError::Cancelled("the dialog was closed".into()));
        }
        let mut approved = self.approved.clone();
        let failed = |error: &dyn std::fmt::Display| AgentError::Failed(error.to_string());
        approved.wait_for(|approved| *approved).await.map_err(|error| failed(&error))?;
        let (kind, details) = identities.first().ok_or(AgentError::Failed("nobody to be".into()))?;
        self.connection
            .call_method(
                Some("org.freedesktop.PolicyKit1"),
                "/org/freedesktop/PolicyKit1/Authority",
                Some("org.freedesktop.PolicyKit1.Authority"),
                "AuthenticationAgentResponse2",
                &(self.uid, cookie, (kind, details)),
            )
            .await
            .map_err(|error| {
                eprintln!("the test agent: {error}");
                failed(&error)
            })?;
        Ok(())
    }

    async fn cancel_authentication(&self, _cookie: String) {
        println!("{}", json!({ "cancelled": true }));
    }
}

/// Lines of standard input, until it ends.
fn input() -> tokio::sync::mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
