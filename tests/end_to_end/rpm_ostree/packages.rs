// SPDX-License-Identifier: GPL-3.0-or-later
//! Which packages an update changes.

use isotope_lab::Backend;
use isotope_model::PackageChange;
use isotope_tests::{Computer, FIRST_VERSION};

use super::{ORIGINS, done, text, update};

fn names(changes: &[PackageChange]) -> Vec<&str> {
    changes.iter().map(|change| change.name.as_str()).collect()
}

#[tokio::test]
async fn a_staged_update_tells_which_packages_it_changes_to_everybody() {
    for backend in ORIGINS {
        let computer = Computer::start_on(backend);
        let (version, _) = computer.publish(|publication| publication.package("vim", "9.1-2"));
        update(&computer).await;
        let client = computer.client().await;
        let staged = client.snapshot().await.unwrap().staged().unwrap().id.clone();
        let changes = client.package_changes(Some(&staged)).await.unwrap();
        assert!(changes.known, "{backend:?}: {changes:?}");
        assert_eq!(names(&changes.added), ["vim"]);
        assert_eq!(names(&changes.upgraded), ["lab-desktop-gnome", "lab-release"]);
        let release = &changes.upgraded[1];
        assert!(release.before.as_deref().is_some_and(|before| before.contains(FIRST_VERSION)), "{release:?}");
        assert!(release.after.as_deref().is_some_and(|after| after.contains(&version)), "{release:?}");
        let shown = computer.person().isotopectl(&["changes"]);
        assert!(shown.status.success() && text(&shown).contains("vim"), "{}", text(&shown));
    }
}

#[tokio::test]
async fn a_check_of_a_branch_tells_the_packages_before_anything_is_downloaded_and_one_of_a_container_says_that_it_cannot()
 {
    for (backend, known) in [(Backend::RpmOstreeBranch, true), (Backend::RpmOstree, false)] {
        let computer = Computer::start_on(backend);
        computer.publish(|publication| publication.package("vim", "9.1-2"));
        done(computer.client().await.check().await).await;
        let changes = computer.client().await.package_changes(None).await.unwrap();
        assert_eq!(changes.known, known, "{backend:?}: {changes:?}");
        if known {
            assert_eq!(names(&changes.added), ["vim"]);
        }
    }
}
