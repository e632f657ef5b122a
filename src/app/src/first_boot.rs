// SPDX-License-Identifier: GPL-3.0-or-later
//! The welcome of a computer that was never used before: `isotope --first-boot`.
//!
//! A window of its own with a few steps. What is chosen is done only once the summary was agreed to; every step can be
//! skipped, and the window can be closed at any time. Once it has come to its end it does not come back.

mod desktops_page;
mod done_page;
mod hearing;
mod leaving;
mod machine_settings;
mod network_page;
mod network_settings;
mod painting;
mod restarting;
mod step_frame;
mod step_page;
mod step_status;
mod steps;
mod summary_page;
mod updates_page;
mod welcome_page;
mod work_page;
mod working;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gettextrs::gettext;
use isotope_client::login::RestartObstacles;
use isotope_client::{ClientError, ServiceState};
use isotope_model::{AutomaticMode, HostCatalogs, Preflight, Snapshot};
use relm4::adw::prelude::*;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, RelmApp, SimpleComponent,
    WorkerController, adw, component, gtk,
};

use self::steps::{Steps, StepsInit};
use crate::dialogs::{RestartDialog, RestartDialogOutput};
use crate::helper_worker::{Answer, Fact, HelperWorker, Order, SwitchWish};
use crate::network::NetworkWatch;
use crate::preferences::Preferences;
use crate::resources;
use crate::view_model::first_boot::{
    Choices, ChosenDesktop, DoneContext, DoneStep, Ending, Press, Step, Task, Unwanted, UpdatesStep, Work, WorkStep,
};
use crate::view_model::{Network, Read};

/// Up to this width, for text of the usual size, so many cards stand beside each other; the narrowest comes last.
const NARROW: [(f64, u32); 2] = [(500.0, 2), (300.0, 1)];
/// So many stand beside each other where there is room.
const COLUMNS: u32 = 3;
/// How long the service is waited for before there is a window.
const PATIENCE: Duration = Duration::from_secs(60);

/// The window of the welcome.
pub(crate) struct FirstBoot {
    uid: u32,
    preferences: Preferences,
    worker: WorkerController<HelperWorker>,
    /// How everything stands; nothing as long as nothing was heard.
    state: Option<Arc<ServiceState>>,
    /// The service was lost since.
    lost: bool,
    network: NetworkWatch,
    network_settings: Option<gtk::gio::AppInfo>,
    catalogs: Read<HostCatalogs>,
    pictures: HashSet<String>,
    all_desktops: bool,
    choices: Choices,
    /// What was found out, about which image.
    looked_up: Option<(String, Option<Answer<Preflight>>)>,
    /// What was found out about what was staged.
    found_after: Option<Answer<Preflight>>,
    task: Task,
    work: Work,
    wish: Option<SwitchWish>,
    /// What is to be discarded.
    unwanted: Option<Unwanted>,
    ending: Ending,
    /// How updates come was set.
    settings_done: bool,
    /// The restart was asked for.
    restarting: bool,
    obstacles: Option<Answer<RestartObstacles>>,
    restart_dialog: Option<Controller<RestartDialog>>,
    leaving_dialog: gtk::glib::WeakRef<adw::AlertDialog>,
    /// The computer is being told that nobody is to be welcomed any more.
    marking: bool,
    /// The window is closed; the program ends as soon as it can.
    leaving: bool,
    /// The program ends: nothing is to be shown any more.
    over: bool,
    steps: Steps,
    window: adw::ApplicationWindow,
    toasts: adw::ToastOverlay,
}

/// What reaches the window.
#[derive(Debug)]
pub(crate) enum FirstBootInput {
    /// The worker has seen something.
    Heard(Fact),
    /// The computer stands otherwise to the network.
    NetworkChanged(Network),
    /// A button of the step in sight was pressed.
    Pressed(Press),
    /// Another step is in sight.
    Turned,
    /// There is room for so many cards beside each other.
    Columns(u32),
    /// The person wants to see the settings of the network.
    SettingsWanted,
    /// The person wants this desktop; nothing is the one that is installed.
    DesktopChosen(Option<ChosenDesktop>),
    /// The person wants to see what other vendors publish.
    MoreDesktopsWanted,
    /// The catalogs have to be read again.
    CatalogsRetried,
    /// This is the picture of this entry of the catalogs.
    Pictured(String, gtk::gdk::Texture),
    /// Updates are to come like this.
    ModeChosen(AutomaticMode),
    /// What rpm-ostree has changed is to be taken back, or not.
    ResetToggled(bool),
    /// What there is to know of the chosen desktop has to be asked again.
    PreflightRetried,
    /// The computer was set, or not.
    Set(Result<(), Arc<ClientError>>),
    /// The computer was told that nobody is to be welcomed any more, as far as that could be done.
    Marked,
    /// The person does not want this, which was downloaded.
    DiscardAgreed(Unwanted),
    /// The window is to be closed.
    LeaveAsked,
    /// The person leaves, for good or for now.
    Left {
        /// For good.
        for_good: bool,
    },
    /// The dialog about the restart tells something.
    Restart(RestartDialogOutput),
    /// Nothing more is waited for.
    WaitedLong,
    /// The service had long enough to answer.
    WaitedForService,
    /// The end has come.
    Over,
}

#[component(pub(crate))]
impl SimpleComponent for FirstBoot {
    type Init = u32;
    type Input = FirstBootInput;
    type Output = ();

    view! {
        adw::ApplicationWindow {
            set_title: Some(&gettext("Welcome")),
            set_default_size: (640, 720),
            set_width_request: 320,
            set_height_request: 320,
            add_breakpoint: breakpoint(NARROW[0], &sender),
            add_breakpoint: breakpoint(NARROW[1], &sender),
            add_controller: leaving::escape(&sender),
            connect_close_request[sender] => move |_| {
                sender.input(FirstBootInput::LeaveAsked);
                gtk::glib::Propagation::Stop
            },

            #[local_ref]
            toasts -> adw::ToastOverlay {
                #[local_ref]
                navigation -> adw::NavigationView {},
            },
        }
    }

    fn init(uid: u32, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let network_changed = sender.input_sender().clone();
        let network = NetworkWatch::new(move |network| network_changed.emit(FirstBootInput::NetworkChanged(network)));
        let network_settings = network_settings::find();
        let (nothing, ending) = (ServiceState::default(), Ending::Stays);
        let (task, work) = (Task::Choices, Work::default());
        let steps = StepsInit {
            network: network.now(),
            can_open_settings: network_settings.is_some(),
            updates: UpdatesStep::of(&Snapshot::default()),
            work: WorkStep::of(&work, task, None, &nothing, uid),
            done: DoneStep::of(DoneContext {
                ending: &ending,
                restarting: false,
                state: &nothing,
                lost: false,
                settings_done: false,
                catalogs: None,
                desktop: None,
                answer: None,
            }),
        };
        let model = Self {
            uid,
            preferences: Preferences::of_this_person(),
            worker: HelperWorker::builder().detach_worker(()).forward(sender.input_sender(), FirstBootInput::Heard),
            state: None,
            lost: false,
            network,
            network_settings,
            catalogs: Read::Waiting,
            pictures: HashSet::new(),
            all_desktops: false,
            choices: Choices::default(),
            looked_up: None,
            found_after: None,
            task,
            work,
            wish: None,
            unwanted: None,
            ending,
            settings_done: false,
            restarting: false,
            obstacles: None,
            restart_dialog: None,
            leaving_dialog: gtk::glib::WeakRef::new(),
            marking: false,
            leaving: false,
            over: false,
            steps: Steps::new(steps, sender.input_sender()),
            window: root.clone(),
            toasts: adw::ToastOverlay::new(),
        };
        let (navigation, toasts) = (&model.steps.navigation, &model.toasts);
        let widgets = view_output!();
        let input = sender.input_sender().clone();
        gtk::glib::timeout_add_local_once(PATIENCE, move || input.emit(FirstBootInput::WaitedForService));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: FirstBootInput, sender: ComponentSender<Self>) {
        if self.over {
            if matches!(message, FirstBootInput::Over) {
                relm4::main_application().quit();
            }
            return;
        }
        match message {
            FirstBootInput::Heard(fact) => self.hear(fact, &sender),
            FirstBootInput::NetworkChanged(network) => self.network_changed(network),
            FirstBootInput::Pressed(press) => self.press(press, &sender),
            FirstBootInput::Turned => self.turned(),
            FirstBootInput::Columns(columns) => {
                self.steps.desktops.sender().emit(desktops_page::DesktopsPageInput::Columns(columns));
            }
            FirstBootInput::SettingsWanted => self.open_network_settings(),
            FirstBootInput::DesktopChosen(desktop) => self.choices.desktop = desktop,
            FirstBootInput::MoreDesktopsWanted => self.all_desktops = true,
            FirstBootInput::CatalogsRetried => self.read_catalogs(),
            FirstBootInput::Pictured(entry, texture) => {
                self.steps.desktops.sender().emit(desktops_page::DesktopsPageInput::Pictured(entry, texture));
            }
            FirstBootInput::ModeChosen(mode) => self.choices.automatic = Some(mode),
            FirstBootInput::ResetToggled(reset) => self.choices.reset = reset,
            FirstBootInput::PreflightRetried => self.look_up(),
            FirstBootInput::Set(result) => self.hear_set(result, &sender),
            FirstBootInput::Marked => self.marked(&sender),
            FirstBootInput::DiscardAgreed(unwanted) => self.discard(unwanted, &sender),
            FirstBootInput::LeaveAsked => self.ask_to_leave(&sender),
            FirstBootInput::Left { for_good } => self.leave(for_good, &sender),
            FirstBootInput::Restart(output) => self.restart(&output),
            FirstBootInput::WaitedLong => self.quit(&sender),
            FirstBootInput::WaitedForService => self.waited_for_service(&sender),
            FirstBootInput::Over => {}
        }
        if !self.over {
            self.paint();
        }
    }
}

impl FirstBoot {
    fn press(&mut self, press: Press, sender: &ComponentSender<Self>) {
        match press {
            Press::Next => self.steps.turn_to(self.steps.shown().next(self.network.now())),
            Press::Skip => {
                match self.steps.shown() {
                    Step::Desktop => self.choices.desktop = None,
                    Step::Updates => self.choices.automatic = None,
                    _ => {}
                }
                self.steps.turn_to(self.steps.shown().next(self.network.now()));
            }
            Press::ChooseNone => self.choices.desktop = None,
            Press::Leave => self.ask_to_leave(sender),
            Press::Start => self.start(sender),
            Press::TryAgain => self.try_again(sender),
            Press::Cancel => self.cancel(),
            Press::GiveUp => self.give_up(sender),
            Press::Restart => self.open_restart(sender),
            Press::Discard => self.ask_to_discard(sender),
            Press::Finish => self.finish(sender),
        }
    }

    fn order(&self, order: Order) {
        self.worker.sender().emit(order);
    }
}

/// Runs the program as the welcome, with these arguments for the toolkit. The app can be opened beside it; the window appears
/// once it is known to be wanted.
pub(crate) fn run(rest: Vec<String>, uid: u32) -> anyhow::Result<()> {
    if !can_be_wanted() {
        return Ok(());
    }
    let application = RelmApp::new(isotope_model::names::APPLICATION_ID);
    resources::register()?;
    application.allow_multiple_instances(true);
    // Where only the help is wanted, Relm4 waits for one event after the end.
    gtk::glib::idle_add_local_once(|| ());
    application.visible_on_activate(false).with_args(rest).run::<FirstBoot>(uid);
    Ok(())
}

/// Not in a sandbox, because what is set is the computer itself; and nobody is welcomed twice.
fn can_be_wanted() -> bool {
    let sandboxed = Path::new("/.flatpak-info").exists();
    let welcomed = Preferences::of_this_person().first_boot_finished();
    if sandboxed || welcomed {
        tracing::info!("nobody is welcomed: sandboxed: {sandboxed}, welcomed before: {welcomed}");
    }
    !sandboxed && !welcomed
}

/// Says when the window gets as narrow as this and when it is wider again, in the person's text size.
fn breakpoint((width, columns): (f64, u32), sender: &ComponentSender<FirstBoot>) -> adw::Breakpoint {
    let condition =
        adw::BreakpointCondition::new_length(adw::BreakpointConditionLengthType::MaxWidth, width, adw::LengthUnit::Sp);
    let breakpoint = adw::Breakpoint::new(condition);
    let (narrow, wide) = (sender.clone(), sender.clone());
    breakpoint.connect_apply(move |_| narrow.input(FirstBootInput::Columns(columns)));
    breakpoint.connect_unapply(move |_| wide.input(FirstBootInput::Columns(COLUMNS)));
    breakpoint
}
