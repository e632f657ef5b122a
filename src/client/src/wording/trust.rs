// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{ImageReference, Trust, TrustKey, TrustProblem, TrustState, Verification};

/// Who vouches for an image, in a word or two for a row.
pub fn trust_label(trust: &Trust) -> String {
    match (trust.state, &trust.problem) {
        // Translators: stands beside “Signature”: only a part of the image is checked.
        (TrustState::Verified, Some(TrustProblem::CommitOnly)) => gettext("demanded of a part"),
        // Translators: stands beside “Signature”: the image is installed only with one that convinces.
        (TrustState::Verified, _) => gettext("demanded"),
        // Translators: stands beside “Signature”: by the rule for all images, because there is none for this one.
        (TrustState::DefaultOnly, _) => gettext("demanded by the general rule"),
        // Translators: stands beside “Signature”.
        (TrustState::Unchecked, _) => gettext("not checked"),
        // Translators: stands beside “Signature”: because of it the image is not installed.
        (TrustState::Refused, _) => gettext("refused"),
        // Translators: stands beside “Signature”.
        (TrustState::Unknown, _) => gettext("not known"),
    }
}

/// Who vouches for an image, and what that means, in one sentence.
pub fn trust(trust: &Trust) -> String {
    match trust.state {
        TrustState::Verified if trust.problem == Some(TrustProblem::CommitOnly) => gettext(
            // Translators: {name} is the name of an OSTree remote.
            "Installed only if the system inside is signed with a key of the remote {name}, but nobody vouches for what \
             was put on top of it",
        )
        .replace("{name}", &remote_of(trust)),
        TrustState::Verified => verified(&trust.keys),
        TrustState::DefaultOnly => match names_of(&trust.keys) {
            names if names.is_empty() => {
                gettext("This computer has no rule for this image, but installs nothing that is not signed")
            }
            // Translators: {keys} is a list of files and names.
            names => gettext("This computer has no rule for this image, but installs nothing that is not signed with {keys}")
                .replace("{keys}", &names),
        },
        TrustState::Unchecked => match trust.signed {
            Some(true) => gettext("Installed without a check of its signature, although it carries one"),
            Some(false) => gettext("Installed although it is not signed: nothing checks that"),
            None => gettext("Installed without a check of its signature"),
        },
        TrustState::Refused => refused(trust),
        TrustState::Unknown => gettext("Nobody can say whether its signature is checked"),
    }
}

fn verified(keys: &[TrustKey]) -> String {
    let list = |paths: &[String]| paths.join(", ");
    match keys {
        [TrustKey::Sigstore { paths }] => match paths.as_slice() {
            [] => gettext("Installed only if it is signed with a key that this computer’s signature policy contains"),
            // Translators: {file} is the path of a file.
            [path] => gettext("Installed only if it is signed with the key {file}").replace("{file}", path),
            // Translators: {files} is a list of paths.
            paths => {
                gettext("Installed only if it is signed with one of the keys {files}").replace("{files}", &list(paths))
            }
        },
        [TrustKey::Gpg { paths }] => match paths.as_slice() {
            [] => {
                gettext("Installed only if it is signed with a GPG key that this computer’s signature policy contains")
            }
            // Translators: {files} is the path of a file, or a list of some.
            paths => {
                gettext("Installed only if it is signed with a GPG key in {files}").replace("{files}", &list(paths))
            }
        },
        [TrustKey::SigstoreIdentity { identity: Some(identity) }] => {
            // Translators: {name} is an address, or whom a certificate names.
            gettext("Installed only if {name} has signed it").replace("{name}", identity)
        }
        [TrustKey::OstreeRemote { remote }] => {
            // Translators: {name} is the name of an OSTree remote.
            gettext("Installed only if it is signed with a key of the remote {name}").replace("{name}", remote)
        }
        [_] | [] => gettext("Installed only if it is signed with a key that was chosen for it"),
        several => match names_of(several) {
            names if names.is_empty() => {
                gettext("Installed only if it carries all the signatures that this computer demands")
            }
            // Translators: {keys} is a list of files and names.
            names => gettext("Installed only if it carries all the signatures that this computer demands, with {keys}")
                .replace("{keys}", &names),
        },
    }
}

/// What keys can be called by.
fn names_of(keys: &[TrustKey]) -> String {
    let names = keys.iter().flat_map(|key| match key {
        TrustKey::Sigstore { paths } | TrustKey::Gpg { paths } => paths.clone(),
        TrustKey::SigstoreIdentity { identity } => identity.iter().cloned().collect(),
        TrustKey::OstreeRemote { remote } => vec![remote.clone()],
        TrustKey::Unknown => Vec::new(),
    });
    names.collect::<Vec<_>>().join(", ")
}

fn refused(trust: &Trust) -> String {
    match &trust.problem {
        Some(TrustProblem::PolicyBroken { detail }) => {
            // Translators: {detail} is what a program says of the error, in English.
            gettext("Not installed: this computer’s signature policy is broken ({detail})").replace("{detail}", detail)
        }
        Some(TrustProblem::PolicyMissing) => gettext("Not installed: this computer has no signature policy"),
        Some(TrustProblem::Rejected) => gettext("Not installed: this computer’s signature policy rejects it"),
        Some(TrustProblem::PolicyAcceptsEverything) => gettext(
            "Not installed: its signature is to be checked, but this computer’s signature policy accepts everything by \
             default",
        ),
        Some(TrustProblem::AttachmentsNotUsed) => gettext(
            "Not installed: a signature is demanded, but this computer is not set up to look for it beside the image",
        ),
        Some(TrustProblem::SettingsBroken { detail }) => {
            // Translators: {detail} is what a program says of the error, in English.
            gettext("Not installed: this computer’s settings for signatures are broken ({detail})")
                .replace("{detail}", detail)
        }
        Some(TrustProblem::NotSupported { demand }) => {
            // Translators: {demand} is a word of the policy’s own language, for example signedBaseLayer.
            gettext("Not installed: this computer’s signature policy demands what no program can check ({demand})")
                .replace("{demand}", demand)
        }
        Some(TrustProblem::KeyMissing { path }) => {
            // Translators: {file} is the path of a file.
            gettext("Not installed: the key {file}, which is to check its signature, is missing")
                .replace("{file}", path)
        }
        Some(TrustProblem::NotSigned) => gettext("Not installed: a signature is demanded, and it carries none"),
        Some(TrustProblem::RemoteUnknown) => {
            // Translators: {name} is the name of an OSTree remote.
            gettext("Not installed: this computer does not know the remote {name}").replace("{name}", &remote_of(trust))
        }
        Some(TrustProblem::RemoteChecksNothing) => {
            // Translators: {name} is the name of an OSTree remote.
            gettext("Not installed: the remote {name} is to check its signature, but demands none")
                .replace("{name}", &remote_of(trust))
        }
        Some(TrustProblem::CommitOnly | TrustProblem::Unknown) | None => {
            gettext("Not installed: the rules of this computer do not allow it")
        }
    }
}

/// The remote that checks the image, by the image's own reference.
fn remote_of(trust: &Trust) -> String {
    let of_container = || match trust.image.container()?.verification() {
        Verification::OstreeRemote(remote) => Some(remote.clone()),
        _ => None,
    };
    match &trust.image {
        ImageReference::Ostree { remote, .. } => remote.clone(),
        _ => of_container().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(text: &str) -> ImageReference {
        ImageReference::Container { reference: text.into() }
    }

    fn of(state: TrustState, keys: Vec<TrustKey>, problem: Option<TrustProblem>) -> Trust {
        Trust { state, keys, problem, ..Trust::unknown(image("ostree-remote-image:fedora:docker://q.io/os")) }
    }

    /// Says what it says, and nothing is left to be filled in.
    fn says(told: &Trust, words: &str) {
        for text in [trust(told), trust_label(told)] {
            assert!(!text.is_empty() && !text.contains(['{', '}']) && !text.ends_with('.'), "{text}");
        }
        assert!(trust(told).contains(words), "{:?} does not say {words:?}", trust(told));
    }

    #[test]
    fn every_key_is_named() {
        let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        let sigstore = |list: &[&str]| TrustKey::Sigstore { paths: paths(list) };
        let gpg = |list: &[&str]| TrustKey::Gpg { paths: paths(list) };
        let remote = || TrustKey::OstreeRemote { remote: "fedora".into() };
        let identity = |identity: Option<&str>| TrustKey::SigstoreIdentity { identity: identity.map(str::to_owned) };
        let table = [
            (vec![sigstore(&["/a.pub"])], "the key /a.pub"),
            (vec![sigstore(&["/a.pub", "/b.pub"])], "one of the keys /a.pub, /b.pub"),
            (vec![sigstore(&[])], "policy contains"),
            (vec![gpg(&["/a.gpg", "/b.gpg"])], "GPG key in /a.gpg, /b.gpg"),
            (vec![gpg(&[])], "GPG key that"),
            (vec![identity(Some("os@vendor.example"))], "os@vendor.example has signed it"),
            (vec![identity(None)], "a key that was chosen"),
            (vec![remote()], "the remote fedora"),
            (vec![TrustKey::Unknown], "a key that was chosen"),
            (vec![], "a key that was chosen"),
            (
                vec![sigstore(&["/a.pub"]), gpg(&["/b.gpg"])],
                "all the signatures that this computer demands, with /a.pub, /b.gpg",
            ),
            (vec![sigstore(&[]), gpg(&[])], "all the signatures"),
        ];
        for (keys, words) in table {
            says(&of(TrustState::Verified, keys.clone(), None), words);
            says(&of(TrustState::DefaultOnly, keys, None), "no rule for this image");
        }
        says(&of(TrustState::DefaultOnly, vec![sigstore(&["/a.pub"])], None), "not signed with /a.pub");
        says(
            &of(TrustState::Verified, vec![remote()], Some(TrustProblem::CommitOnly)),
            "nobody vouches for what was put",
        );
    }

    #[test]
    fn every_problem_is_told() {
        let text = || "why so".to_owned();
        let table = [
            (Some(TrustProblem::PolicyBroken { detail: text() }), "broken (why so)"),
            (Some(TrustProblem::PolicyMissing), "no signature policy"),
            (Some(TrustProblem::Rejected), "rejects it"),
            (Some(TrustProblem::PolicyAcceptsEverything), "accepts everything by default"),
            (Some(TrustProblem::AttachmentsNotUsed), "beside the image"),
            (Some(TrustProblem::SettingsBroken { detail: text() }), "settings for signatures are broken (why so)"),
            (Some(TrustProblem::NotSupported { demand: "signedBaseLayer".into() }), "(signedBaseLayer)"),
            (Some(TrustProblem::KeyMissing { path: "/a.pub".into() }), "the key /a.pub"),
            (Some(TrustProblem::NotSigned), "carries none"),
            (Some(TrustProblem::RemoteUnknown), "the remote fedora"),
            (Some(TrustProblem::RemoteChecksNothing), "the remote fedora"),
            (Some(TrustProblem::CommitOnly), "do not allow it"),
            (Some(TrustProblem::Unknown), "do not allow it"),
            (None, "do not allow it"),
        ];
        for (problem, words) in table {
            let told = of(TrustState::Refused, vec![], problem);
            says(&told, words);
            assert!(trust(&told).starts_with("Not installed: ") && trust_label(&told) == "refused");
        }
        let branch =
            Trust { image: ImageReference::from_refspec("open:b").unwrap(), ..of(TrustState::Refused, vec![], None) };
        says(&Trust { problem: Some(TrustProblem::RemoteUnknown), ..branch }, "the remote open");
    }

    #[test]
    fn what_nobody_checks_is_not_called_verified() {
        for (signed, words) in
            [(None, "without a check"), (Some(true), "although it carries one"), (Some(false), "not signed")]
        {
            says(&Trust { signed, ..of(TrustState::Unchecked, vec![], None) }, words);
        }
        says(&of(TrustState::Unknown, vec![], None), "Nobody can say");
        let labels = [TrustState::Unchecked, TrustState::Refused, TrustState::Unknown];
        assert!(labels.iter().all(|state| !trust_label(&of(*state, vec![], None)).contains("demanded")));
    }
}
