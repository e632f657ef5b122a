// SPDX-License-Identifier: GPL-3.0-or-later
mod check;
mod list;
mod show;

use crate::arguments::CatalogCommand;
use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;

/// Shows what vendors publish, or checks what somebody wants to publish.
pub(crate) async fn run(context: &Context, command: &CatalogCommand) -> Result<Exit, Failure> {
    match command {
        CatalogCommand::List { all } => list::run(context, *all).await,
        CatalogCommand::Show { id } => show::run(context, id).await,
        CatalogCommand::Check { files } => check::run(context, files),
    }
}
