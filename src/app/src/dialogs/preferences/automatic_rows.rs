// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::AutomaticMode;
use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::{Sender, adw, gtk};

use super::PreferencesOutput;
use crate::spoken::Spoken as _;
use crate::view_model::{ComputerView, Preference, mode_name};

/// What the computer does about updates by itself: rows of which one is chosen.
#[derive(Debug)]
pub(super) struct AutomaticRows {
    title: adw::ActionRow,
    rows: [AutomaticRow; AutomaticMode::ALL.len()],
}

#[derive(Debug)]
struct AutomaticRow {
    mode: AutomaticMode,
    row: adw::ActionRow,
    mark: gtk::CheckButton,
    spinner: adw::Spinner,
    chosen: glib::SignalHandlerId,
}

impl AutomaticRows {
    /// None is chosen yet; tells which one the person chooses.
    pub(super) fn new(output: &Sender<PreferencesOutput>) -> Self {
        let title = plain_row(&gettext("Automatic Updates"), &gettext("Isotope never restarts the computer by itself"));
        title.set_activatable(false);
        let rows = AutomaticMode::ALL.map(|mode| AutomaticRow::new(mode, output));
        for row in &rows[1..] {
            row.mark.set_group(Some(&rows[0].mark));
        }
        Self { title, rows }
    }

    /// The row above them.
    pub(super) fn title(&self) -> &adw::ActionRow {
        &self.title
    }

    /// The row at this place.
    pub(super) fn row(&self, place: usize) -> &adw::ActionRow {
        &self.rows[place].row
    }

    /// Shows which one is chosen, and which one is being asked for.
    pub(super) fn show(&self, computer: &ComputerView) {
        for row in &self.rows {
            row.mark.block_signal(&row.chosen);
        }
        for row in &self.rows {
            let asked = computer.automatic_asked == Some(row.mode);
            row.mark.set_active(computer.automatic == Some(row.mode));
            row.row.set_sensitive(asked || !computer.busy);
            row.spinner.set_visible(asked);
            row.mark.update_state(&[gtk::accessible::State::Busy(asked)]);
        }
        for row in &self.rows {
            row.mark.unblock_signal(&row.chosen);
        }
    }
}

impl AutomaticRow {
    fn new(mode: AutomaticMode, output: &Sender<PreferencesOutput>) -> Self {
        let (name, words) = (mode_name(mode), words(mode));
        let mark = gtk::CheckButton::builder().valign(gtk::Align::Center).build();
        let output = output.clone();
        let chosen = mark.connect_toggled(move |mark| {
            if mark.is_active() {
                output.emit(PreferencesOutput::Changed(Preference::Automatic(mode)));
            }
        });
        let row = plain_row(&name, &words);
        row.add_prefix(&mark);
        row.set_activatable_widget(Some(&mark));
        // Translators: read out; {choice} is “Off”, “Check and Tell Me” or “Download and Tell Me”.
        mark.set_spoken(&gettext("Automatic Updates: {choice}").replace("{choice}", &name));
        mark.set_spoken_description(&words);
        let spinner = adw::Spinner::builder().visible(false).valign(gtk::Align::Center).build();
        row.add_suffix(&spinner);
        Self { mode, row, mark, spinner, chosen }
    }
}

/// What comes of it.
fn words(mode: AutomaticMode) -> String {
    match mode {
        AutomaticMode::Off => gettext("Nothing is looked for until somebody asks"),
        AutomaticMode::Check => gettext("Looks for an update from time to time"),
        AutomaticMode::Download => gettext("Also downloads it and prepares it for the next restart"),
        AutomaticMode::Unknown => wording::automatic_mode_explained(mode),
    }
}

fn plain_row(title: &str, words: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder().use_markup(false).title_lines(0).subtitle_lines(0).build();
    row.set_title(title);
    row.set_subtitle(words);
    row.set_spoken(&[title, words].join("\n"));
    row
}
