// SPDX-License-Identifier: GPL-3.0-or-later
//! A host that asks: its configuration in a folder, and the program as the service manager would start it.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use isotope_model::lookup_protocol::{LONGEST_REPLY, LookupReply, LookupRequest};
use isotope_model::{ContainerReference, Refusal};
use serde_json::Value;
use tempfile::TempDir;

/// What the program may have for itself, over all its threads, whatever it is answered. Mostly it needs a tenth of that.
const MEMORY: u64 = 128 * 1024 * 1024;
/// No lookup lasts longer.
pub(crate) const LONGEST: Duration = Duration::from_secs(90);

/// The host.
pub(crate) struct Host {
    root: TempDir,
    environment: Vec<(String, String)>,
    without_privileges: bool,
}

/// A program that was started and asked.
pub(crate) struct Running {
    process: Child,
    stream: UnixStream,
    started: Instant,
}

impl Host {
    /// One without any configuration.
    pub(crate) fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap(), environment: vec![], without_privileges: false }
    }

    /// One that may ask these without protection.
    pub(crate) fn trusting(authorities: &[&str]) -> Self {
        let table = |authority: &&str| format!("[[registry]]\nlocation = \"{authority}\"\ninsecure = true\n");
        Self::new().with_file("etc/containers/registries.conf", &authorities.iter().map(table).collect::<String>())
    }

    /// Puts down a file.
    pub(crate) fn with_file(self, path: &str, content: &str) -> Self {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Locks a file or a folder, and has the program started without root's privilege to read it all the same.
    pub(crate) fn with_locked(mut self, path: &str) -> Self {
        self.without_privileges = true;
        std::fs::set_permissions(self.root.path().join(path), Permissions::from_mode(0o000)).unwrap();
        self
    }

    /// Hands credentials over.
    pub(crate) fn with_credentials(self, auth: Value) -> Self {
        self.with_file("credentials/etc.auth.json", &auth.to_string())
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the program, without saying anything yet.
    pub(crate) fn start(&self) -> Running {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut command = Command::new("prlimit");
        command.arg(format!("--data={MEMORY}"));
        if self.without_privileges {
            command.args(["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"]);
        }
        command.arg(env!("CARGO_BIN_EXE_isotope-lookup"));
        command.arg("--root").arg(self.root.path());
        command.env_clear().env("CREDENTIALS_DIRECTORY", self.root.path().join("credentials"));
        command.envs(self.environment.iter().cloned());
        command.stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::null());
        let process = command.spawn().unwrap();
        Running { process, stream: ours, started: Instant::now() }
    }

    /// Asks, and is answered in time and within the memory.
    pub(crate) fn ask(&self, request: &LookupRequest) -> LookupReply {
        let mut running = self.start();
        running.say(&format!("{}\n", serde_json::to_string(request).unwrap()));
        let reply = running.reply().expect("a reply");
        let lasted = running.started.elapsed();
        assert!(running.wait().success());
        assert!(lasted < LONGEST, "{lasted:?}");
        reply
    }

    /// Asks and is refused.
    pub(crate) fn refusal(&self, request: &LookupRequest) -> Refusal {
        match self.ask(request) {
            LookupReply::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

impl Running {
    /// Says something.
    pub(crate) fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// The one line that is answered.
    pub(crate) fn reply(&mut self) -> Option<LookupReply> {
        self.stream.set_read_timeout(Some(LONGEST + Duration::from_secs(10))).unwrap();
        let mut lines = BufReader::new(&self.stream);
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(line.len() as u64 <= LONGEST_REPLY);
        let mut more = String::new();
        assert!(line.is_empty() || lines.read_line(&mut more).unwrap() == 0, "{more}");
        (!line.is_empty()).then(|| {
            assert_plain(&serde_json::from_str(&line).unwrap());
            serde_json::from_str(&line).unwrap()
        })
    }

    /// Goes away.
    pub(crate) fn hang_up(&self) {
        self.stream.shutdown(Shutdown::Both).unwrap();
    }

    /// The program has ended.
    pub(crate) fn wait(mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The most memory that it has had so far, in bytes.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Nothing that is ever replied holds control characters.
fn assert_plain(value: &Value) {
    let plain = |text: &str| assert!(!text.contains(char::is_control), "{text:?}");
    match value {
        Value::String(text) => plain(text),
        Value::Array(values) => values.iter().for_each(assert_plain),
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            plain(key);
            assert_plain(value);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A reference as origins have it.
pub(crate) fn reference(name: &str) -> ContainerReference {
    ContainerReference::from_origin(&format!("ostree-unverified-registry:{name}")).unwrap()
}

/// Asks for everything about an image, of which nothing is here.
pub(crate) fn describe(name: &str) -> LookupRequest {
    LookupRequest::Describe { image: reference(name), anonymous: false }
}

/// The same for somebody who may not use what this computer has to show.
pub(crate) fn describe_anonymously(name: &str) -> LookupRequest {
    LookupRequest::Describe { image: reference(name), anonymous: true }
}

/// Asks for another image than one that is not known.
pub(crate) fn newer(name: &str, here: Option<&str>, remembered: Option<&str>) -> LookupRequest {
    let owned = |digest: Option<&str>| digest.map(str::to_owned);
    LookupRequest::Newer { image: reference(name), here: owned(here), remembered: owned(remembered) }
}

/// Asks for tags.
pub(crate) fn tags(name: &str) -> LookupRequest {
    LookupRequest::Tags { image: reference(name) }
}
