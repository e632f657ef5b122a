// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;
use std::time::Duration;

use gettextrs::gettext;
use isotope_model::Snapshot;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{ComponentParts, ComponentSender, RelmWidgetExt as _, SimpleComponent, adw, component, gtk};

use crate::helper_worker::{Found, Reading};
use crate::rows::{LineOutput, LineRow, show_lines};
use crate::spoken::Spoken as _;
use crate::view_model::{Calendar, ImageLookup, SwitchForm};

/// How long nothing is typed before what stands there is taken for the whole.
const PAUSE: Duration = Duration::from_millis(500);

/// The height of the dialog, the more there is to show.
const HEIGHTS: [i32; 3] = [270, 420, 640];

/// The dialog in which another image is named.
#[derive(Debug)]
pub(crate) struct SwitchDialog {
    snapshot: Arc<Snapshot>,
    idle: bool,
    text: String,
    form: SwitchForm,
    lookup: ImageLookup,
    typed: u64,
    found: FactoryVecDeque<LineRow>,
    height: i32,
}

/// What the dialog is told.
#[derive(Debug)]
pub(crate) enum SwitchInput {
    /// This is how the host stands, and whether nothing else is being done.
    Show(Arc<Snapshot>, bool),
    /// This was typed.
    Typed(String),
    /// Nothing was typed for a while after so many changes.
    Paused(u64),
    /// The person wants to know what the registry tells.
    LookUpPressed,
    /// This was found out, perhaps of another image.
    Heard(Found),
    /// The person wants to switch.
    Pressed,
}

/// What the dialog tells.
#[derive(Debug)]
pub(crate) enum SwitchOutput {
    /// This has to be found out.
    Asked(Reading),
    /// Another image is named.
    Renamed,
    /// The person wants to switch to this image.
    Wished(String),
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
            #[watch]
            set_content_height: adw::LengthUnit::Sp.to_px(model.height.into(), None) as i32,
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
                                    set_spoken_description: model.problem(),
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
                                set_visible: model.form.problem.is_some(),
                                #[watch]
                                set_class_active: ("error", model.misshapen()),
                                #[watch]
                                set_class_active: ("dim-label", !model.misshapen()),
                                #[watch]
                                set_label: model.problem(),
                            },

                            #[local_ref]
                            found -> gtk::ListBox {
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                                #[watch]
                                set_visible: model.form.image.is_some(),
                                // Translators: the heading of what is known of an image that was named.
                                update_property: &[gtk::accessible::Property::Label(&gettext("What Is Known of It"))],
                            },

                            gtk::Button {
                                set_halign: gtk::Align::Center,
                                set_use_underline: true,
                                set_label: &gettext("_Switch…"),
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
        let found =
            FactoryVecDeque::builder().launch(gtk::ListBox::default()).forward(sender.input_sender(), |output| {
                match output {
                    LineOutput::Chosen(_) | LineOutput::CopyPressed(_) => SwitchInput::LookUpPressed,
                }
            });
        let model =
            Self { snapshot, idle, text, form, lookup: ImageLookup::default(), typed: 0, found, height: HEIGHTS[0] };
        let found = model.found.widget();
        let widgets = view_output!();
        root.set_focus(Some(&widgets.entry));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            SwitchInput::Show(snapshot, idle) => (self.snapshot, self.idle) = (snapshot, idle),
            SwitchInput::Typed(text) => {
                self.text = text;
                self.wait_for_more(&sender);
            }
            SwitchInput::Paused(typed) if typed == self.typed => self.ask(ImageLookup::ask_trust, &sender),
            SwitchInput::Paused(_) => {}
            SwitchInput::LookUpPressed => self.ask(ImageLookup::ask_preview, &sender),
            SwitchInput::Heard(found) => self.hear(&found),
            SwitchInput::Pressed => {
                self.ask(ImageLookup::ask_trust, &sender);
                if self.form.ready {
                    let _ = sender.output(SwitchOutput::Wished(self.lookup.image().to_owned()));
                }
            }
        }
        self.show(&sender);
    }

    fn post_view() {
        Self::keep_focus(&widgets.entry);
    }
}

impl SwitchDialog {
    /// Works out what to say of what stands there now.
    fn show(&mut self, sender: &ComponentSender<Self>) {
        self.form = SwitchForm::of(&self.snapshot, &self.text, self.idle);
        let named = self.form.image.as_ref().map_or("", |_| self.text.trim());
        if self.lookup.name(named) {
            let _ = sender.output(SwitchOutput::Renamed);
        }
        let lines = self.form.image.as_ref().map(|image| self.lookup.lines(image, &Calendar::here_and_now()));
        let lines = lines.unwrap_or_default();
        show_lines(&mut self.found, &lines);
        let wanted = match lines.len() {
            0 => HEIGHTS[0],
            1 | 2 => HEIGHTS[1],
            _ => HEIGHTS[2],
        };
        // What grew stays: it would jump with every letter.
        self.height = self.height.max(wanted);
    }

    fn ask(&mut self, question: impl Fn(&mut ImageLookup) -> Option<Reading>, sender: &ComponentSender<Self>) {
        if let Some(reading) = question(&mut self.lookup) {
            let _ = sender.output(SwitchOutput::Asked(reading));
        }
    }

    fn wait_for_more(&mut self, sender: &ComponentSender<Self>) {
        self.typed += 1;
        let (typed, input) = (self.typed, sender.input_sender().clone());
        relm4::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            // The dialog may have been closed meanwhile.
            let _ = input.send(SwitchInput::Paused(typed));
        });
    }

    fn hear(&mut self, found: &Found) {
        if self.lookup.hear(found) {
            let told = self.lookup.spoken(&Calendar::here_and_now());
            self.found.widget().announce(&told, gtk::AccessibleAnnouncementPriority::Medium);
        }
    }

    /// The focus is lost where the button that had it makes room for a spinner: then the entry gets it.
    fn keep_focus(entry: &adw::EntryRow) {
        let window = entry.root().and_downcast::<gtk::Window>();
        if window.is_some_and(|window| GtkWindowExt::focus(&window).is_none()) {
            entry.grab_focus_without_selecting();
        }
    }

    /// What is wrong with what was typed.
    fn problem(&self) -> &str {
        self.form.problem.as_deref().unwrap_or_default()
    }

    /// What was typed is wrong; what stood there at first is not.
    fn misshapen(&self) -> bool {
        !self.form.ready && self.idle && self.text.trim() != SwitchForm::prefill(&self.snapshot)
    }
}
