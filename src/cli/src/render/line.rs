// SPDX-License-Identifier: GPL-3.0-or-later
use unicode_width::UnicodeWidthStr as _;

/// How a piece of a line stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tone {
    Plain,
    Strong,
    Dim,
}

/// One line for a person. Whatever it is made of, writing it moves no cursor, ends no line and hides nothing: names
/// and details come from images, servers and other programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    parts: Vec<(Tone, String)>,
}

/// The longest piece that is shown, in characters.
const LONGEST: usize = 2000;

impl Line {
    pub(crate) fn plain(text: impl AsRef<str>) -> Self {
        Self::default().and(Tone::Plain, text.as_ref())
    }

    pub(crate) fn strong(text: impl AsRef<str>) -> Self {
        Self::default().and(Tone::Strong, text.as_ref())
    }

    pub(crate) fn dim(text: impl AsRef<str>) -> Self {
        Self::default().and(Tone::Dim, text.as_ref())
    }

    /// One line after the other of what another program said.
    pub(crate) fn said(text: &str) -> Vec<Self> {
        const MOST: usize = 20;
        text.lines().filter(|line| !line.trim().is_empty()).take(MOST).map(Self::dim).collect()
    }

    /// This line with another one behind it.
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// This line, filled up with blanks to so many columns.
    pub(crate) fn filled_to(self, columns: usize) -> Self {
        let missing = columns.saturating_sub(self.width());
        self.and(Tone::Plain, &" ".repeat(missing))
    }

    /// This line over as many lines of so many columns as it takes, broken at blanks. A word that is longer stays whole.
    pub(crate) fn wrapped(self, columns: usize) -> Vec<Self> {
        if self.width() <= columns {
            return vec![self];
        }
        let mut lines = Vec::new();
        let (mut line, mut width) = (Self::default(), 0);
        for (tone, text) in self.parts {
            for word in text.split_inclusive(' ') {
                if width > 0 && width + word.trim_end().width() > columns {
                    lines.push(std::mem::take(&mut line).without_end());
                    width = 0;
                }
                width += word.width();
                match line.parts.last_mut() {
                    Some((last, text)) if *last == tone => text.push_str(word),
                    _ => line.parts.push((tone, word.to_owned())),
                }
            }
        }
        lines.push(line);
        lines
    }

    /// This line with blanks before it, and before what is broken off from it on a terminal of so many columns.
    pub(crate) fn indented(self, blanks: usize, columns: Option<usize>) -> Vec<Self> {
        // Where less room is left, broken lines are harder to read than those that the terminal breaks.
        const LEAST: usize = 24;
        let room = columns.and_then(|all| all.checked_sub(blanks)).filter(|room| *room >= LEAST);
        let lines = self.wrapped(room.unwrap_or(usize::MAX));
        lines.into_iter().map(|line| Self::default().filled_to(blanks).then(line)).collect()
    }

    /// The same without the blanks at its end, which would stand beyond the edge of the terminal.
    fn without_end(mut self) -> Self {
        if let Some((_, text)) = self.parts.last_mut() {
            text.truncate(text.trim_end().len());
        }
        self
    }

    /// How many columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.parts.iter().map(|(_, text)| text.width()).sum()
    }

    /// As it is written, with or without the escape sequences that make text bold and dim.
    pub(crate) fn paint(&self, styles: bool) -> String {
        let painted = |(tone, text): &(Tone, String)| match tone {
            _ if !styles || text.is_empty() => text.clone(),
            Tone::Plain => text.clone(),
            Tone::Strong => format!("\x1b[1m{text}\x1b[0m"),
            Tone::Dim => format!("\x1b[2m{text}\x1b[0m"),
        };
        let line: String = self.parts.iter().map(painted).collect();
        line.trim_end().to_owned()
    }

    fn and(mut self, tone: Tone, text: &str) -> Self {
        self.parts.push((tone, printable(text)));
        self
    }
}

/// The text with everything that a terminal would obey, or that would show it in another order, made visible.
fn printable(text: &str) -> String {
    let mut shown = String::new();
    for (number, character) in text.chars().enumerate() {
        if number == LONGEST {
            shown.push('…');
            break;
        }
        if obeyed(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Controls, the marks that turn the direction of writing, and what breaks lines.
pub(super) fn obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        for (text, shown) in [
            ("10.2", "10.2"),
            ("a\x1b[31mred", "a\\u{1b}[31mred"),
            ("two\nlines\r", "two\\nlines\\r"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("gpj\u{202e}exe", "gpj\\u{202e}exe"),
            ("tab\there", "tab\\there"),
            ("Größe 日本", "Größe 日本"),
            ("nul\0", "nul\\u{0}"),
        ] {
            assert_eq!(Line::plain(text).paint(false), shown);
            assert_eq!(Line::strong(text).paint(true), format!("\x1b[1m{shown}\x1b[0m"));
        }
    }

    #[test]
    fn long_pieces_are_cut() {
        let shown = Line::plain("x".repeat(100_000)).paint(false);
        assert_eq!(shown.chars().count(), LONGEST + 1);
    }

    #[test]
    fn long_lines_are_broken_at_blanks_and_lose_nothing() {
        let line = Line::strong("Downloaded ").then(Line::plain("and held back: 日本 a-word-that-is-longer-than-that"));
        let shown: Vec<_> = line.clone().wrapped(16).iter().map(|line| line.paint(false)).collect();
        assert_eq!(shown, ["Downloaded and", "held back: 日本", "a-word-that-is-longer-than-that"]);
        assert!(line.clone().wrapped(14)[0].paint(true).ends_with("and"), "{line:?}");
        assert_eq!(Line::strong("one two").wrapped(3)[0].paint(true), "\x1b[1mone\x1b[0m");
        assert_eq!(line.clone().wrapped(80).as_slice(), std::slice::from_ref(&line));
        assert_eq!(line.wrapped(0).len(), 6);
    }

    #[test]
    fn columns_are_counted_as_a_terminal_does() {
        let line = Line::plain("日本").filled_to(6).then(Line::plain("|"));
        assert_eq!(line.paint(false), "日本  |");
        assert_eq!(Line::strong("a").filled_to(3).then(Line::plain("|")).paint(true), "\x1b[1ma\x1b[0m  |");
    }

    #[test]
    fn what_others_say_keeps_its_lines_within_bounds() {
        assert_eq!(
            Line::said("one\n\ntwo\x07\n").iter().map(|line| line.paint(false)).collect::<Vec<_>>(),
            ["one", "two\\u{7}"]
        );
        assert_eq!(Line::said(&"line\n".repeat(1000)).len(), 20);
        assert!(Line::said("").is_empty());
    }
}
