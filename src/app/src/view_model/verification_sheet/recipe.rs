// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording::{self, POLICY_FILE, PolicyExample};
use isotope_model::{RuleChange, VerificationPath};

use super::super::{Line, LineGroup};

/// What an administrator writes, so that the image is checked; nothing where writing does not help.
pub(super) fn group(path: &VerificationPath) -> Option<LineGroup> {
    let scope = match &path.write.rule {
        Some(RuleChange::Replace { scope }) => scope,
        _ => &path.scope,
    };
    let PolicyExample { key_file, rule, attachments_file, attachments } = wording::policy_example(scope);
    let code = |title: String, text: String| Line { code: true, ..Line::copied(title, text) };
    // Translators: below stands the path of a file.
    let key = || code(gettext("The Vendor’s Public Key, as"), key_file);
    let rule_line = |title: String| code(title.replace("{file}", POLICY_FILE), in_lines(&rule));
    let rules = path.write.rule.as_ref().map(|change| match change {
        RuleChange::Add => {
            // Translators: {file} is the path of a file; “transports” and “docker” are words in it. Below stands the text.
            [key(), rule_line(gettext("In {file}, Under “transports”, “docker”"))]
        }
        RuleChange::Replace { .. } => {
            // Translators: {file} is the path of a file; “transports” and “docker” are words in it. Below stands the text.
            [key(), rule_line(gettext("In {file}, Instead of the Same Entry Under “transports”, “docker”"))]
        }
    });
    let attachments = path.write.attachments.then(|| {
        // Translators: {file} is the path of a file. Below stands its text.
        code(gettext("In {file}").replace("{file}", &attachments_file), attachments.trim_end().to_owned())
    });
    let lines: Vec<Line> = rules.into_iter().flatten().chain(attachments).collect();
    let description = match path.write.rule {
        Some(_) => gettext(
            "The key has to come from the vendor itself, for example from its site. Keep a copy of the first file: a \
             mistake in it keeps every image from being installed.",
        ),
        None => String::new(),
    };
    (!lines.is_empty()).then(|| LineGroup { title: gettext("What an Administrator Writes"), description, lines })
}

/// A rule as an editor would have it, a value on each line. No name in it has a comma or a bracket.
fn in_lines(rule: &str) -> String {
    rule.replacen("[{", "[{\n  ", 1).replace(',', ",\n  ").replace("}]", "\n}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_broken_between_its_values_only() {
        let whole = wording::policy_example("quay.io/o/gnome").rule;
        let lines = in_lines(&whole);
        assert_eq!(lines.lines().count(), 5, "{lines}");
        assert_eq!(lines.replace('\n', "").replace("  ", ""), whole);
    }
}
