// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::Catalogs;

use super::sheet::{SheetBody, SheetPageView};
use super::{Line, LineGroup, Tone};

/// The sheet with what is wrong with the catalogs, for whoever writes or installs them.
pub(super) fn of(catalogs: &Catalogs) -> SheetPageView {
    let lines = catalogs.problems.iter().map(|problem| Line {
        icon: Some("isotope-row-attention-symbolic"),
        tone: Tone::Warning,
        ..Line::new(wording::catalog_place(problem), wording::catalog_fault(&problem.fault))
    });
    let group = LineGroup {
        title: gettext("What Could Not Be Read"),
        description: gettext("Everything else of the catalogs is used. Who has written a file can mend it."),
        lines: lines.collect(),
    };
    SheetPageView::new(gettext("Catalogs"), SheetBody::Lists(vec![group]))
}
