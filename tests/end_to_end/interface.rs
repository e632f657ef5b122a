// SPDX-License-Identifier: GPL-3.0-or-later
//! The real app under Xvfb, driven through AT-SPI as assistive technology would.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use isotope_lab::Installation;

fn programs() -> PathBuf {
    Installation::default().bindir()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interface").join(name)
}

fn assert_succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn the_app_updates_restarts_and_rolls_back_a_real_machine_with_a_picture_of_every_step() {
    let folder = tempfile::tempdir().unwrap();
    let said = assert_succeeds(Command::new("python3").arg(script("walk.py")).arg(programs()).arg(folder.path()));
    let steps = said.lines().filter(|line| line.starts_with('✓')).count();
    let pictures = std::fs::read_dir(folder.path()).unwrap().flatten();
    let pictures = pictures.filter(|file| file.path().extension().is_some_and(|extension| extension == "png"));
    assert!(steps >= 8, "{said}");
    assert_eq!(pictures.count(), steps, "{said}");
}

#[test]
fn every_widget_that_takes_the_focus_has_a_name_and_is_reached_by_the_keyboard() {
    assert_succeeds(Command::new("python3").arg(script("tree_check.py")).arg(programs().join("isotope")));
}

#[test]
fn how_a_machine_is_set_in_the_preferences_is_kept_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("python3");
    let said = assert_succeeds(command.arg(script("kept_by_a_machine.py")).arg(programs()).arg(folder.path()));
    assert_eq!(said.lines().filter(|line| line.starts_with('✓')).count(), 2, "{said}");
}

#[test]
fn nothing_is_cut_and_nothing_scrolls_sideways_in_a_window_of_360_pixels() {
    assert_succeeds(Command::new("python3").arg(script("fit_check.py")).arg(programs().join("isotope")));
}

#[test]
fn what_is_too_wide_and_what_is_cut_is_found() {
    for (mistake, found) in [("wide", "requested"), ("cut", "cut at its end")] {
        let mut command = Command::new("python3");
        command.arg(script("fit_check.py")).args(["--at-once", "1", "--mistake", mistake]);
        let output = command.arg(programs().join("isotope")).arg("system-up-to-date").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{mistake}: {said}");
        assert!(said.contains("✗ system-up-to-date: ") && said.contains(found), "{mistake}: {said}");
    }
}

#[test]
fn with_the_keyboard_alone_somebody_updates_rolls_back_and_switches() {
    assert_succeeds(Command::new("python3").arg(script("keyboard_only.py")).arg(programs().join("isotope")));
}

#[test]
fn with_the_keyboard_alone_somebody_updates_a_real_machine_restarts_it_and_rolls_it_back() {
    let said = assert_succeeds(Command::new("python3").arg(script("keyboard_only.py")).arg("--lab").arg(programs()));
    assert!(said.contains("✓ on a real machine"), "{said}");
}

#[test]
fn the_window_stays_of_use_while_the_service_answers_late_or_never() {
    assert_succeeds(Command::new("python3").arg(script("responsive.py")).arg(programs().join("isotope")));
}

#[test]
fn pictures_are_taken_in_every_look_and_shown_side_by_side() {
    let (folder, translations) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Who looks at the window is not root.
    std::fs::set_permissions(translations.path(), Permissions::from_mode(0o755)).unwrap();
    for language in ["de", "ru"] {
        let source = script(&format!("../../po/{language}.po"));
        let compiled = translations.path().join(format!("{language}.mo"));
        assert_succeeds(Command::new("msgfmt").arg("--output-file").arg(compiled).arg(source));
    }
    let mut command = Command::new("python3");
    command.env("ISOTOPE_TRANSLATIONS", translations.path());
    command.arg(script("every_picture.py")).arg(programs().join("isotope")).arg(folder.path());
    // A text that stands in English where it is translated is a failure.
    let said = assert_succeeds(command.args(["system-up-to-date", "the-preferences", "history-up-to-date"]));
    let index = std::fs::read_to_string(folder.path().join("index.html")).unwrap();
    for look in ["light", "dark", "narrow", "large-text", "high-contrast", "right-to-left", "german", "russian"] {
        for place in ["system-up-to-date", "the-preferences", "history-up-to-date"] {
            let picture = format!("{look}/{place}.png");
            assert!(folder.path().join(&picture).is_file() && index.contains(&picture), "{look}: {said}");
        }
    }
}

#[test]
fn what_runs_is_followed_with_and_without_a_window_and_a_restart_has_its_time() {
    assert_succeeds(Command::new("python3").arg(script("operating_check.py")).arg(programs().join("isotope")));
}

#[test]
fn somebody_who_is_welcomed_can_go_every_way_and_is_not_welcomed_again() {
    assert_succeeds(Command::new("python3").arg(script("wizard.py")).arg(programs().join("isotope")));
}
