// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::catalog::CpuBaseline;

/// What is known of this computer's processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Processor {
    /// The highest level that it has; absent where it has less than the lowest that there is a name for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<CpuBaseline>,
}

/// What each level adds, as Linux names it. Source: the x86-64 psABI, "Micro-Architecture Levels", and Linux's
/// `cpufeatures.h`, where `pni` is SSE3 and `abm` is LZCNT.
const LEVELS: [(CpuBaseline, &[&str]); 3] = [
    (CpuBaseline::X86_64V2, &["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"]),
    (CpuBaseline::X86_64V3, &["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]),
    (CpuBaseline::X86_64V4, &["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
];

impl Processor {
    /// Reads the first `flags` line of `/proc/cpuinfo`; nothing where there is none, as on all that is not x86.
    pub fn of_cpuinfo(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix("flags")?.trim_start().strip_prefix(':'))?;
        let flags: Vec<&str> = line.split_whitespace().collect();
        let has = |needed: &[&str]| needed.iter().all(|flag| flags.contains(flag));
        let reached = LEVELS.iter().take_while(|(_, needed)| has(needed)).last();
        Some(Self { baseline: reached.map(|(level, _)| *level) })
    }

    /// It can run what needs this; what nobody knows is not held against it.
    pub fn runs(self, needs: CpuBaseline) -> bool {
        needs == CpuBaseline::Unknown || self.baseline.is_some_and(|has| has >= needs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(levels: usize) -> String {
        let all = LEVELS.iter().take(levels).flat_map(|(_, flags)| flags.iter().copied());
        format!("processor\t: 0\nflags\t\t: fpu {}\nbugs\t\t: x\n", all.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn the_highest_level_whose_flags_are_all_there_counts() {
        for (levels, expected) in
            [None, Some(CpuBaseline::X86_64V2), Some(CpuBaseline::X86_64V3), Some(CpuBaseline::X86_64V4)]
                .into_iter()
                .enumerate()
        {
            assert_eq!(Processor::of_cpuinfo(&flags(levels)), Some(Processor { baseline: expected }));
        }
        let hole = flags(3).replace("popcnt", "");
        assert_eq!(Processor::of_cpuinfo(&hole), Some(Processor { baseline: None }));
        assert_eq!(Processor::of_cpuinfo("Features : fp asimd"), None);
    }

    #[test]
    fn what_needs_more_does_not_run() {
        let second = Processor { baseline: Some(CpuBaseline::X86_64V2) };
        assert!(second.runs(CpuBaseline::X86_64V2) && !second.runs(CpuBaseline::X86_64V3));
        assert!(second.runs(CpuBaseline::Unknown) && !Processor { baseline: None }.runs(CpuBaseline::X86_64V2));
    }
}
