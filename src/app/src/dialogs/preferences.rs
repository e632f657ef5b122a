// SPDX-License-Identifier: GPL-3.0-or-later
mod automatic_rows;
mod setting_row;
mod vendor_rows;

use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{Component, ComponentParts, ComponentSender, Sender, adw, component, gtk};

use self::automatic_rows::AutomaticRows;
use self::setting_row::SettingRow;
use self::vendor_rows::VendorRows;
use crate::rows::{LineRow, show_lines};
use crate::view_model::{ComputerView, Preference, PreferencesView, SettingSwitch};

/// The dialog in which it is set what the computer does by itself, and how the person wants the app to be.
#[derive(Debug)]
pub(crate) struct PreferencesDialog {
    view: Box<PreferencesView>,
    notes: FactoryVecDeque<LineRow>,
    automatic: AutomaticRows,
    on_metered: SettingRow,
    on_battery: SettingRow,
    notifications: SettingRow,
    vendors: VendorRows,
    expert_details: SettingRow,
    toast: Option<adw::Toast>,
}

/// What the dialog is told.
#[derive(Debug)]
pub(crate) enum PreferencesInput {
    /// Show this from now on; also where that is what was shown before.
    Show(Box<PreferencesView>),
    /// Tell this in passing.
    Tell(String),
    /// What was told in passing has been read.
    Quiet,
}

/// What the dialog tells.
#[derive(Debug)]
pub(crate) enum PreferencesOutput {
    /// The person has changed this.
    Changed(Preference),
    /// The catalogs could not be read, and are to be read again.
    CatalogsAsked,
    /// It was closed.
    Closed,
}

#[component(pub(crate))]
impl Component for PreferencesDialog {
    type Init = Box<PreferencesView>;
    type Input = PreferencesInput;
    type Output = PreferencesOutput;
    type CommandOutput = ();

    view! {
        adw::PreferencesDialog {
            set_title: &gettext("Preferences"),
            set_content_width: 500,
            connect_closed[sender] => move |_| {
                let _ = sender.output(PreferencesOutput::Closed);
            },

            add = &adw::PreferencesPage {
                add = &adw::PreferencesGroup {
                    // Translators: the heading of what holds for everybody who uses the computer.
                    set_title: &gettext("This Computer"),
                    #[watch]
                    set_description: Some(gtk::glib::markup_escape_text(&model.view.computer.description).as_str()),

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 12,

                        #[local_ref]
                        notes -> gtk::ListBox {
                            set_selection_mode: gtk::SelectionMode::None,
                            add_css_class: "boxed-list",
                            #[watch]
                            set_visible: !model.view.computer.notes.is_empty(),
                            update_property: &[gtk::accessible::Property::Label(&gettext("This Computer"))],
                        },

                        gtk::ListBox {
                            set_selection_mode: gtk::SelectionMode::None,
                            add_css_class: "boxed-list",
                            #[watch]
                            set_sensitive: model.view.computer.known,
                            update_property: &[gtk::accessible::Property::Label(&gettext("Automatic Updates"))],
                            append: model.automatic.title(),
                            append: model.automatic.row(0),
                            append: model.automatic.row(1),
                            append: model.automatic.row(2),
                            append: model.on_metered.row(),
                            append: model.on_battery.row(),
                        },
                    },
                },

                add = &adw::PreferencesGroup {
                    // Translators: the heading of what holds for the person who uses the program.
                    set_title: &gettext("You"),
                    add: model.notifications.row(),
                },

                add = &adw::PreferencesGroup {
                    // Translators: the heading of a list of vendors, each with a switch.
                    set_title: &gettext("Desktops Shown"),
                    #[watch]
                    set_description: Some(gtk::glib::markup_escape_text(&model.view.vendors.description).as_str()),

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 12,

                        append: model.vendors.list(),

                        adw::Spinner {
                            #[watch]
                            set_visible: model.view.vendors.waiting,
                        },

                        gtk::Button {
                            set_halign: gtk::Align::Center,
                            set_use_underline: true,
                            set_label: &gettext("_Try Again"),
                            add_css_class: "pill",
                            #[watch]
                            set_visible: model.view.vendors.retry,
                            connect_clicked[sender] => move |_| {
                                let _ = sender.output(PreferencesOutput::CatalogsAsked);
                            },
                        },
                    },
                },

                add = &adw::PreferencesGroup {
                    // Translators: the heading of what only few people need.
                    set_title: &gettext("For Experts"),
                    add: model.expert_details.row(),
                },
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let changed = |make: fn(bool) -> Preference| switched(sender.output_sender(), make);
        let model = Self {
            view,
            notes: FactoryVecDeque::builder().launch(gtk::ListBox::default()).detach(),
            automatic: AutomaticRows::new(sender.output_sender()),
            on_metered: SettingRow::new(
                &gettext("Also on Metered Networks"),
                &gettext("Where the network costs by what is transferred"),
                changed(Preference::OnMetered),
            ),
            on_battery: SettingRow::new(
                &gettext("Also on Battery"),
                &gettext("While the computer is not plugged in"),
                changed(Preference::OnBattery),
            ),
            notifications: SettingRow::new(
                &gettext("Notifications"),
                &gettext("When an update is ready, and when what you started has ended"),
                changed(Preference::Notifications),
            ),
            vendors: VendorRows::new(sender.output_sender()),
            expert_details: SettingRow::new(
                &gettext("Expert Details"),
                &gettext("Checksums, references and kernel arguments of system images"),
                changed(Preference::ExpertDetails),
            ),
            toast: None,
        };
        let notes = model.notes.widget().clone();
        let widgets = view_output!();
        let mut model = model;
        model.show();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, _sender: ComponentSender<Self>, root: &Self::Root) {
        match message {
            PreferencesInput::Show(view) => {
                self.view = view;
                self.show();
            }
            PreferencesInput::Tell(text) => {
                self.quiet();
                let toast = super::toast::toast(&text);
                root.add_toast(toast.clone());
                root.upcast_ref::<gtk::Widget>().announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
                self.toast = Some(toast);
            }
            PreferencesInput::Quiet => self.quiet(),
        }
    }
}

/// Tells that a switch was turned.
fn switched(output: &Sender<PreferencesOutput>, make: fn(bool) -> Preference) -> impl Fn(bool) + 'static {
    let output = output.clone();
    move |on| output.emit(PreferencesOutput::Changed(make(on)))
}

impl PreferencesDialog {
    fn show(&mut self) {
        let PreferencesView { computer, notifications, vendors, expert_details } = &*self.view;
        show_lines(&mut self.notes, &computer.notes);
        self.automatic.show(computer);
        show_setting(&self.on_metered, computer.on_metered, computer);
        show_setting(&self.on_battery, computer.on_battery, computer);
        self.notifications.show(*notifications, true, false);
        self.vendors.show(&vendors.switches);
        self.expert_details.show(*expert_details, true, false);
    }

    fn quiet(&mut self) {
        if let Some(toast) = self.toast.take() {
            toast.dismiss();
        }
    }
}

/// What is being asked for keeps the focus; nothing else can be asked for meanwhile.
fn show_setting(row: &SettingRow, setting: SettingSwitch, computer: &ComputerView) {
    row.show(setting.on, setting.asked || (setting.counts && !computer.busy), setting.asked);
}
