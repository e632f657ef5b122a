// SPDX-License-Identifier: GPL-3.0-or-later
//! Isotope, the app: shows which system images a computer runs, will run and can go back to; updates it and rolls it
//! back.
//!
//! The [`helper_worker`] follows the service and carries orders to it; [`view_model`] works out what to show; the
//! pages, rows and dialogs paint that and tell what the person pressed; [`app`] is the window that joins them.

mod app;
mod dialogs;
mod helper_worker;
mod localisation;
mod pages;
mod pictures;
mod resources;
mod rows;
mod spoken;
mod view_model;

use relm4::RelmApp;
use tracing_subscriber::EnvFilter;

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(std::io::stderr)
        .init();
    localisation::set_up();
    let application = RelmApp::new(isotope_model::names::APPLICATION_ID);
    resources::register()?;
    application.run::<app::App>(nix::unistd::getuid().as_raw());
    Ok(())
}
