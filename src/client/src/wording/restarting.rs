// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;

use super::Explanation;
use crate::login::{Inhibitor, OtherSession, RestartRefusal};

/// Who holds a restart back, and why, in a sentence.
pub fn inhibitor(inhibitor: &Inhibitor) -> String {
    let sentence = match (inhibitor.delays_only, inhibitor.why.is_empty()) {
        // Translators: {who} is a program, {why} what it says about that, usually in English: “Installing updates”.
        (false, false) => gettext("{who} does not want the computer to restart now: {why}"),
        (false, true) => gettext("{who} does not want the computer to restart now."),
        // Translators: {who} is a program, {why} what it says about that, usually in English: “Closing files”.
        (true, false) => gettext("{who} needs a moment before the computer restarts: {why}"),
        (true, true) => gettext("{who} needs a moment before the computer restarts."),
    };
    let who = if inhibitor.who.is_empty() { gettext("A program") } else { inhibitor.who.clone() };
    filled(&sentence, &[("{who}", &who), ("{why}", &inhibitor.why)])
}

/// Who else is logged in, in a sentence.
pub fn other_session(session: &OtherSession) -> String {
    match &session.seat {
        // Translators: {user} is a user name; {seat} is a screen with its keyboard, as systemd names it: “seat0”.
        Some(seat) => filled(
            &gettext("{user} is logged in at this computer ({seat})."),
            &[("{user}", &session.user), ("{seat}", seat)],
        ),
        // Translators: {user} is a user name.
        None => filled(&gettext("{user} is logged in from elsewhere."), &[("{user}", &session.user)]),
    }
}

/// Why the computer is not restarted.
pub fn restart_refused(refusal: &RestartRefusal) -> Explanation {
    let unchanged = || gettext("The computer was not restarted.");
    match refusal {
        RestartRefusal::NoLoginManager => Explanation::new(
            gettext("There is nobody who could restart the computer"),
            gettext("The login manager of the system, systemd-logind, is not running."),
            gettext("Restart the computer in another way. What is prepared is taken up then."),
        ),
        RestartRefusal::Inhibited(detail) => Explanation::new(
            gettext("A program holds the restart back"),
            gettext("The computer was not restarted, and no restart was scheduled."),
            gettext(
                "Let the program finish, and try again. What passes over it is a restart now to which you agree when you are \
                 asked; one at a time cannot.",
            ),
        )
        .detail(detail),
        RestartRefusal::NotAuthorised => Explanation::new(
            gettext("You are not allowed to restart the computer"),
            unchanged(),
            gettext("Ask an administrator. What is prepared is taken up at the next restart, whoever does it."),
        ),
        RestartRefusal::UnderWay => Explanation::new(
            gettext("The computer is shutting down or going to sleep already"),
            gettext("What is prepared is taken up when it starts again."),
            gettext("Wait for it."),
        ),
        RestartRefusal::TooLate => Explanation::new(
            gettext("The time of the restart is over, or less than a minute away"),
            gettext("The computer was not restarted, and no restart was scheduled."),
            gettext("Choose a later time, or restart now."),
        ),
        RestartRefusal::Failed(detail) => Explanation::new(
            gettext("The login manager does not restart the computer"),
            unchanged(),
            gettext("Try again. If it stays so, the journal of systemd-logind.service says why."),
        )
        .detail(detail),
    }
}

/// The sentence with its places filled, each once: what is filled in is not looked at again.
fn filled(sentence: &str, places: &[(&str, &str)]) -> String {
    let first = places.iter().filter_map(|(place, value)| Some((sentence.find(place)?, *place, *value)));
    let Some((at, place, value)) = first.min_by_key(|(at, ..)| *at) else { return sentence.to_owned() };
    let (before, after) = (&sentence[..at], &sentence[at + place.len()..]);
    format!("{before}{value}{}", filled(after, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_the_way_is_named_with_the_reason() {
        let held =
            |who: &str, why: &str, delays_only| inhibitor(&Inhibitor { who: who.into(), why: why.into(), delays_only });
        let expected = "PackageKit does not want the computer to restart now: Installing";
        assert_eq!(held("PackageKit", "Installing", false), expected);
        assert_eq!(held("", "", true), "A program needs a moment before the computer restarts.");
        assert_eq!(held("{why}", "{who}", true), "{why} needs a moment before the computer restarts: {who}");
    }

    #[test]
    fn somebody_is_said_to_be_where_they_are() {
        let told =
            |seat: Option<&str>| other_session(&OtherSession { user: "person".into(), seat: seat.map(Into::into) });
        assert_eq!(told(Some("seat0")), "person is logged in at this computer (seat0).");
        assert_eq!(told(None), "person is logged in from elsewhere.");
    }
}
