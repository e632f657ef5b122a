// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Result;
use ostree::KernelArgs;

use super::Setting;
use crate::options::{Lookup, Options};
use crate::origin::Origin;
use crate::stage::{self, New};

/// Stages what will be booted next with other arguments for its kernel.
#[derive(Clone, Debug)]
pub(crate) struct KernelArguments {
    stateroot: String,
    /// What to start from; the caller says it.
    existing: String,
    added: Vec<String>,
    replaced: Vec<String>,
    removed: Vec<String>,
    options: Extra,
}

#[derive(Clone, Debug)]
struct Extra {
    locked: bool,
    restart: bool,
    all: Option<String>,
    add_if_missing: Vec<String>,
    remove_if_present: Vec<String>,
    title: Option<String>,
}

impl KernelArguments {
    pub(crate) fn new(stateroot: &str, existing: String, changes: [Vec<String>; 3], options: &Options) -> Self {
        let [added, replaced, removed] = changes;
        let options = Extra {
            locked: options.is_set("lock-finalization"),
            restart: options.is_set("reboot"),
            all: options.text("final-kernel-args"),
            add_if_missing: options.list("append-if-missing"),
            remove_if_present: options.list("delete-if-present"),
            title: options.text("initiating-command-line"),
        };
        Self { stateroot: stateroot.to_owned(), existing, added, replaced, removed, options }
    }

    fn result(&self) -> Result<Vec<String>> {
        let arguments = KernelArgs::from_string(self.options.all.as_deref().unwrap_or(&self.existing));
        for argument in &self.removed {
            arguments.delete(argument)?;
        }
        for argument in &self.replaced {
            arguments.new_replace(argument)?;
        }
        for argument in &self.added {
            arguments.append(argument);
        }
        let has = |wanted: &str| arguments.to_strv().iter().any(|one| one.as_str() == wanted);
        for argument in &self.options.add_if_missing {
            if !has(argument) {
                arguments.append(argument);
            }
        }
        for argument in &self.options.remove_if_present {
            if has(argument) {
                arguments.delete(argument)?;
            }
        }
        Ok(arguments.to_strv().into_iter().map(String::from).filter(|one| !one.is_empty()).collect())
    }

    pub(super) fn run(self, setting: &Setting) -> Result<()> {
        if let Some(title) = &self.options.title {
            setting.reporter.tell(crate::events::Event::Title(title.clone()));
        }
        let from = setting.origin_deployment(&self.stateroot)?;
        let arguments = self.result()?;
        let new = New {
            stateroot: &self.stateroot,
            commit: &from.csum(),
            origin: &Origin::of(&from)?,
            arguments,
            locked: self.options.locked,
        };
        stage::stage(setting, &new)?;
        if self.options.restart { super::restart::restart(setting) } else { Ok(()) }
    }
}
