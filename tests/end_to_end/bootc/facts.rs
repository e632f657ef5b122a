// SPDX-License-Identifier: GPL-3.0-or-later
//! What is told of a computer that follows a container, without asking bootc.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use isotope_client::UpdateOptions;
use isotope_lab::{Backend, PolkitPreset};
use isotope_model::{Backend as ModelBackend, BackendReason, OperationKind, Outcome, Phase, Progress, Refusal};
use isotope_tests::{Computer, FIRST_VERSION};

#[tokio::test]
async fn version_date_digest_and_image_of_every_deployment_are_told() {
    let computer = Computer::start_on(Backend::Bootc);
    let old = computer.booted_image();
    let built = SystemTime::now() - Duration::from_secs(3600);
    let (version, new) = computer.publish(|publication| publication.built(built));
    computer.update().await.unwrap();
    let snapshot = computer.client().await.snapshot().await.unwrap();
    let (staged, booted) = (snapshot.staged().unwrap(), snapshot.booted().unwrap());
    assert_eq!((staged.version.as_deref(), staged.digest.as_deref()), (Some(version.as_str()), Some(new.as_str())));
    assert_eq!(staged.built, Some(built.duration_since(UNIX_EPOCH).unwrap().as_secs()));
    assert_eq!((booted.version.as_deref(), booted.digest.as_deref()), (Some(FIRST_VERSION), Some(old.as_str())));
    assert!(booted.built.is_some_and(|time| time > 1_700_000_000), "{booted:?}");
    assert!(old.starts_with("sha256:") && old.len() == 71, "{old}");
    let reference = computer.followed_reference("gnome");
    for deployment in [staged, booted] {
        assert_eq!(deployment.image.as_ref().map(ToString::to_string).as_deref(), Some(reference.as_str()));
    }
    assert_eq!((staged.variant.as_deref(), booted.variant.as_deref()), (Some("GNOME"), Some("GNOME")));
    let details = computer.client().await.details(&booted.id).await.unwrap();
    assert_eq!(details.kernel_arguments.as_deref(), Some("root=LABEL=lab rw quiet"));
    assert!(details.deployed.is_some_and(|time| time > 1_700_000_000), "{details:?}");
}

#[tokio::test]
async fn the_backend_is_told_with_its_reason() {
    let computer = Computer::start_on(Backend::Bootc);
    let host = computer.client().await.snapshot().await.unwrap().host;
    assert_eq!((host.backend, host.backend_reason), (ModelBackend::Bootc, BackendReason::Container));
    assert!(host.image_based && !host.composefs);
    let output = computer.person().isotopectl(&["status", "-v"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("bootc, because this system follows a container image"), "{text}");
}

#[tokio::test]
async fn a_system_that_rpm_ostree_has_changed_and_that_has_none_is_not_updated_and_nobody_is_asked_for_a_password() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.lab().shut_down().unwrap();
    let mut origin = computer.default_entry().deployment.into_os_string();
    origin.push(".origin");
    let text = std::fs::read_to_string(&origin).unwrap();
    std::fs::write(&origin, format!("{text}\n[packages]\nrequested=vim;\n")).unwrap();
    computer.lab().boot().unwrap();
    computer.publish(|publication| publication);
    let before = computer.fingerprint();

    // Whoever would be asked would be refused with another error.
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let client = computer.client().await;
    let state = client.state().await.unwrap();
    let host = &state.snapshot.host;
    assert_eq!((host.backend, host.backend_reason), (ModelBackend::Unknown, BackendReason::ChangedByRpmOstree));
    let refused = computer.person().isotopectl(&["update", "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    let code = answer["error"]["code"].as_str().unwrap_or_default();
    assert_eq!(code, "locally-modified", "{answer}");
    assert_eq!(state.capabilities[&OperationKind::Update].reason.as_ref().map(Refusal::code).as_deref(), Some(code));
    assert_eq!(computer.fingerprint(), before);
    let shown = computer.person().isotopectl(&["status", "-v"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("none, because packages were layered"), "{shown:?}");
}

#[tokio::test]
async fn an_update_is_one_line_from_the_first_byte_to_the_end() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(3 << 20);
    let operation = computer.client().await.update(UpdateOptions::default()).await.unwrap();
    let mut seen: Vec<Progress> = Vec::new();
    let outcome = operation.follow(|status| seen.push(status.progress.clone())).await.unwrap();
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");

    let phases: Vec<Phase> = seen.iter().map(|progress| progress.phase).collect();
    assert!(phases.is_sorted(), "{phases:?}");
    for phase in [Phase::Pulling, Phase::Importing, Phase::Staging] {
        assert!(phases.contains(&phase), "{phase:?} was not shown: {phases:?}");
    }
    let pulled: Vec<_> = seen.iter().filter(|progress| progress.phase == Phase::Pulling).collect();
    let bytes: Vec<u64> = pulled.iter().filter_map(|progress| progress.bytes).collect();
    assert!(bytes.len() > 2 && bytes.is_sorted(), "{bytes:?}");
    assert!(
        pulled.iter().all(|progress| progress.total_bytes.is_none_or(|total| progress.bytes.unwrap_or(0) <= total))
    );
    assert!(pulled.last().is_some_and(|last| last.total_bytes.is_some_and(|total| total > 8 << 20)), "{pulled:?}");
    assert!(pulled.iter().any(|progress| progress.bytes_per_second.is_some()), "no rate: {pulled:?}");
    let overall: Vec<u16> = seen.iter().filter_map(|progress| progress.overall).collect();
    assert!(overall.is_sorted(), "{overall:?}");
    assert!(overall.first().is_some_and(|first| *first < 200), "{overall:?}");
    assert!(overall.last().is_some_and(|last| *last >= 900 && *last <= Progress::WHOLE), "{overall:?}");
}

#[tokio::test]
async fn a_second_update_by_command_finds_nothing_newer() {
    let computer = Computer::start_on(Backend::Bootc);
    let (_, image) = computer.publish(|publication| publication);
    assert!(computer.person().isotopectl(&["update"]).status.success());
    let staged = computer.staged();
    let again = computer.person().isotopectl(&["update", "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert!(again.status.success() && answer["outcome"]["result"] == "up-to-date", "{answer}");
    assert_eq!(computer.staged(), staged);
    assert_eq!(computer.staged_image(), Some(image));
}

#[tokio::test]
async fn versions_are_not_chosen_on_a_host_that_follows_a_tag() {
    let computer = Computer::start_on(Backend::Bootc);
    // Whoever would be asked would be refused with another error.
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let client = computer.client().await;
    let expected = Refusal::NotWithBackend { backend: ModelBackend::Bootc, composefs: false };
    let error = client.deploy("10.2.1", None).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&expected));
    let capabilities = client.state().await.unwrap().capabilities;
    assert_eq!(capabilities[&OperationKind::Deploy].reason.as_ref(), Some(&expected));
}
