// SPDX-License-Identifier: GPL-3.0-or-later
//! Asks container registries: is there another image, what is it, how much of it would be downloaded, which versions are
//! there, and what lies beside it. Whatever the internet answers is hostile: it is bounded in length and in time.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attachments;
mod certificates;
mod client;
mod configuration;
mod credentials;
mod describe;
mod digest;
mod exchange;
mod failure;
mod host_file;
mod image_name;
mod limits;
mod lookup;
mod manifest;
mod newer;
mod platform;
mod registries_conf;
mod repository;
mod retry;
mod session;
mod surroundings;
mod tags;
mod tokens;
pub mod version_order;

pub use lookup::answer;
pub use surroundings::Surroundings;
