// SPDX-License-Identifier: GPL-3.0-or-later
//! The catalogs of this computer: the vendors', and the administrator's, whose file takes the place of a vendor's with the
//! same name.

mod folder;
mod host_files;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use isotope_model::catalog::{image_architecture, recognise};
use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::{Catalog, CatalogError, Catalogs, HostCatalogs, OsRelease, Refusal, Snapshot, StateToken};
use nix::fcntl::OFlag;
use serde::{Serialize, Serializer};
use zbus::zvariant::Type;

pub(crate) use self::folder::Folder;

/// Where vendors have theirs, and where administrators have theirs.
const VENDORS: &str = "/usr/share/isotope/catalogs.d";
const ADMINISTRATORS: &str = "/etc/isotope/catalogs.d";
const OS_RELEASE: &str = "/etc/os-release";
/// They are good for this long: nobody makes the service parse all the time, and an administrator sees what came of a
/// change.
const FRESH: Duration = Duration::from_secs(2);

/// Keeps what was read last. Held while they are read, so that those who ask at the same time share it.
#[derive(Debug, Default)]
pub(crate) struct CatalogReader {
    last: tokio::sync::Mutex<Option<Read>>,
}

#[derive(Clone, Debug)]
struct Read {
    when: Instant,
    token: StateToken,
    known: Arc<HostCatalogs>,
    told: Told,
}

/// The catalogs as they travel: made once, for all who ask.
#[derive(Clone, Debug, Type)]
#[zvariant(signature = "a{sv}")]
pub(crate) struct Told(Arc<Dictionary>);

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl CatalogReader {
    /// The catalogs, and what this host is in their words.
    ///
    /// # Errors
    /// They cannot travel, or reading them did not come to an end.
    pub(crate) async fn read(&self, host: Arc<Snapshot>) -> Result<Told, Refusal> {
        Ok(self.newest(host).await?.told)
    }

    /// The same for this service itself.
    ///
    /// # Errors
    /// As with [`Self::read`].
    pub(crate) async fn known(&self, host: Arc<Snapshot>) -> Result<Arc<HostCatalogs>, Refusal> {
        Ok(self.newest(host).await?.known)
    }

    /// The picture of an entry; nothing where there is none.
    ///
    /// # Errors
    /// As with [`Self::read`].
    pub(crate) async fn picture(&self, host: Arc<Snapshot>, entry: String) -> Result<Vec<u8>, Refusal> {
        let catalogs = self.known(host).await?;
        let name = catalogs.catalogs.entry(&entry).and_then(|entry| entry.screenshot.clone());
        let Some(name) = name else { return Ok(Vec::new()) };
        let read = tokio::task::spawn_blocking(move || host_files::picture(&name)).await;
        read.map_err(|error| Refusal::Failed { detail: error.to_string() })
    }

    async fn newest(&self, host: Arc<Snapshot>) -> Result<Read, Refusal> {
        let mut last = self.last.lock().await;
        if let Some(last) = last.as_ref().filter(|last| last.when.elapsed() < FRESH && last.token == host.token) {
            return Ok(last.clone());
        }
        let (when, token) = (Instant::now(), host.token.clone());
        let failed = |error: &dyn std::fmt::Display| Refusal::Failed { detail: error.to_string() };
        let reading = tokio::task::spawn_blocking(move || {
            let known = read(&host);
            to_dictionary(&known).map(|told| (Arc::new(known), Told(Arc::new(told))))
        });
        let (known, told) = reading.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        let newest = Read { when, token, known, told };
        *last = Some(newest.clone());
        Ok(newest)
    }
}

fn read(host: &Snapshot) -> HostCatalogs {
    let catalogs = of_folders([Path::new(VENDORS), Path::new(ADMINISTRATORS)], 0);
    let here = recognise(&catalogs, host, &os_release(Path::new(OS_RELEASE)));
    let architecture = image_architecture(std::env::consts::ARCH).to_owned();
    HostCatalogs { catalogs, here, architecture, switching: host_files::switching() }
}

/// The catalogs of these folders that belong to this user; a later folder overrides an earlier one.
fn of_folders(folders: [&Path; 2], owner: u32) -> Catalogs {
    let mut files = BTreeMap::new();
    let mut problems = Vec::new();
    for path in folders {
        let (found, wrong) = Folder { path, owner }.files();
        problems.extend(wrong);
        files.extend(found.into_iter().map(|file| (file.name, (file.path, file.content))));
    }
    let read = |(path, content): (String, Vec<u8>)| {
        let catalog = Catalog::from_bytes(&path, &content);
        (path, catalog)
    };
    // A file without content is there to hide a vendor's.
    let seen = files.into_values().filter(|(_, content)| !content.trim_ascii().is_empty());
    let read: Vec<(String, Result<Catalog, CatalogError>)> = seen.map(read).collect();
    let mut catalogs = Catalogs::merge(read);
    catalogs.problems.extend(problems);
    catalogs
}

fn os_release(path: &Path) -> OsRelease {
    let mut text = Vec::new();
    let file = std::fs::OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path);
    let read = file.and_then(|file| file.take(OsRelease::LONGEST_FILE).read_to_end(&mut text));
    read.map(|_| OsRelease::parse(&String::from_utf8_lossy(&text))).unwrap_or_default()
}

#[cfg(test)]
mod tests;
