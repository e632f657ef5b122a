// SPDX-License-Identifier: GPL-3.0-or-later
//! The pages of the window.

mod desktop_card;
mod desktops;
mod history;
mod picture_frame;
mod status;
mod system;
mod variant;

pub(crate) use desktop_card::{Card, CardInput};
pub(crate) use desktops::{DesktopsInput, DesktopsPage};
pub(crate) use history::{HistoryPage, HistoryPageInput, HistoryPageOutput};
pub(crate) use status::{StatusInput, StatusOutput, StatusPage};
pub(crate) use system::{OperationBar, OperationBarInput, SystemInput, SystemOutput, SystemPage};
pub(crate) use variant::{VariantInput, VariantOutput, VariantPage};
