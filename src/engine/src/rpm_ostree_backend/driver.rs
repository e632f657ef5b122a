// SPDX-License-Identifier: GPL-3.0-or-later
//! The program that has told rpm-ostree that it drives the updates. rpm-ostree's daemon does not mind what its clients do
//! then: each has to look for itself. Source: rpm-ostree's `src/daemon/rpmostreed-daemon.h` and
//! `src/app/rpmostree-clientlib.cxx`.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use isotope_model::UpdateDriver;
use ostree::glib;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};

use crate::foreign_text::shown;

/// Where it is noted.
const NOTE: &str = "/run/rpm-ostree/update-driver.gv";
/// The longest note, in bytes, and the longest text in it, in characters.
const LONGEST_NOTE: u64 = 16 * 1024;
const LONGEST: usize = 200;
/// systemd answers at once or not at all.
const PATIENCE: Duration = Duration::from_secs(2);

const SYSTEMD: &str = "org.freedesktop.systemd1";
const NO_SUCH_UNIT: &str = "org.freedesktop.systemd1.NoSuchUnit";

/// The program that drives the updates of this computer, where one does and runs. Where systemd cannot be asked, it counts.
pub(crate) fn read() -> Option<UpdateDriver> {
    let driver = registered(Path::new(NOTE), 0)?;
    match is_active(&driver.unit) {
        Ok(active) => active.then_some(driver),
        Err(error) => {
            tracing::warn!("whether {} runs is not known: {error:#}", driver.unit);
            Some(driver)
        }
    }
}

/// What a note says that belongs to `owner`.
fn registered(path: &Path, owner: u32) -> Option<UpdateDriver> {
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK;
    let file = File::options().read(true).custom_flags(flags).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.uid() != owner || metadata.len() > LONGEST_NOTE {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LONGEST_NOTE).read_to_end(&mut bytes).ok()?;
    of_note(&bytes)
}

fn of_note(bytes: &[u8]) -> Option<UpdateDriver> {
    let note = glib::Variant::from_data_with_type(bytes, glib::VariantTy::VARDICT);
    let note = glib::VariantDict::new(Some(&note));
    let text = |key| note.lookup::<String>(key).ok().flatten().map(|text| shown(text.trim(), LONGEST));
    let driver = UpdateDriver { name: text("driver-name")?, unit: text("driver-sd-unit")? };
    (!driver.name.is_empty() && !driver.unit.is_empty()).then_some(driver)
}

/// Asks in a thread of its own: whoever wants to know may have a runtime already, or none.
fn is_active(unit: &str) -> anyhow::Result<bool> {
    let unit = unit.to_owned();
    let asked = std::thread::spawn(move || -> anyhow::Result<bool> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let answer = async {
            let bus = zbus::Connection::system().await.context("the system bus")?;
            ask(&bus, &unit).await
        };
        runtime.block_on(async { tokio::time::timeout(PATIENCE, answer).await.context("systemd does not answer")? })
    });
    asked.join().map_err(|_| anyhow::anyhow!("the question ended early"))?
}

async fn ask(bus: &zbus::Connection, unit: &str) -> anyhow::Result<bool> {
    let manager = ("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager");
    let found = bus.call_method(Some(SYSTEMD), manager.0, Some(manager.1), "GetUnit", &(unit,)).await;
    let path: OwnedObjectPath = match found {
        Ok(reply) => reply.body().deserialize()?,
        Err(zbus::Error::MethodError(name, ..)) if name.as_str() == NO_SUCH_UNIT => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let (properties, what) = ("org.freedesktop.DBus.Properties", ("org.freedesktop.systemd1.Unit", "ActiveState"));
    let reply = bus.call_method(Some(SYSTEMD), path.as_str(), Some(properties), "Get", &what).await?;
    let state: OwnedValue = reply.body().deserialize()?;
    Ok(runs(&String::try_from(state)?))
}

/// A unit in this state does something, or is about to.
fn runs(state: &str) -> bool {
    ["active", "activating", "reloading"].contains(&state)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn note(texts: &[(&str, &str)]) -> Vec<u8> {
        let note = glib::VariantDict::new(None);
        texts.iter().for_each(|(key, text)| note.insert(key, *text));
        note.end().data().to_vec()
    }

    #[test]
    fn a_driver_is_read_from_its_note() {
        let both = note(&[("driver-name", "Zincati"), ("driver-sd-unit", "zincati.service"), ("more", "x")]);
        let zincati = UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() };
        assert_eq!(of_note(&both), Some(zincati.clone()));
        for texts in [&[][..], &[("driver-name", "Zincati")], &[("driver-name", ""), ("driver-sd-unit", "x.service")]] {
            assert_eq!(of_note(&note(texts)), None);
        }
        let odd = note(&[("driver-name", "Z\u{1b}[1m"), ("driver-sd-unit", &"u".repeat(900))]);
        let odd = of_note(&odd).unwrap();
        assert_eq!((odd.name.as_str(), odd.unit.len()), ("Z[1m", LONGEST));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note");
        let us = nix::unistd::getuid().as_raw();
        assert_eq!(registered(&path, us), None);
        std::fs::write(&path, &both).unwrap();
        assert_eq!(registered(&path, us), Some(zincati));
        assert_eq!(registered(&path, us + 1), None, "somebody else's note");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(registered(&link, us), None);
        std::fs::write(&path, vec![0; 20_000]).unwrap();
        assert_eq!(registered(&path, us), None);
    }

    #[test]
    fn only_a_unit_that_runs_counts() {
        for (state, counts) in [
            ("active", true),
            ("activating", true),
            ("reloading", true),
            ("inactive", false),
            ("failed", false),
            ("", false),
        ] {
            assert_eq!(runs(state), counts, "{state}");
        }
    }

    struct Manager;

    #[zbus::interface(name = "org.freedesktop.systemd1.Manager")]
    impl Manager {
        async fn get_unit(&self, name: &str) -> Result<OwnedObjectPath, SystemdError> {
            match name {
                "zincati.service" => Ok(OwnedObjectPath::try_from("/org/freedesktop/systemd1/unit/zincati").unwrap()),
                "denied.service" => Err(SystemdError::AccessDenied(String::new())),
                _ => Err(SystemdError::NoSuchUnit(format!("Unit {name} not loaded."))),
            }
        }
    }

    #[derive(Debug, zbus::DBusError)]
    #[zbus(prefix = "org.freedesktop.systemd1")]
    enum SystemdError {
        #[zbus(error)]
        ZBus(zbus::Error),
        NoSuchUnit(String),
        AccessDenied(String),
    }

    struct Unit;

    #[zbus::interface(name = "org.freedesktop.systemd1.Unit")]
    impl Unit {
        #[zbus(property)]
        fn active_state(&self) -> String {
            "activating".to_owned()
        }
    }

    #[test]
    fn systemd_is_asked_for_the_state_of_the_unit() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let all = runtime.block_on(async {
            let (ours, systemds) = tokio::net::UnixStream::pair().unwrap();
            let systemd = zbus::connection::Builder::unix_stream(systemds)
                .server(zbus::Guid::generate())
                .unwrap()
                .p2p()
                .serve_at("/org/freedesktop/systemd1", Manager)
                .unwrap()
                .serve_at("/org/freedesktop/systemd1/unit/zincati", Unit)
                .unwrap();
            let bus = zbus::connection::Builder::unix_stream(ours).p2p();
            let (bus, _systemd) = tokio::try_join!(bus.build(), systemd.build()).unwrap();
            [ask(&bus, "zincati.service").await, ask(&bus, "x.service").await, ask(&bus, "denied.service").await]
        });
        assert!(matches!(all, [Ok(true), Ok(false), Err(_)]), "{all:?}");
    }

    proptest! {
        #[test]
        fn no_note_brings_it_down(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..200, byte in any::<u8>()) {
            let _ = of_note(&bytes);
            let mut damaged = note(&[("driver-name", "Zincati"), ("driver-sd-unit", "zincati.service")]);
            let at = at % damaged.len();
            damaged[at] = byte;
            let _ = of_note(&damaged);
        }
    }
}
