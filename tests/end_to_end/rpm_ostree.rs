// SPDX-License-Identifier: GPL-3.0-or-later
//! What only computers have that rpm-ostree updates. What came of it is read from the sysroot, whatever the daemon says.

mod driver;
mod facts;
mod faults;
mod layers;
mod other_programs;
mod packages;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Output};
use std::time::{Duration, Instant};

use isotope_client::{Client, ClientError, Operation, UpdateOptions};
use isotope_lab::Backend;
use isotope_model::{Outcome, Refusal};
use isotope_tests::Computer;

/// Both kinds of origin.
const ORIGINS: [Backend; 2] = [Backend::RpmOstree, Backend::RpmOstreeBranch];

async fn done(started: Result<Operation, ClientError>) -> Outcome {
    started.unwrap().follow(|_| {}).await.unwrap()
}

fn refusal_of(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Failed { refusal } => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

async fn update(computer: &Computer) -> Outcome {
    done(computer.client().await.update(UpdateOptions::default()).await).await
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Layers packages on the computer, and starts what comes of it.
fn layer(computer: &Computer, packages: &[&str]) {
    computer.lab().layer_packages(packages).unwrap();
    computer.lab().restart().unwrap();
}

/// The next line that another program prints.
fn line_of(program: &mut Child) -> String {
    let mut line = String::new();
    let output = program.stdout.as_mut().expect("its output");
    let mut byte = [0];
    while std::io::Read::read(output, &mut byte).is_ok_and(|read| read == 1) && byte != *b"\n" {
        line.push(char::from(byte[0]));
    }
    line
}

/// The last line that it prints.
fn last_line_of(mut program: Child) -> String {
    let lines = BufReader::new(program.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let last = lines.last().unwrap_or_default();
    program.wait().expect("its end");
    last
}

/// Waits until an operation is in everybody's sight.
async fn operation_in_sight(client: &Client) -> Operation {
    let began = Instant::now();
    loop {
        if let Some(operation) = client.current_operation().await.unwrap() {
            return operation;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "nothing is in sight");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
