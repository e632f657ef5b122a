// SPDX-License-Identifier: GPL-3.0-or-later
//! The command lines of bootc that Isotope uses. None of them restarts the computer: there is no way to say `--apply`.

use isotope_model::Refusal;

use super::features::{Feature, Features};
use super::image::Switch;

/// Where it cannot be, the computer is restarted as ever.
const SOFT_REBOOT: &str = "--soft-reboot=auto";

/// What bootc is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Look for an update. Not on hosts with composefs: there it may stage one.
    Check,
    /// Download and stage the update.
    Upgrade {
        /// Hold it back: it becomes the default only once it is unlocked.
        hold_back: bool,
        /// Prepare a soft restart where that can be.
        soft_restart: bool,
    },
    /// Hold back no longer what is staged.
    Unlock,
    /// Download and stage another image.
    Switch {
        /// Which, and what checks it.
        switch: Switch,
        /// Prepare a soft restart where that can be.
        soft_restart: bool,
    },
    /// Make the other deployment boot next.
    RollBack,
}

impl Verb {
    /// It may be stopped in its middle: nothing is done by halves.
    pub(crate) fn may_be_stopped(&self) -> bool {
        !matches!(self, Self::RollBack)
    }

    /// It prepares a restart that does not restart the hardware, where that can be.
    pub(crate) fn prepares_soft_restart(&self) -> bool {
        matches!(self, Self::Upgrade { soft_restart: true, .. } | Self::Switch { soft_restart: true, .. })
    }

    /// It pulls, and so tells how far it is.
    pub(crate) fn shows_progress(&self, features: &Features) -> bool {
        matches!(self, Self::Upgrade { .. } | Self::Switch { .. }) && features.has(Feature::Progress)
    }

    /// The arguments for a bootc with these features.
    ///
    /// # Errors
    /// [`Refusal::NotSupported`].
    pub(crate) fn arguments(&self, features: &Features) -> Result<Vec<String>, Refusal> {
        let soft = features.has(Feature::SoftReboot);
        let needs = |feature, option: &str| require(features, feature, option);
        let words: Vec<&str> = match self {
            Self::Check => {
                needs(Feature::Check, "--check")?;
                vec!["upgrade", "--check"]
            }
            Self::Upgrade { hold_back: true, .. } => {
                needs(Feature::DownloadOnly, "--download-only")?;
                vec!["upgrade", "--download-only"]
            }
            Self::Upgrade { soft_restart: true, .. } if soft => vec!["upgrade", SOFT_REBOOT],
            Self::Upgrade { .. } => vec!["upgrade"],
            Self::Unlock => {
                needs(Feature::FromDownloaded, "--from-downloaded")?;
                vec!["upgrade", "--from-downloaded"]
            }
            Self::Switch { switch, soft_restart } => {
                let mut arguments = switch.arguments(features)?;
                if *soft_restart && soft {
                    arguments.insert(1, SOFT_REBOOT.to_owned());
                }
                return Ok(arguments);
            }
            Self::RollBack => vec!["rollback"],
        };
        Ok(words.into_iter().map(str::to_owned).collect())
    }
}

/// The installed bootc can do this.
///
/// # Errors
/// [`Refusal::NotSupported`].
pub(crate) fn require(features: &Features, feature: Feature, option: &str) -> Result<(), Refusal> {
    match features.has(feature) {
        true => Ok(()),
        false => Err(Refusal::NotSupported { program: "bootc".to_owned(), option: option.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{ContainerReference, ContainerTarget};

    use super::*;

    #[test]
    fn command_lines_are_what_the_version_takes() {
        let (new, old) = (Features::of_version("bootc 1.16.0").unwrap(), Features::of_version("bootc 1.1.4").unwrap());
        let line = |verb: &Verb, features: &Features| match verb.arguments(features) {
            Ok(arguments) => arguments.join(" "),
            Err(refusal) => refusal.code(),
        };
        let plain = Verb::Upgrade { hold_back: false, soft_restart: false };
        let soft = Verb::Upgrade { hold_back: false, soft_restart: true };
        let table = [
            (soft, "upgrade --soft-reboot=auto", "upgrade"),
            (Verb::Check, "upgrade --check", "upgrade --check"),
            (plain, "upgrade", "upgrade"),
            (Verb::Upgrade { hold_back: true, soft_restart: true }, "upgrade --download-only", "not-supported"),
            (Verb::Unlock, "upgrade --from-downloaded", "not-supported"),
            (Verb::RollBack, "rollback", "rollback"),
        ];
        for (verb, with_new, with_old) in table {
            assert_eq!(line(&verb, &new), with_new);
            assert_eq!(line(&verb, &old), with_old);
            assert!(!line(&verb, &new).contains("--apply"));
        }
    }

    #[test]
    fn a_switch_is_written_as_it_was_planned() {
        let features = Features::of_version("bootc 1.16.0").unwrap();
        let followed = ContainerReference::from_origin("ostree-image-signed:docker://quay.io/o/gnome").unwrap();
        let target = ContainerTarget::from_person("quay.io/o/kde").unwrap();
        let switch = Switch::plan(target.on(followed.verification())).unwrap();
        let verb = Verb::Switch { switch, soft_restart: false };
        let expected = ["switch", "--enforce-container-sigpolicy", "--transport=registry", "quay.io/o/kde"];
        assert_eq!(verb.arguments(&features).unwrap(), expected);
        assert!(verb.shows_progress(&features));
    }

    #[test]
    fn only_what_pulls_shows_progress() {
        let features = Features::of_version("bootc 1.16.0").unwrap();
        let upgrade = Verb::Upgrade { hold_back: false, soft_restart: false };
        assert!(upgrade.shows_progress(&features) && !upgrade.shows_progress(&Features::default()));
        assert!(!Verb::Check.shows_progress(&features) && !Verb::RollBack.shows_progress(&features));
    }
}
