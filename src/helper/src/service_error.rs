// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::Refusal;
use isotope_model::dictionary::to_dictionary;
use isotope_model::names::ERROR_PREFIX;
use zbus::message::{Header, Message};
use zbus::names::ErrorName;

/// A refusal on its way to a caller: the error's name says which, its second argument carries the parameters.
#[derive(Debug)]
pub(crate) struct ServiceError {
    refusal: Refusal,
    name: String,
    description: String,
}

impl ServiceError {
    /// What was refused.
    pub(crate) fn into_refusal(self) -> Refusal {
        self.refusal
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        let name = format!("{ERROR_PREFIX}{}", refusal.error_name());
        Self { name, description: refusal.to_string(), refusal }
    }
}

impl From<anyhow::Error> for ServiceError {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<Refusal>() {
            Ok(refusal) => refusal.into(),
            Err(error) => Refusal::Failed { detail: format!("{error:#}") }.into(),
        }
    }
}

impl From<zbus::Error> for ServiceError {
    fn from(error: zbus::Error) -> Self {
        Refusal::Failed { detail: error.to_string() }.into()
    }
}

impl zbus::DBusError for ServiceError {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        let parameters = to_dictionary(&self.refusal).unwrap_or_default();
        Message::error(call, self.name.as_str())?.build(&(self.description.as_str(), parameters))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::from_str_unchecked(&self.name)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.description)
    }
}
