// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{ContainerReference, Snapshot, registry_image};

use super::{Line, View, grid, sentences};

/// What a name without a tag stands for.
const IMPLIED: &str = "latest";

/// The tags of a repository as they were told, with the one that is followed, and how to switch to another one.
pub(super) fn lines(repository: &str, tags: &[String], truncated: bool, snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let followed = registry_image(snapshot).filter(|image| image.repository() == repository);
    let followed = followed.as_ref().and_then(tag);
    let row = |tag: &String| {
        let mark = match followed == Some(tag.as_str()) {
            // Translators: stands beside the one of several tags that this computer gets its updates from.
            true => gettext("followed"),
            false => String::new(),
        };
        vec![Line::strong(tag), Line::plain(mark)]
    };
    // Translators: {repository} is the name of an image without a tag.
    let mut lines = vec![Line::plain(gettext("Tags of {repository}:").replace("{repository}", repository))];
    lines.extend(grid::lines(tags.iter().map(row).collect()));
    if truncated {
        lines.extend(sentences([Line::plain(gettext("The registry has more tags than are listed here."))], view));
    }
    let of = |text: String| Line::plain(text.replace("{repository}", repository));
    let how = [
        Line::default(),
        // Translators: leave the command as it is; TAG stands for one of the tags.
        of(gettext("To see what one of them is: isotopectl inspect {repository}:TAG")),
        // Translators: leave the command as it is; TAG stands for one of the tags.
        of(gettext("To switch to one of them: isotopectl switch {repository}:TAG")),
    ];
    lines.extend(sentences(how, view));
    lines
}

/// The tag by which an image is followed; one that is followed by its digest has none.
fn tag(image: &ContainerReference) -> Option<&str> {
    match image.digest() {
        Some(_) => None,
        None => Some(image.tag().unwrap_or(IMPLIED)),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::ImageReference;

    use super::*;
    use crate::render::samples::{self, shown};

    fn told(reference: &str, truncated: bool) -> Vec<String> {
        let mut snapshot = (*samples::container().snapshot).clone();
        snapshot.deployments[0].image = Some(ImageReference::Container { reference: reference.into() });
        let tags = ["10.2", "10", "latest", "1\x1b[2J"].map(str::to_owned);
        shown(&lines("quay.io/alma/gnome", &tags, truncated, &snapshot, &samples::view()))
    }

    #[test]
    fn tags_are_told_in_their_order_with_the_one_that_is_followed() {
        let expected = [
            "Tags of quay.io/alma/gnome:",
            "10.2",
            "10           followed",
            "latest",
            "1\\u{1b}[2J",
            "",
            "To see what one of them is: isotopectl inspect quay.io/alma/gnome:TAG",
            "To switch to one of them: isotopectl switch quay.io/alma/gnome:TAG",
        ];
        assert_eq!(told("ostree-image-signed:docker://quay.io/alma/gnome:10", false), expected);
        let more = told("ostree-image-signed:docker://quay.io/alma/gnome:10", true);
        assert_eq!((more.len(), more[5].as_str()), (9, "The registry has more tags than are listed here."));
    }

    #[test]
    fn only_what_is_followed_by_a_tag_is_marked() {
        let marked = |reference: &str| {
            let lines = told(reference, false);
            lines.iter().find_map(|line| line.strip_suffix("followed").map(|tag| tag.trim().to_owned()))
        };
        assert_eq!(marked("ostree-unverified-registry:quay.io/alma/gnome").as_deref(), Some("latest"));
        for reference in [
            "ostree-unverified-registry:quay.io/alma/kde:10".to_owned(),
            "ostree-unverified-registry:quay.io/alma/gnome:9".to_owned(),
            format!("ostree-unverified-registry:quay.io/alma/gnome:10@{}", samples::digest('a')),
        ] {
            assert_eq!(marked(&reference), None, "{reference}");
        }
    }
}
