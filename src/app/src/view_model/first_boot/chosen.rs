// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{AutomaticMode, Settings, SettingsChange};

/// Another desktop that the person has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChosenDesktop {
    /// Its entry in the catalogs.
    pub(crate) entry: String,
    /// What a person calls it.
    pub(crate) name: String,
    /// The image, as it is asked for.
    pub(crate) image: String,
}

/// What the person has chosen so far. Nothing of it is done before the summary was agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choices {
    /// Another desktop; without one the computer stays with what runs.
    pub(crate) desktop: Option<ChosenDesktop>,
    /// What the computer is to do about updates by itself; without a choice that stays as it is.
    pub(crate) automatic: Option<AutomaticMode>,
    /// What rpm-ostree has changed is to be taken back.
    pub(crate) reset: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self { desktop: None, automatic: Some(AutomaticMode::Download), reset: false }
    }
}

impl Choices {
    /// What is proposed on a computer that is set like this: what its administrator or builder has set, where that is not
    /// what every computer begins with.
    pub(crate) fn proposed(settings: &Settings) -> Self {
        let was_set = settings.automatic != Settings::default().automatic;
        let automatic = if was_set { settings.automatic } else { AutomaticMode::Download };
        Self { automatic: Some(automatic), ..Self::default() }
    }

    /// What has to be set on the computer, where it is set so; nothing where it is so already. Whoever may set how updates
    /// come has set the computer up: nobody else is asked the same, however long a download takes that follows.
    pub(crate) fn change(&self, settings: &Settings) -> Option<SettingsChange> {
        let automatic = self.automatic.filter(|mode| *mode != settings.automatic)?;
        let first_boot_finished = Some(true);
        Some(SettingsChange { automatic: Some(automatic), first_boot_finished, ..SettingsChange::default() })
    }

    /// Nothing is left to be done.
    pub(crate) fn are_nothing(&self, settings: &Settings) -> bool {
        self.desktop.is_none() && self.change(settings).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_has_set_before_is_proposed() {
        let proposed = |automatic| Choices::proposed(&Settings { automatic, ..Settings::default() }).automatic;
        assert_eq!(proposed(AutomaticMode::Check), Some(AutomaticMode::Download));
        assert_eq!(proposed(AutomaticMode::Off), Some(AutomaticMode::Off));
        assert_eq!(proposed(AutomaticMode::Download), Some(AutomaticMode::Download));
    }

    #[test]
    fn only_what_differs_is_set() {
        let settings = Settings::default();
        let change = Choices::default().change(&settings).unwrap();
        assert_eq!(change.automatic, Some(AutomaticMode::Download));
        assert_eq!(change.first_boot_finished, Some(true));
        let same = Choices { automatic: Some(settings.automatic), ..Choices::default() };
        assert!(same.change(&settings).is_none() && same.are_nothing(&settings));
        let skipped = Choices { automatic: None, ..Choices::default() };
        assert!(skipped.are_nothing(&settings));
        let desktop = Some(ChosenDesktop { entry: "kde".into(), name: "KDE".into(), image: "quay.io/lab/kde".into() });
        assert!(!Choices { desktop: desktop.clone(), ..skipped }.are_nothing(&settings));
        let change = Choices { desktop, ..Choices::default() }.change(&settings).unwrap();
        assert_eq!(change.first_boot_finished, Some(true), "the authority for that may be gone after the download");
    }
}
