// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree notes in the origin file of a deployment that it has layered packages into.

const ORIGIN: &str = "[origin]";
const PACKAGES: &str = "[packages]";
/// What is followed; and the same once the deployment itself was made on the machine.
const FOLLOWED: (&str, &str) = ("refspec=", "baserefspec=");

/// The origin with these packages, and no others.
pub(crate) fn with_packages(origin: &str, packages: &[&str]) -> String {
    let bare = without_packages(origin);
    let text = renamed(&bare, FOLLOWED.0, FOLLOWED.1);
    let requested: String = packages.iter().map(|package| format!("{package};")).collect();
    format!("{}\n\n{PACKAGES}\nrequested={requested}\n", text.trim_end())
}

/// The origin as if there had never been any.
pub(crate) fn without_packages(origin: &str) -> String {
    let mut group = "";
    let kept = origin.lines().filter(|line| {
        if line.starts_with('[') {
            group = line;
        }
        group != PACKAGES
    });
    let text: Vec<&str> = kept.collect();
    renamed(text.join("\n").trim_end(), FOLLOWED.1, FOLLOWED.0) + "\n"
}

/// The text with another key in the group that says what is followed.
fn renamed(text: &str, from: &str, to: &str) -> String {
    let mut group = "";
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            group = line;
        }
        match line.strip_prefix(from) {
            Some(value) if group == ORIGIN => format!("{to}{value}"),
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_come_and_go() {
        const PINNED: &str = "[libostree-transient]\npinned=true\n";
        for (plain, layered) in [
            ("[origin]\nrefspec=lab:lab/x86_64/gnome\n", "[origin]\nbaserefspec=lab:lab/x86_64/gnome\n"),
            ("[origin]\ncontainer-image-reference=x\n", "[origin]\ncontainer-image-reference=x\n"),
        ] {
            let once = with_packages(plain, &["vim", "htop"]);
            assert_eq!(once, format!("{layered}\n[packages]\nrequested=vim;htop;\n"));
            assert_eq!(with_packages(&once, &["nano"]), format!("{layered}\n[packages]\nrequested=nano;\n"));
            assert_eq!(without_packages(&once), plain);
            assert_eq!(without_packages(plain), plain);
            let pinned = format!("{plain}\n{PINNED}");
            assert_eq!(without_packages(&with_packages(&pinned, &["vim"])), pinned);
        }
    }
}
