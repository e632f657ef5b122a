// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use isotope_model::OperationStatus;

use crate::output;
use crate::render::{Line, progress};
use crate::terminal::Terminal;

/// Shows how far an operation is, on standard error: as a bar where that is a terminal, else in a few kept lines.
#[derive(Debug)]
pub(crate) struct ProgressDisplay {
    terminal: Terminal,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Bar { bar: ProgressBar, part: progress::Bar, begun: bool, measured: bool },
    Lines(progress::Spaced),
    Nothing,
}

/// The bar's own unit; fractions are finer than percents.
const WHOLE: u64 = 10_000;

impl ProgressDisplay {
    pub(crate) fn new(terminal: Terminal, json: bool) -> Self {
        let form = if terminal.error_styles {
            let bar = ProgressBar::with_draw_target(Some(WHOLE), ProgressDrawTarget::stderr());
            bar.set_style(style(false));
            Form::Bar { bar, part: progress::Bar::default(), begun: false, measured: false }
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
            Form::Bar { bar, part, begun, measured } => {
                let fraction = part.take(&status.progress);
                if !*begun {
                    bar.enable_steady_tick(Duration::from_millis(120));
                    *begun = true;
                }
                if *measured != fraction.is_some() {
                    *measured = fraction.is_some();
                    bar.set_style(style(*measured));
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "between 0 and the whole"
                )]
                bar.set_position((fraction.unwrap_or(0.0).clamp(0.0, 1.0) * WHOLE as f64) as u64);
                // Last, because it draws: a new phase is never seen beside the percents of the one before.
                bar.set_message(Line::plain(progress::line(&status.progress)).paint(false));
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

fn style(measured: bool) -> ProgressStyle {
    let template = if measured { "[{bar:24}] {percent:>3}%  {wide_msg}" } else { "{spinner} {wide_msg}" };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ").tick_chars("-\\|/-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_bar_are_well_formed() {
        for template in ["[{bar:24}] {percent:>3}%  {wide_msg}", "{spinner} {wide_msg}"] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn a_bar_needs_a_terminal() {
        let display = |json| ProgressDisplay::new(Terminal::default(), json);
        assert!(matches!(display(false).form, Form::Lines(_)));
        assert!(matches!(display(true).form, Form::Nothing));
    }
}
