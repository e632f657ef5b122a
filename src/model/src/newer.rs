// SPDX-License-Identifier: GPL-3.0-or-later
use crate::{ImageReference, Refusal, Snapshot};

/// An image that was built then is not older than what is here of it.
///
/// # Errors
/// [`Refusal::Older`].
pub fn require_newer(before: &Snapshot, image: &ImageReference, built: Option<u64>) -> Result<(), Refusal> {
    let starts = [before.booted(), before.staged(), before.next()].into_iter().flatten();
    let same_image = starts.filter(|deployment| deployment.image.as_ref() == Some(image));
    match (built, same_image.filter_map(|deployment| deployment.built).max()) {
        (Some(there), Some(here)) if there < here => {
            let detail = format!("built at {there}, the newest one here at {here} (seconds since 1970)");
            Err(Refusal::Older { detail })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Deployment;
    use crate::deployment::tests::deployment;

    #[test]
    fn an_image_is_older_only_than_what_starts_of_the_same_image() {
        let image = |text: &str| ImageReference::from_refspec(text).ok();
        let of = |branch: &str, built| Deployment { image: image(branch), built, ..deployment('1') };
        let booted = Deployment { booted: true, ..of("r:gnome", Some(20)) };
        let kept = Deployment { pinned: true, ..of("r:gnome", Some(40)) };
        let snapshot = Snapshot { deployments: vec![booted, kept], ..Snapshot::default() };
        let older = |branch: &str, built| require_newer(&snapshot, &image(branch).unwrap(), built).is_err();
        assert!(older("r:gnome", Some(19)));
        assert!(!older("r:gnome", Some(20)) && !older("r:gnome", Some(30)) && !older("r:gnome", None));
        assert!(!older("r:kde", Some(1)));
    }
}
