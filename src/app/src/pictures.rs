// SPDX-License-Identifier: GPL-3.0-or-later
//! The pictures of desktops, as GTK can draw them at once.

use std::cell::RefCell;
use std::collections::HashMap;

use relm4::gtk::gdk_pixbuf::PixbufLoader;
use relm4::gtk::gdk_pixbuf::prelude::*;
use relm4::gtk::prelude::*;
use relm4::gtk::{gdk, glib};

/// What a picture is drawn in at the most, in pixels, whatever size its file names.
const LARGEST: i32 = 1280;
/// The most pixels of one side that are decoded at all.
const MOST: i32 = 8192;

/// What Cairo calls ARGB32.
const FORMAT: gdk::MemoryFormat = match cfg!(target_endian = "little") {
    true => gdk::MemoryFormat::B8g8r8a8Premultiplied,
    false => gdk::MemoryFormat::A8r8g8b8Premultiplied,
};

thread_local! {
    static DRAWN: RefCell<HashMap<&'static str, gdk::Texture>> = RefCell::default();
}

/// The drawn picture at this path among the program's resources; each is made ready once.
pub(crate) fn drawn(path: &'static str) -> gdk::Texture {
    let make = || ready(&gdk::Texture::from_resource(path));
    DRAWN.with_borrow_mut(|drawn| drawn.entry(path).or_insert_with(make).clone())
}

/// The picture that these bytes are, in a size that can be shown; nothing where they are none, or an enormous one.
pub(crate) fn decode(bytes: &[u8]) -> Option<gdk::Texture> {
    let loader = PixbufLoader::new();
    loader.connect_size_prepared(|loader, width, height| {
        let (width, height) = fitting(width, height);
        loader.set_size(width, height);
    });
    let written = loader.write(bytes);
    // It has to be closed in any case.
    loader.close().and(written).ok()?;
    loader.pixbuf().map(|pixbuf| ready(&gdk::Texture::for_pixbuf(&pixbuf)))
}

/// The same picture in the form in which pixels are drawn. Where no graphics card does that, they would else be converted
/// each time, and nothing on the page would move smoothly.
fn ready(texture: &gdk::Texture) -> gdk::Texture {
    let (width, height) = (texture.width(), texture.height());
    let side = |side: i32| usize::try_from(side).unwrap_or_default();
    let stride = side(width) * 4;
    let mut pixels = vec![0; stride * side(height)];
    texture.download(&mut pixels, stride);
    gdk::MemoryTexture::new(width, height, FORMAT, &glib::Bytes::from_owned(pixels), stride).upcast()
}

/// The size to decode a picture of this size in: none at all for an enormous one.
fn fitting(width: i32, height: i32) -> (i32, i32) {
    let largest = width.max(height);
    match largest {
        _ if width < 1 || height < 1 || largest > MOST => (0, 0),
        _ if largest <= LARGEST => (width, height),
        _ => {
            let scaled = |side: i32| (i64::from(side) * i64::from(LARGEST) / i64::from(largest)).max(1);
            (i32::try_from(scaled(width)).unwrap_or(1), i32::try_from(scaled(height)).unwrap_or(1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_decoded_in_a_size_that_can_be_shown_or_not_at_all() {
        assert_eq!(fitting(640, 400), (640, 400));
        assert_eq!(fitting(3840, 2400), (1280, 800));
        assert_eq!(fitting(8192, 1), (1280, 1));
        for (width, height) in [(8193, 10), (10, i32::MAX), (0, 10), (-1, 10)] {
            assert_eq!(fitting(width, height), (0, 0));
        }
    }

    #[test]
    fn what_is_no_picture_is_not_shown() {
        for bytes in [b"".as_slice(), b"<b>", &[0x89, b'P', b'N', b'G'], &[0; 1000]] {
            assert!(decode(bytes).is_none());
        }
    }
}
