// SPDX-License-Identifier: GPL-3.0-or-later
//! What a version of bootc can do. An option that it does not know would end the run with a usage error.

use std::collections::BTreeSet;

/// Something that not every bootc can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Feature {
    /// `upgrade --check`.
    Check,
    /// `upgrade` and `switch --progress-fd`; no help text shows it.
    Progress,
    /// `upgrade --download-only`: staged, but held back.
    DownloadOnly,
    /// `upgrade --from-downloaded`: what was held back is so no longer.
    FromDownloaded,
    /// `upgrade`, `switch`, `rollback --soft-reboot`.
    SoftReboot,
    /// `upgrade --tag`.
    Tag,
    /// `switch --enforce-container-sigpolicy`.
    EnforcePolicy,
    /// `status --format` with `--format-version`.
    StatusFormat,
    /// `usr-overlay --read-only`.
    ReadOnlyOverlay,
    /// `loader-entries`.
    LoaderEntries,
}

/// A version of bootc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

/// What the installed bootc can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features {
    has: BTreeSet<Feature>,
}

/// Each feature: the command whose help shows it and the words there, and the version from which on it is there.
const TABLE: [(Feature, &str, &str, Version); 10] = [
    (Feature::Check, "upgrade", "--check", version(0, 1, 2)),
    (Feature::EnforcePolicy, "switch", "--enforce-container-sigpolicy", version(0, 1, 5)),
    // It may be older; this is the oldest version that is supported.
    (Feature::StatusFormat, "status", "--format-version", version(1, 1, 4)),
    (Feature::Progress, "upgrade", "--progress-fd", version(1, 1, 4)),
    (Feature::SoftReboot, "upgrade", "--soft-reboot", version(1, 7, 0)),
    (Feature::DownloadOnly, "upgrade", "--download-only", version(1, 12, 0)),
    (Feature::FromDownloaded, "upgrade", "--from-downloaded", version(1, 12, 0)),
    (Feature::Tag, "upgrade", "--tag", version(1, 15, 0)),
    (Feature::ReadOnlyOverlay, "usr-overlay", "--read-only", version(1, 15, 0)),
    (Feature::LoaderEntries, "", "loader-entries", version(1, 15, 2)),
];

/// The commands whose help has to be read where the version says nothing; empty for bootc's own.
pub(crate) const HELP_OF: [&str; 5] = ["", "upgrade", "switch", "status", "usr-overlay"];

const fn version(major: u32, minor: u32, patch: u32) -> Version {
    Version { major, minor, patch }
}

impl Version {
    /// Reads what `bootc --version` prints: `bootc 1.15.2`.
    pub(crate) fn parse(output: &str) -> Option<Self> {
        let mut words = output.split_whitespace().map(|word| word.strip_prefix('v').unwrap_or(word));
        let text = words.find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
        let mut parts = text.split('.').map(|part| {
            let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
            part.get(..end).and_then(|digits| digits.parse::<u32>().ok())
        });
        let (major, minor) = (parts.next()??, parts.next()??);
        Some(version(major, minor, parts.next().flatten().unwrap_or(0)))
    }
}

impl Features {
    /// What a bootc can do that says this of its version. A version after those that are known has what the last of them
    /// has, as bootc promises; one of another era, or none at all, says nothing.
    pub(crate) fn of_version(output: &str) -> Option<Self> {
        let found = Version::parse(output).filter(|found| (version(1, 1, 4)..version(2, 0, 0)).contains(found))?;
        let has = TABLE.iter().filter(|(.., since)| found >= *since).map(|(feature, ..)| *feature).collect();
        Some(Self { has })
    }

    /// What can be seen in help texts, asked for by the names of commands. What they do not show counts as missing, and
    /// so does everything where there is no help.
    pub(crate) fn of_help(mut help: impl FnMut(&str) -> Option<String>) -> Self {
        let texts = HELP_OF.map(|command| (command, help(command).unwrap_or_default()));
        let shows = |command: &str, words: &str| {
            let apart = |letter: char| !letter.is_ascii_alphanumeric() && letter != '-';
            texts.iter().any(|(of, text)| *of == command && text.split(apart).any(|word| word == words))
        };
        Self { has: TABLE.iter().filter(|(_, of, words, _)| shows(of, words)).map(|(feature, ..)| *feature).collect() }
    }

    /// The installed bootc can do this.
    pub(crate) fn has(&self, feature: Feature) -> bool {
        self.has.contains(&feature)
    }

    /// The same without what a run has shown to be missing: the option that it named as unknown.
    pub(crate) fn without(mut self, option: &str) -> Self {
        self.has.retain(|feature| !TABLE.iter().any(|(known, _, words, _)| known == feature && *words == option));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Feature::*;
    use super::*;

    const OLDEST: [Feature; 4] = [Check, Progress, EnforcePolicy, StatusFormat];

    #[test]
    fn each_version_has_its_features() {
        let table: [(&str, &[Feature]); 8] = [
            ("1.1.4", &[]),
            ("1.6.0", &[]),
            ("1.7.0", &[SoftReboot]),
            ("1.11.9", &[SoftReboot]),
            ("1.12.0", &[SoftReboot, DownloadOnly, FromDownloaded]),
            ("1.15.1", &[SoftReboot, DownloadOnly, FromDownloaded, Tag, ReadOnlyOverlay]),
            ("1.16.9", &[SoftReboot, DownloadOnly, FromDownloaded, Tag, ReadOnlyOverlay, LoaderEntries]),
            ("1.99.0", &[SoftReboot, DownloadOnly, FromDownloaded, Tag, ReadOnlyOverlay, LoaderEntries]),
        ];
        for (text, more) in table {
            let has = OLDEST.iter().chain(more).copied().collect();
            assert_eq!(Features::of_version(&format!("bootc {text}\n")), Some(Features { has }), "{text}");
        }
    }

    #[test]
    fn versions_of_another_era_say_nothing() {
        for text in
            ["", "bootc", "bootc 1.1.3", "bootc 0.1.11", "bootc 2.0.0", "bootc main", "bootc 1", "bootc 99999999999.1"]
        {
            assert_eq!(Features::of_version(text), None, "{text}");
        }
    }

    #[test]
    fn versions_of_distributions_are_read() {
        for (text, expected) in [
            ("bootc 1.15.2-1.el10", version(1, 15, 2)),
            ("bootc 1.16.0-rc.1", version(1, 16, 0)),
            ("bootc v1.2", version(1, 2, 0)),
            ("bootc-client 1.3.0 (rev 7)", version(1, 3, 0)),
        ] {
            assert_eq!(Version::parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn where_the_version_says_nothing_the_help_does() {
        let help = |command: &str| match command {
            "upgrade" => {
                Some("Options:\n      --quiet\n      --check  Check\n      --apply\n      --download-only\n".to_owned())
            }
            "switch" => Some("      --enforce-container-sigpolicy\n".to_owned()),
            "" => Some("Commands:\n  upgrade\n  loader-entries  Manage\n".to_owned()),
            _ => None,
        };
        let expected = [Check, DownloadOnly, EnforcePolicy, LoaderEntries];
        assert_eq!(Features::of_help(help).has, expected.into_iter().collect());
    }

    #[test]
    fn without_any_help_only_what_every_bootc_can_do_is_left() {
        assert_eq!(Features::of_help(|_| None), Features::default());
        let similar = Features::of_help(|_| Some("--tags --check-all x--check".to_owned()));
        assert_eq!(similar, Features::default());
    }

    #[test]
    fn what_a_run_has_shown_to_be_missing_is_left_out() {
        let features = Features::of_version("bootc 1.16.0").unwrap().without("--progress-fd");
        assert!(!features.has(Progress) && features.has(DownloadOnly));
        assert_eq!(features.clone().without("--of-the-future"), features);
    }

    #[test]
    fn every_help_that_is_needed_is_asked_for() {
        assert!(TABLE.iter().all(|(_, command, ..)| HELP_OF.contains(command)));
    }
}
