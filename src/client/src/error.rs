// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::Refusal;
use isotope_model::dictionary::{Dictionary, DictionaryError, from_dictionary};
use isotope_model::names::ERROR_PREFIX;

use crate::login::RestartRefusal;

/// Why asking the service failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The service was asked and refused.
    #[error(transparent)]
    Refused(Refusal),
    /// There is no such service on this computer's bus.
    #[error("the Isotope service is not installed")]
    ServiceMissing,
    /// The service is installed but does not start or does not answer.
    #[error("the Isotope service does not answer: {0}")]
    ServiceFailed(String),
    /// The system bus cannot be reached, or was lost.
    #[error("the system bus is not there: {0}")]
    NoBus(String),
    /// The service speaks a version of the interface that this client does not know.
    #[error("the Isotope service speaks version {found} of its interface, this program version {known}")]
    Incompatible {
        /// What the service speaks.
        found: u32,
        /// What this client knows.
        known: u32,
    },
    /// The login manager does not restart the computer, or keeps a restart that was scheduled.
    #[error(transparent)]
    Restart(RestartRefusal),
    /// The service answered something that makes no sense to this client.
    #[error("the Isotope service answered something unexpected: {0}")]
    Unexpected(String),
}

impl ClientError {
    /// The refusal, if the service refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl From<zbus::Error> for ClientError {
    fn from(error: zbus::Error) -> Self {
        match &error {
            zbus::Error::MethodError(name, detail, message) => {
                let detail = detail.clone().unwrap_or_default();
                match name.as_str() {
                    known if known.starts_with(ERROR_PREFIX) => Self::Refused(refusal(message, detail)),
                    "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
                        Self::ServiceMissing
                    }
                    "org.freedesktop.DBus.Error.Disconnected" => Self::NoBus(detail),
                    // Arguments of another type than the interface has are refused before the service sees them.
                    "org.freedesktop.DBus.Error.InvalidArgs" => {
                        Self::Refused(Refusal::MalformedArgument { argument: detail })
                    }
                    "org.freedesktop.zbus.Error" if detail.starts_with("Signature mismatch") => {
                        Self::Refused(Refusal::MalformedArgument { argument: detail })
                    }
                    other => Self::ServiceFailed(format!("{other}: {detail}")),
                }
            }
            zbus::Error::FDO(fdo) => match fdo.as_ref() {
                zbus::fdo::Error::ServiceUnknown(_) | zbus::fdo::Error::NameHasNoOwner(_) => Self::ServiceMissing,
                other => Self::ServiceFailed(other.to_string()),
            },
            zbus::Error::InputOutput(io) => Self::NoBus(io.to_string()),
            zbus::Error::Address(_) | zbus::Error::Handshake(_) => Self::NoBus(error.to_string()),
            _ => Self::Unexpected(error.to_string()),
        }
    }
}

impl From<zbus::fdo::Error> for ClientError {
    fn from(error: zbus::fdo::Error) -> Self {
        Self::from(zbus::Error::FDO(Box::new(error)))
    }
}

impl From<DictionaryError> for ClientError {
    fn from(error: DictionaryError) -> Self {
        Self::Unexpected(error.to_string())
    }
}

fn refusal(message: &zbus::Message, detail: String) -> Refusal {
    let parameters = message.body().deserialize::<(String, Dictionary)>();
    parameters
        .ok()
        .and_then(|(_, parameters)| from_dictionary::<Refusal>(&parameters).ok())
        .unwrap_or(Refusal::Failed { detail })
}
