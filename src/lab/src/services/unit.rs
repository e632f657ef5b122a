// SPDX-License-Identifier: GPL-3.0-or-later
//! Reading a unit file as far as the lab obeys it.

use std::path::Path;

use anyhow::{Context, Result};

/// The assignments of a unit file, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit(Vec<(String, String, String)>);

impl Unit {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let (mut unit, mut section) = (Self::default(), String::new());
        for line in text.lines().map(str::trim) {
            if line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.clone_into(&mut section);
            } else if let Some((name, value)) = line.split_once('=') {
                unit.0.push((section.clone(), name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        unit
    }

    /// The last value of `name` in `section`.
    pub(super) fn value(&self, section: &str, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(in_section, key, _)| in_section == section && key == name);
        found.map(|(_, _, value)| value.as_str())
    }

    /// The same, as a file mode.
    pub(super) fn mode(&self, section: &str, name: &str) -> Result<Option<u32>> {
        let parse = |text: &str| u32::from_str_radix(text, 8).with_context(|| format!("{name}={text} is no file mode"));
        self.value(section, name).map(parse).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_assignment_of_the_section_counts() {
        let unit = Unit::parse("[Unit]\nA=x\n# A=y\n[Socket]\nA = 0660\nA=0600\nB=many\n");
        assert_eq!(unit.value("Unit", "A"), Some("x"));
        assert_eq!(unit.mode("Socket", "A").unwrap(), Some(0o600));
        assert_eq!(unit.mode("Socket", "C").unwrap(), None);
        assert!(unit.mode("Socket", "B").is_err());
    }
}
