// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{ImagePreview, TrustState};

use super::table::Table;
use super::{Line, View, sentences, time, trust};

/// What a registry tells of an image, and who vouches for it. `typed` is how it is called where a switch to it is possible.
pub(crate) fn lines(preview: &ImagePreview, typed: Option<&str>, view: &View) -> Vec<Line> {
    let mut table = Table::default();
    table.row(gettext("Image"), trust::image(&preview.trust.image));
    table.row(gettext("Version"), vec![known(preview.version.as_deref())]);
    let built = preview.built.and_then(|seconds| time::minute(seconds, &view.zone));
    table.row(gettext("Built"), vec![known(built.as_deref())]);
    table.row(gettext("Architecture"), architectures(preview));
    // Translators: stands beside the size of everything that an image consists of.
    table.row(gettext("Size"), vec![known(preview.size.map(wording::bytes).as_deref())]);
    // Translators: stands beside the bytes that are not on this computer yet.
    table.row(gettext("To download"), vec![to_download(preview.download_bytes)]);
    // Translators: stands beside whether a computer can be started from an image.
    table.row(gettext("Bootable"), vec![Line::plain(bootable(preview.bootable))]);
    table.row(gettext("Digest"), vec![Line::plain(&preview.digest)]);
    trust::rows(&mut table, &preview.trust);
    // Translators: stands beside the kinds of what a registry has for an image: lists of what is inside, signatures.
    table.row(gettext("Attached"), attached(preview));
    if view.verbose {
        let label = |(name, value): (&String, &String)| Line::dim(format!("{name}={value}"));
        // Translators: stands beside what an image says of itself, in names and values.
        table.row(gettext("Labels"), preview.labels.iter().map(label).collect());
    }
    let mut lines = table.lines_within(view.columns);
    let installable = preview.bootable && preview.trust.state != TrustState::Refused;
    if let Some(typed) = typed.filter(|_| installable) {
        let text = gettext("To switch to it: isotopectl switch {image}");
        lines.extend(sentences([Line::plain(text.replace("{image}", typed))], view));
    }
    lines
}

/// The bytes that would be downloaded; what is not known is not nothing.
pub(super) fn to_download(bytes: Option<u64>) -> Line {
    match bytes {
        Some(0) => Line::plain(gettext("nothing: all of it is on this computer already")),
        Some(bytes) => Line::plain(wording::bytes(bytes)),
        None => known(None),
    }
}

/// Whether an image says of itself that a computer can be started from it.
pub(super) fn bootable(bootable: bool) -> String {
    match bootable {
        true => gettext("yes"),
        false => gettext("not as far as it says of itself"),
    }
}

fn known(text: Option<&str>) -> Line {
    text.map_or_else(|| Line::plain(gettext("not known")), Line::plain)
}

fn architectures(preview: &ImagePreview) -> Vec<Line> {
    let own = preview.architecture.as_ref();
    let others: Vec<_> = preview.architectures.iter().filter(|other| Some(*other) != own).map(String::as_str).collect();
    let mut lines = vec![known(own.map(String::as_str))];
    if !others.is_empty() {
        // Translators: {list} names kinds of processors; there are images for them under the same name.
        lines.push(Line::dim(gettext("there is one for {list} too").replace("{list}", &others.join(", "))));
    }
    lines
}

fn attached(preview: &ImagePreview) -> Vec<Line> {
    let mut lines: Vec<_> = preview.artifact_types.iter().map(Line::plain).collect();
    if preview.trust.signed == Some(false) && preview.artifact_types.iter().any(|kind| kind.contains("sigstore.bundle"))
    {
        lines.push(Line::plain(gettext(
            "Among it is a signature, but in a form that is not read when an image is installed.",
        )));
    }
    lines
}

#[cfg(test)]
mod tests {
    use isotope_model::{ImageReference, Trust, TrustKey};

    use super::*;
    use crate::render::samples::{self, shown};

    fn told(preview: &ImagePreview, view: &View) -> String {
        shown(&lines(preview, Some("quay.io/alma/kde:10"), view)).join("\n")
    }

    #[test]
    fn everything_that_the_registry_tells_is_shown() {
        let text = told(&samples::preview(), &samples::view());
        let expected = format!(
            "\
Image          quay.io/alma/kde:10
               ostree-image-signed:docker://quay.io/alma/kde:10
Version        10.3
Built          2025-11-25 00:00
Architecture   amd64
               there is one for arm64 too
Size           2.1 GB
To download    350.0 MB
Bootable       yes
Digest         {}
Signature      demanded
               Installed only if it is signed with the key /etc/pki/containers/alma.pub
Signed         a signature lies beside the image
Key            /etc/pki/containers/alma.pub
Rule for       quay.io/alma
Attached       application/spdx+json
To switch to it: isotopectl switch quay.io/alma/kde:10",
            samples::digest('c')
        );
        assert_eq!(text, expected);
        let verbose = told(&samples::preview(), &View { verbose: true, ..samples::view() });
        assert!(verbose.contains("\nLabels         containers.bootc=1\n"), "{verbose}");
    }

    #[test]
    fn what_is_not_known_is_not_called_nothing() {
        let image = ImageReference::Container { reference: "ostree-unverified-registry:q.io/o/s".into() };
        let bare = ImagePreview {
            version: None,
            built: Some(u64::MAX),
            architecture: None,
            architectures: Vec::new(),
            bootable: false,
            size: None,
            download_bytes: None,
            artifact_types: Vec::new(),
            trust: Trust::unknown(image),
            ..samples::preview()
        };
        let text = told(&bare, &samples::view());
        assert_eq!(text.matches("   not known").count(), 7, "{text}");
        assert!(text.contains("not as far as it says") && !text.contains("isotopectl switch"), "{text}");
        let here = told(&ImagePreview { download_bytes: Some(0), ..samples::preview() }, &samples::view());
        assert!(here.contains("To download    nothing: all of it"), "{here}");
    }

    #[test]
    fn a_signature_that_is_not_read_when_installing_is_told_as_that() {
        let kind = "application/vnd.dev.sigstore.bundle.v0.3+json".to_owned();
        let preview = samples::preview();
        let trust = preview.trust.clone().with_signed(false);
        let text =
            told(&ImagePreview { artifact_types: vec![kind.clone()], trust, ..preview.clone() }, &samples::view());
        assert!(text.contains("in a form that is not read") && text.contains("no signature that this"), "{text}");
        assert!(text.contains("Signature      refused\n") && !text.contains("isotopectl switch"), "{text}");
        let text = told(&ImagePreview { artifact_types: vec![kind], ..preview }, &samples::view());
        assert!(!text.contains("in a form"), "{text}");
    }

    #[test]
    fn what_an_image_says_of_itself_cannot_touch_the_terminal() {
        let labels = [("a\x1b[2J".to_owned(), "\u{202e}b\nc".to_owned())].into();
        let keys = vec![TrustKey::Sigstore { paths: vec!["/\x07".into()] }];
        let trust = Trust { keys, ..samples::preview().trust };
        let hostile = ImagePreview { version: Some("\r1".into()), labels, trust, ..samples::preview() };
        let text = shown(&lines(&hostile, None, &View { verbose: true, ..samples::view() }));
        assert!(text.iter().all(|line| !line.contains(|letter: char| letter.is_control() || letter == '\u{202e}')));
    }
}
