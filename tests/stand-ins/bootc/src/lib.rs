// SPDX-License-Identifier: GPL-3.0-or-later
//! Container images as commits of the sysroot's repository: what stand-ins that follow images have in common.

mod credentials;
pub mod importer;
mod layers;
mod merge;
mod policy;
pub mod prune_images;
pub mod reference;
pub mod stored_image;
