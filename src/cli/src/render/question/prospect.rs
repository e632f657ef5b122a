// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Concern, Finding, ImageReference, Layered, Preflight, Trust};

use crate::render::preflight::{self, findings, taken_back};
use crate::render::table::Table;
use crate::render::{Line, View, sentences};

/// What is known of an image before a switch to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prospect {
    /// Everything there is to know, where it could be asked for.
    pub(crate) preflight: Option<Preflight>,
    /// What the catalogs call it.
    pub(crate) variant: Option<String>,
    /// Else, who vouches for it on this computer.
    pub(crate) trust: Option<Trust>,
    /// And who vouches for the images that run and that are followed so far.
    pub(crate) present: Vec<Trust>,
    /// What runs is not to be pinned.
    pub(crate) without_pin: bool,
    /// What rpm-ostree has changed, where that is to be taken back.
    pub(crate) taken_back: Option<Layered>,
}

impl Prospect {
    /// What it is, how big, and who vouches for it.
    pub(super) fn rows(&self, table: &mut Table, view: &View) {
        match &self.preflight {
            Some(found) => preflight::rows(table, found, self.variant.as_deref(), view),
            None => {
                let sentence = self.trust.as_ref().map(|trust| Line::plain(wording::trust(trust)));
                table.row(gettext("Signature"), sentence.into_iter().collect());
            }
        }
    }

    /// What was found; without that, that less is checked than so far. What would be replaced has a sentence of its own.
    pub(super) fn findings(&self, image: &ImageReference, view: &View) -> Vec<Line> {
        let Some(found) = &self.preflight else { return self.weakened(image, view) };
        let has_none = |finding: &&Finding| !matches!(finding.concern, Concern::ReplacesStaged { .. });
        let told = preflight::told(found).into_iter().filter(has_none);
        findings(&told.filter(|finding| self.stays(finding)).collect::<Vec<_>>(), view)
    }

    /// What is taken back with the switch, by name; nothing where nothing is.
    pub(super) fn taken_back(&self, view: &View) -> Vec<Line> {
        self.taken_back.as_ref().map(|layered| taken_back::lines(layered, view)).unwrap_or_default()
    }

    fn stays(&self, finding: &Finding) -> bool {
        !taken_back::settles(self.taken_back.is_some(), finding)
    }

    /// What is said also where nobody is asked.
    pub(crate) fn warnings(&self, image: &ImageReference, view: &View) -> Vec<Line> {
        let mut lines = match &self.preflight {
            Some(found) => {
                let stays = preflight::warnings(found).into_iter().filter(|finding| self.stays(finding));
                findings(&stays.collect::<Vec<_>>(), view)
            }
            None => self.weakened(image, view),
        };
        lines.extend(self.taken_back(view));
        lines
    }

    fn weakened(&self, image: &ImageReference, view: &View) -> Vec<Line> {
        let unknown = || Trust::unknown(image.clone());
        let other = self.trust.clone().unwrap_or_else(unknown);
        let lost = self.present.iter().find_map(|present| wording::weakened(present, &other)).map(Line::strong);
        sentences(lost, view)
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{LayeredEffect, Severity, TrustState};

    use super::super::switch;
    use super::*;
    use crate::render::samples::{self, shown};

    fn asked(prospect: &Prospect, columns: Option<usize>) -> String {
        let image = samples::preview().trust.image;
        let view = View { columns, ..samples::view() };
        shown(&switch(&image, prospect, &samples::container().snapshot, &view).lines).join("\n")
    }

    fn of(state: TrustState) -> Option<Trust> {
        Some(Trust { state, ..Trust::unknown(samples::preview().trust.image) })
    }

    #[test]
    fn what_comes_and_what_was_found_is_said() {
        let prospect = Prospect {
            preflight: Some(samples::preflight()),
            variant: Some("Alma with KDE · 10".into()),
            trust: of(TrustState::Unknown),
            ..Prospect::default()
        };
        let text = asked(&prospect, None);
        let expected = "\
Follows then   quay.io/alma/kde:10
Variant        Alma with KDE · 10
Version        10.3 · built 2025-11-25
To download    350.0 MB
Signature      Installed only if it is signed with the key /etc/pki/containers/alma.pub

Be Careful
  The image is experimental
    Nobody promises";
        assert!(text.contains(expected) && !text.contains("is replaced"), "{text}");
        assert!(text.contains("through later updates too, until you say"), "{text}");
        let warnings = shown(&prospect.warnings(&samples::preview().trust.image, &samples::view()));
        assert_eq!(warnings[..2], ["Be Careful", "  The image is experimental"]);
        let declined = asked(&Prospect { without_pin: true, ..prospect }, None);
        assert!(declined.contains("is kept, to go back to: isotopectl rollback"), "{declined}");
    }

    #[test]
    fn what_is_taken_back_is_named_also_where_nobody_is_asked() {
        let layered = Concern::Layered { layered: samples::layered(), effect: LayeredEffect::NeedsReset };
        let mut found = samples::preflight();
        found.findings.insert(0, Finding { severity: Severity::Blocking, concern: layered });
        let taken_back = Some(samples::layered());
        for preflight in [Some(found), None] {
            let prospect = Prospect { preflight, taken_back: taken_back.clone(), ..Prospect::default() };
            let list = "What was changed with rpm-ostree is taken back:\n  Added: htop, vim\n";
            let text = asked(&prospect, None);
            assert!(text.contains(&format!("\n\n{list}")) && !text.contains("In the Way"), "{text}");
            let image = samples::preview().trust.image;
            let warned = shown(&prospect.warnings(&image, &samples::view())).join("\n");
            assert!(warned.contains(list) && !warned.contains("In the Way"), "{warned}");
        }
        let nothing = Prospect { taken_back: Some(Layered::default()), ..Prospect::default() };
        assert!(!asked(&nothing, None).contains("taken back"));
    }

    #[test]
    fn nothing_is_said_where_nobody_is_asked_and_nothing_may_come_of_it() {
        let mut found = samples::preflight();
        found.findings.retain(|finding| finding.severity == Severity::Note);
        let prospect = Prospect { preflight: Some(found), ..Prospect::default() };
        assert!(prospect.warnings(&samples::preview().trust.image, &samples::view()).is_empty());
    }

    #[test]
    fn who_vouches_for_the_image_is_said_where_the_service_knows() {
        for trust in [of(TrustState::Unknown), of(TrustState::Unchecked)] {
            let expected = format!("Signature      {}", wording::trust(trust.as_ref().unwrap()));
            let text = asked(&Prospect { trust, ..Prospect::default() }, None);
            assert!(text.contains(&expected) && !text.contains("To download"), "{text}");
        }
        assert!(!asked(&Prospect::default(), None).contains("Signature"));
    }

    #[test]
    fn a_weaker_check_has_a_sentence_of_its_own() {
        let weaker = "So far this computer checks the signature of what it installs; after this switch it does not.";
        let unchecked = || Prospect {
            present: of(TrustState::Verified).into_iter().collect(),
            trust: of(TrustState::Unchecked),
            ..Prospect::default()
        };
        assert!(asked(&unchecked(), None).contains(weaker));
        let broken =
            "So far this computer checks the\nsignature of what it installs; after\nthis switch it does not.\n";
        assert!(asked(&unchecked(), Some(40)).contains(broken), "{}", asked(&unchecked(), Some(40)));
        let unknown = Prospect { trust: None, ..unchecked() };
        assert!(asked(&unknown, None).contains("nobody can say whether it still does"));
        for same in [
            Prospect { trust: of(TrustState::DefaultOnly), ..unchecked() },
            Prospect { trust: of(TrustState::Refused), ..unchecked() },
            Prospect { present: of(TrustState::Unchecked).into_iter().collect(), ..unchecked() },
            Prospect { preflight: Some(samples::preflight()), ..unchecked() },
        ] {
            assert!(!asked(&same, None).contains("So far"), "{}", asked(&same, None));
        }
    }
}
