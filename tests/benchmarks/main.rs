// SPDX-License-Identifier: GPL-3.0-or-later
//! How long it takes with 1,000 desktops in the catalogs and 10,000 tags in a registry: one line for each thing that people
//! wait for. `build-aux/bench` runs this with programs that were built for use. These are no tests: nothing here fails
//! because something was slow.

mod catalogs;
mod computer;
mod made_up;
mod stopwatch;

fn main() -> anyhow::Result<()> {
    catalogs::all();
    tokio::runtime::Runtime::new()?.block_on(computer::all())
}
