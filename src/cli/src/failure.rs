// SPDX-License-Identifier: GPL-3.0-or-later
use std::io;

use gettextrs::gettext;
use isotope_client::ClientError;
use isotope_model::OperationStatus;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::output;
use crate::render::{Line, json, problem};

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
    /// Nobody could be asked to confirm.
    #[error("a rollback needs to be confirmed")]
    Unconfirmed,
    /// The person left before the end.
    #[error("left")]
    Left,
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
            Self::Unconfirmed => vec![
                Line::strong(gettext(
                    "A rollback changes what the next restart starts, and nobody can confirm it here.",
                )),
                Line::plain(gettext("Nothing was changed on this computer.")),
                Line::plain(gettext("To roll back without being asked: isotopectl rollback --yes")),
            ],
            Self::Left => vec![
                Line::strong(gettext("Left without waiting for the end; what was begun may go on.")),
                Line::plain(gettext("To see how far it is: isotopectl watch")),
            ],
            Self::System(error) => vec![Line::strong(error.to_string())],
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Service(error) => json::error(error),
            Self::Busy { error, running } => json::busy(error, running.as_deref()),
            Self::Unconfirmed => json::plain_error("confirmation-needed"),
            Self::Left => json::plain_error("left"),
            Self::System(error) => json::plain_error_with("system", &error.to_string()),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Service(error) | Self::Busy { error, .. } => Exit::of_error(error),
            Self::Unconfirmed => Exit::Usage,
            Self::Left => Exit::Left,
            Self::System(_) => Exit::Failed,
        }
    }
}
