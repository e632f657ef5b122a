// SPDX-License-Identifier: GPL-3.0-or-later
use super::Line;

/// Rows of cells, each column as wide as its widest cell.
pub(super) fn lines(rows: Vec<Vec<Line>>) -> Vec<Line> {
    const GAP: usize = 3;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(Line::width).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: Vec<Line>| {
        let (mut line, mut end) = (Line::default(), 0);
        for (cell, width) in row.into_iter().zip(&widths) {
            line = line.filled_to(end).then(cell);
            end += width + GAP;
        }
        line
    };
    rows.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_need() {
        let row = |cells: &[&str]| cells.iter().map(Line::plain).collect::<Vec<_>>();
        let shown: Vec<_> = lines(vec![row(&["a", "日本", "x"]), row(&["long", "", "y"]), row(&["z"])])
            .iter()
            .map(|line| line.paint(false))
            .collect();
        assert_eq!(shown, ["a      日本   x", "long          y", "z"]);
        assert!(lines(Vec::new()).is_empty());
    }
}
