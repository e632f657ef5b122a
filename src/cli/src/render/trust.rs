// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{ImageReference, Trust, TrustKey, TrustState, VerificationPath};

use super::table::Table;
use super::{Line, View, sentences, verification_path};

/// Who vouches for an image. `strict` is who would vouch for the one that is followed if it were followed in the form that
/// demands a rule; with that, also the way there.
pub(crate) fn lines(trust: &Trust, strict: Option<&Trust>, view: &View) -> Vec<Line> {
    let mut table = Table::default();
    table.row(gettext("Image"), image(&trust.image));
    rows(&mut table, trust);
    let way = strict.and_then(|strict| VerificationPath::of(trust, strict));
    let way = way.filter(|way| !way.is_at_its_end());
    if way.is_none() {
        // Translators: stands beside what somebody has to do, so that an image can be installed.
        table.row(
            gettext("To do"),
            trust.problem.as_ref().and_then(wording::trust_remedy).map(Line::plain).into_iter().collect(),
        );
    }
    let mut lines = table.lines_within(view.columns);
    match way {
        Some(way) => {
            lines.push(Line::default());
            lines.extend(verification_path::lines(&way, view));
        }
        None if trust.image.in_registry().is_some() && trust.signed.is_none() => {
            let text = gettext("To see whether it carries a signature: isotopectl inspect {image}");
            lines.extend(sentences([Line::plain(text.replace("{image}", &wording::image_name(&trust.image)))], view));
        }
        None => {}
    }
    lines
}

/// An image by its name, and the whole reference of a container image.
pub(super) fn image(image: &ImageReference) -> Vec<Line> {
    let whole = image.container().map(|_| Line::dim(image.to_string()));
    std::iter::once(Line::plain(wording::image_name(image))).chain(whole).collect()
}

/// State, key and rule; what is not known is said where it could be known.
pub(super) fn rows(table: &mut Table, trust: &Trust) {
    table
        .row(gettext("Signature"), vec![Line::strong(wording::trust_label(trust)), Line::plain(wording::trust(trust))]);
    if trust.image.in_registry().is_some() {
        // Translators: stands beside whether a signature was found.
        table.row(gettext("Signed"), vec![Line::plain(signed(trust.signed))]);
    }
    table.row(gettext("Key"), trust.keys.iter().flat_map(key).collect());
    // Translators: stands beside the images that a rule is made for.
    table.row(gettext("Rule for"), rule(trust).map(Line::plain).into_iter().collect());
}

fn signed(signed: Option<bool>) -> String {
    match signed {
        Some(true) => gettext("a signature lies beside the image"),
        Some(false) => gettext("no signature that this computer reads lies beside the image"),
        None => gettext("not known"),
    }
}

fn key(key: &TrustKey) -> Vec<Line> {
    let in_files = |paths: &[String]| paths.iter().map(Line::plain).collect::<Vec<_>>();
    match key {
        TrustKey::Sigstore { paths } | TrustKey::Gpg { paths } if !paths.is_empty() => in_files(paths),
        TrustKey::Sigstore { .. } | TrustKey::Gpg { .. } => {
            vec![Line::plain(gettext("stands in the signature policy itself"))]
        }
        TrustKey::SigstoreIdentity { identity: Some(identity) } => {
            // Translators: {name} is an address, or whom a certificate names.
            vec![Line::plain(gettext("the certificate of {name}").replace("{name}", identity))]
        }
        TrustKey::SigstoreIdentity { identity: None } => vec![Line::plain(gettext("a certificate"))],
        TrustKey::OstreeRemote { remote } => {
            // Translators: {name} is the name of an OSTree remote.
            vec![Line::plain(gettext("those of the remote {name}").replace("{name}", remote))]
        }
        TrustKey::Unknown => vec![Line::plain(gettext("of a kind that this program does not know"))],
    }
}

/// What the rule that matched is made for.
fn rule(trust: &Trust) -> Option<String> {
    let by_default = || {
        let of_policy = trust.image.in_registry().is_some() && !trust.keys.iter().any(of_remote);
        (of_policy && matches!(trust.state, TrustState::DefaultOnly | TrustState::Unchecked))
            .then(|| gettext("all images that have no rule of their own"))
    };
    trust.scope.clone().or_else(by_default)
}

fn of_remote(key: &TrustKey) -> bool {
    matches!(key, TrustKey::OstreeRemote { .. })
}

#[cfg(test)]
mod tests {
    use isotope_model::TrustProblem;

    use super::*;
    use crate::render::samples::{self, shown};

    fn of(reference: &str, state: TrustState) -> Trust {
        Trust { state, ..Trust::unknown(ImageReference::Container { reference: reference.into() }) }
    }

    fn told(trust: &Trust) -> String {
        shown(&lines(trust, None, &samples::view())).join("\n")
    }

    #[test]
    fn state_key_and_rule_are_told() {
        let trust = Trust {
            keys: vec![TrustKey::Sigstore { paths: vec!["/a.pub".into(), "/b.pub".into()] }],
            scope: Some("quay.io/alma".into()),
            signed: Some(true),
            ..of("ostree-image-signed:docker://quay.io/alma/kde:10", TrustState::Verified)
        };
        let expected = "\
Image       quay.io/alma/kde:10
            ostree-image-signed:docker://quay.io/alma/kde:10
Signature   demanded
            Installed only if it is signed with one of the keys /a.pub, /b.pub
Signed      a signature lies beside the image
Key         /a.pub
            /b.pub
Rule for    quay.io/alma";
        assert_eq!(told(&trust), expected);
    }

    #[test]
    fn where_nobody_has_looked_it_is_said_how_to_look() {
        let text = told(&of("ostree-unverified-registry:quay.io/open/kde", TrustState::Unchecked));
        assert!(text.contains("\nSigned      not known\nRule for    all images that have no rule"), "{text}");
        assert!(text.ends_with("a signature: isotopectl inspect quay.io/open/kde"), "{text}");
    }

    #[test]
    fn a_branch_has_the_keys_of_its_remote() {
        let image = ImageReference::from_refspec("alma:desktop/10/kde").unwrap();
        let keys = vec![TrustKey::OstreeRemote { remote: "alma".into() }];
        let text = told(&Trust { state: TrustState::Verified, keys, ..Trust::unknown(image) });
        assert!(text.starts_with("Image       alma:desktop/10/kde\nSignature   demanded\n"), "{text}");
        assert!(text.ends_with("\nKey         those of the remote alma"), "{text}");
    }

    #[test]
    fn every_problem_that_somebody_can_do_something_about_says_what() {
        let detail = || "why so".to_owned();
        let problems = [
            TrustProblem::PolicyBroken { detail: detail() },
            TrustProblem::PolicyMissing,
            TrustProblem::Rejected,
            TrustProblem::PolicyAcceptsEverything,
            TrustProblem::AttachmentsNotUsed,
            TrustProblem::SettingsBroken { detail: detail() },
            TrustProblem::NotSupported { demand: "signedBaseLayer".into() },
            TrustProblem::KeyMissing { path: "/a.pub".into() },
            TrustProblem::NotSigned,
            TrustProblem::RemoteUnknown,
            TrustProblem::RemoteChecksNothing,
        ];
        for problem in problems {
            let refused = of("ostree-image-signed:docker://quay.io/alma/kde", TrustState::Refused);
            let text = told(&Trust { problem: Some(problem.clone()), ..refused });
            let remedy = text.lines().find_map(|line| line.strip_prefix("To do       ")).unwrap_or_default();
            assert!(remedy.ends_with('.') && !remedy.contains(['{', '}']), "{problem:?}: {text}");
        }
        assert!(!told(&of("x", TrustState::Unknown)).contains("To do"));
    }

    #[test]
    fn every_key_is_told() {
        let keys = [
            (TrustKey::Gpg { paths: vec![] }, "stands in the signature policy"),
            (TrustKey::Sigstore { paths: vec![] }, "stands in the signature policy"),
            (TrustKey::SigstoreIdentity { identity: Some("os@vendor.example".into()) }, "of os@vendor.example"),
            (TrustKey::SigstoreIdentity { identity: None }, "a certificate"),
            (TrustKey::Unknown, "does not know"),
        ];
        for (key, words) in keys {
            let text =
                told(&Trust { keys: vec![key], ..of("ostree-image-signed:docker://q.io/o/s", TrustState::Verified) });
            assert!(text.contains(words) && !text.contains("Rule for"), "{text}");
        }
    }
}
