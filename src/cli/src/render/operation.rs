// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{OperationStatus, Starter};

use super::{View, time};

/// Who started what, and when, in one line.
pub(super) fn started(status: &OperationStatus, view: &View) -> String {
    let text = match time::minute(status.started, &view.zone) {
        // Translators: {operation} is for example “Updating”, {who} a user name.
        Some(when) => gettext("{operation}, started by {who} on {when}").replace("{when}", &when),
        // Translators: {operation} is for example “Updating”, {who} a user name.
        None => gettext("{operation}, started by {who}"),
    };
    text.replace("{operation}", &wording::operation(status.kind)).replace("{who}", &who(&status.starter))
}

/// The name of who started it, or the number.
pub(super) fn who(starter: &Starter) -> String {
    match &starter.user {
        Some(user) => user.clone(),
        None => gettext("user {number}").replace("{number}", &starter.uid.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn a_starter_without_a_name_has_a_number() {
        let mut status = samples::operation(None);
        assert_eq!(started(&status, &samples::view()), "Updating, started by person on 2025-11-18 09:30");
        status.starter = Starter { uid: 4_294_967_294, user: None };
        status.started = u64::MAX;
        assert_eq!(started(&status, &samples::view()), "Updating, started by user 4294967294");
    }
}
