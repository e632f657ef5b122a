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
        const GAP: usize = 3;
        let widest = self.rows.iter().map(|(label, _)| Line::plain(label).width()).max().unwrap_or(0);
        let mut lines = Vec::new();
        for (label, beside) in self.rows {
            let mut label = Some(label);
            for line in beside {
                let label = Line::strong(label.take().unwrap_or_default());
                lines.push(label.filled_to(widest + GAP).then(line));
            }
        }
        lines
    }
}
