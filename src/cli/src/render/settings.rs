// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::Snapshot;

use super::table::Table;
use super::{Line, View};

/// How the computer is set, and who else updates it.
pub(crate) fn lines(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let settings = &snapshot.settings;
    let mut table = Table::default();
    let mut automatic = vec![Line::plain(wording::automatic_mode(settings.automatic))];
    let explained = || Line::dim(wording::automatic_mode_explained(settings.automatic));
    automatic.push(wording::nothing_by_itself(snapshot).map_or_else(explained, Line::plain));
    // Translators: stands beside what is done with updates without anybody asking for it.
    table.row(gettext("Automatic"), automatic);
    if !settings.automatic.does_nothing() {
        // Translators: stands beside yes or no: whether this is done also where the network costs by what is transferred.
        table.row(gettext("On a metered network"), vec![Line::plain(yes_or_no(settings.on_metered))]);
        // Translators: stands beside yes or no: whether this is done also while the computer is not plugged in.
        table.row(gettext("On battery"), vec![Line::plain(yes_or_no(settings.on_battery))]);
    }
    // Translators: stands beside yes or no: whether somebody has gone through the first steps on this computer.
    table.row(gettext("Welcomed"), vec![Line::plain(yes_or_no(settings.first_boot_finished))]);
    let driver = snapshot.host.update_driver.as_ref().map(wording::update_driver);
    let others = driver.into_iter().chain(snapshot.host.automatic_updaters.iter().map(wording::automatic_updater));
    // Translators: stands beside the other programs that update the computer by themselves.
    table.row(gettext("Others"), others.map(Line::plain).collect());
    table.lines_within(view.columns)
}

fn yes_or_no(yes: bool) -> String {
    match yes {
        true => gettext("yes"),
        false => gettext("no"),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticMode, AutomaticUpdater, AutomaticUpdates};

    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn what_is_done_by_itself_is_shown_with_when_it_is_not_done() {
        let mut snapshot = (*samples::plain().snapshot).clone();
        (snapshot.settings.on_metered, snapshot.host.looks_by_itself) = (true, true);
        let text = shown(&lines(&snapshot, &samples::view()));
        assert_eq!(text[0], "Automatic              Look for updates and tell");
        assert!(text[1].ends_with("nothing is downloaded by itself."), "{text:?}");
        let rest = ["On a metered network   yes", "On battery             no", "Welcomed               no"];
        assert_eq!(text[2..], rest);
        let (unit, does) = ("uupd.timer".to_owned(), AutomaticUpdates::Stage);
        snapshot.settings.automatic = AutomaticMode::Off;
        snapshot.host.automatic_updaters = vec![AutomaticUpdater { name: "uupd".into(), unit, does }];
        let text = shown(&lines(&snapshot, &samples::view()));
        assert_eq!(text.len(), 4);
        assert!(text[2].starts_with("Welcomed    no"), "{text:?}");
        assert!(text[3].starts_with("Others      uupd (uupd.timer) downloads"), "{text:?}");
    }

    #[test]
    fn nothing_is_promised_where_the_timer_is_off() {
        let mut snapshot = (*samples::plain().snapshot).clone();
        let mut second = |change: &dyn Fn(&mut Snapshot)| {
            change(&mut snapshot);
            shown(&lines(&snapshot, &samples::view()))[1].clone()
        };
        assert!(second(&|_| ()).contains("systemctl enable --now isotope-automatic.timer"));
        assert!(second(&|snapshot| snapshot.settings.automatic = AutomaticMode::Off).contains("does not look"));
        assert!(
            second(&|snapshot| {
                (snapshot.settings.automatic, snapshot.host.looks_by_itself) = (AutomaticMode::Download, true);
            })
            .contains("Once a day")
        );
    }
}
