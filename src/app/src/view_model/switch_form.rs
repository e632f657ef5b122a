// SPDX-License-Identifier: GPL-3.0-or-later
mod mistake;

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{
    Backend, ContainerReference, ImageReference, Refusal, Snapshot, Transport, Verification, check_switch,
    resolve_image,
};

/// What the dialog for switching to another image says of what was typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SwitchForm {
    /// What is to be typed on this host.
    pub(crate) label: String,
    /// What is wrong with it, where that is worth saying.
    pub(crate) problem: Option<String>,
    /// The image, where it is one that could be switched to.
    pub(crate) image: Option<ImageReference>,
    /// It can be switched to now.
    pub(crate) ready: bool,
}

impl SwitchForm {
    /// What to say of this text on this host; while something else is done nothing can be switched.
    pub(crate) fn of(snapshot: &Snapshot, text: &str, idle: bool) -> Self {
        let text = text.trim();
        let image = resolve_image(snapshot, text).ok();
        let mistake = match &image {
            None if takes_containers(snapshot) => Some(mistake::in_container(text)),
            None => Some(mistake::in_branch(text)),
            Some(image) if follows_already(snapshot, image) => {
                Some(gettext("This computer follows that image already."))
            }
            Some(image) => image.container().and_then(|container| loses_its_check(snapshot, &container)),
        };
        let image = image.filter(|_| mistake.is_none());
        let busy = (!idle).then(|| gettext("Something else is being done to the system."));
        let problem = mistake.or(busy);
        Self { label: label(snapshot), image, ready: problem.is_none(), problem }
    }

    /// What stands in the entry at first: what is followed now.
    pub(crate) fn prefill(snapshot: &Snapshot) -> String {
        match followed(snapshot) {
            Some(image @ ImageReference::Ostree { .. }) if snapshot.host.backend != Backend::Bootc => image.to_string(),
            Some(image) if takes_containers(snapshot) => match image.container() {
                // Without a registry in it the bare name would not be taken.
                Some(container) if container.transport() == Transport::Registry && container.registry().is_none() => {
                    image.to_string()
                }
                Some(_) => wording::image_name(image),
                None => String::new(),
            },
            _ => String::new(),
        }
    }
}

/// Whether images are named here as containers are; rpm-ostree takes both, and most people stay with what they have.
fn takes_containers(snapshot: &Snapshot) -> bool {
    match snapshot.host.backend {
        Backend::Bootc => true,
        Backend::RpmOstree => followed(snapshot).is_some_and(|image| image.container().is_some()),
        _ => false,
    }
}

fn label(snapshot: &Snapshot) -> String {
    match (snapshot.host.backend, takes_containers(snapshot)) {
        // Translators: the label of the entry; "registry/name:tag" and "remote:branch" are what to type.
        (Backend::RpmOstree, _) => gettext("Image, as registry/name:tag or remote:branch"),
        // Translators: the label of the entry; "registry/name:tag" is what to type.
        (_, true) => gettext("Image, as registry/name:tag"),
        // Translators: the label of the entry; "remote:branch" is what to type.
        (_, false) => gettext("Image, as remote:branch"),
    }
}

/// What this host follows, or will after the next restart.
fn followed(snapshot: &Snapshot) -> Option<&ImageReference> {
    snapshot.staged().or_else(|| snapshot.booted())?.image.as_ref()
}

fn follows_already(snapshot: &Snapshot, image: &ImageReference) -> bool {
    Some(image) == followed(snapshot) || matches!(check_switch(snapshot, image), Err(Refusal::AlreadyFollowed { .. }))
}

/// bootc cannot be told to demand a signature by the key of a remote.
fn loses_its_check(snapshot: &Snapshot, image: &ContainerReference) -> Option<String> {
    let lost = snapshot.host.backend == Backend::Bootc && matches!(image.verification(), Verification::OstreeRemote(_));
    let refusal = Refusal::WouldLoseVerification { reference: image.name().to_owned() };
    lost.then(|| {
        let explanation = wording::refusal(&refusal);
        // Translators: what is the matter, and what can be done about it: two sentences.
        gettext("{what}. {remedy}").replace("{what}", &explanation.what).replace("{remedy}", &explanation.remedy)
    })
}

#[cfg(test)]
mod tests {
    use isotope_model::Deployment;

    use super::super::test_states::{booted, container_host, snapshot};
    use super::*;

    fn problem(text: &str) -> String {
        SwitchForm::of(&snapshot(vec![booted('1')]), text, true).problem.unwrap_or_default()
    }

    #[test]
    fn each_mistake_is_named() {
        for (text, word) in [
            ("", "remote:branch"),
            ("lab", "colon between"),
            (":lab/kde", "remote is missing"),
            ("lab:", "branch is missing"),
            ("lab:a//b", "slash"),
            ("lab:a b", "Only letters"),
            ("lab:lab/10/x86_64/gnome", "already"),
            (" lab:lab/10/x86_64/kde ", ""),
        ] {
            assert!(problem(text).contains(word) && (word.is_empty() == problem(text).is_empty()), "{text:?}");
        }
    }

    #[test]
    fn with_rpm_ostree_either_can_be_named() {
        let mut branches = snapshot(vec![booted('1')]);
        branches.host.backend = Backend::RpmOstree;
        let mut containers = container_host("ostree-unverified-registry:quay.io/lab/gnome:stable");
        containers.host.backend = Backend::RpmOstree;
        for host in [&branches, &containers] {
            for text in ["lab:lab/kde", "quay.io/lab/kde:stable"] {
                let form = SwitchForm::of(host, text, true);
                assert!(form.ready && form.label.contains("remote:branch"), "{text}: {form:?}");
            }
        }
        assert_eq!(SwitchForm::prefill(&branches), "lab:lab/10/x86_64/gnome");
        assert_eq!(SwitchForm::prefill(&containers), "quay.io/lab/gnome:stable");
    }

    #[test]
    fn a_host_of_containers_takes_containers() {
        let signed = "ostree-image-signed:docker://quay.io/lab/gnome:stable";
        let unverified = "ostree-unverified-registry:quay.io/lab/gnome:stable";
        let remote = "ostree-remote-registry:alma:quay.io/lab/gnome:stable";
        let form = |followed: &str, text: &str| SwitchForm::of(&container_host(followed), text, true);
        for (followed, text, problem) in [
            (signed, "quay.io/lab/kde:stable", ""),
            (unverified, " docker://quay.io/lab/kde:stable ", ""),
            (signed, "ostree-unverified-registry:quay.io/lab/kde", ""),
            (signed, "quay.io/lab/gnome:stable", "already"),
            (unverified, "lab:lab/kde", "registry"),
            (remote, "quay.io/lab/kde", "no longer be checked"),
            (remote, "ostree-image-signed:docker://quay.io/lab/kde", ""),
        ] {
            let form = form(followed, text);
            let wrong = form.problem.unwrap_or_default();
            assert!(wrong.contains(problem) && problem.is_empty() == wrong.is_empty(), "{text}: {wrong}");
            assert_eq!((form.ready, form.image.is_some()), (problem.is_empty(), problem.is_empty()));
        }
        assert!(form(signed, "").label.contains("registry/name:tag"));
    }

    #[test]
    fn what_is_followed_stands_there_at_first_as_people_write_it() {
        assert_eq!(SwitchForm::prefill(&snapshot(vec![booted('1')])), "lab:lab/10/x86_64/gnome");
        for (followed, text) in [
            ("ostree-image-signed:docker://quay.io/lab/gnome:stable", "quay.io/lab/gnome:stable"),
            ("ostree-unverified-registry:ubuntu", "ostree-unverified-registry:ubuntu"),
            ("ostree-unverified-image:oci:/var/oci", "oci:/var/oci"),
            ("of-the-future:x", ""),
        ] {
            let host = container_host(followed);
            assert_eq!(SwitchForm::prefill(&host), text);
            assert!(
                text.is_empty() || SwitchForm::of(&host, text, true).problem.unwrap().contains("already"),
                "{text}"
            );
        }
        let bare = snapshot(vec![Deployment { image: None, ..booted('1') }]);
        assert_eq!(SwitchForm::prefill(&bare), "");
    }

    #[test]
    fn nothing_is_switched_while_something_else_runs() {
        let form = |idle| SwitchForm::of(&snapshot(vec![booted('1')]), "lab:kde", idle);
        assert!(form(true).ready && !form(false).ready);
        assert!(form(false).image.is_some(), "what is known of it can be told all the same");
    }
}
