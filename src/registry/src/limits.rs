// SPDX-License-Identifier: GPL-3.0-or-later
//! How much is taken from a registry, and how long it is waited for.

use std::time::Duration;

/// The longest manifest, or list of them, in bytes: what registries themselves take.
pub(crate) const MANIFEST: usize = 4 * 1024 * 1024;
/// The longest configuration of an image.
pub(crate) const CONFIGURATION: usize = 4 * 1024 * 1024;
/// The longest page of tags.
pub(crate) const PAGE: usize = 4 * 1024 * 1024;
/// The longest answer of a server that gives tokens.
pub(crate) const TOKEN: usize = 256 * 1024;
/// As much is read of an answer that says what went wrong.
pub(crate) const COMPLAINT: usize = 16 * 1024;
/// The longest file of the host's own configuration.
pub(crate) const FILE: u64 = 1024 * 1024;

/// As many tags are told.
pub(crate) const TAGS: usize = 10_000;
/// As many pages of tags are read.
pub(crate) const PAGES: usize = 100;
/// As many tags are asked for at once. Some registries give fewer.
pub(crate) const TAGS_A_PAGE: usize = 1000;
/// As many redirects are followed.
pub(crate) const REDIRECTS: usize = 5;
/// As many tries are made where a registry is busy.
pub(crate) const TRIES: u32 = 5;
/// Labels that are longer, in bytes, are none that anybody reads.
pub(crate) const LABEL: usize = 16 * 1024;
/// All labels together.
pub(crate) const LABELS: usize = 1024 * 1024;
/// As many kinds of attachments, and as many architectures, are told.
pub(crate) const KINDS: usize = 64;

/// As many layers are told. Images have a hundred or so.
pub(crate) const LAYERS: usize = 4096;

/// Until a connection stands.
pub(crate) const CONNECT: Duration = Duration::from_secs(10);
/// Without a byte.
pub(crate) const SILENCE: Duration = Duration::from_secs(15);
/// For one request and its answer.
pub(crate) const EXCHANGE: Duration = Duration::from_secs(40);
/// For what is good to know and no more.
pub(crate) const EXTRA: Duration = Duration::from_secs(10);
/// For a registry that has a substitute.
pub(crate) const MIRROR: Duration = Duration::from_secs(25);
/// Spent on waiting for busy registries, in all.
pub(crate) const WAITING: Duration = Duration::from_secs(60);
/// For everything between the request and the reply.
pub(crate) const LOOKUP: Duration = Duration::from_secs(75);
