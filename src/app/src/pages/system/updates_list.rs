// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, component, gtk};

use crate::rows::{LineOutput, LineRow, show_lines};
use crate::view_model::{Choice, Line};

/// How the updates of this computer are set, each line leading to where that is done.
#[derive(Debug)]
pub(super) struct UpdatesList {
    lines: FactoryVecDeque<LineRow>,
}

#[component(pub(super))]
impl SimpleComponent for UpdatesList {
    type Init = Vec<Line>;
    type Input = Vec<Line>;
    type Output = Choice;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,

            #[name = "title"]
            gtk::Label {
                set_accessible_role: gtk::AccessibleRole::Heading,
                // Translators: the heading of how updates are set.
                set_label: &gettext("Updates"),
                set_xalign: 0.0,
                add_css_class: "heading",
                add_css_class: "list-title",
            },

            #[local_ref]
            list -> gtk::ListBox {
                set_selection_mode: gtk::SelectionMode::None,
                add_css_class: "boxed-list",
                update_relation: &[gtk::accessible::Relation::LabelledBy(&[title.upcast_ref()])],
            },
        }
    }

    fn init(lines: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let shown =
            FactoryVecDeque::builder().launch(gtk::ListBox::default()).forward(sender.output_sender(), |output| {
                match output {
                    LineOutput::Chosen(choice) => choice,
                    LineOutput::CopyPressed(text) => Choice::Copy(text),
                }
            });
        let mut model = Self { lines: shown };
        show_lines(&mut model.lines, &lines);
        let list = model.lines.widget();
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, lines: Self::Input, _sender: ComponentSender<Self>) {
        show_lines(&mut self.lines, &lines);
    }
}
