// SPDX-License-Identifier: GPL-3.0-or-later
use std::io;
use std::sync::Arc;

use gettextrs::gettext;
use isotope_client::ClientError;
use isotope_client::wording::Explanation;
use isotope_model::{OperationStatus, Preflight, PublishedVersion, Refusal, Snapshot};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::output::{self, OutputError};
use crate::render::{Line, catalog, json, preflight, problem, selection, versions};
use crate::selection::SelectionError;

/// Why a command came to no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The service refused, or cannot be talked to.
    #[error(transparent)]
    Service(#[from] ClientError),
    /// Something else runs.
    #[error("another operation is running")]
    Busy {
        error: ClientError,
        /// What runs, if it could be asked in time.
        running: Option<Box<OperationStatus>>,
    },
    /// What was typed does not name one deployment.
    #[error("{error}")]
    Selection {
        error: SelectionError,
        /// Where it was looked for.
        snapshot: Arc<Snapshot>,
    },
    /// What was typed can mean more than one version that the server offers.
    #[error("{text:?} can mean {} versions", candidates.len())]
    AmbiguousVersion {
        text: String,
        /// These.
        candidates: Vec<PublishedVersion>,
    },
    /// No catalog has what was typed.
    #[error("no catalog has {id:?}")]
    UnknownEntry {
        id: String,
        /// What may have been meant.
        candidates: Vec<String>,
    },
    /// What was typed is an entry that this computer cannot follow.
    #[error("{id:?} is nothing that this computer can follow")]
    NotForThisComputer {
        id: String,
        /// It is still published, in another form.
        published: bool,
    },
    /// Something was found that keeps a switch from being made.
    #[error("something is in the way of the switch")]
    Blocked {
        /// All that was found.
        preflight: Box<Preflight>,
        /// What rpm-ostree has changed was to be taken back.
        reset: bool,
    },
    /// No calendar has the time that was typed.
    #[error("it cannot be worked out when it is {time} the next time")]
    NoSuchTime {
        /// What was typed.
        time: String,
    },
    /// Nobody could be asked to confirm.
    #[error("this needs to be confirmed")]
    Unconfirmed {
        /// What was typed, without the name of the program.
        command: Vec<String>,
    },
    /// The person ended what had not begun to change anything.
    #[error("interrupted")]
    Interrupted,
    /// The person left before the end.
    #[error("left")]
    Left,
    /// The answer was there, and could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The system would not do what every program needs.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl Failure {
    /// Says it, in the form that was asked for, and names the exit code.
    pub(crate) fn tell(&self, context: &Context) -> Exit {
        output::remarks(context.terminal, &self.lines(context));
        if context.json {
            // Standard error has it already.
            let _ = output::record(&self.json());
        }
        self.exit()
    }

    fn lines(&self, context: &Context) -> Vec<Line> {
        match self {
            Self::Service(error) => problem::of_error(error, &context.view),
            Self::Busy { error, running } => problem::busy(error, running.as_deref(), &context.view),
            Self::Selection { error, snapshot } => selection::lines(error, snapshot),
            Self::AmbiguousVersion { text, candidates } => versions::ambiguous(text, candidates, &context.view),
            Self::UnknownEntry { id, candidates } => catalog::unknown(id, candidates),
            Self::NotForThisComputer { id, published } => catalog::not_for_this_computer(id, *published),
            Self::Blocked { preflight, reset } => preflight::blocked(preflight, *reset, &context.view),
            Self::Unconfirmed { command } => vec![
                Line::strong(gettext("This changes the system, and nobody can confirm it here.")),
                Line::plain(gettext("Nothing was changed on this computer.")),
                Line::plain(
                    gettext("To do it without being asked: isotopectl {command} --yes")
                        .replace("{command}", &typed(command)),
                ),
            ],
            Self::NoSuchTime { time } => vec![
                // Translators: {time} is a time of the day: “23:00”.
                Line::strong(
                    gettext("It cannot be worked out when it is {time} the next time.").replace("{time}", time),
                ),
                Line::plain(gettext("The computer was not restarted, and no restart was scheduled.")),
                // Translators: leave the command as it is.
                Line::plain(gettext("Look at the clock and the time zone of the computer: timedatectl")),
            ],
            Self::Interrupted => Vec::new(),
            Self::Left => vec![
                Line::strong(gettext("Left without waiting for the end; what was begun may go on.")),
                Line::plain(gettext("To see how far it is: isotopectl watch")),
            ],
            Self::Output(error) => problem::explained(&unwritten(error), &context.view),
            Self::System(error) => problem::explained(&unwilling(error), &context.view),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Service(error) => json::error(error),
            Self::Busy { error, running } => json::busy(error, running.as_deref()),
            Self::Selection { error, .. } => json::selection(error),
            Self::AmbiguousVersion { text, candidates } => json::ambiguous_version(text, candidates),
            Self::UnknownEntry { id, candidates } => json::unknown_entry(id, candidates),
            Self::NotForThisComputer { id, .. } => json::error(&ClientError::Refused(Refusal::malformed_reference(id))),
            Self::Blocked { preflight, reset } => json::blocked(preflight, *reset),
            Self::NoSuchTime { .. } => json::plain_error("no-such-time"),
            Self::Unconfirmed { .. } => json::plain_error("confirmation-needed"),
            Self::Interrupted => json::error(&ClientError::Refused(Refusal::Cancelled)),
            Self::Left => json::plain_error("left"),
            Self::Output(error) => json::plain_error_with("output", &error.to_string()),
            Self::System(error) => json::plain_error_with("system", &error.to_string()),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Service(error) | Self::Busy { error, .. } => Exit::of_error(error),
            Self::Selection { .. }
            | Self::AmbiguousVersion { .. }
            | Self::UnknownEntry { .. }
            | Self::NotForThisComputer { .. }
            | Self::Unconfirmed { .. } => Exit::Usage,
            Self::Blocked { preflight, reset } => Exit::of_preflight(preflight, *reset),
            Self::Interrupted => Exit::Cancelled,
            Self::Left => Exit::Left,
            Self::NoSuchTime { .. } | Self::Output(_) | Self::System(_) => Exit::Failed,
        }
    }
}

fn unwritten(error: &OutputError) -> Explanation {
    Explanation {
        what: gettext("The answer could not be written"),
        means: gettext("Only the answer is missing: if something was to be done to the system, it may have been done."),
        remedy: gettext("Write it to a place that has room, and look at how things stand: isotopectl status"),
        detail: Some(error.to_string()),
    }
}

fn unwilling(error: &io::Error) -> Explanation {
    Explanation {
        what: gettext("The computer does not give this program what every program needs"),
        means: gettext("Nothing more was asked of the Isotope service; what runs already goes on."),
        remedy: gettext("Close other programs and try again. If it stays so, restart."),
        detail: Some(error.to_string()),
    }
}

/// A command as a shell takes it.
fn typed(command: &[String]) -> String {
    let plain = |character: char| character.is_alphanumeric() || "._:/+@-".contains(character);
    let quoted = |word: &String| match !word.is_empty() && word.chars().all(plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    command.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_typed_again_as_it_is_shown() {
        let shown = |words: &[&str]| typed(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(shown(&["switch", "alma:desktop/10/kde"]), "switch alma:desktop/10/kde");
        assert_eq!(shown(&["deploy", "it's $(new)"]), r"deploy 'it'\''s $(new)'");
        assert_eq!(shown(&["remove", ""]), "remove ''");
    }
}
