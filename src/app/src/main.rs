// SPDX-License-Identifier: GPL-3.0-or-later
//! Isotope, the app: shows which system images a computer runs, will run and can go back to; updates it and rolls it
//! back.
//!
//! The [`helper_worker`] follows the service and carries orders to it; [`view_model`] works out what to show; the
//! pages, rows and dialogs paint that and tell what the person pressed; [`app`] is the window that joins them.

mod app;
mod arguments;
mod dialogs;
mod failure_details;
mod first_boot;
mod helper_worker;
mod localisation;
mod network;
mod pages;
mod pictures;
mod preferences;
mod resources;
mod rows;
mod sandbox;
mod spoken;
mod view_model;

use relm4::RelmApp;
use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, Start};

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(std::io::stderr)
        .init();
    localisation::set_up();
    let Arguments { start, rest } = Arguments::of_this_program();
    let uid = nix::unistd::getuid().as_raw();
    if start == Start::FirstBoot {
        return first_boot::run(rest, uid);
    }
    let application = RelmApp::new(isotope_model::names::APPLICATION_ID);
    resources::register()?;
    // Where the program runs already, this one ends before it has done anything; Relm4 waits for one event after the end.
    relm4::gtk::glib::idle_add_local_once(|| ());
    // It shows its window itself: where it is started in the background, not before somebody asks for it.
    application.visible_on_activate(false).with_args(rest).run::<app::App>((uid, start));
    Ok(())
}
