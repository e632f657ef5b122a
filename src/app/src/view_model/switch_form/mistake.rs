// SPDX-License-Identifier: GPL-3.0-or-later
//! What is wrong with the name of an image that was typed.

use gettextrs::gettext;

/// What is wrong with `remote:branch`.
pub(super) fn in_branch(text: &str) -> String {
    match text.split_once(':') {
        // Translators: "remote:branch" is what to type; leave the colon.
        None => gettext("Write it as remote:branch, with a colon between the two."),
        Some(("", _)) => gettext("The name of the remote is missing, before the colon."),
        Some((_, "")) => gettext("The branch is missing, after the colon."),
        Some((_, branch)) if branch.starts_with('/') || branch.ends_with('/') || branch.contains("//") => {
            gettext("A part of the branch is missing, next to a slash.")
        }
        Some(_) => {
            gettext("Only letters, digits, points, hyphens and underscores are allowed, and slashes in the branch.")
        }
    }
}

/// What is wrong with `registry/name:tag`.
pub(super) fn in_container(text: &str) -> String {
    let name = text.strip_prefix("docker://").unwrap_or(text);
    let (name, digest) = name.split_once('@').map_or((name, None), |(name, digest)| (name, Some(digest)));
    let (registry, path) = name.split_once('/').unwrap_or((name, ""));
    if text.is_empty() {
        // Translators: what to type; leave slash, colon and address as they are.
        return gettext("Write it as registry/name:tag, for example quay.io/example/desktop:stable.");
    }
    if text.chars().any(char::is_whitespace) {
        return gettext("The name of an image has no spaces.");
    }
    if text.starts_with("ostree-") {
        return gettext("This way of saying what checks an image is not known here.");
    }
    let (host, port) = registry.split_once(':').map_or((registry, None), |(host, port)| (host, Some(port)));
    let numbered = port.is_some_and(|port| port.parse::<u16>().is_ok());
    if !numbered && (port.is_some() || (host != "localhost" && !host.contains('.'))) {
        return gettext("Say which registry it is in, before the first slash: for example quay.io.");
    }
    if digest.is_some() {
        // Translators: "sha256:" is what to type.
        return gettext("After the @ stands a whole digest: sha256: and 64 digits.");
    }
    if path.is_empty() || path.starts_with([':', '/']) {
        return gettext("The name of the image is missing, after the registry.");
    }
    if path.ends_with(':') {
        return gettext("The tag is missing, after the colon.");
    }
    let path = path.split_once(':').map_or(path, |(path, _)| path);
    if path.ends_with('/') || path.contains("//") {
        return gettext("A part of the name is missing, next to a slash.");
    }
    if path.chars().any(char::is_uppercase) {
        return gettext("The name of an image has no capital letters.");
    }
    gettext("Only letters, digits, points, hyphens and underscores are allowed.")
}

#[cfg(test)]
mod tests {
    use isotope_model::ContainerTarget;

    use super::*;

    #[test]
    fn each_mistake_in_the_name_of_a_container_is_named() {
        for (text, word) in [
            ("", "registry/name:tag"),
            ("quay.io/a b", "no spaces"),
            ("ostree-teleported:quay.io/o/kde", "not known here"),
            ("kde", "which registry"),
            ("example/kde", "which registry"),
            ("docker://kde", "which registry"),
            ("lab:lab/kde", "which registry"),
            ("localhost:5000", "name of the image is missing"),
            ("quay.io/", "name of the image is missing"),
            ("quay.io/:tag", "name of the image is missing"),
            ("quay.io/o/kde:", "tag is missing"),
            ("quay.io/o//kde", "next to a slash"),
            ("quay.io/o/kde/:stable", "next to a slash"),
            ("quay.io/o/KDE", "capital"),
            ("quay.io/o/kde@sha256:12", "whole digest"),
            ("quay.io/o/kde!", "Only letters"),
            ("--apply", "which registry"),
        ] {
            assert!(in_container(text).contains(word), "{text:?}: {}", in_container(text));
            let taken = ContainerTarget::from_person(text).is_ok();
            assert!(!taken, "{text:?} is no mistake");
        }
    }
}
