// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Backend, BackendReason, Host};

/// The program that pulls and stages, by its name.
pub fn backend_name(backend: Backend) -> &'static str {
    match backend {
        Backend::Ostree => "libostree",
        Backend::Bootc => "bootc",
        Backend::RpmOstree => "rpm-ostree",
        Backend::Apm => "apm",
        Backend::Unknown => "?",
    }
}

/// What pulls and stages on a host, and why it is that.
pub fn backend_reason(host: &Host) -> String {
    match host.backend_reason {
        BackendReason::Branch => gettext("libostree, because this system follows a branch of an OSTree remote"),
        BackendReason::NothingFollowed => {
            gettext("libostree, because this system was installed from a single image and follows none")
        }
        BackendReason::BranchWithRpmOstree => {
            gettext("rpm-ostree, because this system has it and follows no container image")
        }
        BackendReason::Container => gettext("bootc, because this system follows a container image"),
        BackendReason::ContainerWithoutBootc => {
            gettext("rpm-ostree, because this system follows a container image and has no bootc")
        }
        BackendReason::ContainerWithoutProgram => {
            gettext("none, because this system follows a container image and has neither bootc nor rpm-ostree")
        }
        BackendReason::ChangedByRpmOstree if host.backend == Backend::Unknown => gettext(
            "none, because packages were layered with rpm-ostree, which is no longer there: no other program carries them over",
        ),
        BackendReason::ChangedByRpmOstree => gettext(
            "rpm-ostree, because packages were layered with it, or something else was changed: no other program carries that over, nor does bootc",
        ),
        BackendReason::BuiltHere => gettext("apm, because the image that runs was built on this computer"),
        BackendReason::Composefs => gettext("bootc, because this system is made of composefs images"),
        BackendReason::Unknown => match host.backend {
            Backend::Unknown => gettext("none that this version of Isotope knows"),
            known => backend_name(known).to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_names_its_program() {
        use BackendReason as Why;
        let table = [
            (Why::Branch, "libostree,"),
            (Why::NothingFollowed, "libostree,"),
            (Why::BranchWithRpmOstree, "rpm-ostree,"),
            (Why::Container, "bootc,"),
            (Why::ContainerWithoutBootc, "rpm-ostree,"),
            (Why::ContainerWithoutProgram, "none,"),
            (Why::ChangedByRpmOstree, "rpm-ostree,"),
            (Why::BuiltHere, "apm,"),
            (Why::Composefs, "bootc,"),
            (Why::Unknown, "none "),
        ];
        for (backend_reason, program) in table {
            let told = backend_reason_of(backend_reason);
            assert!(told.starts_with(program), "{told}");
        }
        let gone = Host { backend_reason: Why::ChangedByRpmOstree, ..Host::default() };
        assert!(backend_reason(&gone).starts_with("none, because packages were layered"));
        let of_the_future = Host { backend: Backend::Bootc, ..Host::default() };
        assert_eq!(backend_reason(&of_the_future), "bootc");
    }

    fn backend_reason_of(backend_reason: BackendReason) -> String {
        let backend = match backend_reason {
            BackendReason::ChangedByRpmOstree => Backend::RpmOstree,
            _ => Backend::Unknown,
        };
        super::backend_reason(&Host { backend, backend_reason, ..Host::default() })
    }
}
