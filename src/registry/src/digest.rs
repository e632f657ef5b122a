// SPDX-License-Identifier: GPL-3.0-or-later
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::failure::{Failure, quoted};

/// The digest by which everything is named that names no other.
pub(crate) fn of(content: &[u8]) -> String {
    format!("sha256:{}", hexadecimal(&Sha256::digest(content)))
}

/// The content must be what the digest says.
pub(crate) fn check(content: &[u8], expected: &str) -> Result<(), Failure> {
    let found = match expected.split_once(':') {
        Some(("sha512", _)) => format!("sha512:{}", hexadecimal(&Sha512::digest(content))),
        Some(("sha384", _)) => format!("sha384:{}", hexadecimal(&Sha384::digest(content))),
        _ => of(content),
    };
    match found == expected {
        true => Ok(()),
        false => Err(Failure::Corrupted(format!("{} is expected and {found} is what came", quoted(expected)))),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use isotope_model::is_digest;

    use super::*;

    #[test]
    fn content_is_what_its_digest_says_or_it_is_damaged() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(of(b""), empty);
        assert_eq!(check(b"", empty), Ok(()));
        assert!(matches!(check(b"x", empty), Err(Failure::Corrupted(_))));
        assert!(matches!(check(b"", "md5:d41d8cd98f00b204e9800998ecf8427e"), Err(Failure::Corrupted(_))));
        let long = format!("sha512:{}", hexadecimal(&Sha512::digest(b"y")));
        assert!(check(b"y", &long).is_ok() && is_digest(&long));
    }

    #[test]
    fn digests_have_a_form() {
        let digest = |algorithm: &str, length| format!("{algorithm}:{}", "a".repeat(length));
        assert!(is_digest(&digest("sha256", 64)));
        for text in [digest("sha256", 63), digest("md5", 32), "sha256".into(), digest("sha256", 64).to_uppercase()] {
            assert!(!is_digest(&text), "{text}");
        }
    }
}
