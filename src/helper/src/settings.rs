// SPDX-License-Identifier: GPL-3.0-or-later
//! How the computer is set: what was set here through the service, else what an administrator wrote down, else what the
//! image builder did. Each setting by itself.

mod news;
mod set_here;

use std::path::Path;

use isotope_model::{AutomaticMode, Settings, SettingsChange};

use self::set_here::SetHere;
use crate::catalogs::Folder;
use crate::state_file;

/// Where the image builder writes it down, and where the administrator does, who is believed rather.
const BUILDERS: &str = "/usr/share/isotope";
const ADMINISTRATORS: &str = "/etc/isotope";
const NAME: &str = "settings.toml";
/// The largest file, in bytes.
const LARGEST: usize = 16 * 1024;

/// How the computer is set now.
pub(crate) fn load() -> Settings {
    let written = written_down(Path::new(BUILDERS), Path::new(ADMINISTRATORS), 0);
    SetHere::load(&state_file::directory()).applied_to(written)
}

/// Sets what the change names, and returns how the computer is set then.
///
/// # Errors
/// The state directory cannot be read, or not be written.
pub(crate) fn change(change: &SettingsChange) -> std::io::Result<Settings> {
    SetHere::change(&state_file::directory(), change)?;
    Ok(load())
}

fn written_down(builders: &Path, administrators: &Path, owner: u32) -> Settings {
    let settings = of_folder(builders, owner).unwrap_or_default().applied_to(&Settings::default());
    // An administrator wanted something else than the builder. As long as nobody knows what, nothing is done.
    let nothing = || SettingsChange { automatic: Some(AutomaticMode::Off), ..SettingsChange::default() };
    of_folder(administrators, owner).unwrap_or_else(nothing).applied_to(&settings)
}

/// What is written down in this folder; nothing where it cannot be understood, or not be believed.
fn of_folder(path: &Path, owner: u32) -> Option<SettingsChange> {
    let file = path.join(NAME);
    let content = (Folder { path, owner }).file(NAME, LARGEST).map_err(|fault| (Vec::new(), fault.to_string()));
    let read = content.and_then(|content| {
        let content = content.unwrap_or_default();
        let change = SettingsChange::from_toml(&String::from_utf8_lossy(&content));
        change.map_err(|problem| (content, problem.to_string()))
    });
    match read {
        Ok(change) => {
            news::is_well(&file);
            Some(change)
        }
        Err((content, problem)) => {
            news::warn_once(&file, &content, &format!("what stands there is left aside: {problem}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn put(folder: &Path, text: &str, mode: u32) {
        fs::create_dir_all(folder).unwrap();
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.join(NAME), text).unwrap();
        fs::set_permissions(folder.join(NAME), Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn an_administrator_says_more_than_the_image_builder_and_each_setting_counts_by_itself() {
        let root = tempfile::tempdir().unwrap();
        let (builder, administrator) = (root.path().join("usr"), root.path().join("etc"));
        let owner = nix::unistd::getuid().as_raw();
        let read = || written_down(&builder, &administrator, owner);
        assert_eq!(read(), Settings::default());
        put(&builder, "automatic = \"download\"\non_metered = true\n", 0o644);
        put(&administrator, "automatic = \"off\"\n", 0o644);
        let both = Settings { automatic: AutomaticMode::Off, on_metered: true, ..Settings::default() };
        assert_eq!(read(), both);
        let wrong = [("automatic = \"restart\"\n", 0o644), ("aut", 0o644), ("automatic = \"check\"\n", 0o666)];
        for (text, mode) in wrong {
            put(&administrator, text, mode);
            assert_eq!(read(), both, "nobody knows what the administrator wants: {text} {mode:o}");
        }
        fs::remove_file(administrator.join(NAME)).unwrap();
        assert_eq!(read().automatic, AutomaticMode::Download);
        put(&builder, "automatic = \"restart\"\n", 0o644);
        assert_eq!(read(), Settings::default(), "what the builder says is left aside");
    }
}
