// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use gettextrs::gettext;
use isotope_client::{ClientError, ServiceState};
use isotope_model::{DeploymentId, HostCatalogs};

use super::{Line, LineGroup, Looker, Readings, StatusButton, StatusView};
use super::{
    catalog_problems, clean_up_sheet, details_sheet, package_changes_sheet, trouble, verification_sheet, versions_sheet,
};

/// What a sheet over the window is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    /// One deployment.
    Details(DeploymentId),
    /// Which packages differ between what runs and a deployment; without one, the update that was found.
    PackageChanges(Option<DeploymentId>),
    /// How far the followed image is on the way to being checked.
    VerificationPath,
    /// The versions that the server has.
    Versions,
    /// Removing what nothing needs any more.
    CleanUp,
    /// What is wrong with the catalogs.
    CatalogProblems(Arc<HostCatalogs>),
}

/// What a person can choose in a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Start this deployment next.
    StartNext(DeploymentId),
    /// Start with the next restart what was downloaded and held back.
    Release,
    /// Keep it.
    Pin(DeploymentId),
    /// Keep it no longer.
    Unpin(DeploymentId),
    /// Remove it.
    Remove(DeploymentId),
    /// Discard it: it is staged.
    Discard(DeploymentId),
    /// Show what differs in its /etc.
    ShowChanges,
    /// Show which packages differ between what runs and a deployment; without one, the update that was found.
    ShowPackageChanges(Option<DeploymentId>),
    /// Show this deployment.
    Show(DeploymentId),
    /// Download and stage the version with this checksum.
    Deploy(String),
    /// Follow another image.
    Switch(String),
    /// Show how the followed image comes to be checked.
    ShowVerificationPath,
    /// Ask the registry about the image.
    LookUp,
    /// Read everything anew, also what could be read.
    LookAgain,
    /// Show this entry of the catalogs.
    ShowVariant(String),
    /// Switch to the variant that is shown.
    SwitchToVariant,
    /// Name an image that no catalog has.
    NameImage,
    /// Show what is wrong with the catalogs.
    ShowCatalogProblems,
    /// Show the preferences.
    ShowPreferences,
    /// Show this page of the web.
    OpenPage(String),
    /// Put this into the clipboard.
    Copy(String),
    /// Show only what has this in its name.
    Search(String),
    /// Remove what nothing needs any more.
    CleanUp,
    /// Read again what could not be read.
    Retry,
}

/// What a page of a sheet shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SheetBody {
    /// One thing, and what its button means.
    Status(StatusView, Choice),
    /// Lists.
    Lists(Vec<LineGroup>),
}

/// A page of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SheetPageView {
    /// The title above it.
    pub(crate) title: String,
    /// What is looked for in it, where it is long enough for that.
    pub(crate) search: Option<String>,
    /// How much was found of that, in words, to be read out.
    pub(crate) hits: Option<String>,
    /// What it shows.
    pub(crate) body: SheetBody,
}

impl SheetPageView {
    /// A page in which nothing can be looked for.
    pub(crate) fn new(title: String, body: SheetBody) -> Self {
        Self { title, search: None, hits: None, body }
    }

    /// What to read out where this takes the place of what was shown before, because the person looks for something else,
    /// or because a registry has answered.
    pub(crate) fn spoken_since(&self, before: &Self) -> Option<String> {
        if self.search != before.search {
            return self.hits.clone();
        }
        let spoken = |page: &Self| match &page.body {
            SheetBody::Lists(groups) => groups.iter().flat_map(|group| &group.lines).map(Line::spoken).collect(),
            SheetBody::Status(view, _) => vec![view.title.clone()],
        };
        let known = spoken(before);
        let new: Vec<_> = spoken(self).into_iter().filter(|line| !known.contains(line)).collect();
        (!new.is_empty()).then(|| new.join("\n"))
    }
}

/// A sheet over the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SheetView {
    /// There is little to show.
    pub(crate) small: bool,
    /// The first page.
    pub(crate) page: SheetPageView,
    /// The page behind it: what differs in /etc.
    pub(crate) changes: Option<SheetPageView>,
}

impl SheetView {
    /// What to show of this topic; nothing where there is nothing to show any more.
    pub(crate) fn of(topic: &Topic, state: &ServiceState, readings: &Readings, looker: &Looker) -> Option<Self> {
        let one = |page| Some(Self { small: *topic == Topic::CleanUp, page, changes: None });
        match topic {
            Topic::Details(id) => details_sheet::of(id, state, readings, looker),
            Topic::PackageChanges(id) => package_changes_sheet::of(id.as_ref(), state, readings).and_then(one),
            Topic::VerificationPath => verification_sheet::of(state, readings, looker).and_then(one),
            Topic::Versions => one(versions_sheet::of(state, readings, looker)),
            Topic::CleanUp => one(clean_up_sheet::of(state, &readings.usage, looker)),
            Topic::CatalogProblems(catalogs) => one(catalog_problems::of(&catalogs.catalogs)),
        }
    }
}

/// A page that waits for an answer.
pub(super) fn waiting(description: String) -> SheetBody {
    let view = StatusView { icon: None, title: gettext("Loading…"), description, button: None };
    SheetBody::Status(view, Choice::Retry)
}

/// A page whose answer did not come.
pub(super) fn failed(error: &ClientError) -> SheetBody {
    let (title, description) = trouble::of_reading(error);
    let view = StatusView {
        icon: Some("isotope-attention-symbolic"),
        title,
        description,
        button: trouble::may_pass(error).then(StatusButton::retry),
    };
    SheetBody::Status(view, Choice::Retry)
}

/// A page with nothing to show.
pub(super) fn empty(icon: &'static str, title: String, description: String) -> SheetBody {
    SheetBody::Status(StatusView { icon: Some(icon), title, description, button: None }, Choice::Retry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: &[(&str, &str)], search: &str, hits: Option<&str>) -> SheetPageView {
        let lines = lines.iter().map(|(title, words)| Line::new((*title).into(), (*words).into())).collect();
        let body = SheetBody::Lists(vec![LineGroup::untitled(lines)]);
        let (search, hits) = (Some(search.to_owned()), hits.map(ToOwned::to_owned));
        SheetPageView { search, hits, ..SheetPageView::new(String::new(), body) }
    }

    #[test]
    fn only_what_has_changed_is_read_out_and_of_a_search_how_much_was_found() {
        let before = page(&[("1", "not known"), ("2", "to do")], "", None);
        assert_eq!(before.spoken_since(&before), None);
        let answered = page(&[("1", "done"), ("2", "to do")], "", None);
        assert_eq!(answered.spoken_since(&before).as_deref(), Some("1: done"));
        let searched = page(&[("2", "to do")], "2", Some("1 tag was found"));
        assert_eq!(searched.spoken_since(&before).as_deref(), Some("1 tag was found"));
        assert_eq!(before.spoken_since(&searched), None);
    }
}
