// SPDX-License-Identifier: GPL-3.0-or-later
//! What stands in an image for the program that shows the login screen.

use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// The program that shows the login screen. Images of a lab have its unit, the link that says that it is the one, and the
/// line that makes its user; the program itself they have not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisplayManager {
    /// GNOME's.
    Gdm,
    /// KDE's.
    Sddm,
}

impl DisplayManager {
    /// The one that a variant has unless a publication says otherwise.
    pub(crate) fn of_variant(variant: &str) -> Option<Self> {
        match variant {
            "gnome" => Some(Self::Gdm),
            "kde" => Some(Self::Sddm),
            _ => None,
        }
    }

    /// Its unit, for example `gdm.service`.
    pub fn unit(self) -> String {
        format!("{}.service", self.user())
    }

    /// The user that its login screen runs as.
    pub fn user(self) -> &'static str {
        match self {
            Self::Gdm => "gdm",
            Self::Sddm => "sddm",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Gdm => "GNOME Display Manager",
            Self::Sddm => "Simple Desktop Display Manager",
        }
    }

    /// Writes it into the tree of an image.
    pub(crate) fn write(self, tree: &Path, with_sysusers: bool) -> Result<()> {
        let (user, unit, description) = (self.user(), self.unit(), self.description());
        let units = tree.join("usr/lib/systemd/system");
        std::fs::create_dir_all(&units)?;
        let text = format!(
            "[Unit]\nDescription={description}\n\n[Service]\nExecStart=/usr/sbin/{user}\n\n\
             [Install]\nAlias=display-manager.service\n"
        );
        std::fs::write(units.join(&unit), text)?;
        let links = tree.join("usr/etc/systemd/system");
        std::fs::create_dir_all(&links)?;
        symlink(format!("/usr/lib/systemd/system/{unit}"), links.join("display-manager.service"))?;
        if with_sysusers {
            let users = tree.join("usr/lib/sysusers.d");
            std::fs::create_dir_all(&users)?;
            std::fs::write(
                users.join(format!("{user}.conf")),
                format!("u {user} - \"{description}\" /var/lib/{user}\n"),
            )?;
        }
        Ok(())
    }
}
