// SPDX-License-Identifier: GPL-3.0-or-later
//! Flags of the methods that end the system; see org.freedesktop.login1(5).

use super::error::LoginError;
use crate::control::Start;

const CHECK_INHIBITORS_OF_ROOT: u64 = 1 << 0;
const KEXEC: u64 = 1 << 1;
const SOFT: u64 = 1 << 2;
const SOFT_IF_NEXT_ROOT: u64 = 1 << 3;
const SKIP_INHIBITORS: u64 = 1 << 4;
const KNOWN: u64 = CHECK_INHIBITORS_OF_ROOT | KEXEC | SOFT | SOFT_IF_NEXT_ROOT | SKIP_INHIBITORS;

/// Which restart is meant by the flags of `RebootWithFlags`, where a system stands ready for a soft one or not.
pub(super) fn start_meant(flags: u64, next_root: bool) -> Result<Start, LoginError> {
    if flags & !KNOWN != 0 {
        return Err(LoginError::InvalidArgs("Invalid flags parameter".to_owned()));
    }
    if flags & KEXEC != 0 && flags & SOFT != 0 {
        let message = "Both reboot via kexec and soft reboot selected, which is not supported";
        return Err(LoginError::InvalidArgs(message.to_owned()));
    }
    let soft = flags & SOFT != 0 || (flags & SOFT_IF_NEXT_ROOT != 0 && next_root);
    Ok(if soft { Start::Soft } else { Start::Hard })
}

/// Inhibitors are passed over.
pub(super) fn skip_inhibitors(flags: u64) -> bool {
    flags & SKIP_INHIBITORS != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_mean_what_they_mean_to_the_login_manager() {
        for (flags, next_root, start) in [
            (0, true, Some(Start::Hard)),
            (KEXEC, true, Some(Start::Hard)),
            (SOFT, false, Some(Start::Soft)),
            (SOFT_IF_NEXT_ROOT, false, Some(Start::Hard)),
            (SOFT_IF_NEXT_ROOT, true, Some(Start::Soft)),
            (SOFT_IF_NEXT_ROOT | KEXEC, true, Some(Start::Soft)),
            (SOFT | KEXEC, true, None),
            (1 << 5, true, None),
        ] {
            assert_eq!(start_meant(flags, next_root).ok(), start, "{flags:#b}");
        }
    }
}
