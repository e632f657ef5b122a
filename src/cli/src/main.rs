// SPDX-License-Identifier: GPL-3.0-or-later
//! The command line of Isotope: a client of the same service as the app, and its equal.

mod arguments;
mod blocking;
mod chosen_image;
mod commands;
mod confirmation;
mod context;
mod exit_code;
mod failure;
mod following;
mod interrupts;
mod login_session;
mod lookup;
mod output;
mod password_agent;
mod progress_display;
mod render;
mod selection;
mod surroundings;
mod terminal;
mod waiting;

use std::process::ExitCode;

use isotope_model::SettingsChange;
use isotope_model::names::GETTEXT_DOMAIN;

use crate::arguments::{Arguments, Command};
use crate::context::Context;
use crate::exit_code::Exit;

fn main() -> ExitCode {
    speak_the_persons_language();
    write_a_journal_where_asked();
    let arguments = Arguments::of_this_process();
    let context = Context::of(&arguments);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(&context, arguments.command));
            // A question that was left with Ctrl-C still waits for its answer.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    result.unwrap_or_else(|failure| failure.tell(&context)).into()
}

async fn run(context: &Context, command: Command) -> Result<Exit, failure::Failure> {
    match command {
        Command::Status => commands::status::run(context).await,
        Command::Check { exit_code } => commands::check::run(context, exit_code).await,
        Command::Update { expect, download_only, from_downloaded, soft_restart } => {
            let mode = commands::update::mode(download_only, from_downloaded);
            commands::update::run(context, expect, mode, soft_restart).await
        }
        Command::Inspect { image } => commands::inspect::run(context, image.as_deref()).await,
        Command::Trust { image } => commands::trust::run(context, image.as_deref()).await,
        Command::Versions => commands::versions::run(context).await,
        Command::Deploy { version, yes } => commands::deploy::run(context, &version, yes).await,
        Command::Switch { image: Some(image), preflight: false, reset, no_pin, soft_restart, yes } => {
            let wish = commands::switch::Wish { soft_restart, without_pin: no_pin, reset, agreed: yes };
            commands::switch::run(context, &image, wish).await
        }
        Command::Switch { image, reset, .. } => commands::preflight::run(context, image.as_deref(), reset).await,
        Command::Keep => commands::keep::run(context).await,
        Command::GoBack { yes } => commands::go_back::run(context, yes).await,
        Command::Rollback { yes } => commands::rollback::run(context, yes).await,
        Command::SetDefault { deployment, yes } => commands::set_default::run(context, &deployment, yes).await,
        Command::Discard { yes } => commands::discard::run(context, yes).await,
        Command::Pin { deployment } => commands::pin::pin(context, &deployment).await,
        Command::Unpin { deployment } => commands::pin::unpin(context, &deployment).await,
        Command::Remove { deployment, yes } => commands::remove::run(context, &deployment, yes).await,
        Command::Cleanup { yes } => commands::clean_up::run(context, yes).await,
        Command::Show { deployment } => commands::show::run(context, &deployment).await,
        Command::Changes { deployment } => commands::changes::run(context, deployment.as_deref()).await,
        Command::ConfigDiff { deployment } => commands::config_diff::run(context, deployment.as_deref()).await,
        Command::Catalog { command } => commands::catalog::run(context, &command).await,
        Command::History { limit } => commands::history::run(context, limit).await,
        Command::Settings { automatic, on_metered, on_battery } => {
            let change = SettingsChange { automatic, on_metered, on_battery, first_boot_finished: None };
            commands::settings::run(context, change).await
        }
        Command::Automatic => commands::automatic::run(context).await,
        Command::Restart { cancel: true, .. } => commands::restart::cancel(context).await,
        Command::Restart { at, yes, .. } => commands::restart::run(context, at, yes).await,
        Command::Cancel => commands::cancel::run(context).await,
        Command::Watch => commands::watch::run(context).await,
        Command::Completions { shell } => commands::completions::run(shell),
    }
}

/// Without its catalogue the program speaks English, so nothing here is worth failing for. Called before anything
/// else, because the C library's locale must not change under a second thread.
#[expect(unsafe_code, reason = "the only way to tell the C library to take the person's locale")]
fn speak_the_persons_language() {
    let folder = option_env!("ISOTOPE_LOCALEDIR").unwrap_or("/usr/share/locale");
    // SAFETY: no other thread exists yet.
    unsafe { gettextrs::setlocale(gettextrs::LocaleCategory::LcAll, "") };
    let _ = gettextrs::bindtextdomain(GETTEXT_DOMAIN, folder);
    let _ = gettextrs::bind_textdomain_codeset(GETTEXT_DOMAIN, "UTF-8");
    let _ = gettextrs::textdomain(GETTEXT_DOMAIN);
}

fn write_a_journal_where_asked() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("ISOTOPE_LOG") {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
}
