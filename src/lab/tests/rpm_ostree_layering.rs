// SPDX-License-Identifier: GPL-3.0-or-later
//! Layered packages: the machine's rpm-ostree makes a commit of its own with them.

#[path = "fixture/lab.rs"]
mod fixture;
#[path = "fixture/rpm_ostree.rs"]
mod rpm_ostree;

use fixture::ok;
use isotope_lab::{Backend, Lab, LabOptions};
use rpm_ostree::{Daemon, deployments, kinds, machine, recorded_kinds, recorded_properties, string};
use zbus::zvariant::OwnedValue;

fn packages(deployment: &OwnedValue) -> Vec<String> {
    deployment.try_clone().unwrap().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rpm_ostree_layers_packages_and_takes_them_away() {
    for backend in [Backend::RpmOstree, Backend::RpmOstreeBranch] {
        let lab = machine(backend);
        let base = lab.booted().unwrap().unwrap().checksum;
        lab.layer_packages(&["htop", "vim-enhanced"]).unwrap();
        let daemon = Daemon::of(&lab).await;
        let staged = deployments(&daemon).await.remove(0);
        assert_eq!(packages(&staged["requested-packages"]), ["htop", "vim-enhanced"]);
        assert_eq!(packages(&staged["packages"]), ["htop", "vim-enhanced"]);
        assert_eq!(string(&staged, "base-checksum"), base);
        if backend == Backend::RpmOstree {
            let recorded = &recorded_properties("getall-16-layered-staged");
            let (_, sysroot) = recorded.as_object().unwrap().iter().find(|(key, _)| key.ends_with(".Sysroot")).unwrap();
            assert_eq!(kinds(&staged), recorded_kinds(&sysroot["Deployments"][0]));
        }
        lab.restart().unwrap();
        let booted = lab.booted().unwrap().unwrap();
        assert_eq!((booted.checksum == base, booted.checksum), (false, string(&staged, "checksum")));
        let origin = ok(&lab, "root", &["sh", "-c", "cat /ostree/deploy/lab/deploy/*.origin"]);
        assert!(origin.contains("[packages]\nrequested=htop;vim-enhanced;\n"), "{origin}");
        let database = ok(&lab, "person", &["rpm", "--query", "--all"]);
        assert!(database.contains("htop") && database.contains("lab-release"), "{database}");

        lab.unlayer_packages().unwrap();
        lab.restart().unwrap();
        assert_eq!(lab.booted().unwrap().unwrap().checksum, base);
        lab.unlayer_packages().unwrap();
    }
}

#[test]
fn with_bootc_beside_it_rpm_ostree_is_in_charge_of_what_it_has_layered() {
    let options = LabOptions { backend: Backend::RpmOstree, with_bootc: true, ..fixture::options() };
    let lab = Lab::create(options).unwrap();
    lab.boot().unwrap();
    let charge = || {
        let status = ok(&lab, "person", &["isotopectl", "status", "--json"]);
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        let host = &status["snapshot"]["host"];
        (host["backend"].as_str().unwrap().to_owned(), host["backend-reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(charge(), ("bootc".to_owned(), "container".to_owned()));
    lab.layer_packages(&["htop"]).unwrap();
    lab.restart().unwrap();
    assert_eq!(charge(), ("rpm-ostree".to_owned(), "changed-by-rpm-ostree".to_owned()));
}

#[test]
fn packages_that_nobody_has_are_not_layered() {
    let lab = Lab::create(LabOptions { backend: Backend::RpmOstreeBranch, ..fixture::options() }).unwrap();
    assert!(lab.layer_packages(&["htop"]).is_err(), "the machine is off");
    lab.boot().unwrap();
    assert!(lab.layer_packages(&["a;b"]).is_err());
    let said = lab.layer_packages(&["no-such-package"]).unwrap_err().to_string();
    assert!(said.contains("Packages not found: no-such-package"), "{said}");
}
