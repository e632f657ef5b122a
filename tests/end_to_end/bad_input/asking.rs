// SPDX-License-Identifier: GPL-3.0-or-later
//! What is asked of the service in each case.

use std::future::Future;
use std::pin::Pin;

use isotope_client::{Client, ClientError, Operation, SwitchOptions, UpdateOptions};
use isotope_lab::Availability;
use isotope_model::dictionary::Dictionary;
use isotope_model::names::{BUS_NAME, INTERFACE, OBJECT_PATH};
use isotope_model::{Outcome, Phase, Refusal, StateToken};
use isotope_tests::Computer;
use zbus::zvariant::OwnedValue;

use super::spoiling::remote;

/// The codes of refusals, once they have come.
pub(super) type Refusals<'a> = Pin<Box<dyn Future<Output = Vec<String>> + 'a>>;

fn code(error: &ClientError) -> String {
    match error.refusal() {
        Some(refusal) => refusal.code(),
        None => error.to_string(),
    }
}

async fn end(started: Result<Operation, ClientError>) -> String {
    match started {
        Err(error) => code(&error),
        Ok(operation) => match operation.follow(|_| {}).await {
            Ok(Outcome::Failed { refusal: Refusal::Failed { detail } }) => format!("failed: {detail}"),
            Ok(Outcome::Failed { refusal }) => refusal.code(),
            Ok(other) => format!("{other:?}"),
            Err(error) => code(&error),
        },
    }
}

pub(super) async fn update(computer: &Computer) -> Vec<String> {
    vec![end(computer.client().await.update(UpdateOptions::default()).await).await]
}

pub(super) fn switch<'a>(computer: &'a Computer, images: &'static [&'static str]) -> Refusals<'a> {
    Box::pin(async move {
        let client = computer.client().await;
        let mut codes = Vec::new();
        for image in images {
            // A bus text has no zero byte; the nearest is to end there.
            let image = image.replace('\0', "\u{1}");
            codes.push(end(client.switch(&image, SwitchOptions::default()).await).await);
        }
        codes
    })
}

pub(super) fn switch_to<'a>(computer: &'a Computer, variant: &'static str) -> Refusals<'a> {
    Box::pin(async move {
        let image = computer.reference(variant);
        vec![end(computer.client().await.switch(&image, SwitchOptions::default()).await).await]
    })
}

pub(super) fn deploy<'a>(computer: &'a Computer, versions: &'static [&'static str]) -> Refusals<'a> {
    Box::pin(async move {
        let client = computer.client().await;
        let mut codes = Vec::new();
        for version in versions {
            codes.push(end(client.deploy(version, None).await).await);
        }
        codes
    })
}

async fn call<B>(client: &Client, method: &str, body: &B) -> String
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    let called = client.connection().call_method(Some(BUS_NAME), OBJECT_PATH, Some(INTERFACE), method, body).await;
    match called {
        Ok(_) => "taken".into(),
        Err(error) => code(&ClientError::from(error)),
    }
}

fn text(text: &str) -> OwnedValue {
    OwnedValue::from(zbus::zvariant::Str::from(text.to_owned()))
}

pub(super) async fn huge_arguments(computer: &Computer) -> Vec<String> {
    let client = computer.client().await;
    let huge = "a".repeat(4 << 20);
    let none = Dictionary::new();
    let mut codes = Vec::new();
    for method in ["Switch", "Deploy", "SetDefault", "Pin", "Unpin", "Remove", "GetDetails", "GetConfigurationChanges"]
    {
        codes.push(call(&client, method, &(huge.as_str(), &none)).await);
    }
    for method in ["Check", "Update", "RollBack", "Discard", "CleanUp"] {
        codes.push(call(&client, method, &(Dictionary::from([("state-token".to_owned(), text(&huge))]),)).await);
        codes.push(call(&client, method, &(Dictionary::from([(huge.clone(), text("x"))]),)).await);
    }
    codes
}

pub(super) async fn option(computer: &Computer, name: &str, value: OwnedValue) -> Vec<String> {
    let client = computer.client().await;
    let id = client.snapshot().await.unwrap().booted().unwrap().id.to_string();
    let options = || Dictionary::from([(name.to_owned(), value.try_clone().unwrap())]);
    let mut codes = Vec::new();
    for method in ["Check", "ListVersions", "Update", "RollBack", "Discard", "CleanUp"] {
        codes.push(call(&client, method, &(options(),)).await);
    }
    for method in ["SetDefault", "Pin", "Unpin", "Remove"] {
        codes.push(call(&client, method, &(id.as_str(), options())).await);
    }
    codes.push(call(&client, "Switch", &(computer.reference("kde").as_str(), options())).await);
    codes.push(call(&client, "Deploy", &("10.2", options())).await);
    codes
}

pub(super) async fn wrong_type(computer: &Computer) -> Vec<String> {
    let client = computer.client().await;
    let none = Dictionary::new();
    let mut codes = vec![call(&client, "Switch", &(5u32, &none)).await, call(&client, "Pin", &(true, &none)).await];
    codes.push(call(&client, "Remove", &none).await);
    codes.push(call(&client, "Check", &"text").await);
    codes
}

pub(super) async fn stale_token(computer: &Computer) -> Vec<String> {
    let client = computer.client().await;
    let stale = || Some(StateToken("of another time".into()));
    let id = client.snapshot().await.unwrap().booted().unwrap().id.clone();
    let options = || UpdateOptions { token: stale(), ..UpdateOptions::default() };
    let kde = computer.reference("kde");
    vec![
        end(client.update(options()).await).await,
        end(client.switch(&kde, SwitchOptions { token: stale(), ..SwitchOptions::default() }).await).await,
        end(client.deploy("10.2", stale()).await).await,
        end(client.pin(&id, stale()).await).await,
        end(client.remove(&id, stale()).await).await,
        end(client.set_default(&id, stale()).await).await,
        end(client.clean_up(stale()).await).await,
    ]
}

/// Another program holds the lock: what is asked waits in sight, and can be cancelled.
pub(super) async fn two_writers(computer: &Computer) -> Vec<String> {
    computer.publish(|publication| publication);
    remote(computer, Availability::Stalled);
    let mut other = computer.update_by_another();
    let client = computer.client().await;
    let id = client.snapshot().await.unwrap().booted().unwrap().id.clone();
    let mut codes = Vec::new();
    // Until the other one has the lock, what is asked for would simply be done.
    while computer.lock_is_free() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for which in ["pin", "clean up", "update"] {
        let started = match which {
            "pin" => client.pin(&id, None).await,
            "clean up" => client.clean_up(None).await,
            _ => client.update(UpdateOptions::default()).await,
        };
        let running = Computer::wait_for_phase(started.unwrap(), Phase::Waiting).await.unwrap();
        codes.push(format!("waits for {}", running.status.progress.waits_for.unwrap_or_default()));
        running.operation.cancel().await.unwrap();
        let outcome = running.operation.follow(|_| {}).await.unwrap();
        assert!(matches!(outcome, Outcome::Cancelled { .. }), "{which}: {outcome:?}");
    }
    other.kill().unwrap();
    other.wait().unwrap();
    codes
}
