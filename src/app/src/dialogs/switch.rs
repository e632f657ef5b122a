// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use gettextrs::gettext;
use isotope_model::Snapshot;
use relm4::adw::prelude::*;
use relm4::{ComponentParts, ComponentSender, RelmWidgetExt as _, SimpleComponent, adw, component, gtk};

use super::narrow::grow_when_narrow;
use crate::spoken::Spoken as _;
use crate::view_model::SwitchForm;

/// The dialog in which another image is named.
#[derive(Debug)]
pub(crate) struct SwitchDialog {
    snapshot: Arc<Snapshot>,
    idle: bool,
    text: String,
    form: SwitchForm,
}

/// What the dialog is told.
#[derive(Debug)]
pub(crate) enum SwitchInput {
    /// This is how the host stands, and whether nothing else is being done.
    Show(Arc<Snapshot>, bool),
    /// This was typed.
    Typed(String),
    /// The person wants to switch.
    Pressed,
}

/// What the dialog tells.
#[derive(Debug)]
pub(crate) enum SwitchOutput {
    /// The person wants to switch to this image.
    Agreed(String),
    /// It was closed.
    Closed,
}

#[component(pub(crate))]
impl SimpleComponent for SwitchDialog {
    type Init = (Arc<Snapshot>, bool);
    type Input = SwitchInput;
    type Output = SwitchOutput;

    view! {
        adw::Dialog {
            set_title: &gettext("Switch Image"),
            set_content_width: 460,
            connect_closed[sender] => move |_| {
                let _ = sender.output(SwitchOutput::Closed);
            },

            #[wrap(Some)]
            set_child = &adw::ToolbarView {
                add_top_bar = &adw::HeaderBar {},

                gtk::ScrolledWindow {
                    set_hscrollbar_policy: gtk::PolicyType::Never,
                    set_propagate_natural_height: true,

                    adw::Clamp {
                        set_maximum_size: 420,

                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            add_css_class: "switch-form",

                            gtk::ListBox {
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                                update_property: &[gtk::accessible::Property::Label(&gettext("Switch Image"))],

                                #[name = "entry"]
                                adw::EntryRow {
                                    #[watch]
                                    set_title: &model.form.label,
                                    set_text: &model.text,
                                    set_input_purpose: gtk::InputPurpose::Url,
                                    set_enable_emoji_completion: false,
                                    #[watch]
                                    set_class_active: ("error", model.misshapen()),
                                    #[watch]
                                    set_spoken_description: model.remark(),
                                    connect_changed[sender] => move |entry| {
                                        sender.input(SwitchInput::Typed(entry.text().into()));
                                    },
                                    connect_entry_activated => SwitchInput::Pressed,
                                },
                            },

                            gtk::Label {
                                set_xalign: 0.0,
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                add_css_class: "caption",
                                #[watch]
                                set_class_active: ("error", model.misshapen()),
                                #[watch]
                                set_class_active: ("dim-label", !model.misshapen()),
                                #[watch]
                                set_label: model.remark(),
                            },

                            gtk::Label {
                                set_xalign: 0.0,
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                #[watch]
                                set_label: &model.form.means,
                            },

                            gtk::Button {
                                set_halign: gtk::Align::Center,
                                set_use_underline: true,
                                set_label: &gettext("_Switch"),
                                add_css_class: "pill",
                                add_css_class: "suggested-action",
                                #[watch]
                                set_sensitive: model.form.ready,
                                #[watch]
                                set_tooltip_text: model.form.problem.as_deref(),
                                connect_clicked => SwitchInput::Pressed,
                            },
                        },
                    },
                },
            },
        }
    }

    fn init((snapshot, idle): Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let text = SwitchForm::prefill(&snapshot);
        let form = SwitchForm::of(&snapshot, &text, idle);
        let model = Self { snapshot, idle, text, form };
        let widgets = view_output!();
        grow_when_narrow(&root, 460);
        root.set_focus(Some(&widgets.entry));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            SwitchInput::Show(snapshot, idle) => (self.snapshot, self.idle) = (snapshot, idle),
            SwitchInput::Typed(text) => self.text = text,
            SwitchInput::Pressed => {
                if self.form.ready {
                    let _ = sender.output(SwitchOutput::Agreed(self.text.trim().to_owned()));
                }
            }
        }
        self.form = SwitchForm::of(&self.snapshot, &self.text, self.idle);
    }
}

impl SwitchDialog {
    /// What is wrong with what was typed, or what will check it.
    fn remark(&self) -> &str {
        self.form.problem.as_deref().or(self.form.check.as_deref()).unwrap_or_default()
    }

    /// What was typed is wrong; what stood there at first is not.
    fn misshapen(&self) -> bool {
        !self.form.ready && self.idle && self.text.trim() != SwitchForm::prefill(&self.snapshot)
    }
}
