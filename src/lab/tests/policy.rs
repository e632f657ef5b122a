// SPDX-License-Identifier: GPL-3.0-or-later
//! What the service tells of an image's signature is what skopeo, which has the last word, does with the image: on a machine
//! whose policy is replaced again and again.

#[path = "fixture/lab.rs"]
mod fixture;

use std::time::Duration;

use fixture::{bootc_machine, call, words};
use isotope_lab::{Backend, Lab, Publication, Signing};
use serde_json::{Value, json};

const SERVICE: &str = "io.github.isotope_desktop.Isotope1";
const PATH: &str = "/io/github/isotope_desktop/Isotope1";
/// Answers are given again for a second.
const OLD: Duration = Duration::from_millis(1100);
const VARIANTS: [(&str, Signing); 3] =
    [("signed", Signing::Trusted), ("wrongly", Signing::Untrusted), ("unsigned", Signing::None)];

/// State and problem as the service tells them.
fn told(lab: &Lab, image: &str) -> String {
    let command = call(SERVICE, PATH, &format!("{SERVICE}.GetTrust"), &[image, "{}"]);
    let output = lab.run("person", &words(&command)).unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer = String::from_utf8(output.stdout).unwrap();
    let value = |key: &str| {
        let (_, rest) = answer.split_once(&format!("'{key}': <'"))?;
        rest.split_once('\'').map(|(value, _)| value.to_owned())
    };
    [value("state"), value("because")].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Whether skopeo pulls the image, and what it says if it does not.
fn pulled(lab: &Lab, image: &str) -> Result<(), String> {
    let place = "dir:/run/isotope-lab/pulled";
    let copy = ["skopeo", "copy", "--quiet", "--src-tls-verify=false", image, place];
    let output = lab.run("root", &copy).unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

#[test]
fn the_service_tells_of_each_policy_what_skopeo_does_by_it() {
    let lab = bootc_machine(Backend::BootcSigned);
    for (variant, signing) in VARIANTS {
        lab.publish_container(Publication::new(variant, "1").signing(signing)).unwrap();
    }
    let scope = lab.policy_scope().unwrap();
    let host = scope.split('/').next().unwrap().to_owned();
    let key = json!([{
        "type": "sigstoreSigned",
        "keyPath": "/etc/pki/containers/lab.pub",
        "signedIdentity": { "type": "matchRepository" },
    }]);
    let lost = json!([{ "type": "sigstoreSigned", "keyPath": "/etc/pki/containers/lost.pub" }]);
    let (accept, reject) = (json!([{ "type": "insecureAcceptAnything" }]), json!([{ "type": "reject" }]));
    let both = json!([accept[0], key[0]]);
    let docker =
        |default: &Value, scopes: Value| json!({ "default": default, "transports": { "docker": scopes } }).to_string();
    let table = [
        (docker(&reject, json!({ &scope: key })), "verified"),
        (docker(&reject, json!({ &host: key })), "verified"),
        (docker(&reject, json!({ "*.0.0.1": key, "*.0.1": accept })), "verified"),
        (docker(&reject, json!({ "*.1": both })), "verified"),
        (docker(&reject, json!({ "": key })), "default-only"),
        (docker(&key, json!({})), "default-only"),
        (docker(&key, json!({ &scope: accept, &host: reject })), "unchecked"),
        (docker(&reject, json!({ "": accept })), "unchecked"),
        (docker(&accept, json!({ "127.0.0.1": reject, format!("{scope}/o"): reject })), "unchecked"),
        (docker(&accept, json!({ &scope: reject })), "refused rejected"),
        (docker(&accept, json!({ &scope: lost })), "refused key-missing"),
        (docker(&accept, json!({ &scope: [] })), "refused policy-broken"),
        ("{".to_owned(), "refused policy-broken"),
    ];
    for (policy, expected) in table {
        lab.set_policy(&policy).unwrap();
        std::thread::sleep(OLD);
        for (variant, signing) in VARIANTS {
            let name = lab.container_reference(variant, "stable").unwrap();
            let said = told(&lab, &format!("ostree-unverified-registry:{name}"));
            assert_eq!(said, expected, "{policy}");
            let goes_through = match expected {
                "unchecked" => true,
                "verified" | "default-only" => signing == Signing::Trusted,
                _ => false,
            };
            let pulled = pulled(&lab, &format!("docker://{name}"));
            assert_eq!(pulled.is_ok(), goes_through, "{variant}: {pulled:?} {policy}");
        }
    }
    lab.remove_policy().unwrap();
    std::thread::sleep(OLD);
    assert_eq!(told(&lab, ""), "refused policy-missing");
    assert!(pulled(&lab, &format!("docker://{}", lab.container_reference("signed", "stable").unwrap())).is_err());
}
