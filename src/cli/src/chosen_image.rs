// SPDX-License-Identifier: GPL-3.0-or-later
//! Which image a person means by what was typed: an image, or an entry of the catalogs.

use isotope_client::{Client, ClientError};
use isotope_model::catalog::Status;
use isotope_model::{CatalogEntry, HostCatalogs, ImageReference, Refusal, Snapshot, TrustProblem, resolve_image};

use crate::context::Context;
use crate::failure::Failure;

/// An image to switch to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChosenImage {
    /// What the service is asked for.
    pub(crate) asked: String,
    /// What it makes of that.
    pub(crate) target: ImageReference,
}

/// What was typed. It is an entry of the catalogs, `ENTRY` or `ENTRY:STREAM`, only if it is no image by itself: a branch of a
/// remote that this computer does not know is none.
///
/// # Errors
/// It is neither.
pub(crate) async fn of(
    context: &Context,
    client: &Client,
    host: &Snapshot,
    catalogs: Option<&HostCatalogs>,
    typed: &str,
) -> Result<ChosenImage, Failure> {
    let image = resolve_image(host, typed);
    let named = catalogs.and_then(|catalogs| Some((catalogs, named(catalogs, typed)?)));
    match (image, named) {
        (Ok(target), None) => Ok(ChosenImage { asked: typed.to_owned(), target }),
        (Ok(target), Some((catalogs, named))) => match remote_is_unknown(context, client, &target, typed).await {
            true => named.on(catalogs, host),
            false => Ok(ChosenImage { asked: typed.to_owned(), target }),
        },
        (Err(_), Some((catalogs, named))) => named.on(catalogs, host),
        (Err(refusal), None) => Err(ClientError::Refused(refusal).into()),
    }
}

async fn remote_is_unknown(context: &Context, client: &Client, image: &ImageReference, typed: &str) -> bool {
    matches!(image, ImageReference::Ostree { .. })
        && context
            .trust(client, Some(typed))
            .await
            .is_ok_and(|trust| trust.problem == Some(TrustProblem::RemoteUnknown))
}

/// An entry, and the stream that was named with it.
#[derive(Clone, Copy, Debug)]
struct Named<'a> {
    entry: &'a CatalogEntry,
    stream: Option<&'a str>,
}

fn named<'a>(catalogs: &'a HostCatalogs, typed: &'a str) -> Option<Named<'a>> {
    if let Some(entry) = catalogs.catalogs.entry(typed) {
        return Some(Named { entry, stream: None });
    }
    let (id, stream) = typed.split_once(':')?;
    Some(Named { entry: catalogs.catalogs.entry(id)?, stream: Some(stream) })
}

impl Named<'_> {
    fn on(self, catalogs: &HostCatalogs, host: &Snapshot) -> Result<ChosenImage, Failure> {
        let asked = match self.stream {
            Some(stream) => self.of_stream(stream, catalogs, host)?,
            None => self.of_any_stream(catalogs, host)?,
        };
        let target = resolve_image(host, &asked).map_err(ClientError::Refused)?;
        Ok(ChosenImage { asked, target })
    }

    fn of_stream(self, id: &str, catalogs: &HostCatalogs, host: &Snapshot) -> Result<String, Failure> {
        let entry = self.entry;
        let Some(stream) = entry.stream(id) else {
            let candidates = entry.streams.iter().map(|stream| format!("{}:{}", entry.id, stream.id)).collect();
            return Err(Failure::UnknownEntry { id: format!("{}:{id}", entry.id), candidates });
        };
        let reference = catalogs.reference(entry, stream, host).filter(|_| entry.is_for(&catalogs.architecture));
        reference.ok_or_else(|| self.not_here(catalogs))
    }

    /// The stream that runs, where that is one of this entry; else what is nearest to it.
    fn of_any_stream(self, catalogs: &HostCatalogs, host: &Snapshot) -> Result<String, Failure> {
        let here = catalogs.here.as_ref().filter(|here| here.entry == self.entry.id);
        if let Some(stream) = here.and_then(|here| here.stream.as_deref()) {
            return self.of_stream(stream, catalogs, host);
        }
        let found = catalogs.switch_to(self.entry, host).map(|to| to.reference);
        // All of it may be followed already; what then comes of it says so.
        let any = || self.entry.streams.iter().find_map(|stream| catalogs.reference(self.entry, stream, host));
        let found = found.or_else(|| any().filter(|_| self.entry.is_for(&catalogs.architecture)));
        found.ok_or_else(|| self.not_here(catalogs))
    }

    /// There is nothing of it that this computer can follow.
    fn not_here(self, catalogs: &HostCatalogs) -> Failure {
        let entry = self.entry;
        if entry.status == Status::Discontinued || entry.is_for(&catalogs.architecture) {
            return Failure::NotForThisComputer {
                id: entry.id.clone(),
                published: entry.status != Status::Discontinued,
            };
        }
        Failure::Service(ClientError::Refused(Refusal::WrongArchitecture {
            reference: entry.id.clone(),
            found: entry.architectures.first().cloned(),
            expected: Some(catalogs.architecture.clone()),
            detail: String::new(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::Backend;

    use super::*;
    use crate::render::catalog::samples::running;

    /// What is asked for, or why nothing is, on a computer that runs this.
    fn asked((entry, stream): (&str, Option<&str>), backend: Backend, typed: &str) -> String {
        let (catalogs, mut host) = running(entry, stream);
        host.host.backend = backend;
        let Some(named) = named(&catalogs, typed) else { return "no entry".into() };
        match named.on(&catalogs, &host) {
            Ok(chosen) => chosen.asked,
            Err(Failure::UnknownEntry { candidates, .. }) => candidates.join(" "),
            Err(Failure::Service(ClientError::Refused(refusal))) => refusal.code(),
            Err(Failure::NotForThisComputer { published, .. }) => {
                if published { "another form" } else { "published no more" }.into()
            }
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn an_entry_stands_for_what_this_computer_can_follow_of_it() {
        let gnome = ("example-gnome", Some("10"));
        let mate = ("example-mate", None);
        for (here, typed, expected) in [
            (gnome, "example-sway", "quay.io/example/sway:11"),
            (gnome, "example-gnome:next", "quay.io/example/gnome:next"),
            (gnome, "example-gnome", "quay.io/example/gnome:10"),
            (mate, "example-gnome", "quay.io/example/gnome:11"),
            (gnome, "example-gnome:9", "example-gnome:11 example-gnome:10 example-gnome:next"),
            (gnome, "example-kde", "wrong-architecture"),
            (gnome, "example-kde:11", "wrong-architecture"),
            (gnome, "example-mate", "published no more"),
            (gnome, "example", "no entry"),
            (gnome, "example:11", "no entry"),
        ] {
            assert_eq!(asked(here, Backend::Bootc, typed), expected, "{typed}");
        }
        for (typed, expected) in
            [("example-gnome:11", "example:example/11/x86_64/gnome"), ("example-sway:11", "another form")]
        {
            assert_eq!(asked(mate, Backend::Ostree, typed), expected, "{typed}");
        }
    }
}
