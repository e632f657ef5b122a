// SPDX-License-Identifier: GPL-3.0-or-later
mod choice_list;
mod finding_group;
mod finding_row;

use std::sync::Arc;

use gettextrs::gettext;
use isotope_model::{DeploymentId, Preflight, Snapshot};
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, RelmWidgetExt as _,
    SimpleComponent, adw, component, gtk,
};

pub(crate) use self::choice_list::{ChoiceList, ChoiceListInit, Toggled};
pub(crate) use self::finding_group::{FindingGroupBox, show_groups};
use crate::helper_worker::{Answer, Found, SwitchWish};
use crate::pages::{StatusInput, StatusOutput, StatusPage};
use crate::rows::{LineRow, show_lines};
use crate::view_model::{Calendar, PreflightContext, PreflightSubject, PreflightView, StatusView};

/// Everything there is to know before a switch, or before a restart into what was switched to; and the question.
#[derive(Debug)]
pub(crate) struct PreflightDialog {
    subject: PreflightSubject,
    snapshot: Option<Arc<Snapshot>>,
    staged: Option<DeploymentId>,
    asked_again: bool,
    idle: bool,
    pin: bool,
    reset: bool,
    answer: Option<Answer<Preflight>>,
    view: PreflightView,
    dialog: adw::Dialog,
    cancel: gtk::Button,
    status: Controller<StatusPage>,
    facts: FactoryVecDeque<LineRow>,
    reset_choice: Controller<ChoiceList>,
    pin_choice: Controller<ChoiceList>,
    blocking: FactoryVecDeque<FindingGroupBox>,
    others: FactoryVecDeque<FindingGroupBox>,
}

/// What the dialog is told.
#[derive(Debug)]
pub(crate) enum PreflightInput {
    /// This is how the host stands.
    Show {
        /// That.
        snapshot: Arc<Snapshot>,
        /// Nothing else is being done.
        idle: bool,
    },
    /// This was found out, perhaps about something else.
    Heard(Found),
    /// The person chooses whether what runs now is pinned.
    PinToggled(bool),
    /// The person chooses whether what rpm-ostree has changed is taken back.
    ResetToggled(bool),
    /// The button that does something was pressed.
    Pressed,
    /// The button that changes nothing was pressed.
    CancelPressed,
    /// The person wants it to be asked again.
    RetryPressed,
}

/// What the dialog tells.
#[derive(Debug)]
pub(crate) enum PreflightOutput {
    /// The person has agreed to this switch.
    Agreed(SwitchWish),
    /// It has to be asked again.
    Retried,
    /// The person wants to discard what is staged.
    DiscardPressed,
    /// It was closed.
    Closed,
}

#[component(pub(crate))]
impl SimpleComponent for PreflightDialog {
    type Init = PreflightSubject;
    type Input = PreflightInput;
    type Output = PreflightOutput;

    view! {
        adw::Dialog {
            set_content_width: 480,
            set_content_height: 640,
            #[watch]
            set_title: &model.view.heading,
            connect_closed[sender] => move |_| {
                let _ = sender.output(PreflightOutput::Closed);
            },

            #[wrap(Some)]
            set_child = &adw::ToolbarView {
                add_top_bar = &adw::HeaderBar {
                    // The heading below has room for a long name.
                    set_show_title: false,
                },

                #[name = "stack"]
                gtk::Stack {
                    set_vhomogeneous: false,
                    add_child: model.status.widget(),

                    #[name = "scrolled"]
                    add_child = &gtk::ScrolledWindow {
                        set_hscrollbar_policy: gtk::PolicyType::Never,

                        adw::Clamp {
                            set_maximum_size: 480,

                            gtk::Box {
                                set_orientation: gtk::Orientation::Vertical,
                                add_css_class: "preflight",

                                gtk::Label {
                                    set_accessible_role: gtk::AccessibleRole::Heading,
                                    set_wrap: true,
                                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                    set_justify: gtk::Justification::Center,
                                    add_css_class: "title-2",
                                    #[watch]
                                    set_label: &model.view.heading,
                                },

                                gtk::Label {
                                    set_wrap: true,
                                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                    set_justify: gtk::Justification::Center,
                                    add_css_class: "preflight-intro",
                                    #[watch]
                                    set_label: &model.view.intro,
                                },

                                #[local_ref]
                                blocking -> gtk::Box {
                                    set_orientation: gtk::Orientation::Vertical,
                                },

                                #[local_ref]
                                facts -> gtk::ListBox {
                                    set_selection_mode: gtk::SelectionMode::None,
                                    add_css_class: "boxed-list",
                                    add_css_class: "preflight-facts",
                                    #[watch]
                                    set_visible: !model.view.facts.is_empty(),
                                    // Translators: the heading of what is known of an image that was named.
                                    update_property: &[gtk::accessible::Property::Label(&gettext("What Is Known of It"))],
                                },

                                #[local_ref]
                                others -> gtk::Box {
                                    set_orientation: gtk::Orientation::Vertical,
                                },

                                #[local_ref]
                                reset -> gtk::ListBox {},

                                #[local_ref]
                                pin -> gtk::ListBox {},
                            },
                        },
                    },
                },

                add_bottom_bar = &adw::Clamp {
                    set_maximum_size: 480,

                    gtk::Box {
                        set_homogeneous: true,
                        set_spacing: 12,
                        add_css_class: "preflight-buttons",

                        #[local_ref]
                        cancel -> gtk::Button {
                            set_use_underline: true,
                            set_can_shrink: true,
                            #[watch]
                            set_label: &model.view.cancel,
                            connect_clicked => PreflightInput::CancelPressed,
                        },

                        gtk::Button {
                            set_use_underline: true,
                            set_can_shrink: true,
                            #[watch]
                            set_label: &model.view.button.label,
                            #[watch]
                            set_sensitive: model.view.button.reason.is_none(),
                            #[watch]
                            set_tooltip_text: model.view.button.reason.as_deref(),
                            #[watch]
                            set_class_active: ("destructive-action", model.looks(true)),
                            #[watch]
                            set_class_active: ("suggested-action", model.looks(false)),
                            connect_clicked => PreflightInput::Pressed,
                        },
                    },
                },
            },
        }
    }

    fn init(subject: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let snapshot = Snapshot::default();
        let context = PreflightContext { snapshot: &snapshot, answer: None, idle: false, pin: true, reset: false };
        let view = PreflightView::of(&subject, context, &Calendar::here_and_now());
        let status = StatusPage::builder()
            .launch(view.status.clone().unwrap_or_else(StatusView::loading))
            .forward(sender.input_sender(), |StatusOutput::Pressed| PreflightInput::RetryPressed);
        let choice = |label, active, told: fn(bool) -> PreflightInput| {
            let list = ChoiceList::builder().launch(ChoiceListInit { label, active });
            list.forward(sender.input_sender(), move |Toggled(active)| told(active))
        };
        let model = Self {
            // Translators: the heading of what was changed with rpm-ostree on this computer.
            reset_choice: choice(gettext("What Was Changed"), false, PreflightInput::ResetToggled),
            pin_choice: choice(gettext("The Way Back"), true, PreflightInput::PinToggled),
            subject,
            snapshot: None,
            staged: None,
            asked_again: false,
            idle: false,
            pin: true,
            reset: false,
            answer: None,
            view,
            dialog: root.clone(),
            cancel: gtk::Button::new(),
            status,
            // What is known can be read and selected; there is nothing in it to press.
            facts: FactoryVecDeque::builder().launch(gtk::ListBox::default()).detach(),
            blocking: FactoryVecDeque::builder().launch(gtk::Box::default()).detach(),
            others: FactoryVecDeque::builder().launch(gtk::Box::default()).detach(),
        };
        let (facts, blocking, others) = (model.facts.widget(), model.blocking.widget(), model.others.widget());
        let (reset, pin, cancel) = (model.reset_choice.widget(), model.pin_choice.widget(), &model.cancel);
        let widgets = view_output!();
        root.set_default_widget(Some(&model.cancel));
        root.set_focus(Some(&model.cancel));
        // In a narrow window something else gets it, which may well be the other button.
        model.cancel.connect_map(|cancel| {
            let cancel = cancel.clone();
            gtk::glib::idle_add_local_once(move || {
                cancel.grab_focus();
            });
        });
        model.turn(&widgets.stack, &widgets.scrolled);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            PreflightInput::Show { snapshot, idle } => self.look_at(snapshot, idle, &sender),
            PreflightInput::Heard(Found::Preflight(image, answer)) if image == self.subject.asked() => {
                if self.is_of_another_state(&answer) && !self.asked_again {
                    self.asked_again = true;
                    self.ask_again(&sender);
                    return;
                }
                self.answer = Some(answer);
                self.show();
                self.dialog
                    .upcast_ref::<gtk::Widget>()
                    .announce(&self.view.spoken, gtk::AccessibleAnnouncementPriority::Medium);
            }
            PreflightInput::Heard(_) => {}
            PreflightInput::PinToggled(pin) => {
                self.pin = pin;
                self.show();
            }
            PreflightInput::ResetToggled(reset) => {
                self.reset = reset;
                self.show();
            }
            PreflightInput::Pressed => self.agree(&sender),
            PreflightInput::CancelPressed => {
                self.dialog.close();
            }
            PreflightInput::RetryPressed => self.ask_again(&sender),
        }
    }

    fn post_view() {
        self.turn(&widgets.stack, &widgets.scrolled);
        self.keep_focus();
    }
}

impl PreflightDialog {
    /// Takes in how the host stands. What was found out about another state of it does not count any more.
    fn look_at(&mut self, snapshot: Arc<Snapshot>, idle: bool, sender: &ComponentSender<Self>) {
        let staged = snapshot.staged().map(|staged| staged.id.clone());
        let another = self.staged.is_some() && self.staged != staged;
        if self.subject.staged && (staged.is_none() || another) {
            self.dialog.force_close();
            return;
        }
        self.staged = staged;
        let before = self.snapshot.replace(snapshot.clone());
        let changed = before.is_some_and(|before| before.token != snapshot.token);
        let found_for = self.answer.as_ref().and_then(|answer| answer.as_ref().ok()).map(|found| &found.token);
        let outdated = changed && found_for.is_some_and(|token| *token != snapshot.token);
        self.idle = idle;
        self.asked_again &= !changed;
        match outdated {
            true => self.ask_again(sender),
            false => self.show(),
        }
    }

    /// It was found out before something changed that is shown here already. Which of the two is newer nobody knows, so it
    /// is asked once more, and no further.
    fn is_of_another_state(&self, answer: &Answer<Preflight>) -> bool {
        let shown = self.snapshot.as_ref().map(|snapshot| &snapshot.token);
        answer.as_ref().is_ok_and(|found| shown.is_some_and(|shown| *shown != found.token))
    }

    fn ask_again(&mut self, sender: &ComponentSender<Self>) {
        self.answer = None;
        self.show();
        // Whatever had the focus makes room for a spinner.
        self.cancel.grab_focus();
        let _ = sender.output(PreflightOutput::Retried);
    }

    fn agree(&self, sender: &ComponentSender<Self>) {
        if self.view.button.reason.is_some() {
            return;
        }
        let agreed = match &self.answer {
            _ if self.subject.staged => Some(PreflightOutput::DiscardPressed),
            Some(answer) => {
                PreflightView::wish(&self.subject, answer, self.pin, self.reset).map(PreflightOutput::Agreed)
            }
            None => None,
        };
        if let Some(agreed) = agreed {
            let _ = sender.output(agreed);
        }
    }

    /// Works out what to show; what is the same stays as it is, and with it the focus.
    fn show(&mut self) {
        let nothing = Snapshot::default();
        let context = PreflightContext {
            snapshot: self.snapshot.as_deref().unwrap_or(&nothing),
            answer: self.answer.as_ref(),
            idle: self.idle,
            pin: self.pin,
            reset: self.reset,
        };
        let view = PreflightView::of(&self.subject, context, &Calendar::here_and_now());
        if let Some(status) = &view.status {
            self.status.sender().emit(StatusInput::Show(status.clone()));
        }
        if view.facts != self.view.facts {
            show_lines(&mut self.facts, &view.facts);
        }
        show_groups(&mut self.blocking, &self.view.blocking, &view.blocking);
        show_groups(&mut self.others, &self.view.others, &view.others);
        self.reset_choice.sender().emit(view.reset.clone());
        self.pin_choice.sender().emit(view.pin.clone());
        self.view = view;
    }

    fn turn(&self, stack: &gtk::Stack, scrolled: &gtk::ScrolledWindow) {
        match self.view.status {
            Some(_) => stack.set_visible_child(self.status.widget()),
            None => stack.set_visible_child(scrolled),
        }
    }

    /// The focus is lost where what had it goes away or cannot be used any more: then the button that changes nothing gets it.
    fn keep_focus(&self) {
        let window = self.cancel.root().and_downcast::<gtk::Window>();
        if window.is_some_and(|window| GtkWindowExt::focus(&window).is_none()) {
            self.cancel.grab_focus();
        }
    }

    /// The button that does something looks so.
    fn looks(&self, destructive: bool) -> bool {
        self.view.button.reason.is_none() && self.view.button.destructive == destructive
    }
}
