// SPDX-License-Identifier: GPL-3.0-or-later
mod texts;

use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use gettextrs::gettext;
use isotope_model::AutomaticMode;
use jiff::civil::Time;

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
        #[arg(long, conflicts_with = "soft_restart")]
        download_only: bool,
        #[arg(long, conflicts_with_all = ["download_only", "expect", "soft_restart"])]
        from_downloaded: bool,
        #[arg(long)]
        soft_restart: bool,
    },
    /// What a registry tells of an image.
    Inspect { image: Option<String> },
    /// Who vouches for an image.
    Trust { image: Option<String> },
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
        #[arg(value_name = "IMAGE", required_unless_present = "preflight")]
        image: Option<String>,
        #[arg(long, conflicts_with_all = ["no_pin", "soft_restart", "yes"])]
        preflight: bool,
        #[arg(long, requires = "image")]
        reset: bool,
        #[arg(long)]
        no_pin: bool,
        #[arg(long)]
        soft_restart: bool,
        #[arg(short, long)]
        yes: bool,
    },
    /// Decide that what was switched to is kept.
    Keep,
    /// Change what starts next to what ran before a switch.
    GoBack {
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
    /// Which packages differ.
    Changes { deployment: Option<String> },
    /// What differs in /etc.
    ConfigDiff { deployment: Option<String> },
    /// What vendors publish.
    Catalog {
        #[command(subcommand)]
        command: CatalogCommand,
    },
    /// What was done, and how the computer was started.
    History {
        #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = limit)]
        limit: u32,
    },
    /// What the computer does by itself, and when not.
    Settings {
        #[arg(long, value_name = "off|check|download", value_parser = automatic_mode)]
        automatic: Option<AutomaticMode>,
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        on_metered: Option<bool>,
        #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
        on_battery: Option<bool>,
    },
    /// Do what is to be done from time to time.
    Automatic,
    /// Restart the computer, now or at a time.
    Restart {
        #[arg(long, value_name = "HH:MM", value_parser = time_of_day)]
        at: Option<Time>,
        #[arg(long, conflicts_with_all = ["at", "yes"])]
        cancel: bool,
        #[arg(short, long)]
        yes: bool,
    },
    /// Stop what runs.
    Cancel,
    /// Tell of changes.
    Watch,
    /// What a shell needs to complete the others. Called when packages are built.
    #[command(hide = true)]
    Completions { shell: clap_complete::Shell },
}

/// What is to be done with catalogs.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// What there is to switch to.
    List {
        #[arg(long)]
        all: bool,
    },
    /// All that is known of one entry.
    Show {
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Whether files are catalogs.
    Check {
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

impl Arguments {
    /// All that can be typed, with its texts.
    pub(crate) fn definition() -> clap::Command {
        texts::in_the_persons_language(Self::command())
    }

    /// The command line of this process; a wrong one ends it, as does a call for help.
    pub(crate) fn of_this_process() -> Self {
        let matches = Self::definition().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// The checksum of a commit, or the digest of a container image.
fn checksum(text: &str) -> Result<String, String> {
    let text = text.to_ascii_lowercase();
    let digits = text.strip_prefix("sha256:").unwrap_or(&text);
    if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err(gettext(
            "a checksum has 64 hexadecimal digits, and a digest “sha256:” before them; “isotopectl check --verbose” shows it",
        ))
    }
}

fn automatic_mode(text: &str) -> Result<AutomaticMode, String> {
    // Translators: leave the three words off, check and download as they are.
    AutomaticMode::from_name(text).ok_or_else(|| gettext("say off, check or download"))
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        // Translators: leave the words yes and no as they are.
        _ => Err(gettext("say yes or no")),
    }
}

fn time_of_day(text: &str) -> Result<Time, String> {
    // Translators: leave the time as it is.
    Time::strptime("%H:%M", text).map_err(|_| gettext("say hours and minutes, from 00:00 to 23:59"))
}

fn limit(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| gettext("say how many entries to show, with a whole number from 1 on"))
}

#[cfg(test)]
mod tests;
