// SPDX-License-Identifier: GPL-3.0-or-later
//! What there is to know before a switch.

mod findings;
pub(super) mod taken_back;

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Concern, Finding, HostCatalogs, Preflight, Refusal, Severity, Snapshot, Trust};

pub(super) use self::findings::lines as findings;
use super::table::Table;
use super::{Line, View, deployments, preview, sentences, trust};

/// What is known beside it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known<'a> {
    /// What the person typed; absent where it is about what is staged.
    pub(crate) typed: Option<&'a str>,
    /// What rpm-ostree has changed is to be taken back.
    pub(crate) reset: bool,
    /// What vendors publish.
    pub(crate) catalogs: Option<&'a HostCatalogs>,
}

/// That nobody has looked, and why.
pub(crate) fn not_looked_at(refusal: &Refusal) -> Line {
    let text =
        gettext("The image could not be looked at: {reason}. What may be in the way of the switch is not known.");
    // Translators: {reason} is a sentence without its full stop, as in "You are not allowed to do this".
    Line::strong(text.replace("{reason}", &wording::refusal(refusal).what))
}

/// Everything: what the image is, what was found, and what that means for the switch.
pub(crate) fn lines(preflight: &Preflight, known: Known<'_>, snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let mut table = Table::default();
    table.row(gettext("Image"), trust::image(&preflight.image));
    let variant = variant(preflight, known.catalogs);
    rows(&mut table, preflight, variant.as_deref(), view);
    if known.typed.is_some() {
        // Translators: stands beside what is kept to go back to.
        table.row(gettext("Way back"), way_back(preflight, known.reset, snapshot).into_iter().collect());
    }
    let mut lines = table.lines_within(view.columns);
    let stays = |finding: &&Finding| !taken_back::settles(known.reset, finding);
    let mut found = findings(&told(preflight).into_iter().filter(stays).collect::<Vec<_>>(), view);
    if let Some((layered, _)) = preflight.resettable().filter(|_| known.reset) {
        if !found.is_empty() {
            found.push(Line::default());
        }
        found.extend(taken_back::lines(layered, view));
    }
    if !found.is_empty() {
        lines.push(Line::default());
        lines.extend(found);
    }
    lines.push(Line::default());
    lines.extend(sentences([conclusion(preflight, known)], view));
    lines
}

/// What the catalogs call the image.
pub(crate) fn variant(preflight: &Preflight, catalogs: Option<&HostCatalogs>) -> Option<String> {
    let recognised = preflight.recognised.as_ref()?;
    let entry = catalogs?.catalogs.entry(&recognised.entry)?;
    let stream = recognised.stream.as_deref().and_then(|stream| entry.stream(stream)).map(wording::stream_name);
    let name = wording::catalog_text(&entry.name).to_owned();
    Some(std::iter::once(name).chain(stream).collect::<Vec<_>>().join(" · "))
}

/// Variant, version, size and who vouches for it. Of what is staged already the first is enough.
pub(super) fn rows(table: &mut Table, preflight: &Preflight, variant: Option<&str>, view: &View) {
    // Translators: stands beside the name of a desktop that a vendor publishes.
    table.row(gettext("Variant"), variant.map(Line::plain).into_iter().collect());
    let mut version: Vec<_> = preflight.version.iter().cloned().collect();
    version.extend(deployments::built(preflight.built, view));
    let looked_at = preflight.preview.is_some() || preflight.checksum.is_some();
    if version.is_empty() && looked_at {
        version.push(gettext("not known"));
    }
    table.row(
        gettext("Version"),
        Some(version).filter(|it| !it.is_empty()).map(|it| Line::plain(it.join(" · "))).into_iter().collect(),
    );
    if looked_at {
        table.row(gettext("To download"), vec![preview::to_download(preflight.download_bytes)]);
    }
    table.row(
        gettext("Signature"),
        trust_of(preflight).map(|trust| Line::plain(wording::trust(trust))).into_iter().collect(),
    );
}

/// The findings that are told: that its signature is checked stands in a row already, and that it is followed already is no
/// hindrance.
pub(super) fn told(preflight: &Preflight) -> Vec<&Finding> {
    let elsewhere = |finding: &Finding| match &finding.concern {
        Concern::Signature { .. } => finding.severity == Severity::Note,
        concern => is_followed_already(concern),
    };
    preflight.findings.iter().filter(|finding| !elsewhere(finding)).collect()
}

fn is_followed_already(concern: &Concern) -> bool {
    matches!(concern, Concern::Refused { refusal: Refusal::AlreadyFollowed { .. } })
}

/// Something of this kind was found.
fn has(preflight: &Preflight, kind: impl Fn(&Concern) -> bool) -> bool {
    preflight.findings.iter().any(|finding| kind(&finding.concern))
}

/// The image is known to lead nowhere back.
pub(super) fn is_one_way(preflight: &Preflight) -> bool {
    has(preflight, |concern| matches!(concern, Concern::OneWay))
}

fn trust_of(preflight: &Preflight) -> Option<&Trust> {
    preflight.findings.iter().find_map(|finding| match &finding.concern {
        Concern::Signature { trust } => Some(&**trust),
        _ => None,
    })
}

/// What keeps a switch from being made, and what else was found; with a reset or without.
pub(crate) fn blocked(preflight: &Preflight, reset: bool, view: &View) -> Vec<Line> {
    let image = wording::image_name(&preflight.image);
    let title = gettext("This computer cannot be switched to {image} as it stands now").replace("{image}", &image);
    let mut lines = vec![Line::strong(title), Line::plain(gettext("Nothing was changed on this computer."))];
    lines.push(Line::default());
    let stays = |finding: &&Finding| !taken_back::settles(reset, finding);
    let found: Vec<_> = warnings(preflight).into_iter().filter(stays).collect();
    lines.extend(findings(&found, view));
    lines
}

/// What there is to do before a restart into what is staged; nothing where there is nothing.
pub(crate) fn before_restart(preflight: &Preflight, view: &View) -> Vec<Line> {
    let found = findings(&warnings(preflight), view);
    if found.is_empty() {
        return found;
    }
    let title = Line::strong(gettext("Before you restart, there is something to know about what was downloaded"));
    [Line::default(), title, Line::default()].into_iter().chain(found).collect()
}

/// What something may come of.
pub(super) fn warnings(preflight: &Preflight) -> Vec<&Finding> {
    let found = preflight.findings.iter();
    found.filter(|finding| !finding.severity.is_harmless()).collect()
}

/// What is pinned, that nobody has pinned so far; nothing where nothing is done, or where it would be no way back.
fn way_back(preflight: &Preflight, reset: bool, snapshot: &Snapshot) -> Option<Line> {
    let pinned = preflight.pins.as_ref().filter(|_| !preflight.is_blocked(reset) && !is_one_way(preflight))?;
    let text = gettext("Version {version}, which runs now, is kept to go back to");
    Some(Line::plain(text.replace("{version}", &wording::version(snapshot, pinned))))
}

fn conclusion(preflight: &Preflight, known: Known<'_>) -> Line {
    let Known { typed, reset, .. } = known;
    let command = |text: String, typed: &str| Line::plain(text.replace("{image}", typed));
    let takes_back = reset && preflight.resettable().is_some();
    let unseen = has(preflight, |concern| matches!(concern, Concern::NotLookedAt { .. }));
    match typed {
        // Translators: leave the command as it is.
        _ if has(preflight, is_followed_already) => Line::plain(gettext(
            "This system follows it already: there is nothing to do. To get its newest version: isotopectl update",
        )),
        _ if preflight.is_blocked(reset) => {
            Line::plain(gettext("As long as something is in the way, it cannot be done."))
        }
        // Translators: leave the command as it is.
        Some(typed) if unseen => command(
            gettext(
                "Nothing is known to be in the way, but the image could not be looked at. To switch to it: isotopectl \
                 switch {image}",
            ),
            typed,
        ),
        // Translators: leave the command as it is.
        Some(typed) if takes_back => command(
            gettext(
                "Nothing is in the way. To switch to it, and take back what was changed with rpm-ostree: isotopectl \
                 switch {image} --reset",
            ),
            typed,
        ),
        // Translators: leave the command as it is.
        Some(typed) => command(gettext("Nothing is in the way. To switch to it: isotopectl switch {image}"), typed),
        None => Line::plain(gettext("Nothing is in the way of a restart.")),
    }
}

#[cfg(test)]
mod tests;
