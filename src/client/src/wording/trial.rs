// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_model::{AutomaticPin, Deployment, Trial};

use super::{Explanation, image_name};

/// The question that a trial puts, and what each answer does. Going back and keeping are the two answers.
pub fn trial(trial: &Trial<'_>) -> Explanation {
    let [now, before] = names(trial);
    let filled = |text: String| text.replace("{new}", &now).replace("{old}", &before);
    let updates = AutomaticPin::UPDATES;
    let keeping = ngettext(
        // Translators: {new} and {old} are names of systems, for example “Fedora Kinoite”.
        "If you keep {new}, {old} stays for {number} more update, or until /boot needs its room.",
        "If you keep {new}, {old} stays for {number} more updates, or until /boot needs its room.",
        updates,
    )
    .replace("{number}", &updates.to_string());
    let going_back = gettext(
        "If you go back, the next restart starts {old}, with its configuration as it was before the switch: accounts and \
         passwords that were changed since are those of before again. Your personal files in /home stay as they are \
         either way.",
    );
    Explanation::new(
        // Translators: {new} and {old} are names of systems, for example “Fedora Kinoite”.
        filled(gettext("Keep {new}, or go back to {old}?")),
        [keeping, going_back].map(filled).join(" "),
        gettext("Try what you need every day before you decide. Until then {old} stays.").replace("{old}", &before),
    )
}

/// What a person calls the two; where that is the same, their images.
fn names(trial: &Trial<'_>) -> [String; 2] {
    let both = [trial.now, trial.before];
    let [now, before] = both.map(name);
    match now == before {
        true => both.map(|one| one.image.as_ref().map_or_else(|| one.label().to_owned(), image_name)),
        false => [now, before],
    }
}

fn name(deployment: &Deployment) -> String {
    let name = deployment.name.as_deref().unwrap_or_default();
    let variant = deployment.variant.as_deref().filter(|variant| !name.ends_with(variant));
    let words: Vec<_> = [deployment.name.as_deref(), variant].into_iter().flatten().collect();
    match words.is_empty() {
        true => deployment.label().to_owned(),
        false => words.join(" · "),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{DeploymentId, ImageReference};

    use super::*;

    fn deployment(digit: char, variant: &str) -> Deployment {
        Deployment {
            name: Some("Example".into()),
            variant: Some(variant.into()),
            image: ImageReference::from_refspec(&format!("r:{digit}")).ok(),
            ..Deployment::new(DeploymentId::new("os", digit.to_string().repeat(64), 0))
        }
    }

    #[test]
    fn both_are_named_and_both_answers_told() {
        let (now, before) = (deployment('2', "KDE"), deployment('1', "GNOME"));
        let told = trial(&Trial { before: &before, now: &now });
        assert_eq!(told.what, "Keep Example · KDE, or go back to Example · GNOME?");
        assert!(told.means.contains("stays for 3 more updates") && told.means.contains("personal files"), "{told:?}");
        assert!(told.means.contains("passwords that were changed since are those of before"), "{told:?}");
        for text in [&told.what, &told.means, &told.remedy] {
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        }
    }

    #[test]
    fn what_is_called_the_same_is_told_apart_by_its_image() {
        let (now, before) = (deployment('2', "KDE"), deployment('1', "KDE"));
        assert_eq!(trial(&Trial { before: &before, now: &now }).what, "Keep r:2, or go back to r:1?");
        let bare = |digit: char| Deployment::new(deployment(digit, "").id);
        let told = trial(&Trial { before: &bare('1'), now: &bare('2') });
        assert_eq!(told.what, format!("Keep {}, or go back to {}?", bare('2').label(), bare('1').label()));
    }
}
