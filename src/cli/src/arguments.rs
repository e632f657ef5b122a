// SPDX-License-Identifier: GPL-3.0-or-later
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use gettextrs::gettext;

use crate::exit_code;

/// What the person typed.
#[derive(Debug, Parser)]
#[command(name = "isotopectl", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, global = true)]
    pub(crate) no_ask: bool,
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// How everything stands.
    Status,
    /// Look for an update.
    Check {
        #[arg(long)]
        exit_code: bool,
    },
    /// Download and stage.
    Update {
        #[arg(long, value_name = "CHECKSUM", value_parser = checksum)]
        expect: Option<String>,
    },
    /// Change what starts next.
    Rollback {
        #[arg(short, long)]
        yes: bool,
    },
    /// Tell of changes.
    Watch,
}

impl Arguments {
    /// The command line of this process; a wrong one ends it, as does a call for help.
    pub(crate) fn of_this_process() -> Self {
        let matches = in_the_persons_language(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// The texts stand in calls of their own, because the tools that collect them for translation look for calls.
fn in_the_persons_language(command: clap::Command) -> clap::Command {
    command
        .about(gettext("Shows, updates and rolls back the image that this computer runs"))
        .after_long_help(exit_code::help())
        .mut_arg("json", |arg| arg.help(gettext("Answer in JSON, on standard output")))
        .mut_arg("no_ask", |arg| arg.help(gettext("Never ask for a password or for confirmation")))
        .mut_arg("verbose", |arg| arg.help(gettext("Tell more: checksums, reasons, the words of other programs")))
        .mut_subcommand("status", |command| {
            command.about(gettext("Show what runs now, what starts next and what can be gone back to"))
        })
        .mut_subcommand("check", |command| {
            command
                .about(gettext("Look for an update, without installing it"))
                .mut_arg("exit_code", |arg| arg.help(gettext("Exit with 77 when an update is available")))
        })
        .mut_subcommand("update", |command| {
            command.about(gettext("Download the update and prepare it for the next restart")).mut_arg("expect", |arg| {
                arg.help(gettext("Install this very image, named by its whole checksum, or nothing"))
            })
        })
        .mut_subcommand("rollback", |command| {
            command
                .about(gettext("Let the next restart start the version before; a second time takes that back"))
                .mut_arg("yes", |arg| arg.help(gettext("Do not ask for confirmation")))
        })
        .mut_subcommand("watch", |command| {
            command.about(gettext("Tell of every change and every operation, until Ctrl-C"))
        })
}

fn checksum(text: &str) -> Result<String, String> {
    let digits = text.to_ascii_lowercase();
    if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(digits)
    } else {
        Err(gettext("a checksum has 64 hexadecimal digits; “isotopectl check” shows it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        in_the_persons_language(Arguments::command()).debug_assert();
    }

    #[test]
    fn global_options_stand_before_or_after_the_command() {
        for line in [["isotopectl", "--json", "status"], ["isotopectl", "status", "--json"]] {
            assert!(Arguments::try_parse_from(line).unwrap().json);
        }
    }

    #[test]
    fn an_expected_image_is_named_by_its_whole_checksum() {
        let parsed = |text: &str| Arguments::try_parse_from(["isotopectl", "update", "--expect", text]);
        assert!(parsed(&"A1".repeat(32)).is_ok());
        for text in ["", "abc", &"g".repeat(64), &"a".repeat(63), &"a".repeat(65)] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn help_lists_the_exit_codes() {
        let help = in_the_persons_language(Arguments::command()).render_long_help().to_string();
        for code in ["0", "77", "130"] {
            assert!(help.lines().any(|line| line.trim_start().starts_with(code)), "{help}");
        }
    }
}
