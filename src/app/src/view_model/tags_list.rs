// SPDX-License-Identifier: GPL-3.0-or-later
//! The tags of the followed image's repository, as far as they fit on a page.

use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{ContainerReference, ImageReference, Snapshot, update_source};

use super::readings::PublishedTags;
use super::{Choice, Line, LineEnd, LineGroup, Tone, unshown};

/// How many tags are shown at once: nobody reads more of them, and each is a row.
const SHOWN: usize = 100;

/// From how many tags on it is worth looking for one.
const WORTH_SEARCHING: usize = 12;

/// Whether there are so many that one of them may be looked for.
pub(super) fn worth_searching(published: &PublishedTags) -> bool {
    published.tags.len() > WORTH_SEARCHING
}

/// The tags that have what is looked for in their names.
pub(super) fn of(published: &PublishedTags, snapshot: &Snapshot, search: &str) -> Vec<LineGroup> {
    let found = found(published, search);
    let followed = update_source(snapshot).ok().and_then(ImageReference::container);
    let lines = found.iter().take(SHOWN).map(|tag| line(published, tag, followed.as_ref())).collect();
    let tags = LineGroup {
        title: published.repository.clone(),
        description: match found.is_empty() {
            true => gettext("No tag has this in its name."),
            // Translators: a tag is a name under which an image lies in a registry.
            false => gettext(
                "Each tag names a version of the image, or a stream of versions. Choosing one asks before anything is \
                 downloaded.",
            ),
        },
        lines,
    };
    let untold = published.truncated.then(|| {
        gettext("The registry has even more tags than were asked for. Any of them can be named with “Switch Image…”.")
    });
    let more = unshown::end(found.len().saturating_sub(SHOWN), untold);
    [Some(tags), more].into_iter().flatten().collect()
}

/// How many tags have it in their names, to be read out; nothing where nothing is looked for.
pub(super) fn hits(published: &PublishedTags, search: &str) -> Option<String> {
    (!search.trim().is_empty()).then(|| match found(published, search).len() {
        0 => gettext("No tag has this in its name."),
        number => ngettext("{number} tag found", "{number} tags found", wording::plural(number))
            .replace("{number}", &number.to_string()),
    })
}

fn found<'a>(published: &'a PublishedTags, search: &str) -> Vec<&'a String> {
    let search = search.trim().to_lowercase();
    published.tags.iter().filter(|tag| tag.to_lowercase().contains(&search)).collect()
}

fn line(published: &PublishedTags, tag: &str, followed: Option<&ContainerReference>) -> Line {
    let is_followed = followed
        .is_some_and(|image| image.repository() == published.repository && image.tag().unwrap_or("latest") == tag)
        && followed.is_some_and(|image| image.digest().is_none());
    match is_followed {
        true => Line {
            icon: Some("isotope-row-running-symbolic"),
            tone: Tone::Calling,
            // Translators: stands below the tag that this computer gets its updates from.
            ..Line::new(tag.to_owned(), gettext("This computer follows it"))
        },
        false => {
            let image = format!("{}:{tag}", published.repository);
            Line {
                icon: Some("isotope-row-download-symbolic"),
                end: LineEnd::Opens(Choice::Switch(image)),
                ..Line::new(tag.to_owned(), String::new())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_states::container_host;
    use super::*;

    const FOLLOWED: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";

    fn published(tags: &[&str]) -> PublishedTags {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        PublishedTags { repository: "quay.io/lab/gnome".into(), tags, truncated: false }
    }

    #[test]
    fn the_followed_tag_is_marked_and_every_other_one_can_be_switched_to() {
        let groups = of(&published(&["10.2", "stable"]), &container_host(FOLLOWED), "");
        let [other, followed] = groups[0].lines.as_slice() else { unreachable!() };
        assert_eq!(other.end, LineEnd::Opens(Choice::Switch("quay.io/lab/gnome:10.2".into())));
        assert_eq!((followed.subtitle.as_str(), &followed.end), ("This computer follows it", &LineEnd::Nothing));
        assert_eq!(groups.len(), 1);
    }

    #[test]
    fn without_a_tag_the_usual_one_is_followed_and_with_a_digest_none_is() {
        let marked = |followed: &str| {
            let groups = of(&published(&["latest"]), &container_host(followed), "");
            groups[0].lines[0].end == LineEnd::Nothing
        };
        assert!(marked("ostree-unverified-registry:quay.io/lab/gnome"));
        assert!(!marked(&format!("ostree-unverified-registry:quay.io/lab/gnome@sha256:{}", "a".repeat(64))));
        assert!(!marked("ostree-unverified-registry:quay.io/lab/kde"));
    }

    #[test]
    fn of_ten_thousand_tags_a_page_is_shown_and_any_can_be_found() {
        let tags: Vec<_> = (0..10_000).map(|number| format!("10.{number}")).collect();
        let many = PublishedTags { tags, truncated: true, ..published(&[]) };
        let host = container_host(FOLLOWED);
        let groups = of(&many, &host, "");
        assert_eq!(groups[0].lines.len(), SHOWN);
        assert!(groups[1].description.contains("9900 more") && groups[1].description.contains("even more"));
        assert_eq!(of(&many, &host, " 10.9999 ")[0].lines[0].title, "10.9999");
        assert_eq!(of(&many, &host, "kde")[0].description, "No tag has this in its name.");
        assert_eq!(hits(&many, "10.99").as_deref(), Some("111 tags found"));
        assert_eq!(hits(&many, "10.9999").as_deref(), Some("1 tag found"));
        assert_eq!(hits(&many, " "), None);
        assert!(worth_searching(&many) && !worth_searching(&published(&["10"])));
    }
}
