// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, adw, component, gtk};

use crate::view_model::Network;

/// The first step: what this is.
#[derive(Debug)]
pub(super) struct WelcomePage {
    network: Network,
}

#[component(pub(super))]
impl SimpleComponent for WelcomePage {
    type Init = Network;
    type Input = Network;
    type Output = ();

    view! {
        adw::StatusPage {
            set_icon_name: Some(isotope_model::names::APPLICATION_ID),
            set_title: &gettext("Welcome"),
            set_description: Some(&gettext(
                "This computer runs a system image that is updated as a whole and can go back to what ran before. In a few \
                 steps you choose which desktop it has and how its updates come.",
            )),

            gtk::Box {
                set_spacing: 6,
                set_halign: gtk::Align::Center,
                add_css_class: "dim-label",
                #[watch]
                set_visible: model.network.is_connected(),

                gtk::Image {
                    set_icon_name: Some("isotope-row-done-symbolic"),
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                },

                gtk::Label {
                    set_wrap: true,
                    add_css_class: "caption",
                    // Translators: the computer is connected to a network.
                    set_label: &gettext("Connected to a network"),
                },
            },
        }
    }

    fn init(network: Self::Init, root: Self::Root, _sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { network };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, network: Self::Input, _sender: ComponentSender<Self>) {
        self.network = network;
    }
}
