// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk::prelude::*;
use relm4::{ComponentParts, ComponentSender, RelmWidgetExt as _, SimpleComponent, adw, component, gtk};

use crate::view_model::StatusView;

/// A page that says one thing: loading, reconnecting, out of order.
#[derive(Debug)]
pub(crate) struct StatusPage {
    view: StatusView,
    changed: bool,
}

/// What the page is told.
#[derive(Debug)]
pub(crate) enum StatusInput {
    /// Show this from now on.
    Show(StatusView),
}

/// What the page tells.
#[derive(Debug)]
pub(crate) enum StatusOutput {
    /// Its button was pressed.
    Pressed,
}

#[component(pub(crate))]
impl SimpleComponent for StatusPage {
    type Init = StatusView;
    type Input = StatusInput;
    type Output = StatusOutput;

    view! {
        page = adw::StatusPage {
            #[watch]
            set_title: &model.view.title,
            #[watch]
            set_description: Some(&gtk::glib::markup_escape_text(&model.view.description)),

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
                set_class_active: ("suggested-action", model.view.button.as_ref().is_some_and(|button| button.suggested)),
                connect_clicked[sender] => move |_| {
                    let _ = sender.output(StatusOutput::Pressed);
                },
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { view, changed: false };
        let widgets = view_output!();
        model.paint_picture(&widgets.page);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, _sender: ComponentSender<Self>) {
        let StatusInput::Show(view) = message;
        self.changed = view.title != self.view.title;
        self.view = view;
    }

    fn post_view() {
        if self.changed && widgets.page.is_mapped() {
            let page = widgets.page.upcast_ref::<gtk::Widget>();
            page.announce(&self.view.title, gtk::AccessibleAnnouncementPriority::Medium);
        }
        self.paint_picture(&widgets.page);
    }
}

impl StatusPage {
    fn paint_picture(&self, page: &adw::StatusPage) {
        match self.view.icon {
            Some(icon) => {
                page.set_paintable(gtk::gdk::Paintable::NONE);
                page.set_icon_name(Some(icon));
            }
            None if page.paintable().is_some_and(|paintable| paintable.is::<adw::SpinnerPaintable>()) => {}
            None => page.set_paintable(Some(&adw::SpinnerPaintable::new(Some(page)))),
        }
    }
}
