// SPDX-License-Identifier: GPL-3.0-or-later
mod actions;
mod choices;
mod closed_notice;
mod desktops;
mod hearing;
mod history;
mod looked_up;
mod menu;
mod notifications;
mod open_sheet;
mod operating;
mod ordering;
mod painting;
mod preferences;
mod preflight;
mod presence;
mod restarting;
mod session;
mod switching;
mod telling;
mod views;

use std::collections::HashMap;

use gettextrs::gettext;
use isotope_model::{DeploymentId, UpdateMode};
use relm4::adw::prelude::*;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent,
    WorkerController, adw, component, gtk,
};

use self::closed_notice::ClosedNotice;
use self::desktops::{Desktops, OpenVariant};
pub(crate) use self::history::HistoryInput;
use self::history::HistoryOnPage;
use self::looked_up::LookedUp;
use self::menu::MainMenu;
use self::notifications::ToldFile;
use self::open_sheet::OpenSheet;
use self::operating::Operating;
use self::preferences::{PreferencesEvent, Preferring};
use self::preflight::OpenPreflight;
use self::presence::{Presence, PresenceInput};
use self::restarting::{RestartInput, Restarting};
use self::session::Session;
pub(crate) use self::views::Page;
use self::views::Views;
use crate::arguments::Start;
use crate::dialogs::{self, SwitchDialog};
use crate::helper_worker::{Fact, HelperWorker, Order, Reading, SwitchWish};
use crate::network::NetworkWatch;
use crate::pages::{StatusOutput, StatusPage, SystemPage};
use crate::view_model::{Choice, Meaning, MenuEntry, Notifier, RowMeaning, Screen, StatusView, Topic};

/// The window: joins the worker, the pages and the dialogs.
pub(crate) struct App {
    uid: u32,
    session: Session,
    screen: Screen,
    worker: WorkerController<HelperWorker>,
    views: Views,
    status: Controller<StatusPage>,
    system: Option<Controller<SystemPage>>,
    desktops: Desktops,
    history: HistoryOnPage,
    network: NetworkWatch,
    variant: Option<OpenVariant>,
    looked_up: LookedUp,
    pictures: HashMap<String, gtk::gdk::Texture>,
    /// How many sheets, dialogs and pages were opened so far: each has a number.
    opened: u64,
    sheet: Option<OpenSheet>,
    switch: Option<Controller<SwitchDialog>>,
    preflight: Option<OpenPreflight>,
    closed_notice: ClosedNotice,
    preferring: Preferring,
    operating: Operating,
    restarting: Restarting,
    notifier: Notifier,
    told_file: ToldFile,
    presence: Presence,
    menu: MainMenu,
    actions: Vec<(MenuEntry, gtk::gio::SimpleAction)>,
    toast: Option<adw::Toast>,
    toasts: adw::ToastOverlay,
}

/// What reaches the window.
#[derive(Debug)]
pub(crate) enum AppInput {
    /// The worker has seen something.
    Heard(Fact),
    /// The person pressed the one button, or a key that means the same.
    Pressed(Meaning),
    /// The person wants what the page shows to be looked up again.
    RefreshPressed,
    /// The person pressed the button of a row.
    RowPressed(RowMeaning),
    /// The person wants the update downloaded and held back.
    DownloadOnlyChosen,
    /// The person wants to see this.
    Opened(Topic),
    /// The sheet of this number was closed.
    SheetClosed(u64),
    /// The person has chosen this in a sheet or on a page.
    Chosen(Choice),
    /// The person wants this page.
    PageChosen(Page),
    /// Another page was turned to.
    Turned,
    /// There is little room, or enough again.
    Narrow(bool),
    /// The person looks for a desktop.
    DesktopsSearched(String),
    /// The catalogs have to be read again.
    CatalogsAsked,
    /// This is the picture of this entry of the catalogs.
    Pictured(String, gtk::gdk::Texture),
    /// The person has chosen this stream of the variant that is open.
    StreamChosen(String),
    /// Something about the page with the history.
    History(HistoryInput),
    /// What could not be found out about the variant that is open is to be asked again.
    VariantRetried,
    /// The page of this name was left.
    PageLeft(String),
    /// The person wants to switch to an image that is still to be named.
    SwitchChosen,
    /// The person wants to switch to this image, and is to be told everything first.
    SwitchWished(String),
    /// Another image is named in the dialog for switching.
    SwitchRenamed,
    /// The dialog for switching wants to know this.
    ImageAsked(Reading),
    /// The dialog for switching was closed.
    SwitchClosed,
    /// The person has been told everything, and wants this switch.
    SwitchAgreed(SwitchWish),
    /// What there is to know before a switch has to be asked again.
    PreflightRetried,
    /// The person has been told everything, and does not want what is staged.
    DiscardPressed,
    /// The dialog of this number, with what there is to know before a switch, was closed.
    PreflightClosed(u64),
    /// The person keeps what was switched to; this is the way back.
    KeepPressed(DeploymentId),
    /// The person wants to go back to this.
    GoBackPressed(DeploymentId),
    /// Something concerns a restart of the computer.
    Restarting(RestartInput),
    /// Something concerns the window as a whole.
    Presence(PresenceInput),
    /// The person has read that this start of the computer was not as expected.
    NoticeClosed(String),
    /// The computer is connected in another way than before.
    NetworkChanged,
    /// The person wants another try to reach the service.
    RetryPressed,
    /// The person said yes to a question.
    Agreed(Box<Order>),
    /// Something about the preferences.
    Preferences(PreferencesEvent),
    /// The person wants to know what this program is.
    AboutChosen,
    /// The person wants to know what the keyboard can do.
    ShortcutsChosen,
    /// The service has not said a word in this try to reach it.
    NeverAnswered(u64),
    /// The service has been away for as long as can be called a moment.
    WaitedLong(u64),
}

#[component(pub(crate))]
impl SimpleComponent for App {
    type Init = (u32, Start);
    type Input = AppInput;
    type Output = ();

    view! {
        window = adw::ApplicationWindow {
            set_title: Some(&gettext("Isotope")),
            set_default_size: (600, 720),
            set_width_request: 320,
            set_height_request: 320,
            add_breakpoint: views::breakpoint(sender.input_sender()),

            #[local_ref]
            toasts -> adw::ToastOverlay {
                #[local_ref]
                navigation -> adw::NavigationView {},
            },
        }
    }

    fn init((uid, start): Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let first = StatusView::loading();
        let status =
            StatusPage::builder().launch(first.clone()).forward(sender.input_sender(), |output| match output {
                StatusOutput::Pressed => AppInput::RetryPressed,
            });
        let menu = MainMenu::new();
        let desktops = Desktops::new(sender.input_sender());
        let history = HistoryOnPage::new(sender.input_sender());
        let network_changed = sender.input_sender().clone();
        let mut views = Views::new(&menu.button(), sender.input_sender());
        views.stack.add_child(status.widget());
        views.add_desktops(desktops.page().widget());
        views.add_history(history.page().widget());
        views.show_status(status.widget().upcast_ref());
        notifications::register(sender.input_sender());
        let told_file = ToldFile::remembered();
        let mut model = Self {
            uid,
            session: Session::default(),
            screen: Screen::Status(first),
            worker: HelperWorker::builder().detach_worker(()).forward(sender.input_sender(), AppInput::Heard),
            views,
            status,
            system: None,
            desktops,
            history,
            network: NetworkWatch::new(move |_| network_changed.emit(AppInput::NetworkChanged)),
            variant: None,
            looked_up: LookedUp::default(),
            pictures: HashMap::new(),
            opened: 0,
            sheet: None,
            switch: None,
            preflight: None,
            closed_notice: ClosedNotice::remembered(),
            preferring: Preferring::new(sender.input_sender()),
            operating: Operating::default(),
            restarting: Restarting::default(),
            notifier: Notifier::new(told_file.told().clone()),
            told_file,
            presence: Presence::new(&root, start, sender.input_sender()),
            menu,
            actions: Vec::new(),
            toast: None,
            toasts: adw::ToastOverlay::new(),
        };
        let (navigation, toasts) = (&model.views.navigation, &model.toasts);
        let widgets = view_output!();
        model.actions = actions::register(&widgets.window, &model.views.content, &sender);
        model.wait_for_first_answer(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: AppInput, sender: ComponentSender<Self>) {
        match message {
            AppInput::Heard(fact) => self.hear(fact, &sender),
            AppInput::Pressed(meaning) => self.press(meaning, &sender),
            AppInput::RefreshPressed if self.views.is_turned_to(Page::Desktops) => {
                self.desktops.ask_again();
                self.ask_variant_again();
            }
            AppInput::RefreshPressed if self.views.is_turned_to(Page::History) => self.history.ask_again(),
            AppInput::RefreshPressed => self.press(Meaning::Check, &sender),
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
            AppInput::PageChosen(page) => self.views.turn_to(page),
            AppInput::Turned => {}
            AppInput::NetworkChanged => self.read_out_network(),
            AppInput::Narrow(narrow) => {
                self.views.set_narrow(narrow);
                self.desktops.set_narrow(narrow);
            }
            AppInput::DesktopsSearched(text) => self.desktops.search(text),
            AppInput::CatalogsAsked => self.desktops.ask_again(),
            AppInput::Pictured(entry, texture) => self.pictured(&entry, &texture),
            AppInput::StreamChosen(stream) => self.choose_stream(stream),
            AppInput::History(input) => self.history.hear_person(input),
            AppInput::VariantRetried => self.ask_variant_again(),
            AppInput::PageLeft(name) => self.variant_left(&name),
            AppInput::SwitchChosen => self.open_switch(&sender),
            AppInput::SwitchWished(image) => self.look_before(image, None, &sender),
            AppInput::SwitchRenamed => self.let_go(),
            AppInput::ImageAsked(reading) => self.order(Order::Read(reading)),
            AppInput::SwitchClosed => {
                self.switch = None;
                self.let_go();
            }
            AppInput::SwitchAgreed(wish) => self.switch(wish),
            AppInput::PreflightRetried => self.ask_preflight_again(),
            AppInput::DiscardPressed => self.discard_staged(),
            AppInput::PreflightClosed(number) => self.preflight_closed(number),
            AppInput::KeepPressed(before) => self.keep(before),
            AppInput::GoBackPressed(before) => self.ask_go_back(before, &sender),
            AppInput::Restarting(input) => self.restart(input),
            AppInput::Presence(input) => self.be_present(input),
            AppInput::NoticeClosed(boot) => self.closed_notice.close(boot),
            AppInput::RetryPressed => {
                self.session.try_again();
                self.wait_for_first_answer(&sender);
                self.worker.sender().emit(Order::Reconnect);
            }
            AppInput::Agreed(order) => self.order(*order),
            AppInput::Preferences(event) => self.prefer(event, &sender),
            AppInput::AboutChosen => dialogs::present_about(&self.toasts),
            AppInput::ShortcutsChosen => dialogs::present_shortcuts(&self.toasts),
            AppInput::NeverAnswered(attempt) => self.session.give_up_attempt(attempt),
            AppInput::WaitedLong(interruption) => self.session.give_up(interruption),
        }
        if self.presence.is_over() {
            return;
        }
        self.refresh_sheet();
        self.paint(&sender);
        self.paint_log();
        self.paint_desktops();
        self.paint_history();
        self.paint_dialogs();
        self.paint_preferences();
        self.paint_restart(&sender);
        self.notify();
        self.end_if_unseen(&sender);
    }
}
