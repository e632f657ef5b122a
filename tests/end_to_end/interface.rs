// SPDX-License-Identifier: GPL-3.0-or-later
//! The real app under Xvfb, driven through AT-SPI as assistive technology would.

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
