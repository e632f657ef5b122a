// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::OperationStatus;

use super::{View, time};

/// Who started what, and when, in one line.
pub(super) fn started(status: &OperationStatus, view: &View) -> String {
    let is_foreign = status.starter.program.is_some() || status.title.is_some();
    let text = match time::minute(status.started, &view.zone) {
        // Translators: {operation} is for example “Updating”, {who} what another program calls itself; it was seen {when}.
        Some(when) if is_foreign => {
            gettext("{operation}, started by {who}, seen since {when}").replace("{when}", &when)
        }
        // Translators: {operation} is for example “Updating”, {who} a user name.
        Some(when) => gettext("{operation}, started by {who} on {when}").replace("{when}", &when),
        // Translators: {operation} is for example “Updating”, {who} a user name.
        None => gettext("{operation}, started by {who}"),
    };
    text.replace("{operation}", &wording::operation_titled(status)).replace("{who}", &wording::starter(&status.starter))
}

#[cfg(test)]
mod tests {
    use isotope_model::{OperationKind, Starter};

    use super::*;
    use crate::render::samples;

    #[test]
    fn a_starter_without_a_name_has_a_number() {
        let mut status = samples::operation(None);
        assert_eq!(started(&status, &samples::view()), "Updating, started by person on 2025-11-18 09:30");
        status.starter = Starter { uid: 4_294_967_294, user: None, program: None };
        status.started = u64::MAX;
        assert_eq!(started(&status, &samples::view()), "Updating, started by user 4294967294");
    }

    #[test]
    fn what_another_program_does_is_told_in_its_words_and_since_when_it_is_seen() {
        let mut status = samples::foreign_operation();
        assert_eq!(
            started(&status, &samples::view()),
            "rpm-ostree: install vim, started by gnome-software, seen since 2025-11-18 09:30"
        );
        status.kind = OperationKind::Update;
        status.title = Some("upgrade\n\x1b[2J".into());
        status.starter = Starter { uid: 1000, user: Some("person".into()), program: Some("\u{202e}cli".into()) };
        assert_eq!(
            started(&status, &samples::view()),
            "Updating, started by person with cli, seen since 2025-11-18 09:30"
        );
    }
}
