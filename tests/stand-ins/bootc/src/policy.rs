// SPDX-License-Identifier: GPL-3.0-or-later
//! What bootc itself asks of the host's signature policy; the rest is skopeo's business.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

const FILES: [&str; 2] = ["/etc/containers/policy.json", "/usr/share/containers/policy.json"];
const ACCEPT: &str = "insecureAcceptAnything";

/// As much of it as bootc looks at.
#[derive(Deserialize)]
struct Policy {
    default: Option<Vec<Requirement>>,
}

#[derive(Deserialize)]
struct Requirement {
    #[serde(rename = "type")]
    kind: String,
}

impl Policy {
    /// The default is this one requirement; beside others it takes nothing away from them.
    fn accepts_everything_by_default(&self) -> bool {
        matches!(self.default.as_deref(), Some([only]) if only.kind == ACCEPT)
    }
}

/// Refuses a policy that accepts whatever it says nothing of.
pub(crate) fn require_enforcing() -> Result<()> {
    let file = FILES.into_iter().map(Path::new).find(|file| file.exists()).unwrap_or(Path::new(FILES[0]));
    let text = std::fs::read(file).with_context(|| format!("Opening {}", file.display()))?;
    let policy: Policy = serde_json::from_slice(&text).with_context(|| format!("Parsing {}", file.display()))?;
    ensure!(
        !policy.accepts_everything_by_default(),
        "containers-policy.json specifies a default of `{ACCEPT}`; refusing usage"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_default_that_accepts_and_nothing_else_is_refused() {
        let accepts = |text: &str| serde_json::from_str::<Policy>(text).unwrap().accepts_everything_by_default();
        assert!(accepts(r#"{"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{}}}"#));
        for text in [
            r#"{"default":[{"type":"insecureAcceptAnything"},{"type":"reject"}]}"#,
            r#"{"default":[{"type":"insecureAcceptAnything"},{"type":"insecureAcceptAnything"}]}"#,
            r#"{"default":[{"type":"reject"}]}"#,
            r#"{"default":[]}"#,
            r#"{"transports":{}}"#,
        ] {
            assert!(!accepts(text), "{text}");
        }
        for text in ["{", r#"{"default":[{}]}"#, r#"{"default":{"type":"reject"}}"#] {
            assert!(serde_json::from_str::<Policy>(text).is_err(), "{text}");
        }
    }
}
