// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{SystemTime, UNIX_EPOCH};

use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{ComponentParts, ComponentSender, RelmWidgetExt as _, SimpleComponent, adw, component, gtk};

use crate::view_model::{Calendar, ObstaclesView, RestartMoment, RestartTime, RestartView, at_that_time};

/// Asks when the computer is to restart, once it was said what that would disturb.
#[derive(Debug)]
pub(crate) struct RestartDialog {
    view: RestartView,
    obstacles: gtk::ListBox,
    time: RestartTime,
    moments: Vec<RestartMoment>,
    moment: usize,
    /// Other times can be chosen than a moment ago.
    renewed: bool,
    /// The time that was chosen is over.
    missed: bool,
    dialog: adw::Dialog,
}

/// What the dialog is told.
#[derive(Debug)]
pub(crate) enum RestartDialogInput {
    /// Show this from now on.
    Show(RestartView),
    /// This was chosen.
    Chosen(RestartTime),
    /// The time at this place was chosen.
    MomentChosen(u32),
    /// The button was pressed.
    Pressed,
}

/// What the dialog tells.
#[derive(Debug)]
pub(crate) enum RestartDialogOutput {
    /// The person wants the computer to restart now; in spite of what holds that back, which was named.
    Now {
        /// Something holds it back.
        despite: bool,
    },
    /// The person wants it to restart then, in seconds since 1970.
    At(u64),
    /// It was closed.
    Closed,
}

#[component(pub(crate))]
impl SimpleComponent for RestartDialog {
    /// What is known so far, and whether a time can be chosen.
    type Init = (RestartView, bool);
    type Input = RestartDialogInput;
    type Output = RestartDialogOutput;

    view! {
        adw::Dialog {
            set_title: &gettext("Restart"),
            set_content_width: 440,
            #[watch]
            set_content_height: model.height(),
            connect_closed[sender] => move |_| {
                let _ = sender.output(RestartDialogOutput::Closed);
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
                            add_css_class: "restart-form",

                            gtk::Label {
                                set_xalign: 0.0,
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                #[watch]
                                set_label: model.view.sentence(model.time),
                            },

                            #[local_ref]
                            obstacles -> gtk::ListBox {
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                                #[watch]
                                set_visible: model.view.obstacles != ObstaclesView::Known(Vec::new()),
                                // Translators: what a list is called where it is read out.
                                update_property: &[gtk::accessible::Property::Label(&gettext("What a Restart Would Disturb"))],
                            },

                            gtk::ListBox {
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                                // Translators: what a list is called where it is read out.
                                update_property: &[gtk::accessible::Property::Label(&gettext("When to Restart"))],

                                adw::ActionRow {
                                    set_use_markup: false,
                                    set_title: &gettext("Restart Now"),
                                    set_activatable_widget: Some(&now),
                                    #[name = "now"]
                                    add_prefix = &gtk::CheckButton {
                                        set_active: true,
                                        set_valign: gtk::Align::Center,
                                        update_property: &[gtk::accessible::Property::Label(&gettext("Restart Now"))],
                                        connect_toggled[sender] => move |button| if button.is_active() {
                                            sender.input(RestartDialogInput::Chosen(RestartTime::Now));
                                        },
                                    },
                                },

                                adw::ActionRow {
                                    set_use_markup: false,
                                    // Translators: when to restart the computer: not now, but at a time that is chosen below.
                                    set_title: &gettext("At a Time"),
                                    #[watch]
                                    set_subtitle: &model.moment(),
                                    set_subtitle_lines: 0,
                                    #[watch]
                                    set_visible: !model.moments.is_empty(),
                                    set_activatable_widget: Some(&later),
                                    #[name = "later"]
                                    add_prefix = &gtk::CheckButton {
                                        set_group: Some(&now),
                                        set_valign: gtk::Align::Center,
                                        update_property: &[gtk::accessible::Property::Label(&gettext("At a Time"))],
                                        #[watch]
                                        update_property: &[gtk::accessible::Property::Description(&model.moment())],
                                        connect_toggled[sender] => move |button| if button.is_active() {
                                            sender.input(RestartDialogInput::Chosen(RestartTime::Later));
                                        },
                                    },
                                },

                                #[name = "times"]
                                adw::ComboRow {
                                    // Translators: the time of day of a restart.
                                    set_title: &gettext("Time"),
                                    #[track(model.renewed)]
                                    #[block_signal(moment_chosen)]
                                    set_model: Some(&model.times()),
                                    #[track(model.renewed)]
                                    #[block_signal(moment_chosen)]
                                    set_selected: u32::try_from(model.moment).unwrap_or_default(),
                                    #[watch]
                                    set_visible: model.time == RestartTime::Later,
                                    connect_selected_notify[sender] => move |row| {
                                        sender.input(RestartDialogInput::MomentChosen(row.selected()));
                                    } @moment_chosen,
                                },

                                adw::ActionRow {
                                    set_use_markup: false,
                                    set_title: &gettext("At the Next Shutdown"),
                                    set_subtitle: &gettext("Nothing to do: what is prepared starts whenever the computer is restarted or switched on again."),
                                    set_title_lines: 0,
                                    set_subtitle_lines: 0,
                                    set_activatable_widget: Some(&at_shutdown),
                                    #[name = "at_shutdown"]
                                    add_prefix = &gtk::CheckButton {
                                        set_group: Some(&now),
                                        set_valign: gtk::Align::Center,
                                        update_property: &[gtk::accessible::Property::Label(&gettext("At the Next Shutdown"))],
                                        connect_toggled[sender] => move |button| if button.is_active() {
                                            sender.input(RestartDialogInput::Chosen(RestartTime::AtShutdown));
                                        },
                                    },
                                },
                            },
                        },
                    },
                },

                add_bottom_bar = &gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 12,
                    set_halign: gtk::Align::Center,
                    add_css_class: "restart-buttons",

                    gtk::Label {
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_justify: gtk::Justification::Center,
                        #[watch]
                        set_label: &model.objection(),
                        #[watch]
                        set_visible: !model.objection().is_empty(),
                    },

                    gtk::Button {
                        set_use_underline: true,
                        set_halign: gtk::Align::Center,
                        #[watch]
                        set_sensitive: model.view.allows(model.time),
                        #[watch]
                        update_property: &[gtk::accessible::Property::Description(&model.objection())],
                        add_css_class: "pill",
                        #[watch]
                        set_label: &model.view.button(model.time),
                        #[watch]
                        set_class_active: ("destructive-action", model.despite()),
                        #[watch]
                        set_class_active: (
                            "suggested-action",
                            !model.despite() && model.time != RestartTime::AtShutdown,
                        ),
                        connect_clicked => RestartDialogInput::Pressed,
                    },
                },
            },
        }
    }

    fn init((view, timed): Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let obstacles = gtk::ListBox::new();
        show_obstacles(&obstacles, &view.obstacles);
        let (moments, moment) = match timed {
            true => RestartMoment::from_now(now(), &Calendar::here_and_now()),
            false => (Vec::new(), 0),
        };
        let (time, dialog) = (RestartTime::Now, root.clone());
        let model = Self { view, obstacles, time, moments, moment, renewed: false, missed: false, dialog };
        let obstacles = &model.obstacles;
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        self.renewed = false;
        let before = self.objection();
        match message {
            RestartDialogInput::Show(view) => {
                if view.obstacles != self.view.obstacles {
                    show_obstacles(&self.obstacles, &view.obstacles);
                    self.announce(&view.obstacles);
                }
                self.view = view;
            }
            RestartDialogInput::Chosen(time) => self.time = time,
            RestartDialogInput::MomentChosen(place) => {
                self.moment = usize::try_from(place).unwrap_or_default();
                self.missed = false;
            }
            RestartDialogInput::Pressed => self.press(&sender),
        }
        let objection = self.objection();
        if !objection.is_empty() && objection != before {
            self.obstacles.announce(&objection, gtk::AccessibleAnnouncementPriority::Medium);
        }
    }
}

impl RestartDialog {
    /// Tells what was chosen, unless it can be no more.
    fn press(&mut self, sender: &ComponentSender<Self>) {
        if !self.view.allows(self.time) {
            return;
        }
        let _ = match (self.time, self.moments.get(self.moment)) {
            (RestartTime::Later, Some(moment)) if moment.is_missed(now()) => {
                (self.moments, self.moment) = RestartMoment::from_now(now(), &Calendar::here_and_now());
                (self.renewed, self.missed) = (true, true);
                return;
            }
            (RestartTime::Now, _) => sender.output(RestartDialogOutput::Now { despite: self.view.held_back }),
            (RestartTime::Later, Some(moment)) => sender.output(RestartDialogOutput::At(moment.seconds)),
            (RestartTime::Later | RestartTime::AtShutdown, _) => Ok(()),
        };
        self.dialog.close();
    }

    /// What speaks against what is chosen; nothing where it can be.
    fn objection(&self) -> String {
        match self.time {
            RestartTime::Now => self.view.hindrance.clone().unwrap_or_default(),
            RestartTime::Later if self.missed => gettext("That time is over. Choose another one."),
            RestartTime::Later | RestartTime::AtShutdown => String::new(),
        }
    }

    /// The time that is proposed, with its date; of the one that is chosen, what there is to know.
    fn moment(&self) -> String {
        let moment = self.moments.get(self.moment).map_or("", |moment| &moment.moment);
        match self.time {
            RestartTime::Later => at_that_time(moment),
            RestartTime::Now | RestartTime::AtShutdown => moment.to_owned(),
        }
    }

    /// So high that a window of the usual size shows all of it; what is more is scrolled to.
    fn height(&self) -> i32 {
        let rows = match &self.view.obstacles {
            ObstaclesView::Waiting | ObstaclesView::Unknown(_) => 1,
            ObstaclesView::Known(sentences) => i32::try_from(sentences.len()).unwrap_or(0),
        };
        let obstacles = if rows > 0 { 18 + 60 * rows } else { 0 };
        let time = if self.time == RestartTime::Later { 76 } else { 0 };
        let objection = if self.objection().is_empty() { 0 } else { 54 };
        (380 + obstacles + time + objection).min(660)
    }

    fn times(&self) -> gtk::StringList {
        gtk::StringList::new(&self.moments.iter().map(|moment| moment.time.as_str()).collect::<Vec<_>>())
    }

    /// What is chosen would be done in spite of what holds it back.
    fn despite(&self) -> bool {
        self.time == RestartTime::Now && self.view.held_back
    }

    fn announce(&self, obstacles: &ObstaclesView) {
        let text = match obstacles {
            ObstaclesView::Waiting => return,
            ObstaclesView::Known(sentences) => sentences.join(" "),
            ObstaclesView::Unknown(sentence) => sentence.clone(),
        };
        if !text.is_empty() {
            self.obstacles.announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
        }
    }
}

/// In seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn show_obstacles(list: &gtk::ListBox, obstacles: &ObstaclesView) {
    list.remove_all();
    match obstacles {
        ObstaclesView::Waiting => {
            let row = row(&gettext("Looking for what a restart would disturb…"));
            row.add_prefix(&adw::Spinner::new());
            list.append(&row);
        }
        ObstaclesView::Known(sentences) => sentences.iter().for_each(|sentence| list.append(&warning(sentence))),
        ObstaclesView::Unknown(sentence) => list.append(&warning(sentence)),
    }
}

fn warning(sentence: &str) -> adw::ActionRow {
    let row = row(sentence);
    let icon = gtk::Image::builder()
        .icon_name("isotope-row-attention-symbolic")
        .accessible_role(gtk::AccessibleRole::Presentation)
        .css_classes(["warning"])
        .build();
    row.add_prefix(&icon);
    row
}

fn row(sentence: &str) -> adw::ActionRow {
    // A title that was set before would be read as markup.
    let row = adw::ActionRow::builder().use_markup(false).title_lines(0).activatable(false).build();
    row.set_title(sentence);
    row
}
