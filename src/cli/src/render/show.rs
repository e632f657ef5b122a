// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Deployment, DeploymentDetails, DeploymentUsage, ImageReference, Signature, Snapshot, Trust};

use super::table::Table;
use super::{Line, View, deployments, time};

/// What was asked for beyond the snapshot, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known<'a> {
    pub(crate) details: Option<&'a DeploymentDetails>,
    /// Who vouches for the container image that it follows.
    pub(crate) trust: Option<&'a Trust>,
    /// What it takes on disk.
    pub(crate) usage: Option<&'a DeploymentUsage>,
}

/// All that is known of one deployment; what is not known is left out.
pub(crate) fn lines(deployment: &Deployment, known: Known<'_>, snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let Known { details, trust, usage } = known;
    let text = |text: Option<&str>| text.map(Line::plain).into_iter().collect::<Vec<_>>();
    let moment = |seconds: Option<u64>| text(seconds.and_then(|seconds| time::minute(seconds, &view.zone)).as_deref());
    let mut table = Table::default();
    table.row(
        gettext("Name"),
        text(Some(deployments::named(deployment).join(" · ")).as_deref().filter(|it| !it.is_empty())),
    );
    table.row(gettext("Version"), text(deployment.version.as_deref()));
    // Translators: stands beside “Running now”, “After restart”, “Before” and the like.
    table.row(gettext("State"), vec![Line::plain(deployments::role(deployment, snapshot))]);
    table.row(gettext("Built"), moment(deployment.built));
    // Translators: stands beside the time when a version was written to this computer.
    table.row(gettext("Deployed"), moment(details.and_then(|details| details.deployed)));
    table.row(gettext("Follows"), follows(deployment.image.as_ref()));
    table.row(gettext("Id"), vec![Line::plain(deployment.id.to_string())]);
    if !snapshot.host.composefs {
        table.row(gettext("Commit"), vec![Line::plain(deployment.id.checksum())]);
    }
    // Translators: stands beside the commit of the image, from which rpm-ostree has made another one on this computer.
    table.row(gettext("Made from"), text(deployment.base_checksum.as_deref()));
    // Translators: stands beside what was changed in a version on this computer.
    table.row(gettext("Changed here"), changed(deployment));
    let digest = deployment.digest.as_deref().or_else(|| details?.digest.as_deref());
    table.row(gettext("Digest"), text(digest));
    // libostree knows of no signature of a container image.
    let checked = match deployment.image.as_ref().is_some_and(|image| image.container().is_some()) {
        true => trust.map(|trust| vec![Line::plain(wording::trust(trust))]),
        false => details.map(|details| signature(&details.signature, view)),
    };
    table.row(gettext("Signature"), checked.unwrap_or_default());
    table.row(gettext("Kernel"), text(details.and_then(|details| details.kernel.as_deref())));
    table.row(gettext("Kernel arguments"), text(details.and_then(|details| details.kernel_arguments.as_deref())));
    table.row("", arguments(details));
    // Translators: stands beside “yes” or “no”.
    table.row(gettext("Pinned"), vec![Line::plain(if deployment.pinned { gettext("yes") } else { gettext("no") })]);
    table.row("", text(deployments::kept_to_go_back_to(deployment).as_deref()));
    table.row(gettext("Own size"), size(usage));
    table.lines_within(view.columns)
}

/// What it gets its updates from.
fn follows(image: Option<&ImageReference>) -> Vec<Line> {
    let Some(image) = image else { return vec![Line::plain(gettext("no image"))] };
    let mut lines = vec![Line::plain(wording::image_name(image))];
    if image.container().is_some() {
        lines.push(Line::dim(image.to_string()));
    }
    lines
}

/// What was changed in it on this computer.
fn changed(deployment: &Deployment) -> Vec<Line> {
    let changes = wording::layered_in_full(&deployment.layered).into_iter().chain(wording::tampered(deployment));
    changes.map(Line::plain).collect()
}

/// Where its kernel arguments differ from those that the computer was started with.
fn arguments(details: Option<&DeploymentDetails>) -> Vec<Line> {
    let Some(details) = details else { return Vec::new() };
    let told = |text: String, arguments: &[String]| {
        (!arguments.is_empty()).then(|| Line::dim(text.replace("{arguments}", &arguments.join(" "))))
    };
    let lines = [
        // Translators: {arguments} are words that the kernel is given; those of what runs do not have them.
        told(gettext("not now, but then: {arguments}"), &details.kernel_arguments_added),
        // Translators: {arguments} are words that the kernel is given; those of what runs have them.
        told(gettext("now, but not then: {arguments}"), &details.kernel_arguments_removed),
    ];
    lines.into_iter().flatten().collect()
}

fn signature(signature: &Signature, view: &View) -> Vec<Line> {
    let mut lines = vec![Line::plain(wording::signature(signature))];
    if let Some(key) = &signature.key {
        lines.push(Line::dim(gettext("key {fingerprint}").replace("{fingerprint}", key)));
    }
    if let Some(moment) = signature.made.and_then(|made| time::minute(made, &view.zone)) {
        lines.push(Line::dim(gettext("signed {time}").replace("{time}", &moment)));
    }
    lines
}

/// What nothing else shares, which is what removing it would free.
fn size(usage: Option<&DeploymentUsage>) -> Vec<Line> {
    let Some(usage) = usage else { return vec![Line::plain(gettext("not known"))] };
    vec![
        Line::plain(gettext("{size} on the disk").replace("{size}", &wording::bytes(usage.own_bytes))),
        Line::plain(gettext("{size} in /boot").replace("{size}", &wording::bytes(usage.boot_bytes))),
    ]
}

#[cfg(test)]
mod tests {
    use isotope_model::{SignatureState, TrustState};

    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn everything_that_is_known_is_shown() {
        let snapshot = samples::plain().snapshot;
        let details = DeploymentDetails {
            id: samples::running().id,
            deployed: Some(1_763_458_200),
            digest: Some("sha256:abc".into()),
            kernel: Some("6.12.0".into()),
            kernel_arguments: Some("root=UUID=1 quiet".into()),
            kernel_arguments_added: vec!["quiet".into(), "audit=0".into()],
            kernel_arguments_removed: vec!["rhgb".into()],
            signature: Signature {
                state: SignatureState::Verified,
                required: true,
                key: Some("ABCD".into()),
                signer: Some("Vendor".into()),
                made: Some(1_763_424_000),
            },
        };
        let usage = samples::usage().deployments[1].clone();
        let known = Known { details: Some(&details), trust: None, usage: Some(&usage) };
        let expected = format!(
            "\
Name               AlmaLinux Atomic Desktop · GNOME
Version            10.2.20251118
State              Running now
Built              2025-11-18 00:00
Deployed           2025-11-18 09:30
Follows            alma:desktop/10/gnome
Id                 alma/{digits}.0
Commit             {digits}
Digest             sha256:abc
Signature          Verified with the key of Vendor
                   key ABCD
                   signed 2025-11-18 00:00
Kernel             6.12.0
Kernel arguments   root=UUID=1 quiet
                   not now, but then: quiet audit=0
                   now, but not then: rhgb
Pinned             no
Own size           1.2 GB on the disk
                   60.0 MB in /boot",
            digits = "2".repeat(64)
        );
        let text = shown(&lines(&snapshot.deployments[0], known, &snapshot, &samples::view()));
        assert_eq!(text.join("\n"), expected);
    }

    #[test]
    fn what_was_changed_here_is_shown_in_full() {
        let snapshot = samples::layered_host().snapshot;
        let text = shown(&lines(&snapshot.deployments[0], Known::default(), &snapshot, &samples::view())).join("\n");
        let expected = format!(
            "\
Made from      {}
Changed here   Added: htop, vim
               Added from files: tool-1-1.x86_64
               Removed: firefox
               Replaced: kernel
               The initramfs is made on this computer
               Opened for changes until the next update
               Packages were changed while it runs, without a restart
",
            "b".repeat(64)
        );
        assert!(text.contains(&expected), "{text}");
    }

    #[test]
    fn a_container_has_its_digest_also_where_nothing_else_is_known() {
        let state = samples::composefs();
        let deployment = &state.snapshot.deployments[0];
        let text = shown(&lines(deployment, Known::default(), &state.snapshot, &samples::view())).join("\n");
        let expected = format!(
            "\
Follows    quay.io/alma/gnome:10
           ostree-image-signed:docker://quay.io/alma/gnome:10
Id         alma/{}.0
Digest     {}
Pinned     no",
            "2".repeat(64),
            samples::digest('a')
        );
        assert!(text.contains(&expected), "{text}");
    }

    #[test]
    fn a_container_is_judged_by_the_rules_for_what_it_follows() {
        let state = samples::container();
        let deployment = &state.snapshot.deployments[0];
        let image = deployment.image.clone().unwrap();
        let details = DeploymentDetails {
            id: deployment.id.clone(),
            deployed: None,
            digest: None,
            kernel: None,
            kernel_arguments: None,
            kernel_arguments_added: Vec::new(),
            kernel_arguments_removed: Vec::new(),
            signature: Signature::default(),
        };
        let trust = Trust { state: TrustState::Unchecked, ..Trust::unknown(image) };
        let shown = |trust: Option<&Trust>| {
            let known = Known { details: Some(&details), trust, usage: None };
            shown(&lines(deployment, known, &state.snapshot, &samples::view())).join("\n")
        };
        let text = shown(Some(&trust));
        assert!(text.contains("\nSignature   Installed without a check of its signature\n"), "{text}");
        assert!(!text.contains("verified") && !shown(None).contains("Signature"), "{text}");
    }

    #[test]
    fn a_pin_that_nobody_made_is_told_as_what_it_is_for() {
        let snapshot = samples::trial().snapshot;
        let told = |updates_left| {
            let pin = isotope_model::AutomaticPin { updates_left };
            let deployment = Deployment { automatic_pin: Some(pin), ..snapshot.deployments[1].clone() };
            shown(&lines(&deployment, Known::default(), &snapshot, &samples::view())).join("\n")
        };
        assert!(told(None).contains("Pinned     yes\n           kept to go back to\n"), "{}", told(None));
        assert!(told(Some(1)).contains("\n           kept for 1 more update, to go back to\n"), "{}", told(Some(1)));
    }

    #[test]
    fn what_is_not_known_is_left_out_or_said() {
        let bare = Deployment::new(samples::running().id);
        let details = DeploymentDetails {
            id: bare.id.clone(),
            deployed: None,
            digest: None,
            kernel: None,
            kernel_arguments: None,
            kernel_arguments_added: Vec::new(),
            kernel_arguments_removed: Vec::new(),
            signature: Signature::default(),
        };
        let known = Known { details: Some(&details), ..Known::default() };
        let text = shown(&lines(&bare, known, &Snapshot::default(), &samples::view())).join("\n");
        assert!(!text.contains("Name") && !text.contains("Kernel"), "{text}");
        for words in ["Follows     no image", "Signature   Nobody can say", "Own size    not known"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}
