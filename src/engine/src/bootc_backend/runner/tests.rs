// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::{Path, PathBuf};

use nix::sys::signal::kill;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::time::sleep;

use super::*;

/// Whatever happens, a run is over after this time.
const IN_TIME: Duration = Duration::from_secs(30);

/// Patience of a kind that tests have.
const LITTLE: Patience = Patience {
    heartbeat: Duration::from_millis(100),
    grace: Duration::from_millis(500),
    leftovers: Duration::from_millis(500),
};

/// A program that stands in for bootc. Its script finds the progress pipe's number in `$fd`, its folder in `$here`.
struct StandIn {
    folder: TempDir,
    invocation: Invocation,
}

/// What came of a stand-in.
struct Result {
    ran: Ran,
    lines: Vec<String>,
    heartbeats: usize,
}

impl StandIn {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bootc");
        std::fs::write(&path, format!("here={}\nfd=${{@: -1}}\n{script}\n", folder.path().display())).unwrap();
        let arguments = [path.into_os_string(), "upgrade".into()];
        Self { folder, invocation: Invocation::new("bash", arguments).with_progress(true) }
    }

    fn run(&self) -> Result {
        self.run_until(std::future::pending())
    }

    fn run_until(&self, cancelled: impl Future<Output = ()>) -> Result {
        let (mut lines, mut heartbeats) = (Vec::new(), 0);
        let observe = |heard: Heard<'_>| {
            match heard {
                Heard::Line(line) => lines.push(String::from_utf8_lossy(line).into_owned()),
                Heard::Heartbeat => heartbeats += 1,
            }
            ControlFlow::Continue(())
        };
        let run = self.invocation.run(LITTLE, cancelled, observe);
        let ran = runtime().block_on(async { timeout(IN_TIME, run).await }).expect("it does not end").unwrap();
        Result { ran, lines, heartbeats }
    }

    /// Waits for a file that the script writes when it has come so far.
    async fn reached(&self, name: &str) {
        let path = self.folder.path().join(name);
        while !path.exists() {
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// The processes whose ids the script has written to this file, one a line.
    fn processes(&self) -> Vec<Pid> {
        let text = std::fs::read_to_string(self.folder.path().join("processes")).unwrap();
        let processes: Vec<_> = text.lines().map(|line| Pid::from_raw(line.parse().unwrap())).collect();
        assert!(!processes.is_empty());
        processes
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// All of them are gone soon.
fn assert_gone(processes: &[Pid]) {
    let lives = |process: &&Pid| {
        let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        state.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    };
    let began = std::time::Instant::now();
    while processes.iter().any(|process| lives(&process)) {
        assert!(began.elapsed() < IN_TIME, "still there: {:?}", processes.iter().filter(lives).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn one_that_says_nothing_ends() {
    let Result { ran, lines, heartbeats } = StandIn::new("").run();
    assert_eq!((ran.ended, ran.stopped, ran.stdout.as_str(), ran.stderr.as_str()), (Ended::Status(0), None, "", ""));
    assert!(lines.is_empty() && heartbeats < 50);
}

#[test]
fn what_it_says_is_heard_and_its_status_told() {
    let result = StandIn::new("echo one; echo two >&2; echo '{\"x\":1}' >&$fd; echo '{}' >&$fd; exit 7").run();
    assert_eq!(result.ran.ended, Ended::Status(7));
    assert_eq!((result.ran.stdout.as_str(), result.ran.stderr.as_str()), ("one\n", "two\n"));
    assert_eq!(result.lines, ["{\"x\":1}", "{}"]);
}

#[test]
fn half_a_line_is_none() {
    let result = StandIn::new("printf '{\"a\":1}\\n{\"b' >&$fd; sleep 0.2; printf '\":2}\\nhalf' >&$fd").run();
    assert_eq!(result.lines, ["{\"a\":1}", "{\"b\":2}"]);
}

#[test]
fn a_line_of_a_megabyte_is_passed_over() {
    let result = StandIn::new("head -c 1000000 /dev/zero | tr '\\0' x >&$fd; printf '\\nnext\\n' >&$fd").run();
    assert_eq!((result.ran.ended, result.lines), (Ended::Status(0), vec!["next".to_owned()]));
}

#[test]
fn invalid_utf_8_is_replaced() {
    let result = StandIn::new("printf 'a\\377b\\n' | tee /dev/stderr; printf 'a\\377b\\n' >&$fd").run();
    assert_eq!((result.ran.stdout.as_str(), result.ran.stderr.as_str()), ("a\u{fffd}b\n", "a\u{fffd}b\n"));
    assert_eq!(result.lines, ["a\u{fffd}b"]);
}

#[test]
fn one_that_writes_much_is_not_held_up_and_not_kept_whole() {
    let flood = "yes flood | head -c 3000000";
    let script = format!("{flood} & {flood} >&2 & {flood} >&$fd & wait; echo end; echo end >&2; echo end >&$fd");
    let result = StandIn::new(&script).run();
    assert_eq!(result.ran.ended, Ended::Status(0));
    for text in [result.ran.stdout, result.ran.stderr] {
        assert!(text.starts_with("flood\n") && text.ends_with("end\n") && text.len() < 70_000, "{}", text.len());
    }
    assert_eq!(result.lines.len(), 500_001);
}

#[test]
fn one_that_closes_the_pipe_early_is_waited_for() {
    let result = StandIn::new("echo '{}' >&$fd; eval \"exec $fd>&-\"; sleep 0.5; echo done").run();
    assert_eq!((result.ran.ended, result.ran.stdout.as_str()), (Ended::Status(0), "done\n"));
    assert_eq!(result.lines, ["{}"]);
    assert!(result.heartbeats >= 2);
}

#[test]
fn one_that_closes_everything_is_waited_for() {
    let result = StandIn::new("eval \"exec $fd>&-\"; exec >&- 2>&-; sleep 0.5; exit 3").run();
    assert_eq!(result.ran.ended, Ended::Status(3));
}

#[test]
fn silence_is_broken_by_heartbeats() {
    let result = StandIn::new("sleep 1").run();
    assert!((4..=11).contains(&result.heartbeats), "{}", result.heartbeats);
    let chatty = StandIn::new("for i in {1..20}; do echo $i >&$fd; sleep 0.02; done").run();
    assert_eq!(chatty.lines.len(), 20);
}

#[test]
fn one_that_is_killed_by_somebody_is_told_from_a_cancelled_one() {
    let result = StandIn::new("kill -KILL $$").run();
    assert_eq!((result.ran.ended, result.ran.stopped), (Ended::Signal(9), None));
}

#[test]
fn one_that_never_ends_is_cancelled_with_all_that_it_started() {
    let never =
        StandIn::new("sleep 1000 & echo $! > $here/processes; echo $$ >> $here/processes; : > $here/ready; wait");
    let result = never.run_until(never.reached("ready"));
    assert_eq!((result.ran.ended, result.ran.stopped), (Ended::Signal(15), Some(Stopped::Cancelled)));
    assert_gone(&never.processes());
}

#[test]
fn one_that_does_not_want_to_end_is_killed() {
    let script = "trap '' TERM; echo $$ > $here/processes; : > $here/ready; while :; do sleep 0.05; done";
    let stubborn = StandIn::new(script);
    let result = stubborn.run_until(stubborn.reached("ready"));
    assert_eq!((result.ran.ended, result.ran.stopped), (Ended::Signal(9), Some(Stopped::Cancelled)));
    assert_gone(&stubborn.processes());
}

#[test]
fn one_that_was_nearly_done_when_it_was_cancelled_may_end_well() {
    let script = "trap 'echo saved; exit 0' TERM; : > $here/ready; while :; do sleep 0.02; done";
    let nearly = StandIn::new(script);
    let result = nearly.run_until(nearly.reached("ready"));
    assert_eq!((result.ran.ended, result.ran.stopped), (Ended::Status(0), Some(Stopped::Cancelled)));
    assert_eq!(result.ran.stdout, "saved\n");
}

#[test]
fn one_that_is_cancelled_before_it_begins_ends_too() {
    let result = StandIn::new("sleep 1000").run_until(std::future::ready(()));
    assert_eq!(result.ran.stopped, Some(Stopped::Cancelled));
    assert!(matches!(result.ran.ended, Ended::Signal(15)));
}

#[test]
fn the_observer_can_have_it_stopped() {
    let stand_in = StandIn::new("echo '{}' >&$fd; sleep 1000");
    let run = stand_in.invocation.run(LITTLE, std::future::pending(), |heard| match heard {
        Heard::Line(_) => ControlFlow::Break(()),
        Heard::Heartbeat => ControlFlow::Continue(()),
    });
    let ran = runtime().block_on(async { timeout(IN_TIME, run).await }).unwrap().unwrap();
    assert_eq!((ran.ended, ran.stopped), (Ended::Signal(15), Some(Stopped::ByObserver)));
}

#[test]
fn what_it_leaves_behind_is_ended() {
    let careless = StandIn::new("sleep 1000 & echo $! > $here/processes; echo done; exit 0");
    let result = careless.run();
    assert_eq!((result.ran.ended, result.ran.stdout.as_str()), (Ended::Status(0), "done\n"));
    assert_gone(&careless.processes());
}

#[test]
fn what_got_away_does_not_hold_it_up() {
    let daemon = "setsid sh -c 'echo $$ > $here/new && mv $here/new $here/processes; exec sleep 1000' &";
    let script = format!("export here; {daemon} while [ ! -e $here/processes ]; do sleep 0.01; done; echo done");
    let careless = StandIn::new(&script);
    let began = std::time::Instant::now();
    let result = careless.run();
    for process in careless.processes() {
        kill(process, Signal::SIGKILL).unwrap();
    }
    assert_eq!((result.ran.ended, result.ran.stdout.as_str()), (Ended::Status(0), "done\n"));
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_run_that_is_dropped_is_ended() {
    let never =
        StandIn::new("sleep 1000 & echo $! > $here/processes; echo $$ >> $here/processes; : > $here/ready; wait");
    runtime().block_on(async {
        tokio::select! {
            _ = never.invocation.run(LITTLE, std::future::pending(), |_| ControlFlow::Continue(())) => panic!("it ended"),
            () = never.reached("ready") => {}
        }
    });
    assert_gone(&never.processes());
}

#[test]
fn it_ends_with_the_one_who_started_it() {
    let never = StandIn::new("echo $$ > $here/processes; : > $here/ready; exec sleep 1000");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Nothing of this is dropped, as when the process is killed.
            let runtime = std::mem::ManuallyDrop::new(runtime());
            let run = never.invocation.run(LITTLE, std::future::pending(), |_| ControlFlow::Continue(()));
            let mut run = std::mem::ManuallyDrop::new(Box::pin(run));
            runtime.block_on(async {
                tokio::select! {
                    _ = run.as_mut() => panic!("it ended"),
                    () = never.reached("ready") => {}
                }
            });
        });
    });
    assert_gone(&never.processes());
}

#[test]
fn it_finds_what_it_needs_and_nothing_else() {
    let script = r#"
        echo "$LC_ALL $NO_COLOR $PWD"
        tr '\0' '\n' </proc/$$/environ | grep -q ^TERM= || echo "no kind of terminal"
        read -r line || echo "no input"
        [ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo "no terminal"
        [ "$(cut -d' ' -f5 /proc/$$/stat)" = $$ ] && echo "a group of its own"
        echo "$1 ${@: -2:1}"
        [ "$fd" -ge 3 ] && [ -p /proc/$$/fd/$fd ] && echo "a pipe"
    "#;
    let result = StandIn::new(script).run();
    let expected =
        "C.UTF-8 1 /\nno kind of terminal\nno input\nno terminal\na group of its own\nupgrade --progress-fd\na pipe\n";
    assert_eq!(result.ran.stdout, expected, "{}", result.ran.stderr);
}

#[test]
fn without_progress_no_pipe_is_spoken_of() {
    let stand_in = StandIn::new("echo $#");
    let without = StandIn { invocation: stand_in.invocation.clone().with_progress(false), ..stand_in };
    assert_eq!(without.run().ran.stdout, "1\n");
}

#[test]
fn one_that_is_not_there_is_told_so() {
    let missing: PathBuf = Path::new("/nonexistent/bootc").to_owned();
    let run = Invocation::new(missing, ["upgrade"]);
    let ran = runtime().block_on(run.run(LITTLE, std::future::pending(), |_| ControlFlow::Continue(()))).unwrap();
    assert_eq!(ran.ended, Ended::Status(127));
    assert!(ran.stderr.contains("/nonexistent/bootc"), "{}", ran.stderr);
}

#[test]
fn many_at_once_do_not_hear_each_other() {
    let threads: Vec<_> = (0..8)
        .map(|number| {
            std::thread::spawn(move || {
                let script = format!("for i in 1 2 3 4 5; do echo {number} >&$fd; sleep 0.02; done");
                StandIn::new(&script).run().lines == vec![number.to_string(); 5]
            })
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
}
