// SPDX-License-Identifier: GPL-3.0-or-later
//! The command lines of bootc that Isotope uses. None of them restarts the computer: there is no way to say `--apply`.

use isotope_model::Refusal;

use super::features::{Feature, Features};
use super::image::Switch;

/// What bootc is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Tell how everything stands. It waits for the sysroot's lock: not for hosts that libostree can read.
    Status,
    /// Look for an update. Not on hosts with composefs: there it may stage one.
    Check,
    /// Download and stage the update.
    Upgrade {
        /// Hold it back: it becomes the default only once it is unlocked.
        hold_back: bool,
    },
    /// Hold back no longer what is staged.
    Unlock,
    /// Download and stage another image.
    Switch(Switch),
    /// Make the other deployment boot next.
    RollBack,
}

impl Verb {
    /// It pulls, and so tells how far it is.
    pub(crate) fn shows_progress(&self, features: &Features) -> bool {
        matches!(self, Self::Upgrade { .. } | Self::Switch(_)) && features.has(Feature::Progress)
    }

    /// The arguments for a bootc with these features.
    ///
    /// # Errors
    /// [`Refusal::NotSupported`].
    pub(crate) fn arguments(&self, features: &Features) -> Result<Vec<String>, Refusal> {
        let needs = |feature, option: &str| require(features, feature, option);
        let words: Vec<&str> = match self {
            Self::Status if features.has(Feature::StatusFormat) => {
                vec!["status", "--format=json", "--format-version=1"]
            }
            Self::Status => vec!["status", "--json"],
            Self::Check => {
                needs(Feature::Check, "--check")?;
                vec!["upgrade", "--check"]
            }
            Self::Upgrade { hold_back: false } => vec!["upgrade"],
            Self::Upgrade { hold_back: true } => {
                needs(Feature::DownloadOnly, "--download-only")?;
                vec!["upgrade", "--download-only"]
            }
            Self::Unlock => {
                needs(Feature::FromDownloaded, "--from-downloaded")?;
                vec!["upgrade", "--from-downloaded"]
            }
            Self::Switch(switch) => return Ok(switch.arguments()),
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
        let table = [
            (Verb::Status, "status --format=json --format-version=1", "status --format=json --format-version=1"),
            (Verb::Check, "upgrade --check", "upgrade --check"),
            (Verb::Upgrade { hold_back: false }, "upgrade", "upgrade"),
            (Verb::Upgrade { hold_back: true }, "upgrade --download-only", "not-supported"),
            (Verb::Unlock, "upgrade --from-downloaded", "not-supported"),
            (Verb::RollBack, "rollback", "rollback"),
        ];
        for (verb, with_new, with_old) in table {
            assert_eq!(line(&verb, &new), with_new);
            assert_eq!(line(&verb, &old), with_old);
            assert!(!line(&verb, &new).contains("--apply"));
        }
        assert_eq!(line(&Verb::Status, &Features::default()), "status --json");
    }

    #[test]
    fn a_switch_is_written_as_it_was_planned() {
        let features = Features::of_version("bootc 1.16.0").unwrap();
        let followed = ContainerReference::from_origin("ostree-image-signed:docker://quay.io/o/gnome").unwrap();
        let switch =
            Switch::plan(&followed, &ContainerTarget::from_person("quay.io/o/kde").unwrap(), &features).unwrap();
        assert_eq!(switch.reference().to_string(), "ostree-image-signed:docker://quay.io/o/kde");
        let verb = Verb::Switch(switch);
        let expected = ["switch", "--enforce-container-sigpolicy", "--transport=registry", "quay.io/o/kde"];
        assert_eq!(verb.arguments(&features).unwrap(), expected);
        assert!(verb.shows_progress(&features));
    }

    #[test]
    fn only_what_pulls_shows_progress() {
        let features = Features::of_version("bootc 1.16.0").unwrap();
        assert!(Verb::Upgrade { hold_back: false }.shows_progress(&features));
        assert!(!Verb::Upgrade { hold_back: false }.shows_progress(&Features::default()));
        assert!(!Verb::Check.shows_progress(&features) && !Verb::RollBack.shows_progress(&features));
    }
}
