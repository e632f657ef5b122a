// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::factory::{DynamicIndex, FactoryComponent, FactorySender, FactoryVecDeque, FactoryView};
use relm4::{adw, factory, gtk};

use super::finding_row::FindingRow;
use crate::view_model::FindingGroup;

/// A boxed list of what was found that is equally grave.
#[derive(Debug)]
pub(crate) struct FindingGroupBox {
    title: String,
    findings: FactoryVecDeque<FindingRow>,
}

#[factory(pub(crate))]
impl FactoryComponent for FindingGroupBox {
    type Init = FindingGroup;
    type Input = ();
    type Output = ();
    type CommandOutput = ();
    type ParentWidget = gtk::Box;

    view! {
        root = adw::PreferencesGroup {
            set_title: &gtk::glib::markup_escape_text(&self.title),
            add_css_class: "preflight-group",

            #[local_ref]
            list -> gtk::ListBox {
                set_selection_mode: gtk::SelectionMode::None,
                add_css_class: "boxed-list",
                update_property: &[gtk::accessible::Property::Label(&self.title)],
            },
        }
    }

    fn init_model(view: FindingGroup, _index: &DynamicIndex, _sender: FactorySender<Self>) -> Self {
        let mut findings = FactoryVecDeque::builder().launch(gtk::ListBox::default()).detach();
        findings.extend(view.findings);
        Self { title: view.title, findings }
    }

    fn init_widgets(
        &mut self,
        _index: &DynamicIndex,
        root: Self::Root,
        _returned: &<gtk::Box as FactoryView>::ReturnedWidget,
        _sender: FactorySender<Self>,
    ) -> Self::Widgets {
        let list = self.findings.widget();
        let widgets = view_output!();
        widgets
    }
}

/// Shows these groups in the place of those.
pub(crate) fn show_groups(shown: &mut FactoryVecDeque<FindingGroupBox>, before: &[FindingGroup], now: &[FindingGroup]) {
    if before == now {
        return;
    }
    let mut shown = shown.guard();
    shown.clear();
    for group in now {
        shown.push_back(group.clone());
    }
}
