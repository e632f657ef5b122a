// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, adw, component, gtk};

use crate::view_model::SwitchChoice;

/// A choice that goes with the switch, as a boxed list of its own.
#[derive(Debug)]
pub(crate) struct ChoiceList {
    choice: Option<SwitchChoice>,
}

/// What the list is at first.
#[derive(Debug)]
pub(crate) struct ChoiceListInit {
    /// What it is called where it is read out.
    pub(crate) label: String,
    /// What is chosen at first.
    pub(crate) active: bool,
}

/// What the list tells: what was chosen.
#[derive(Debug)]
pub(crate) struct Toggled(pub(crate) bool);

#[component(pub(crate))]
impl SimpleComponent for ChoiceList {
    type Init = ChoiceListInit;
    type Input = Option<SwitchChoice>;
    type Output = Toggled;

    view! {
        gtk::ListBox {
            set_selection_mode: gtk::SelectionMode::None,
            add_css_class: "boxed-list",
            add_css_class: "preflight-choice",
            #[watch]
            set_visible: model.choice.is_some(),
            update_property: &[gtk::accessible::Property::Label(&label)],

            adw::SwitchRow {
                set_use_markup: false,
                set_title_lines: 0,
                set_subtitle_lines: 0,
                #[watch]
                set_title: model.choice.as_ref().map_or("", |choice| &choice.title),
                #[watch]
                set_subtitle: model.choice.as_ref().map_or("", |choice| &choice.subtitle),
                set_active: active,
                connect_active_notify[sender] => move |row| {
                    let _ = sender.output(Toggled(row.is_active()));
                },
            },
        }
    }

    fn init(init: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let ChoiceListInit { label, active } = init;
        let model = Self { choice: None };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, choice: Self::Input, _sender: ComponentSender<Self>) {
        self.choice = choice;
    }
}
