// SPDX-License-Identifier: GPL-3.0-or-later
//! What checks an image's signature, and that a switch keeps it.

use isotope_client::SwitchOptions;
use isotope_lab::{Backend, Publication, Signing};
use isotope_model::{Outcome, Refusal, SignatureProblem};
use isotope_tests::Computer;

use super::{WISHES, done};

#[tokio::test]
async fn a_switch_keeps_the_check_of_signatures_and_the_next_update_is_checked_too() {
    let computer = Computer::start_on(Backend::BootcSigned);
    let kde = computer.publish_variant("kde");
    let client = computer.client().await;
    let outcome = done(client.switch(&computer.reference("kde"), SwitchOptions::default()).await).await;
    computer.assert_staged(&outcome, &kde);
    let signed = format!("container-image-reference=ostree-image-signed:docker://{}", computer.reference("kde"));
    let staged = computer.staged().unwrap();
    assert!(staged.origin.contains(&signed), "{}", staged.origin);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), kde);
    assert!(computer.origin(&computer.booted()).contains(&signed), "{}", computer.origin(&computer.booted()));

    computer.publish_as(Publication::new("kde", computer.next_version()).signing(Signing::None));
    let refused = computer.update().await.unwrap();
    assert!(matches!(refused, Outcome::Failed { refusal: Refusal::SignatureRefused { .. } }), "{refused:?}");
    let newer = computer.publish_variant("kde");
    computer.assert_staged(&computer.update().await.unwrap(), &newer);
    assert!(computer.staged().unwrap().origin.contains(&signed));
}

#[tokio::test]
async fn an_unsigned_image_and_one_of_a_foreign_key_are_refused_and_nothing_is_changed() {
    let computer = Computer::start_on(Backend::BootcSigned);
    let before = computer.fingerprint();
    for wish in WISHES {
        for signing in [Signing::None, Signing::Untrusted] {
            computer.publish_as(Publication::new(wish.variant(), computer.next_version()).signing(signing));
            let refusal = wish.refused(&computer).await;
            let Refusal::SignatureRefused { problem, .. } = &refusal else {
                panic!("{wish:?} {signing:?}: {refusal:?}")
            };
            match signing {
                Signing::None => assert_eq!(*problem, SignatureProblem::Missing, "{wish:?}: {refusal:?}"),
                _ => assert!(
                    matches!(problem, SignatureProblem::Invalid | SignatureProblem::UntrustedKey),
                    "{wish:?}: {refusal:?}"
                ),
            }
            assert_eq!(computer.fingerprint(), before, "{wish:?} {signing:?}");
        }
    }
    let checked = done(computer.client().await.check().await).await;
    assert!(matches!(checked, Outcome::Failed { refusal: Refusal::SignatureRefused { .. } }), "{checked:?}");
    let (_, image) = computer.publish(|publication| publication);
    computer.assert_staged(&computer.update().await.unwrap(), &image);
}

#[tokio::test]
async fn a_policy_that_accepts_everything_vouches_for_no_image() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish_variant("kde");
    let before = computer.fingerprint();
    let image = format!("ostree-image-signed:docker://{}", computer.reference("kde"));
    let outcome = done(computer.client().await.switch(&image, SwitchOptions::default()).await).await;
    let Outcome::Failed { refusal: Refusal::SignatureRefused { problem, .. } } = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(*problem, SignatureProblem::NoPolicy);
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn a_check_that_a_switch_cannot_carry_over_is_told_before_anybody_is_asked() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish_variant("kde");
    let before = computer.fingerprint();
    computer.lab().set_polkit(isotope_lab::PolkitPreset::Deny).unwrap();
    let image = format!("ostree-remote-registry:lab:{}", computer.reference("kde"));
    let error = computer.client().await.switch(&image, SwitchOptions::default()).await.unwrap_err();
    assert!(matches!(error.refusal(), Some(Refusal::WouldLoseVerification { .. })), "{error:?}");
    assert_eq!(computer.fingerprint(), before);
}
