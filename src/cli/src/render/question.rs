// SPDX-License-Identifier: GPL-3.0-or-later
//! What a person is asked to agree to: what would be done, naming every version that it is about.

mod boot_order;
mod disk;
mod download;
mod prospect;
mod switch;

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{DeploymentId, Snapshot};

pub(crate) use boot_order::{discard, go_back, rollback, set_default};
pub(crate) use disk::{clean_up, remove};
pub(crate) use download::{Wanted, deploy, typed};
pub(crate) use prospect::Prospect;
pub(crate) use switch::switch;

use super::table::Table;
use super::{Line, View, deployments};

/// A question that is answered with yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// What follows from a yes.
    pub(crate) lines: Vec<Line>,
    /// The question itself; it stands before the letters for yes and no.
    pub(crate) go_ahead: String,
}

/// A deployment by version, variant and day.
fn named(id: &DeploymentId, snapshot: &Snapshot, view: &View) -> String {
    let deployment = snapshot.deployment(id);
    let mut facts: Vec<String> = deployment.and_then(|deployment| deployment.variant.clone()).into_iter().collect();
    facts.extend(deployments::built(deployment.and_then(|deployment| deployment.built), view));
    let version = wording::version(snapshot, id);
    if facts.is_empty() { version } else { format!("{version} ({})", facts.join(", ")) }
}

/// What the next restart starts so far, and what instead.
fn start_changes(from: &DeploymentId, to: &DeploymentId, snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let mut table = Table::default();
    table.row(gettext("After restart, so far"), vec![Line::plain(named(from, snapshot, view))]);
    table.row(gettext("After restart, instead"), vec![Line::plain(named(to, snapshot, view))]);
    table.lines()
}

/// That the staged deployment goes away.
fn discarded(id: Option<&DeploymentId>, snapshot: &Snapshot) -> Option<Line> {
    let held_back = id.and_then(|id| snapshot.deployment(id)).is_some_and(|staged| staged.finalization_locked);
    let text = match held_back {
        true => gettext("Version {version}, which is downloaded and held back, is discarded."),
        false => gettext("Version {version}, which is ready for the next restart, is discarded."),
    };
    id.map(|id| Line::plain(text.replace("{version}", &wording::version(snapshot, id))))
}
