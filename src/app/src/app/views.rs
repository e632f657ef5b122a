// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{Sender, adw, gtk};

use super::AppInput;

/// Up to this width, for text of the usual size, the pages are switched between at the bottom.
const NARROW: f64 = 560.0;

/// A page that the switcher leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// How the computer is.
    System,
    /// What it can be switched to.
    Desktops,
    /// What was done, and how it was started.
    History,
}

impl Page {
    fn tag(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Desktops => "desktops",
            Self::History => "history",
        }
    }
}

/// The frame of the window: the pages, what switches between them, and what lies before them.
#[derive(Debug)]
pub(super) struct Views {
    /// The page with everything, and those that are opened from there.
    pub(super) navigation: adw::NavigationView,
    /// Everything below the header bar: one thing that is to be said, or the pages.
    pub(super) stack: gtk::Stack,
    /// The first of the pages in the navigation.
    pub(super) content: adw::ToolbarView,
    header: adw::HeaderBar,
    switcher: adw::ViewSwitcher,
    bar: adw::ViewSwitcherBar,
    pages: adw::ViewStack,
    system: adw::Bin,
    live: bool,
    narrow: bool,
}

impl Views {
    /// The frame, with this button at the end of its header bar; tells what is done with it.
    pub(super) fn new(menu: &gtk::MenuButton, input: &Sender<AppInput>) -> Self {
        let pages = adw::ViewStack::new();
        let system = adw::Bin::new();
        // Translators: the page that says how the computer is.
        let page = pages.add_titled(&system, Some(Page::System.tag()), &gettext("_System"));
        page.set_icon_name(Some("isotope-tab-system-symbolic"));
        page.set_use_underline(true);
        let turned = input.clone();
        pages.connect_visible_child_notify(move |_| turned.emit(AppInput::Turned));
        let stack = gtk::Stack::builder().transition_type(gtk::StackTransitionType::Crossfade).build();
        stack.add_child(&pages);
        let header = adw::HeaderBar::new();
        header.pack_end(menu);
        let switcher = adw::ViewSwitcher::builder().stack(&pages).policy(adw::ViewSwitcherPolicy::Wide).build();
        let bar = adw::ViewSwitcherBar::builder().stack(&pages).build();
        let content = adw::ToolbarView::builder().content(&stack).build();
        content.add_top_bar(&header);
        content.add_bottom_bar(&bar);
        let navigation = adw::NavigationView::new();
        navigation.add(&adw::NavigationPage::builder().title(gettext("Isotope")).tag("pages").child(&content).build());
        let left = input.clone();
        navigation.connect_popped(move |_, page| left.emit(AppInput::PageLeft(page.tag().unwrap_or_default().into())));
        Self { navigation, stack, content, header, switcher, bar, pages, system, live: false, narrow: false }
    }

    /// Puts the second page in.
    pub(super) fn add_desktops(&self, page: &impl IsA<gtk::Widget>) {
        // Translators: the page that shows what the computer can be switched to.
        let page = self.pages.add_titled(page, Some(Page::Desktops.tag()), &gettext("_Desktops"));
        page.set_icon_name(Some("isotope-desktops-symbolic"));
        page.set_use_underline(true);
    }

    /// Puts the third page in.
    pub(super) fn add_history(&self, page: &impl IsA<gtk::Widget>) {
        // Translators: the page that lists what was done and how the computer was started.
        let page = self.pages.add_titled(page, Some(Page::History.tag()), &gettext("_History"));
        page.set_icon_name(Some("isotope-tab-history-symbolic"));
        page.set_use_underline(true);
    }

    /// Puts the first page in.
    pub(super) fn set_system(&self, page: &impl IsA<gtk::Widget>) {
        self.system.set_child(Some(page));
    }

    /// Shows one thing that is to be said, and nothing that could be switched to.
    pub(super) fn show_status(&mut self, status: &gtk::Widget) {
        self.navigation.pop_to_tag("pages");
        self.stack.set_visible_child(status);
        self.live = false;
        self.arrange();
    }

    /// Shows the pages, the one that was turned to last.
    pub(super) fn show_pages(&mut self) {
        self.stack.set_visible_child(&self.pages);
        self.live = true;
        self.arrange();
    }

    /// Turns to this page, away from whatever was opened from another one.
    pub(super) fn turn_to(&self, page: Page) {
        if self.live {
            self.navigation.pop_to_tag("pages");
            self.pages.set_visible_child_name(page.tag());
        }
    }

    /// Whether this page is the one that was turned to.
    pub(super) fn is_turned_to(&self, page: Page) -> bool {
        self.live && self.pages.visible_child_name().is_some_and(|tag| tag == page.tag())
    }

    /// There is little room, or enough again.
    pub(super) fn set_narrow(&mut self, narrow: bool) {
        self.narrow = narrow;
        self.arrange();
    }

    fn arrange(&self) {
        let above = self.live && !self.narrow;
        self.header.set_title_widget(above.then_some(self.switcher.upcast_ref::<gtk::Widget>()));
        self.bar.set_reveal(self.live && self.narrow);
    }
}

/// Says when the window gets narrow and when it is wide again, in the person's text size.
pub(super) fn breakpoint(input: &Sender<AppInput>) -> adw::Breakpoint {
    let condition =
        adw::BreakpointCondition::new_length(adw::BreakpointConditionLengthType::MaxWidth, NARROW, adw::LengthUnit::Sp);
    let breakpoint = adw::Breakpoint::new(condition);
    let (narrow, wide) = (input.clone(), input.clone());
    breakpoint.connect_apply(move |_| narrow.emit(AppInput::Narrow(true)));
    breakpoint.connect_unapply(move |_| wide.emit(AppInput::Narrow(false)));
    breakpoint
}
