// SPDX-License-Identifier: GPL-3.0-or-later
//! Names on the bus, and places.

pub(crate) const BUS_NAME: &str = "org.projectatomic.rpmostree1";
pub(crate) const ROOT_PATH: &str = "/org/projectatomic/rpmostree1";
pub(crate) const SYSROOT_PATH: &str = "/org/projectatomic/rpmostree1/Sysroot";
pub(crate) const SYSROOT_INTERFACE: &str = "org.projectatomic.rpmostree1.Sysroot";
pub(crate) const OS_INTERFACE: &str = "org.projectatomic.rpmostree1.OS";
pub(crate) const TRANSACTION_INTERFACE: &str = "org.projectatomic.rpmostree1.Transaction";
pub(crate) const TRANSACTION_SOCKET: &str = "/run/rpm-ostree-transaction.sock";
pub(crate) const TRANSACTION_ADDRESS: &str = "unix:path=/run/rpm-ostree-transaction.sock";

/// The object of a stateroot.
pub(crate) fn os_path(stateroot: &str) -> String {
    let mut path = format!("{ROOT_PATH}/");
    for byte in stateroot.bytes() {
        match byte {
            b'/' | b'-' => path.push('_'),
            b if b.is_ascii_alphanumeric() || b == b'_' => path.push(char::from(b)),
            b => path.push_str(&format!("_{b:02x}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stateroots_become_paths() {
        assert_eq!(os_path("fedora-coreos"), "/org/projectatomic/rpmostree1/fedora_coreos");
        assert_eq!(os_path("a.b"), "/org/projectatomic/rpmostree1/a_2eb");
    }
}
