// SPDX-License-Identifier: GPL-3.0-or-later
mod stream_rows;

use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{ComponentParts, ComponentSender, RelmWidgetExt as _, SimpleComponent, adw, component, gtk};

use self::stream_rows::StreamRows;
use super::picture_frame::PictureFrame;
use crate::rows::{LineGroupBox, LineOutput, show_groups};
use crate::view_model::{Choice, VariantView};

/// The page of a variant: what it is, its streams, and what switching to it would bring.
#[derive(Debug)]
pub(crate) struct VariantPage {
    view: VariantView,
    streams: StreamRows,
    groups: FactoryVecDeque<LineGroupBox>,
    sent: Option<gtk::gdk::Texture>,
}

/// What the page is told.
#[derive(Debug)]
pub(crate) enum VariantInput {
    /// Show this from now on.
    Show(Box<VariantView>),
    /// This is the picture that the vendor has sent.
    Pictured(gtk::gdk::Texture),
    /// Read this out: it can be seen anyhow.
    Announce(String),
    /// This stream is marked.
    StreamChosen(String),
    /// The button was pressed.
    Pressed,
}

/// What the person did on the page.
#[derive(Debug)]
pub(crate) enum VariantOutput {
    /// Another stream was chosen.
    StreamChosen(String),
    /// Something else was chosen.
    Chosen(Choice),
}

#[component(pub(crate))]
impl SimpleComponent for VariantPage {
    type Init = (Box<VariantView>, Option<gtk::gdk::Texture>);
    type Input = VariantInput;
    type Output = VariantOutput;

    view! {
        page = adw::NavigationPage {
            #[watch]
            set_title: &model.view.name,

            #[wrap(Some)]
            set_child = &adw::ToolbarView {
                // The name stands below in full; up here it would be cut in a narrow window.
                add_top_bar = &adw::HeaderBar { set_show_title: false },

                #[local_ref]
                lists -> adw::PreferencesPage {
                    add = &adw::PreferencesGroup {
                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            add_css_class: "variant",

                            adw::Clamp {
                                set_maximum_size: 288,

                                #[name = "picture"]
                                PictureFrame::new() -> PictureFrame {
                                    set_overflow: gtk::Overflow::Hidden,
                                    add_css_class: "card",
                                },
                            },

                            gtk::Label {
                                set_accessible_role: gtk::AccessibleRole::Heading,
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "title-2",
                                #[watch]
                                set_label: &model.view.name,
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "dim-label",
                                #[watch]
                                set_label: &model.view.vendor,
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                #[watch]
                                set_visible: !model.view.summary.is_empty(),
                                #[watch]
                                set_label: &model.view.summary,
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "heading",
                                #[watch]
                                set_visible: model.view.status.is_some(),
                                #[watch]
                                set_label: model.view.status.as_deref().unwrap_or_default(),
                            },

                            gtk::Button {
                                set_halign: gtk::Align::Center,
                                set_use_underline: true,
                                add_css_class: "pill",
                                #[watch]
                                set_label: &model.view.button.label,
                                #[watch]
                                set_sensitive: model.view.button.sensitive,
                                #[watch]
                                set_class_active: ("suggested-action", model.view.button.sensitive),
                                connect_clicked => VariantInput::Pressed,
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "caption",
                                add_css_class: "dim-label",
                                #[watch]
                                set_visible: model.view.button.reason.is_some(),
                                #[watch]
                                set_label: model.view.button.reason.as_deref().unwrap_or_default(),
                            },
                        },
                    },

                    add = &adw::PreferencesGroup {
                        // Translators: the heading of the lines of versions that one can follow: stable, testing, …
                        set_title: &gettext("Stream"),
                        #[watch]
                        set_visible: !model.view.streams.is_empty(),

                        #[local_ref]
                        streams -> gtk::ListBox {
                            update_property: &[gtk::accessible::Property::Label(&gettext("Stream"))],
                        },
                    },
                },
            },
        }
    }

    fn init((view, sent): Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let groups =
            FactoryVecDeque::builder().launch(adw::PreferencesPage::new()).forward(sender.output_sender(), |output| {
                match output {
                    LineOutput::Chosen(choice) => VariantOutput::Chosen(choice),
                    LineOutput::CopyPressed(text) => VariantOutput::Chosen(Choice::Copy(text)),
                }
            });
        let streams = StreamRows::new(sender.input_sender().clone());
        let mut model = Self { view: *view, streams, groups, sent };
        let (lists, streams) = (model.groups.widget().clone(), model.streams.list().clone());
        let widgets = view_output!();
        model.show_lists();
        widgets.picture.show(&model.view.picture, model.sent.as_ref());
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            VariantInput::Show(view) => {
                self.view = *view;
                self.show_lists();
            }
            VariantInput::Pictured(texture) => self.sent = Some(texture),
            VariantInput::Announce(text) => {
                let lists = self.groups.widget().upcast_ref::<gtk::Widget>();
                lists.announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
            }
            VariantInput::StreamChosen(id) => {
                let chosen = self.view.streams.iter().find(|stream| stream.chosen);
                if chosen.is_none_or(|chosen| chosen.id != id) {
                    let _ = sender.output(VariantOutput::StreamChosen(id));
                }
            }
            VariantInput::Pressed => {
                let _ = sender.output(VariantOutput::Chosen(Choice::SwitchToVariant));
            }
        }
    }

    fn post_view() {
        widgets.picture.show(&self.view.picture, self.sent.as_ref());
    }
}

impl VariantPage {
    fn show_lists(&mut self) {
        self.streams.show(&self.view.streams);
        show_groups(&mut self.groups, &self.view.groups);
    }
}
