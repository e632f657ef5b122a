// SPDX-License-Identifier: GPL-3.0-or-later
//! Another program that has rpm-ostree do something, as GNOME Software does: by its interface, with the transaction's own
//! socket. Prints a line for each step, the last one is how it ended.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail};
use futures_util::StreamExt as _;
use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{Connection, MessageStream, Proxy};

const NAME: &str = "org.projectatomic.rpmostree1";
const TRANSACTION: &str = "org.projectatomic.rpmostree1.Transaction";

type Options<'a> = HashMap<&'a str, Value<'a>>;

/// Has it do that, and waits for the end.
pub(crate) async fn run(what: &[&str]) -> Result<()> {
    let bus = Connection::system().await?;
    let path = "/org/projectatomic/rpmostree1/Sysroot";
    let sysroot = Proxy::new(&bus, NAME, path, "org.projectatomic.rpmostree1.Sysroot").await?;
    let register = Options::from([("id", "gnome-software".into())]);
    if let Err(error) = sysroot.call_method("RegisterClient", &(register,)).await {
        println!("not registered: {error}");
    }
    let booted: OwnedObjectPath = sysroot.get_property("Booted").await?;
    let system = Proxy::new(&bus, NAME, booted, "org.projectatomic.rpmostree1.OS").await?;
    let line = format!("gnome-software {}", what.join(" "));
    let options = Options::from([("initiating-command-line", line.as_str().into())]);
    let address: String = match what {
        ["upgrade"] => system.call("Upgrade", &(options,)).await?,
        ["rebase", image] => {
            let modifiers = Options::from([("set-refspec", (*image).into())]);
            system.call("UpdateDeployment", &(modifiers, options)).await?
        }
        ["install", package] => {
            let none: Vec<&str> = Vec::new();
            system.call("PkgChange", &(options, vec![*package], none)).await?
        }
        other => bail!("unknown {other:?}"),
    };
    println!("transaction");
    let peer = zbus::connection::Builder::address(address.as_str())?.p2p().build().await?;
    let mut messages = MessageStream::from(&peer);
    let transaction = Proxy::new(&peer, NAME, "/", TRANSACTION).await?;
    let started: bool = transaction.call("Start", &()).await?;
    println!("started: {started}");
    while let Some(message) = messages.next().await {
        let message = message?;
        if message.header().member().is_some_and(|member| member == "Finished") {
            let (done, text): (bool, String) = message.body().deserialize().context("Finished")?;
            println!("finished: {done} {text}");
            return if done { Ok(()) } else { Err(anyhow::anyhow!(text)) };
        }
    }
    bail!("the transaction's connection was lost")
}
