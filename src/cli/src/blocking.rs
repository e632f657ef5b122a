// SPDX-License-Identifier: GPL-3.0-or-later
//! What a switch would be refused with, by what was found before it.

use isotope_model::{Concern, Finding, Preflight, Refusal, Severity};

/// The refusal that the first finding amounts to that keeps the switch from being made; nothing where none does.
pub(crate) fn refusal(preflight: &Preflight) -> Option<Refusal> {
    preflight.of_severity(Severity::Blocking).next().map(|finding| of_finding(finding, preflight))
}

fn of_finding(finding: &Finding, preflight: &Preflight) -> Refusal {
    let reference = || preflight.image.to_string();
    match &finding.concern {
        Concern::Refused { refusal } | Concern::NotLookedAt { refusal } => refusal.clone(),
        Concern::Layered { layered } => {
            let changed: Vec<_> = layered.packages.iter().chain(&layered.overrides).map(String::as_str).collect();
            Refusal::LocallyModified { detail: changed.join(", ") }
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
    use isotope_model::Layered;
    use isotope_model::catalog::CpuBaseline;

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
            (Concern::Layered { layered }, "locally-modified", Exit::NotPossible),
            (Concern::Processor { needs: CpuBaseline::X86_64V3, has: None }, "wrong-architecture", Exit::ImageRefused),
            (Concern::Unknown, "unknown", Exit::Failed),
        ] {
            let mut preflight = samples::preflight();
            assert_eq!((refusal(&preflight), Exit::of_preflight(&preflight)), (None, Exit::Done));
            preflight.findings.insert(0, blocking(concern));
            preflight.findings.insert(1, blocking(Concern::OneWay));
            assert_eq!(refusal(&preflight).unwrap().code(), code);
            assert_eq!(Exit::of_preflight(&preflight), exit);
        }
    }
}
