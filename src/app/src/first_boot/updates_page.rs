// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::AutomaticMode;
use relm4::adw::prelude::*;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, adw, component, gtk};

use super::step_page::StepPage;
use crate::view_model::first_boot::{UpdateChoice, UpdatesStep};

/// The step in which it is said what the computer does about updates by itself.
#[derive(Debug)]
pub(super) struct UpdatesPage {
    step: UpdatesStep,
    checks: Vec<(AutomaticMode, gtk::CheckButton, gtk::glib::SignalHandlerId)>,
    chosen: Option<AutomaticMode>,
}

/// What the step is told.
#[derive(Debug)]
pub(super) enum UpdatesPageInput {
    /// Show this from now on, with this chosen.
    Show(UpdatesStep, Option<AutomaticMode>),
}

/// What the step tells: what was chosen.
#[derive(Debug)]
pub(super) struct ModeChosen(pub(super) AutomaticMode);

#[component(pub(super))]
impl SimpleComponent for UpdatesPage {
    type Init = UpdatesStep;
    type Input = UpdatesPageInput;
    type Output = ModeChosen;

    view! {
        #[template]
        StepPage {
            #[template_child]
            heading {
                set_label: &gettext("How Updates Come"),
            },

            #[template_child]
            words {
                set_label: &gettext(
                    "Isotope never restarts the computer by itself, and after any update it can go back to what ran before.",
                ),
            },

            #[template_child]
            body {
                #[name = "list"]
                gtk::ListBox {
                    set_selection_mode: gtk::SelectionMode::None,
                    add_css_class: "boxed-list",
                    update_property: &[gtk::accessible::Property::Label(&gettext("How Updates Come"))],
                },

                gtk::Label {
                    set_wrap: true,
                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                    set_justify: gtk::Justification::Center,
                    add_css_class: "caption",
                    add_css_class: "dim-label",
                    add_css_class: "first-boot-note",
                    #[watch]
                    set_visible: model.step.note.is_some(),
                    #[watch]
                    set_label: model.step.note.as_deref().unwrap_or_default(),
                },
            },
        }
    }

    fn init(step: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let mut model = Self { step, checks: Vec::new(), chosen: None };
        let widgets = view_output!();
        for choice in &model.step.choices {
            let check = gtk::CheckButton::builder().valign(gtk::Align::Center).build();
            check.set_group(model.checks.first().map(|(_, first, _)| first));
            let (sender, mode) = (sender.clone(), choice.mode);
            let toggled = check.connect_toggled(move |check| {
                if check.is_active() {
                    let _ = sender.output(ModeChosen(mode));
                }
            });
            widgets.list.append(&row(choice, &check));
            model.checks.push((choice.mode, check, toggled));
        }
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, _sender: ComponentSender<Self>) {
        let UpdatesPageInput::Show(step, chosen) = message;
        self.step = step;
        if chosen != self.chosen {
            self.chosen = chosen;
            // What is shown is no choice: it would come back, and with a choice made meanwhile never end.
            self.checks.iter().for_each(|(_, check, toggled)| check.block_signal(toggled));
            for (mode, check, _) in &self.checks {
                check.set_active(Some(*mode) == chosen);
            }
            self.checks.iter().for_each(|(_, check, toggled)| check.unblock_signal(toggled));
        }
    }
}

fn row(choice: &UpdateChoice, check: &gtk::CheckButton) -> adw::ActionRow {
    let row = adw::ActionRow::builder()
        .use_markup(false)
        .title(&choice.title)
        .subtitle(&choice.subtitle)
        .title_lines(0)
        .subtitle_lines(0)
        .activatable_widget(check)
        .build();
    row.add_prefix(check);
    row
}
