// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ClientError, wording};
use isotope_model::{ImagePreview, ImageReference};

use super::super::readings::Read;
use super::super::{Calendar, Choice, Line, LineButton, LineEnd, Tone, signature_line, trouble};
use super::ImageLookup;

impl ImageLookup {
    /// What there is to say of the image, which is this one on this host.
    pub(crate) fn lines(&self, image: &ImageReference, calendar: &Calendar) -> Vec<Line> {
        let mut lines = vec![signature_line::of(&self.known_trust())];
        if image.in_registry().is_some() {
            lines.push(self.registry());
            lines.extend(self.preview_failure().map(trouble));
            lines.extend(self.seen().into_iter().flat_map(|preview| facts(preview, calendar)));
        }
        lines
    }

    /// What an answer that has just come in says, to be read out.
    pub(crate) fn spoken(&self, calendar: &Calendar) -> String {
        match (self.seen(), self.preview_failure()) {
            (Some(preview), _) => {
                let signature = signature_line::of(&self.known_trust());
                let lines = [signature].into_iter().chain(facts(preview, calendar));
                lines.map(|line| line.spoken()).collect::<Vec<_>>().join("\n")
            }
            (None, Some(error)) => trouble(error).spoken(),
            (None, None) => signature_line::of(&self.known_trust()).spoken(),
        }
    }

    /// The row that has the registry asked; it keeps its place, whatever comes of it.
    fn registry(&self) -> Line {
        let title = gettext("In the Registry");
        let button = |label, spoken| {
            let choice = Choice::LookUp;
            LineEnd::Button(LineButton { label, spoken, choice, destructive: false, reason: None })
        };
        match &self.preview {
            None | Some(Read::Waiting) => Line {
                end: button(gettext("_Look It Up"), gettext("Look up the image in the registry")),
                ..Line::new(title, gettext("Its version, date and size can be asked for before anything is downloaded"))
            },
            Some(_) if self.looking => {
                Line { end: LineEnd::Waiting, ..Line::new(title, gettext("The registry is being asked…")) }
            }
            Some(Read::There(_)) => Line {
                end: button(gettext("_Look Again"), gettext("Look up the image in the registry again")),
                ..Line::new(title, gettext("This is what it has now, and what will be switched to: this or nothing"))
            },
            Some(Read::Failed(error)) => Line {
                end: match trouble::may_pass(error) {
                    true => button(gettext("_Try Again"), gettext("Look up the image in the registry again")),
                    false => LineEnd::Nothing,
                },
                // Translators: the registry was asked, and this is why it did not tell what was asked for; it stands below.
                ..Line::new(title, gettext("Nothing was found out"))
            },
        }
    }
}

/// Why there is no answer, and what to do.
fn trouble(error: &ClientError) -> Line {
    let (what, remedy) = trouble::of_lookup(error);
    Line { icon: Some("isotope-row-attention-symbolic"), tone: Tone::Warning, ..Line::new(what, remedy) }
}

fn facts(preview: &ImagePreview, calendar: &Calendar) -> Vec<Line> {
    let unknown = || gettext("Unknown");
    let built = preview.built.and_then(|built| calendar.moment(built));
    vec![
        Line::fact(gettext("Version"), preview.version.clone().unwrap_or_else(unknown)),
        Line::fact(gettext("Built"), built.unwrap_or_else(unknown)),
        Line::fact(gettext("To Download"), to_download(preview)),
        bootable(preview.bootable),
    ]
}

/// How much there is to download of an image.
pub(in crate::view_model) fn to_download(preview: &ImagePreview) -> String {
    let bytes = |bytes| wording::bytes(bytes).replace(' ', "\u{a0}");
    match (preview.download_bytes, preview.size) {
        (Some(0), Some(_)) => gettext("Nothing: all of it is on this computer already"),
        (Some(missing), Some(size)) if missing < size => {
            // Translators: how much of an image has to be downloaded.
            gettext("{missing} of {size}: the rest is on this computer already")
                .replace("{missing}", &bytes(missing))
                .replace("{size}", &bytes(size))
        }
        (Some(missing), _) => bytes(missing),
        (None, Some(size)) => {
            // Translators: how much of an image has to be downloaded at the most.
            gettext("At most {size}").replace("{size}", &bytes(size))
        }
        (None, None) => gettext("Unknown"),
    }
}

fn bootable(bootable: bool) -> Line {
    // Translators: whether a container image is made for starting a computer.
    let title = gettext("Can Be Started");
    match bootable {
        true => Line::fact(title, gettext("Yes, according to the image")),
        false => Line {
            icon: Some("isotope-row-attention-symbolic"),
            tone: Tone::Warning,
            ..Line::fact(title, gettext("It does not say so of itself: it may be made for running in a container"))
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{Refusal, TrustState};

    use super::super::super::test_states::{NOON, preview, trust};
    use super::*;
    use crate::helper_worker::{Answer, Found};

    const KDE: &str = "quay.io/lab/kde:stable";
    const REFERENCE: &str = "ostree-image-signed:docker://quay.io/lab/kde:stable";

    fn image() -> ImageReference {
        ImageReference::Container { reference: REFERENCE.into() }
    }

    fn lines(lookup: &ImageLookup) -> Vec<(String, String)> {
        let lines = lookup.lines(&image(), &Calendar::in_greenwich(NOON));
        lines.into_iter().map(|line| (line.title, line.subtitle)).collect()
    }

    fn asked(answer: Answer<ImagePreview>) -> ImageLookup {
        let mut lookup = ImageLookup::default();
        lookup.name(KDE);
        lookup.ask_preview();
        lookup.hear(&Found::Preview(KDE.into(), answer));
        lookup
    }

    #[test]
    fn what_the_registry_tells_is_shown_below_the_row_that_asks_it() {
        let shown = lines(&asked(Ok(Arc::new(preview(trust(REFERENCE, TrustState::Verified).with_signed(true))))));
        let titles: Vec<_> = shown.iter().map(|(title, _)| title.as_str()).collect();
        assert_eq!(titles, ["Signature", "In the Registry", "Version", "Built", "To Download", "Can Be Started"]);
        assert!(shown[0].1.contains("has a signature for it"), "{}", shown[0].1);
        assert_eq!(shown[2].1, "10.2");
        assert_eq!(shown[4].1, "310.0\u{a0}MB of 2.4\u{a0}GB: the rest is on this computer already");
    }

    #[test]
    fn the_signature_is_the_first_that_is_read_out() {
        let lookup = asked(Ok(Arc::new(preview(trust(REFERENCE, TrustState::Unchecked).with_signed(false)))));
        let spoken = lookup.spoken(&Calendar::in_greenwich(NOON));
        assert!(spoken.starts_with("Signature: Not checked") && spoken.contains("\nVersion: 10.2"), "{spoken}");
    }

    #[test]
    fn what_was_seen_stays_while_the_registry_is_asked_again() {
        let mut lookup = asked(Ok(Arc::new(preview(trust(REFERENCE, TrustState::Verified)))));
        let before = lines(&lookup).len();
        assert!(lookup.ask_preview().is_some() && lookup.ask_preview().is_none());
        assert_eq!(lines(&lookup).len(), before);
        assert_eq!(lookup.lines(&image(), &Calendar::in_greenwich(NOON))[1].end, LineEnd::Waiting);
        lookup.hear(&Found::Preview(KDE.into(), Err(Arc::new(ClientError::ServiceMissing))));
        assert!(lookup.seen().is_none(), "what failed takes the place of what was seen");
    }

    #[test]
    fn a_size_that_nobody_knows_is_not_called_nothing() {
        let with = |size, download_bytes| {
            to_download(&ImagePreview { size, download_bytes, ..preview(trust(REFERENCE, TrustState::Verified)) })
        };
        assert_eq!(with(None, None), "Unknown");
        assert_eq!(with(Some(1_000), None), "At most 1.0\u{a0}kB");
        assert_eq!(with(Some(1_000), Some(1_000)), "1.0\u{a0}kB");
        assert!(with(Some(1_000), Some(0)).starts_with("Nothing"));
    }

    #[test]
    fn what_went_wrong_is_said_and_can_be_tried_again() {
        let (reference, detail) = (KDE.to_owned(), String::new());
        for (refusal, words) in [
            (
                Refusal::ImageNotFound { reference: reference.clone(), detail: detail.clone() },
                "does not have the image",
            ),
            (Refusal::AccessDenied { reference, detail: detail.clone() }, "/etc/ostree/auth.json"),
            (Refusal::Network { detail }, "network connection and try again"),
            (Refusal::Dismissed { action: String::new() }, "password"),
        ] {
            let lookup = asked(Err(Arc::new(ClientError::Refused(refusal))));
            let lines = lookup.lines(&image(), &Calendar::in_greenwich(NOON));
            assert!(matches!(&lines[1].end, LineEnd::Button(button) if button.choice == Choice::LookUp));
            assert!(lines[2].spoken().contains(words), "{}", lines[2].spoken());
            assert!(!lookup.spoken(&Calendar::in_greenwich(NOON)).is_empty());
        }
    }

    #[test]
    fn only_a_registry_can_be_asked() {
        let branch = ImageReference::from_refspec("lab:lab/kde").unwrap();
        let mut lookup = ImageLookup::default();
        lookup.name("lab:lab/kde");
        assert_eq!(lookup.lines(&branch, &Calendar::in_greenwich(NOON)).len(), 1);
    }
}
