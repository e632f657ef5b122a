// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk;
use relm4::gtk::prelude::*;

/// What a widget is called where it is read out; also for those whose bindings do not say that they can be.
pub(crate) trait Spoken: IsA<gtk::Widget> {
    /// It is called this, whatever stands on it.
    fn set_spoken(&self, name: &str) {
        let widget = self.upcast_ref::<gtk::Widget>();
        widget.reset_relation(gtk::AccessibleRelation::LabelledBy);
        widget.update_property(&[gtk::accessible::Property::Label(name)]);
    }

    /// This is said of it after its name.
    fn set_spoken_description(&self, description: &str) {
        self.upcast_ref::<gtk::Widget>().update_property(&[gtk::accessible::Property::Description(description)]);
    }
}

impl<T: IsA<gtk::Widget>> Spoken for T {}
