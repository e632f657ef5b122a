// SPDX-License-Identifier: GPL-3.0-or-later
//! What is read only when somebody asks for it, because it takes longer than the snapshot. One reading at a time; who
//! asks the same within moments is told the same.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use isotope_model::engine_protocol::{Reply, Request, Task};

use crate::caller::Caller;
use crate::engine_link;
use crate::service_error::ServiceError;
use crate::state::State;

/// An answer is given again for this long, while the deployments stay what they are.
const FRESH: Duration = Duration::from_secs(5);
/// So many answers are kept.
const KEPT: usize = 16;
/// Adding up disk usage reads every object's size.
const PATIENCE: Duration = Duration::from_secs(180);

/// Answers of the last moments.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    /// Held while one is read, so that those who ask at the same time share it.
    answers: tokio::sync::Mutex<VecDeque<Answer>>,
}

#[derive(Debug)]
struct Answer {
    task: Task,
    root: bool,
    token: isotope_model::StateToken,
    when: Instant,
    reply: Reply,
}

impl Readings {
    /// Reads something on behalf of a caller.
    ///
    /// # Errors
    /// What the engine refuses with.
    pub(crate) async fn ask(&self, state: &State, caller: &Caller, task: Task) -> Result<Reply, ServiceError> {
        let mut answers = self.answers.lock().await;
        let token = state.refresh().await?.token.clone();
        let root = caller.uid == 0;
        answers.retain(|answer| answer.when.elapsed() < FRESH && answer.token == token);
        if let Some(known) = answers.iter().find(|answer| answer.task == task && answer.root == root) {
            return Ok(known.reply.clone());
        }
        let request = Request { task: task.clone(), caller: Some(caller.for_engine()), token: None };
        let reply = engine_link::read(&request, PATIENCE).await?;
        if answers.len() >= KEPT {
            answers.pop_front();
        }
        answers.push_back(Answer { task, root, token, when: Instant::now(), reply: reply.clone() });
        Ok(reply)
    }
}
