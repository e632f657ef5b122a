// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{ImagePreview, ImageReference, Trust};

use crate::render::table::Table;
use crate::render::{Line, View, deployments, preview};

/// What is known of an image before a switch to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prospect {
    /// What the registry tells of it.
    pub(crate) preview: Option<ImagePreview>,
    /// Who vouches for it on this computer.
    pub(crate) trust: Option<Trust>,
    /// Who vouches for the images that run and that are followed so far.
    pub(crate) present: Vec<Trust>,
}

impl Prospect {
    /// Who vouches for it, and whether a signature lies beside it where the registry was asked.
    pub(crate) fn trust(&self) -> Option<&Trust> {
        self.preview.as_ref().map(|preview| &preview.trust).or(self.trust.as_ref())
    }

    /// Version, size and who vouches for it.
    pub(super) fn rows(&self, table: &mut Table, view: &View) {
        if let Some(told) = &self.preview {
            let version = told.version.clone().unwrap_or_else(|| gettext("not known"));
            let mut facts = vec![version];
            facts.extend(deployments::built(told.built, view));
            table.row(gettext("Version"), vec![Line::plain(facts.join(" · "))]);
            table.row(gettext("To download"), vec![preview::to_download(told.download_bytes)]);
            if !told.bootable {
                table.row(gettext("Bootable"), vec![Line::plain(preview::bootable(false))]);
            }
        }
        let sentence = self.trust().map(|trust| Line::plain(wording::trust(trust)));
        table.row(gettext("Signature"), sentence.into_iter().collect());
    }

    /// That less is checked than so far.
    pub(crate) fn weakened(&self, image: &ImageReference) -> Option<Line> {
        let unknown = || Trust::unknown(image.clone());
        let other = self.trust().cloned().unwrap_or_else(unknown);
        self.present.iter().find_map(|present| wording::weakened(present, &other)).map(Line::strong)
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::TrustState;

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
    fn what_comes_and_how_much_of_it_is_said() {
        let prospect = Prospect { preview: Some(samples::preview()), trust: of(TrustState::Unknown), present: vec![] };
        let text = asked(&prospect, None);
        let expected = "\
Follows then   quay.io/alma/kde:10
Version        10.3 · built 2025-11-25
To download    350.0 MB
Signature      Installed only if it is signed with the key /etc/pki/containers/alma.pub
Its newest";
        assert!(text.contains(expected) && !text.contains("Bootable"), "{text}");
        let bare = ImagePreview { version: None, download_bytes: None, bootable: false, ..samples::preview() };
        let text = asked(&Prospect { preview: Some(bare), ..Prospect::default() }, None);
        for row in ["Version        not known · built", "To download    not known", "Bootable       not as far"] {
            assert!(text.contains(row), "{row}: {text}");
        }
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
            preview: None,
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
            Prospect { preview: Some(samples::preview()), ..unchecked() },
        ] {
            assert!(!asked(&same, None).contains("So far"), "{}", asked(&same, None));
        }
    }
}
