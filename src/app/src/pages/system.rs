// SPDX-License-Identifier: GPL-3.0-or-later
mod boot_card;
mod operation_bar;
mod operation_log;
mod trial_card;
mod updates_list;

use gettextrs::gettext;
use isotope_model::DeploymentId;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, RelmWidgetExt as _,
    SimpleComponent, adw, component, gtk,
};

use self::boot_card::{BootCard, BootCardInput, BootCardOutput};
pub(crate) use self::operation_bar::{OperationBar, OperationBarInput};
use self::operation_log::{OperationLogBox, OperationLogInput, OperationLogOutput};
use self::trial_card::{TrialCard, TrialCardInput, TrialCardOutput};
use self::updates_list::UpdatesList;
use crate::rows::{DeploymentRow, DeploymentRowInput, DeploymentRowOutput, LineOutput, LineRow, show_lines};
use crate::spoken::Spoken as _;
use crate::view_model::{Choice, Meaning, OperationLogView, RowMeaning, SystemView, Tone};

/// Up to this width, for text of the usual size, the rows put their buttons below.
const NARROW: f64 = 460.0;

/// The first page: how am I, what comes next, what can I go back to.
#[derive(Debug)]
pub(crate) struct SystemPage {
    view: SystemView,
    notice: Controller<BootCard>,
    trial: Controller<TrialCard>,
    operation: Controller<OperationBar>,
    log: Controller<OperationLogBox>,
    updates: FactoryVecDeque<LineRow>,
    rows: FactoryVecDeque<DeploymentRow>,
    settings: Controller<UpdatesList>,
    narrow: bool,
}

/// What the page is told.
#[derive(Debug)]
pub(crate) enum SystemInput {
    /// Show this from now on.
    Show(Box<SystemView>),
    /// Show this of what is done, or was done last.
    ShowLog(Option<OperationLogView>),
    /// There is little room, or enough again.
    Narrow(bool),
    /// The one button was pressed.
    Pressed,
    /// The row at this place was activated.
    Activated(i32),
}

/// What the person did on the page.
#[derive(Debug)]
pub(crate) enum SystemOutput {
    /// The one button was pressed, with this meaning.
    Pressed(Meaning),
    /// The button of the banner was pressed.
    RestartPressed,
    /// The restart at a time is to be called off.
    CallOffPressed,
    /// The button on a row was pressed.
    RowPressed(RowMeaning),
    /// The person has chosen this in a line about updates.
    Chosen(Choice),
    /// A row was activated.
    Opened(DeploymentId),
    /// The notice about this start of the computer was closed.
    NoticeClosed(String),
    /// What was switched to is kept; this is the way back.
    KeepPressed(DeploymentId),
    /// The person wants to go back to this.
    GoBackPressed(DeploymentId),
}

#[component(pub(crate))]
impl SimpleComponent for SystemPage {
    type Init = Box<SystemView>;
    type Input = SystemInput;
    type Output = SystemOutput;

    view! {
        adw::BreakpointBin {
            set_size_request: (200, 200),
            add_breakpoint: breakpoint(&sender),

            #[wrap(Some)]
            set_child = &gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::Banner {
                    #[watch]
                    set_title: model.view.banner.as_ref().map_or("", |banner| &banner.title),
                    #[watch]
                    set_revealed: model.view.banner.is_some(),
                    set_use_markup: false,
                    #[watch]
                    set_button_label: model.view.banner.as_ref().and_then(|banner| banner.button.as_deref()),
                    connect_button_clicked[sender] => move |_| {
                        let _ = sender.output(SystemOutput::RestartPressed);
                    },
                },

                adw::Banner {
                    #[watch]
                    set_title: model.view.scheduled.as_deref().unwrap_or_default(),
                    #[watch]
                    set_revealed: model.view.scheduled.is_some(),
                    set_use_markup: false,
                    set_button_label: Some(&gettext("_Cancel Restart")),
                    connect_button_clicked[sender] => move |_| {
                        let _ = sender.output(SystemOutput::CallOffPressed);
                    },
                },

                gtk::ScrolledWindow {
                    set_vexpand: true,
                    set_hscrollbar_policy: gtk::PolicyType::Never,

                    adw::Clamp {
                        set_maximum_size: 560,
                        set_tightening_threshold: 400,

                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            add_css_class: "system-page",

                            #[local_ref]
                            notice -> gtk::Box {},

                            #[local_ref]
                            trial -> gtk::Box {},

                            gtk::Image {
                                set_pixel_size: 96,
                                set_accessible_role: gtk::AccessibleRole::Presentation,
                                add_css_class: "hero-picture",
                                #[watch]
                                set_icon_name: Some(model.view.hero.icon),
                                #[watch]
                                set_class_active: ("success", model.view.hero.tone == Tone::Good),
                                #[watch]
                                set_class_active: ("accent", model.view.hero.tone == Tone::Calling),
                                #[watch]
                                set_class_active: ("warning", model.view.hero.tone == Tone::Warning),
                                #[watch]
                                set_class_active: ("dim-label", model.view.hero.tone == Tone::Quiet),
                            },

                            gtk::Label {
                                set_accessible_role: gtk::AccessibleRole::Heading,
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "title-1",
                                #[watch]
                                set_label: &model.view.hero.title,
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "hero-version",
                                add_css_class: "dim-label",
                                #[watch]
                                set_label: &model.view.hero.version,
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "hero-state",
                                #[watch]
                                set_visible: model.view.hero.state.is_some(),
                                #[watch]
                                set_label: model.view.hero.state.as_deref().unwrap_or_default(),
                            },

                            #[local_ref]
                            operation -> gtk::Box {},

                            #[name = "button"]
                            gtk::Button {
                                set_halign: gtk::Align::Center,
                                set_use_underline: true,
                                add_css_class: "pill",
                                #[watch]
                                set_visible: model.view.button.is_some(),
                                #[watch]
                                set_label: model.view.button.as_ref().map_or("", |button| &button.label),
                                #[watch]
                                set_sensitive: model.view.button.as_ref().is_some_and(|button| button.sensitive),
                                #[watch]
                                set_tooltip_text: model.button_reason(),
                                #[watch]
                                set_spoken_description: model.button_reason().unwrap_or_default(),
                                #[watch]
                                set_class_active: (
                                    "suggested-action",
                                    model.view.button.as_ref().is_some_and(|button| button.suggested),
                                ),
                                connect_clicked => SystemInput::Pressed,
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                add_css_class: "hero-note",
                                add_css_class: "caption",
                                add_css_class: "dim-label",
                                #[watch]
                                set_visible: model.view.hero.note.is_some(),
                                #[watch]
                                set_label: model.view.hero.note.as_deref().unwrap_or_default(),
                            },

                            #[local_ref]
                            log -> gtk::ListBox {},

                            #[local_ref]
                            updates -> gtk::ListBox {
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                                add_css_class: "update-lines",
                                #[watch]
                                set_visible: !model.view.updates.is_empty(),
                                // Translators: what a list is called where it is read out.
                                update_property: &[gtk::accessible::Property::Label(&gettext("About the Updates"))],
                            },

                            #[name = "list_title"]
                            gtk::Label {
                                set_accessible_role: gtk::AccessibleRole::Heading,
                                set_label: &gettext("On This Computer"),
                                set_xalign: 0.0,
                                add_css_class: "heading",
                                add_css_class: "list-title",
                            },

                            #[local_ref]
                            list -> gtk::ListBox {
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                                connect_row_activated[sender] => move |_, row| sender.input(SystemInput::Activated(row.index())),
                                update_relation: &[gtk::accessible::Relation::LabelledBy(&[list_title.upcast_ref()])],
                            },

                            #[local_ref]
                            settings -> gtk::Box {},
                        },
                    },
                },
            }
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let rows = FactoryVecDeque::builder()
            .launch(gtk::ListBox::default())
            .forward(sender.output_sender(), |DeploymentRowOutput::Pressed(meaning)| SystemOutput::RowPressed(meaning));
        let operation = OperationBar::builder().launch(view.progress.clone()).detach();
        let log = OperationLogBox::builder().launch(()).forward(sender.output_sender(), |output| match output {
            OperationLogOutput::CopyPressed(text) => SystemOutput::Chosen(Choice::Copy(text)),
        });
        let notice = BootCard::builder()
            .launch(view.notice.clone())
            .forward(sender.output_sender(), |BootCardOutput::Closed(boot)| SystemOutput::NoticeClosed(boot));
        let trial =
            TrialCard::builder().launch(view.trial.clone()).forward(sender.output_sender(), |output| match output {
                TrialCardOutput::KeepPressed(before) => SystemOutput::KeepPressed(before),
                TrialCardOutput::GoBackPressed(before) => SystemOutput::GoBackPressed(before),
            });
        let updates =
            FactoryVecDeque::builder().launch(gtk::ListBox::default()).forward(sender.output_sender(), |output| {
                SystemOutput::Chosen(match output {
                    LineOutput::Chosen(choice) => choice,
                    LineOutput::CopyPressed(text) => Choice::Copy(text),
                })
            });
        let settings =
            UpdatesList::builder().launch(view.settings.clone()).forward(sender.output_sender(), SystemOutput::Chosen);
        let mut model = Self { view: *view, notice, trial, operation, log, updates, rows, settings, narrow: false };
        model.show_rows();
        show_lines(&mut model.updates, &model.view.updates);
        let (list, operation, updates) = (model.rows.widget(), model.operation.widget(), model.updates.widget());
        let (notice, trial, settings) = (model.notice.widget(), model.trial.widget(), model.settings.widget());
        let log = model.log.widget();
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            SystemInput::Show(view) => {
                self.view = *view;
                self.notice.sender().emit(BootCardInput::Show(self.view.notice.clone()));
                self.trial.sender().emit(TrialCardInput::Show(self.view.trial.clone()));
                self.operation.sender().emit(OperationBarInput::Show(self.view.progress.clone()));
                show_lines(&mut self.updates, &self.view.updates);
                self.settings.emit(self.view.settings.clone());
                self.show_rows();
            }
            SystemInput::ShowLog(log) => self.log.sender().emit(OperationLogInput::Show(log)),
            SystemInput::Narrow(narrow) => {
                self.narrow = narrow;
                self.rows.broadcast(DeploymentRowInput::Narrow(narrow));
            }
            SystemInput::Activated(index) => {
                let row = usize::try_from(index).ok().and_then(|index| self.view.rows.get(index));
                if let Some(row) = row {
                    let _ = sender.output(SystemOutput::Opened(row.id.clone()));
                }
            }
            SystemInput::Pressed => {
                if let Some(button) = &self.view.button {
                    let _ = sender.output(SystemOutput::Pressed(button.meaning));
                }
            }
        }
    }

    fn post_view() {
        Self::keep_focus(&widgets.button);
    }
}

impl SystemPage {
    fn button_reason(&self) -> Option<&str> {
        self.view.button.as_ref()?.reason.as_deref()
    }

    /// The focus is lost where what had it cannot be used for a moment: then the one button gets it.
    fn keep_focus(button: &gtk::Button) {
        let window = button.root().and_downcast::<gtk::Window>();
        if window.is_some_and(|window| GtkWindowExt::focus(&window).is_none()) {
            button.grab_focus();
        }
    }

    /// Rows that stay keep their widgets, and with them the focus.
    fn show_rows(&mut self) {
        let same = self.rows.iter().map(DeploymentRow::id).eq(self.view.rows.iter().map(|row| &row.id));
        if !same {
            let mut rows = self.rows.guard();
            rows.clear();
            for row in &self.view.rows {
                rows.push_back((row.clone(), self.narrow));
            }
            return;
        }
        for (index, row) in self.view.rows.iter().enumerate() {
            self.rows.send(index, DeploymentRowInput::Show(Box::new(row.clone())));
        }
    }
}

/// Tells the page when the window gets narrow and when it is wide again, in the person's text size.
fn breakpoint(sender: &ComponentSender<SystemPage>) -> adw::Breakpoint {
    let condition =
        adw::BreakpointCondition::new_length(adw::BreakpointConditionLengthType::MaxWidth, NARROW, adw::LengthUnit::Sp);
    let breakpoint = adw::Breakpoint::new(condition);
    let input = sender.input_sender().clone();
    breakpoint.connect_apply(move |_| input.emit(SystemInput::Narrow(true)));
    let input = sender.input_sender().clone();
    breakpoint.connect_unapply(move |_| input.emit(SystemInput::Narrow(false)));
    breakpoint
}
