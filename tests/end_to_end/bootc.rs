// SPDX-License-Identifier: GPL-3.0-or-later
//! What only computers that follow container images have. What came of it is read from the sysroot, whatever bootc says.

mod cancelling;
mod facts;
mod faults;
mod other_programs;
mod refusals;
mod registry;
mod signatures;
mod soft_restart;
mod trust;

use isotope_client::{ClientError, Operation, SwitchOptions, UpdateOptions};
use isotope_model::{Outcome, Refusal};
use isotope_tests::Computer;

/// What a person asks for, in the ways that let bootc pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Update,
    Switch,
}

const WISHES: [Wish; 2] = [Wish::Update, Wish::Switch];

impl Wish {
    /// The variant whose image is pulled.
    fn variant(self) -> &'static str {
        match self {
            Self::Update => "gnome",
            Self::Switch => "kde",
        }
    }

    /// How bootc calls it.
    fn verb(self) -> &'static str {
        match self {
            Self::Update => "upgrade",
            Self::Switch => "switch",
        }
    }

    async fn start(self, computer: &Computer) -> Result<Operation, ClientError> {
        let client = computer.client().await;
        match self {
            Self::Update => client.update(UpdateOptions::default()).await,
            Self::Switch => client.switch(&computer.reference("kde"), SwitchOptions::default()).await,
        }
    }

    async fn fulfil(self, computer: &Computer) -> Outcome {
        done(self.start(computer).await).await
    }

    async fn refused(self, computer: &Computer) -> Refusal {
        match self.fulfil(computer).await {
            Outcome::Failed { refusal } => refusal,
            other => panic!("{self:?} is not refused: {other:?}"),
        }
    }
}

async fn done(started: Result<Operation, ClientError>) -> Outcome {
    started.unwrap().follow(|_| {}).await.unwrap()
}

/// The snapshot of the service shows what the sysroot has as staged.
async fn assert_snapshot_is_true(computer: &Computer, told: &str) {
    let snapshot = computer.client().await.snapshot().await.unwrap();
    let shown = snapshot.staged().map(|staged| staged.id.checksum().to_owned());
    assert_eq!(shown, computer.staged().map(|staged| staged.checksum), "{told}");
    assert!(!snapshot.changing, "{told}");
}
