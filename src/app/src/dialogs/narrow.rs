// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw;
use relm4::adw::prelude::*;

/// Up to this width, for text of the usual size, the words of a dialog take more lines.
const NARROW: f64 = 420.0;

/// Gives a dialog this height in a narrow window: it asks for one that fits its usual width.
pub(super) fn grow_when_narrow(dialog: &adw::Dialog, height: i32) {
    let condition =
        adw::BreakpointCondition::new_length(adw::BreakpointConditionLengthType::MaxWidth, NARROW, adw::LengthUnit::Sp);
    let breakpoint = adw::Breakpoint::new(condition);
    breakpoint.add_setter(dialog, "content-height", Some(&height.to_value()));
    // A dialog with a breakpoint has to name the smallest size that it can be shown in.
    dialog.set_size_request(280, 200);
    dialog.add_breakpoint(breakpoint);
}
