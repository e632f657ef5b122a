// SPDX-License-Identifier: GPL-3.0-or-later
//! What bootc prints when it succeeds. It is a hint of what it did, for the history and for what is asked next; what it
//! did is read from the sysroot.

use super::size;

/// What a run said that it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A check found another image.
    UpdateAvailable(Announced),
    /// The image is the one that is here already.
    NoChanges,
    /// The image is staged already.
    StagedAlready,
    /// The image that was to be switched to is followed already.
    FollowedAlready,
    /// An image was staged.
    Staged(Announced),
    /// What was staged is no longer held back.
    Unlocked,
    /// The boot order was changed.
    NextBoot {
        /// The other deployment boots next, not the booted one.
        rollback: bool,
    },
    /// Nothing that this version knows.
    Nothing,
}

/// What was said of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Announced {
    /// Its name.
    pub(crate) image: String,
    /// Its version.
    pub(crate) version: Option<String>,
    /// Its digest.
    pub(crate) digest: Option<String>,
    /// Bytes of the layers that the image before it does not have, rounded. Some of them may be here all the same.
    pub(crate) added_bytes: Option<u64>,
}

/// The longest version that is taken, in characters.
const LONGEST: usize = 100;

/// Reads what a run wrote to its standard output.
pub(crate) fn parse(stdout: &str) -> Said {
    let mut said = Said::Nothing;
    for line in stdout.lines() {
        let after = |words: &str| line.strip_prefix(words).map(|rest| rest.trim().to_owned());
        if let Some(image) = after("Update available for: ") {
            said = Said::UpdateAvailable(Announced { image, ..Announced::default() });
        } else if let Some(image) =
            after("Queued for next boot: ").or_else(|| after("Staged but not queued for next boot: "))
        {
            said = Said::Staged(Announced { image, ..Announced::default() });
        } else if let Said::UpdateAvailable(announced) | Said::Staged(announced) = &mut said {
            announced.take(line);
        } else {
            said = of_line(line).unwrap_or(said);
        }
    }
    said
}

fn of_line(line: &str) -> Option<Said> {
    let starts = |words: &str| line.starts_with(words);
    Some(match line {
        _ if starts("Staged update present, not changed") => Said::StagedAlready,
        _ if starts("Update already staged") => Said::StagedAlready,
        _ if starts("No changes in") || starts("No update available") => Said::NoChanges,
        _ if starts("Image specification is unchanged") => Said::FollowedAlready,
        _ if starts("Image downloaded, but will not be applied on reboot") => Said::StagedAlready,
        _ if starts("Staged deployment will now be applied on reboot") => Said::Unlocked,
        _ if starts("Staged deployment is already set to apply") => Said::Unlocked,
        _ if starts("Staged deployment is present and not in download only mode") => Said::Unlocked,
        _ if starts("Next boot: rollback deployment") => Said::NextBoot { rollback: true },
        _ if starts("Next boot: current deployment") => Said::NextBoot { rollback: false },
        _ => return None,
    })
}

impl Announced {
    fn take(&mut self, line: &str) {
        let value = |words: &str| line.trim_start().strip_prefix(words).map(str::trim).filter(|text| !text.is_empty());
        if let Some(version) = value("Version:") {
            self.version = Some(version.chars().take(LONGEST).collect());
        } else if let Some(digest) = value("Digest:").filter(|digest| digest.starts_with("sha256:")) {
            self.digest = Some(digest.to_owned());
        } else if let Some(added) = value("Added layers:") {
            self.added_bytes = added.split_once("Size:").and_then(|(_, bytes)| size::parse(bytes));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::recordings::read_text;
    use super::*;

    /// What each recorded run said: its kind, and what it told of an image.
    type Row = (&'static str, &'static str, Option<(&'static str, &'static str, &'static str, Option<u64>)>);

    const MULTI: &str = "localhost:5001/alma/multi:latest";

    pub(in super::super) const RECORDINGS: &[Row] = &[
        ("check-none.stdout", "NoChanges", None),
        ("rollback.stdout", "NextBoot { rollback: true }", None),
        ("switch-cut.stdout", "Nothing", None),
        ("switch-enforce.stdout", "Nothing", None),
        ("switch-missing.stdout", "Nothing", None),
        ("switch-multi.stdout", "Staged", Some((MULTI, "3", "sha256:6fa420b7", None))),
        ("switch-refused.stdout", "Nothing", None),
        ("switch.stdout", "Staged", Some(("localhost:5000/alma/kde:latest", "1", "sha256:aca31bd4", None))),
        ("unprivileged-status.stdout", "Nothing", None),
        (
            "upgrade-check.stdout",
            "UpdateAvailable",
            Some(("docker://localhost:5001/alma/multi:latest", "4", "sha256:bdc97d4d", Some(12_000_000))),
        ),
        ("upgrade-concurrent-a.stdout", "Staged", Some((MULTI, "7", "sha256:64d0add4", Some(20_000_000)))),
        ("upgrade-concurrent-b.stdout", "StagedAlready", None),
        ("upgrade-download-only.stdout", "Staged", Some((MULTI, "6", "sha256:2d894781", Some(20_000_000)))),
        ("upgrade-from-downloaded.stdout", "Unlocked", None),
        ("upgrade-incompatible.stdout", "Nothing", None),
        ("upgrade-sigterm.stdout", "Nothing", None),
        (
            "upgrade.stdout",
            "Staged",
            Some(("localhost:5000/alma/gnome:latest", "2", "sha256:439d7f3e", Some(3_000_000))),
        ),
        ("usr-overlay.stdout", "Nothing", None),
    ];

    #[test]
    fn every_recorded_run_says_what_it_did() {
        for (name, kind, image) in RECORDINGS {
            let said = parse(&read_text(name));
            match (&said, image) {
                (Said::Staged(announced) | Said::UpdateAvailable(announced), Some((image, version, digest, added))) => {
                    assert!(format!("{said:?}").starts_with(kind), "{name}");
                    assert_eq!(announced.image, *image, "{name}");
                    assert_eq!(announced.version.as_deref(), Some(*version), "{name}");
                    assert!(announced.digest.as_ref().is_some_and(|told| told.starts_with(digest)), "{name}");
                    assert_eq!(announced.added_bytes, *added, "{name}");
                }
                _ => assert_eq!(format!("{said:?}"), *kind, "{name}"),
            }
        }
    }

    #[test]
    fn what_else_it_may_say_is_known() {
        for (text, said) in [
            ("No update available.\n", Said::NoChanges),
            ("Image specification is unchanged.\n", Said::FollowedAlready),
            ("Next boot: current deployment\n", Said::NextBoot { rollback: false }),
            ("", Said::Nothing),
            ("Queued", Said::Nothing),
        ] {
            assert_eq!(parse(text), said, "{text}");
        }
    }
}
