// SPDX-License-Identifier: GPL-3.0-or-later
//! What the content of an image means for this computer's /etc and its login screen. Where an OSTree remote has the image,
//! that is found before the switch; where a registry has it, after the download and before the restart.

use isotope_lab::{Backend, DisplayManager, Publication};
use isotope_model::{Concern, Outcome, Preflight, Severity};
use isotope_tests::Computer;

use super::{codes, preflight, write};

on_every_backend! {
    another_login_screen_is_told_and_works,
    a_login_screen_that_was_chosen_here_and_is_not_in_the_image_is_told,
    a_login_screen_whose_user_nobody_makes_is_told,
    an_image_without_a_login_screen_is_told,
    what_was_changed_here_and_in_the_image_is_told_and_stays,
}

/// What is found as soon as the content can be looked at.
async fn found(computer: &Computer, variant: &str) -> Preflight {
    let before = preflight(computer, &computer.reference(variant)).await;
    assert!(!before.is_blocked(false), "{before:#?}");
    if !computer.backend().follows_containers() {
        let outcome = computer.switch_to(variant).await;
        assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
        let after = computer.client().await.preflight(None).await.unwrap();
        let of_content = |found: &Preflight| {
            let content = [
                "other-display-manager",
                "no-display-manager",
                "broken-display-manager",
                "missing-user",
                "configuration-kept",
            ];
            let codes = found.findings.iter().map(super::code);
            codes.filter(|code| content.contains(&code.as_str())).collect::<Vec<_>>()
        };
        assert_eq!(of_content(&before), of_content(&after), "the same before the download and after");
        return before;
    }
    assert!(codes(&before, Severity::Note).contains(&"content-unknown".to_owned()), "{before:#?}");
    let outcome = computer.switch_to(variant).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.client().await.preflight(None).await.unwrap()
}

async fn another_login_screen_is_told_and_works(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish_variant("kde");
    let found = found(&computer, "kde").await;
    let managers = found.findings.iter().find_map(|finding| match &finding.concern {
        Concern::OtherDisplayManager { from, to } => Some((from.clone(), to.clone())),
        _ => None,
    });
    assert_eq!(managers, Some(("gdm.service".into(), "sddm.service".into())), "{found:#?}");
    let warnings = codes(&found, Severity::Warning);
    assert!(!warnings.iter().any(|code| code.contains("display-manager") || code == "missing-user"), "{found:#?}");
    computer.lab().restart().unwrap();
    let link = computer.root(&["readlink", "-e", "/etc/systemd/system/display-manager.service"]);
    assert!(String::from_utf8_lossy(&link.stdout).trim().ends_with("/sddm.service"), "{link:?}");
}

async fn a_login_screen_that_was_chosen_here_and_is_not_in_the_image_is_told(backend: Backend) {
    let computer = Computer::start_on(backend);
    // As `systemctl enable --force` does it.
    let choose = "ln -sfn /usr/lib/systemd/system/lightdm.service /etc/systemd/system/display-manager.service";
    computer.root(&["sh", "-c", choose]);
    computer.publish_variant("kde");
    let found = found(&computer, "kde").await;
    let broken = found.findings.iter().find_map(|finding| match &finding.concern {
        Concern::BrokenDisplayManager { link, unit } => Some((finding.severity, link.clone(), unit.clone())),
        _ => None,
    });
    let link = "/etc/systemd/system/display-manager.service".to_owned();
    assert_eq!(broken, Some((Severity::Warning, link.clone(), "lightdm.service".into())), "{found:#?}");
    computer.lab().restart().unwrap();
    let target = computer.root(&["readlink", &link]);
    assert!(String::from_utf8_lossy(&target.stdout).contains("lightdm"), "so it would have been: {target:?}");
}

async fn a_login_screen_whose_user_nobody_makes_is_told(backend: Backend) {
    let computer = Computer::start_on(backend);
    // Whoever adds a user has changed /etc/passwd, and keeps it as it is.
    computer.root(&["sh", "-c", "echo 'somebody:x:4242:100::/home/somebody:/bin/sh' >> /etc/passwd"]);
    let kde = Publication::new("kde", computer.next_version());
    computer.publish_as(kde.display_manager(DisplayManager::Sddm).without_sysusers());
    let found = found(&computer, "kde").await;
    let missing = found.findings.iter().find_map(|finding| match &finding.concern {
        Concern::MissingUser { user, unit } => Some((user.clone(), unit.clone())),
        _ => None,
    });
    assert_eq!(missing, Some(("sddm".into(), "sddm.service".into())), "{found:#?}");
}

async fn an_image_without_a_login_screen_is_told(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish_as(Publication::new("bare", computer.next_version()).display_manager(None));
    let found = found(&computer, "bare").await;
    assert!(codes(&found, Severity::Warning).contains(&"no-display-manager".to_owned()), "{found:#?}");
}

async fn what_was_changed_here_and_in_the_image_is_told_and_stays(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|gnome| gnome.file("etc/both.conf", "old\n").file("etc/theirs.conf", "old\n"));
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    for path in ["/etc/both.conf", "/etc/mine.conf"] {
        write(&computer, path, "mine\n");
    }
    let kde = Publication::new("kde", computer.next_version());
    computer.publish_as(kde.file("etc/both.conf", "new\n").file("etc/theirs.conf", "new\n"));
    let found = found(&computer, "kde").await;
    let kept = found.findings.iter().find_map(|finding| match &finding.concern {
        Concern::ConfigurationKept { paths, more } => Some((paths.clone(), *more)),
        _ => None,
    });
    assert_eq!(kept, Some((vec!["/etc/both.conf".into()], 0)), "{found:#?}");
    computer.lab().restart().unwrap();
    let read = |path: &str| String::from_utf8_lossy(&computer.root(&["cat", path]).stdout).into_owned();
    assert_eq!(["/etc/both.conf", "/etc/mine.conf", "/etc/theirs.conf"].map(read), ["mine\n", "mine\n", "new\n"]);
}
