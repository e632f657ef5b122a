// SPDX-License-Identifier: GPL-3.0-or-later
//! A program that has told rpm-ostree that it drives the updates.

use isotope_client::{SwitchOptions, UpdateOptions};
use isotope_lab::{Backend, PolkitPreset};
use isotope_model::{OperationKind, Outcome, Refusal};
use isotope_tests::Computer;

use super::{done, text, update};

#[tokio::test]
async fn updates_are_left_to_a_registered_driver_and_the_person_is_told_what_to_do() {
    let computer = Computer::start_on(Backend::RpmOstreeBranch);
    computer.publish(|publication| publication);
    computer.publish_variant("kde");
    computer.lab().register_update_driver("Zincati", "zincati.service").unwrap();
    let before = computer.fingerprint();
    // Whoever would be asked would be refused with another error.
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let client = computer.client().await;
    let driven = Refusal::UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() };
    let refused = client.update(UpdateOptions::default()).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&driven));
    let refused = client.switch(&computer.reference("kde"), SwitchOptions::default()).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&driven));
    let state = client.state().await.unwrap();
    assert_eq!(state.capabilities[&OperationKind::Update].reason, Some(driven));
    let shown = text(&computer.person().isotopectl(&["status"]));
    assert!(shown.contains("Zincati"), "{shown}");
    let shown = text(&computer.person().isotopectl(&["update"]));
    assert!(shown.contains("Zincati") && shown.contains("systemctl stop zincati.service"), "{shown}");
    assert_eq!(computer.fingerprint(), before);
    computer.lab().set_polkit(PolkitPreset::Allow).unwrap();
    let outcome = done(computer.client().await.check().await).await;
    assert!(matches!(outcome, Outcome::UpdateAvailable { .. }), "to look is nobody's business: {outcome:?}");

    computer.lab().unregister_update_driver().unwrap();
    assert!(matches!(update(&computer).await, Outcome::Staged { .. }));
}
