// SPDX-License-Identifier: GPL-3.0-or-later
//! What is to be changed about what is followed.

use crate::options::{Lookup, Options};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Modifiers {
    pub(crate) refspec: Option<String>,
    pub(crate) revision: Option<String>,
    pub(crate) install: Vec<String>,
    pub(crate) uninstall: Vec<String>,
    /// Changes what is laid over, not what it is laid over.
    pub(crate) keep_base: bool,
    /// Asked for what only the real daemon can do.
    pub(crate) unsupported: Option<String>,
}

/// Modifiers that the stand-in does not know.
const UNSUPPORTED: [&str; 9] = [
    "install-local-packages",
    "install-local-fileoverride-packages",
    "install-modules",
    "uninstall-modules",
    "override-remove-packages",
    "override-reset-packages",
    "override-replace-packages",
    "override-replace-local-packages",
    "treefile",
];

impl Modifiers {
    pub(crate) fn read(options: &Options) -> Self {
        Self {
            refspec: options.text("set-refspec"),
            revision: options.text("set-revision"),
            install: options.list("install-packages"),
            uninstall: options.list("uninstall-packages"),
            keep_base: false,
            unsupported: UNSUPPORTED.iter().find(|key| options.contains_key(**key)).map(|key| (*key).to_owned()),
        }
    }

    /// What a caller must be allowed.
    pub(crate) fn actions(&self, options: &Options) -> Vec<&'static str> {
        let mut actions = Vec::new();
        if self.refspec.is_some() {
            actions.push("rebase");
        } else if self.revision.is_some() {
            actions.push("deploy");
        } else if !options.is_set("no-pull-base") {
            actions.push("upgrade");
        }
        if !self.install.is_empty() || !self.uninstall.is_empty() || options.is_set("no-layering") {
            actions.push("install-uninstall-packages");
        }
        match self.unsupported.as_deref() {
            Some(key) if key.starts_with("install-local") => actions.push("install-local-packages"),
            Some(_) => actions.push("override"),
            None if options.is_set("no-overrides") => actions.push("override"),
            None => {}
        }
        if options.is_set("no-initramfs") {
            actions.push("bootconfig");
        }
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zbus::zvariant::{OwnedValue, Value};

    #[test]
    fn other_types_are_as_if_nothing_was_there() {
        let value = |value: Value<'_>| value.try_to_owned().unwrap();
        let of = |key: &str, value: OwnedValue| Options::from([(key.to_owned(), value)]);
        assert_eq!(Modifiers::read(&of("set-refspec", value(Value::from(3)))), Modifiers::default());
        assert_eq!(Modifiers::read(&of("unknown-modifier", value(Value::from(true)))), Modifiers::default());
        let rebase = Modifiers::read(&of("set-refspec", value(Value::from("lab:kde"))));
        assert_eq!((rebase.refspec.as_deref(), rebase.actions(&Options::new())), (Some("lab:kde"), vec!["rebase"]));
        let install = Modifiers::read(&of("install-packages", value(Value::from(vec!["htop"]))));
        let keep = of("no-pull-base", value(Value::from(true)));
        assert_eq!(install.actions(&keep), ["install-uninstall-packages"]);
        assert_eq!(install.actions(&Options::new()), ["upgrade", "install-uninstall-packages"]);
        assert_eq!(Modifiers::default().actions(&Options::new()), ["upgrade"]);
    }
}
