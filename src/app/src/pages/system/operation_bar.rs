// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use relm4::gtk::prelude::*;
use relm4::{Component, ComponentParts, ComponentSender, component, gtk};

use crate::view_model::{BarMotion, BarPosition, OperationProgress};

/// How often the bar moves while nothing is known.
const BEAT: Duration = Duration::from_millis(100);

/// Phase, bar and bytes of the operation that runs.
#[derive(Debug)]
pub(crate) struct OperationBar {
    view: Option<OperationProgress>,
    position: BarPosition,
    motion: BarMotion,
    beating: bool,
}

/// What the bar is told.
#[derive(Debug)]
pub(crate) enum OperationBarInput {
    /// Show this from now on.
    Show(Option<OperationProgress>),
}

/// Time has passed.
#[derive(Debug)]
pub(crate) struct Beat;

#[component(pub(crate))]
impl Component for OperationBar {
    type Init = Option<OperationProgress>;
    type Input = OperationBarInput;
    type Output = ();
    type CommandOutput = Beat;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_spacing: 6,
            add_css_class: "operation",
            #[watch]
            set_visible: model.view.is_some(),

            gtk::Label {
                set_wrap: true,
                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                set_justify: gtk::Justification::Center,
                #[watch]
                set_label: model.view.as_ref().map_or("", |view| &view.phase),
            },

            #[name = "bar"]
            gtk::ProgressBar {
                set_pulse_step: 0.07,
                #[watch]
                update_property: &[gtk::accessible::Property::Label(
                    model.view.as_ref().map_or("", |view| &view.phase),
                )],
            },

            gtk::Label {
                set_wrap: true,
                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                set_justify: gtk::Justification::Center,
                add_css_class: "caption",
                add_css_class: "numeric",
                add_css_class: "dim-label",
                #[watch]
                set_label: model.view.as_ref().and_then(|view| view.detail.as_deref()).unwrap_or_default(),
            },

            gtk::Label {
                set_wrap: true,
                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                set_justify: gtk::Justification::Center,
                add_css_class: "caption",
                #[watch]
                set_visible: model.view.as_ref().is_some_and(|view| view.starter.is_some()),
                #[watch]
                set_label: model.view.as_ref().and_then(|view| view.starter.as_deref()).unwrap_or_default(),
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let mut model = Self { view: None, position: BarPosition::default(), motion: BarMotion::Pulse, beating: false };
        model.take(view, &sender);
        let widgets = view_output!();
        model.place(&widgets.bar);
        ComponentParts { model, widgets }
    }

    fn update_with_view(
        &mut self,
        widgets: &mut Self::Widgets,
        message: Self::Input,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        let OperationBarInput::Show(view) = message;
        let before = self.view.as_ref().map(|view| view.phase.clone());
        self.take(view, &sender);
        self.update_view(widgets, sender);
        self.place(&widgets.bar);
        // Phases are read out, numbers are not.
        if let Some(view) = self.view.as_ref().filter(|view| Some(&view.phase) != before.as_ref()) {
            root.announce(&view.phase, gtk::AccessibleAnnouncementPriority::Low);
        }
    }

    fn update_cmd_with_view(
        &mut self,
        widgets: &mut Self::Widgets,
        _beat: Beat,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        self.beating = false;
        if self.pulses() {
            widgets.bar.pulse();
        }
        self.keep_beating(&sender);
    }
}

impl OperationBar {
    fn take(&mut self, view: Option<OperationProgress>, sender: &ComponentSender<Self>) {
        if let Some(view) = &view {
            self.motion = self.position.show(&view.operation, view.fraction);
        }
        self.view = view;
        self.keep_beating(sender);
    }

    fn pulses(&self) -> bool {
        self.view.is_some() && self.motion == BarMotion::Pulse
    }

    fn place(&self, bar: &gtk::ProgressBar) {
        if let BarMotion::At(fraction) = self.motion {
            bar.set_fraction(fraction);
        }
    }

    fn keep_beating(&mut self, sender: &ComponentSender<Self>) {
        if self.pulses() && !self.beating {
            self.beating = true;
            sender.oneshot_command(async {
                tokio::time::sleep(BEAT).await;
                Beat
            });
        }
    }
}
