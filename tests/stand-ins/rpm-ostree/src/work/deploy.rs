// SPDX-License-Identifier: GPL-3.0-or-later
//! Updating, rebasing, going to a revision, and laying packages over it.

use anyhow::{Context, Result, bail, ensure};
use bootc_stand_in::reference::ImageReference;
use ostree::gio;

use super::{Modifiers, Setting, check, restart};
use crate::cached_update;
use crate::commits::base_of;
use crate::events::Event;
use crate::layering;
use crate::options::{Lookup, Options};
use crate::origin::{self, Followed, Origin};
use crate::pull::branch::{Wanted, pull as pull_branch};
use crate::pull::{history, image};
use crate::stage::{self, New};
use crate::update_driver;

/// What is asked for, and how.
#[derive(Clone, Debug)]
pub(crate) struct Deploy {
    pub(super) stateroot: String,
    modifiers: Modifiers,
    command_line: Option<String>,
    driver: Option<String>,
    keep_base: bool,
    no_layering: bool,
    idempotent: bool,
    cache_only: bool,
    download_only: bool,
    dry_run: bool,
    skip_purge: bool,
    locked: bool,
    allow_downgrade: bool,
    restart: bool,
    check_only: bool,
    pub(crate) to_self: bool,
}

impl Deploy {
    pub(crate) fn new(stateroot: &str, modifiers: Modifiers, options: &Options) -> Self {
        let elsewhere = modifiers.refspec.is_some() || modifiers.revision.is_some();
        Self {
            stateroot: stateroot.to_owned(),
            command_line: options.text("initiating-command-line"),
            driver: options.text("register-driver"),
            keep_base: modifiers.keep_base || options.is_set("no-pull-base"),
            no_layering: options.is_set("no-layering"),
            idempotent: options.is_set("idempotent-layering"),
            cache_only: options.is_set("cache-only"),
            download_only: options.is_set("download-only"),
            dry_run: options.is_set("dry-run"),
            skip_purge: options.is_set("skip-purge"),
            locked: options.is_set("lock-finalization"),
            allow_downgrade: options.flag("allow-downgrade").unwrap_or(elsewhere),
            restart: options.is_set("reboot"),
            check_only: false,
            to_self: false,
            modifiers,
        }
    }

    /// Only looks whether there is an update.
    pub(crate) fn check_only(self, to_self: bool) -> Self {
        Self { check_only: true, to_self, ..self }
    }

    /// What the automatic update does.
    pub(crate) fn automatic(self, to_self: bool, restart: bool) -> Self {
        Self { to_self, restart, ..self }
    }

    fn title(&self) -> String {
        if let Some(command_line) = &self.command_line {
            return command_line.clone();
        }
        let Modifiers { install, uninstall, .. } = &self.modifiers;
        let mut title = match () {
            () if self.keep_base && !install.is_empty() => "install",
            () if self.keep_base => "uninstall",
            () if self.modifiers.refspec.is_some() => "rebase",
            () if self.modifiers.revision.is_some() => "deploy",
            () => "upgrade",
        }
        .to_owned();
        let extents = [
            (self.cache_only, " (cache only)"),
            (self.check_only, " (check only)"),
            (self.download_only, " (download only)"),
        ];
        if let Some((_, extent)) = extents.iter().find(|(applies, _)| *applies) {
            title.push_str(extent);
        }
        for (verb, packages) in [("uninstall", uninstall), ("install", install)] {
            if !packages.is_empty() {
                title.push_str(&format!("; {verb}: {}", packages.len()));
            }
        }
        title
    }

    pub(super) fn run(self, setting: &Setting) -> Result<()> {
        setting.reporter.tell(Event::Title(self.title()));
        self.require_sense()?;
        if let Some(driver) = &self.driver {
            // The caller's service was noted with the caller.
            let unit = setting.transaction.request.client.split_once("unit:").map(|(_, rest)| rest);
            update_driver::record(driver, unit.and_then(|rest| rest.split_whitespace().next()))?;
            if self.modifiers.revision.as_deref() == Some("") {
                setting.reporter.message("Empty string revision found; registering update driver only");
                return Ok(());
            }
        }
        if self.check_only { check::run(setting, &self.stateroot) } else { self.deploy(setting) }
    }

    fn require_sense(&self) -> Result<()> {
        let Modifiers { refspec, revision, unsupported, .. } = &self.modifiers;
        if let Some(key) = unsupported {
            bail!("{key} is not supported by the lab's stand-in");
        }
        ensure!(refspec.is_some() || !self.skip_purge, "Can't specify skip-purge if not setting a new refspec");
        ensure!(
            !(self.keep_base && (refspec.is_some() || revision.is_some())),
            "Can't specify no-pull-base if setting a new refspec or revision"
        );
        ensure!(!(self.cache_only && self.download_only), "Can't specify cache-only and download-only");
        ensure!(!(self.dry_run && self.download_only), "Can't specify dry-run and download-only");
        Ok(())
    }

    fn deploy(&self, setting: &Setting) -> Result<()> {
        let from = setting.origin_deployment(&self.stateroot)?;
        let old = Origin::of(&from)?;
        let old_base = base_of(&setting.repo(), &from.csum())?;
        let mut new = old.clone();
        if let Some(refspec) = &self.modifiers.refspec {
            new.followed = origin::requested(refspec, &old.followed)?;
        }
        let mut changed = self.change_packages(&mut new)?;
        let base = if self.keep_base { old_base.clone() } else { self.pull(setting, &mut new, &old_base)? };
        changed |= base != old_base;
        if !changed && self.modifiers.refspec.is_none() {
            let text = if self.modifiers.revision.is_some() { "No change." } else { "No upgrade available." };
            setting.reporter.message(text);
            return Ok(());
        }
        let commit = layering::assemble(setting, &base, &new.packages)?;
        if self.dry_run {
            return Ok(());
        }
        if self.download_only {
            setting.reporter.message("Update downloaded.");
            setting.reporter.tell(Event::SysrootChanged);
            return Ok(());
        }
        let arguments = stage::kernel_arguments(&from);
        let staged = New { stateroot: &self.stateroot, commit: &commit, origin: &new, arguments, locked: self.locked };
        stage::stage(setting, &staged)?;
        if self.modifiers.refspec.is_some() && !self.skip_purge {
            purge(setting, &old)?;
        }
        note_update(setting)?;
        stage::after_all(setting)?;
        if self.restart { restart::restart(setting) } else { Ok(()) }
    }

    fn change_packages(&self, origin: &mut Origin) -> Result<bool> {
        let before = origin.packages.clone();
        if self.no_layering {
            origin.packages.clear();
        }
        for name in &self.modifiers.uninstall {
            let place = origin.packages.iter().position(|known| known == name);
            match place {
                Some(place) => drop(origin.packages.remove(place)),
                None if self.idempotent || self.no_layering => {}
                None => bail!("Package/capability '{name}' is not currently requested"),
            }
        }
        for name in &self.modifiers.install {
            let known = origin.packages.contains(name);
            ensure!(!known || self.idempotent, "Package/capability '{name}' is already requested");
            if !known {
                origin.packages.push(name.clone());
            }
        }
        origin.packages.sort();
        Ok(origin.packages != before)
    }

    /// The commit that what is followed stands for.
    fn pull(&self, setting: &Setting, new: &mut Origin, old_base: &str) -> Result<String> {
        let repo = setting.repo();
        new.pinned = None;
        let base = match new.followed.clone() {
            Followed::Container(text) => {
                let mut reference = ImageReference::parse(&text)?;
                if let Some(revision) = &self.modifiers.revision {
                    setting.reporter.tell(Event::ProgressEnd);
                    reference.image = at_revision(&reference.image, revision);
                    new.followed = Followed::Container(reference.origin());
                }
                if self.cache_only {
                    repo.require_rev(&reference.ref_name())?.into()
                } else {
                    image::pull(setting, &reference)?.commit
                }
            }
            Followed::Branch(refspec) => {
                if let Some(revision) = &self.modifiers.revision {
                    new.pinned = Some(history::resolve(setting, &refspec, revision)?);
                    setting.reporter.tell(Event::ProgressEnd);
                }
                if self.cache_only && new.pinned.is_none() {
                    repo.require_rev(&refspec)?.into()
                } else {
                    let (remote, branch) = origin::split(&refspec)?;
                    let not_before = (!self.allow_downgrade).then(|| old_base.to_owned());
                    let commit = new.pinned.clone();
                    pull_branch(setting, &Wanted { remote, branch, commit, not_before, ..Wanted::default() })?
                }
            }
        };
        setting.reporter.tell(Event::ProgressEnd);
        Ok(base)
    }
}

/// The branch that was followed before needs no ref any more.
fn purge(setting: &Setting, old: &Origin) -> Result<()> {
    if let Followed::Branch(refspec) = &old.followed {
        let (remote, branch) = origin::split(refspec)?;
        setting.repo().set_ref_immediate(Some(&remote), &branch, None, gio::Cancellable::NONE)?;
    }
    Ok(())
}

/// What is known of an update is what was staged.
fn note_update(setting: &Setting) -> Result<()> {
    let booted = setting.sysroot.booted_deployment().context("Nothing is booted")?;
    let staged = setting.sysroot.staged_deployment();
    let update = match &staged {
        Some(staged) => cached_update::of_deployment(&setting.repo(), &booted, staged)?,
        None => None,
    };
    cached_update::store(update.as_ref())?;
    setting.reporter.tell(Event::UpdateChanged);
    setting.reporter.tell(Event::SysrootChanged);
    Ok(())
}

/// The image without its tag, at a digest; or at whatever else was asked for.
fn at_revision(image: &str, revision: &str) -> String {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    let (path, name) = image.rsplit_once('/').map_or(("", image), |(path, name)| (path, name));
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    let separator = if path.is_empty() { "" } else { "/" };
    format!("{path}{separator}{name}@{revision}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_take_the_place_of_tags() {
        assert_eq!(
            at_revision("localhost:5101/alma/gnome:latest", "9.20250101"),
            "localhost:5101/alma/gnome@9.20250101"
        );
        assert_eq!(at_revision("gnome@sha256:0", "sha256:1"), "gnome@sha256:1");
    }

    #[test]
    fn titles_are_as_recorded() {
        let value = |value: zbus::zvariant::Value<'_>| value.try_to_owned().unwrap();
        let with = |key: &str| Options::from([(key.to_owned(), value(true.into()))]);
        let title = |modifiers: &Modifiers, options: &Options| Deploy::new("x", modifiers.clone(), options).title();
        let none = Modifiers::default();
        assert_eq!(title(&none, &Options::new()), "upgrade");
        assert_eq!(title(&none, &with("download-only")), "upgrade (download only)");
        assert_eq!(title(&none, &with("cache-only")), "upgrade (cache only)");
        assert_eq!(Deploy::new("x", none.clone(), &Options::new()).check_only(true).title(), "upgrade (check only)");
        let rebase = Modifiers { refspec: Some("a:b".into()), ..none.clone() };
        assert_eq!(title(&rebase, &Options::new()), "rebase");
        let install = Modifiers { install: vec!["a".into(), "b".into()], ..none };
        assert_eq!(title(&install, &with("no-pull-base")), "install; install: 2");
    }
}
