// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::dictionary::{Dictionary, from_dictionary};
use isotope_model::{Refusal, SettingsChange};
use zbus::message::Header;

use crate::caller::Caller;
use crate::options::Options;
use crate::polkit::{self, Action};
use crate::service_error::ServiceError;
use crate::settings;
use crate::state::State;

/// The part of the service object that sets the computer.
#[derive(Debug)]
pub(crate) struct SettingsService {
    state: State,
}

impl SettingsService {
    /// Sets what this state tells.
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }
}

/// How the whole computer is set, for everybody who uses it. `Snapshot` of the other interface tells how that is, as
/// `settings`.
#[zbus::interface(name = "io.github.isotope_desktop.Isotope1.Settings")]
impl SettingsService {
    /// Changes settings; takes effect at once.
    ///
    /// `changes`: what is to be set; what is absent stays as it is. `automatic` (s: `off`, `check`: look for an update and
    /// tell, `download`: download and stage it as well), `on-metered` (b: also where the network costs by what is
    /// transferred), `on-battery` (b: also on battery), `first-boot-finished` (b: nobody is welcomed any more).
    ///
    /// polkit: `configure`.
    ///
    /// Errors: `MalformedArgument`, `NotAuthorised`, `Dismissed`, `Busy`, `Failed`.
    async fn configure(
        &self,
        #[zbus(header)] header: Header<'_>,
        changes: Dictionary,
        options: Dictionary,
    ) -> Result<(), ServiceError> {
        Options::new(options).end()?;
        let malformed = |_| Refusal::MalformedArgument { argument: "changes".into() };
        let change: SettingsChange = from_dictionary(&changes).map_err(malformed)?;
        let connection = self.state.connection()?;
        let caller = Caller::of(&header, connection).await?;
        let _waiting = self.state.wait_for_authority(caller.uid)?;
        polkit::require(connection, &caller, Action::Configure).await?;
        let settings = settings::change(&change).map_err(|error| Refusal::Failed { detail: error.to_string() })?;
        if self.state.keeper().set(settings) {
            self.state.tell_snapshot().await;
        }
        Ok(())
    }
}
