// SPDX-License-Identifier: GPL-3.0-or-later

/// The picture that the program itself has of a desktop that catalogs call so: a path among its resources.
pub(crate) fn picture_of(desktop: Option<&str>) -> &'static str {
    match desktop {
        Some("budgie") => "/io/github/isotope_desktop/Isotope/pictures/budgie.svg",
        Some("cosmic") => "/io/github/isotope_desktop/Isotope/pictures/cosmic.svg",
        Some("gnome") => "/io/github/isotope_desktop/Isotope/pictures/gnome.svg",
        Some("kde") => "/io/github/isotope_desktop/Isotope/pictures/kde.svg",
        Some("lxqt") => "/io/github/isotope_desktop/Isotope/pictures/lxqt.svg",
        Some("none") => "/io/github/isotope_desktop/Isotope/pictures/none.svg",
        // They look alike: tiled windows without decoration.
        Some("hyprland" | "i3" | "miracle" | "niri" | "sway") => "/io/github/isotope_desktop/Isotope/pictures/sway.svg",
        Some("xfce") => "/io/github/isotope_desktop/Isotope/pictures/xfce.svg",
        _ => "/io/github/isotope_desktop/Isotope/pictures/unknown.svg",
    }
}

#[cfg(test)]
mod tests {
    use relm4::gtk::{gio, glib};

    use super::*;

    static BUNDLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/isotope.gresource"));

    #[test]
    fn every_picture_is_there_and_of_the_same_shape() {
        let bundle = gio::Resource::from_data(&glib::Bytes::from_static(BUNDLE)).unwrap();
        let desktops =
            ["budgie", "cosmic", "gnome", "kde", "lxqt", "none", "sway", "xfce", "hyprland", "of-the-future"];
        for desktop in desktops.map(Some).into_iter().chain([None]) {
            let data = bundle.lookup_data(picture_of(desktop), gio::ResourceLookupFlags::NONE).unwrap();
            let text = String::from_utf8(data.to_vec()).unwrap();
            assert!(text.contains(r#"viewBox="0 0 640 400""#) && text.trim_end().ends_with("</svg>"), "{desktop:?}");
        }
    }

    #[test]
    fn each_desktop_that_has_one_has_its_own() {
        for desktop in ["budgie", "cosmic", "gnome", "kde", "lxqt", "none", "sway", "xfce"] {
            assert!(picture_of(Some(desktop)).ends_with(&format!("/{desktop}.svg")), "{desktop}");
        }
        assert_eq!(picture_of(Some("cinnamon")), picture_of(None));
    }
}
