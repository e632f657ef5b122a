// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording::{self, Explanation};
use isotope_client::{ClientError, ServiceState};
use isotope_model::{AutomaticMode, Refusal, Settings, SettingsChange};

use super::super::manager::Manager;
use super::super::screen::Link;
use super::super::{Line, Tone};
use super::Configuring;

/// How the whole computer is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ComputerView {
    /// Whom it concerns, or why nothing can be set.
    pub(crate) description: String,
    /// It can be set.
    pub(crate) known: bool,
    /// What the computer does by itself, where that is known.
    pub(crate) automatic: Option<AutomaticMode>,
    /// What the service is being asked to do by itself.
    pub(crate) automatic_asked: Option<AutomaticMode>,
    /// Also where the network costs.
    pub(crate) on_metered: SettingSwitch,
    /// Also on battery.
    pub(crate) on_battery: SettingSwitch,
    /// The service is being asked for something.
    pub(crate) busy: bool,
    /// That something else updates this computer.
    pub(crate) notes: Vec<Line>,
}

/// Something that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SettingSwitch {
    /// It is on.
    pub(crate) on: bool,
    /// The service is being asked to change it.
    pub(crate) asked: bool,
    /// It means something just now.
    pub(crate) counts: bool,
}

/// What the computer does by itself, in a few words.
pub(crate) fn mode_name(mode: AutomaticMode) -> String {
    match mode {
        // Translators: the computer does nothing about updates by itself.
        AutomaticMode::Off => gettext("Off"),
        // Translators: the computer looks for updates by itself.
        AutomaticMode::Check => gettext("Check and Tell Me"),
        // Translators: the computer downloads updates by itself.
        AutomaticMode::Download => gettext("Download and Tell Me"),
        AutomaticMode::Unknown => wording::automatic_mode(mode),
    }
}

/// Whether the service answered that it does not know how to be set.
pub(crate) fn cannot_be_set(error: &ClientError) -> bool {
    match error {
        ClientError::ServiceFailed(text) => {
            ["UnknownMethod", "UnknownInterface"].iter().any(|name| text.contains(&format!("DBus.Error.{name}")))
        }
        _ => false,
    }
}

impl ComputerView {
    pub(super) fn of(link: &Link, configuring: &Configuring) -> Self {
        let state = match link {
            Link::Live(state) => state,
            Link::Connecting | Link::Interrupted { .. } => {
                return Self::unknown(gettext("The Isotope service is being waited for."));
            }
            Link::Lost(error) => return Self::unknown(reason(&wording::client_error(error))),
        };
        if !state.snapshot.host.image_based {
            return Self::unknown(ended(&wording::refusal(&Refusal::NotImageBased).what));
        }
        if configuring.too_old {
            return Self::unknown(gettext(
                "The Isotope service is too old to be set. Update it to the version of this program.",
            ));
        }
        Self::known(state, configuring.asked.as_ref())
    }

    /// Nothing can be set, for this reason.
    fn unknown(description: String) -> Self {
        let nothing = SettingSwitch::default();
        Self {
            description,
            known: false,
            automatic: None,
            automatic_asked: None,
            on_metered: nothing,
            on_battery: nothing,
            busy: false,
            notes: Vec::new(),
        }
    }

    fn known(state: &ServiceState, asked: Option<&SettingsChange>) -> Self {
        let settings: &Settings = &state.snapshot.settings;
        let counts = !settings.automatic.does_nothing();
        Self {
            description: gettext("This holds for everybody who uses this computer. A password may be asked for."),
            known: true,
            automatic: Some(settings.automatic),
            automatic_asked: asked.and_then(|asked| asked.automatic),
            on_metered: SettingSwitch {
                on: settings.on_metered,
                asked: asked.is_some_and(|asked| asked.on_metered.is_some()),
                counts,
            },
            on_battery: SettingSwitch {
                on: settings.on_battery,
                asked: asked.is_some_and(|asked| asked.on_battery.is_some()),
                counts,
            },
            busy: asked.is_some(),
            notes: note(state).into_iter().collect(),
        }
    }
}

/// Why nothing comes of what is set here: something else updates this computer, or its own timer is off.
fn note(state: &ServiceState) -> Option<Line> {
    let Some(others) = Manager::all_in_sentences(&state.snapshot.host) else {
        let words = wording::nothing_by_itself(&state.snapshot)?.replace('`', "\"");
        let (icon, tone) = (Some("isotope-row-note-symbolic"), Tone::Calling);
        return Some(Line { icon, tone, ..Line::new(gettext("Nothing Happens by Itself"), words) });
    };
    // Translators: {others} are sentences, each on a line: who else updates this computer.
    let words = gettext(
        "{others}\nAs long as that is so, Isotope does nothing by itself, whatever is chosen here: two would get in each other’s way.",
    );
    let (icon, tone) = (Some("isotope-row-note-symbolic"), Tone::Calling);
    let title = gettext("Something Else Updates This Computer");
    Some(Line { icon, tone, ..Line::new(title, words.replace("{others}", &others)) })
}

/// What is the matter, and what can be done about it.
fn reason(words: &Explanation) -> String {
    if words.remedy.is_empty() {
        return ended(&words.what);
    }
    // Translators: {problem} and {remedy} are sentences of their own: what is the matter, and what can be done about it.
    gettext("{problem} {remedy}").replace("{remedy}", &ended(&words.remedy)).replace("{problem}", &ended(&words.what))
}

/// A title, as a sentence among others.
fn ended(text: &str) -> String {
    match text.trim_end() {
        text if text.ends_with(['.', '!', '?', '。']) => text.to_owned(),
        text => format!("{text}."),
    }
}
