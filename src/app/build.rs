// SPDX-License-Identifier: GPL-3.0-or-later
//! Compiles the icons and the style sheet into a bundle that the program carries.

fn main() {
    glib_build_tools::compile_resources(
        &["resources", "../../data/icons/hicolor"],
        "resources/isotope.gresource.xml",
        "isotope.gresource",
    );
}
