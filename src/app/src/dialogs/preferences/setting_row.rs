// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::{adw, gtk};

use crate::spoken::Spoken as _;

/// A row with a switch, and a spinner while it is not known whether it may be turned.
#[derive(Debug)]
pub(super) struct SettingRow {
    row: adw::SwitchRow,
    spinner: adw::Spinner,
    turned: glib::SignalHandlerId,
}

impl SettingRow {
    /// A switch for this; tells when the person turns it.
    pub(super) fn new(title: &str, words: &str, turned: impl Fn(bool) + 'static) -> Self {
        let row = adw::SwitchRow::builder().use_markup(false).title_lines(0).subtitle_lines(0).build();
        row.set_title(title);
        row.set_subtitle(words);
        row.set_spoken(title);
        row.upcast_ref::<gtk::Widget>().reset_relation(gtk::AccessibleRelation::DescribedBy);
        row.set_spoken_description(words);
        let spinner = adw::Spinner::builder().visible(false).valign(gtk::Align::Center).build();
        row.add_suffix(&spinner);
        let turned = row.connect_active_notify(move |row| turned(row.is_active()));
        Self { row, spinner, turned }
    }

    /// What shows it.
    pub(super) fn row(&self) -> &adw::SwitchRow {
        &self.row
    }

    /// It is on or off, can be turned or not, and is perhaps being asked for.
    pub(super) fn show(&self, on: bool, usable: bool, asked: bool) {
        self.row.block_signal(&self.turned);
        self.row.set_active(on);
        self.row.unblock_signal(&self.turned);
        self.row.set_sensitive(usable);
        self.spinner.set_visible(asked);
        self.row.upcast_ref::<gtk::Widget>().update_state(&[gtk::accessible::State::Busy(asked)]);
    }
}
