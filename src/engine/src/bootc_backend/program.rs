// SPDX-License-Identifier: GPL-3.0-or-later
//! The installed bootc: what it can do, and runs of it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::ops::ControlFlow;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use isotope_model::Refusal;

use super::command::Verb;
use super::errors;
use super::features::{Features, HELP_OF};
use super::runner::{Ended, Heard, Invocation, Patience, Ran};
use crate::failure::Failure;
use crate::host;

const NAME: &str = "bootc";
/// What only prints a text takes no longer than this.
const QUICK: Duration = Duration::from_secs(10);
/// So many options may turn out to be unknown to it, one after the other.
const TRIES: usize = 4;

/// The installed bootc.
#[derive(Debug)]
pub(crate) struct Program {
    features: RefCell<Features>,
}

impl Program {
    /// Asks it for its version; and for its help, where the version says nothing. It is asked no more once it did not
    /// answer.
    ///
    /// # Errors
    /// It cannot be started, or does not answer.
    pub(crate) async fn find(cancelled: impl Future<Output = ()>) -> Result<Self, Failure> {
        let mut cancelled = std::pin::pin!(cancelled);
        let version = text_of(&["--version"], &mut cancelled).await.context("starting bootc")?;
        let Some(version) = version else {
            return Err(anyhow!("bootc does not answer, not even with its version").into());
        };
        let mut answers = true;
        let features = match Features::of_version(&version) {
            Some(features) => features,
            None => {
                tracing::info!("this bootc is of a version that is not known: {version:?}; asking what it can do");
                let mut texts = HashMap::new();
                for command in HELP_OF {
                    let arguments: Vec<&str> =
                        [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
                    if answers {
                        let text = text_of(&arguments, &mut cancelled).await.unwrap_or_default();
                        answers = text.is_some();
                        texts.insert(command, text.unwrap_or_default());
                    }
                }
                Features::of_help(|command| texts.remove(command))
            }
        };
        Ok(Self { features: RefCell::new(features) })
    }

    /// What it can do, as far as that is known by now.
    pub(crate) fn features(&self) -> Features {
        self.features.borrow().clone()
    }

    /// Has it do something; an option that it turns out not to know is left out, where the work can be done without.
    ///
    /// # Errors
    /// [`Refusal::NotSupported`], [`Refusal::WouldLoseVerification`]; it cannot be started.
    pub(crate) async fn run(
        &self,
        verb: &Verb,
        cancelled: impl Future<Output = ()>,
        mut observe: impl FnMut(Heard<'_>) -> ControlFlow<()>,
    ) -> Result<Ran, Failure> {
        let mut cancelled = std::pin::pin!(cancelled);
        let mut tries = 0;
        loop {
            tries += 1;
            let features = self.features();
            let invocation = Invocation::new(host::BOOTC, verb.arguments(&features)?);
            let invocation = invocation.with_progress(verb.shows_progress(&features));
            let ran =
                invocation.run(Patience::default(), &mut cancelled, &mut observe).await.context("running bootc")?;
            let unknown = match ran.ended {
                Ended::Status(status) => errors::unknown_option(status, &ran.stderr),
                Ended::Signal(_) => None,
            };
            let Some(option) = unknown.filter(|_| ran.stopped.is_none()) else { return Ok(ran) };
            let fewer = features.clone().without(option);
            if fewer == features || tries == TRIES {
                return Err(Refusal::NotSupported { program: NAME.to_owned(), option: option.to_owned() }.into());
            }
            tracing::info!("this bootc does not know {option}: going on without");
            self.features.replace(fewer);
        }
    }
}

/// What a run prints that does nothing else; nothing if it takes too long.
async fn text_of(arguments: &[&str], cancelled: impl Future<Output = ()>) -> std::io::Result<Option<String>> {
    let stop = async {
        tokio::select! {
            () = cancelled => {}
            () = tokio::time::sleep(QUICK) => {}
        }
    };
    let patience = Patience { grace: Duration::from_secs(1), ..Patience::default() };
    let ran = Invocation::new(host::BOOTC, arguments).run(patience, stop, |_| ControlFlow::Continue(())).await?;
    Ok(ran.stopped.is_none().then_some(ran.stdout))
}
