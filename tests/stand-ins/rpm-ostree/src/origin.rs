// SPDX-License-Identifier: GPL-3.0-or-later
//! Origins: what a deployment follows, and what is laid over it.

use anyhow::{Context, Result, ensure};
use ostree::Deployment;
use ostree::glib::{KeyFile, KeyFileFlags};

const ORIGIN: &str = "origin";
const CONTAINER: &str = "container-image-reference";
const BRANCH: &str = "refspec";
/// The branch of what packages were laid over.
const BASE_BRANCH: &str = "baserefspec";
const OVERRIDE: &str = "override-commit";
const PACKAGES: &str = "packages";
const REQUESTED: &str = "requested";

/// What is followed, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Followed {
    Branch(String),
    Container(String),
}

/// An origin's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) followed: Followed,
    /// The commit to stay at.
    pub(crate) pinned: Option<String>,
    pub(crate) packages: Vec<String>,
    /// All of the file; groups of others are kept.
    rest: String,
}

impl Origin {
    pub(crate) fn of(deployment: &Deployment) -> Result<Self> {
        let file = deployment.origin().context("No origin known for deployment")?;
        Self::parse(&file.to_data())
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let file = KeyFile::new();
        file.load_from_data(text, KeyFileFlags::NONE)?;
        let lookup = |key| file.string(ORIGIN, key).ok().map(String::from);
        let followed = match lookup(CONTAINER) {
            Some(reference) => Followed::Container(reference),
            None => {
                let branch = lookup(BASE_BRANCH).or_else(|| lookup(BRANCH));
                Followed::Branch(branch.context("No origin/refspec, or origin/baserefspec in current deployment")?)
            }
        };
        let mut packages: Vec<String> = file
            .string_list(PACKAGES, REQUESTED)
            .map(|list| list.iter().map(|name| name.as_str().to_owned()).collect())
            .unwrap_or_default();
        packages.sort();
        Ok(Self { followed, pinned: lookup(OVERRIDE), packages, rest: text.to_owned() })
    }

    /// What is followed, as people name it.
    pub(crate) fn refspec(&self) -> &str {
        match &self.followed {
            Followed::Branch(name) | Followed::Container(name) => name,
        }
    }

    pub(crate) fn file(&self) -> Result<KeyFile> {
        let file = KeyFile::new();
        file.load_from_data(&self.rest, KeyFileFlags::NONE)?;
        Deployment::origin_remove_transient_state(&file);
        for key in [CONTAINER, BRANCH, BASE_BRANCH, OVERRIDE] {
            let _ = file.remove_key(ORIGIN, key);
        }
        match &self.followed {
            Followed::Container(reference) => file.set_string(ORIGIN, CONTAINER, reference),
            Followed::Branch(branch) if self.packages.is_empty() => file.set_string(ORIGIN, BRANCH, branch),
            Followed::Branch(branch) => file.set_string(ORIGIN, BASE_BRANCH, branch),
        }
        if let Some(commit) = &self.pinned {
            file.set_string(ORIGIN, OVERRIDE, commit);
        }
        if self.packages.is_empty() {
            let _ = file.remove_key(PACKAGES, REQUESTED);
            if file.keys(PACKAGES).is_ok_and(|keys| keys.is_empty()) {
                file.remove_group(PACKAGES)?;
            }
        } else {
            file.set_string(PACKAGES, REQUESTED, &format!("{};", self.packages.join(";")));
        }
        Ok(file)
    }
}

/// What a client asks to follow, where `current` is followed.
pub(crate) fn requested(text: &str, current: &Followed) -> Result<Followed> {
    const CONTAINERS: [&str; 5] = [
        "ostree-unverified-registry:",
        "ostree-unverified-image:",
        "ostree-image-signed:",
        "ostree-remote-image:",
        "ostree-remote-registry:",
    ];
    let text = text.strip_prefix("ostree://").unwrap_or(text);
    let new = match CONTAINERS.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        Some("") => anyhow::bail!("Could not determine default ref to pull."),
        Some(_) => Followed::Container(text.to_owned()),
        None => branch(text, current)?,
    };
    let (Followed::Branch(name) | Followed::Container(name)) = &new;
    ensure!(new != *current, "Old and new refs are equal: {name}");
    Ok(new)
}

/// A remote or a branch alone changes only that.
fn branch(text: &str, current: &Followed) -> Result<Followed> {
    let current = match current {
        Followed::Branch(name) => ostree::parse_refspec(name).ok(),
        Followed::Container(_) => None,
    };
    if let Some(remote) = text.strip_suffix(':').filter(|remote| !remote.is_empty()) {
        let (_, branch) = current.context("Could not determine default ref to pull.")?;
        return Ok(Followed::Branch(format!("{remote}:{branch}")));
    }
    let invalid = || format!("Invalid refspec {text}");
    ensure!(!text.is_empty(), invalid());
    let (remote, branch) = ostree::parse_refspec(text).ok().with_context(invalid)?;
    let remote = remote.or_else(|| current.and_then(|(remote, _)| remote));
    Ok(Followed::Branch(match remote {
        Some(remote) => format!("{remote}:{branch}"),
        None => branch.to_string(),
    }))
}

/// Remote and branch.
pub(crate) fn split(refspec: &str) -> Result<(String, String)> {
    let (remote, branch) = ostree::parse_refspec(refspec).ok().with_context(|| format!("Invalid refspec {refspec}"))?;
    let remote = remote.with_context(|| format!("Refspec {refspec} names no remote"))?;
    Ok((remote.into(), branch.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_they_were_read() {
        let text = "[origin]\nrefspec=lab:gnome\n\n[x]\ny=1\n";
        let mut origin = Origin::parse(text).unwrap();
        assert_eq!(origin.refspec(), "lab:gnome");
        origin.packages = vec!["htop".into(), "vim".into()];
        let written = origin.file().unwrap().to_data();
        assert!(written.contains("baserefspec=lab:gnome") && written.contains("requested=htop;vim;"), "{written}");
        assert!(written.contains("[x]\ny=1") && !written.contains("\nrefspec="), "{written}");
        let mut again = Origin::parse(&written).unwrap();
        assert_eq!(again.packages, ["htop", "vim"]);
        again.packages.clear();
        again.followed = Followed::Container("ostree-unverified-registry:localhost:5000/lab/kde".into());
        let written = again.file().unwrap().to_data();
        assert!(written.contains("container-image-reference=ostree-unverified-registry:localhost:5000/lab/kde"));
        assert!(!written.contains("[packages]") && !written.contains("refspec="), "{written}");
    }

    #[test]
    fn requests_are_judged_as_recorded() {
        let image = Followed::Container("ostree-unverified-registry:localhost:5101/alma/gnome:latest".into());
        let error = |text: &str| requested(text, &image).unwrap_err().to_string();
        assert_eq!(error(""), "Invalid refspec ");
        for text in ["not a ref", "docker://localhost:5101/alma/kde:latest", "localhost:5101/alma/kde:latest"] {
            assert_eq!(error(text), format!("Invalid refspec {text}"));
        }
        assert_eq!(error("bogus-scheme:registry:foo"), "Invalid refspec bogus-scheme:registry:foo");
        assert_eq!(error("ostree-unverified-registry:"), "Could not determine default ref to pull.");
        assert!(error("ostree-unverified-registry:localhost:5101/alma/gnome:latest").starts_with("Old and new refs"));
        let branch = Followed::Branch("fedora:fedora/x86_64/silverblue".into());
        let to = |text: &str| requested(text, &branch).unwrap();
        assert_eq!(to("fedora/x86_64/kinoite"), Followed::Branch("fedora:fedora/x86_64/kinoite".into()));
        assert_eq!(to("other:"), Followed::Branch("other:fedora/x86_64/silverblue".into()));
    }
}
