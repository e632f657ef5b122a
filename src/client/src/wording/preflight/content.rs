// SPDX-License-Identifier: GPL-3.0-or-later
//! What the content of the image means for this computer's configuration.

use gettextrs::{gettext, ngettext};

use crate::wording::Explanation;
use crate::wording::lists::{list, plural};

pub(super) fn configuration_kept(paths: &[String], more: u64) -> Explanation {
    let number = more.saturating_add(paths.len() as u64);
    Explanation::new(
        ngettext(
            "{number} file in /etc stays as you changed it",
            "{number} files in /etc stay as you changed them",
            plural(number),
        )
        .replace("{number}", &number.to_string()),
        // Translators: {files} is a list of paths.
        gettext("The image brings another form of what was changed on this computer, and that is not used: {files}")
            .replace("{files}", &list(paths, more)),
        // Translators: leave the command and the path as they are.
        gettext(
            "To see all that was changed: isotopectl config-diff. If something does not work after the restart, compare \
             these with the image’s own, which lie in /usr/etc.",
        ),
    )
    .detail(&paths.join("\n"))
}

pub(super) fn unknown() -> Explanation {
    Explanation::new(
        gettext("What the image brings to /etc is not known yet"),
        gettext("Its login screen and its configuration can be looked at once it is downloaded."),
        // Translators: leave the command as it is.
        gettext("Look again after the download, before you restart: isotopectl switch --preflight"),
    )
}
