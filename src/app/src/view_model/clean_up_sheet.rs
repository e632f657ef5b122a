// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::DiskUsage;

use super::readings::Read;
use super::sheet::{Choice, SheetBody, SheetPageView, failed, waiting};
use super::{Looker, StatusButton, StatusView};

/// The sheet that says what cleaning up would free.
pub(super) fn of(state: &ServiceState, usage: &Read<DiskUsage>, looker: &Looker) -> SheetPageView {
    let body = match usage {
        Read::Waiting => waiting(gettext("What cleaning up would free is being added up.")),
        Read::Failed(error) => failed(error),
        Read::There(usage) => offer(usage, looker.asked.is_none() && state.running().is_none()),
    };
    SheetPageView::new(gettext("Clean Up"), body)
}

fn offer(usage: &DiskUsage, idle: bool) -> SheetBody {
    let keeps = gettext("No version of the system in the list is removed, and your files stay as they are.");
    let (icon, title, description) = match usage.clean_up_bytes {
        0 => (
            "isotope-good-symbolic",
            gettext("Nothing to Clean Up"),
            gettext("There is nothing on this computer that no version of the system needs."),
        ),
        bytes => (
            "isotope-clean-up-symbolic",
            gettext("{size} Can Be Freed").replace("{size}", &wording::bytes(bytes).replace(' ', "\u{a0}")),
            format!(
                "{} {keeps}",
                gettext(
                    "Cleaning up removes what no version of the system needs any more, such as interrupted downloads."
                )
            ),
        ),
    };
    let button =
        StatusButton { label: gettext("_Clean Up"), suggested: true, sensitive: idle && usage.clean_up_bytes > 0 };
    let button = (usage.clean_up_bytes > 0).then_some(button);
    SheetBody::Status(StatusView { icon: Some(icon), title, description, button }, Choice::CleanUp)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ClientError;

    use super::super::test_states::{booted, service, snapshot};
    use super::*;

    fn status(usage: &Read<DiskUsage>) -> StatusView {
        match of(&service(snapshot(vec![booted('1')])), usage, &Looker::for_tests()).body {
            SheetBody::Status(view, _) => view,
            SheetBody::Lists(lists) => unreachable!("{lists:?}"),
        }
    }

    fn frees(clean_up_bytes: u64) -> Read<DiskUsage> {
        Read::There(Arc::new(DiskUsage { clean_up_bytes, ..DiskUsage::default() }))
    }

    #[test]
    fn it_says_what_it_would_free_before_it_can_be_done() {
        assert!(status(&Read::Waiting).button.is_none());
        let some = status(&frees(1_200_000_000));
        assert_eq!(some.title, "1.2\u{a0}GB Can Be Freed");
        assert!(some.button.is_some_and(|button| button.sensitive));
    }

    #[test]
    fn where_there_is_nothing_no_button_is_offered() {
        assert!(status(&frees(0)).button.is_none());
    }

    #[test]
    fn a_reading_that_failed_can_be_tried_again() {
        let failed = status(&Read::Failed(Arc::new(ClientError::ServiceMissing)));
        assert_eq!(failed.button.map(|button| button.label).as_deref(), Some("_Try Again"));
    }
}
