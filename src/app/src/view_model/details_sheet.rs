// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::{ServiceState, wording};
use isotope_model::{
    AutomaticPin, Deployment, DeploymentDetails, DeploymentId, DiskUsage, ImageReference, Signature, SignatureState,
    Snapshot,
};

use super::readings::{Read, Readings};
use super::sheet::{Choice, SheetBody, SheetPageView, SheetView};
use super::{
    Calendar, Line, LineEnd, LineGroup, Looker, Tone, changes_page, deployment_actions, layered_lines, names,
    package_changes_sheet, signature_line, verification_sheet,
};

/// The sheet with everything that is known of a deployment and what can be done with it.
pub(super) fn of(id: &DeploymentId, state: &ServiceState, readings: &Readings, looker: &Looker) -> Option<SheetView> {
    let deployment = state.snapshot.deployment(id)?;
    let calendar = &looker.calendar;
    let what = LineGroup::titled(
        names::full_name(deployment),
        identity(deployment, &state.snapshot, &readings.details, calendar),
    );
    let mut packages: Vec<_> = package_changes_sheet::way_in_from_details(deployment, state).into_iter().collect();
    packages.extend(layered_lines::lines(&deployment.layered));
    let mut groups = vec![
        what,
        LineGroup::untitled(layered_lines::tampered(deployment).into_iter().collect()),
        LineGroup::untitled(deployment_actions::lines(deployment, state, readings.usage.there(), looker)),
        LineGroup::titled(gettext("Image"), image(deployment, state, readings, looker)),
        LineGroup::titled(gettext("Packages"), packages),
        LineGroup::titled(gettext("Kernel"), kernel(&readings.details, looker.expert_details)),
        LineGroup::titled(gettext("Room"), room(id, &readings.usage)),
        LineGroup::titled(gettext("Configuration"), vec![configuration(readings)]),
    ];
    groups.retain(|group| !group.lines.is_empty());
    if let Some(error) = readings.details.failure().or(readings.usage.failure()) {
        groups.insert(1, LineGroup::untitled(vec![Line::trouble(error)]));
    }
    let page = SheetPageView::new(gettext("System Image"), SheetBody::Lists(groups));
    Some(SheetView { small: false, page, changes: Some(changes_page::of(&readings.changes)) })
}

fn identity(
    deployment: &Deployment,
    snapshot: &Snapshot,
    details: &Read<DeploymentDetails>,
    calendar: &Calendar,
) -> Vec<Line> {
    let image = deployment.image.as_ref().filter(|image| **image != ImageReference::Unknown);
    let policy = snapshot.host.automatic_updates.filter(|_| deployment.booted);
    let moment = |time: Option<u64>| time.and_then(|time| calendar.moment(time));
    let deployed = match details {
        Read::Waiting => Some(Line::waiting(gettext("Deployed"))),
        // Translators: when a system image was written to this computer.
        Read::There(details) => moment(details.deployed).map(|moment| Line::fact(gettext("Deployed"), moment)),
        Read::Failed(_) => None,
    };
    let lines = [
        Some(Line::fact(gettext("State"), marks(deployment, snapshot))),
        deployment.version.clone().map(|version| Line::fact(gettext("Version"), version)),
        moment(deployment.built).map(|moment| Line::fact(gettext("Built"), moment)),
        deployed,
        // Translators: where a system gets its updates from, for example a branch on a server.
        image.map(|image| Line::fact(gettext("Follows"), wording::image_name(image))),
        // Translators: the program that downloads and installs updates, and why it is that.
        deployment.booted.then(|| Line::fact(gettext("Updated By"), wording::backend_reason(&snapshot.host))),
        policy.map(|policy| Line::fact(gettext("Automatic Updates"), wording::automatic_updates(policy))),
    ];
    lines.into_iter().flatten().collect()
}

fn marks(deployment: &Deployment, snapshot: &Snapshot) -> String {
    let next = snapshot.next().is_some_and(|next| next.id == deployment.id) && !deployment.booted;
    let marks = [
        (deployment.booted, gettext("Running now")),
        (next, gettext("Starts after a restart")),
        (deployment.staged && deployment.finalization_locked, gettext("Ready, but held back")),
        (deployment.queued && !next, gettext("Before the running one in the boot order")),
        (deployment.rollback, gettext("Can be gone back to")),
        (deployment.pinned, pinned(deployment)),
    ];
    let set: Vec<String> = marks.into_iter().filter_map(|(set, words)| set.then_some(words)).collect();
    if set.is_empty() { gettext("Kept on this computer") } else { set.join("\n") }
}

/// Why it stays; what a switch has left here goes by itself some day.
fn pinned(deployment: &Deployment) -> String {
    match deployment.automatic_pin {
        None => gettext("Pinned: no update and no clean-up removes it"),
        Some(AutomaticPin { updates_left: None }) => gettext("Kept to go back to, until somebody decides"),
        Some(AutomaticPin { updates_left: Some(number) }) => ngettext(
            "Kept to go back to for {number} more update",
            "Kept to go back to for {number} more updates",
            number,
        )
        .replace("{number}", &number.to_string()),
    }
}

fn image(deployment: &Deployment, state: &ServiceState, readings: &Readings, looker: &Looker) -> Vec<Line> {
    let is_container = deployment.image.as_ref().is_some_and(|image| image.container().is_some());
    let mut lines = Vec::new();
    if looker.expert_details {
        lines.extend(names_of(deployment, readings));
    }
    match (&readings.details, &deployment.image) {
        (_, Some(image)) if is_container => {
            lines.push(signature_line::of(&readings.trust(image)));
            lines.extend(verification_sheet::way_in(image, &state.snapshot, readings));
        }
        (Read::Waiting, _) => lines.push(Line::waiting(gettext("Signature"))),
        (Read::There(details), _) => lines.push(signature(&details.signature, &looker.calendar)),
        (Read::Failed(_), _) => {}
    }
    lines
}

/// What programs call it.
fn names_of(deployment: &Deployment, readings: &Readings) -> Vec<Line> {
    let copied = |title: String, value: &str| Line::copied(title, value.to_owned());
    let container = deployment.image.as_ref().and_then(ImageReference::container);
    let found = readings.details.there().and_then(|details| details.digest.as_deref());
    let lines = [
        // Translators: the whole name of a container image, with what checks it.
        container.map(|container| copied(gettext("Reference"), &container.to_string())),
        deployment.digest.as_deref().or(found).map(|digest| copied(gettext("Digest"), digest)),
        Some(copied(gettext("Commit"), deployment.id.checksum())),
        // Translators: the commit as it is published; the other one was made of it on this computer.
        deployment.base_checksum.as_deref().map(|base| copied(gettext("Commit of the Image"), base)),
    ];
    lines.into_iter().flatten().collect()
}

fn signature(signature: &Signature, calendar: &Calendar) -> Line {
    let made = signature.made.and_then(|made| calendar.day(made));
    let words = [
        Some(wording::signature(signature)),
        // Translators: {key} is the fingerprint of the key that something is signed with.
        signature.key.as_ref().map(|key| gettext("Key {key}").replace("{key}", key)),
        made.map(|date| gettext("Signed on {date}").replace("{date}", &date)),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    let (icon, tone) = match signature.state {
        SignatureState::Verified => (Some("isotope-row-done-symbolic"), Tone::Good),
        SignatureState::Missing if !signature.required => (None, Tone::Quiet),
        SignatureState::Unknown => (None, Tone::Quiet),
        _ => (Some("isotope-row-attention-symbolic"), Tone::Warning),
    };
    Line { icon, tone, ..Line::fact(gettext("Signature"), words.join("\n")) }
}

fn kernel(details: &Read<DeploymentDetails>, expert: bool) -> Vec<Line> {
    match details {
        Read::Waiting => vec![Line::waiting(gettext("Version"))],
        Read::Failed(_) => Vec::new(),
        Read::There(details) => {
            let version = details.kernel.clone().map(|kernel| Line::fact(gettext("Version"), kernel));
            // Translators: what the boot loader passes to the kernel.
            let arguments = details.kernel_arguments.clone().map(|text| Line::fact(gettext("Arguments"), text));
            let listed = |title: String, arguments: &[String]| {
                (!arguments.is_empty()).then(|| Line::fact(title, arguments.join(" ")))
            };
            // Translators: arguments of the kernel that the running one was not started with.
            let added = listed(gettext("Arguments That Are New"), &details.kernel_arguments_added);
            // Translators: arguments of the kernel that the running one was started with, and this one will not be.
            let removed = listed(gettext("Arguments No Longer There"), &details.kernel_arguments_removed);
            let for_experts = [arguments, added, removed].into_iter().flatten().filter(|_| expert);
            version.into_iter().chain(for_experts).collect()
        }
    }
}

fn room(id: &DeploymentId, usage: &Read<DiskUsage>) -> Vec<Line> {
    let titles = [gettext("On Disk"), gettext("In /boot")];
    let lines = match usage {
        Read::Waiting => titles.map(Line::waiting),
        Read::There(usage) => {
            let of = usage.deployments.iter().find(|usage| usage.id == *id);
            let [disk, boot] = titles;
            [
                Line::fact(disk, own(of.map(|usage| usage.own_bytes))),
                Line::fact(boot, own(of.map(|usage| usage.boot_bytes))),
            ]
        }
        Read::Failed(_) => titles.map(|title| Line::fact(title, own(None))),
    };
    lines.into()
}

/// A size that only this deployment takes.
fn own(bytes: Option<u64>) -> String {
    match bytes {
        // Translators: what a version takes on disk; files that other versions have too are not counted.
        Some(bytes) => gettext("{size} for itself").replace("{size}", &wording::bytes(bytes).replace(' ', "\u{a0}")),
        None => gettext("Unknown"),
    }
}

fn configuration(readings: &Readings) -> Line {
    let title = gettext("Changes in /etc");
    let opens = |words| Line { end: LineEnd::Opens(Choice::ShowChanges), ..Line::fact(title.clone(), words) };
    match &readings.changes {
        Read::Waiting => Line::waiting(title),
        Read::There(changes) => opens(changes_page::count(changes)),
        Read::Failed(_) => opens(gettext("Could not be read")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ClientError;
    use isotope_model::{ConfigurationChanges, DeploymentUsage, TrustState};

    use super::super::test_states::{NOON, booted, deployment, service, snapshot, trust};
    use super::*;

    fn sheet(deployments: Vec<Deployment>, id: &DeploymentId, readings: &Readings) -> Option<Vec<Line>> {
        let view = SheetView::of(
            &super::super::Topic::Details(id.clone()),
            &service(snapshot(deployments)),
            readings,
            &Looker::for_tests(),
        )?;
        match view.page.body {
            SheetBody::Lists(groups) => Some(groups.into_iter().flat_map(|group| group.lines).collect()),
            SheetBody::Status(view, _) => unreachable!("{view:?}"),
        }
    }

    fn value(lines: &[Line], title: &str) -> Option<String> {
        lines.iter().find(|line| line.title == title).map(|line| line.subtitle.clone())
    }

    fn read() -> Readings {
        let id = booted('1').id;
        let signature = Signature {
            state: SignatureState::Verified,
            required: true,
            key: Some("ABCD".into()),
            signer: Some("Lab".into()),
            made: Some(NOON),
        };
        let details = DeploymentDetails {
            id: id.clone(),
            deployed: Some(NOON),
            digest: Some("sha256:1".into()),
            kernel: Some("6.1".into()),
            kernel_arguments: Some("quiet rw".into()),
            kernel_arguments_added: vec!["debug".into()],
            kernel_arguments_removed: vec!["quiet".into(), "splash".into()],
            signature,
        };
        let usage = DiskUsage {
            deployments: vec![DeploymentUsage { id, own_bytes: 1_200_000, boot_bytes: 50_000 }],
            ..DiskUsage::default()
        };
        Readings {
            details: Read::There(Arc::new(details)),
            usage: Read::There(Arc::new(usage)),
            changes: Read::There(Arc::new(ConfigurationChanges { hidden: 3, ..ConfigurationChanges::default() })),
            ..Readings::default()
        }
    }

    #[test]
    fn everything_that_is_known_is_shown() {
        let pinned = Deployment { pinned: true, ..booted('1') };
        let lines = sheet(vec![pinned], &booted('1').id, &read()).unwrap();
        for (title, words) in [
            ("State", "Running now\nPinned: no update and no clean-up removes it"),
            ("Built", "9 November 2026, 12:00"),
            ("Deployed", "18 November 2026, 12:00"),
            ("Follows", "lab:lab/10/x86_64/gnome"),
            ("Digest", "sha256:1"),
            ("Signature", "Verified with the key of Lab\nKey ABCD\nSigned on 18 November 2026"),
            ("Arguments", "quiet rw"),
            ("Arguments That Are New", "debug"),
            ("Arguments No Longer There", "quiet splash"),
            ("Updated By", "libostree"),
            ("On Disk", "1.2\u{a0}MB for itself"),
            ("In /boot", "50.0\u{a0}kB for itself"),
            ("Changes in /etc", "3 changes"),
        ] {
            assert_eq!(value(&lines, title).as_deref(), Some(words));
        }
    }

    #[test]
    fn a_container_is_shown_by_its_name_and_with_its_whole_reference() {
        let reference = "ostree-image-signed:docker://quay.io/lab/gnome:stable";
        let image = Some(ImageReference::Container { reference: reference.into() });
        let runs = Deployment { image, digest: Some("sha256:2".into()), ..booted('1') };
        let mut readings = read();
        let told = trust(reference, TrustState::Unchecked);
        readings.trusts.insert(reference.into(), Read::There(Arc::new(told)));
        let lines = sheet(vec![runs], &booted('1').id, &readings).unwrap();
        for (title, words) in [
            ("Follows", "quay.io/lab/gnome:stable"),
            ("Reference", reference),
            ("Digest", "sha256:2"),
            ("Signature", "Not checked\nInstalled without a check of its signature"),
        ] {
            assert_eq!(value(&lines, title).as_deref(), Some(words));
        }
    }

    #[test]
    fn what_was_changed_with_rpm_ostree_is_told() {
        let layered = isotope_model::Layered { packages: vec!["vim".into(), "htop".into()], ..Default::default() };
        let base_checksum = Some("b".repeat(64));
        let changed = Deployment { layered, base_checksum, applied_live: true, ..booted('1') };
        let lines = sheet(vec![changed], &booted('1').id, &read()).unwrap();
        assert_eq!(value(&lines, "Packages Added").as_deref(), Some("vim, htop"));
        assert_eq!(value(&lines, "Commit of the Image"), Some("b".repeat(64)));
        assert!(lines.iter().any(|line| line.tone == Tone::Warning));
    }

    #[test]
    fn what_starts_next_is_called_that() {
        let state = |deployments: Vec<Deployment>| {
            value(&sheet(deployments, &deployment('1').id, &Readings::default()).unwrap(), "State").unwrap()
        };
        assert_eq!(state(vec![deployment('1'), booted('2')]), "Starts after a restart");
        let behind = vec![super::super::test_states::staged('3'), deployment('1'), booted('2')];
        assert_eq!(state(behind), "Before the running one in the boot order");
    }

    #[test]
    fn what_is_not_known_yet_waits_and_what_nobody_knows_is_called_unknown() {
        let id = booted('1').id;
        let waiting = sheet(vec![booted('1')], &id, &Readings::default()).unwrap();
        assert!(waiting.iter().filter(|line| line.end == LineEnd::Waiting).count() >= 5);
        let elsewhere = Readings { usage: Read::There(Arc::default()), ..Readings::default() };
        let lines = sheet(vec![booted('1')], &id, &elsewhere).unwrap();
        assert_eq!(value(&lines, "On Disk").as_deref(), Some("Unknown"));
    }

    #[test]
    fn what_only_programs_need_is_shown_to_experts() {
        let state = service(snapshot(vec![booted('1')]));
        let lines = |expert_details| {
            let looker = Looker { expert_details, ..Looker::for_tests() };
            match of(&booted('1').id, &state, &read(), &looker).unwrap().page.body {
                SheetBody::Lists(groups) => groups.into_iter().flat_map(|group| group.lines).collect::<Vec<_>>(),
                SheetBody::Status(view, _) => unreachable!("{view:?}"),
            }
        };
        let (plain, expert) = (lines(false), lines(true));
        for title in ["Digest", "Commit", "Arguments", "Arguments That Are New"] {
            assert!(value(&plain, title).is_none() && value(&expert, title).is_some(), "{title}");
        }
        let rest: Vec<_> = expert.into_iter().filter(|line| plain.contains(line)).collect();
        assert_eq!(rest, plain);
        assert!(value(&plain, "Signature").is_some() && value(&plain, "Changes in /etc").is_some());
    }

    #[test]
    fn a_reading_that_failed_is_told_and_can_be_tried_again() {
        let failed = Readings { details: Read::Failed(Arc::new(ClientError::ServiceMissing)), ..read() };
        let lines = sheet(vec![booted('1')], &booted('1').id, &failed).unwrap();
        let retry = |line: &Line| matches!(&line.end, LineEnd::Button(button) if button.choice == Choice::Retry);
        assert!(lines.iter().any(retry));
        assert_eq!(value(&lines, "Signature"), None);
    }

    #[test]
    fn a_deployment_that_is_gone_has_no_sheet() {
        assert!(sheet(vec![booted('1')], &deployment('7').id, &read()).is_none());
    }
}
