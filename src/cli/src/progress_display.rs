// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use isotope_model::OperationStatus;

use crate::output;
use crate::render::progress::Room;
use crate::render::{Line, progress};
use crate::terminal::{self, Terminal};

/// Shows how far an operation is, on standard error: as a bar where that is a terminal, else in a few kept lines.
#[derive(Debug)]
pub(crate) struct ProgressDisplay {
    terminal: Terminal,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Bar { bar: ProgressBar, part: progress::Bar, begun: bool, styled: Styled },
    Lines(progress::Spaced),
    Nothing,
}

/// What the form of the bar goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Styled {
    /// The part that is done is known.
    measured: bool,
    room: Room,
}

/// From so many columns on, a long bar and a long line fit beside each other.
const WIDE: usize = 100;

/// The bar's own unit; fractions are finer than percents.
const WHOLE: u64 = 10_000;

impl ProgressDisplay {
    pub(crate) fn new(terminal: Terminal, json: bool) -> Self {
        let form = if terminal.error_styles {
            let bar = ProgressBar::with_draw_target(Some(WHOLE), ProgressDrawTarget::stderr());
            let styled = Styled { measured: false, room: room(terminal::error_columns()) };
            bar.set_style(style(styled));
            Form::Bar { bar, part: progress::Bar::default(), begun: false, styled }
        } else if json {
            Form::Nothing
        } else {
            Form::Lines(progress::Spaced::default())
        };
        Self { terminal, form }
    }

    /// Shows how it stands now.
    pub(crate) fn show(&mut self, status: &OperationStatus) {
        if status.outcome.is_some() {
            return;
        }
        match &mut self.form {
            Form::Bar { bar, part, begun, styled } => {
                let fraction = part.take(&status.progress);
                if !*begun {
                    bar.enable_steady_tick(Duration::from_millis(120));
                    *begun = true;
                }
                let now = Styled { measured: fraction.is_some(), room: room(terminal::error_columns()) };
                if *styled != now {
                    *styled = now;
                    bar.set_style(style(now));
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "between 0 and the whole"
                )]
                bar.set_position((fraction.unwrap_or(0.0).clamp(0.0, 1.0) * WHOLE as f64) as u64);
                // Last, because it draws: a new phase is never seen beside the percents of the one before.
                bar.set_message(Line::plain(progress::line(&status.progress, now.room)).paint(false));
            }
            Form::Lines(spaced) => {
                if let Some(text) = spaced.line(&status.progress, Instant::now()) {
                    output::remarks(self.terminal, &[Line::plain(text)]);
                }
            }
            Form::Nothing => {}
        }
    }

    /// Says something in between.
    pub(crate) fn remark(&self, text: &str) {
        self.aside(|| output::remarks(self.terminal, &[Line::plain(text)]));
    }

    /// Lets something be written in between, without the bar in its way.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        match &self.form {
            Form::Bar { bar, .. } => bar.suspend(write),
            Form::Lines(_) | Form::Nothing => write(),
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&mut self) {
        if let Form::Bar { bar, .. } = &self.form {
            bar.finish_and_clear();
        }
    }
}

impl Drop for ProgressDisplay {
    fn drop(&mut self) {
        self.end();
    }
}

/// A terminal that does not tell its columns is taken for one of 80.
fn room(columns: Option<usize>) -> Room {
    if columns.is_some_and(|columns| columns >= WIDE) { Room::Enough } else { Room::Little }
}

fn template(styled: Styled) -> &'static str {
    match styled {
        Styled { measured: true, room: Room::Enough } => "[{bar:24}] {percent:>3}%  {wide_msg}",
        Styled { measured: true, room: Room::Little } => "[{bar:10}] {percent:>3}%  {wide_msg}",
        Styled { measured: false, .. } => "{spinner} {wide_msg}",
    }
}

fn style(styled: Styled) -> ProgressStyle {
    let style = ProgressStyle::with_template(template(styled)).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ").tick_chars("-\\|/-")
}

#[cfg(test)]
mod tests {
    use isotope_model::{Phase, Progress};

    use super::*;

    #[test]
    fn all_forms_of_the_bar_are_well_formed() {
        for (measured, columns) in [(true, Some(80)), (true, Some(200)), (true, None), (false, Some(80))] {
            let styled = Styled { measured, room: room(columns) };
            assert!(ProgressStyle::with_template(template(styled)).is_ok(), "{styled:?}");
        }
    }

    #[test]
    fn eighty_columns_have_room_for_the_time_that_is_left() {
        let longest = Progress {
            phase: Phase::Pulling,
            bytes: Some(100_900_000),
            total_bytes: Some(999_900_000),
            bytes_per_second: Some(292_300),
            ..Progress::default()
        };
        for (columns, beside) in [(80, "[==========] 100%  "), (WIDE, "[========================] 100%  ")] {
            let line = progress::line(&longest, room(Some(columns)));
            assert!(line.ends_with("(About 52 minutes)"), "{line}");
            assert!(beside.len() + Line::plain(&line).width() <= columns, "{columns}: {line}");
        }
        assert_eq!(room(None), Room::Little);
        let layers = Progress {
            phase: Phase::Pulling,
            total_bytes: Some(9_999_900_000),
            layers: Some(127),
            total_layers: Some(256),
            layer_bytes: Some(999_900_000),
            ..Progress::default()
        };
        let line = progress::line(&layers, Room::Little);
        assert!("[==========] 100%  ".len() + Line::plain(&line).width() <= 80, "{line}");
    }

    #[test]
    fn a_bar_needs_a_terminal() {
        let display = |json| ProgressDisplay::new(Terminal::default(), json);
        assert!(matches!(display(false).form, Form::Lines(_)));
        assert!(matches!(display(true).form, Form::Nothing));
    }
}
