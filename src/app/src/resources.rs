// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Context as _;
use relm4::gtk::prelude::ApplicationExt as _;
use relm4::gtk::{gio, glib};

static BUNDLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/isotope.gresource"));

/// Where the bundle has everything.
const BASE: &str = "/io/github/isotope_desktop/Isotope";

/// Makes the icons and the style sheet that are compiled into the program known to GTK.
pub(crate) fn register() -> anyhow::Result<()> {
    let resource = gio::Resource::from_data(&glib::Bytes::from_static(BUNDLE))
        .context("the program's own resources are damaged")?;
    gio::resources_register(&resource);
    relm4::main_application().set_resource_base_path(Some(BASE));
    Ok(())
}
