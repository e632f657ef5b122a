// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

use crate::view_model::Question;

const YES: &str = "yes";
const CANCEL: &str = "cancel";

/// Asks, and calls `agreed` on a yes. Escape and Enter mean no.
pub(crate) fn ask(parent: &impl IsA<gtk::Widget>, question: &Question, agreed: impl Fn() + 'static) {
    let dialog = adw::AlertDialog::new(Some(&question.heading), Some(&question.body));
    dialog.add_response(CANCEL, &gettext("_Cancel"));
    dialog.add_response(YES, &question.yes);
    dialog.set_close_response(CANCEL);
    dialog.set_default_response(Some(CANCEL));
    let appearance = match question.destructive {
        true => adw::ResponseAppearance::Destructive,
        false => adw::ResponseAppearance::Suggested,
    };
    dialog.set_response_appearance(YES, appearance);
    dialog.connect_response(Some(YES), move |_, _| agreed());
    dialog.present(Some(parent));
}
