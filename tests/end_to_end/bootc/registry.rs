// SPDX-License-Identifier: GPL-3.0-or-later
//! A registry is asked without root and without bootc, and where that does not do, bootc's own look decides.

use isotope_client::UpdateOptions;
use isotope_lab::{Availability, Backend, BootcFault, BootcMoment, Login, PolkitPreset, Publication, Signing};
use isotope_model::names::OBJECT_PATH;
use isotope_model::{AvailableUpdate, Outcome, Refusal, TrustProblem, TrustState};
use isotope_tests::{Agent, Answer, Computer, FIRST_VERSION};

use super::done;

/// What the registry was asked since the last time, as method and path, and the bytes of content that it answered.
fn asked(computer: &Computer) -> (Vec<String>, u64) {
    let requests = computer.lab().take_registry_requests().unwrap();
    let bytes = requests.iter().map(|request| request.bytes).sum();
    (requests.into_iter().map(|request| format!("{} {}", request.method, request.path)).collect(), bytes)
}

async fn check(computer: &Computer) -> Outcome {
    done(computer.client().await.check().await).await
}

async fn available(computer: &Computer) -> AvailableUpdate {
    match check(computer).await {
        Outcome::UpdateAvailable { update } => update,
        other => panic!("{other:?}"),
    }
}

/// A check for which bootc is started fails from now on.
fn forbid_bootc(computer: &Computer) {
    computer.lab().set_bootc_fault(BootcFault::Killed, BootcMoment::default(), None).unwrap();
}

/// Nobody reaches the engine while this is set.
fn close_engine(computer: &Computer, closed: bool) {
    let mode = if closed { "000" } else { "600" };
    computer.root(&["chmod", mode, "/run/isotope/engine.sock"]);
}

#[tokio::test]
async fn a_check_that_finds_nothing_new_is_one_request_without_content_and_needs_no_root() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.client().await.snapshot().await.unwrap();
    close_engine(&computer, true);
    for _ in 0..2 {
        asked(&computer);
        assert_eq!(check(&computer).await, Outcome::UpToDate);
        assert_eq!(asked(&computer), (vec!["HEAD /v2/lab/gnome/manifests/stable".to_owned()], 0));
    }
    close_engine(&computer, false);
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert!(snapshot.last_checked.is_some() && snapshot.available.is_none());
}

#[tokio::test]
async fn what_is_new_is_told_with_the_bytes_that_are_really_downloaded_and_found_again_without_content() {
    let computer = Computer::start_on(Backend::Bootc);
    let (version, image) = computer.publish(|publication| publication.payload(3 << 20));
    forbid_bootc(&computer);
    let update = available(&computer).await;
    assert_eq!((update.checksum.as_str(), update.version.as_deref()), (image.as_str(), Some(version.as_str())));
    assert_eq!(update.image.to_string(), computer.followed_reference("gnome"));
    assert!(update.built.is_some());
    asked(&computer);
    assert_eq!(available(&computer).await, update);
    assert_eq!(asked(&computer), (vec!["HEAD /v2/lab/gnome/manifests/stable".to_owned()], 0));
    computer.lab().clear_bootc_fault().unwrap();

    let options = UpdateOptions { expected: Some(image.clone()), ..UpdateOptions::default() };
    computer.assert_staged(&done(computer.client().await.update(options).await).await, &image);
    let requests = computer.lab().take_registry_requests().unwrap();
    let layers: u64 = requests.iter().filter(|one| one.path.contains("/blobs/")).map(|one| one.bytes).sum();
    let told = update.download_bytes.unwrap();
    // The image's configuration is a blob as well, of a few kilobytes; half of the payload can be compressed.
    assert!(told > 1 << 20 && layers >= told && layers < told + (64 << 10), "told {told}, downloaded {layers}");
    assert_eq!(check(&computer).await, Outcome::UpToDate);
    assert_eq!(computer.client().await.snapshot().await.unwrap().available, None);
}

#[tokio::test]
async fn an_image_that_was_found_without_its_signature_is_refused_by_the_check_and_looked_at_anew() {
    let computer = Computer::start_on(Backend::BootcSigned);
    let before = computer.fingerprint();
    computer.publish_as(Publication::new("gnome", computer.next_version()).signing(Signing::None));
    for _ in 0..2 {
        let refused = check(&computer).await;
        assert!(matches!(refused, Outcome::Failed { refusal: Refusal::SignatureRefused { .. } }), "{refused:?}");
    }
    let (_, image) = computer.publish(|publication| publication);
    assert_eq!(available(&computer).await.checksum, image);
    let trust = computer.client().await.trust(None).await.unwrap();
    assert_eq!((trust.state, trust.signed), (TrustState::Verified, Some(true)));
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn where_a_signature_is_demanded_bootc_looks_at_each_new_image_once() {
    let computer = Computer::start_on(Backend::BootcSigned);
    let before = computer.fingerprint();
    let (_, image) = computer.publish(|publication| publication);
    assert_eq!(available(&computer).await.checksum, image);
    forbid_bootc(&computer);
    asked(&computer);
    assert_eq!(available(&computer).await.checksum, image);
    assert_eq!(asked(&computer), (vec!["HEAD /v2/lab/gnome/manifests/stable".to_owned()], 0));

    // A wrong key is found before anybody is told of an update.
    computer.lab().clear_bootc_fault().unwrap();
    computer.publish_as(Publication::new("gnome", computer.next_version()).signing(Signing::Untrusted));
    let refused = check(&computer).await;
    assert!(matches!(refused, Outcome::Failed { refusal: Refusal::SignatureRefused { .. } }), "{refused:?}");
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn a_list_of_images_is_remembered_by_its_own_digest() {
    let computer = Computer::start_on(Backend::Bootc);
    let (_, image) = computer.publish(|publication| publication);
    publish_list(&computer, &image);
    forbid_bootc(&computer);
    assert_eq!(available(&computer).await.checksum, image);
    asked(&computer);
    assert_eq!(available(&computer).await.checksum, image);
    assert_eq!(asked(&computer), (vec!["HEAD /v2/lab/gnome/manifests/stable".to_owned()], 0));
    computer.lab().clear_bootc_fault().unwrap();
    computer.assert_staged(&computer.update().await.unwrap(), &image);
    computer.lab().restart().unwrap();
    for _ in 0..2 {
        asked(&computer);
        assert_eq!(check(&computer).await, Outcome::UpToDate);
        assert_eq!(asked(&computer), (vec!["HEAD /v2/lab/gnome/manifests/stable".to_owned()], 0));
    }
}

/// Puts a list in the place of the tag that is followed: this image, and one for another architecture.
fn publish_list(computer: &Computer, image: &str) {
    let registry = computer.lab().registry_address().unwrap();
    let manifests = format!("http://{registry}/v2/lab/gnome/manifests");
    let ask = |script: &str, arguments: &[&str]| {
        let output =
            std::process::Command::new("python3").args(["-c", script]).args(arguments).output().expect("python3");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    let get = "import sys, urllib.request as r; \
               sys.stdout.buffer.write(r.urlopen(r.Request(sys.argv[1], headers={'Accept': sys.argv[2]})).read())";
    let size = ask(get, &[&format!("{manifests}/{image}"), MANIFEST]).len();
    let architecture = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "amd64" };
    let entry = |architecture: &str| {
        serde_json::json!({
            "mediaType": MANIFEST, "digest": image, "size": size,
            "platform": { "os": "linux", "architecture": architecture },
        })
    };
    const LIST: &str = "application/vnd.oci.image.index.v1+json";
    let list = serde_json::json!({
        "schemaVersion": 2, "mediaType": LIST, "manifests": [entry("s390x"), entry(architecture)],
    });
    let put = "import sys, urllib.request as r; \
               r.urlopen(r.Request(sys.argv[1], sys.argv[3].encode(), {'Content-Type': sys.argv[2]}, method='PUT'))";
    ask(put, &[&format!("{manifests}/stable"), LIST, &list.to_string()]);
}

#[tokio::test]
async fn a_system_that_changes_while_the_dialog_of_a_check_is_open_is_noticed() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish(|publication| publication);
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let token = computer.client().await.snapshot().await.unwrap().token;
    let options = serde_json::json!({ "state-token": token.0 });
    let mut call = computer.person().prepare_with(OBJECT_PATH, "Check", None, &options, true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Wait).unwrap();
    call.make().unwrap();
    agent.asked().unwrap();
    computer.update().await.unwrap();
    agent.approve().unwrap();
    assert_eq!(call.answer().unwrap()["error"], "StateChanged");
}

#[tokio::test]
async fn what_a_registry_says_cannot_end_the_service() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish(|publication| publication.label("org.example.\0name", "a\0b\u{1b}[31m"));
    let client = computer.client().await;
    let preview = client.preview(&computer.reference("gnome")).await.unwrap();
    let label = preview.labels.iter().find(|(name, _)| name.starts_with("org.example")).unwrap();
    assert!(!label.0.chars().chain(label.1.chars()).any(char::is_control), "{label:?}");
    assert!(client.snapshot().await.unwrap().booted().is_some());
}

#[tokio::test]
async fn a_preview_tells_the_image_and_who_vouches_for_it_before_anything_is_downloaded() {
    let computer = Computer::start_on(Backend::BootcSigned);
    let before = computer.fingerprint();
    let version = computer.next_version();
    let image = computer.publish_as(Publication::new("kde", version.clone()).payload(2 << 20));
    let (client, kde) = (computer.client().await, computer.reference("kde"));
    let preview = client.preview(&kde).await.unwrap();
    assert_eq!((preview.digest.as_str(), preview.version.as_deref()), (image.as_str(), Some(version.as_str())));
    assert!(preview.bootable && preview.built.is_some() && preview.architecture.is_some());
    let (size, download) = (preview.size.unwrap(), preview.download_bytes.unwrap());
    assert!(download > 512 << 10 && download < size, "{download} of {size}: what all images share is here");
    assert_eq!((preview.trust.state, preview.trust.signed), (TrustState::Verified, Some(true)));
    assert_eq!(preview.trust.image.to_string(), computer.followed_reference("kde"));

    computer.publish_as(Publication::new("kde", computer.next_version()).signing(Signing::None));
    let trust = client.preview(&kde).await.unwrap().trust;
    assert_eq!((trust.state, trust.problem), (TrustState::Refused, Some(TrustProblem::NotSigned)));
    computer.publish_as(Publication::new("kde", computer.next_version()).not_bootable());
    assert!(!client.preview(&kde).await.unwrap().bootable);
    computer.publish_as(Publication::new("kde", computer.next_version()).architecture("s390x"));
    let refused = client.preview(&kde).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::WrongArchitecture { .. })), "{refused:?}");
    let refused = client.preview(&computer.reference("nothing")).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::ImageNotFound { .. })), "{refused:?}");
    computer.set_remote(Availability::Unavailable);
    let refused = client.preview(&kde).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::Network { .. })), "{refused:?}");
    let refused = client.preview("oci:/var/images").await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::NotWithBackend { .. })), "{refused:?}");
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn tags_are_told_as_people_read_versions_without_signatures() {
    let computer = Computer::start_on(Backend::BootcSigned);
    for version in ["10.10.1", "10.9.1"] {
        computer.publish_as(Publication::new("gnome", version));
    }
    let listed = done(computer.client().await.list_versions().await).await;
    let Outcome::Tags { repository, tags, truncated } = listed else { panic!("{listed:?}") };
    assert_eq!(format!("{repository}:stable"), computer.reference("gnome"));
    let place = |tag: &str| tags.iter().position(|found| found == tag).unwrap_or_else(|| panic!("{tag}: {tags:?}"));
    assert!(place("10.10.1") < place("10.9.1") && place("10.9.1") < place(FIRST_VERSION), "{tags:?}");
    assert!(tags.contains(&"stable".to_owned()) && !tags.iter().any(|tag| tag.starts_with("sha256-")), "{tags:?}");
    assert!(!truncated);
    let recorded = computer.client().await.history(1).await.unwrap();
    assert!(!format!("{recorded:?}").contains("10.9.1"), "what a registry offers is not what was done: {recorded:?}");
}

#[tokio::test]
async fn a_registry_that_wants_a_login_is_asked_with_the_credentials_of_the_host() {
    let computer = Computer::start_on(Backend::Bootc);
    let (_, image) = computer.publish(|publication| publication);
    let login = Login::new("machine", "secret");
    computer.lab().require_login(Some(&login)).unwrap();
    for credentials in [None, Some(Login::new("machine", "wrong"))] {
        computer.lab().set_credentials(credentials.as_ref()).unwrap();
        let refused = check(&computer).await;
        assert!(matches!(refused, Outcome::Failed { refusal: Refusal::AccessDenied { .. } }), "{refused:?}");
        let refused = computer.client().await.preview(&computer.reference("gnome")).await.unwrap_err();
        assert!(matches!(refused.refusal(), Some(Refusal::AccessDenied { .. })), "{refused:?}");
    }
    assert_eq!(computer.staged(), None);
    computer.lab().set_credentials(Some(&login)).unwrap();
    forbid_bootc(&computer);
    assert_eq!(available(&computer).await.checksum, image);
    assert_eq!(computer.client().await.preview(&computer.reference("gnome")).await.unwrap().digest, image);
    computer.lab().clear_bootc_fault().unwrap();
    computer.assert_staged(&computer.update().await.unwrap(), &image);
}

#[tokio::test]
async fn where_the_lookup_cannot_know_bootc_decides() {
    let computer = Computer::start_on(Backend::Bootc);
    let (version, image) = computer.publish(|publication| publication);
    let found = |update: AvailableUpdate| (update.checksum, update.version);
    let expected = (image, Some(version));
    computer.root(&["mv", "/run/isotope/lookup.sock", "/run/isotope/elsewhere"]);
    assert_eq!(found(available(&computer).await), expected);
    assert!(asked(&computer).0.iter().any(|one| one.starts_with("GET ")), "bootc asks in its own way");
    let refused = done(computer.client().await.list_versions().await).await;
    assert!(matches!(refused, Outcome::Failed { refusal: Refusal::WorkerLost { .. } }), "{refused:?}");
    computer.root(&["mv", "/run/isotope/elsewhere", "/run/isotope/lookup.sock"]);
    forbid_bootc(&computer);
    assert_eq!(found(available(&computer).await), expected);
}

#[tokio::test]
async fn nobody_but_the_helpers_user_reaches_the_lookup_and_it_runs_without_privilege() {
    let computer = Computer::start_on(Backend::Bootc);
    let connect = ["python3", "-c", "import socket; socket.socket(socket.AF_UNIX).connect('/run/isotope/lookup.sock')"];
    for user in ["person", "administrator", "isotope-lookup", "nobody"] {
        assert!(!computer.lab().run(user, &connect).unwrap().status.success(), "{user} got in");
    }
    assert!(computer.lab().run("isotope", &connect).unwrap().status.success());
    computer.set_remote(Availability::Stalled);
    let operation = computer.client().await.check().await.unwrap();
    let running = Computer::wait_for_phase(operation, isotope_model::Phase::Checking).await.unwrap();
    let began = std::time::Instant::now();
    let process = loop {
        match computer.lab().processes("isotope-lookup").unwrap().as_slice() {
            [process, ..] => break *process,
            [] => assert!(began.elapsed().as_secs() < 20, "no lookup runs"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let user = computer.root(&["id", "-u", "isotope-lookup"]);
    let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
    assert!(field("Uid:").split_whitespace().all(|id| id == user), "{}", field("Uid:"));
    assert_eq!((field("CapEff:"), field("CapPrm:")), ("0000000000000000".to_owned(), "0000000000000000".to_owned()));
    running.operation.cancel().await.unwrap();
    running.operation.follow(|_| {}).await.unwrap();
    let began = std::time::Instant::now();
    while !computer.lab().processes("isotope-lookup").unwrap().is_empty() {
        assert!(began.elapsed().as_secs() < 20, "the lookup goes on without anybody who waits for it");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
