// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, adw,
    component, gtk,
};

use super::{StatusInput, StatusOutput, StatusPage};
use crate::rows::{LineGroupBox, LineOutput, show_groups};
use crate::view_model::{Choice, HistoryFilter, HistoryView, StatusView};

/// The third page: what was done, and how the computer was started.
#[derive(Debug)]
pub(crate) struct HistoryPage {
    view: HistoryView,
    status: Controller<StatusPage>,
    days: FactoryVecDeque<LineGroupBox>,
}

/// What the page is told.
#[derive(Debug)]
pub(crate) enum HistoryPageInput {
    /// Show this from now on.
    Show(Box<HistoryView>),
}

/// What the person did on the page.
#[derive(Debug)]
pub(crate) enum HistoryPageOutput {
    /// Only this part is to be shown.
    Filtered(HistoryFilter),
    /// What could not be read is to be read again.
    Retried,
    /// The person has chosen this in a line.
    Chosen(Choice),
}

#[component(pub(crate))]
impl SimpleComponent for HistoryPage {
    type Init = Box<HistoryView>;
    type Input = HistoryPageInput;
    type Output = HistoryPageOutput;

    view! {
        #[name = "stack"]
        gtk::Stack {
            set_vhomogeneous: false,
            add_child: model.status.widget(),

            #[local_ref]
            days -> adw::PreferencesPage {
                add = &adw::PreferencesGroup {
                    adw::ComboRow {
                        // Translators: before the part of history that is shown, for example "Everything" or "Problems".
                        set_title: &gettext("Show"),
                        set_factory: Some(&words(false)),
                        set_list_factory: Some(&words(true)),
                        set_model: Some(&filters()),
                        connect_selected_notify[sender] => move |row| {
                            let filter = usize::try_from(row.selected()).ok();
                            if let Some(filter) = filter.and_then(|at| HistoryFilter::ALL.get(at)) {
                                let _ = sender.output(HistoryPageOutput::Filtered(*filter));
                            }
                        },
                    },
                },
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let status = StatusPage::builder()
            .launch(StatusView::loading())
            .forward(sender.output_sender(), |StatusOutput::Pressed| HistoryPageOutput::Retried);
        let days =
            FactoryVecDeque::builder().launch(adw::PreferencesPage::new()).forward(sender.output_sender(), |output| {
                HistoryPageOutput::Chosen(match output {
                    LineOutput::Chosen(choice) => choice,
                    LineOutput::CopyPressed(text) => Choice::Copy(text),
                })
            });
        let mut model = Self { view: *view, status, days };
        let days = model.days.widget().clone();
        let widgets = view_output!();
        model.show_body();
        model.turn(&widgets.stack);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, _sender: ComponentSender<Self>) {
        let HistoryPageInput::Show(view) = message;
        self.view = *view;
        self.show_body();
    }

    fn post_view() {
        self.turn(&widgets.stack);
    }
}

/// The names of the parts of history.
fn filters() -> gtk::StringList {
    HistoryFilter::ALL.iter().map(|filter| filter.label()).collect()
}

/// Shows the names, in the list with a mark at the chosen one. GTK's own way leaves them without a name for those who
/// listen.
fn words(marked: bool) -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    factory.connect_setup(move |_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else { return };
        let line = gtk::Box::new(gtk::Orientation::Horizontal, 12);
        line.append(&gtk::Label::builder().xalign(0.0).hexpand(marked).build());
        if marked {
            let mark = gtk::Image::from_icon_name("isotope-row-done-symbolic");
            item.bind_property("selected", &mark, "visible").sync_create().build();
            line.append(&mark);
        }
        item.set_child(Some(&line));
    });
    factory.connect_bind(|_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else { return };
        let name = item.item().and_downcast::<gtk::StringObject>().map(|name| name.string()).unwrap_or_default();
        item.set_accessible_label(&name);
        if let Some(label) = item.child().and_then(|line| line.first_child()).and_downcast::<gtk::Label>() {
            label.set_label(&name);
        }
    });
    factory
}

impl HistoryPage {
    fn turn(&self, stack: &gtk::Stack) {
        match &self.view {
            HistoryView::Status(_) => stack.set_visible_child(self.status.widget()),
            HistoryView::Days(_) => stack.set_visible_child(self.days.widget()),
        }
    }

    fn show_body(&mut self) {
        match &self.view {
            HistoryView::Status(view) => self.status.sender().emit(StatusInput::Show(view.clone())),
            HistoryView::Days(days) => show_groups(&mut self.days, days),
        }
    }
}
