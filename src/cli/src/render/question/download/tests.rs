// SPDX-License-Identifier: GPL-3.0-or-later
use super::*;
use crate::render::samples::{self, shown};

#[test]
fn a_chosen_version_says_what_it_replaces() {
    let image = ImageReference::from_refspec("alma:desktop/10/gnome").unwrap();
    let wanted = Wanted { asked: "10.0".into(), version: None };
    let question = deploy(&wanted, &image, &samples::updated().snapshot, &samples::view());
    let text = shown(&question.lines).join("\n");
    for words in [
        "After restart   10.0",
        "alma:desktop/10/gnome",
        "10.2.20251120 (GNOME",
        "is replaced",
        "Version 10.0 is downloaded",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(question.go_ahead, "Install 10.0?");
    assert!(!text.contains("Checksum"), "{text}");
    let wanted = Wanted { asked: "4".repeat(64), version: Some("9.9".into()) };
    let question = deploy(&wanted, &image, &samples::plain().snapshot, &samples::view());
    let text = shown(&question.lines).join("\n");
    assert!(text.contains("After restart   9.9") && text.contains(&"4".repeat(64)), "{text}");
    assert_eq!(question.go_ahead, "Install 9.9?");
}
