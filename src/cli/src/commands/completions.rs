// SPDX-License-Identifier: GPL-3.0-or-later
use clap::Command;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;

const NAME: &str = env!("CARGO_PKG_NAME");

/// Writes what a shell needs to complete the command line. It asks nobody: there is no service where packages are
/// built.
pub(crate) fn run(shell: Shell) -> Result<Exit, Failure> {
    output::script(&script(shell))?;
    Ok(Exit::Done)
}

fn script(shell: Shell) -> Vec<u8> {
    let mut command = without_hidden(&Arguments::definition());
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, NAME, &mut script);
    script
}

/// What help does not show is not to be completed either; clap_complete would.
fn without_hidden(command: &Command) -> Command {
    Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(command.get_arguments())
        .subcommands(command.get_subcommands().filter(|command| !command.is_hide_set()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_is_told_of_every_command_but_this_one() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = String::from_utf8(script(shell)).unwrap();
            for word in ["config-diff", "go-back", "no-pin", "soft-restart"] {
                assert!(script.contains(word), "{shell}: {word}");
            }
            assert!(!script.contains("completions"), "{shell}");
        }
    }
}
