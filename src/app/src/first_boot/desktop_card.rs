// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::factory::{DynamicIndex, FactoryComponent, FactorySender, FactoryView};
use relm4::gtk::prelude::*;
use relm4::{RelmWidgetExt as _, factory, gtk};

use crate::pages::PictureFrame;
use crate::spoken::Spoken as _;
use crate::view_model::first_boot::ChoiceCard;

/// A desktop that can be chosen, with its picture.
#[derive(Debug)]
pub(super) struct DesktopChoice {
    view: ChoiceCard,
    sent: Option<gtk::gdk::Texture>,
}

/// What a card is told.
#[derive(Debug)]
pub(super) enum DesktopChoiceInput {
    /// Show this from now on.
    Show(Box<ChoiceCard>),
    /// This is the picture that the vendor has sent.
    Pictured(gtk::gdk::Texture),
}

#[factory(pub(super))]
impl FactoryComponent for DesktopChoice {
    type Init = (ChoiceCard, Option<gtk::gdk::Texture>);
    type Input = DesktopChoiceInput;
    type Output = ();
    type CommandOutput = ();
    type ParentWidget = gtk::FlowBox;

    view! {
        root = gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_overflow: gtk::Overflow::Hidden,
            add_css_class: "card",
            add_css_class: "activatable",
            add_css_class: "desktop-card",
            #[watch]
            set_class_active: ("chosen", self.view.chosen),

            gtk::Overlay {
                #[name = "picture"]
                #[wrap(Some)]
                set_child = &PictureFrame::new() -> PictureFrame {},

                // Not by its colour alone: what is chosen has a tick.
                add_overlay = &gtk::Image {
                    set_icon_name: Some("isotope-row-done-symbolic"),
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                    set_halign: gtk::Align::End,
                    set_valign: gtk::Align::Start,
                    add_css_class: "first-boot-tick",
                    #[watch]
                    set_visible: self.view.chosen,
                },
            },

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,
                set_spacing: 3,
                add_css_class: "desktop-card-words",

                gtk::Label {
                    set_xalign: 0.0,
                    set_wrap: true,
                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                    set_lines: 3,
                    set_ellipsize: gtk::pango::EllipsizeMode::End,
                    set_width_chars: 12,
                    set_max_width_chars: 14,
                    add_css_class: "heading",
                    #[watch]
                    set_label: &self.view.card.name,
                },

                gtk::Label {
                    set_xalign: 0.0,
                    set_wrap: true,
                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                    set_lines: 3,
                    set_ellipsize: gtk::pango::EllipsizeMode::End,
                    set_max_width_chars: 14,
                    add_css_class: "caption",
                    add_css_class: "dim-label",
                    #[watch]
                    set_visible: !self.words().is_empty(),
                    #[watch]
                    set_label: self.words(),
                },

                gtk::Label {
                    set_halign: gtk::Align::Start,
                    set_valign: gtk::Align::End,
                    set_vexpand: true,
                    set_margin_top: 3,
                    set_ellipsize: gtk::pango::EllipsizeMode::End,
                    add_css_class: "badge",
                    #[watch]
                    set_visible: self.badge().is_some(),
                    #[watch]
                    set_label: self.badge().unwrap_or_default(),
                },
            },
        }
    }

    fn init_model((view, sent): Self::Init, _index: &DynamicIndex, _sender: FactorySender<Self>) -> Self {
        Self { view, sent }
    }

    fn init_widgets(
        &mut self,
        _index: &DynamicIndex,
        root: Self::Root,
        returned: &<gtk::FlowBox as FactoryView>::ReturnedWidget,
        _sender: FactorySender<Self>,
    ) -> Self::Widgets {
        let widgets = view_output!();
        self.name(returned);
        widgets.picture.show(&self.view.card.picture, self.sent.as_ref());
        widgets
    }

    fn update_with_view(&mut self, widgets: &mut Self::Widgets, message: Self::Input, sender: FactorySender<Self>) {
        match message {
            DesktopChoiceInput::Show(view) if *view == self.view => return,
            DesktopChoiceInput::Show(view) => self.view = *view,
            DesktopChoiceInput::Pictured(texture) => self.sent = Some(texture),
        }
        self.update_view(widgets, sender);
        widgets.picture.show(&self.view.card.picture, self.sent.as_ref());
        if let Some(child) = widgets.root.parent().and_downcast::<gtk::FlowBoxChild>() {
            self.name(&child);
        }
    }
}

impl DesktopChoice {
    /// Which entry of the catalogs it shows.
    pub(super) fn entry(&self) -> &str {
        &self.view.card.picture.entry
    }

    fn words(&self) -> &str {
        self.view.card.forbidden.as_deref().unwrap_or(&self.view.card.summary)
    }

    fn badge(&self) -> Option<&str> {
        self.view.card.place.as_deref().or(self.view.card.status.as_deref())
    }

    /// What the flow box puts around the card gets the focus, and so has to have the words.
    fn name(&self, child: &gtk::FlowBoxChild) {
        child.set_spoken(&self.view.card.spoken);
        child.update_state(&[gtk::accessible::State::Selected(Some(self.view.chosen))]);
        child.set_sensitive(self.view.card.forbidden.is_none());
        child.set_tooltip_text(self.view.card.forbidden.as_deref());
    }
}
