// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{Sender, gtk};

use super::PreferencesOutput;
use super::setting_row::SettingRow;
use crate::view_model::{Preference, VendorSwitch};

/// The vendors, each with a switch.
#[derive(Debug)]
pub(super) struct VendorRows {
    list: gtk::ListBox,
    rows: Vec<(VendorSwitch, SettingRow)>,
    output: Sender<PreferencesOutput>,
}

impl VendorRows {
    /// None yet.
    pub(super) fn new(output: &Sender<PreferencesOutput>) -> Self {
        let list = gtk::ListBox::builder().selection_mode(gtk::SelectionMode::None).visible(false).build();
        list.add_css_class("boxed-list");
        list.update_property(&[gtk::accessible::Property::Label(&gettext("Desktops Shown"))]);
        Self { list, rows: Vec::new(), output: output.clone() }
    }

    /// What shows them.
    pub(super) fn list(&self) -> &gtk::ListBox {
        &self.list
    }

    /// Shows these. Rows that stay keep their widgets, and with them the focus.
    pub(super) fn show(&mut self, switches: &[VendorSwitch]) {
        let same = |before: &VendorSwitch, now: &VendorSwitch| {
            (&before.id, &before.name, &before.words) == (&now.id, &now.name, &now.words)
        };
        let stay = self.rows.len() == switches.len()
            && self.rows.iter().zip(switches).all(|((before, _), now)| same(before, now));
        if !stay {
            self.list.remove_all();
            self.rows = switches.iter().map(|switch| (switch.clone(), self.row(switch))).collect();
            for (_, row) in &self.rows {
                self.list.append(row.row());
            }
        }
        for ((_, row), switch) in self.rows.iter().zip(switches) {
            row.show(switch.shown, switch.changeable, false);
        }
        self.list.set_visible(!switches.is_empty());
    }

    fn row(&self, switch: &VendorSwitch) -> SettingRow {
        let (id, output) = (switch.id.clone(), self.output.clone());
        SettingRow::new(&switch.name, &switch.words, move |shown| {
            output.emit(PreferencesOutput::Changed(Preference::Vendor(id.clone(), shown)));
        })
    }
}
