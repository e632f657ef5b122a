// SPDX-License-Identifier: GPL-3.0-or-later
//! Getting what is followed into the repository.

pub(crate) mod branch;
pub(crate) mod history;
pub(crate) mod image;
