// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{Duration, Instant};

/// Long enough to be sure, and nobody waits for more rounds.
const ENOUGH: Duration = Duration::from_secs(2);
const FEWEST: usize = 5;
const MOST: usize = 200;

/// Does it again and again, and prints how long it took in the middle of all, at best and at worst.
pub(crate) fn measure<T>(what: &str, mut work: impl FnMut() -> T) {
    let began = Instant::now();
    let mut times = Vec::new();
    while times.len() < FEWEST || (times.len() < MOST && began.elapsed() < ENOUGH) {
        let round = Instant::now();
        std::hint::black_box(work());
        times.push(round.elapsed());
    }
    print(what, times);
}

/// Prints times that were taken elsewhere.
pub(crate) fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let (Some(best), Some(worst)) = (times.first(), times.last()) else { return };
    println!(
        "{what:<66} {:>9.2} ms   ({:.2} to {:.2}, {} rounds)",
        milliseconds(times[times.len() / 2]),
        milliseconds(*best),
        milliseconds(*worst),
        times.len()
    );
}
