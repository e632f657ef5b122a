// SPDX-License-Identifier: GPL-3.0-or-later
mod actions;
mod session;

use std::time::Duration;

use gettextrs::gettext;
use isotope_model::DeploymentId;
use relm4::adw::prelude::*;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent,
    WorkerController, adw, component, gtk,
};

use self::session::{Notice, Session};
use crate::dialogs;
use crate::helper_worker::{Fact, HelperWorker, Order, Request};
use crate::pages::{StatusInput, StatusOutput, StatusPage, SystemInput, SystemOutput, SystemPage};
use crate::view_model::{Calendar, DeploymentDetails, Looker, Meaning, Question, Screen, StatusView};

/// How long the service may be away before that is called trouble.
const PATIENCE: Duration = Duration::from_secs(60);

/// The window: joins the worker, the pages and the dialogs.
pub(crate) struct App {
    uid: u32,
    session: Session,
    screen: Screen,
    worker: WorkerController<HelperWorker>,
    status: Controller<StatusPage>,
    system: Option<Controller<SystemPage>>,
    stack: gtk::Stack,
    toasts: adw::ToastOverlay,
}

/// What reaches the window.
#[derive(Debug)]
pub(crate) enum AppInput {
    /// The worker has seen something.
    Heard(Fact),
    /// The person pressed the one button, or a key that means the same.
    Pressed(Meaning),
    /// The person wants to roll back, or to take that back.
    RollBackPressed,
    /// The person wants to see everything about a deployment.
    Opened(DeploymentId),
    /// The person wants another try to reach the service.
    RetryPressed,
    /// The person said yes to a question.
    Agreed(Box<Order>),
    /// The person wants to know what this program is.
    AboutChosen,
    /// The person wants to know what the keyboard can do.
    ShortcutsChosen,
    /// The service has been away for as long as can be called a moment.
    WaitedLong(u64),
}

#[component(pub(crate))]
impl SimpleComponent for App {
    type Init = u32;
    type Input = AppInput;
    type Output = ();

    view! {
        window = adw::ApplicationWindow {
            set_title: Some(&gettext("Isotope")),
            set_default_size: (600, 720),
            set_width_request: 320,
            set_height_request: 320,

            #[name = "content"]
            adw::ToolbarView {
                add_top_bar = &adw::HeaderBar {
                    #[name = "menu"]
                    pack_end = &gtk::MenuButton {
                        set_icon_name: "isotope-menu-symbolic",
                        set_tooltip_text: Some(&gettext("Main Menu")),
                        set_primary: true,
                        set_menu_model: Some(&actions::menu()),
                        update_property: &[gtk::accessible::Property::Label(&gettext("Main Menu"))],
                    },
                },

                #[local_ref]
                toasts -> adw::ToastOverlay {
                    #[local_ref]
                    stack -> gtk::Stack {
                        set_transition_type: gtk::StackTransitionType::Crossfade,
                    },
                },
            },
        }
    }

    fn init(uid: u32, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let session = Session::default();
        let first = StatusView::loading();
        let stack = gtk::Stack::default();
        let toasts = adw::ToastOverlay::new();
        let status =
            StatusPage::builder().launch(first.clone()).forward(sender.input_sender(), |output| match output {
                StatusOutput::RetryPressed => AppInput::RetryPressed,
            });
        stack.add_child(status.widget());
        let worker = HelperWorker::builder().detach_worker(()).forward(sender.input_sender(), AppInput::Heard);
        let model = Self { uid, session, screen: Screen::Status(first), worker, status, system: None, stack, toasts };
        let (stack, toasts) = (&model.stack, &model.toasts);
        let widgets = view_output!();
        if let Some(popover) = widgets.menu.popover() {
            popover.connect_map(|popover| actions::name_items(popover.upcast_ref()));
        }
        actions::register(&widgets.window, &widgets.content, &sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: AppInput, sender: ComponentSender<Self>) {
        match message {
            AppInput::Heard(fact) => self.hear(fact, &sender),
            AppInput::Pressed(meaning) => self.press(meaning, &sender),
            AppInput::RollBackPressed => self.ask_roll_back(&sender),
            AppInput::Opened(id) => self.open(&id),
            AppInput::RetryPressed => {
                self.session.try_again();
                self.worker.sender().emit(Order::Reconnect);
            }
            AppInput::Agreed(order) => self.order(*order),
            AppInput::AboutChosen => dialogs::present_about(&self.toasts),
            AppInput::ShortcutsChosen => {
                if let Some(window) = relm4::main_application().active_window() {
                    dialogs::present_shortcuts(&window);
                }
            }
            AppInput::WaitedLong(interruption) => self.session.give_up(interruption),
        }
        self.paint(&sender);
    }
}

impl App {
    fn hear(&mut self, fact: Fact, sender: &ComponentSender<Self>) {
        let before = self.session.interruption();
        let notice = self.session.hear(fact);
        if let Some(interruption) = self.session.interruption().filter(|now| Some(*now) != before) {
            let input = sender.input_sender().clone();
            relm4::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                let _ = input.send(AppInput::WaitedLong(interruption));
            });
        }
        match notice {
            Some(Notice::Toast(text)) => {
                self.toasts.add_toast(adw::Toast::builder().title(&text).use_markup(false).build());
            }
            Some(Notice::Failure(explanation)) => dialogs::present_failure(&self.toasts, &explanation),
            Some(Notice::Announcement(text)) => {
                self.toasts.upcast_ref::<gtk::Widget>().announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
            }
            None => {}
        }
    }

    fn press(&mut self, meaning: Meaning, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        match meaning {
            Meaning::Check if self.session.idle() => self.order(Order::Check),
            Meaning::Update if self.session.idle() => self.order(Order::Update(state)),
            Meaning::Cancel if state.running().is_some() => self.order(Order::Cancel(state)),
            Meaning::Restart if self.session.idle() => {
                let question = Question::restart(&state.snapshot);
                let input = sender.input_sender().clone();
                dialogs::ask(&self.toasts, &question, move || {
                    let _ = input.send(AppInput::Agreed(Box::new(Order::Restart)));
                });
            }
            _ => {}
        }
    }

    fn ask_roll_back(&mut self, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        match Question::roll_back(&state.snapshot) {
            Ok((question, boots_next)) => {
                let input = sender.input_sender().clone();
                dialogs::ask(&self.toasts, &question, move || {
                    let order = Order::RollBack(state.clone(), boots_next.clone());
                    let _ = input.send(AppInput::Agreed(Box::new(order)));
                });
            }
            Err(refusal) => dialogs::present_failure(&self.toasts, &isotope_client::wording::refusal(&refusal)),
        }
    }

    fn open(&self, id: &DeploymentId) {
        let Some(state) = self.session.state() else { return };
        if let Some(deployment) = state.snapshot.deployment(id) {
            let details = DeploymentDetails::of(deployment, &Calendar::here_and_now());
            dialogs::present_deployment_details(&self.toasts, &details);
        }
    }

    fn order(&mut self, order: Order) {
        if let Some(request) = Request::of(&order) {
            self.session.ask(request);
        }
        self.worker.sender().emit(order);
    }

    /// Shows what the session has come to.
    fn paint(&mut self, sender: &ComponentSender<Self>) {
        let screen = Screen::of(self.session.link(), &looker(self.uid, &self.session));
        if screen == self.screen {
            return;
        }
        match &screen {
            Screen::Status(view) => {
                self.status.sender().emit(StatusInput::Show(view.clone()));
                self.stack.set_visible_child(self.status.widget());
            }
            Screen::System(view) => match &self.system {
                Some(page) => {
                    page.sender().emit(SystemInput::Show(view.clone()));
                    self.stack.set_visible_child(page.widget());
                }
                None => {
                    let page =
                        SystemPage::builder().launch(view.clone()).forward(
                            sender.input_sender(),
                            |output| match output {
                                SystemOutput::Pressed(meaning) => AppInput::Pressed(meaning),
                                SystemOutput::RestartPressed => AppInput::Pressed(Meaning::Restart),
                                SystemOutput::RollBackPressed => AppInput::RollBackPressed,
                                SystemOutput::Opened(id) => AppInput::Opened(id),
                            },
                        );
                    self.stack.add_child(page.widget());
                    self.stack.set_visible_child(page.widget());
                    self.system = Some(page);
                }
            },
        }
        self.screen = screen;
    }
}

fn looker(uid: u32, session: &Session) -> Looker {
    Looker { uid, asked: session.asked(), calendar: Calendar::here_and_now() }
}
