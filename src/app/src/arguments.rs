// SPDX-License-Identifier: GPL-3.0-or-later
use std::env;

const BACKGROUND: &str = "--background";
const FIRST_BOOT: &str = "--first-boot";
/// What tells the toolkit to wait for an activation instead of beginning with one.
const SERVICE: &str = "--gapplication-service";

/// How the program begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Start {
    /// With its window, as soon as it is activated; it ends with that.
    #[default]
    Window,
    /// Without one until it is activated; it stays, and sends notifications.
    Background,
    /// With what a person is asked on a new computer.
    FirstBoot,
}

/// What the program was called with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// How it begins.
    pub(crate) start: Start,
    /// What is left for the toolkit, the name of the program first.
    pub(crate) rest: Vec<String>,
}

impl Arguments {
    /// Those that this program was called with.
    pub(crate) fn of_this_program() -> Self {
        Self::of(env::args_os().map(|argument| argument.to_string_lossy().into_owned()))
    }

    fn of(arguments: impl Iterator<Item = String>) -> Self {
        let (mut start, mut rest) = (Start::default(), Vec::new());
        for argument in arguments {
            match argument.as_str() {
                BACKGROUND => start = Start::Background,
                FIRST_BOOT => start = Start::FirstBoot,
                _ => rest.push(argument),
            }
        }
        if start == Start::Background && !rest.iter().any(|argument| argument == SERVICE) {
            rest.push(SERVICE.into());
        }
        Self { start, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(arguments: &[&str]) -> (Start, Vec<String>) {
        let Arguments { start, rest } = Arguments::of(arguments.iter().map(ToString::to_string));
        (start, rest)
    }

    #[test]
    fn what_is_not_its_own_is_left_to_the_toolkit() {
        assert_eq!(called(&["isotope"]), (Start::Window, vec!["isotope".into()]));
        assert_eq!(called(&["isotope", SERVICE]), (Start::Window, vec!["isotope".into(), SERVICE.into()]));
        assert_eq!(
            called(&["isotope", FIRST_BOOT, "--help"]),
            (Start::FirstBoot, vec!["isotope".into(), "--help".into()])
        );
    }

    #[test]
    fn in_the_background_nothing_is_activated_by_itself() {
        let expected = (Start::Background, vec!["isotope".to_owned(), SERVICE.to_owned()]);
        assert_eq!(called(&["isotope", BACKGROUND]), expected);
        assert_eq!(called(&["isotope", SERVICE, BACKGROUND]), expected);
    }
}
