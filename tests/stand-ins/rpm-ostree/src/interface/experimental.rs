// SPDX-License-Identifier: GPL-3.0-or-later
//! The experiments of a stateroot.

use zbus::interface;

use crate::failure::Failure;
use crate::options::Options;

/// They are not the lab's.
pub(crate) struct ExperimentalInterface;

#[interface(name = "org.projectatomic.rpmostree1.OSExperimental")]
impl ExperimentalInterface {
    #[zbus(out_args("result"))]
    fn moo(&self, utf8: bool) -> String {
        if utf8 { "🐄\n" } else { "moo\n" }.to_owned()
    }

    #[zbus(out_args("transaction_address"))]
    fn live_fs(&self, options: Options) -> Result<String, Failure> {
        drop(options);
        Err(Failure::unsupported("LiveFs"))
    }

    fn download_packages(&self, queries: Vec<String>, source: String) -> Result<(), Failure> {
        drop((queries, source));
        Err(Failure::unsupported("DownloadPackages"))
    }
}
