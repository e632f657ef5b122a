// SPDX-License-Identifier: GPL-3.0-or-later
use crate::ClientError;

/// Why the login manager does not restart the computer, or leaves a scheduled restart as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestartRefusal {
    /// There is none on this computer's bus.
    #[error("there is no login manager")]
    NoLoginManager,
    /// A program holds the restart back; with what the login manager says.
    #[error("something holds the restart back: {0}")]
    Inhibited(String),
    /// polkit, or the person, said no.
    #[error("not allowed to restart the computer")]
    NotAuthorised,
    /// It is shutting down or going to sleep already.
    #[error("the computer is shutting down or going to sleep already")]
    UnderWay,
    /// The time that was asked for is over, or too close to be called off.
    #[error("the time of the restart is over, or almost")]
    TooLate,
    /// Anything else; with what the login manager says.
    #[error("{0}")]
    Failed(String),
}

/// What an answer of the login manager means.
pub(super) fn of(error: zbus::Error) -> ClientError {
    let (name, detail) = match &error {
        zbus::Error::MethodError(name, detail, _) => (name.as_str(), detail.clone().unwrap_or_default()),
        zbus::Error::FDO(known) => match known.as_ref() {
            zbus::fdo::Error::AccessDenied(_) => return ClientError::Restart(RestartRefusal::NotAuthorised),
            zbus::fdo::Error::ServiceUnknown(_) | zbus::fdo::Error::NameHasNoOwner(_) => {
                return ClientError::Restart(RestartRefusal::NoLoginManager);
            }
            other => return ClientError::Restart(RestartRefusal::Failed(other.to_string())),
        },
        // The bus was lost, perhaps because the computer goes down already.
        _ => return error.into(),
    };
    ClientError::Restart(match name {
        "org.freedesktop.DBus.Error.Disconnected" => return ClientError::NoBus(detail),
        "org.freedesktop.DBus.Error.ServiceUnknown"
        | "org.freedesktop.DBus.Error.NameHasNoOwner"
        | "org.freedesktop.DBus.Error.UnknownObject" => RestartRefusal::NoLoginManager,
        "org.freedesktop.login1.BlockedByInhibitorLock" => RestartRefusal::Inhibited(detail),
        "org.freedesktop.login1.OperationInProgress" => RestartRefusal::UnderWay,
        "org.freedesktop.DBus.Error.AccessDenied"
        | "org.freedesktop.DBus.Error.AuthFailed"
        | "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"
        | "org.freedesktop.PolicyKit1.Error.Cancelled" => RestartRefusal::NotAuthorised,
        other => RestartRefusal::Failed(format!("{other}: {detail}")),
    })
}
