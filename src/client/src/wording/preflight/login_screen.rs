// SPDX-License-Identifier: GPL-3.0-or-later
//! What a switch does to the login screen.

use gettextrs::gettext;

use crate::wording::Explanation;

pub(super) fn other(from: &str, to: &str) -> Explanation {
    Explanation::new(
        // Translators: {from} and {to} are names of programs, for example GDM.
        gettext("Another login screen: {to} in place of {from}")
            .replace("{to}", program(to))
            .replace("{from}", program(from)),
        gettext(
            "Users and passwords stay. What was set up for the login screen itself, such as logging in without a password, \
             has to be set up again.",
        ),
        String::new(),
    )
}

pub(super) fn none(from: &str) -> Explanation {
    Explanation::new(
        gettext("The image has no login screen that would start"),
        // Translators: {from} is the name of a program, for example GDM.
        gettext("{from}, which shows it now, is not there, and nothing takes its place: the computer would start to a text console.")
            .replace("{from}", program(from)),
        gettext(
            "Choose another image, or install a login screen there after the restart: one can log in at the text console.",
        ),
    )
}

pub(super) fn broken(link: &str, unit: &str) -> Explanation {
    let remedy = match is_plain(link) {
        // Translators: leave the commands as they are.
        true => gettext(
            "Before you restart, put the link of the image back: sudo cp -a /usr{link} {link}. Where there is no such \
             file, remove the link instead: sudo rm {link}",
        ),
        false => gettext("Before you restart, remove the link: {link}"),
    };
    Explanation::new(
        gettext("There would be no login screen"),
        // Translators: {link} is the path of a file, {unit} the name of what it stands for, for example gdm.service.
        gettext(
            "{link} was changed on this computer. It names {unit}, which the image does not have, so the computer would \
             start to a text console.",
        )
        .replace("{unit}", unit)
        .replace("{link}", link),
        remedy.replace("{link}", link),
    )
}

pub(super) fn missing_user(user: &str, unit: &str) -> Explanation {
    let means = match unit {
        "" => gettext("The login screen of the image runs as {user}, and may not start without it."),
        // Translators: {program} is the name of a program, for example GDM.
        unit => gettext("{program}, the login screen of the image, runs as {user}, and may not start without it.")
            .replace("{program}", program(unit)),
    };
    let remedy = match is_plain(user) {
        // Translators: leave the command as it is.
        true => gettext(
            "Before you restart, add it: sudo useradd --system --user-group --home-dir /var/lib/{user} \
             --shell /usr/sbin/nologin {user}",
        ),
        false => gettext("Before you restart, add the system user {user}."),
    };
    Explanation::new(
        gettext("The system user {user} would be missing").replace("{user}", user),
        means.replace("{user}", user),
        remedy.replace("{user}", user),
    )
}

/// What people call the program behind a unit.
fn program(unit: &str) -> &str {
    const NAMES: [(&str, &str); 8] = [
        ("cosmic-greeter", "COSMIC Greeter"),
        ("gdm", "GDM"),
        ("greetd", "greetd"),
        ("lightdm", "LightDM"),
        ("lxdm", "LXDM"),
        ("plasmalogin", "Plasma Login Manager"),
        ("sddm", "SDDM"),
        ("xdm", "XDM"),
    ];
    let name = unit.strip_suffix(".service").unwrap_or(unit);
    NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, name)| name)
}

/// It stands in a command for itself alone, whoever chose it.
fn is_plain(text: &str) -> bool {
    !text.starts_with('-') && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
}
