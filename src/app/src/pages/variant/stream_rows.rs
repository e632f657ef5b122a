// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::{Sender, adw, gtk};

use super::VariantInput;
use crate::spoken::Spoken as _;
use crate::view_model::StreamLine;

/// The streams of a variant, of which one is chosen.
#[derive(Debug)]
pub(super) struct StreamRows {
    list: gtk::ListBox,
    rows: Vec<StreamRow>,
    input: Sender<VariantInput>,
}

#[derive(Debug)]
struct StreamRow {
    id: String,
    row: adw::ActionRow,
    mark: gtk::CheckButton,
}

impl StreamRows {
    /// None yet.
    pub(super) fn new(input: Sender<VariantInput>) -> Self {
        let list = gtk::ListBox::builder().selection_mode(gtk::SelectionMode::None).build();
        list.add_css_class("boxed-list");
        Self { list, rows: Vec::new(), input }
    }

    /// What shows them.
    pub(super) fn list(&self) -> &gtk::ListBox {
        &self.list
    }

    /// Shows these. Rows that stay keep their widgets, and with them the focus.
    pub(super) fn show(&mut self, streams: &[StreamLine]) {
        if !self.rows.iter().map(|row| &row.id).eq(streams.iter().map(|stream| &stream.id)) {
            self.list.remove_all();
            self.rows.clear();
            for stream in streams {
                let row = self.row(stream);
                self.list.append(&row.row);
                self.rows.push(row);
            }
        }
        for (row, stream) in self.rows.iter().zip(streams) {
            row.row.set_title(&stream.title);
            row.row.set_subtitle(&stream.subtitle);
            let words: Vec<_> = [&stream.title, &stream.subtitle].into_iter().filter(|it| !it.is_empty()).collect();
            let words = words.into_iter().map(String::as_str).collect::<Vec<_>>().join("\n");
            row.mark.set_spoken(&words);
            row.row.set_spoken(&words);
            if stream.chosen {
                row.mark.set_active(true);
            }
        }
    }

    fn row(&self, stream: &StreamLine) -> StreamRow {
        let mark = gtk::CheckButton::builder().valign(gtk::Align::Center).build();
        mark.set_group(self.rows.first().map(|first| &first.mark));
        mark.set_active(stream.chosen);
        let (input, id) = (self.input.clone(), stream.id.clone());
        mark.connect_toggled(move |mark| {
            if mark.is_active() {
                input.emit(VariantInput::StreamChosen(id.clone()));
            }
        });
        let row = adw::ActionRow::builder().use_markup(false).title_lines(0).subtitle_lines(0).build();
        row.add_prefix(&mark);
        row.set_activatable_widget(Some(&mark));
        StreamRow { id: stream.id.clone(), row, mark }
    }
}
