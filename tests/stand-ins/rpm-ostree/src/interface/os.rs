// SPDX-License-Identifier: GPL-3.0-or-later
//! The object of a stateroot.

mod object;

pub(crate) use object::OsInterface;

use zbus::interface;
use zbus::message::Header;

use super::queries::{self, Rows};
use crate::configuration;
use crate::failure::Failure;
use crate::names::os_path;
use crate::options::{Lookup, Options};
use crate::transaction::Request;
use crate::variants::{self, Dictionary};
use crate::work::{Cleanup, Deploy, Finalize, KernelArguments, Modifiers, Work};
use object::blocking;

fn dictionary(variant: &ostree::glib::Variant) -> zbus::fdo::Result<Dictionary> {
    variants::dictionary(variant).map_err(|error| zbus::fdo::Error::Failed(format!("{error:#}")))
}

#[interface(name = "org.projectatomic.rpmostree1.OS")]
impl OsInterface {
    #[zbus(property)]
    fn booted_deployment(&self) -> zbus::fdo::Result<Dictionary> {
        dictionary(&self.stateroot().booted)
    }

    #[zbus(property)]
    fn default_deployment(&self) -> zbus::fdo::Result<Dictionary> {
        dictionary(&self.stateroot().default)
    }

    #[zbus(property)]
    fn rollback_deployment(&self) -> zbus::fdo::Result<Dictionary> {
        dictionary(&self.stateroot().rollback)
    }

    #[zbus(property)]
    fn cached_update(&self) -> zbus::fdo::Result<Dictionary> {
        dictionary(&self.stateroot().cached_update)
    }

    /// True of every update, with packages or without.
    #[zbus(property)]
    fn has_cached_update_rpm_diff(&self) -> bool {
        self.stateroot().cached_update.n_children() > 0
    }

    #[zbus(property)]
    fn name(&self) -> String {
        self.name.clone()
    }

    #[zbus(out_args("enabled", "transaction_address"))]
    async fn automatic_update_trigger(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<(bool, String), Failure> {
        self.may(&header, "AutomaticUpdateTrigger", &["upgrade"]).await?;
        let mode = options.text("mode").unwrap_or_else(|| "auto".to_owned());
        let policy = if mode == "auto" { self.daemon.policy() } else { configuration::policy(&mode)? };
        let to_self = options.flag("output-to-self").unwrap_or(true);
        let deploy = Deploy::new(&self.name, Modifiers::default(), &options);
        let work = match policy.as_str() {
            "none" => return Ok((false, String::new())),
            "check" => Work::Deploy(deploy.check_only(to_self)),
            "apply" => Work::Deploy(deploy.automatic(to_self, true)),
            _ => Work::Deploy(deploy.automatic(to_self, false)),
        };
        let arguments = format!("{options:?}");
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let client = self.daemon.describe(&sender).await;
        let (method, path) = ("AutomaticUpdateTrigger", os_path(&self.name));
        let request = Request { method, sender, path, arguments, client };
        Ok((true, self.daemon.begin(request, work).await?))
    }

    #[zbus(out_args("result"))]
    async fn get_deployments_rpm_diff(
        &self,
        deployid0: String,
        deployid1: String,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<Rows, Failure> {
        self.may(&header, "GetDeploymentsRpmDiff", &["repo-refresh"]).await?;
        let name = self.name.clone();
        blocking(move || queries::deployments(&name, &deployid0, &deployid1)).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn deploy(
        &self,
        revision: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        let arguments = format!("{revision:?} {options:?}");
        let modifiers = Modifiers { revision: Some(revision), ..Modifiers::default() };
        let work = self.deployment(modifiers, &options);
        self.begin(&header, "Deploy", &["deploy"], arguments, work).await
    }

    #[zbus(out_args("result", "details"))]
    async fn get_cached_deploy_rpm_diff(
        &self,
        revision: String,
        packages: Vec<String>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<(Rows, Dictionary), Failure> {
        drop((revision, packages));
        self.may(&header, "GetCachedDeployRpmDiff", &["repo-refresh"]).await?;
        Err(Failure::unsupported("GetCachedDeployRpmDiff"))
    }

    #[zbus(out_args("transaction_address"))]
    async fn download_deploy_rpm_diff(
        &self,
        revision: String,
        packages: Vec<String>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        drop((revision, packages));
        self.may(&header, "DownloadDeployRpmDiff", &["repo-refresh"]).await?;
        Err(Failure::unsupported("DownloadDeployRpmDiff"))
    }

    #[zbus(out_args("transaction_address"))]
    async fn upgrade(&self, options: Options, #[zbus(header)] header: Header<'_>) -> Result<String, Failure> {
        let work = self.deployment(Modifiers::default(), &options);
        self.begin(&header, "Upgrade", &["upgrade"], format!("{options:?}"), work).await
    }

    #[zbus(out_args("result", "details"))]
    async fn get_cached_update_rpm_diff(
        &self,
        deployid: String,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<(Rows, Dictionary), Failure> {
        self.may(&header, "GetCachedUpdateRpmDiff", &["repo-refresh"]).await?;
        let update = self.stateroot().cached_update;
        blocking(move || queries::cached_update(&deployid, &update)).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn download_update_rpm_diff(&self, #[zbus(header)] header: Header<'_>) -> Result<String, Failure> {
        let options = Options::new();
        let work = Work::Deploy(Deploy::new(&self.name, Modifiers::default(), &options).check_only(false));
        self.begin(&header, "DownloadUpdateRpmDiff", &["repo-refresh"], String::new(), work).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn rollback(&self, options: Options, #[zbus(header)] header: Header<'_>) -> Result<String, Failure> {
        let work = Work::rollback(&self.name, &options);
        self.begin(&header, "Rollback", &["rollback"], format!("{options:?}"), work).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn clear_rollback_target(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        let work = Work::Cleanup(Cleanup::rollback(&self.name));
        self.begin(&header, "ClearRollbackTarget", &["rollback"], format!("{options:?}"), work).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn rebase(
        &self,
        options: Options,
        refspec: String,
        packages: Vec<String>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        let arguments = format!("{options:?} {refspec:?} {packages:?}");
        let modifiers = Modifiers {
            refspec: Some(refspec),
            revision: options.text("revision"),
            install: packages,
            ..Modifiers::default()
        };
        let work = self.deployment(modifiers, &options);
        self.begin(&header, "Rebase", &["rebase"], arguments, work).await
    }

    #[zbus(out_args("result", "details"))]
    async fn get_cached_rebase_rpm_diff(
        &self,
        refspec: String,
        packages: Vec<String>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<(Rows, Dictionary), Failure> {
        drop(packages);
        self.may(&header, "GetCachedRebaseRpmDiff", &["repo-refresh"]).await?;
        if ostree::parse_refspec(&refspec).is_err() {
            const ERROR: &str = "org.projectatomic.rpmostreed.Error.InvalidRefspec";
            return Err(Failure::new(ERROR, format!("Invalid refspec {refspec}")));
        }
        Err(Failure::unsupported("GetCachedRebaseRpmDiff"))
    }

    #[zbus(out_args("transaction_address"))]
    async fn download_rebase_rpm_diff(
        &self,
        refspec: String,
        packages: Vec<String>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        drop((refspec, packages));
        self.may(&header, "DownloadRebaseRpmDiff", &["repo-refresh"]).await?;
        Err(Failure::unsupported("DownloadRebaseRpmDiff"))
    }

    #[zbus(out_args("transaction_address"))]
    async fn pkg_change(
        &self,
        options: Options,
        packages_added: Vec<String>,
        packages_removed: Vec<String>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        let arguments = format!("{options:?} {packages_added:?} {packages_removed:?}");
        let modifiers =
            Modifiers { install: packages_added, uninstall: packages_removed, keep_base: true, ..Modifiers::default() };
        let work = self.deployment(modifiers, &options);
        self.begin(&header, "PkgChange", &["install-uninstall-packages"], arguments, work).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn set_initramfs_state(
        &self,
        regenerate: bool,
        args: Vec<String>,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        drop((regenerate, args, options));
        self.may(&header, "SetInitramfsState", &["bootconfig"]).await?;
        Err(Failure::unsupported("SetInitramfsState"))
    }

    #[zbus(out_args("transaction_address"))]
    async fn initramfs_etc(
        &self,
        track: Vec<String>,
        untrack: Vec<String>,
        untrack_all: bool,
        force_sync: bool,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        drop((track, untrack, untrack_all, force_sync, options));
        self.may(&header, "InitramfsEtc", &["bootconfig"]).await?;
        Err(Failure::unsupported("InitramfsEtc"))
    }

    #[zbus(out_args("transaction_address"))]
    async fn kernel_args(
        &self,
        existing_kernel_arg_string: String,
        kernel_args_added: Vec<String>,
        kernel_args_replaced: Vec<String>,
        kernel_args_removed: Vec<String>,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        let (added, replaced, removed) = (kernel_args_added, kernel_args_replaced, kernel_args_removed);
        let arguments = format!("{existing_kernel_arg_string:?} {added:?} {replaced:?} {removed:?} {options:?}");
        let change = KernelArguments::new(&self.name, existing_kernel_arg_string, [added, replaced, removed], &options);
        self.begin(&header, "KernelArgs", &["bootconfig"], arguments, Work::KernelArguments(change)).await
    }

    #[zbus(out_args("bootconfig"))]
    async fn get_deployment_boot_config(
        &self,
        deployid: String,
        is_pending: bool,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<Dictionary, Failure> {
        self.may(&header, "GetDeploymentBootConfig", &[]).await?;
        let name = self.name.clone();
        let found = blocking(move || queries::boot_configuration(&name, &deployid, is_pending)).await?;
        Ok(variants::dictionary(&found)?)
    }

    #[zbus(out_args("transaction_address"))]
    async fn cleanup(&self, elements: Vec<String>, #[zbus(header)] header: Header<'_>) -> Result<String, Failure> {
        self.may(&header, "Cleanup", &["cleanup"]).await?;
        let work = Work::Cleanup(Cleanup::parse(&self.name, &elements)?);
        self.begin(&header, "Cleanup", &["cleanup"], format!("{elements:?}"), work).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn refresh_md(&self, options: Options, #[zbus(header)] header: Header<'_>) -> Result<String, Failure> {
        self.begin(&header, "RefreshMd", &["repo-refresh"], format!("{options:?}"), Work::RefreshMetadata).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn modify_yum_repo(
        &self,
        repo_id: String,
        settings: std::collections::HashMap<String, String>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        drop((repo_id, settings));
        self.may(&header, "ModifyYumRepo", &["repo-modify"]).await?;
        Err(Failure::unsupported("ModifyYumRepo"))
    }

    /// The lab has no repositories of packages.
    #[zbus(out_args("repos"))]
    fn list_repos(&self) -> Vec<Dictionary> {
        Vec::new()
    }

    #[zbus(out_args("transaction_address"))]
    async fn update_deployment(
        &self,
        modifiers: Options,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        let arguments = format!("{modifiers:?} {options:?}");
        let changes = Modifiers::read(&modifiers);
        let actions = changes.actions(&options);
        let work = self.deployment(changes, &options);
        self.begin(&header, "UpdateDeployment", &actions, arguments, work).await
    }

    #[zbus(out_args("transaction_address"))]
    async fn finalize_deployment(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<String, Failure> {
        let work = Work::Finalize(Finalize::new(&self.name, &options));
        self.begin(&header, "FinalizeDeployment", &["finalize-deployment"], format!("{options:?}"), work).await
    }

    #[zbus(out_args("packages"))]
    fn what_provides(&self, provides: Vec<String>) -> Vec<Dictionary> {
        drop(provides);
        Vec::new()
    }

    #[zbus(out_args("packages"))]
    fn get_packages(&self, names: Vec<String>) -> Vec<Dictionary> {
        drop(names);
        Vec::new()
    }

    #[zbus(out_args("packages"))]
    fn search(&self, names: Vec<String>) -> Vec<Dictionary> {
        drop(names);
        Vec::new()
    }
}
