// SPDX-License-Identifier: GPL-3.0-or-later
//! Which deployment a start of the computer came up with, and whether that was what one had to expect.

use serde::{Deserialize, Serialize};

use crate::{DeploymentId, Snapshot};

/// Why a deployment is expected to start next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedBecause {
    /// It is staged.
    Staged,
    /// Health checks had failed, and it was put first in the boot order for that.
    HealthChecks,
    /// It is first in the boot order.
    #[default]
    #[serde(other)]
    Default,
}

/// What the next start has to come up with, as it stood when somebody last looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BootExpectation {
    /// The start of the computer in which this was written down; see `random(4)`, `boot_id`.
    pub boot_id: String,
    /// The deployment.
    pub deployment: DeploymentId,
    /// Its version, in case that it is gone by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Why it.
    #[serde(default)]
    pub because: ExpectedBecause,
    /// The computer was shut down in an orderly way after this was written.
    #[serde(default)]
    pub shut_down: bool,
    /// How greenboot's countdown stood at that time; one that stands still tells nothing about the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_counter: Option<i64>,
}

/// What the boot loader and libostree left behind, as the engine reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BootEvidence {
    /// What libostree said when it could not finalise the staged deployment at the last shutdown. Source:
    /// `/boot/ostree/finalize-failure.stamp`, libostree's `ostree-sysroot-deploy.c`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finalisation_failure: Option<String>,
    /// The countdown of failed starts that greenboot keeps for GRUB, `boot_counter` in its environment block: -1 once
    /// GRUB has fallen back, 0 when the next failure would make it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_counter: Option<i64>,
    /// The deployments whose boot entries have no tries left, by the boot loader's own counting. Source: the Boot Loader
    /// Specification's "+LEFT-DONE" in names of entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_tries: Vec<DeploymentId>,
}

/// What is to be said of a start of the computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum BootVerdict {
    /// It came up as expected.
    AsExpected,
    /// Nothing was expected: it is the first start that was written down.
    First,
    /// The staged deployment is gone: the computer was switched off before it could be finalised.
    StagedLost {
        /// The version that was to start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
    },
    /// The staged deployment is gone although the computer was shut down in an orderly way, and nobody says why.
    NotFinalised {
        /// The version that was to start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
    },
    /// libostree could not finalise the staged deployment.
    FinalisationFailed {
        /// The version that was to start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
        /// What libostree said.
        detail: String,
    },
    /// The boot loader gave up on the expected deployment and started another.
    FellBack {
        /// The version that was to start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
    },
    /// Health checks failed, and the previous deployment was put back.
    HealthChecksFailed {
        /// The version that was given up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
    },
    /// Another one was started, and nothing tells why: usually somebody chose it in the boot menu.
    AnotherStarted {
        /// The version that was to start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
    },
    /// Nothing is known, or a newer service says something else.
    #[default]
    #[serde(other)]
    Unknown,
}

/// A start of the computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BootRecord {
    /// When, in seconds since 1970.
    pub time: u64,
    /// Which start; see `random(4)`, `boot_id`.
    #[serde(default)]
    pub boot_id: String,
    /// What it came up with.
    pub deployment: DeploymentId,
    /// The version of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The name of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is to be said of it.
    #[serde(flatten)]
    pub verdict: BootVerdict,
}

impl BootRecord {
    /// Whether a person has to be told.
    pub fn is_surprising(&self) -> bool {
        !matches!(self.verdict, BootVerdict::AsExpected | BootVerdict::First | BootVerdict::Unknown)
    }
}

/// What is to be said of a start, from what was expected before it, what stands now, and what was left behind.
pub fn judge_boot(expected: Option<&BootExpectation>, now: &Snapshot, evidence: &BootEvidence) -> BootVerdict {
    let Some(booted) = now.booted() else { return BootVerdict::Unknown };
    let Some(expectation) = expected else { return BootVerdict::First };
    let expected = expectation.version.clone();
    if booted.id == expectation.deployment {
        return match expectation.because {
            ExpectedBecause::HealthChecks => BootVerdict::HealthChecksFailed { expected: given_up(now) },
            _ => BootVerdict::AsExpected,
        };
    }
    let here = now.deployment(&expectation.deployment).is_some();
    if expectation.because == ExpectedBecause::Staged && !here {
        return match &evidence.finalisation_failure {
            Some(detail) => BootVerdict::FinalisationFailed { expected, detail: detail.clone() },
            None if expectation.shut_down => BootVerdict::NotFinalised { expected },
            None => BootVerdict::StagedLost { expected },
        };
    }
    if evidence.boot_counter.is_some_and(|counter| counter < 0) && evidence.boot_counter != expectation.boot_counter {
        return BootVerdict::HealthChecksFailed { expected };
    }
    if evidence.without_tries.contains(&expectation.deployment) {
        return BootVerdict::FellBack { expected };
    }
    BootVerdict::AnotherStarted { expected }
}

/// The version that health checks gave up: what came before the booted one.
fn given_up(now: &Snapshot) -> Option<String> {
    now.written().find(|deployment| !deployment.booted).map(|deployment| deployment.label().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;
    use crate::{Deployment, Host, classify};

    fn host(order: &[char], booted: char) -> Snapshot {
        let mut deployments: Vec<_> =
            order.iter().map(|digit| Deployment { booted: *digit == booted, ..deployment(*digit) }).collect();
        classify(&mut deployments);
        Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    fn expect(digit: char, because: ExpectedBecause) -> BootExpectation {
        let version = Some(format!("1.{digit}"));
        BootExpectation {
            boot_id: "b".into(),
            deployment: deployment(digit).id,
            version,
            because,
            shut_down: false,
            boot_counter: None,
        }
    }

    #[test]
    fn each_kind_of_start_gets_its_verdict() {
        use ExpectedBecause::{Default as First, HealthChecks, Staged};
        let nothing = BootEvidence::default();
        let stamp = BootEvidence { finalisation_failure: Some("no space".into()), ..BootEvidence::default() };
        let counted = BootEvidence { boot_counter: Some(-1), ..BootEvidence::default() };
        let tried = BootEvidence { without_tries: vec![deployment('2').id], ..BootEvidence::default() };
        let two = Some("1.2".to_owned());
        let table = [
            (expect('2', Staged), host(&['2', '1'], '2'), &nothing, BootVerdict::AsExpected),
            (expect('1', First), host(&['1'], '1'), &nothing, BootVerdict::AsExpected),
            (expect('2', Staged), host(&['1'], '1'), &nothing, BootVerdict::StagedLost { expected: two.clone() }),
            (
                expect('2', Staged),
                host(&['1'], '1'),
                &stamp,
                BootVerdict::FinalisationFailed { expected: two.clone(), detail: "no space".into() },
            ),
            (
                expect('2', Staged),
                host(&['2', '1'], '1'),
                &counted,
                BootVerdict::HealthChecksFailed { expected: two.clone() },
            ),
            (expect('2', First), host(&['2', '1'], '1'), &tried, BootVerdict::FellBack { expected: two.clone() }),
            (
                expect('2', First),
                host(&['2', '1'], '1'),
                &nothing,
                BootVerdict::AnotherStarted { expected: two.clone() },
            ),
            (
                expect('1', HealthChecks),
                host(&['1', '2'], '1'),
                &nothing,
                BootVerdict::HealthChecksFailed { expected: two.clone() },
            ),
        ];
        for (expectation, now, evidence, verdict) in table {
            assert_eq!(judge_boot(Some(&expectation), &now, evidence), verdict, "{expectation:?}");
        }
        let orderly = BootExpectation { shut_down: true, ..expect('2', Staged) };
        let verdict = BootVerdict::NotFinalised { expected: two.clone() };
        assert_eq!(judge_boot(Some(&orderly), &host(&['1'], '1'), &nothing), verdict);
        // What stood so before, or is about another deployment, tells nothing about this start.
        let another = BootVerdict::AnotherStarted { expected: two };
        let stale = BootExpectation { boot_counter: Some(-1), ..expect('2', First) };
        assert_eq!(judge_boot(Some(&stale), &host(&['2', '1'], '1'), &counted), another);
        let elsewhere = BootEvidence { without_tries: vec![deployment('3').id], ..BootEvidence::default() };
        assert_eq!(judge_boot(Some(&expect('2', First)), &host(&['2', '1'], '1'), &elsewhere), another);
        assert_eq!(judge_boot(None, &host(&['1'], '1'), &nothing), BootVerdict::First);
        assert_eq!(judge_boot(None, &Snapshot::default(), &nothing), BootVerdict::Unknown);
    }

    #[test]
    fn records_survive_being_written() {
        let record = BootRecord {
            time: 5,
            boot_id: "b".into(),
            deployment: deployment('1').id,
            version: None,
            name: None,
            verdict: BootVerdict::StagedLost { expected: Some("2".into()) },
        };
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<BootRecord>(&text).unwrap(), record, "{text}");
        assert!(record.is_surprising());
    }
}
