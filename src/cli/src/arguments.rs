// SPDX-License-Identifier: GPL-3.0-or-later
mod texts;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use gettextrs::gettext;

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
    /// Which versions of the followed image there are.
    Versions,
    /// Download and stage one of them.
    Deploy {
        #[arg(value_name = "VERSION|CHECKSUM")]
        version: String,
        #[arg(short, long)]
        yes: bool,
    },
    /// Download and stage another image, and follow it.
    Switch {
        #[arg(value_name = "REMOTE:BRANCH")]
        image: String,
        #[arg(short, long)]
        yes: bool,
    },
    /// Change what starts next to the deployment before.
    Rollback {
        #[arg(short, long)]
        yes: bool,
    },
    /// Change what starts next to any deployment.
    SetDefault {
        deployment: String,
        #[arg(short, long)]
        yes: bool,
    },
    /// Discard what is staged.
    Discard {
        #[arg(short, long)]
        yes: bool,
    },
    /// Keep a deployment.
    Pin { deployment: String },
    /// Keep it no longer.
    Unpin { deployment: String },
    /// Remove a deployment.
    Remove {
        deployment: String,
        #[arg(short, long)]
        yes: bool,
    },
    /// Remove what nothing refers to.
    Cleanup {
        #[arg(short, long)]
        yes: bool,
    },
    /// All that is known of one deployment.
    Show { deployment: String },
    /// What differs in /etc.
    ConfigDiff { deployment: Option<String> },
    /// What was done, and how the computer was started.
    History {
        #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Tell of changes.
    Watch,
}

impl Arguments {
    /// The command line of this process; a wrong one ends it, as does a call for help.
    pub(crate) fn of_this_process() -> Self {
        let matches = texts::in_the_persons_language(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
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
    fn what_is_wrong_is_refused_before_anything_is_asked() {
        let parses = |line: &str| Arguments::try_parse_from(["isotopectl"].into_iter().chain(line.split(' '))).is_ok();
        for line in
            ["config-diff", "config-diff booted", "history", "history --limit 5", "remove 1 -y", "set-default 1"]
        {
            assert!(parses(line), "{line}");
        }
        for line in ["show", "pin", "remove", "remove 1 2", "switch", "history --limit 0", "pin 1 --yes", "fly"] {
            assert!(!parses(line), "{line}");
        }
    }
}
