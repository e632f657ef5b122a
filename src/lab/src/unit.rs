// SPDX-License-Identifier: GPL-3.0-or-later
//! Reading a unit file as far as the lab obeys it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// The assignments of a unit file, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit(Vec<(String, String, String)>);

impl Unit {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self::parse(&text))
    }

    pub(crate) fn parse(text: &str) -> Self {
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
    pub(crate) fn value(&self, section: &str, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(in_section, key, _)| in_section == section && key == name);
        found.map(|(_, _, value)| value.as_str())
    }

    /// All values of `name` in `section`, in order; an empty one takes those before it back.
    pub(crate) fn values(&self, section: &str, name: &str) -> Vec<&str> {
        let mut values = Vec::new();
        for (_, _, value) in self.0.iter().filter(|(in_section, key, _)| in_section == section && key == name) {
            if value.is_empty() {
                values.clear();
            } else {
                values.push(value.as_str());
            }
        }
        values
    }

    /// The last value of `name` in `section` is one that means yes.
    pub(crate) fn is_set(&self, section: &str, name: &str) -> bool {
        matches!(self.value(section, name), Some("1" | "yes" | "true" | "on"))
    }

    /// The last value, as a file mode.
    pub(crate) fn mode(&self, section: &str, name: &str) -> Result<Option<u32>> {
        let parse = |text: &str| u32::from_str_radix(text, 8).with_context(|| format!("{name}={text} is no file mode"));
        self.value(section, name).map(parse).transpose()
    }

    /// The same, as a number of seconds.
    pub(crate) fn seconds(&self, section: &str, name: &str) -> Result<Option<Duration>> {
        let parse = |text: &str| -> Result<Duration> {
            let number = text.strip_suffix('s').unwrap_or(text).parse();
            Ok(Duration::from_secs(number.with_context(|| format!("{name}={text} is no number of seconds"))?))
        };
        self.value(section, name).map(parse).transpose()
    }

    /// The same, as a command line, and whether its failure counts.
    pub(crate) fn command(&self, section: &str, name: &str) -> Option<(Vec<String>, bool)> {
        let line = self.value(section, name)?;
        let plain = line.strip_prefix('-');
        let words = plain.unwrap_or(line).split_ascii_whitespace().map(str::to_owned).collect();
        Some((words, plain.is_none()))
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

    #[test]
    fn some_settings_add_up_until_they_are_taken_back() {
        let unit = Unit::parse("[Service]\nA=1\nA=2\n[Socket]\nA=3\n[Service]\nB=1\nB=\nB=2\nC=1\nC=\n");
        let values = |name| unit.values("Service", name);
        assert_eq!((values("A"), values("B")), (vec!["1", "2"], vec!["2"]));
        assert!(values("C").is_empty() && values("D").is_empty());
    }

    #[test]
    fn seconds_and_commands() {
        let unit = Unit::parse("[Service]\nExecStart=-/bin/true --now\nExecStop=/bin/false\nA=5s\nB=7\nC=soon\n");
        assert_eq!(unit.seconds("Service", "A").unwrap(), Some(Duration::from_secs(5)));
        assert_eq!(unit.seconds("Service", "B").unwrap(), Some(Duration::from_secs(7)));
        assert!(unit.seconds("Service", "C").is_err());
        let words = vec!["/bin/true".to_owned(), "--now".to_owned()];
        assert_eq!(unit.command("Service", "ExecStart"), Some((words, false)));
        assert_eq!(unit.command("Service", "ExecStop").map(|(_, counts)| counts), Some(true));
    }
}
