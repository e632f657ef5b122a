// SPDX-License-Identifier: GPL-3.0-or-later
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Output, Stdio};

use anyhow::{Context as _, Result, bail};
use isotope_lab::Lab;
use serde_json::Value;

/// Where the probe stands on the machine.
pub(crate) const PROBE: &str = "/run/isotope-test-probe";

/// Somebody who is logged in on the machine.
#[derive(Debug)]
pub struct Person<'a> {
    lab: &'a Lab,
    user: &'static str,
}

/// What a test's authentication agent does when polkit asks for a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As if an administrator's password had been entered.
    Approve,
    /// As if the dialog had been closed.
    Dismiss,
    /// Nothing, until the agent is ended.
    Wait,
}

/// A bus call that is prepared, or waits for its answer.
#[derive(Debug)]
pub struct Call {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// The caller's process, as the machine numbers it.
    pub process: u32,
}

/// An authentication agent that is registered for one process.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl<'a> Person<'a> {
    pub(crate) fn new(lab: &'a Lab, user: &'static str) -> Self {
        Self { lab, user }
    }

    /// Runs `isotopectl` with these arguments.
    ///
    /// # Panics
    /// The machine is off.
    pub fn isotopectl(&self, arguments: &[&str]) -> Output {
        let command: Vec<_> = ["isotopectl"].iter().chain(arguments).copied().collect();
        self.lab.run(self.user, &command).expect("isotopectl on the machine")
    }

    /// Prepares a call of a method; it is made by [`Call::make`].
    ///
    /// # Errors
    /// The probe does not start.
    pub fn prepare(&self, path: &str, method: &str, options: &Value, interactive: bool) -> Result<Call> {
        self.prepare_with(path, method, None, options, interactive)
    }

    /// Prepares a call of a method that may have an argument before its options.
    ///
    /// # Errors
    /// The probe does not start.
    pub fn prepare_with(
        &self,
        path: &str,
        method: &str,
        argument: Option<&str>,
        options: &Value,
        interactive: bool,
    ) -> Result<Call> {
        install_probe(self.lab)?;
        let options = options.to_string();
        let mut command = vec![PROBE, "call", path, method, &options];
        command.push(if interactive { "interactive" } else { "silent" });
        command.extend(argument);
        let mut child = self.lab.command(self.user, &command)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        let input = child.stdin.take();
        let process = line(&mut output)?.parse().context("the probe's process number")?;
        Ok(Call { child, input, output, process })
    }
}

impl Call {
    /// Makes the call; the answer is waited for by [`Call::answer`].
    ///
    /// # Errors
    /// The caller is gone.
    pub fn make(&mut self) -> Result<()> {
        let input = self.input.as_mut().context("made already")?;
        input.write_all(b"go\n")?;
        Ok(())
    }

    /// The answer: `{"answer": …}` or `{"error": name, "code": …}`.
    ///
    /// # Errors
    /// The caller died.
    pub fn answer(&mut self) -> Result<Value> {
        serde_json::from_str(&line(&mut self.output)?).context("the probe's answer")
    }

    /// The caller leaves the bus without waiting.
    ///
    /// # Errors
    /// It cannot be ended.
    pub fn leave(mut self) -> Result<()> {
        self.input.take();
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // The probe ends with its input; it is no child of this process only in the machine's eyes.
        self.input.take();
        let _ = self.child.wait();
    }
}

impl Agent {
    /// Registers an agent for the process of a call.
    ///
    /// # Errors
    /// polkit does not take it.
    pub fn register(lab: &Lab, process: u32, answer: Answer) -> Result<Self> {
        install_probe(lab)?;
        let answer = match answer {
            Answer::Approve => "approve",
            Answer::Dismiss => "dismiss",
            Answer::Wait => "wait",
        };
        let process = process.to_string();
        let mut child = lab
            .command("root", &[PROBE, "agent", &process, answer])?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = BufReader::new(child.stdout.take().context("no output")?);
        match line(&mut output)?.as_str() {
            "registered" => Ok(Self { child, output }),
            other => bail!("the agent says {other:?}"),
        }
    }

    /// Waits until polkit has asked; returns the action and the message of the dialog.
    ///
    /// # Errors
    /// The agent died.
    pub fn asked(&mut self) -> Result<(String, String)> {
        let asked: Value = serde_json::from_str(&line(&mut self.output)?)?;
        let text = |key: &str| asked.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((text("action"), text("message")))
    }

    /// Approves now what it was told to wait with.
    ///
    /// # Errors
    /// The agent died.
    pub fn approve(&mut self) -> Result<()> {
        self.child.stdin.as_mut().context("no input")?.write_all(b"approve\n")?;
        Ok(())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.child.stdin.take();
        let _ = self.child.wait();
    }
}

fn line(output: &mut BufReader<ChildStdout>) -> Result<String> {
    let mut line = String::new();
    if output.read_line(&mut line)? == 0 {
        bail!("the probe ended without an answer");
    }
    Ok(line.trim().to_owned())
}

/// Puts the probe on the machine's /run, once a boot.
pub(crate) fn install_probe(lab: &Lab) -> Result<()> {
    let target = lab.folder().join("run").join(PROBE.trim_start_matches("/run/"));
    if !target.exists() {
        let mut source = std::env::current_exe()?;
        source.pop();
        if source.ends_with("deps") {
            source.pop();
        }
        // Through a name of its own, so that a test beside never runs half a file.
        let unique = target.with_extension(format!("{:?}", std::thread::current().id()));
        std::fs::copy(source.join("isotope-test-probe"), &unique).context("run `cargo build -p isotope-tests`")?;
        std::fs::rename(&unique, &target)?;
    }
    Ok(())
}
