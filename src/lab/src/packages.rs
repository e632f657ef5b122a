// SPDX-License-Identifier: GPL-3.0-or-later
//! The package database of an image: a real one, of packages without files.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::Publication;
use crate::command::{assigned, command, run};

/// Where it is in an image, as the machine's rpm knows it.
const PLACE: &str = "usr/share/rpm";
/// The package that gives its name to the others; its version is the image's.
const RELEASE: &str = "lab-release";
/// The same in every image.
const COMMON: (&str, &str) = ("lab-common", "10-1");
const ABOUT: &str = "License: GPL-3.0-or-later\nSummary: A package of the lab\nAutoReqProv: no\n";

/// Makes the database of an image in `tree`; `scratch` is made and deleted again.
pub(crate) fn write(tree: &Path, scratch: &Path, image: &Publication) -> Result<()> {
    let made = build(scratch, image).and_then(|()| install(&tree.join(PLACE), scratch));
    let _ = std::fs::remove_dir_all(scratch);
    made
}

fn build(scratch: &Path, image: &Publication) -> Result<()> {
    std::fs::create_dir_all(scratch)?;
    let file = scratch.join("image.spec");
    std::fs::write(&file, specification(image)?)?;
    let mut build = command("rpmbuild", ["--quiet", "-bb"]);
    for name in ["_topdir", "_rpmdir", "_tmppath"] {
        build.arg("--define").arg(format!("{name} {}", scratch.display()));
    }
    build.arg(&file);
    run(build).map(drop).context("cannot build the image's packages")
}

fn install(database: &Path, scratch: &Path) -> Result<()> {
    std::fs::create_dir_all(database)?;
    let path = assigned("--dbpath", database);
    run(command("rpm", [path.as_os_str(), "--initdb".as_ref()])).context("cannot make the package database")?;
    let mut install = command("rpm", [path.as_os_str()]);
    install.args(["--justdb", "--nodeps", "--noscripts", "--install"]);
    let built = std::fs::read_dir(scratch.join("noarch")).context("no package was built")?;
    for package in built {
        install.arg(package?.path());
    }
    run(install).map(drop).context("cannot fill the package database")
}

/// One that builds all packages of the image.
fn specification(image: &Publication) -> Result<String> {
    let version = format!("{}-1", image.version.replace('-', "."));
    let desktop = format!("lab-desktop-{}", image.variant.replace('~', "."));
    let mut packages = vec![(desktop, version.clone()), (COMMON.0.to_owned(), COMMON.1.to_owned())];
    packages.extend(image.packages.iter().cloned());
    let mut text = format!("Name: {RELEASE}\nBuildArch: noarch\n{}{ABOUT}", version_of(&version)?);
    text.push_str("%description\nMakes the package database a real one.\n%files\n");
    for (name, version) in packages {
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c));
        ensure!(plain, "no package is called “{name}”");
        write!(text, "\n%package -n {name}\n{}{ABOUT}", version_of(&version)?)?;
        write!(text, "%description -n {name}\nIs there to be updated.\n%files -n {name}\n")?;
    }
    Ok(text)
}

/// The lines for `[EPOCH:]VERSION-RELEASE`.
fn version_of(text: &str) -> Result<String> {
    let (epoch, rest) = text.split_once(':').unwrap_or(("", text));
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, "1"));
    let plain = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "._+~^".contains(c));
    let number = epoch.chars().all(|c| c.is_ascii_digit());
    ensure!(plain(version) && plain(release) && number, "no package has the version “{text}”");
    let epoch = if epoch.is_empty() { String::new() } else { format!("Epoch: {epoch}\n") };
    Ok(format!("{epoch}Version: {version}\nRelease: {release}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(image: &Publication) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        write(&tree, &folder.path().join("scratch"), image).unwrap();
        assert!(!folder.path().join("scratch").exists());
        let mut query = command("rpm", [assigned("--dbpath", &tree.join(PLACE))]);
        query.args(["--query", "--all", "--queryformat", "%{NAME} %{EVR} %{ARCH}\n"]);
        let output = run(query).unwrap();
        let mut lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    #[test]
    fn images_differ_by_version_and_variant_and_what_they_are_given() {
        assert_eq!(
            of(&Publication::new("gnome", "10.2-1")),
            ["lab-common 10-1 noarch", "lab-desktop-gnome 10.2.1-1 noarch", "lab-release 10.2.1-1 noarch"]
        );
        let other = of(&Publication::new("kde", "11").package("vim", "2:9.1-3").package("htop", "3"));
        assert_eq!(
            other,
            [
                "htop 3-1 noarch",
                "lab-common 10-1 noarch",
                "lab-desktop-kde 11-1 noarch",
                "lab-release 11-1 noarch",
                "vim 2:9.1-3 noarch"
            ]
        );
        for (name, version) in [("vim", "%{x}"), ("a b", "1"), ("vim", "x:1")] {
            assert!(specification(&Publication::new("kde", "1").package(name, version)).is_err(), "{name} {version}");
        }
    }
}
