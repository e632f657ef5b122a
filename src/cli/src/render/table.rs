// SPDX-License-Identifier: GPL-3.0-or-later
use super::Line;

/// Labels on the left, and one or more lines beside each of them.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<(String, Vec<Line>)>,
}

impl Table {
    /// Adds a row; one without lines is left out.
    pub(super) fn row(&mut self, label: impl Into<String>, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.rows.push((label.into(), lines));
        }
    }

    /// All rows, their lines beginning in one column.
    pub(super) fn lines(self) -> Vec<Line> {
        self.lines_within(None)
    }

    /// The same on a terminal of so many columns: what is too long goes on in the column where it began.
    pub(super) fn lines_within(self, columns: Option<usize>) -> Vec<Line> {
        const GAP: usize = 3;
        // Where less room is left, broken lines are harder to read than those that the terminal breaks.
        const LEAST: usize = 24;
        let widest = self.rows.iter().map(|(label, _)| Line::plain(label).width()).max().unwrap_or(0);
        let mut lines = Vec::new();
        for (label, beside) in self.rows {
            let mut label = Some(label);
            let room = columns.and_then(|columns| columns.checked_sub(widest + GAP)).filter(|room| *room >= LEAST);
            let beside = beside.into_iter().flat_map(|line| match room {
                Some(room) => line.wrapped(room),
                None => vec![line],
            });
            for line in beside {
                let label = Line::strong(label.take().unwrap_or_default());
                lines.push(label.filled_to(widest + GAP).then(line));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::shown;

    #[test]
    fn what_is_too_long_goes_on_in_its_column() {
        let table = || {
            let mut table = Table::default();
            table.row("Backend", vec![Line::plain("bootc, because this system follows a container image")]);
            table
        };
        let expected = ["Backend   bootc, because this system", "          follows a container image"];
        assert_eq!(shown(&table().lines_within(Some(40))), expected);
        assert_eq!(shown(&table().lines_within(Some(20))), shown(&table().lines()));
        assert_eq!(table().lines().len(), 1);
    }
}
