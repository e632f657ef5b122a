// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::{ComponentParts, ComponentSender, RelmWidgetExt as _, SimpleComponent, adw, component, gtk};

use crate::view_model::first_boot::{Look, Press, Step, StepButton, StepButtons};

/// What is around every step: the header bar, and the buttons.
#[derive(Debug)]
pub(super) struct StepFrame {
    buttons: StepButtons,
}

/// What a frame is around.
#[derive(Debug)]
pub(super) struct StepFrameInit {
    /// The step.
    pub(super) step: Step,
    /// What it is called.
    pub(super) title: String,
    /// What is in it.
    pub(super) content: gtk::Widget,
    /// The buttons at first.
    pub(super) buttons: StepButtons,
}

/// What a frame is told.
#[derive(Debug)]
pub(super) enum StepFrameInput {
    /// These are the buttons from now on.
    Show(StepButtons),
    /// The large button was pressed.
    FirstPressed,
    /// The one below it was pressed.
    SecondPressed,
    /// The one in the header bar was pressed.
    CornerPressed,
}

#[component(pub(super))]
impl SimpleComponent for StepFrame {
    type Init = StepFrameInit;
    type Input = StepFrameInput;
    type Output = Press;

    view! {
        adw::NavigationPage {
            set_title: &title,
            set_tag: Some(step.tag()),
            set_can_pop: step.goes_back(),

            #[wrap(Some)]
            set_child = &adw::ToolbarView {
                add_top_bar = &adw::HeaderBar {
                    // The step says it in larger letters.
                    set_show_title: false,

                    pack_end = &gtk::Button {
                        set_use_underline: true,
                        #[watch]
                        set_visible: model.buttons.corner.is_some(),
                        #[watch]
                        set_label: label(model.buttons.corner.as_ref()),
                        connect_clicked => StepFrameInput::CornerPressed,
                    },
                },

                #[local_ref]
                content -> gtk::Widget {
                    set_vexpand: true,
                },

                add_bottom_bar = &adw::Clamp {
                    set_maximum_size: 300,

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 12,
                        add_css_class: "first-boot-buttons",
                        #[watch]
                        set_visible: model.buttons.first.is_some() || model.buttons.second.is_some(),

                        #[name = "first"]
                        gtk::Button {
                            set_use_underline: true,
                            add_css_class: "pill",
                            #[watch]
                            set_visible: model.buttons.first.is_some(),
                            #[watch]
                            set_label: label(model.buttons.first.as_ref()),
                            #[watch]
                            set_sensitive: model.buttons.first.as_ref().is_some_and(|button| button.reason.is_none()),
                            #[watch]
                            set_tooltip_text: reason(model.buttons.first.as_ref()),
                            #[watch]
                            set_class_active: ("suggested-action", looks(model.buttons.first.as_ref(), Look::Suggested)),
                            #[watch]
                            set_class_active: ("destructive-action", looks(model.buttons.first.as_ref(), Look::Destructive)),
                            connect_clicked => StepFrameInput::FirstPressed,
                        },

                        #[name = "second"]
                        gtk::Button {
                            set_use_underline: true,
                            add_css_class: "pill",
                            #[watch]
                            set_visible: model.buttons.second.is_some(),
                            #[watch]
                            set_label: label(model.buttons.second.as_ref()),
                            #[watch]
                            set_sensitive: model.buttons.second.as_ref().is_some_and(|button| button.reason.is_none()),
                            #[watch]
                            set_tooltip_text: reason(model.buttons.second.as_ref()),
                            connect_clicked => StepFrameInput::SecondPressed,
                        },
                    },
                },
            },

            connect_shown[first] => move |page| settle(page, &first, step),
            // The first step is shown before there is a window.
            connect_map[first] => move |page| {
                let (page, first) = (page.clone(), first.clone());
                gtk::glib::idle_add_local_once(move || settle(&page, &first, step));
            },
        }
    }

    fn init(init: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let StepFrameInit { step, title, content, buttons } = init;
        let model = Self { buttons };
        let widgets = view_output!();
        wrap(&widgets.first);
        wrap(&widgets.second);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        let pressed = match message {
            StepFrameInput::Show(buttons) => {
                self.buttons = buttons;
                return;
            }
            StepFrameInput::FirstPressed => &self.buttons.first,
            StepFrameInput::SecondPressed => &self.buttons.second,
            StepFrameInput::CornerPressed => &self.buttons.corner,
        };
        if let Some(button) = pressed.as_ref().filter(|button| button.reason.is_none()) {
            let _ = sender.output(button.press);
        }
    }
}

/// Enter goes on, but for the steps in which it chooses something: there the focus is with what can be chosen.
fn settle(page: &adw::NavigationPage, first: &gtk::Button, step: Step) {
    let chooses = matches!(step, Step::Desktop | Step::Updates);
    if let Some(window) = page.root().and_downcast::<gtk::Window>() {
        window.set_default_widget(Some(first).filter(|_| !chooses));
    }
    if first.is_visible() && !chooses {
        first.grab_focus();
    }
}

/// What stands on it is never cut, however large the text is.
pub(super) fn wrap(button: &gtk::Button) {
    if let Some(label) = button.child().and_downcast::<gtk::Label>() {
        label.set_wrap(true);
        label.set_justify(gtk::Justification::Center);
    }
}

fn label(button: Option<&StepButton>) -> &str {
    button.map_or("", |button| &button.label)
}

fn reason(button: Option<&StepButton>) -> Option<&str> {
    button.and_then(|button| button.reason.as_deref())
}

fn looks(button: Option<&StepButton>, look: Look) -> bool {
    button.is_some_and(|button| button.look == look && button.reason.is_none())
}
