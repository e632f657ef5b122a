// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree has changed in a deployment, in lines, in a few words, and as what a switch takes back.

use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{Deployment, Layered};

use super::{Line, Tone};

/// The lines of a deployment's details.
pub(super) fn lines(layered: &Layered) -> Vec<Line> {
    let named = |title: String, names: &[String]| (!names.is_empty()).then(|| Line::fact(title, names.join(", ")));
    let lines = [
        named(gettext("Packages Added"), &layered.packages),
        // Translators: packages that were added from files, not from the repositories of a vendor.
        named(gettext("Packages Added From Files"), &layered.local_packages),
        named(gettext("Packages of the Image Removed"), &layered.removed),
        named(gettext("Packages of the Image Replaced"), &layered.replaced),
        // Translators: the files that the kernel reads first; each image comes with its own.
        layered.initramfs.then(|| Line::fact(gettext("Initramfs"), gettext("Made on this computer"))),
        layered.otherwise.then(|| Line::fact(gettext("Something Else"), gettext("Changed on this computer"))),
    ];
    lines.into_iter().flatten().collect()
}

/// The same as a mark on its row.
pub(super) fn mark(layered: &Layered) -> Option<String> {
    let added = layered.packages.len() + layered.local_packages.len();
    let (removed, replaced) = (layered.removed.len(), layered.replaced.len());
    let all = added + removed + replaced;
    let words = match (added, removed, replaced) {
        _ if layered.is_empty() => return None,
        // Translators: rpm-ostree has changed something in a system image, but no packages.
        (0, 0, 0) => return Some(gettext("changed on this computer")),
        (_, 0, 0) => ngettext("{number} package added", "{number} packages added", wording::plural(all)),
        (0, _, 0) => ngettext("{number} package removed", "{number} packages removed", wording::plural(all)),
        (0, 0, _) => ngettext("{number} package replaced", "{number} packages replaced", wording::plural(all)),
        // Translators: packages of a system image that were added, removed or replaced on this computer.
        _ => ngettext("{number} package changed", "{number} packages changed", wording::plural(all)),
    };
    Some(words.replace("{number}", &all.to_string()))
}

/// What a switch takes back, by name.
pub(super) fn taken_back(layered: &Layered) -> String {
    wording::layered_in_full(layered).join("\n")
}

/// That the files of a deployment may differ from what was installed.
pub(super) fn tampered(deployment: &Deployment) -> Option<Line> {
    let words = wording::tampered(deployment);
    (!words.is_empty()).then(|| Line {
        icon: Some("isotope-row-attention-symbolic"),
        tone: Tone::Warning,
        // Translators: heading of how files of the system may differ from what was installed.
        ..Line::new(gettext("Not as Installed"), words.join("\n"))
    })
}

#[cfg(test)]
mod tests {
    use isotope_model::Unlocked;

    use super::super::test_states::booted;
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_mark_says_in_few_words_what_was_changed() {
        let words = |layered: Layered| mark(&layered);
        assert_eq!(words(Layered::default()), None);
        let added =
            || Layered { packages: names(&["vim", "htop"]), local_packages: names(&["x"]), ..Layered::default() };
        assert_eq!(words(added()).as_deref(), Some("3 packages added"));
        let removed = Layered { removed: names(&["firefox"]), ..Layered::default() };
        assert_eq!(words(removed).as_deref(), Some("1 package removed"));
        let replaced = Layered { replaced: names(&["kernel"]), ..Layered::default() };
        assert_eq!(words(replaced.clone()).as_deref(), Some("1 package replaced"));
        let both = Layered { replaced: replaced.replaced, initramfs: true, ..added() };
        assert_eq!(words(both).as_deref(), Some("4 packages changed"));
        let initramfs = Layered { initramfs: true, ..Layered::default() };
        assert_eq!(words(initramfs).as_deref(), Some("changed on this computer"));
    }

    #[test]
    fn each_kind_of_change_has_a_line_and_is_named_where_it_is_taken_back() {
        let all = Layered {
            packages: names(&["vim"]),
            local_packages: names(&["tool"]),
            removed: names(&["firefox"]),
            replaced: names(&["kernel"]),
            initramfs: true,
            otherwise: true,
        };
        assert_eq!(lines(&all).len(), 6);
        assert!(lines(&Layered::default()).is_empty());
        let back = taken_back(&all);
        assert!(all.names().all(|name| back.contains(name)) && back.lines().count() == 6, "{back}");
    }

    #[test]
    fn what_is_unlocked_or_was_changed_while_it_ran_is_a_notice() {
        assert_eq!(tampered(&booted('1')), None);
        let open = Deployment { unlocked: Some(Unlocked::Hotfix), applied_live: true, ..booted('1') };
        let notice = tampered(&open).unwrap();
        assert!(notice.tone == Tone::Warning && notice.icon.is_some() && notice.subtitle.lines().count() == 2);
    }
}
