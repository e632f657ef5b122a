// SPDX-License-Identifier: GPL-3.0-or-later
//! libostree as the one that pulls and stages, for deployments that follow a branch of a remote.

pub(crate) mod commit;
pub(crate) mod commit_tree;
pub(crate) mod download_size;
pub(crate) mod kernel_files;
pub(crate) mod pull;
pub(crate) mod refs;
pub(crate) mod remotes;
pub(crate) mod room;
pub(crate) mod stage;
pub(crate) mod versions;
