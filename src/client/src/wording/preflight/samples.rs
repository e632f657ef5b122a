// SPDX-License-Identifier: GPL-3.0-or-later
//! One of every kind of finding.

use isotope_model::catalog::{CpuBaseline, Status, Text};
use isotope_model::{
    Concern, DeploymentId, ImageReference, Layered, LayeredEffect, Refusal, Trust, TrustProblem, TrustState, Unlocked,
};

pub(super) fn trust(state: TrustState, problem: Option<TrustProblem>) -> Trust {
    let image = ImageReference::Container { reference: "ostree-unverified-registry:quay.io/o/kde:10".into() };
    Trust { state, problem, ..Trust::unknown(image) }
}

pub(super) fn layered() -> Layered {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Layered {
        packages: names(&["htop", "vim"]),
        local_packages: names(&["tool"]),
        removed: names(&["firefox"]),
        replaced: names(&["kernel"]),
        initramfs: true,
        otherwise: true,
    }
}

pub(super) fn concerns() -> Vec<Concern> {
    let text = |text: &str| text.to_owned();
    let reference = || text("ostree-unverified-registry:quay.io/o/kde:10");
    let signature = |state, problem| Concern::Signature { trust: Box::new(trust(state, problem)) };
    let weaker = |state| Concern::WeakerCheck {
        present: Box::new(trust(TrustState::Verified, None)),
        target: Box::new(trust(state, None)),
    };
    let outdated = |status, name: Option<&str>, reference: Option<&str>| Concern::Outdated {
        status,
        successor: name.map(Text::english),
        reference: reference.map(Into::into),
    };
    vec![
        Concern::Refused {
            refusal: Refusal::WrongArchitecture {
                reference: reference(),
                found: Some(text("arm64")),
                expected: Some(text("amd64")),
                detail: String::new(),
            },
        },
        Concern::Refused { refusal: Refusal::SwitchForbidden { reference: reference() } },
        Concern::Refused {
            refusal: Refusal::SwitchPolicyBroken { path: text("/etc/isotope/switching.toml"), detail: text("line 1") },
        },
        Concern::Refused { refusal: Refusal::NotBootable { reference: reference(), detail: String::new() } },
        Concern::NotLookedAt { refusal: Refusal::Network { detail: text("no route") } },
        Concern::Processor { needs: CpuBaseline::X86_64V3, has: Some(CpuBaseline::X86_64V2) },
        Concern::Processor { needs: CpuBaseline::X86_64V3, has: None },
        signature(TrustState::Verified, None),
        signature(TrustState::Verified, Some(TrustProblem::CommitOnly)),
        signature(TrustState::DefaultOnly, None),
        signature(TrustState::Unchecked, None),
        signature(TrustState::Refused, Some(TrustProblem::NotSigned)),
        signature(TrustState::Unknown, None),
        weaker(TrustState::Unchecked),
        weaker(TrustState::Refused),
        Concern::Layered { layered: layered(), effect: LayeredEffect::Blocks },
        Concern::Layered { layered: layered(), effect: LayeredEffect::CarriedOver },
        Concern::Layered { layered: layered(), effect: LayeredEffect::NeedsReset },
        Concern::Layered { layered: layered(), effect: LayeredEffect::Unknown },
        Concern::Unlocked { unlocked: Unlocked::Development },
        Concern::Unlocked { unlocked: Unlocked::Hotfix },
        Concern::Unlocked { unlocked: Unlocked::Transient },
        Concern::Unlocked { unlocked: Unlocked::Unknown },
        Concern::AppliedLive,
        Concern::ReplacesStaged { deployment: DeploymentId::new("os", "a".repeat(64), 0), version: text("10.3") },
        Concern::OtherVendor { from: text("Fedora"), to: text("Universal Blue") },
        Concern::OtherDesktop { from: text("gnome"), to: text("kde") },
        Concern::OtherDesktop { from: text("gnome"), to: text("none") },
        Concern::OtherDesktop { from: text("none"), to: text("kde") },
        Concern::Older { built: 0, here: 86_400 },
        Concern::Older { built: 0, here: 10 },
        outdated(Status::Deprecated, Some("Kinoite"), Some("quay.io/o/kinoite:10")),
        outdated(Status::Discontinued, Some("Kinoite"), None),
        outdated(Status::Discontinued, None, None),
        Concern::Experimental,
        Concern::OneWay,
        Concern::LittleSpace { place: text("/boot"), needed: 90_000_000, free: 80_000_000 },
        Concern::LittleSpace { place: text("/"), needed: 9_000_000_000, free: 8_000_000_000 },
        Concern::PinFillsBoot { needed: 90_000_000, free: 80_000_000 },
        Concern::OtherDisplayManager { from: text("gdm.service"), to: text("sddm.service") },
        Concern::NoDisplayManager { from: text("gdm.service") },
        Concern::BrokenDisplayManager {
            link: text("/etc/systemd/system/display-manager.service"),
            unit: text("gdm.service"),
        },
        Concern::MissingUser { user: text("sddm"), unit: text("sddm.service") },
        Concern::MissingUser { user: text("sddm"), unit: String::new() },
        Concern::ConfigurationKept { paths: vec![text("/etc/hosts")], more: 0 },
        Concern::ConfigurationKept { paths: Vec::new(), more: 3 },
        Concern::ContentUnknown,
        Concern::Unknown,
    ]
}
