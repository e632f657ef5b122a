// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree, and whoever had it do that, has changed in a deployment on this computer.

use gettextrs::gettext;
use isotope_model::{Deployment, Layered, Unlocked};

use super::lists::list_of;

/// So many names are listed before the rest is only counted, where little room is.
const FEW: usize = 8;

/// What was changed, one line for each kind of change, without a full stop: `Added: htop, vim`. Long lists are cut short.
pub fn layered(layered: &Layered) -> Vec<String> {
    lines(layered, FEW)
}

/// The same with all names.
pub fn layered_in_full(layered: &Layered) -> Vec<String> {
    lines(layered, usize::MAX)
}

fn lines(layered: &Layered, most: usize) -> Vec<String> {
    let packages = |text: String, names: &[String]| {
        (!names.is_empty()).then(|| text.replace("{packages}", &list_of(names, 0, most)))
    };
    let kinds = [
        // Translators: {packages} is a list of names of packages that rpm-ostree has added to the image.
        packages(gettext("Added: {packages}"), &layered.packages),
        // Translators: {packages} is a list of names of packages that were added from files, not from a repository.
        packages(gettext("Added from files: {packages}"), &layered.local_packages),
        // Translators: {packages} is a list of names of packages that rpm-ostree has taken out of the image.
        packages(gettext("Removed: {packages}"), &layered.removed),
        // Translators: {packages} is a list of names of packages for which rpm-ostree has put other versions into the image.
        packages(gettext("Replaced: {packages}"), &layered.replaced),
        // Translators: leave “initramfs” as it is; it is what the kernel starts with.
        layered.initramfs.then(|| gettext("The initramfs is made on this computer")),
        (layered.otherwise && layered.names().next().is_none() && !layered.initramfs)
            .then(|| gettext("Changed with rpm-ostree")),
        (layered.otherwise && (layered.names().next().is_some() || layered.initramfs))
            .then(|| gettext("Something else was changed with rpm-ostree, too")),
    ];
    kinds.into_iter().flatten().collect()
}

/// That files of a deployment may differ from what was installed, one line for each reason, without a full stop.
pub fn tampered(deployment: &Deployment) -> Vec<String> {
    let unlocked = deployment.unlocked.map(|unlocked| match unlocked {
        // Translators: the files of the system itself, which else cannot be changed.
        Unlocked::Development => gettext("Opened for changes until the next restart"),
        // Translators: the files of the system itself, which else cannot be changed.
        Unlocked::Hotfix => gettext("Opened for changes until the next update"),
        // Translators: the files of the system itself, which else cannot be changed.
        Unlocked::Transient => gettext("Opened for changes until the next restart, for who asks for it"),
        // Translators: the files of the system itself, which else cannot be changed.
        Unlocked::Unknown => gettext("Opened for changes"),
    });
    let live = deployment.applied_live.then(|| gettext("Packages were changed while it runs, without a restart"));
    unlocked.into_iter().chain(live).collect()
}

#[cfg(test)]
mod tests {
    use isotope_model::DeploymentId;

    use super::*;

    #[test]
    fn each_kind_of_change_has_its_line() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let all = Layered {
            packages: names(&["htop", "vim"]),
            local_packages: names(&["tool-1-1.x86_64"]),
            removed: names(&["firefox"]),
            replaced: names(&["kernel"]),
            initramfs: true,
            otherwise: true,
        };
        assert_eq!(
            layered(&all),
            [
                "Added: htop, vim",
                "Added from files: tool-1-1.x86_64",
                "Removed: firefox",
                "Replaced: kernel",
                "The initramfs is made on this computer",
                "Something else was changed with rpm-ostree, too",
            ]
        );
        assert!(layered(&Layered::default()).is_empty());
        assert_eq!(layered(&Layered { otherwise: true, ..Layered::default() }), ["Changed with rpm-ostree"]);
        let many = Layered { packages: (1..=10).map(|one| one.to_string()).collect(), ..Layered::default() };
        assert_eq!(layered(&many), ["Added: 1, 2, 3, 4, 5, 6, 7, 8 and 2 more"]);
        assert!(layered_in_full(&many)[0].ends_with("9, 10"));
    }

    #[test]
    fn what_was_opened_says_for_how_long() {
        let deployment = Deployment::new(DeploymentId::new("os", "1".repeat(64), 0));
        assert!(tampered(&deployment).is_empty());
        for (unlocked, end) in [
            (Unlocked::Development, "until the next restart"),
            (Unlocked::Hotfix, "until the next update"),
            (Unlocked::Transient, "for who asks for it"),
            (Unlocked::Unknown, "Opened for changes"),
        ] {
            let opened = Deployment { unlocked: Some(unlocked), applied_live: true, ..deployment.clone() };
            let told = tampered(&opened);
            assert!(told.len() == 2 && told[0].ends_with(end) && told[1].ends_with("without a restart"), "{told:?}");
        }
    }
}
