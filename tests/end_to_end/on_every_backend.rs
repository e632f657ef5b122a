// SPDX-License-Identifier: GPL-3.0-or-later
//! Claims that are true whatever pulls and stages on the computer.

/// Makes two tests of each function: one on a computer that follows a branch, one on a computer that follows a container.
macro_rules! on_every_backend {
    ($($claim:ident),+ $(,)?) => {
        mod ostree {
            $(
                #[tokio::test]
                async fn $claim() {
                    super::$claim(isotope_lab::Backend::Ostree).await;
                }
            )+
        }

        mod bootc {
            $(
                #[tokio::test]
                async fn $claim() {
                    super::$claim(isotope_lab::Backend::Bootc).await;
                }
            )+
        }
    };
}
