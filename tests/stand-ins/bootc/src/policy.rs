// SPDX-License-Identifier: GPL-3.0-or-later
//! What bootc itself asks of the host's signature policy; the rest is skopeo's business.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

const FILES: [&str; 2] = ["/etc/containers/policy.json", "/usr/share/containers/policy.json"];

/// Refuses a policy that accepts whatever it says nothing of.
pub(crate) fn require_enforcing() -> Result<()> {
    let file = FILES.into_iter().map(Path::new).find(|file| file.exists()).unwrap_or(Path::new(FILES[0]));
    let text = std::fs::read(file).with_context(|| format!("Opening {}", file.display()))?;
    let policy: Value = serde_json::from_slice(&text).with_context(|| format!("Parsing {}", file.display()))?;
    let accepts = |rule: &Value| rule["type"] == "insecureAcceptAnything";
    ensure!(
        !policy["default"].as_array().is_some_and(|rules| rules.iter().any(accepts)),
        "containers-policy.json specifies a default of `insecureAcceptAnything`; refusing usage"
    );
    Ok(())
}
