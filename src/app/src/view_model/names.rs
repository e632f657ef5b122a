// SPDX-License-Identifier: GPL-3.0-or-later
//! What deployments are called.

use gettextrs::gettext;
use isotope_model::{AvailableUpdate, Deployment};

use super::Calendar;

/// The name of a deployment in full: `AlmaLinux Atomic Desktop 10.2 · GNOME`.
pub(crate) fn full_name(deployment: &Deployment) -> String {
    let name = deployment.name.as_deref().filter(|name| !name.trim().is_empty());
    let variant = deployment.variant.as_deref().filter(|variant| !variant.trim().is_empty());
    match (name, variant) {
        (Some(name), Some(variant)) if !name.to_lowercase().contains(&variant.to_lowercase()) => {
            // Translators: the name of a system and of its variant, as in "AlmaLinux Atomic Desktop 10.2 · GNOME".
            let text = gettext("{name} · {variant}").replace("{name}", name).replace("{variant}", variant);
            together(&text)
        }
        (Some(name), _) => together(name),
        (None, Some(variant)) => variant.to_owned(),
        (None, None) => gettext("Version {version}").replace("{version}", deployment.label()),
    }
}

/// No line begins with the point between two names. It may end with it: text of twice the size has to be folded somewhere.
pub(crate) fn together(name: &str) -> String {
    name.replace(" · ", "\u{a0}· ")
}

/// The facts that tell one deployment from another, in one line: `10.2 · GNOME · built 18 November 2026`.
pub(crate) fn facts(deployment: &Deployment, calendar: &Calendar) -> String {
    let mut facts = vec![deployment.label().to_owned()];
    facts.extend(deployment.variant.clone().filter(|variant| !variant.trim().is_empty()));
    if let Some(day) = deployment.built.and_then(|built| calendar.day(built)) {
        facts.push(gettext("built {date}").replace("{date}", &day));
    }
    facts.join(" · ")
}

/// The same line, to be folded between the facts only.
pub(crate) fn foldable(facts: &str) -> String {
    facts.replace(' ', "\u{a0}").replace("\u{a0}·\u{a0}", "\u{a0}· ")
}

/// The shortest names under which two deployments cannot be mistaken for each other: their versions, with the variants
/// where those differ, with the beginning of the checksum where nothing else does.
pub(crate) fn told_apart(one: &Deployment, other: &Deployment) -> (String, String) {
    let with_variant = |deployment: &Deployment| match &deployment.variant {
        Some(variant) if one.variant != other.variant => format!("{} {variant}", deployment.label()),
        _ => deployment.label().to_owned(),
    };
    let names = (with_variant(one), with_variant(other));
    if names.0 != names.1 {
        return names;
    }
    let with_checksum = |deployment: &Deployment, name: String| {
        let checksum: String = deployment.id.checksum().chars().take(7).collect();
        format!("{name} ({checksum})")
    };
    (with_checksum(one, names.0), with_checksum(other, names.1))
}

/// This deployment is a later build of the same image than the other one, as far as is known.
pub(crate) fn newer(deployment: &Deployment, other: &Deployment) -> bool {
    deployment.image == other.image
        && matches!((deployment.built, other.built), (Some(built), Some(other)) if built > other)
}

/// The version of an update that was found, or the beginning of its checksum.
pub(crate) fn update_label(update: &AvailableUpdate) -> String {
    let checksum = update.checksum.strip_prefix("sha256:").unwrap_or(&update.checksum);
    update.version.clone().unwrap_or_else(|| checksum.chars().take(12).collect())
}

/// What stands in a row of its own begins with a capital letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::test_states::deployment;
    use super::*;

    fn named(name: Option<&str>, variant: Option<&str>) -> Deployment {
        Deployment { name: name.map(Into::into), variant: variant.map(Into::into), ..deployment('1') }
    }

    #[test]
    fn the_variant_is_named_once() {
        for (name, variant, full) in [
            (Some("Lab Atomic Desktop 10.1"), Some("GNOME"), "Lab Atomic Desktop 10.1\u{a0}· GNOME"),
            (Some("HeliumOS 10 gnome"), Some("GNOME"), "HeliumOS 10 gnome"),
            (Some("Plain 3"), None, "Plain 3"),
            (Some("Plain 3 · KDE"), Some("KDE"), "Plain 3\u{a0}· KDE"),
            (Some(" "), Some("KDE"), "KDE"),
            (None, None, "Version 10.1"),
        ] {
            assert_eq!(full_name(&named(name, variant)), full);
        }
    }

    #[test]
    fn facts_that_nobody_knows_are_left_out() {
        let calendar = Calendar::in_greenwich(0);
        let bare = Deployment { version: None, built: None, ..named(None, None) };
        assert_eq!(facts(&bare, &calendar), "111111111111");
        let whole = Deployment { built: Some(1_794_960_000), ..named(None, Some("GNOME")) };
        assert_eq!(facts(&whole, &calendar), "10.1 · GNOME · built 18 November 2026");
        let eyes = foldable(&facts(&whole, &calendar));
        assert_eq!(eyes, "10.1\u{a0}· GNOME\u{a0}· built\u{a0}18\u{a0}November\u{a0}2026");
    }

    #[test]
    fn an_update_without_a_version_is_called_by_the_beginning_of_its_checksum() {
        for prefix in ["", "sha256:"] {
            let checksum = format!("{prefix}{}", "a".repeat(64));
            let nameless = AvailableUpdate { version: None, checksum, ..super::super::test_states::available() };
            assert_eq!(update_label(&nameless), "a".repeat(12));
        }
    }

    #[test]
    fn two_deployments_are_never_called_the_same() {
        let pair = |one: Deployment, other: Deployment| told_apart(&one, &other);
        assert_eq!(pair(deployment('1'), deployment('2')), ("10.1".into(), "10.2".into()));
        let gnome = named(None, Some("GNOME"));
        let kde = Deployment { id: deployment('2').id, ..named(None, Some("KDE")) };
        assert_eq!(pair(gnome.clone(), kde), ("10.1 GNOME".into(), "10.1 KDE".into()));
        let rebuilt = Deployment { id: deployment('2').id, ..gnome.clone() };
        assert_eq!(pair(gnome, rebuilt), ("10.1 (1111111)".into(), "10.1 (2222222)".into()));
    }
}
