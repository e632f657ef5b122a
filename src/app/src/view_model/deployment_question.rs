// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{
    BootOrderPlan, Deployment, DeploymentId, DiskUsage, OperationKind, PublishedVersion, Refusal, RollbackPlan,
    Snapshot, check_target, classify,
};

use super::Question;
use super::names::told_apart;
use super::versions_sheet::label;

impl Question {
    /// What to ask before a deployment is made the one that starts next.
    pub(crate) fn start_next(snapshot: &Snapshot, id: &DeploymentId) -> Result<Self, Refusal> {
        let plan = BootOrderPlan::starting(snapshot, id)?;
        let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
        let target = found(snapshot, id)?;
        let (target_name, running) = told_apart(target, booted);
        let body = match target.booted {
            true => gettext("The next restart will start {target} again, which runs now."),
            false => gettext(
                "This computer runs {running} now. The next restart will start {target}. Your personal files stay as \
                 they are, and {running} is kept.",
            ),
        };
        let name = if target.booted { target.label().to_owned() } else { target_name };
        let mut question = Self {
            heading: gettext("Start {target} Next?").replace("{target}", &name),
            body: body.replace("{target}", &name).replace("{running}", &running),
            yes: gettext("Start _Next"),
            destructive: false,
        };
        if let Some(staged) = plan.discards.and_then(|id| snapshot.deployment(&id)) {
            question.destructive = true;
            question.add(gettext("{version}, which is ready, will be discarded.").replace("{version}", staged.label()));
        }
        Ok(question)
    }

    /// What to ask before going back to what ran before a switch.
    pub(crate) fn go_back(snapshot: &Snapshot, before: &DeploymentId) -> Result<Self, Refusal> {
        let mut question = Self::start_next(snapshot, before)?;
        question.add(gettext("Accounts and passwords that were changed since are those of before again."));
        let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
        let (name, _) = told_apart(found(snapshot, before)?, booted);
        Ok(Self {
            heading: gettext("Go Back to {target}?").replace("{target}", &name),
            yes: gettext("_Go Back"),
            ..question
        })
    }

    /// What to ask before a staged deployment is discarded.
    pub(crate) fn discard(snapshot: &Snapshot, id: &DeploymentId) -> Result<Self, Refusal> {
        let plan = BootOrderPlan::discarding(snapshot)?;
        let staged = found(snapshot, id)?;
        let next = found(snapshot, &plan.boots_next)?;
        let (staged_name, next_name) = told_apart(staged, next);
        let body = gettext(
            "{staged} is ready and will be thrown away. The next restart will start {next}. To have {staged} after \
             all, it must be downloaded again.",
        );
        Ok(Self {
            heading: gettext("Discard {staged}?").replace("{staged}", &staged_name),
            body: body.replace("{staged}", &staged_name).replace("{next}", &next_name),
            yes: gettext("_Discard"),
            destructive: true,
        })
    }

    /// What to ask before a deployment is removed.
    pub(crate) fn remove(snapshot: &Snapshot, id: &DeploymentId, usage: Option<&DiskUsage>) -> Result<Self, Refusal> {
        check_target(OperationKind::Remove, snapshot, id)?;
        let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
        let (name, _) = told_apart(found(snapshot, id)?, booted);
        let body = match usage.and_then(|usage| usage.of(id)) {
            Some(freed) => gettext(
                "The version is deleted from this computer, which frees {size}. Your personal files stay as they are.",
            )
            .replace("{size}", &wording::bytes(freed).replace(' ', "\u{a0}")),
            None => gettext("The version is deleted from this computer. Your personal files stay as they are."),
        };
        let mut question = Self {
            heading: gettext("Remove {version}?").replace("{version}", &name),
            body,
            yes: gettext("_Remove"),
            destructive: true,
        };
        let after = without(snapshot, id);
        if RollbackPlan::of(snapshot).is_ok() && RollbackPlan::of(&after).is_err() {
            question.add(gettext("After that there is no other version on this computer to go back to."));
        }
        Ok(question)
    }

    /// What to ask before a version is downloaded and staged.
    pub(crate) fn deploy(snapshot: &Snapshot, version: &PublishedVersion) -> Result<Self, Refusal> {
        let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
        let older = matches!((version.built, booted.built), (Some(built), Some(runs)) if built < runs);
        let body = match older {
            true => gettext(
                "{version} is older than {running}, which runs now. It is downloaded and starts with the next \
                 restart. Your personal files stay as they are, and {running} is kept.",
            ),
            false => gettext(
                "{version} is downloaded and starts with the next restart. Your personal files stay as they are, and \
                 {running} is kept.",
            ),
        };
        let mut question = Self {
            heading: gettext("Download {version}?").replace("{version}", &label(version)),
            body: body.replace("{version}", &label(version)).replace("{running}", booted.label()),
            yes: gettext("_Download"),
            destructive: false,
        };
        if let Some(staged) = snapshot.staged() {
            question.add(gettext("It replaces {version}, which is ready now.").replace("{version}", staged.label()));
        }
        Ok(question)
    }

    fn add(&mut self, paragraph: String) {
        self.body.push_str("\n\n");
        self.body.push_str(&paragraph);
    }
}

fn found<'a>(snapshot: &'a Snapshot, id: &DeploymentId) -> Result<&'a Deployment, Refusal> {
    snapshot.deployment(id).ok_or_else(|| Refusal::UnknownDeployment { deployment: id.clone() })
}

/// How the host would stand without this deployment.
fn without(snapshot: &Snapshot, id: &DeploymentId) -> Snapshot {
    let mut deployments = snapshot.deployments.clone();
    deployments.retain(|deployment| deployment.id != *id);
    classify(&mut deployments);
    Snapshot { deployments, ..snapshot.clone() }
}

#[cfg(test)]
mod tests {
    use isotope_model::DeploymentUsage;

    use super::super::test_states::{NOON, booted, deployment, snapshot, staged};
    use super::*;

    #[test]
    fn starting_another_one_next_names_what_is_discarded_by_it() {
        let three = snapshot(vec![staged('3'), booted('2'), deployment('1')]);
        let question = Question::start_next(&three, &deployment('1').id).unwrap();
        assert_eq!(question.heading, "Start 10.1 Next?");
        assert!(question.body.contains("start 10.1") && question.body.contains("10.3, which is ready"));
        assert!(question.destructive);
        let two = snapshot(vec![booted('2'), deployment('1')]);
        assert!(!Question::start_next(&two, &deployment('1').id).unwrap().destructive);
        assert!(Question::start_next(&two, &deployment('2').id).is_err());
    }

    #[test]
    fn staying_with_what_runs_is_asked_in_other_words() {
        let queued = snapshot(vec![deployment('1'), booted('2')]);
        let question = Question::start_next(&queued, &deployment('2').id).unwrap();
        assert_eq!(question.heading, "Start 10.2 Next?");
        assert!(question.body.contains("again"));
    }

    #[test]
    fn discarding_says_what_starts_instead() {
        let question = Question::discard(&snapshot(vec![staged('3'), booted('2')]), &staged('3').id).unwrap();
        assert!(question.body.contains("start 10.2") && question.destructive);
    }

    #[test]
    fn removing_says_what_it_frees_and_what_is_lost() {
        let usage = DiskUsage {
            deployments: vec![DeploymentUsage { id: deployment('1').id, own_bytes: 2_000_000, boot_bytes: 0 }],
            ..DiskUsage::default()
        };
        let body = |deployments, digit, usage| {
            Question::remove(&snapshot(deployments), &deployment(digit).id, usage).unwrap().body
        };
        let last = body(vec![booted('2'), deployment('1')], '1', Some(&usage));
        assert!(last.contains("frees 2.0\u{a0}MB") && last.contains("no other version"));
        let one_of_two = body(vec![booted('2'), deployment('1'), deployment('0')], '1', None);
        assert!(!one_of_two.contains("frees") && !one_of_two.contains("no other version"));
        let first = snapshot(vec![deployment('3'), booted('2'), deployment('1')]);
        assert!(Question::remove(&first, &deployment('3').id, None).is_err(), "it starts next");
        assert!(Question::remove(&snapshot(vec![booted('2')]), &booted('2').id, None).is_err());
    }

    #[test]
    fn an_older_version_is_called_that_before_it_is_downloaded() {
        let asked = |built, deployments| {
            let version = PublishedVersion { checksum: "9".repeat(64), version: Some("10.9".into()), built };
            Question::deploy(&snapshot(deployments), &version).unwrap().body
        };
        assert!(asked(Some(0), vec![booted('2')]).contains("older than 10.2"));
        assert!(!asked(Some(NOON), vec![booted('2')]).contains("older"));
        assert!(asked(None, vec![staged('3'), booted('2')]).contains("replaces 10.3"));
    }
}
