// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::factory::FactoryVecDeque;

use super::line_row::{LineInput, LineRow};
use crate::view_model::Line;

/// Shows these lines. Those that stay, from the first one on, keep their widgets, and with them the focus.
pub(crate) fn show_lines(shown: &mut FactoryVecDeque<LineRow>, lines: &[Line]) {
    let stay = shown.iter().zip(lines).take_while(|(row, line)| row.line().title == line.title).count();
    let changed = shown.iter().zip(lines).take(stay).enumerate().filter(|(_, (row, line))| row.line() != *line);
    for (index, line) in changed.map(|(index, (_, line))| (index, line)).collect::<Vec<_>>() {
        shown.send(index, LineInput::Show(Box::new(line.clone())));
    }
    if shown.len() == stay && lines.len() == stay {
        return;
    }
    let mut shown = shown.guard();
    while shown.len() > stay {
        shown.pop_back();
    }
    for line in lines.iter().skip(stay) {
        shown.push_back(line.clone());
    }
}
