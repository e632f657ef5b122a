// SPDX-License-Identifier: GPL-3.0-or-later
//! A whole image-based computer in a box, real enough that libostree takes it for a booted machine.
//!
//! A lab is a folder: a remote and a registry that publish signed images, a sysroot with deployments of them, and a machine that
//! "boots" the default one in namespaces of its own, with a system bus, polkit and Isotope's service. One supervisor
//! process holds the mounts, the remote's web server and the machine. Everything needs root and runs on loopback.

mod accounts;
mod base_tree;
mod boot_entry;
mod boot_records;
mod bootc;
mod command;
mod configuration;
mod container;
mod control;
mod damage;
mod deployment_file;
mod disk;
mod display_manager;
mod enter;
mod installation;
mod keys;
mod lab;
mod layer;
mod login;
mod machine;
mod machine_processes;
mod options;
mod origin_file;
mod own_images;
mod packages;
mod payload;
mod polkit;
mod publication;
mod registry;
mod remote_server;
mod rpm_ostree;
mod services;
mod stand_ins;
mod starter;
mod supervisor;
mod surroundings;
mod sysroot;
mod unit;

pub use boot_entry::BootEntry;
pub use bootc::{BootcFault, BootcMoment};
pub use control::{MachineState, Power, Start};
pub use damage::Damage;
pub use display_manager::DisplayManager;
pub use installation::Installation;
pub use lab::Lab;
pub use login::Login;
pub use options::{Backend, LabOptions};
pub use polkit::PolkitPreset;
pub use publication::{Publication, Signing};
pub use remote_server::{Availability, RegistryRequest, RemoteBehaviour, RemoteTraffic};
pub use rpm_ostree::{RpmOstreeFault, RpmOstreeMoment};
pub use surroundings::{Network, PowerSupply};

/// What only the program `isotope-lab` itself calls: the processes that a lab consists of.
#[doc(hidden)]
pub mod program {
    pub use crate::enter::{enter, enter_inner};
    pub use crate::machine::hold;
    pub use crate::rpm_ostree::change_packages;
    pub use crate::services::{relay, run as run_services, run_service};
    pub use crate::supervisor::supervise;
}
