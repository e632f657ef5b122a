// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::gtk;
use relm4::gtk::prelude::*;

use super::actions::{about_the_program, name_of};
use crate::view_model::{MenuEntry, MenuEntryView};

/// The main menu; what cannot be done on this host says so below its name.
#[derive(Debug)]
pub(super) struct MainMenu {
    model: gtk::gio::Menu,
    first: gtk::gio::Menu,
    shown: Vec<MenuEntryView>,
}

impl MainMenu {
    /// The menu before anything is known.
    pub(super) fn new() -> Self {
        let (model, first) = (gtk::gio::Menu::new(), gtk::gio::Menu::new());
        model.append_section(None, &first);
        model.append_section(None, &about_the_program());
        let mut menu = Self { model, first, shown: Vec::new() };
        menu.show(MenuEntry::ALL.map(|entry| entry.view(None)).into());
        menu
    }

    /// The button that opens it.
    pub(super) fn button(&self) -> gtk::MenuButton {
        let button = gtk::MenuButton::builder()
            .icon_name("isotope-menu-symbolic")
            .tooltip_text(gettext("Main Menu"))
            .primary(true)
            .menu_model(&self.model)
            .build();
        button.update_property(&[gtk::accessible::Property::Label(&gettext("Main Menu"))]);
        if let Some(popover) = button.popover() {
            popover.connect_map(|popover| name_items(popover.upcast_ref()));
        }
        button
    }

    /// Shows the entries as they stand now.
    pub(super) fn show(&mut self, entries: Vec<MenuEntryView>) {
        let reasons = |entries: &[MenuEntryView]| -> Vec<_> { entries.iter().map(|it| it.reason.clone()).collect() };
        // An open menu closes when its entries are replaced.
        if self.shown.is_empty() || reasons(&self.shown) != reasons(&entries) {
            self.first.remove_all();
            entries.iter().for_each(|entry| self.first.append_item(&item(entry)));
        }
        self.shown = entries;
    }
}

fn item(view: &MenuEntryView) -> gtk::gio::MenuItem {
    let label = view.entry.label();
    let action = name_of(view.entry);
    let Some(reason) = &view.reason else { return gtk::gio::MenuItem::new(Some(&label), Some(&action)) };
    let lines = folded(reason).iter().map(|line| gtk::glib::markup_escape_text(line).to_string()).collect::<Vec<_>>();
    let label = gtk::glib::markup_escape_text(&label.replace('_', ""));
    let item = gtk::gio::MenuItem::new(Some(&format!("{label}\n<small>{}</small>", lines.join("\n"))), Some(&action));
    item.set_attribute_value("use-markup", Some(&"yes".to_variant()));
    item
}

/// About as many letters as the widest entry of the menu has.
const WIDTH: usize = 34;

/// Lines of about the width of the menu: it does not fold long ones itself.
fn folded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Gives every item of an open menu the name that it shows: GTK 4.18 leaves them without one for those who listen.
fn name_items(widget: &gtk::Widget) {
    if widget.css_name() == "modelbutton" && widget.has_property_with_type("text", String::static_type()) {
        let text = widget.property::<Option<String>>("text").unwrap_or_default();
        let (name, reason) = spoken(&text);
        widget.reset_relation(gtk::AccessibleRelation::LabelledBy);
        widget.update_property(&[
            gtk::accessible::Property::Label(&name),
            gtk::accessible::Property::Description(&reason),
        ]);
    }
    let mut child = widget.first_child();
    while let Some(next) = child {
        name_items(&next);
        child = next.next_sibling();
    }
}

/// The name of an item and why it cannot be chosen, without what only the eye needs.
fn spoken(text: &str) -> (String, String) {
    let Some((name, reason)) = text.split_once('\n') else { return (text.replace('_', ""), String::new()) };
    let plain =
        |text: &str| gtk::pango::parse_markup(text, '\0').map_or_else(|_| text.to_owned(), |(_, it, _)| it.into());
    (plain(name), plain(reason).replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_folded_and_read_out_as_one_sentence() {
        let reason = "bootc, which takes care of this system & others, cannot do this";
        let view = MenuEntryView { entry: MenuEntry::Versions, enabled: false, reason: Some(reason.into()) };
        assert!(folded(reason).len() > 1 && folded(reason).iter().all(|line| line.chars().count() <= WIDTH));
        let item = item(&view);
        let label = item.attribute_value("label", None).and_then(|label| label.get::<String>()).unwrap();
        assert_eq!(spoken(&label), ("Other Versions…".to_owned(), reason.to_owned()));
        assert_eq!(spoken("Clean _Up…"), ("Clean Up…".to_owned(), String::new()));
    }
}
