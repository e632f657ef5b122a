// SPDX-License-Identifier: GPL-3.0-or-later
//! What a switch would be refused with, by what was found before it.

use isotope_model::{Concern, Finding, LayeredEffect, Preflight, Refusal};

/// The refusal that the first finding amounts to that keeps the switch from being made; nothing where none does. With a
/// `reset` of what rpm-ostree has changed, or without.
pub(crate) fn refusal(preflight: &Preflight, reset: bool) -> Option<Refusal> {
    preflight.blocking(reset).next().map(|finding| of_finding(finding, preflight))
}

fn of_finding(finding: &Finding, preflight: &Preflight) -> Refusal {
    let reference = || preflight.image.to_string();
    match &finding.concern {
        Concern::Refused { refusal } | Concern::NotLookedAt { refusal } => refusal.clone(),
        Concern::Layered { effect: LayeredEffect::NeedsReset, .. } => Refusal::NeedsReset { reference: reference() },
        Concern::Layered { layered, .. } => {
            Refusal::LocallyModified { detail: layered.names().collect::<Vec<_>>().join(", ") }
        }
        Concern::Processor { .. } => {
            Refusal::WrongArchitecture { reference: reference(), found: None, expected: None, detail: String::new() }
        }
        Concern::Outdated { .. } => Refusal::ImageNotFound { reference: reference(), detail: String::new() },
        Concern::LittleSpace { place, needed, free } => Refusal::NoSpace {
            detail: String::new(),
            place: Some(place.clone()),
            needed: Some(*needed),
            free: Some(*free),
        },
        Concern::WeakerCheck { .. } => Refusal::WouldLoseVerification { reference: reference() },
        // A newer service finds something in the way that this version has no word for.
        _ => Refusal::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::catalog::CpuBaseline;
    use isotope_model::{Layered, Severity};

    use super::*;
    use crate::exit_code::Exit;
    use crate::render::samples;

    #[test]
    fn the_first_that_is_in_the_way_says_how_it_would_end() {
        let blocking = |concern| Finding { severity: Severity::Blocking, concern };
        let forbidden = Refusal::SwitchForbidden { reference: "q.io/o/s".into() };
        let layered = Layered { packages: vec!["htop".into()], ..Layered::default() };
        for (concern, code, exit) in [
            (Concern::Refused { refusal: forbidden }, "switch-forbidden", Exit::NotAuthorised),
            (
                Concern::Layered { layered: layered.clone(), effect: LayeredEffect::Blocks },
                "locally-modified",
                Exit::NotPossible,
            ),
            (Concern::Layered { layered, effect: LayeredEffect::NeedsReset }, "needs-reset", Exit::NotPossible),
            (Concern::Processor { needs: CpuBaseline::X86_64V3, has: None }, "wrong-architecture", Exit::ImageRefused),
            (Concern::Unknown, "unknown", Exit::Failed),
        ] {
            let mut preflight = samples::preflight();
            assert_eq!((refusal(&preflight, false), Exit::of_preflight(&preflight, false)), (None, Exit::Done));
            preflight.findings.insert(0, blocking(concern));
            preflight.findings.insert(1, blocking(Concern::OneWay));
            assert_eq!(refusal(&preflight, false).unwrap().code(), code);
            assert_eq!(Exit::of_preflight(&preflight, false), exit);
        }
    }

    #[test]
    fn what_is_taken_back_is_in_the_way_no_more() {
        let layered = Layered { packages: vec!["htop".into()], ..Layered::default() };
        let mut preflight = samples::preflight();
        let concern = Concern::Layered { layered, effect: LayeredEffect::NeedsReset };
        preflight.findings.insert(0, Finding { severity: Severity::Blocking, concern });
        assert_eq!(Exit::of_preflight(&preflight, false), Exit::NotPossible);
        assert_eq!(Exit::of_preflight(&preflight, true), Exit::Done);
        let concern =
            Concern::Refused { refusal: Refusal::NotBootable { reference: "x".into(), detail: String::new() } };
        preflight.findings.push(Finding { severity: Severity::Blocking, concern });
        assert_eq!(Exit::of_preflight(&preflight, true), Exit::ImageRefused);
    }
}
