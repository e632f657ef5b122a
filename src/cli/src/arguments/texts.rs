// SPDX-License-Identifier: GPL-3.0-or-later
//! What the help says. The texts stand in calls of their own, because the tools that collect them for translation look
//! for calls.

use clap::Command;
use gettextrs::gettext;

use crate::exit_code;

/// The commands that can be told not to ask.
const ASKING: [&str; 9] =
    ["rollback", "switch", "go-back", "deploy", "set-default", "discard", "remove", "cleanup", "restart"];
/// The commands that are told a deployment.
const NAMING: [&str; 7] = ["set-default", "pin", "unpin", "remove", "show", "changes", "config-diff"];

/// The commands that can be told an image, and else are about the one that is followed.
const LOOKING: [&str; 2] = ["inspect", "trust"];

/// The definition with its texts.
pub(super) fn in_the_persons_language(command: Command) -> Command {
    let mut command = command
        .about(gettext("Shows, updates, switches and rolls back the image that this computer runs"))
        .after_long_help(exit_code::help())
        .mut_arg("json", |arg| arg.help(gettext("Answer in JSON, on standard output")))
        .mut_arg("no_ask", |arg| arg.help(gettext("Never ask for a password or for confirmation")))
        .mut_arg("verbose", |arg| arg.help(gettext("Tell more: ids, sizes, reasons, the words of other programs")));
    command = about_the_computer(about_catalogs(about_what_is_installed(about_images(command))));
    for name in ASKING {
        command = command.mut_subcommand(name, |command| {
            command.mut_arg("yes", |arg| arg.help(gettext("Do not ask for confirmation")))
        });
    }
    for name in LOOKING {
        command = command.mut_subcommand(name, |command| {
            command.mut_arg("image", |arg| {
                arg.help(gettext(
                    "The image, as for “isotopectl switch”; the one that is followed unless told otherwise",
                ))
            })
        });
    }
    for name in NAMING {
        command = command.mut_subcommand(name, |command| {
            command.mut_arg("deployment", |arg| {
                // Translators: leave the four words booted, staged, rollback and default as they are.
                arg.help(gettext(
                    "Its number in “isotopectl status”, its version, the beginning of its checksum, its id, or: booted, staged, rollback, default",
                ))
            })
        });
    }
    command
}

fn about_images(command: Command) -> Command {
    command
        .mut_subcommand("status", |command| {
            command.about(gettext("Show what runs now, what starts next and what can be gone back to"))
        })
        .mut_subcommand("check", |command| {
            command
                .about(gettext("Look for an update, without installing it"))
                .mut_arg("exit_code", |arg| arg.help(gettext("Exit with 77 when an update is available")))
        })
        .mut_subcommand("update", |command| {
            command
                .about(gettext("Download the update and prepare it for the next restart"))
                .mut_arg("expect", |arg| {
                    arg.help(gettext("Install this very image, named by its whole checksum or digest, or nothing"))
                })
                .mut_arg("download_only", |arg| {
                    arg.help(gettext("Only download it, and hold it back: a restart drops it, unless “isotopectl update --from-downloaded” comes first"))
                })
                .mut_arg("from_downloaded", |arg| {
                    arg.help(gettext("Let the next restart start what was held back; nothing is downloaded"))
                })
                .mut_arg("soft_restart", |arg| arg.help(soft_restart()))
        })
        .mut_subcommand("inspect", |command| {
            command.about(gettext("Show what a registry tells of a container image, before anything is downloaded"))
        })
        .mut_subcommand("trust", |command| {
            command.about(gettext("Show whether this computer checks who made an image, and how to have it checked"))
        })
        .mut_subcommand("versions", |command| {
            command.about(gettext("List the versions of the image that the server offers"))
        })
        .mut_subcommand("deploy", |command| {
            command
                .about(gettext("Download one version of the image and prepare it for the next restart"))
                .mut_arg("version", |arg| {
                    arg.help(gettext(
                        "The version, or the checksum of its commit, 12 digits of it at least; of a container image its digest",
                    ))
                })
        })
        .mut_subcommand("switch", |command| {
            command
                .about(gettext("Follow another image: download it and prepare it for the next restart"))
                .mut_arg("image", |arg| {
                    // Translators: leave remote:branch, the name of the image and “isotopectl catalog list” as they are.
                    arg.help(gettext(
                        "The image: remote:branch, a container image such as quay.io/example/os:latest, or an id of “isotopectl catalog list”, with a stream after a colon if you like",
                    ))
                })
                .mut_arg("preflight", |arg| {
                    arg.help(gettext(
                        "Only show what there is to know before, and change nothing; without an image, of what is prepared for the next restart",
                    ))
                })
                .mut_arg("reset", |arg| {
                    arg.help(gettext("Take back what was changed with rpm-ostree: packages, the initramfs"))
                })
                .mut_arg("no_pin", |arg| {
                    arg.help(gettext("Do not keep what runs now beyond the next update, to go back to"))
                })
                .mut_arg("soft_restart", |arg| arg.help(soft_restart()))
        })
        .mut_subcommand("cancel", |command| {
            command.about(gettext("Stop what is being done, whoever has started it"))
        })
        .mut_subcommand("watch", |command| {
            command.about(gettext("Tell of every change and every operation, until Ctrl-C"))
        })
}

fn soft_restart() -> String {
    gettext("Prepare a short restart, of the system but not of the hardware, where that can be")
}

fn about_what_is_installed(command: Command) -> Command {
    command
        .mut_subcommand("keep", |command| {
            command.about(gettext("Keep what was switched to, and let go of the way back after a few more updates"))
        })
        .mut_subcommand("go-back", |command| {
            command.about(gettext("Let the next restart start what ran before the switch"))
        })
        .mut_subcommand("rollback", |command| {
            command.about(gettext("Let the next restart start the version before; a second time takes that back"))
        })
        .mut_subcommand("set-default", |command| {
            command.about(gettext("Let the next restart start a version of your choice"))
        })
        .mut_subcommand("discard", |command| {
            command.about(gettext("Discard the version that is prepared for the next restart"))
        })
        .mut_subcommand("pin", |command| command.about(gettext("Keep a version until it is unpinned")))
        .mut_subcommand("unpin", |command| command.about(gettext("Keep a version no longer than others")))
        .mut_subcommand("remove", |command| command.about(gettext("Remove a version from this computer")))
        .mut_subcommand("cleanup", |command| {
            command.about(gettext("Remove what no version on this computer needs any more"))
        })
        .mut_subcommand("show", |command| command.about(gettext("Show all that is known of one version")))
        .mut_subcommand("changes", |command| {
            command.about(gettext("Show which packages change with the update, or with another version"))
        })
        .mut_subcommand("config-diff", |command| {
            command.about(gettext("Show what differs in /etc from what the image has there"))
        })
        .mut_subcommand("history", |command| {
            command
                .about(gettext("Show what was done, and how the computer was started"))
                .mut_arg("limit", |arg| arg.help(gettext("Show so many entries at most, the newest ones")))
        })
}

fn about_the_computer(command: Command) -> Command {
    command
        .mut_subcommand("settings", |command| {
            command
                .about(gettext("Show what the computer does about updates by itself, or change it"))
                .mut_arg("automatic", |arg| {
                    arg.help(gettext("Nothing, look for updates, or download and prepare them as well"))
                })
                .mut_arg("on_metered", |arg| arg.help(gettext("Also where the network costs by what is transferred")))
                .mut_arg("on_battery", |arg| arg.help(gettext("Also while the computer runs on battery")))
        })
        .mut_subcommand("automatic", |command| {
            command
                .about(gettext("Do now what the computer does about updates by itself; for isotope-automatic.service"))
        })
        .mut_subcommand("restart", |command| {
            command
                .about(gettext("Restart the computer, once it is said what stands in the way"))
                .mut_arg("at", |arg| arg.help(gettext("Not now, but when it is this time the next time")))
                .mut_arg("cancel", |arg| arg.help(gettext("Call off the restart that is scheduled")))
        })
}

fn about_catalogs(command: Command) -> Command {
    command.mut_subcommand("catalog", |command| {
        command
            .about(gettext("Show which desktops there are to switch to, and check a catalog of your own"))
            .disable_help_subcommand(true)
            .mut_subcommand("list", |command| {
                command
                    .about(gettext("List the desktops that this computer can be switched to"))
                    .mut_arg("all", |arg| {
                        arg.help(gettext("Also those for other computers, and those that are published no more"))
                    })
            })
            .mut_subcommand("show", |command| {
                command
                    .about(gettext("Show all that is known of one of them, and how to switch to it"))
                    .mut_arg("id", |arg| arg.help(gettext("Its id in “isotopectl catalog list”")))
            })
            .mut_subcommand("check", |command| {
                command
                    .about(gettext("Check whether files are catalogs as Isotope reads them; no service is needed"))
                    .mut_arg("files", |arg| {
                        arg.help(gettext("The files, together, so that each finds the entries of the others"))
                    })
            })
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::arguments::Arguments;

    #[test]
    fn the_definition_is_consistent() {
        in_the_persons_language(Arguments::command()).debug_assert();
    }

    #[test]
    fn everything_is_explained_in_the_persons_language() {
        let command = in_the_persons_language(Arguments::command());
        assert_explained(&command, &Arguments::command());
    }

    fn assert_explained(command: &Command, plain: &Command) {
        // What is hidden is for those who build packages.
        for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
            let name = subcommand.get_name();
            let before = plain.find_subcommand(name).unwrap();
            let about = |command: &Command| command.get_about().map(ToString::to_string);
            assert_ne!(about(subcommand), about(before), "{name}");
            for argument in subcommand.get_arguments() {
                assert!(argument.get_help().is_some(), "{name}: {argument}");
            }
            assert_explained(subcommand, before);
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
