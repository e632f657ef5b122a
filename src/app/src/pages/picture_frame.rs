// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk;
use relm4::gtk::glib;
use relm4::gtk::prelude::*;

use crate::pictures;
use crate::view_model::PicturePlace;

glib::wrapper! {
    /// The picture of a desktop, in the shape of a screen however wide it is.
    pub struct PictureFrame(ObjectSubclass<implementation::PictureFrame>)
        @extends gtk::Widget,
        @implements gtk::Accessible, gtk::Buildable, gtk::ConstraintTarget;
}

impl PictureFrame {
    /// An empty frame. Whoever listens misses nothing.
    pub(crate) fn new() -> Self {
        glib::Object::builder().property("accessible-role", gtk::AccessibleRole::Presentation).build()
    }

    /// Shows the picture that the vendor has sent, else the drawn one of the desktop.
    pub(crate) fn show(&self, place: &PicturePlace, sent: Option<&gtk::gdk::Texture>) {
        let picture = self.first_child().and_downcast::<gtk::Picture>();
        if let Some(picture) = picture {
            let texture = sent.cloned().unwrap_or_else(|| pictures::drawn(place.drawn));
            picture.set_paintable(Some(&texture));
        }
    }
}

mod implementation {
    use relm4::gtk;
    use relm4::gtk::glib;
    use relm4::gtk::prelude::*;
    use relm4::gtk::subclass::prelude::*;

    /// The drawn pictures have so many pixels in the height for so many in the width.
    const SHAPE: (i32, i32) = (5, 8);

    /// As wide as a picture likes to be: two beside each other fill a page, so that GTK need not ask how high a page is that
    /// is narrower than it may be.
    const WIDTH: i32 = 320;

    #[derive(Debug, Default)]
    pub struct PictureFrame;

    #[glib::object_subclass]
    impl ObjectSubclass for PictureFrame {
        const NAME: &'static str = "IsotopePictureFrame";
        type Type = super::PictureFrame;
        type ParentType = gtk::Widget;
    }

    impl ObjectImpl for PictureFrame {
        fn constructed(&self) {
            self.parent_constructed();
            let picture = gtk::Picture::builder()
                .accessible_role(gtk::AccessibleRole::Presentation)
                .content_fit(gtk::ContentFit::Cover)
                .can_shrink(true)
                .build();
            picture.set_parent(&*self.obj());
        }

        fn dispose(&self) {
            while let Some(child) = self.obj().first_child() {
                child.unparent();
            }
        }
    }

    impl WidgetImpl for PictureFrame {
        fn request_mode(&self) -> gtk::SizeRequestMode {
            gtk::SizeRequestMode::HeightForWidth
        }

        fn measure(&self, orientation: gtk::Orientation, for_size: i32) -> (i32, i32, i32, i32) {
            let width = if for_size < 0 { WIDTH } else { for_size };
            let height = width.saturating_mul(SHAPE.0) / SHAPE.1;
            match orientation {
                gtk::Orientation::Vertical => (height, height, -1, -1),
                _ => (0, WIDTH, -1, -1),
            }
        }

        fn size_allocate(&self, width: i32, height: i32, baseline: i32) {
            if let Some(child) = self.obj().first_child() {
                child.allocate(width, height, baseline, None);
            }
        }
    }
}
