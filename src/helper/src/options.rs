// SPDX-License-Identifier: GPL-3.0-or-later
//! The options of a method: known ones only, of the right type, of bounded length.

use isotope_model::dictionary::Dictionary;
use isotope_model::{DeploymentId, Refusal, StateToken, UpdateMode};
use zbus::zvariant::Value;

/// The longest value that is taken, in bytes.
const LONGEST: usize = 1024;

/// Options that are taken out one by one; what is left over is unknown.
#[derive(Debug)]
pub(crate) struct Options {
    dictionary: Dictionary,
}

impl Options {
    /// The options as they came.
    pub(crate) fn new(dictionary: Dictionary) -> Self {
        Self { dictionary }
    }

    /// `state-token`: the state that the caller saw.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn state_token(&mut self) -> Result<Option<StateToken>, Refusal> {
        Ok(self.text("state-token")?.map(StateToken))
    }

    /// `expected-checksum`: the commit that was previewed, or the digest of the container image.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn expected_checksum(&mut self) -> Result<Option<String>, Refusal> {
        const OPTION: &str = "expected-checksum";
        let checksum = self.text(OPTION)?;
        let well_formed = |text: &String| {
            let digits = text.strip_prefix("sha256:").unwrap_or(text);
            digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        match checksum {
            Some(checksum) if !well_formed(&checksum) => Err(Refusal::MalformedOption { option: OPTION.into() }),
            checksum => Ok(checksum),
        }
    }

    /// `mode`: how far an update goes.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn mode(&mut self) -> Result<UpdateMode, Refusal> {
        const OPTION: &str = "mode";
        let Some(name) = self.text(OPTION)? else { return Ok(UpdateMode::default()) };
        UpdateMode::from_name(&name).ok_or_else(|| Refusal::MalformedOption { option: OPTION.into() })
    }

    /// `soft-restart`: whether a restart that does not restart the hardware is to be prepared.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn soft_restart(&mut self) -> Result<bool, Refusal> {
        self.flag("soft-restart", false)
    }

    /// `pin`: whether a switch pins what runs, as the way back.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn pin(&mut self) -> Result<bool, Refusal> {
        self.flag("pin", true)
    }

    /// `reset`: take back what rpm-ostree has changed; not unless given.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn reset(&mut self) -> Result<bool, Refusal> {
        self.flag("reset", false)
    }

    /// `expected-deployment`: what the caller expects to boot next.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn expected_deployment(&mut self) -> Result<Option<DeploymentId>, Refusal> {
        const OPTION: &str = "expected-deployment";
        let malformed = |_| Refusal::MalformedOption { option: OPTION.into() };
        self.text(OPTION)?.map(|text| text.parse().map_err(malformed)).transpose()
    }

    /// `limit`: how many entries are wanted.
    ///
    /// # Errors
    /// [`Refusal::MalformedOption`].
    pub(crate) fn limit(&mut self) -> Result<Option<u32>, Refusal> {
        const OPTION: &str = "limit";
        let Some(value) = self.dictionary.remove(OPTION) else { return Ok(None) };
        match &*value {
            Value::U32(limit) => Ok(Some(*limit)),
            _ => Err(Refusal::MalformedOption { option: OPTION.into() }),
        }
    }

    /// Nothing is left over.
    ///
    /// # Errors
    /// [`Refusal::UnknownOption`].
    pub(crate) fn end(self) -> Result<(), Refusal> {
        match self.dictionary.into_keys().next() {
            Some(option) => Err(Refusal::UnknownOption { option: option.chars().take(100).collect() }),
            None => Ok(()),
        }
    }

    fn flag(&mut self, option: &str, otherwise: bool) -> Result<bool, Refusal> {
        let Some(value) = self.dictionary.remove(option) else { return Ok(otherwise) };
        match &*value {
            Value::Bool(wanted) => Ok(*wanted),
            _ => Err(Refusal::MalformedOption { option: option.to_owned() }),
        }
    }

    fn text(&mut self, option: &str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.dictionary.remove(option) else { return Ok(None) };
        match &*value {
            Value::Str(text) if text.len() <= LONGEST => Ok(Some(text.to_string())),
            _ => Err(Refusal::MalformedOption { option: option.to_owned() }),
        }
    }
}

/// The id of a deployment, as a method's argument.
///
/// # Errors
/// [`Refusal::MalformedArgument`].
pub(crate) fn deployment(text: &str) -> Result<DeploymentId, Refusal> {
    let malformed = || Refusal::MalformedArgument { argument: "deployment".into() };
    if text.len() > LONGEST {
        return Err(malformed());
    }
    text.parse().map_err(|_| malformed())
}

/// A reference to an image, as a method's argument; the engine takes it apart.
///
/// # Errors
/// [`Refusal::MalformedReference`].
pub(crate) fn image(text: String) -> Result<String, Refusal> {
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(Refusal::malformed_reference(&text));
    }
    Ok(text)
}

/// A version or a checksum, as a method's argument.
///
/// # Errors
/// [`Refusal::MalformedArgument`].
pub(crate) fn version(text: String) -> Result<String, Refusal> {
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(Refusal::MalformedArgument { argument: "version".into() });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use zbus::zvariant::{OwnedValue, Str};

    use super::*;

    fn options(key: &str, value: OwnedValue) -> Options {
        Options::new(Dictionary::from([(key.to_owned(), value)]))
    }

    fn text(text: &str) -> OwnedValue {
        OwnedValue::from(Str::from(text.to_owned()))
    }

    #[test]
    fn an_unknown_option_is_refused_by_name() {
        assert_eq!(options("colour", text("x")).end(), Err(Refusal::UnknownOption { option: "colour".into() }));
    }

    #[test]
    fn malformed_values_are_refused() {
        let long = "a".repeat(4_000_000);
        assert!(options("state-token", OwnedValue::from(5u32)).state_token().is_err());
        assert!(options("state-token", text(&long)).state_token().is_err());
        for value in ["", "xyz", "0;rm -rf /", "\n"] {
            assert!(options("expected-checksum", text(value)).expected_checksum().is_err(), "{value:?}");
            assert!(options("expected-deployment", text(value)).expected_deployment().is_err(), "{value:?}");
        }
    }

    #[test]
    fn malformed_arguments_are_refused() {
        let long = "a".repeat(4_000_000);
        for hostile in ["", "a\nb", "a\0b", long.as_str()] {
            assert!(deployment(hostile).is_err() && version(hostile.to_owned()).is_err());
            let Err(Refusal::MalformedReference { reference }) = image(hostile.to_owned()) else { panic!("taken") };
            assert!(reference.len() <= 200);
        }
        assert!(deployment("0").is_err());
        assert!(image("r:b".to_owned()).is_ok() && version("10.2".to_owned()).is_ok());
    }

    #[test]
    fn well_formed_values_are_taken_out() {
        let mut given = options("expected-checksum", text(&"a".repeat(64)));
        assert_eq!(given.expected_checksum().unwrap().as_deref(), Some("a".repeat(64).as_str()));
        assert!(given.end().is_ok());
    }
}
