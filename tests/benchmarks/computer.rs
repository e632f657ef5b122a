// SPDX-License-Identifier: GPL-3.0-or-later
//! What a person waits for at a computer.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use isotope_lab::Backend;
use isotope_model::Outcome;
use isotope_tests::Computer;

use crate::made_up;
use crate::stopwatch::{measure, print};

/// Longer than the service keeps what it has read.
const STALE: Duration = Duration::from_millis(2200);
const ROUNDS: usize = 5;

/// Measures and prints it.
pub(crate) async fn all() -> Result<()> {
    let computer = Computer::start_on(Backend::Bootc);
    for (name, text) in made_up::catalogs(1000) {
        computer.lab().write_catalog(&name, &text)?;
    }
    // `stable` and the version are there already.
    computer.lab().tag_container("gnome", "stable", made_up::tags(9_998))?;
    let client = computer.client().await;

    let mut entries = 0;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        tokio::time::sleep(STALE).await;
        let began = Instant::now();
        let catalogs = client.catalogs().await?.catalogs;
        times.push(began.elapsed());
        ensure!(catalogs.problems.is_empty(), "{:?}", catalogs.problems);
        entries = catalogs.entries.len();
    }
    ensure!(entries >= 1000, "{entries} entries");
    print(&format!("{entries} entries: GetCatalogs, read from the disk"), times);
    let mut times = Vec::new();
    client.catalogs().await?;
    for _ in 0..4 * ROUNDS {
        let began = Instant::now();
        client.catalogs().await?;
        times.push(began.elapsed());
    }
    print(&format!("{entries} entries: GetCatalogs again within two seconds"), times);

    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let outcome = client.list_versions().await?.follow(|_| {}).await?;
        times.push(began.elapsed());
        let Outcome::Tags { tags, .. } = outcome else { anyhow::bail!("{outcome:?}") };
        ensure!(tags.len() == 10_000, "{} tags", tags.len());
    }
    print("10,000 tags: ListVersions, asked of the registry", times);

    let run = |words: &[&str]| {
        let output = computer.person().isotopectl(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout.len()
    };
    measure("isotopectl --version, for comparison", || run(&["--version"]));
    measure(&format!("{entries} entries: isotopectl catalog list"), || run(&["catalog", "list"]));
    measure(&format!("{entries} entries: isotopectl catalog list --json"), || run(&["catalog", "list", "--json"]));
    measure("10,000 tags: isotopectl versions", || run(&["versions"]));
    Ok(())
}
