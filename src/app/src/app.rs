// SPDX-License-Identifier: GPL-3.0-or-later
mod actions;
mod choices;
mod closed_notice;
mod menu;
mod open_sheet;
mod session;
mod switching;

use std::time::Duration;

use gettextrs::gettext;
use isotope_client::wording::{self, Explanation};
use isotope_model::{ImagePreview, UpdateMode};
use relm4::adw::prelude::*;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent,
    WorkerController, adw, component, gtk,
};

use self::closed_notice::ClosedNotice;
use self::menu::MainMenu;
use self::open_sheet::OpenSheet;
use self::session::{Notice, Session};
use self::switching::WeighedWish;
use crate::dialogs::{self, SwitchDialog, SwitchInput};
use crate::helper_worker::{Deed, Fact, Found, HelperWorker, Order, Reading, Request, SwitchWish};
use crate::pages::{StatusInput, StatusOutput, StatusPage, SystemInput, SystemOutput, SystemPage};
use crate::view_model::{
    Calendar, Choice, Looker, Meaning, MenuEntry, Question, RowMeaning, Screen, StatusView, Topic,
};

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
    sheet: Option<OpenSheet>,
    sheets: u64,
    switch: Option<Controller<SwitchDialog>>,
    wish: Option<WeighedWish>,
    closed_notice: ClosedNotice,
    menu: MainMenu,
    actions: Vec<(MenuEntry, gtk::gio::SimpleAction)>,
    toast: Option<adw::Toast>,
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
    /// The person pressed the button of a row.
    RowPressed(RowMeaning),
    /// The person wants the update downloaded and held back.
    DownloadOnlyChosen,
    /// The person wants to see this.
    Opened(Topic),
    /// The sheet of this number was closed.
    SheetClosed(u64),
    /// The person has chosen this in a sheet.
    Chosen(Choice),
    /// The person wants to switch to an image that is still to be named.
    SwitchChosen,
    /// The person wants to switch to this image, of which this was seen in the registry, and is to be asked.
    SwitchWished(SwitchWish, Option<Box<ImagePreview>>),
    /// Another image is named in the dialog for switching.
    SwitchRenamed,
    /// The dialog for switching wants to know this.
    ImageAsked(Reading),
    /// The dialog for switching was closed.
    SwitchClosed,
    /// The person has read that this start of the computer was not as expected.
    NoticeClosed(String),
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
                        set_menu_model: Some(model.menu.model()),
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
                StatusOutput::Pressed => AppInput::RetryPressed,
            });
        stack.add_child(status.widget());
        let worker = HelperWorker::builder().detach_worker(()).forward(sender.input_sender(), AppInput::Heard);
        let mut model = Self {
            uid,
            session,
            screen: Screen::Status(first),
            worker,
            status,
            system: None,
            sheet: None,
            sheets: 0,
            switch: None,
            wish: None,
            closed_notice: ClosedNotice::remembered(),
            menu: MainMenu::new(),
            actions: Vec::new(),
            toast: None,
            stack,
            toasts,
        };
        let (stack, toasts) = (&model.stack, &model.toasts);
        let widgets = view_output!();
        if let Some(popover) = widgets.menu.popover() {
            popover.connect_map(|popover| menu::name_items(popover.upcast_ref()));
        }
        model.actions = actions::register(&widgets.window, &widgets.content, &sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: AppInput, sender: ComponentSender<Self>) {
        match message {
            AppInput::Heard(fact) => self.hear(fact, &sender),
            AppInput::Pressed(meaning) => self.press(meaning, &sender),
            AppInput::RowPressed(RowMeaning::RollBack) => self.ask_roll_back(&sender),
            AppInput::RowPressed(RowMeaning::Release) => self.update_now(UpdateMode::FromDownloaded),
            AppInput::DownloadOnlyChosen => self.update_now(UpdateMode::DownloadOnly),
            AppInput::Opened(topic) => self.open(topic, &sender),
            AppInput::SheetClosed(number) => {
                if self.sheet.take_if(|sheet| sheet.number() == number).is_some() {
                    self.let_go();
                }
            }
            AppInput::Chosen(choice) => self.choose(choice, &sender),
            AppInput::SwitchChosen => self.open_switch(&sender),
            AppInput::SwitchWished(wish, seen) => self.weigh(wish, seen.map(|seen| *seen)),
            AppInput::SwitchRenamed => self.let_go(),
            AppInput::ImageAsked(reading) => self.order(Order::Read(reading)),
            AppInput::SwitchClosed => {
                self.switch = None;
                self.let_go();
            }
            AppInput::NoticeClosed(boot) => self.closed_notice.close(boot),
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
        self.refresh_sheet();
        self.paint(&sender);
        self.paint_dialogs();
    }
}

impl App {
    fn hear(&mut self, fact: Fact, sender: &ComponentSender<Self>) {
        let before = self.session.interruption();
        match &fact {
            Fact::Found(Found::Comparison(image, answer)) => self.ask_switch(image, answer, sender),
            Fact::Found(found) => {
                if let Some(dialog) = &self.switch {
                    dialog.sender().emit(SwitchInput::Heard(found.clone()));
                }
            }
            _ => {}
        }
        let told = self.sheet.as_mut().is_some_and(|sheet| sheet.hear(&fact));
        if let Fact::Ended(_, outcome) = &fact
            && self.sheet.as_ref().is_some_and(|sheet| sheet.is_over_by(outcome))
        {
            self.close_sheet();
        }
        let notice = self.session.hear(fact).filter(|_| !told);
        if let Some(interruption) = self.session.interruption().filter(|now| Some(*now) != before) {
            let input = sender.input_sender().clone();
            relm4::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                let _ = input.send(AppInput::WaitedLong(interruption));
            });
        }
        match notice {
            Some(Notice::Toast(text)) => match &self.sheet {
                Some(sheet) => sheet.tell(text),
                None => self.tell(&text),
            },
            Some(Notice::Failure(explanation)) => self.fail(&explanation),
            Some(Notice::Announcement(text)) => {
                self.toasts.upcast_ref::<gtk::Widget>().announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
            }
            None => {}
        }
    }

    fn press(&mut self, meaning: Meaning, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        match meaning {
            Meaning::Check if self.session.idle() => self.order(Order::Start(Deed::Check, state)),
            Meaning::Update => self.update_now(UpdateMode::Stage),
            Meaning::Cancel if state.running().is_some() => self.order(Order::Cancel(state)),
            Meaning::Restart if self.session.idle() => {
                let question = Question::restart(&state.snapshot);
                let input = sender.input_sender().clone();
                self.ask(&question, move || {
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
                self.ask(&question, move || {
                    let order = Order::Start(Deed::RollBack(boots_next.clone()), state.clone());
                    let _ = input.send(AppInput::Agreed(Box::new(order)));
                });
            }
            Err(refusal) => self.fail(&wording::refusal(&refusal)),
        }
    }

    /// Asks, with nothing told in passing behind the question.
    fn ask(&mut self, question: &Question, agreed: impl Fn() + 'static) {
        self.clear_toast();
        dialogs::ask(&self.toasts, question, agreed);
    }

    /// Says what went wrong.
    fn fail(&mut self, explanation: &Explanation) {
        self.clear_toast();
        dialogs::present_failure(&self.toasts, explanation);
    }

    /// Tells something in passing; the newest replaces the one before.
    fn tell(&mut self, text: &str) {
        self.clear_toast();
        self.toast = Some(dialogs::tell(&self.toasts, text));
    }

    /// What was told in passing would be half covered by a dialog.
    fn clear_toast(&mut self) {
        if let Some(sheet) = &self.sheet {
            sheet.quiet();
        }
        if let Some(toast) = self.toast.take() {
            toast.dismiss();
        }
    }

    /// Starts an update that goes so far.
    fn update_now(&mut self, mode: UpdateMode) {
        if let Some(state) = self.session.state().filter(|_| self.session.idle()) {
            self.order(Order::Start(Deed::Update(mode), state));
        }
    }

    fn order(&mut self, order: Order) {
        // What downloads or cleans up is followed on the page.
        if let Order::Start(Deed::Deploy(_) | Deed::Switch(_) | Deed::CleanUp, _) = &order {
            self.close_sheet();
            self.close_switch();
        }
        if let Some(request) = Request::of(&order) {
            self.session.ask(request);
        }
        self.worker.sender().emit(order);
    }

    /// Shows what the session has come to.
    fn paint(&mut self, sender: &ComponentSender<Self>) {
        let screen = Screen::of(self.session.link(), &looker(self.uid, &self.session, &self.closed_notice));
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
                                SystemOutput::RowPressed(meaning) => AppInput::RowPressed(meaning),
                                SystemOutput::Opened(id) => AppInput::Opened(Topic::Details(id)),
                                SystemOutput::NoticeClosed(boot) => AppInput::NoticeClosed(boot),
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

    /// Shows in what lies over the window how things stand; without the service nothing does.
    fn paint_dialogs(&mut self) {
        let state = self.session.state();
        let entries = MenuEntry::ALL.map(|entry| entry.view(state.as_deref()));
        for (entry, action) in &self.actions {
            action.set_enabled(entries.iter().any(|view| view.entry == *entry && view.enabled));
        }
        if state.is_some() {
            self.menu.show(entries.into());
        }
        let Some(state) = state else {
            self.close_sheet();
            self.close_switch();
            self.wish = None;
            return;
        };
        let looker = looker(self.uid, &self.session, &self.closed_notice);
        if let Some(sheet) = &mut self.sheet {
            sheet.show(&state, &looker);
        }
        if let Some(dialog) = &self.switch {
            dialog.sender().emit(SwitchInput::Show(state.snapshot.clone(), self.session.idle()));
        }
    }
}

fn looker(uid: u32, session: &Session, closed: &ClosedNotice) -> Looker {
    let closed_boot = closed.boot().map(ToOwned::to_owned);
    Looker { uid, asked: session.asked(), closed_boot, calendar: Calendar::here_and_now() }
}
