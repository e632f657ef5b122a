// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ClientError;

use super::{Choice, Tone, trouble};

/// One line of a boxed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The name of its symbolic icon.
    pub(crate) icon: Option<&'static str>,
    /// The colour of the icon; the words say the same.
    pub(crate) tone: Tone,
    /// What it is about.
    pub(crate) title: String,
    /// What there is to say of it.
    pub(crate) subtitle: String,
    /// The subtitle is what matters, and can be selected.
    pub(crate) fact: bool,
    /// The subtitle is to be written into a file as it stands.
    pub(crate) code: bool,
    /// It cannot be used; the words say why.
    pub(crate) barred: bool,
    /// What stands at its end.
    pub(crate) end: LineEnd,
}

/// What stands at the end of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// Nothing.
    Nothing,
    /// A spinner: the answer is not there yet.
    Waiting,
    /// A button that copies this text.
    Copy(String),
    /// A button.
    Button(LineButton),
    /// The whole line can be activated.
    Opens(Choice),
}

/// A button at the end of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineButton {
    /// What stands on it, with a mnemonic.
    pub(crate) label: String,
    /// What it is called where only the button is read out.
    pub(crate) spoken: String,
    /// What it does.
    pub(crate) choice: Choice,
    /// Something is lost by it.
    pub(crate) destructive: bool,
    /// Why it cannot be pressed.
    pub(crate) reason: Option<String>,
}

/// Lines that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineGroup {
    /// What they have in common.
    pub(crate) title: String,
    /// More words on that.
    pub(crate) description: String,
    /// They.
    pub(crate) lines: Vec<Line>,
}

impl Line {
    /// A line with a title and some words.
    pub(crate) fn new(title: String, subtitle: String) -> Self {
        Self {
            icon: None,
            tone: Tone::Quiet,
            title,
            subtitle,
            fact: false,
            code: false,
            barred: false,
            end: LineEnd::Nothing,
        }
    }

    /// A line that says how something stands.
    pub(crate) fn fact(title: String, value: String) -> Self {
        Self { fact: true, ..Self::new(title, value) }
    }

    /// A line with something that is to be copied.
    pub(crate) fn copied(title: String, value: String) -> Self {
        Self { end: LineEnd::Copy(value.clone()), ..Self::fact(title, value) }
    }

    /// A line whose answer is not there yet.
    pub(crate) fn waiting(title: String) -> Self {
        Self { end: LineEnd::Waiting, ..Self::fact(title, gettext("…")) }
    }

    /// A line that says what went wrong and lets it be tried again.
    pub(crate) fn trouble(error: &ClientError) -> Self {
        let (title, words) = trouble::of_reading(error);
        Self {
            icon: Some("isotope-row-attention-symbolic"),
            tone: Tone::Warning,
            end: if trouble::may_pass(error) { retry() } else { LineEnd::Nothing },
            ..Self::new(title, words)
        }
    }

    /// The line read out.
    pub(crate) fn spoken(&self) -> String {
        match (self.subtitle.as_str(), &self.end) {
            ("", _) => self.title.clone(),
            // Translators: a fact that is being looked up, read out, as in "On disk: being added up".
            (_, LineEnd::Waiting) => gettext("{label}: not known yet").replace("{label}", &self.title),
            // Translators: one thing that is known of a system image, read out, as in "Version: 10.2".
            (value, _) => gettext("{label}: {value}").replace("{value}", value).replace("{label}", &self.title),
        }
    }
}

fn retry() -> LineEnd {
    LineEnd::Button(LineButton {
        label: gettext("_Try Again"),
        spoken: gettext("Try again"),
        choice: Choice::Retry,
        destructive: false,
        reason: None,
    })
}

impl LineGroup {
    /// Lines without a common title.
    pub(crate) fn untitled(lines: Vec<Line>) -> Self {
        Self { title: String::new(), description: String::new(), lines }
    }

    /// Lines with one.
    pub(crate) fn titled(title: String, lines: Vec<Line>) -> Self {
        Self { title, description: String::new(), lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_out_as_a_whole() {
        assert_eq!(Line::fact("Version".into(), "10.2".into()).spoken(), "Version: 10.2");
        assert_eq!(Line::new("Version".into(), String::new()).spoken(), "Version");
        assert_eq!(Line::waiting("On disk".into()).spoken(), "On disk: not known yet");
    }
}
