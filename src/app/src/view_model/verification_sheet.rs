// SPDX-License-Identifier: GPL-3.0-or-later
//! How the followed image comes to be checked, step by step. Nothing of it is done by this program, but for the switch that
//! the person asks for.

mod recipe;
mod steps;

use gettextrs::{gettext, ngettext};
use isotope_client::{ClientError, ServiceState, wording};
use isotope_model::{ImageReference, Snapshot, Trust, VerificationPath, strict_form, update_source};

use self::steps::Way;
use super::readings::{Read, Readings};
use super::sheet::{Choice, SheetBody, SheetPageView, failed};
use super::{Line, LineButton, LineEnd, LineGroup, Looker};

/// The sheet with the steps; nothing where the followed image is checked in a way of its own.
pub(super) fn of(state: &ServiceState, readings: &Readings, looker: &Looker) -> Option<SheetPageView> {
    let image = update_source(&state.snapshot).ok()?;
    strict_form(image)?;
    let idle = looker.asked.is_none() && state.running().is_none();
    let body = match found(image, readings) {
        Err(error) => failed(error),
        Ok(way) => SheetBody::Lists(lists(image, way.as_ref(), readings, idle)),
    };
    // Translators: the way to an image that is installed only if its vendor has signed it.
    Some(SheetPageView::new(gettext("Steps to a Checked Image"), body))
}

/// The row that leads to the sheet, below what is known of who vouches for this image; it is there only for the followed
/// one, and keeps its place.
pub(super) fn way_in(image: &ImageReference, snapshot: &Snapshot, readings: &Readings) -> Option<Line> {
    strict_form(image).filter(|_| update_source(snapshot) == Ok(image))?;
    // Translators: the way to an image that is installed only if its vendor has signed it.
    let title = gettext("Steps to a Checked Image");
    let way = match found(image, readings) {
        Err(_) => return None,
        Ok(None) => return Some(Line::waiting(title)),
        Ok(Some(way)) => way,
    };
    let words = match way.path.is_at_its_end() {
        true => gettext("There is nothing left to do"),
        false => {
            let done = way.done();
            ngettext("{number} of 3 is done", "{number} of 3 are done", done).replace("{number}", &done.to_string())
        }
    };
    Some(Line { end: LineEnd::Opens(Choice::ShowVerificationPath), ..Line::fact(title, words) })
}

/// How far this image is, once both answers are there.
fn found<'a>(image: &ImageReference, readings: &'a Readings) -> Result<Option<Way>, &'a ClientError> {
    let trust = |image: &ImageReference| readings.trusts.get(&image.to_string());
    let Some(strict) = strict_form(image) else { return Ok(None) };
    match (trust(image), trust(&strict)) {
        (Some(Read::Failed(error)), _) | (_, Some(Read::Failed(error))) => Err(error),
        (Some(Read::There(present)), Some(Read::There(strict))) => {
            // Whoever has asked the registry knows more than the rules alone.
            let preview = readings.preview.as_ref().and_then(Read::there);
            let preview = preview.filter(|preview| strict_form(&preview.trust.image) == strict_form(image));
            let signed = preview.and_then(|preview| preview.trust.signed);
            let seen = |trust: &Trust| match signed {
                Some(signed) => trust.clone().with_signed(signed),
                None => trust.clone(),
            };
            let (present, strict) = (seen(present), seen(strict));
            let looked = preview.is_some();
            Ok(VerificationPath::of(&present, &strict).map(|path| Way { path, present, looked }))
        }
        _ => Ok(None),
    }
}

fn lists(image: &ImageReference, way: Option<&Way>, readings: &Readings, idle: bool) -> Vec<LineGroup> {
    let steps = LineGroup {
        title: wording::image_name(image),
        description: gettext(
            "What it takes until this computer installs only what the vendor of the image has signed. This program writes \
             none of it.",
        ),
        lines: steps::lines(way, readings.preview.as_ref(), idle),
    };
    let recipe = way.and_then(|way| recipe::group(&way.path));
    let again = LineGroup::untitled(vec![look_again()]);
    [Some(steps), recipe, Some(again)].into_iter().flatten().collect()
}

fn look_again() -> Line {
    let button = LineButton {
        label: gettext("_Look Again"),
        spoken: gettext("Look again how far it is"),
        choice: Choice::LookAgain,
        destructive: false,
        reason: None,
    };
    let words = gettext("The files on this computer are read anew, and the registry is asked again if it was before");
    Line { end: LineEnd::Button(button), ..Line::new(gettext("Has Something Changed?"), words) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{TrustProblem, TrustState};

    use super::super::test_states::{container_host, preview, service, trust};
    use super::*;

    const OPEN: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";
    const STRICT: &str = "ostree-image-signed:docker://quay.io/lab/gnome:stable";

    fn readings(present: Trust, strict: Trust) -> Readings {
        let read = |trust: Trust| (trust.image.to_string(), Read::There(Arc::new(trust)));
        Readings { trusts: [read(strict), read(present)].into_iter().collect(), ..Readings::default() }
    }

    fn nothing_done() -> Readings {
        let strict =
            Trust { problem: Some(TrustProblem::PolicyAcceptsEverything), ..trust(STRICT, TrustState::Refused) };
        readings(trust(OPEN, TrustState::Unchecked), strict)
    }

    fn groups(followed: &str, readings: &Readings) -> Vec<LineGroup> {
        let state = service(container_host(followed));
        match of(&state, readings, &Looker::for_tests()).unwrap().body {
            SheetBody::Lists(groups) => groups,
            SheetBody::Status(view, _) => unreachable!("{view:?}"),
        }
    }

    fn states(followed: &str, readings: &Readings) -> Vec<String> {
        let lines = groups(followed, readings).remove(0).lines;
        lines.into_iter().map(|line| line.subtitle.lines().next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn each_step_says_in_words_how_it_stands() {
        let verified = |reference| trust(reference, TrustState::Verified);
        let signed = |readings: Readings, signed| {
            let told = preview(trust(OPEN, TrustState::Unchecked).with_signed(signed));
            Readings { preview: Some(Read::There(Arc::new(told))), ..readings }
        };
        assert_eq!(states(OPEN, &nothing_done()), ["Not known", "To do", "Later"]);
        assert_eq!(states(OPEN, &signed(nothing_done(), true)), ["Done", "To do", "Later"]);
        assert_eq!(states(OPEN, &signed(nothing_done(), false)), ["To do", "To do", "Later"]);
        let rule = || readings(verified(OPEN), verified(STRICT));
        assert_eq!(states(OPEN, &signed(rule(), true)), ["Done", "Done", "To do"]);
        assert_eq!(
            states(OPEN, &readings(verified(OPEN), nothing_done().trust(&image(STRICT)).there().unwrap().clone())),
            ["Not known", "Done", "Not possible"]
        );
        assert_eq!(states(STRICT, &signed(rule(), true)), ["Done", "Done", "Done"]);
        let broken = Trust { problem: Some(TrustProblem::PolicyMissing), ..trust(OPEN, TrustState::Refused) };
        assert_eq!(states(OPEN, &readings(broken, trust(STRICT, TrustState::Refused)))[1], "To do");
    }

    fn image(reference: &str) -> ImageReference {
        ImageReference::Container { reference: reference.into() }
    }

    #[test]
    fn a_demand_that_the_image_does_not_meet_keeps_it_from_being_followed_with_the_check() {
        let rule = readings(
            Trust {
                keys: vec![isotope_model::TrustKey::Sigstore { paths: Vec::new() }],
                ..trust(OPEN, TrustState::Verified)
            },
            Trust {
                keys: vec![isotope_model::TrustKey::Sigstore { paths: Vec::new() }],
                ..trust(STRICT, TrustState::Verified)
            },
        );
        let told = preview(trust(OPEN, TrustState::Unchecked).with_signed(false));
        let unsigned = Readings { preview: Some(Read::There(Arc::new(told))), ..rule };
        assert_eq!(states(OPEN, &unsigned), ["To do", "Done", "Later"]);
    }

    #[test]
    fn what_to_write_is_shown_only_until_it_is_written() {
        let titles = |readings: &Readings| groups(OPEN, readings).len();
        assert_eq!(titles(&nothing_done()), 3);
        let verified = |reference| trust(reference, TrustState::Verified);
        assert_eq!(titles(&readings(verified(OPEN), verified(STRICT))), 2);
        let copied = &groups(OPEN, &nothing_done())[1].lines;
        assert!(copied.iter().all(|line| matches!(&line.end, LineEnd::Copy(text) if *text == line.subtitle)));
        assert!(copied.iter().any(|line| line.subtitle.contains("\"quay.io/lab/gnome\"")));
    }

    #[test]
    fn the_way_in_keeps_its_place_and_counts() {
        let line = |readings: &Readings| way_in(&image(OPEN), &container_host(OPEN), readings).unwrap();
        let waiting = line(&Readings::default());
        assert_eq!(waiting.end, LineEnd::Waiting);
        let open = line(&nothing_done());
        assert_eq!((waiting.title, open.subtitle.as_str()), (open.title, "0 of 3 are done"));
        assert_eq!(open.end, LineEnd::Opens(Choice::ShowVerificationPath));
        let verified = |reference| trust(reference, TrustState::Verified);
        assert_eq!(line(&readings(verified(OPEN), verified(STRICT))).subtitle, "1 of 3 is done");
        let strict = way_in(&image(STRICT), &container_host(STRICT), &readings(verified(STRICT), verified(STRICT)));
        assert_eq!(strict.unwrap().subtitle, "There is nothing left to do");
        assert_eq!(way_in(&image(OPEN), &container_host(STRICT), &nothing_done()), None, "it is not the followed one");
    }

    #[test]
    fn what_is_not_known_yet_waits_in_the_same_rows() {
        let waiting = groups(OPEN, &Readings::default());
        assert!(waiting[0].lines[1..].iter().all(|line| line.end == LineEnd::Waiting));
        let titles = |groups: &[LineGroup]| groups[0].lines.iter().map(|line| line.title.clone()).collect::<Vec<_>>();
        assert_eq!(titles(&waiting), titles(&groups(OPEN, &nothing_done())));
        let state = service(container_host("ostree-unverified-image:oci:/var/os"));
        assert!(of(&state, &Readings::default(), &Looker::for_tests()).is_none());
    }
}
