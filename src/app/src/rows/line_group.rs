// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::factory::{DynamicIndex, FactoryComponent, FactorySender, FactoryVecDeque, FactoryView};
use relm4::{adw, factory, gtk};

use super::line_list::show_lines;
use super::line_row::{LineOutput, LineRow};
use crate::view_model::LineGroup;

/// A boxed list of lines, with its title.
#[derive(Debug)]
pub(crate) struct LineGroupBox {
    view: LineGroup,
    lines: FactoryVecDeque<LineRow>,
}

#[factory(pub(crate))]
impl FactoryComponent for LineGroupBox {
    type Init = LineGroup;
    type Input = LineGroup;
    type Output = LineOutput;
    type CommandOutput = ();
    type ParentWidget = adw::PreferencesPage;

    view! {
        root = adw::PreferencesGroup {
            #[watch]
            set_title: &gtk::glib::markup_escape_text(&self.view.title),
            #[watch]
            set_description: Some(self.view.description.as_str()).filter(|text| !text.is_empty()).map(gtk::glib::markup_escape_text).as_deref(),

            #[local_ref]
            list -> gtk::ListBox {
                set_selection_mode: gtk::SelectionMode::None,
                add_css_class: "boxed-list",
                #[watch]
                set_visible: !self.view.lines.is_empty(),
                #[watch]
                update_property: &[gtk::accessible::Property::Label(&self.view.title)],
            },
        }
    }

    fn init_model(view: LineGroup, _index: &DynamicIndex, sender: FactorySender<Self>) -> Self {
        let lines = FactoryVecDeque::builder()
            .launch(gtk::ListBox::default())
            .forward(sender.output_sender(), std::convert::identity);
        let mut model = Self { view, lines };
        show_lines(&mut model.lines, &model.view.lines);
        model
    }

    fn init_widgets(
        &mut self,
        _index: &DynamicIndex,
        root: Self::Root,
        _returned: &<adw::PreferencesPage as FactoryView>::ReturnedWidget,
        _sender: FactorySender<Self>,
    ) -> Self::Widgets {
        let list = self.lines.widget();
        let widgets = view_output!();
        widgets
    }

    fn update(&mut self, view: LineGroup, _sender: FactorySender<Self>) {
        self.view = view;
        show_lines(&mut self.lines, &self.view.lines);
    }
}

/// Shows these groups. Those that stay, from the first one on, keep their widgets, and with them the focus.
pub(crate) fn show_groups(shown: &mut FactoryVecDeque<LineGroupBox>, groups: &[LineGroup]) {
    let stay = shown.len().min(groups.len());
    for (index, group) in groups.iter().take(stay).enumerate() {
        if shown.get(index).is_some_and(|before| before.view != *group) {
            shown.send(index, group.clone());
        }
    }
    if shown.len() == groups.len() {
        return;
    }
    let mut shown = shown.guard();
    while shown.len() > stay {
        shown.pop_back();
    }
    for group in groups.iter().skip(stay) {
        shown.push_back(group.clone());
    }
}
