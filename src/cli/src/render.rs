// SPDX-License-Identifier: GPL-3.0-or-later
//! From values to what a person or a program reads. Nothing here writes, waits or looks at a clock.

pub(crate) mod automatic;
pub(crate) mod catalog;
pub(crate) mod changes;
pub(crate) mod config_diff;
mod deployments;
mod duration;
mod grid;
pub(crate) mod history;
pub(crate) mod json;
pub(crate) mod json_text;
mod line;
mod operation;
pub(crate) mod outcome;
pub(crate) mod packages;
pub(crate) mod preflight;
pub(crate) mod preview;
pub(crate) mod problem;
pub(crate) mod progress;
pub(crate) mod question;
pub(crate) mod restart;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod selection;
pub(crate) mod settings;
pub(crate) mod show;
pub(crate) mod status;
mod table;
mod tags;
pub(crate) mod time;
pub(crate) mod trust;
mod verification_path;
pub(crate) mod versions;

pub(crate) use line::Line;

/// Sentences on a terminal of so many columns: a word is not broken at its edge.
fn sentences(lines: impl IntoIterator<Item = Line>, view: &View) -> Vec<Line> {
    lines.into_iter().flat_map(|line| line.wrapped(view.columns.unwrap_or(usize::MAX))).collect()
}

/// How a person wants to see things.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The zone in which times are told.
    pub(crate) zone: jiff::tz::TimeZone,
    /// Also what is seldom wanted.
    pub(crate) verbose: bool,
    /// When the person asked, in seconds since 1970.
    pub(crate) now: u64,
    /// The columns of the terminal that results are read on, where that is one.
    pub(crate) columns: Option<usize>,
}
