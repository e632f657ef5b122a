// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use isotope_model::AutomaticUpdates;
use ostree::glib::{KeyFile, KeyFileFlags};

/// What the daemon reads when it starts. Source: `rpm-ostreed.conf(5)`.
const CONFIGURATION: &str = "/etc/rpm-ostreed.conf";
/// The longest that is read of it, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What rpm-ostree does by itself on this computer.
pub(crate) fn read() -> AutomaticUpdates {
    of_file(Path::new(CONFIGURATION))
}

fn of_file(path: &Path) -> AutomaticUpdates {
    let mut text = String::new();
    match File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text)) {
        Ok(_) => of_text(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => AutomaticUpdates::None,
        Err(_) => AutomaticUpdates::Unknown,
    }
}

/// Source: rpm-ostree's `rpmostree_str_to_auto_update_policy`.
fn of_text(text: &str) -> AutomaticUpdates {
    let configuration = KeyFile::new();
    // A zero byte would end the text early.
    if text.contains('\0') || configuration.load_from_data(text, KeyFileFlags::NONE).is_err() {
        return AutomaticUpdates::Unknown;
    }
    let Ok(policy) = configuration.string("Daemon", "AutomaticUpdatePolicy") else { return AutomaticUpdates::None };
    match policy.to_ascii_lowercase().as_str() {
        "none" | "off" => AutomaticUpdates::None,
        "check" => AutomaticUpdates::Check,
        "stage" | "ex-stage" => AutomaticUpdates::Stage,
        "apply" => AutomaticUpdates::Apply,
        _ => AutomaticUpdates::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_policy_is_read_as_rpm_ostree_reads_it() {
        use AutomaticUpdates::{Apply, Check, None, Stage, Unknown};
        for (text, policy) in [
            ("", None),
            ("[Daemon]\n#AutomaticUpdatePolicy=stage\n#IdleExitTimeout=60\n", None),
            ("[Other]\nAutomaticUpdatePolicy=stage\n", None),
            ("[Daemon]\nAutomaticUpdatePolicy=none\n", None),
            ("[Daemon]\nAutomaticUpdatePolicy=off\n", None),
            ("[Daemon]\nAutomaticUpdatePolicy=check\n", Check),
            ("[Daemon]\nAutomaticUpdatePolicy = Stage\n", Stage),
            ("[Daemon]\nAutomaticUpdatePolicy=check\nAutomaticUpdatePolicy=ex-stage\n", Stage),
            ("[Daemon]\nAutomaticUpdatePolicy=apply\n", Apply),
            ("[Daemon]\nAutomaticUpdatePolicy=bogus\n", Unknown),
            ("[Daemon]\nAutomaticUpdatePolicy=\n", Unknown),
            ("Daemon\n", Unknown),
            ("[Daemon]\nAutomaticUpdatePolicy=check\0\n", Unknown),
        ] {
            assert_eq!(of_text(text), policy, "{text:?}");
        }
    }

    #[test]
    fn without_a_file_it_does_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(of_file(&folder.path().join("absent")), AutomaticUpdates::None);
        assert_eq!(of_file(folder.path()), AutomaticUpdates::Unknown);
        std::fs::write(folder.path().join("conf"), "[Daemon]\nAutomaticUpdatePolicy=apply\n").unwrap();
        assert_eq!(of_file(&folder.path().join("conf")), AutomaticUpdates::Apply);
    }

    proptest! {
        #[test]
        fn no_file_brings_it_down(text in "(\\[Daemon\\]\n|AutomaticUpdatePolicy=|\\PC|\n|\0){0,30}") {
            let _ = of_text(&text);
        }
    }
}
