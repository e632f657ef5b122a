// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::factory::{DynamicIndex, FactoryComponent, FactorySender, FactoryView};
use relm4::gtk::prelude::*;
use relm4::{RelmWidgetExt as _, factory, gtk};

use super::picture_frame::PictureFrame;
use crate::spoken::Spoken as _;
use crate::view_model::DesktopCard;

/// A desktop with its picture; where one is chosen of several, the chosen one has a tick.
#[derive(Debug)]
pub(crate) struct Card {
    view: DesktopCard,
    sent: Option<gtk::gdk::Texture>,
}

/// What a card is told.
#[derive(Debug)]
pub(crate) enum CardInput {
    /// Show this from now on.
    Show(Box<DesktopCard>),
    /// This is the picture that the vendor has sent.
    Pictured(gtk::gdk::Texture),
}

#[factory(pub(crate))]
impl FactoryComponent for Card {
    type Init = (DesktopCard, Option<gtk::gdk::Texture>);
    type Input = CardInput;
    type Output = ();
    type CommandOutput = ();
    type ParentWidget = gtk::FlowBox;

    view! {
        root = gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_overflow: gtk::Overflow::Hidden,
            add_css_class: "card",
            add_css_class: "desktop-card",

            #[watch]
            set_class_active: ("chosen", self.is_chosen()),
            #[watch]
            set_class_active: ("activatable", !self.is_forbidden()),

            gtk::Overlay {
                #[name = "picture"]
                #[wrap(Some)]
                set_child = &PictureFrame::new() -> PictureFrame {
                    #[watch]
                    set_opacity: if self.is_forbidden() { 0.4 } else { 1.0 },
                },

                // Not by its colour alone: what is chosen has a tick.
                add_overlay = &gtk::Image {
                    set_icon_name: Some("isotope-row-done-symbolic"),
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                    set_halign: gtk::Align::End,
                    set_valign: gtk::Align::Start,
                    add_css_class: "chosen-tick",
                    #[watch]
                    set_visible: self.is_chosen(),
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
                    set_label: &self.view.name,
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

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 3,
                    set_margin_top: 3,
                    set_vexpand: true,
                    set_valign: gtk::Align::End,
                    #[watch]
                    set_visible: self.view.place.is_some() || self.view.status.is_some(),

                    gtk::Label {
                        set_halign: gtk::Align::Start,
                        set_ellipsize: gtk::pango::EllipsizeMode::End,
                        add_css_class: "badge",
                        add_css_class: "accent",
                        #[watch]
                        set_visible: self.view.place.is_some(),
                        #[watch]
                        set_label: self.view.place.as_deref().unwrap_or_default(),
                    },

                    gtk::Label {
                        set_halign: gtk::Align::Start,
                        set_ellipsize: gtk::pango::EllipsizeMode::End,
                        add_css_class: "badge",
                        add_css_class: "warning",
                        #[watch]
                        set_visible: self.view.status.is_some(),
                        #[watch]
                        set_label: self.view.status.as_deref().unwrap_or_default(),
                    },
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
        widgets.picture.show(&self.view.picture, self.sent.as_ref());
        widgets
    }

    fn update_with_view(&mut self, widgets: &mut Self::Widgets, message: Self::Input, sender: FactorySender<Self>) {
        match message {
            CardInput::Show(view) if *view == self.view => return,
            CardInput::Show(view) => self.view = *view,
            CardInput::Pictured(texture) => self.sent = Some(texture),
        }
        self.update_view(widgets, sender);
        widgets.picture.show(&self.view.picture, self.sent.as_ref());
        if let Some(child) = widgets.root.parent().and_downcast::<gtk::FlowBoxChild>() {
            self.name(&child);
        }
    }
}

impl Card {
    /// Which entry of the catalogs it shows.
    pub(crate) fn entry(&self) -> &str {
        &self.view.picture.entry
    }

    /// It cannot be switched to.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.view.forbidden.is_some()
    }

    fn is_chosen(&self) -> bool {
        self.view.chosen == Some(true)
    }

    /// What it is, or why it cannot be switched to.
    fn words(&self) -> &str {
        self.view.forbidden.as_deref().unwrap_or(&self.view.summary)
    }

    /// What the flow box puts around the card gets the focus, and so has to have the words.
    fn name(&self, child: &gtk::FlowBoxChild) {
        child.set_spoken(&self.view.spoken);
        if self.view.chosen.is_some() {
            child.update_state(&[gtk::accessible::State::Selected(self.view.chosen)]);
        }
        // It is reached and read all the same: it says why.
        child.update_state(&[gtk::accessible::State::Disabled(self.is_forbidden())]);
        child.set_tooltip_text(self.view.forbidden.as_deref());
    }
}
