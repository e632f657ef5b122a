// SPDX-License-Identifier: GPL-3.0-or-later
//! Layering packages, on the machine, through rpm-ostree's daemon there.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, MessageStream, Proxy, connection};

const DAEMON: &str = "org.projectatomic.rpmostree1";
const SYSROOT: (&str, &str) = ("/org/projectatomic/rpmostree1/Sysroot", "org.projectatomic.rpmostree1.Sysroot");
const OS: &str = "org.projectatomic.rpmostree1.OS";
const TRANSACTION: &str = "org.projectatomic.rpmostree1.Transaction";
/// For a whole transaction, and for its end: the daemon parts with a client after 30 seconds at the latest.
const PATIENCE: Duration = Duration::from_secs(300);
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(35);

/// Has the daemon stage a deployment with these packages more; without a package, one without any that were asked for.
///
/// # Errors
/// The daemon does not answer, or says that it failed.
pub fn change(packages: &[String]) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let bus = Connection::system().await.context("the bus does not answer")?;
        let sysroot = Proxy::new(&bus, DAEMON, SYSROOT.0, SYSROOT.1).await?;
        let booted: OwnedObjectPath = sysroot.get_property("Booted").await.context("rpm-ostree does not answer")?;
        let os = Proxy::new(&bus, DAEMON, booted, OS).await?;
        let gone = if packages.is_empty() { requested(&os).await? } else { Vec::new() };
        if packages.is_empty() && gone.is_empty() {
            return Ok(());
        }
        // As its own program asks for it: nothing is looked for that is new.
        let modifiers: HashMap<&str, Value<'_>> = if packages.is_empty() {
            [("uninstall-packages", Value::from(gone))].into()
        } else {
            [("install-packages", Value::from(packages.to_vec()))].into()
        };
        let options: HashMap<&str, Value<'_>> = [("no-pull-base", Value::from(true))].into();
        let address: String =
            os.call("UpdateDeployment", &(modifiers, options)).await.context("cannot ask for packages")?;
        let finished = tokio::time::timeout(PATIENCE, transaction(&address)).await;
        finished.context("rpm-ostree does not come to an end")??;
        tokio::time::timeout(PATIENCE_AT_THE_END, idle(&sysroot)).await.context("rpm-ostree does not let go")?
    })
}

/// The packages that were asked for in what is booted next.
async fn requested(os: &Proxy<'_>) -> Result<Vec<String>> {
    let mut next: HashMap<String, OwnedValue> = os.get_property("DefaultDeployment").await?;
    let packages = next.remove("requested-packages");
    Ok(packages.map(Vec::<String>::try_from).transpose()?.unwrap_or_default())
}

/// Starts the transaction at `address` and waits for its end.
async fn transaction(address: &str) -> Result<()> {
    let peer = connection::Builder::address(address)?.p2p().build().await.context("cannot join the transaction")?;
    // From before it starts: it may be over before that is answered.
    let mut messages = MessageStream::from(&peer);
    peer.call_method(None::<&str>, "/", Some(TRANSACTION), "Start", &()).await.context("cannot start")?;
    while let Some(message) = messages.next().await {
        let message = message?;
        let header = message.header();
        if header.interface().is_some_and(|name| name == TRANSACTION)
            && header.member().is_some_and(|m| m == "Finished")
        {
            let (success, text): (bool, String) = message.body().deserialize()?;
            peer.close().await?;
            return if success { Ok(()) } else { Err(anyhow::anyhow!(text).context("rpm-ostree says")) };
        }
    }
    bail!("rpm-ostree ended in the middle of it")
}

/// Waits until no transaction is left.
async fn idle(sysroot: &Proxy<'_>) -> Result<()> {
    loop {
        let active: (String, String, String) = sysroot.get_property("ActiveTransaction").await?;
        if active.0.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
