// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::{DynamicIndex, FactoryComponent, FactorySender, FactoryView};
use relm4::{RelmWidgetExt as _, adw, factory, gtk};

use crate::spoken::Spoken as _;
use crate::view_model::{Choice, Line, LineButton, LineEnd, Tone};

/// A line of a boxed list: an icon, some words, and at the end a button, a spinner or an arrow.
#[derive(Debug)]
pub(crate) struct LineRow {
    line: Line,
    icon: gtk::Image,
}

/// What a line is told.
#[derive(Debug)]
pub(crate) enum LineInput {
    /// Show this from now on.
    Show(Box<Line>),
    /// Its button was pressed, or it was activated.
    Pressed,
}

/// What a line tells.
#[derive(Debug)]
pub(crate) enum LineOutput {
    /// The person has chosen this.
    Chosen(Choice),
    /// The person wants this text in the clipboard.
    CopyPressed(String),
}

#[factory(pub(crate))]
impl FactoryComponent for LineRow {
    type Init = Line;
    type Input = LineInput;
    type Output = LineOutput;
    type CommandOutput = ();
    type ParentWidget = gtk::ListBox;

    view! {
        row = adw::ActionRow {
            set_use_markup: false,
            set_title_lines: 0,
            set_subtitle_lines: 0,
            #[watch]
            set_title: &self.line.title,
            #[watch]
            set_subtitle: &self.line.subtitle,
            #[watch]
            set_subtitle_selectable: self.line.fact,
            #[watch]
            set_class_active: ("property", self.line.fact),
            #[watch]
            set_class_active: ("code", self.line.code),
            #[watch]
            set_sensitive: !self.line.barred,
            #[watch]
            set_activatable: matches!(self.line.end, LineEnd::Opens(_)),
            #[watch]
            set_spoken: &self.line.spoken(),
            connect_activated => LineInput::Pressed,

            add_suffix = &adw::Spinner {
                #[watch]
                set_visible: self.line.end == LineEnd::Waiting,
            },

            add_suffix = &gtk::Button {
                set_valign: gtk::Align::Center,
                set_icon_name: "isotope-copy-symbolic",
                add_css_class: "flat",
                #[watch]
                set_visible: matches!(self.line.end, LineEnd::Copy(_)),
                #[watch]
                set_tooltip_text: Some(&self.copies()),
                #[watch]
                update_property: &[gtk::accessible::Property::Label(&self.copies())],
                connect_clicked => LineInput::Pressed,
            },

            add_suffix = &gtk::Button {
                set_valign: gtk::Align::Center,
                add_css_class: "text-button",
                #[watch]
                set_visible: self.button().is_some(),
                #[watch]
                set_sensitive: self.button().is_some_and(|button| button.reason.is_none()),
                #[watch]
                set_class_active: ("destructive-action", self.button().is_some_and(|button| button.destructive && button.reason.is_none())),
                #[watch]
                set_tooltip_text: self.button().and_then(|button| button.reason.as_deref()),
                #[watch]
                update_property: &[
                    gtk::accessible::Property::Label(self.button().map_or("", |button| &button.spoken)),
                    gtk::accessible::Property::Description(&self.line.subtitle),
                ],
                connect_clicked => LineInput::Pressed,

                // A label of its own: that of the button would be read out instead of the whole sentence.
                gtk::Label {
                    set_use_underline: true,
                    #[watch]
                    set_label: self.button().map_or("", |button| &button.label),
                },
            },

            add_suffix = &gtk::Image {
                set_icon_name: Some("isotope-open-symbolic"),
                set_accessible_role: gtk::AccessibleRole::Presentation,
                add_css_class: "dim-label",
                #[watch]
                set_visible: matches!(self.line.end, LineEnd::Opens(_)),
            },
        }
    }

    fn init_widgets(
        &mut self,
        _index: &DynamicIndex,
        root: Self::Root,
        _returned: &<gtk::ListBox as FactoryView>::ReturnedWidget,
        sender: FactorySender<Self>,
    ) -> Self::Widgets {
        let widgets = view_output!();
        self.paint_icon(&widgets.row);
        fold_without_hyphens(widgets.row.upcast_ref());
        widgets
    }

    fn post_view() {
        self.paint_icon(&widgets.row);
    }

    fn init_model(line: Line, _index: &DynamicIndex, _sender: FactorySender<Self>) -> Self {
        let icon = gtk::Image::builder().accessible_role(gtk::AccessibleRole::Presentation).build();
        Self { line, icon }
    }

    fn update(&mut self, message: LineInput, sender: FactorySender<Self>) {
        match message {
            LineInput::Show(line) => self.line = *line,
            LineInput::Pressed => {
                let _ = match &self.line.end {
                    LineEnd::Copy(text) => sender.output(LineOutput::CopyPressed(text.clone())),
                    LineEnd::Button(LineButton { choice, .. }) | LineEnd::Opens(choice) => {
                        sender.output(LineOutput::Chosen(choice.clone()))
                    }
                    LineEnd::Nothing | LineEnd::Waiting => Ok(()),
                };
            }
        }
    }
}

impl LineRow {
    /// What it shows.
    pub(crate) fn line(&self) -> &Line {
        &self.line
    }

    /// A row keeps room for an icon that does not show: without one there must be none.
    fn paint_icon(&self, row: &adw::ActionRow) {
        match (self.line.icon, self.icon.parent().is_some()) {
            (Some(_), false) => row.add_prefix(&self.icon),
            (None, true) => row.remove(&self.icon),
            _ => {}
        }
        self.icon.set_icon_name(self.line.icon);
        self.icon.set_class_active("warning", self.line.tone == Tone::Warning);
        self.icon.set_class_active("accent", self.line.tone == Tone::Calling);
        self.icon.set_class_active("success", self.line.tone == Tone::Good);
    }

    fn button(&self) -> Option<&LineButton> {
        match &self.line.end {
            LineEnd::Button(button) => Some(button),
            _ => None,
        }
    }

    /// What the button that copies is called.
    fn copies(&self) -> String {
        // Translators: a button; {label} is what it copies, as in "Copy: Commit".
        gettext("Copy: {label}").replace("{label}", &self.line.title)
    }
}

/// A hyphen at the end of a line would look like a part of a checksum.
fn fold_without_hyphens(widget: &gtk::Widget) {
    if let Some(label) = widget.downcast_ref::<gtk::Label>().filter(|label| label.has_css_class("subtitle")) {
        let attributes = gtk::pango::AttrList::new();
        attributes.insert(gtk::pango::AttrInt::new_insert_hyphens(false));
        label.set_attributes(Some(&attributes));
    }
    let mut child = widget.first_child();
    while let Some(next) = child {
        fold_without_hyphens(&next);
        child = next.next_sibling();
    }
}
