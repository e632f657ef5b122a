// SPDX-License-Identifier: GPL-3.0-or-later
//! What is read only when somebody asks for it, because it takes longer than the snapshot. One reading at a time; who
//! asks the same within moments is told the same.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use isotope_model::engine_protocol::{Reply, Request, Task};
use isotope_model::{Refusal, StateToken};

use crate::caller::Caller;
use crate::engine_link;
use crate::places::Places;
use crate::service_error::ServiceError;
use crate::state::State;

/// An answer is given again for this long, while the deployments stay what they are.
const FRESH: Duration = Duration::from_secs(5);
/// The rules about signatures and what is in /etc change without the deployments, by an administrator who then looks what
/// came of it.
const FRESH_FILES: Duration = Duration::from_secs(1);
/// So many answers are kept.
const KEPT: usize = 16;
/// Adding up disk usage reads every object's size.
const PATIENCE: Duration = Duration::from_secs(180);

/// So many of one user, and of all together, may wait for a reading at a time. An app that opens a page asks for all that
/// it shows there at once.
const WAITING_OF_ONE_USER: usize = 8;
const WAITING: usize = 32;

/// Answers of the last moments, of each kind by itself: what takes long keeps nobody from what does not.
#[derive(Debug)]
pub(crate) struct Readings {
    details: Kind,
    disk_usage: Kind,
    configuration_changes: Kind,
    trust: Kind,
    package_changes: Kind,
    waiting: Places,
}

/// Held while one is read, so that those who ask at the same time share it.
type Kind = tokio::sync::Mutex<VecDeque<Answer>>;

#[derive(Debug)]
struct Answer {
    task: Task,
    root: bool,
    token: StateToken,
    when: Instant,
    reply: Reply,
}

impl Default for Readings {
    fn default() -> Self {
        Self {
            details: Kind::default(),
            disk_usage: Kind::default(),
            configuration_changes: Kind::default(),
            trust: Kind::default(),
            package_changes: Kind::default(),
            waiting: Places::new(WAITING_OF_ONE_USER, WAITING),
        }
    }
}

impl Readings {
    /// Reads something on behalf of a caller.
    ///
    /// # Errors
    /// What the engine refuses with; [`Refusal::Busy`] where the caller's user waits for very many already.
    pub(crate) async fn ask(&self, state: &State, caller: &Caller, task: Task) -> Result<Reply, ServiceError> {
        let _waiting = self.waiting.take(caller.uid)?;
        let token = state.keeper().known_or_fresh().await?.token.clone();
        let mut answers = self.kind(&task).lock().await;
        let root = caller.uid == 0;
        let fresh = match task {
            Task::Trust { .. } | Task::ConfigurationChanges { .. } => FRESH_FILES,
            _ => FRESH,
        };
        answers.retain(|answer| answer.when.elapsed() < fresh && answer.token == token);
        let known = answers.iter().find(|answer| answer.task == task && answer.root == root);
        if let Some(known) = known {
            return Ok(known.reply.clone());
        }
        let request = Request { task: task.clone(), caller: Some(caller.for_engine()), token: None };
        // A failure is this caller's alone: it may have left meanwhile.
        let reply = match engine_link::read(&request, PATIENCE).await {
            Ok(reply) => reply,
            Err(error) => return Err(error.downcast::<Refusal>()?.into()),
        };
        if answers.len() >= KEPT {
            answers.pop_front();
        }
        answers.push_back(Answer { task, root, token, when: Instant::now(), reply: reply.clone() });
        Ok(reply)
    }

    fn kind(&self, task: &Task) -> &Kind {
        match task {
            Task::DiskUsage => &self.disk_usage,
            Task::ConfigurationChanges { .. } => &self.configuration_changes,
            Task::Trust { .. } => &self.trust,
            Task::PackageChanges { .. } => &self.package_changes,
            _ => &self.details,
        }
    }
}
