// SPDX-License-Identifier: GPL-3.0-or-later
//! The program `isotope-lookup` against a real registry, and against one that fails in every way. The development root has
//! what is needed: `build-aux/devroot cargo test -p isotope-registry`.

mod authentication;
mod costs;
mod faults;
mod host;
mod http;
mod identity;
mod image;
mod mirrors;
mod plain_text;
mod protection;
mod proxy;
mod published;
mod registry;
mod requests;
mod skopeo;
mod tag_lists;
