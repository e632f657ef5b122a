// SPDX-License-Identifier: GPL-3.0-or-later
mod asking;

use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::engine_protocol::Task;
use isotope_model::names::INTERFACE_VERSION;
use isotope_model::{Refusal, UpdateMode, capabilities};
use zbus::message::Header;
use zbus::zvariant::OwnedObjectPath;

use crate::catalogs::Told;
use crate::image_preview;
use crate::operation_runner::Wanted;
use crate::options::{self, Options};
use crate::preflight;
use crate::service_error::ServiceError;
use crate::state::State;

type Result<T> = std::result::Result<T, ServiceError>;

/// The service object.
#[derive(Debug)]
pub(crate) struct Service {
    state: State,
}

impl Service {
    /// Serves this state.
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }
}

/// The system images of this computer: which it runs, which come next, which it can go back to; and what can be done
/// about that.
///
/// Every method takes `options`, a dictionary; an unknown option is refused with `UnknownOption`. Every refusal is an
/// error named `io.github.isotope_desktop.Isotope1.Error.…` with two arguments: a sentence for logs (s), and the
/// parameters (a{sv}), of which `code` is the same name in lower case. Methods that change something wait for polkit;
/// with the flag ALLOW_INTERACTIVE_AUTHORIZATION on the message that can take as long as a person needs.
///
/// Times are seconds since 1970, sizes are bytes. What is unknown is absent.
#[zbus::interface(name = "io.github.isotope_desktop.Isotope1")]
impl Service {
    /// Reads the sysroot anew and returns what `Snapshot` then holds. On a host that a program has to be asked about, a
    /// reading of the last seconds is returned. Free for everybody.
    ///
    /// Errors: `Failed`.
    async fn get_snapshot(&self, options: Dictionary) -> Result<Dictionary> {
        Options::new(options).end()?;
        let snapshot = match self.state.keeper().recent() {
            Some(recent) => recent,
            None => self.state.refresh().await?,
        };
        Ok(to_dictionary(&*snapshot).unwrap_or_default())
    }

    /// What there is to know of one deployment beyond the snapshot. Free for everybody.
    ///
    /// `deployment`: its id.
    ///
    /// Returns `id` (s), `deployed` (t: when it was written to this computer), `digest` (s: of the container image that it
    /// was made from), `kernel` (s: the kernel's version), `kernel-arguments` (s), `kernel-arguments-added` and
    /// `kernel-arguments-removed` (as: compared with what runs), `signature` (a{sv}: `state` (s:
    /// `verified`, `missing`, `untrusted-key`, `invalid`, `expired`, `revoked`, `unknown`) by the keys that this host has
    /// now, `required` (b: nothing unsigned is pulled from there), `key`, `signer` (s), `made` (t)).
    ///
    /// Errors: `MalformedArgument`, `UnknownDeployment`, `SysrootDamaged`.
    async fn get_details(
        &self,
        #[zbus(header)] header: Header<'_>,
        deployment: String,
        options: Dictionary,
    ) -> Result<Dictionary> {
        Options::new(options).end()?;
        let deployment = options::deployment(&deployment)?;
        self.read(&header, Task::Details { deployment }).await
    }

    /// Which packages differ between what runs and a deployment, as rpm-ostree tells, which may have to be started for that.
    /// Free for everybody.
    ///
    /// `deployment`: its id; empty for the update that rpm-ostree's last check has found.
    ///
    /// Returns `known` (b: otherwise empty lists say nothing), `upgraded`, `downgraded`, `added`, `removed` (aa{sv}: `name`,
    /// `architecture`, `before`, `after` (s)), `advisories` (aa{sv}: `id` (s), `kind` (s: `security`, `bugfix`, `enhancement`,
    /// `new-package`, `unknown`), `severity` (s: `low`, `moderate`, `important`, `critical`, `unknown`), `packages` (as),
    /// `references` (aa{sv}: `address`, `title` (s))), `truncated` (b: there is more than is told).
    ///
    /// Errors: `MalformedArgument`, `UnknownDeployment`, `NotWithBackend`, `ProgramUnavailable`, `Failed`.
    async fn get_package_changes(
        &self,
        #[zbus(header)] header: Header<'_>,
        deployment: String,
        options: Dictionary,
    ) -> Result<Dictionary> {
        Options::new(options).end()?;
        let deployment = Some(deployment).filter(|id| !id.is_empty()).map(|id| options::deployment(&id)).transpose()?;
        self.read(&header, Task::PackageChanges { deployment }).await
    }

    /// What each deployment takes for itself on disk, and what nothing needs. Adding that up can take seconds. Free for
    /// everybody.
    ///
    /// Returns `token` (s: the state that it was added up for), `deployments` (aa{sv}, in boot order: `id` (s),
    /// `own-bytes` and `boot-bytes` (t): what removing it would free), `clean-up-bytes` (t: what `CleanUp` would free),
    /// `system` (a{sv}: `free`, `total` (t)) for the file system of the deployments, and `boot` likewise where /boot is
    /// another.
    ///
    /// Errors: `SysrootDamaged`.
    async fn get_disk_usage(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<Dictionary> {
        Options::new(options).end()?;
        self.read(&header, Task::DiskUsage).await
    }

    /// What a deployment's /etc has other than its image: by kind, owner, permissions and content. Free for everybody;
    /// names from folders that only an administrator may look into are told to root only.
    ///
    /// `deployment`: its id.
    ///
    /// Returns `changes` (aa{sv}: `path` (s), `change` (s: `added`, `modified`, `removed`)), `hidden` (t: how many more
    /// there are in closed folders), `truncated` (b: there are more than are told).
    ///
    /// Errors: `MalformedArgument`, `UnknownDeployment`, `StillStaged`, `SysrootDamaged`.
    async fn get_configuration_changes(
        &self,
        #[zbus(header)] header: Header<'_>,
        deployment: String,
        options: Dictionary,
    ) -> Result<Dictionary> {
        Options::new(options).end()?;
        let deployment = options::deployment(&deployment)?;
        self.read(&header, Task::ConfigurationChanges { deployment }).await
    }

    /// Who vouches for an image on this computer: what its own rules (`policy.json` and `registries.d` of containers, the
    /// OSTree remotes) make of the image's signature when it is pulled. Nothing is asked of the network. Free for everybody.
    ///
    /// `image`: as with `Switch`; empty for the image that is followed.
    ///
    /// Returns `image` (a{sv}: `transport` (s), with `reference` (s), or `remote` and `branch` (s)), `state` (s:
    /// `verified`: it is pulled only if it is signed with a key that was chosen for it; `default-only`: no rule was made for
    /// it, but what holds for everything demands a signature; `unchecked`: it is pulled without any check; `refused`: it is
    /// not pulled, signed or not; `unknown`), `keys` (aa{sv}, one for each rule that demands a signature, all of which have
    /// to be fulfilled: `kind` (s: `sigstore`, `sigstore-identity`, `gpg`, `ostree-remote`, `unknown`), `paths` (as: files
    /// of which one key is enough; absent where the key stands in the policy), `identity` (s), `remote` (s)), `scope` (s:
    /// the scope of the rule that matched; absent where a default did), `problem` (a{sv}: `because` (s: `policy-broken`,
    /// `policy-missing`, `rejected`, `policy-accepts-everything`, `attachments-not-used`, `settings-broken`,
    /// `not-supported`, `key-missing`, `not-signed`, `remote-unknown`, `remote-checks-nothing`, `commit-only`, `unknown`),
    /// `detail`, `demand`, `path` (s)), `signed` (b: a sigstore signature lies beside the image; absent where nobody has
    /// looked).
    ///
    /// Errors: `MalformedReference`, `NotImageBased`, `NotBooted`, `NoUpdateSource`, `SysrootDamaged`.
    async fn get_trust(
        &self,
        #[zbus(header)] header: Header<'_>,
        image: String,
        options: Dictionary,
    ) -> Result<Dictionary> {
        Options::new(options).end()?;
        let image = if image.is_empty() { None } else { Some(options::image(image)?) };
        self.read(&header, Task::Trust { image }).await
    }

    /// Everything that a registry tells of an image before it is downloaded, and who vouches for it here. The registry is
    /// asked, which can take more than a minute; another call of the same connection ends that. The credentials of this
    /// computer are used for images beside those that are installed here, and otherwise only for root.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.check`.
    ///
    /// `image`: as with `Switch`.
    ///
    /// Returns `digest` (s: of the image for this architecture; hand it back as `expected-checksum`), `version` (s),
    /// `built` (t), `architecture` (s) and `architectures` (as) as images name them, `labels` (a{ss}), `bootable` (b: it says
    /// so of itself), `size` and `download-bytes` (t: of all its layers, and of those that are not here; the latter absent where
    /// nobody can know), `artifact-types` (as: of what else refers to it), `trust` (a{sv}: as with `GetTrust`).
    ///
    /// Errors: `MalformedReference`, `NotImageBased`, `NotWithBackend` where it is not in a registry, `ImageNotFound`,
    /// `AccessDenied`, `Network`, `WrongArchitecture`, `Corrupted`, `Failed` where its answers make no sense, `WorkerLost`,
    /// `ClockWrong`, `Busy`, `NotAuthorised`, `Dismissed`, `Cancelled`, `SysrootDamaged`, `UnknownOption`.
    async fn preview(
        &self,
        #[zbus(header)] header: Header<'_>,
        image: String,
        options: Dictionary,
    ) -> Result<Dictionary> {
        Options::new(options).end()?;
        let image = options::image(image)?;
        let caller = self.caller(&header).await?;
        let preview = image_preview::preview(&self.state, self.state.connection()?, &caller, &image).await?;
        to_dictionary(&preview).map_err(|error| Refusal::Failed { detail: error.to_string() }.into())
    }

    /// Everything there is to know before a switch: asks the registry or the remote, which can take more than a minute, and
    /// compares with how this computer stands. Another call of the same connection, or of `Preview`, ends that.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.check`.
    ///
    /// `image`: as with `Switch`; empty for what is staged, of which only the content is judged.
    ///
    /// Returns `image` (a{sv}), `recognised` (a{sv}: as `here` in `GetCatalogs`), `findings` (aa{sv}, the gravest first:
    /// `severity` (s: `blocking`, `warning`, `note`), `finding` (s: `refused`, `not-looked-at` (both with `refusal` (a{sv})),
    /// `processor`, `signature`, `weaker-check`, `layered`, `replaces-staged`, `other-vendor`, `other-desktop`, `older`,
    /// `outdated`, `experimental`, `one-way`, `little-space`, `pin-fills-boot`, `other-display-manager`,
    /// `no-display-manager`, `broken-display-manager`, `missing-user`, `configuration-kept`, `content-unknown`) and parameters), `preview` (a{sv}: as
    /// with `Preview`), `checksum` (s: hand it back as `expected-checksum`), `version` (s), `built`, `download-bytes` (t),
    /// `pins` (s: the deployment that `Switch` would pin), `token` (s).
    ///
    /// Errors: `MalformedReference`, `NothingStaged`, `NotImageBased`, `NotBooted`, `WorkerLost`, `Busy`, `NotAuthorised`,
    /// `Dismissed`, `Cancelled`, `SysrootDamaged`, `UnknownOption`.
    async fn preflight(
        &self,
        #[zbus(header)] header: Header<'_>,
        image: String,
        options: Dictionary,
    ) -> Result<Dictionary> {
        Options::new(options).end()?;
        let image = if image.is_empty() { None } else { Some(options::image(image)?) };
        let caller = self.caller(&header).await?;
        let preflight = preflight::ask(&self.state, &caller, image).await?;
        to_dictionary(&preflight).map_err(|error| Refusal::Failed { detail: error.to_string() }.into())
    }

    /// The desktops that vendors publish, and what this computer runs of them: the catalogs in
    /// `/usr/share/isotope/catalogs.d` and, overriding those of the same name, in `/etc/isotope/catalogs.d`. One with a
    /// mistake, and one that somebody else than root may have written, is left out and named. Free for everybody.
    ///
    /// Returns `entries` (aa{sv}, the vendors' variants for whatever computer: `id` (s), `vendor` (a{sv}: `id`, `name`,
    /// `homepage` (s)), `name` and `summary` (a{sv}: `english` (s), `translations` (a{sv}: texts by language)), `desktop` (s),
    /// `container` (a{sv}: `image` (s), `signing` (a{sv}: `kind` (s: `sigstore`, `gpg`, `ostree-remote`, `none`, `unknown`),
    /// `keys` (as), `scope`, `remote` (s))), `ostree` (a{sv}: `remote` (s), `signing`), `streams` (aa{sv}, the first one is
    /// the one to offer: `id` (s), `label` (a{sv}, as `name`), `stability` (s: `stable`, `testing`, `development`,
    /// `unknown`), `tag`, `image` (s), `aliases` (as), `branch` (s, with `{architecture}`)), `architectures` (as),
    /// `cpu-baseline` (s), `status` (s: `active`, `experimental`, `deprecated`, `discontinued`, `unknown`), `replaced-by`
    /// (s: the id of another entry), `reversible` (b), `recognised-by` (a{sv}), `homepage`, `screenshot`, `support-end` (s)),
    /// `problems` (aa{sv}: `file` (s), `line` (t), `entry` (s), `fault` (a{sv}: `code` (s) and parameters)), `here` (a{sv}:
    /// `entry`, `stream` (s), `from` (s: `image`, `os-release`, `unknown`); absent where no entry is recognised),
    /// `architecture` (s: of this computer, as images name it), `switching` (a{sv}: `allow` (s: `all`, `none`, `listed`), `images`
    /// (as): what the administrator allows to switch to).
    ///
    /// Errors: `Failed`.
    async fn get_catalogs(&self, options: Dictionary) -> Result<Told> {
        Options::new(options).end()?;
        let host = self.state.keeper().known_or_fresh().await?;
        Ok(self.state.catalogs().read(host).await?)
    }

    /// The picture of an entry of the catalogs, as it lies in its file (PNG, JPEG, WebP or SVG). Free for everybody.
    ///
    /// `entry`: its id. Returns nothing where there is none that can be believed.
    ///
    /// Errors: `Failed`.
    async fn get_picture(&self, entry: String, options: Dictionary) -> Result<Vec<u8>> {
        Options::new(options).end()?;
        let host = self.state.keeper().known_or_fresh().await?;
        Ok(self.state.catalogs().picture(host, entry).await?)
    }

    /// What was done by this service and how the computer was started, the newest first. Free for everybody.
    ///
    /// `options`: `limit` (u), how many entries at most; 100 unless given, never more than 1000.
    ///
    /// Returns a list of dictionaries with `event` (s). `operation`: `kind` (s), `starter` (a{sv}), `started` (t),
    /// `milliseconds` (t: how long it took), `bytes` (t: downloaded), `asked` (s: the image or version that was asked
    /// for), `version` (s: of the deployment that the outcome is about), `image` (s: the digest of the container image that
    /// was staged, discarded or removed, else the checksum of its commit; as `checksum` of an update that is available),
    /// `outcome` (a{sv}), as in an operation's `Status`. `boot`: the keys of `last-boot` in `Snapshot`.
    async fn get_history(&self, options: Dictionary) -> Result<Vec<Dictionary>> {
        let mut options = Options::new(options);
        let limit = options.limit()?.unwrap_or(100);
        options.end()?;
        let entries = self.state.history().newest(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(entries.iter().filter_map(|entry| to_dictionary(entry).ok()).collect())
    }

    /// Keeps the service running for as long as the caller stays on the bus, so that it gets every change signal.
    /// Without a watcher and without an operation the service ends after 30 seconds. Free for everybody.
    ///
    /// Errors: `Busy` where one user watches over very many connections.
    async fn watch(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<()> {
        Options::new(options).end()?;
        let caller = self.caller(&header).await?;
        Ok(self.state.lease(caller, self.state.connection()?.clone())?)
    }

    /// Takes back `Watch`.
    async fn unwatch(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<()> {
        Options::new(options).end()?;
        let caller = self.caller(&header).await?;
        self.state.end_lease(&caller.name);
        Ok(())
    }

    /// Asks the remote of the followed image what it has. Changes no deployment. A registry is asked without root; where
    /// this computer demands a signature, bootc looks once at each new image as well.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.check`.
    ///
    /// `options`: `state-token` (s), the `token` of the snapshot that the caller saw.
    ///
    /// Returns the object of the operation; its outcome is `up-to-date`, `update-available`, `cancelled` or `failed`.
    ///
    /// Errors: `NotImageBased`, `NotBooted`, `NoUpdateSource`, `LocallyModified`, `ClockWrong`, `Busy`, `StateChanged`,
    /// `NotAuthorised`, `Dismissed`, `UnknownOption`, `MalformedOption`.
    async fn check(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<OwnedObjectPath> {
        self.start_plain(&header, Task::Check, options).await
    }

    /// Asks the remote of the followed image which versions it has. Changes no deployment.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.check`.
    ///
    /// `options`: `state-token` (s) as with `Check`.
    ///
    /// Returns the object of the operation; its outcome is `versions`, or `tags` where a container image of a registry is
    /// followed, `cancelled` or `failed`.
    ///
    /// Errors: as with `Check`; `NotWithBackend`.
    async fn list_versions(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<OwnedObjectPath> {
        self.start_plain(&header, Task::ListVersions, options).await
    }

    /// Downloads what the followed image names now and stages it: it starts with the next restart. The computer is
    /// never restarted.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.update`; `….switch` where the update follows a staged switch;
    /// `….roll-back` where it undoes a queued rollback.
    ///
    /// `options`: `state-token` (s) as with `Check`; `expected-checksum` (s), the commit that was previewed, or the digest
    /// of the container image: another one is not downloaded. `mode` (s): `stage` unless given; `download-only`: it is
    /// held back and does not start until it is released; `from-downloaded`: what was held back is released, and nothing
    /// asked of the network. `soft-restart` (b): have a restart prepared that does not restart the hardware, where
    /// that can be.
    ///
    /// Returns the object of the operation; its outcome is `staged`, `up-to-date`, `cancelled` or `failed`.
    ///
    /// Errors: as with `Check`.
    async fn update(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<OwnedObjectPath> {
        let mut options = Options::new(options);
        let token = options.state_token()?;
        let expected = options.expected_checksum()?;
        let (mode, soft_restart) = (options.mode()?, options.soft_restart()?);
        options.end()?;
        if soft_restart && mode != UpdateMode::Stage {
            return Err(Refusal::MalformedOption { option: "soft-restart".into() }.into());
        }
        let task = Task::Update { expected, mode, soft_restart };
        self.start(&header, Wanted { task, token }).await
    }

    /// Downloads another image and stages it: it starts with the next restart, and is followed from then on. A staged
    /// deployment is replaced. Where what runs is wanted again, and it is still what that image names, what is staged is
    /// discarded.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.switch` where `GetTrust` calls the image `verified` or `default-only`
    /// without reservation, else `….switch-unverified`.
    ///
    /// `image`: `remote:branch`, or a container image: `quay.io/example/os:tag`, `docker://…`, `oci:PATH`, or the form of
    /// an origin file. Unless it says so itself, it is checked as the present image is. `options`: `state-token` (s) as
    /// with `Check`; `expected-checksum` (s) and `soft-restart` (b) as with `Update`; `pin` (b): pin what runs, as the way back,
    /// until somebody decides with `Keep`; so it is unless given. `reset` (b): take back what rpm-ostree has changed here.
    ///
    /// Returns the object of the operation; its outcome is `staged`, `discarded`, `cancelled` or `failed`.
    ///
    /// Errors: as with `Check`; `MalformedReference`, `UnknownRemote`, `AlreadyFollowed`, `NeedsReset`; `SwitchForbidden` and
    /// `SwitchPolicyBroken` where the administrator does not allow it, in `/etc/isotope/switching.toml`.
    async fn switch(
        &self,
        #[zbus(header)] header: Header<'_>,
        image: String,
        options: Dictionary,
    ) -> Result<OwnedObjectPath> {
        let mut options = Options::new(options);
        let token = options.state_token()?;
        let expected = options.expected_checksum()?;
        let (soft_restart, pin, reset) = (options.soft_restart()?, options.pin()?, options.reset()?);
        options.end()?;
        let image = options::image(image)?;
        let task = Task::Switch { image, expected, soft_restart, pin, reset };
        self.start(&header, Wanted { task, token }).await
    }

    /// Downloads a chosen version of the followed image and stages it. The next update goes on from the newest again; but
    /// where rpm-ostree follows a container image, `version` is a digest, and that is followed until another switch.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.roll-back`; `….switch` or `….switch-unverified` where it follows a staged
    /// switch.
    ///
    /// `version`: the version, or the checksum of its commit. `options`: `state-token` (s) as with `Check`.
    ///
    /// Returns the object of the operation; its outcome is `staged`, `cancelled` or `failed`, with `AlreadyDefault` where
    /// that version starts next already.
    ///
    /// Errors: as with `Check`; `MalformedArgument`.
    async fn deploy(
        &self,
        #[zbus(header)] header: Header<'_>,
        version: String,
        options: Dictionary,
    ) -> Result<OwnedObjectPath> {
        let version = options::version(version)?;
        self.start_plain(&header, Task::Deploy { version }, options).await
    }

    /// Puts the previous deployment first in the boot order; where one is first already that does not run, puts the
    /// running one first again. A staged deployment is discarded by that.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.roll-back`.
    ///
    /// `options`: `state-token` (s) as with `Check`; `expected-deployment` (s), the id of the deployment that shall boot
    /// next: if it would be another one, nothing is done.
    ///
    /// Returns the object of the operation; its outcome is `boot-order-changed`, `cancelled` or `failed`.
    ///
    /// Errors: `NotImageBased`, `NotBooted`, `NothingToRollBackTo`, `Busy`, `StateChanged`, `NotAuthorised`,
    /// `Dismissed`, `UnknownOption`, `MalformedOption`.
    async fn roll_back(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<OwnedObjectPath> {
        self.start_expecting(&header, options, |expected| Task::RollBack { expected }).await
    }

    /// Puts a deployment first in the boot order. A staged deployment is discarded by that.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.roll-back`.
    ///
    /// `deployment`: its id. `options`: `state-token` (s) as with `Check`.
    ///
    /// Returns the object of the operation; its outcome is `boot-order-changed`, `cancelled` or `failed`.
    ///
    /// Errors: as with `RollBack`; `MalformedArgument`, `UnknownDeployment`, `AlreadyDefault`, `StillStaged`.
    async fn set_default(
        &self,
        #[zbus(header)] header: Header<'_>,
        deployment: String,
        options: Dictionary,
    ) -> Result<OwnedObjectPath> {
        let deployment = options::deployment(&deployment)?;
        self.start_plain(&header, Task::SetDefault { deployment }, options).await
    }

    /// Discards what is staged; the boot order stays as it is.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.roll-back`.
    ///
    /// `options`: `state-token` (s) as with `Check`; `expected-deployment` (s), the id of what shall be discarded: if
    /// something else is staged, nothing is done.
    ///
    /// Returns the object of the operation; its outcome is `discarded`, `cancelled` or `failed`.
    ///
    /// Errors: as with `RollBack`; `NothingStaged`.
    async fn discard(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<OwnedObjectPath> {
        self.start_expecting(&header, options, |expected| Task::Discard { expected }).await
    }

    /// Keeps a deployment through every update and clean-up, until it is unpinned.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.manage-deployments`.
    ///
    /// `deployment`: its id. `options`: `state-token` (s) as with `Check`.
    ///
    /// Returns the object of the operation; its outcome is `pinned`, `cancelled` or `failed`.
    ///
    /// Errors: as with `SetDefault`; `AlreadyPinned`.
    async fn pin(
        &self,
        #[zbus(header)] header: Header<'_>,
        deployment: String,
        options: Dictionary,
    ) -> Result<OwnedObjectPath> {
        let deployment = options::deployment(&deployment)?;
        self.start_plain(&header, Task::Pin { deployment }, options).await
    }

    /// Keeps a deployment no longer than others.
    ///
    /// polkit, arguments and outcome as with `Pin`, but the outcome is `unpinned`.
    ///
    /// Errors: as with `Pin`, but `NotPinned` instead of `AlreadyPinned`.
    async fn unpin(
        &self,
        #[zbus(header)] header: Header<'_>,
        deployment: String,
        options: Dictionary,
    ) -> Result<OwnedObjectPath> {
        let deployment = options::deployment(&deployment)?;
        self.start_plain(&header, Task::Unpin { deployment }, options).await
    }

    /// Decides that the image that was switched to is kept. What ran before stays pinned for three more updates, or as long as
    /// /boot has room.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.manage-deployments`.
    ///
    /// `options`: `state-token` (s) as with `Check`; `expected-deployment` (s), the id of what ran before: if it is another
    /// one, nothing is done.
    ///
    /// Returns the object of the operation; its outcome is `kept`, `cancelled` or `failed`.
    ///
    /// Errors: `NothingToKeep`; as with `Discard`.
    async fn keep(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<OwnedObjectPath> {
        self.start_expecting(&header, options, |expected| Task::Keep { expected }).await
    }

    /// Removes a deployment and what only it needs. One that runs, is staged, is pinned or starts next is protected.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.manage-deployments`.
    ///
    /// `deployment`: its id. `options`: `state-token` (s) as with `Check`.
    ///
    /// Returns the object of the operation; its outcome is `removed`, `cancelled` or `failed`.
    ///
    /// Errors: as with `SetDefault`; `Protected` (`protection`: `booted`, `staged`, `pinned`, `default`).
    async fn remove(
        &self,
        #[zbus(header)] header: Header<'_>,
        deployment: String,
        options: Dictionary,
    ) -> Result<OwnedObjectPath> {
        let deployment = options::deployment(&deployment)?;
        self.start_plain(&header, Task::Remove { deployment }, options).await
    }

    /// Removes what no deployment needs: leftovers of downloads, branches of images that are no longer deployed.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.manage-deployments`.
    ///
    /// `options`: `state-token` (s) as with `Check`.
    ///
    /// Returns the object of the operation; its outcome is `cleaned-up`, `cancelled` or `failed`.
    ///
    /// Errors: as with `RollBack`.
    async fn clean_up(&self, #[zbus(header)] header: Header<'_>, options: Dictionary) -> Result<OwnedObjectPath> {
        self.start_plain(&header, Task::CleanUp, options).await
    }

    /// The version of this interface. It grows when members are added; nothing is ever taken away.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn interface_version(&self) -> u32 {
        INTERFACE_VERSION
    }

    /// The version of the service.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The last good reading of the sysroot.
    ///
    /// - `host` (a{sv}): `image-based` (b), `backend` (s: `ostree`, `bootc`, `rpm-ostree`, `apm`, `unknown`),
    ///   `backend-reason` (s: `branch`, `branch-with-rpm-ostree`, `nothing-followed`, `container`,
    ///   `container-without-bootc`, `container-without-program`, `changed-by-rpm-ostree`, `built-here`, `composefs`,
    ///   `unknown`), `composefs` (b), `libostree-version` (s), `update-driver` (a{sv}: `name`, `unit` (s): that program drives the
    ///   updates), `automatic-updates` (s: what rpm-ostree does by itself: `none`, `check`, `stage`, `apply`, `unknown`).
    /// - `deployments` (aa{sv}), in boot order: `id` (s), `name`, `variant`, `version` (s), `built` (t), `image` (a{sv}),
    ///   `digest` (s: of the container image that it was made from), `base-checksum` (s: the image's own commit, where
    ///   rpm-ostree made this one here), `layered` (a{sv}: `packages`, `local-packages`, `removed`, `replaced` (as),
    ///   `initramfs`, `otherwise` (b)), `unlocked` (s: `development`, `hotfix`, `transient`, `unknown`), `applied-live` (b), and the marks `booted`, `staged`, `queued`, `rollback`, `pinned`,
    ///   `finalization-locked` (b); `automatic-pin` (a{sv}: `updates-left` (u)): it is pinned by a switch, as the way back, and once
    ///   that was decided with `Keep`, for so many more updates.
    /// - `token` (s): stands for this state; hand it back as the option `state-token`.
    /// - `changing` (b): another program writes just now; a newer reading follows.
    /// - `read` (t): when it was read, where that takes a program that cannot always answer; seconds since 1970.
    /// - `soft-restart` (b): what starts next is prepared so that a restart does not restart the hardware.
    /// - `available` (a{sv}): what the last check found and is not here yet, as in the outcome `update-available`.
    /// - `last-checked` (t); `only-update-tells` (b): the last check could not tell whether there is anything newer.
    /// - `last-boot` (a{sv}): what the computer came up with when it was last started, where `isotope-boot.service` wrote
    ///   it down. `time` (t), `boot-id`, `deployment`, `version`, `name` (s), `verdict` (s: `as-expected`, `first`,
    ///   `staged-lost`, `not-finalised`, `finalisation-failed` with `detail` (s), `fell-back`, `health-checks-failed`, `another-started`,
    ///   each of the latter six with `expected` (s), the version that was to start).
    #[zbus(property)]
    async fn snapshot(&self) -> zbus::fdo::Result<Dictionary> {
        let snapshot = self.state.keeper().known_or_fresh().await.map_err(asking::failed)?;
        to_dictionary(&*snapshot).map_err(asking::failed)
    }

    /// What can be asked for now: for each kind of operation a dictionary with `available` (b) and otherwise `reason`
    /// (a{sv}), the refusal that asking would get. For what is done with one deployment: whether there is any to do it
    /// with.
    #[zbus(property)]
    async fn capabilities(&self) -> zbus::fdo::Result<Dictionary> {
        let snapshot = self.state.keeper().known_or_fresh().await.map_err(asking::failed)?;
        to_dictionary(&capabilities(&snapshot)).map_err(asking::failed)
    }

    /// The operation that runs now, or `/`.
    #[zbus(property)]
    async fn current_operation(&self) -> OwnedObjectPath {
        self.state.current()
    }
}
