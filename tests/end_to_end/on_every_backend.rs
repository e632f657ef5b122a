// SPDX-License-Identifier: GPL-3.0-or-later
//! Claims that are true whatever pulls and stages on the computer.

/// Makes four tests of each function: libostree and rpm-ostree on computers that follow a branch, bootc and rpm-ostree on
/// computers that follow a container.
macro_rules! on_every_backend {
    ($($claim:ident),+ $(,)?) => {
        on_backend!(ostree, Ostree, $($claim),+);
        on_backend!(bootc, Bootc, $($claim),+);
        on_backend!(rpm_ostree, RpmOstree, $($claim),+);
        on_backend!(rpm_ostree_branch, RpmOstreeBranch, $($claim),+);
    };
}

/// Makes three: with rpm-ostree one is enough where nothing depends on what is followed, because libostree does it.
macro_rules! on_every_program {
    ($($claim:ident),+ $(,)?) => {
        on_backend!(ostree, Ostree, $($claim),+);
        on_backend!(bootc, Bootc, $($claim),+);
        on_backend!(rpm_ostree, RpmOstree, $($claim),+);
    };
}

/// Makes one test of each function.
macro_rules! on_backend {
    ($name:ident, $backend:ident, $($claim:ident),+) => {
        mod $name {
            $(
                #[tokio::test]
                async fn $claim() {
                    super::$claim(isotope_lab::Backend::$backend).await;
                }
            )+
        }
    };
}
