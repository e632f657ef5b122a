// SPDX-License-Identifier: GPL-3.0-or-later
//! Has the daemon do something: a method makes a transaction, which is begun, followed, and closed.

use std::ops::ControlFlow;
use std::time::Duration;

use isotope_model::Refusal;
use ostree::gio::prelude::CancellableExt as _;
use zbus::zvariant::Value;

use super::activity::{self, Active, Activity, CLOSED, FORCED};
use super::daemon::{CLIENT, Daemon, PROGRAM};
use super::errors::MethodError;
use super::follow::{Begin, End, Heard, follow_all, join_again};
use super::peer::Peer;
use super::proxies::{Options, OsProxy};
use crate::sysroot_lock;

/// What the daemon is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call<'a> {
    /// Look for an update.
    Check,
    /// Download and stage what is followed.
    Upgrade {
        /// It is not to start before it is released.
        hold_back: bool,
    },
    /// Download and stage another image, and follow it.
    Rebase {
        /// The image.
        reference: &'a str,
        /// What was changed on this computer is taken back.
        reset: bool,
    },
    /// Stage what is followed as it is here, and take back what was changed on this computer.
    Reset,
    /// Download and stage a version of what is followed: a commit or a digest.
    Deploy {
        /// Which.
        revision: &'a str,
    },
    /// Remove what it keeps and nothing needs.
    CleanUp,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// It was done, well or badly.
    Ended(End),
    /// Something else was at work, and was waited for: everything may be otherwise now.
    AfterAnother,
}

/// Takes back packages, overrides and an initramfs. Source: rpm-ostree's `rpmostree-builtin-reset.cxx`.
const RESET: [(&str, bool); 3] = [("no-layering", true), ("no-overrides", true), ("no-initramfs", true)];
/// How often something is begun that turns out to be what somebody else had begun, and that has ended.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

impl Call<'_> {
    async fn make(self, os: &OsProxy<'_>) -> zbus::Result<String> {
        let named = |more: &[(&'static str, bool)]| {
            let flags = more.iter().map(|(name, value)| (*name, Value::from(*value)));
            let client = ("initiating-command-line", Value::from(CLIENT));
            flags.chain([client]).collect::<Options<'static>>()
        };
        match self {
            Self::Check => {
                let mode = ("mode", Value::from("check"));
                // Otherwise what it does is told to nobody.
                let options = Options::from([mode, ("output-to-self", Value::from(false))]);
                os.automatic_update_trigger(&options).await.map(|(_, address)| address)
            }
            Self::Upgrade { hold_back: false } => os.upgrade(&named(&[])).await,
            Self::Upgrade { hold_back: true } => os.upgrade(&named(&[("lock-finalization", true)])).await,
            Self::Reset => {
                let alone = [("no-pull-base", true), ("cache-only", true)];
                os.update_deployment(&Options::new(), &named(&[&RESET[..], &alone].concat())).await
            }
            Self::Rebase { reference, reset } => {
                let target = Options::from([("set-refspec", Value::from(reference))]);
                let reset: &[_] = if reset { &RESET } else { &[] };
                os.update_deployment(&target, &named(&[&[("skip-purge", false)], reset].concat())).await
            }
            Self::Deploy { revision } => os.deploy(revision, &named(&[])).await,
            Self::CleanUp => os.cleanup(&["base", "repomd"]).await,
        }
    }
}

impl Daemon<'_> {
    /// Has it done, and waits for the end. `reference` is what this is about, for what is told of errors. `hear` may break
    /// it off, as a cancel does.
    ///
    /// # Errors
    /// It was not begun: the daemon cannot be reached, or refuses; a cancel.
    pub(crate) async fn run(
        &self,
        call: Call<'_>,
        reference: &str,
        hear: impl FnMut(Heard<'_>) -> ControlFlow<()>,
    ) -> Result<Ran, Refusal> {
        // The sysroot is locked for what was asked for, also where nobody begins it, as long as who has asked is on the bus.
        let bus = self.in_sight.wait(zbus::Connection::system()).await?;
        let bus = bus.map_err(|error| Refusal::Failed { detail: error.to_string() })?;
        let name = bus.unique_name().map(ToString::to_string).unwrap_or_default();
        let ran = Daemon { bus: &bus, in_sight: self.in_sight }.run_as(&name, call, reference, hear).await;
        if let Err(error) = bus.close().await {
            tracing::debug!("leaving the bus: {error}");
        }
        if !matches!(ran, Ok(Ran::Ended(_))) {
            activity::until_let_go(self.bus, &name).await;
        }
        ran
    }

    /// Does it under this name on the bus.
    async fn run_as(
        &self,
        name: &str,
        call: Call<'_>,
        reference: &str,
        mut hear: impl FnMut(Heard<'_>) -> ControlFlow<()>,
    ) -> Result<Ran, Refusal> {
        let mut detail = String::new();
        for _ in 0..TRIES {
            let address = match self.ask(reference, async |os: &OsProxy<'_>| call.make(os).await).await {
                Ok(address) => address,
                Err(error) => return self.after(error).await,
            };
            let peer = match self.in_sight.wait(Peer::connect(&address)).await? {
                Ok(peer) => peer,
                Err(error) => {
                    // It ended just before, or the daemon did.
                    detail = format!("{error:#}");
                    self.in_sight.pause(PROGRAM, PAUSE).await?;
                    continue;
                }
            };
            // Where it does not say, it is what this name has called for.
            let known = match activity::read(self.bus).await {
                Activity::Active(active) => Some(active),
                Activity::Idle | Activity::Unknown => None,
            };
            if self.in_sight.cancellable.is_cancelled() {
                peer.close().await;
                return Err(Refusal::Cancelled);
            }
            let is_it = |now: &Active| known.as_ref().map_or(now.sender == name, |known| known == now);
            let again = async || join_again(self.bus, is_it).await;
            let cancelled = async || self.in_sight.cancelled().await;
            let end = follow_all(peer, Begin::AtOnce, again, cancelled, &mut hear).await;
            let patience = if call == Call::Check { FORCED } else { CLOSED };
            activity::until_closed(self.bus, patience).await;
            if !end.is_stale() {
                return Ok(Ran::Ended(end));
            }
            detail = "what somebody else had asked for is not closed".to_owned();
            activity::until_idle(self.bus, &self.in_sight, PROGRAM).await?;
        }
        Err(Refusal::ProgramUnavailable { program: PROGRAM.to_owned(), detail })
    }

    /// What a refused call comes to; what is at work is waited for.
    async fn after(&self, error: MethodError) -> Result<Ran, Refusal> {
        match error {
            MethodError::TransactionInProgress { title } => {
                let waits_for = if title.is_empty() { PROGRAM } else { &title };
                activity::until_idle(self.bus, &self.in_sight, waits_for).await?;
                Ok(Ran::AfterAnother)
            }
            MethodError::SysrootLocked => {
                let holder = sysroot_lock::other_holder().unwrap_or_else(|| "ostree".to_owned());
                self.in_sight.pause(&holder, PAUSE).await?;
                Ok(Ran::AfterAnother)
            }
            MethodError::Unavailable { detail } => {
                Err(Refusal::ProgramUnavailable { program: PROGRAM.to_owned(), detail })
            }
            MethodError::Refused(refusal) => Err(refusal),
        }
    }
}
