// SPDX-License-Identifier: GPL-3.0-or-later
//! The rules, one function each. Whatever is not known gives no finding, but for that it could not be known.

use std::collections::BTreeSet;

use super::{BootRoom, Concern, Finding, HostFacts, Preflight, Severity, TreeFacts};
use crate::catalog::{CatalogEntry, HostCatalogs, Recognised, Status, architecture_of_branch, recognise_image};
use crate::{
    Deployment, ImagePreview, ImageReference, Layered, LayeredEffect, Refusal, Snapshot, TrustState, Weakening,
    layered_effect, way_back,
};

/// Unpacked, the layers of a container image take so much of the disk for each byte that is downloaded, as a rule.
const UNPACKED_OF_DOWNLOADED: u64 = 3;

/// Everything that is known about a switch.
#[derive(Clone, Copy, Debug)]
pub struct SwitchFacts<'a> {
    /// How the host stands.
    pub snapshot: &'a Snapshot,
    /// The image.
    pub image: &'a ImageReference,
    /// What the host itself tells.
    pub host: &'a HostFacts,
    /// The catalogs, where they can be read.
    pub catalogs: Option<&'a HostCatalogs>,
    /// What the registry tells, or why it tells nothing; absent where the image lies in none.
    pub preview: Option<Result<&'a ImagePreview, &'a Refusal>>,
    /// It is staged already: only what the content of the image means is of interest.
    pub staged: bool,
}

impl<'a> SwitchFacts<'a> {
    /// Judges them.
    pub fn judge(self) -> Preflight {
        let recognised = self.catalogs.and_then(|catalogs| recognise_image(&catalogs.catalogs, self.image));
        let entry = self.entry(recognised.as_ref());
        let mut findings = Vec::new();
        if self.staged {
            self.content(&mut findings);
        } else {
            self.refusals(entry, &mut findings);
            self.signature(&mut findings);
            self.space(&mut findings);
            self.state(&mut findings);
            if let Some(entry) = entry {
                self.of_catalog(entry, &mut findings);
            }
            self.content(&mut findings);
        }
        findings.sort_by_key(|finding| finding.severity);
        findings.dedup();
        let preview = self.seen();
        let published = self.host.published.as_ref();
        let pins = self.pins();
        Preflight {
            image: self.image.clone(),
            recognised,
            findings,
            preview: preview.cloned(),
            checksum: preview
                .map(|preview| preview.digest.clone())
                .or_else(|| published.map(|one| one.checksum.clone())),
            version: preview.map_or_else(|| published.and_then(|one| one.version.clone()), |one| one.version.clone()),
            built: self.built(),
            download_bytes: match preview {
                Some(preview) => preview.download_bytes,
                None => published.and_then(|one| one.download_bytes),
            },
            pins: pins.map(|booted| booted.id.clone()),
            token: self.snapshot.token.clone(),
        }
    }

    fn entry(&self, recognised: Option<&Recognised>) -> Option<&CatalogEntry> {
        self.catalogs?.catalogs.entry(&recognised?.entry)
    }

    fn built(&self) -> Option<u64> {
        match self.seen() {
            Some(preview) => preview.built,
            None => self.host.published.as_ref().and_then(|published| published.built),
        }
    }

    /// What the switch would fail with.
    fn refusals(&self, entry: Option<&CatalogEntry>, findings: &mut Vec<Finding>) {
        let layered = self.snapshot.newest().map(|newest| &newest.layered);
        let layered = layered.filter(|layered| !layered.is_empty());
        // What was layered is told in full instead.
        let refusal = self.host.refusal.as_ref().filter(|refusal| !tells_of_layers(refusal) || layered.is_none());
        findings.extend(refusal.cloned().map(blocking));
        findings.extend(layered.map(|layered| self.layered(layered)));
        let unanswered = self.unanswered();
        // Nothing can be asked of an image that could not be followed, and that is told already.
        findings.extend(unanswered.filter(|_| refusal.is_none()).cloned().map(not_looked_at));
        let said = self.seen().map(|preview| preview.bootable);
        let bootable = said.or_else(|| self.host.published.as_ref()?.bootable);
        if bootable == Some(false) {
            let reference = self.image.to_string();
            findings.push(blocking(Refusal::NotBootable { reference, detail: String::new() }));
        }
        if !matches!(unanswered, Some(Refusal::WrongArchitecture { .. })) {
            findings.extend(self.other_architecture(entry).map(blocking));
        }
    }

    fn layered(&self, layered: &Layered) -> Finding {
        let effect = layered_effect(self.snapshot, self.image);
        let severity = match effect {
            LayeredEffect::CarriedOver => Severity::Warning,
            _ => Severity::Blocking,
        };
        Finding { severity, concern: Concern::Layered { layered: layered.clone(), effect } }
    }

    /// What the registry tells.
    fn seen(&self) -> Option<&'a ImagePreview> {
        self.preview.and_then(Result::ok)
    }

    /// Why a registry or a remote told nothing.
    fn unanswered(&self) -> Option<&Refusal> {
        self.preview.and_then(Result::err).or(self.host.unpublished.as_ref())
    }

    /// A commit, a branch or a catalog that names another architecture than this computer's.
    fn other_architecture(&self, entry: Option<&CatalogEntry>) -> Option<Refusal> {
        let expected = &self.catalogs?.architecture;
        let told = self.host.published.as_ref().and_then(|published| published.architecture.as_deref());
        let of_commit = told.and_then(architecture_of_branch);
        let of_branch = match self.image {
            ImageReference::Ostree { branch, .. } => branch.split('/').find_map(architecture_of_branch),
            _ => None,
        };
        let of_image = self.seen().and_then(|preview| preview.architecture.as_deref());
        let found =
            of_image.or(of_commit).or(of_branch).or(of_catalog(entry, expected)).filter(|found| found != expected)?;
        Some(Refusal::WrongArchitecture {
            reference: self.image.to_string(),
            found: Some(found.to_owned()),
            expected: Some(expected.clone()),
            detail: String::new(),
        })
    }

    fn signature(&self, findings: &mut Vec<Finding>) {
        // Nobody can vouch for what is nowhere, and that is told already.
        if matches!(self.host.refusal, Some(Refusal::UnknownRemote { .. })) {
            return;
        }
        let trust = match self.seen() {
            Some(preview) => &preview.trust,
            None => &self.host.trust,
        };
        if trust.state == TrustState::Refused {
            let refusal = Refusal::SignatureRefused {
                problem: trust.signature_problem(),
                reference: self.image.to_string(),
                detail: String::new(),
            };
            findings.push(blocking(refusal));
        }
        let severity = if trust.is_enforced() { Severity::Note } else { Severity::Warning };
        findings.push(Finding { severity, concern: Concern::Signature { trust: Box::new(trust.clone()) } });
        let present = self.host.present.iter().filter(|present| Weakening::between(present, trust).is_some());
        findings.extend(present.map(|present| Finding {
            severity: Severity::Warning,
            concern: Concern::WeakerCheck { present: Box::new(present.clone()), target: Box::new(trust.clone()) },
        }));
    }

    fn space(&self, findings: &mut Vec<Finding>) {
        let free = self.host.system.map(|space| space.free);
        let preview = self.seen();
        let published = self.host.published.as_ref();
        let downloaded = preview.and_then(|preview| preview.download_bytes);
        let unpacked = published.and_then(|one| one.unpacked_bytes.or(one.download_bytes));
        let likely = downloaded.map(|bytes| bytes.saturating_mul(UNPACKED_OF_DOWNLOADED));
        if let (Some(free), Some(needed)) = (free, downloaded.or(unpacked)) {
            match likely.filter(|likely| *likely > free) {
                _ if needed > free => findings.push(blocking(no_space("/", needed, free))),
                Some(likely) => findings.push(little_space("/", likely, free)),
                None => {}
            }
        }
        if let Some(boot) = self.host.boot {
            findings.extend(boot_space(boot, self.pins().is_some()));
        }
    }

    fn state(&self, findings: &mut Vec<Finding>) {
        if let Some(booted) = self.snapshot.booted() {
            let unlocked = booted.unlocked.map(|unlocked| Concern::Unlocked { unlocked });
            let left_behind = unlocked.into_iter().chain(booted.applied_live.then_some(Concern::AppliedLive));
            findings.extend(left_behind.map(|concern| Finding { severity: Severity::Warning, concern }));
        }
        if let Some(staged) = self.snapshot.staged() {
            let concern = Concern::ReplacesStaged { deployment: staged.id.clone(), version: staged.label().to_owned() };
            findings.push(Finding { severity: Severity::Note, concern });
        }
        let here = self.snapshot.booted().and_then(|booted: &Deployment| booted.built);
        if let (Some(built), Some(here)) = (self.built(), here)
            && built < here
        {
            findings.push(Finding { severity: Severity::Warning, concern: Concern::Older { built, here } });
        }
    }

    fn of_catalog(&self, entry: &CatalogEntry, findings: &mut Vec<Finding>) {
        let mut tell = |severity, concern| findings.push(Finding { severity, concern });
        match entry.status {
            Status::Deprecated | Status::Discontinued => {
                let way_on = self.catalogs.and_then(|catalogs| {
                    let way_on = catalogs.catalogs.way_on(entry)?;
                    Some((way_on.name.clone(), catalogs.switch_to(way_on, self.snapshot).map(|to| to.reference)))
                });
                let (successor, reference) = way_on.map_or((None, None), |(name, to)| (Some(name), to));
                tell(Severity::Warning, Concern::Outdated { status: entry.status, successor, reference });
            }
            Status::Experimental => tell(Severity::Warning, Concern::Experimental),
            Status::Active | Status::Unknown => {}
        }
        if !entry.reversible {
            tell(Severity::Warning, Concern::OneWay);
        }
        if let (Some(needs), Some(processor)) = (entry.cpu_baseline, self.host.processor)
            && !processor.runs(needs)
        {
            tell(Severity::Blocking, Concern::Processor { needs, has: processor.baseline });
        }
        let Some(running) = self.catalogs.and_then(HostCatalogs::running) else { return };
        if running.vendor.id != entry.vendor.id {
            let (from, to) = (running.vendor.name.clone(), entry.vendor.name.clone());
            tell(Severity::Note, Concern::OtherVendor { from, to });
        }
        if let (Some(from), Some(to)) = (&running.desktop, &entry.desktop)
            && from != to
        {
            tell(Severity::Note, Concern::OtherDesktop { from: from.clone(), to: to.clone() });
        }
    }

    /// What the switch pins.
    fn pins(&self) -> Option<&Deployment> {
        way_back(self.snapshot, self.image).filter(|_| !self.staged)
    }

    /// The content of this very image, as far as it is here: that of another version says nothing.
    fn tree(&self) -> Option<&TreeFacts> {
        let preview = self.seen().map(|preview| &preview.digest);
        let wanted = preview.or_else(|| self.host.published.as_ref().map(|published| &published.checksum));
        self.host.tree.as_ref().filter(|tree| self.staged || wanted == Some(&tree.image_checksum))
    }

    /// What the content of the image means for this computer.
    fn content(&self, findings: &mut Vec<Finding>) {
        let Some(tree) = self.tree() else {
            // Where nobody could be asked at all, that is told.
            if self.unanswered().is_none() {
                findings.push(Finding { severity: Severity::Note, concern: Concern::ContentUnknown });
            }
            return;
        };
        findings.extend(display_manager(tree));
        if !tree.kept.is_empty() || tree.more_kept > 0 {
            let concern = Concern::ConfigurationKept { paths: tree.kept.clone(), more: tree.more_kept };
            findings.push(Finding { severity: Severity::Warning, concern });
        }
    }
}

/// What is layered is told in full instead of this.
fn tells_of_layers(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::LocallyModified { .. } | Refusal::NeedsReset { .. })
}

/// An architecture that a variant is made for, where it is not made for this one.
fn of_catalog<'a>(entry: Option<&'a CatalogEntry>, expected: &str) -> Option<&'a str> {
    let entry = entry.filter(|entry| !entry.is_for(expected))?;
    entry.architectures.first().map(String::as_str)
}

fn display_manager(tree: &TreeFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let (Some(from), Some(to)) = (&tree.present_display_manager, &tree.display_manager)
        && from != to
    {
        let concern = Concern::OtherDisplayManager { from: from.clone(), to: to.clone() };
        findings.push(Finding { severity: Severity::Note, concern });
    }
    if let (Some(from), None, None) = (&tree.present_display_manager, &tree.display_manager, &tree.broken_link) {
        let concern = Concern::NoDisplayManager { from: from.clone() };
        findings.push(Finding { severity: Severity::Warning, concern });
    }
    if let Some(broken) = &tree.broken_link {
        let concern = Concern::BrokenDisplayManager { link: broken.link.clone(), unit: broken.unit.clone() };
        findings.push(Finding { severity: Severity::Warning, concern });
    }
    let unit = tree.display_manager.clone().unwrap_or_default();
    let users: BTreeSet<&String> = tree.missing_users.iter().collect();
    findings.extend(users.into_iter().map(|user| Finding {
        severity: Severity::Warning,
        concern: Concern::MissingUser { user: user.clone(), unit: unit.clone() },
    }));
    findings
}

fn boot_space(boot: BootRoom, pins: bool) -> Option<Finding> {
    let place = if boot.separate { "/boot" } else { "/" };
    let room = boot.free.saturating_add(boot.reclaimable);
    let after = room.saturating_sub(boot.needed);
    match boot.needed > room {
        true if boot.known => Some(blocking(no_space(place, boot.needed, room))),
        true => Some(little_space(place, boot.needed, room)),
        false if pins && boot.separate && after < boot.needed => {
            let concern = Concern::PinFillsBoot { needed: boot.needed, free: after };
            Some(Finding { severity: Severity::Note, concern })
        }
        false => None,
    }
}

fn blocking(refusal: Refusal) -> Finding {
    Finding { severity: Severity::Blocking, concern: Concern::Refused { refusal } }
}

/// What is no fault of the image may pass; without an answer nobody knows more.
fn not_looked_at(refusal: Refusal) -> Finding {
    match refusal {
        Refusal::ImageNotFound { .. }
        | Refusal::WrongArchitecture { .. }
        | Refusal::NotBootable { .. }
        | Refusal::SignatureRefused { .. }
        | Refusal::UnknownRemote { .. }
        | Refusal::ClockWrong { .. }
        | Refusal::Corrupted { .. } => blocking(refusal),
        refusal => Finding { severity: Severity::Warning, concern: Concern::NotLookedAt { refusal } },
    }
}

fn no_space(place: &str, needed: u64, free: u64) -> Refusal {
    Refusal::NoSpace { detail: String::new(), place: Some(place.to_owned()), needed: Some(needed), free: Some(free) }
}

fn little_space(place: &str, needed: u64, free: u64) -> Finding {
    let concern = Concern::LittleSpace { place: place.to_owned(), needed, free };
    Finding { severity: Severity::Warning, concern }
}
