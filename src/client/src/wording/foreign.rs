// SPDX-License-Identifier: GPL-3.0-or-later
//! What other programs call themselves and what they do: the words of somebody else.

use gettextrs::gettext;
use isotope_model::{OperationKind, OperationStatus, Starter};

use super::operation;

/// The longest name or title that is shown, in characters.
const LONGEST: usize = 120;

/// What an operation is, as the heading of its progress: in Isotope's words, or, where Isotope has none, in those of the
/// program that does it.
pub fn operation_titled(status: &OperationStatus) -> String {
    match status.title.as_deref().and_then(cleaned).filter(|_| status.kind == OperationKind::Other) {
        // Translators: {title} is what rpm-ostree calls what it does, in English: “rpm-ostree: install vim”.
        Some(title) => gettext("rpm-ostree: {title}").replace("{title}", &title),
        None => operation(status.kind),
    }
}

/// Who started an operation: a user by name or number, a program by the name that it gives itself, or both.
pub fn starter(starter: &Starter) -> String {
    let user = match &starter.user {
        Some(user) => Some(user.clone()),
        None if starter.uid == Starter::UNKNOWN_USER => None,
        None => Some(gettext("user {number}").replace("{number}", &starter.uid.to_string())),
    };
    match (starter.program.as_deref().and_then(cleaned), user) {
        // A service of the system is nobody in particular.
        (Some(program), None) => program,
        (Some(program), _) if starter.uid == 0 => program,
        // Translators: {user} is a user name, {program} what a program calls itself: “person with gnome-software”.
        (Some(program), Some(user)) => {
            gettext("{user} with {program}").replace("{user}", &user).replace("{program}", &program)
        }
        (None, Some(user)) => user,
        (None, None) => gettext("another program"),
    }
}

/// On one line, without what would end it, hide it or turn it round, and not too long. Nothing where nothing is left.
pub(crate) fn cleaned(text: &str) -> Option<String> {
    let kept = text.chars().map(|character| if character.is_whitespace() { ' ' } else { character });
    let kept: String = kept.filter(|character| !is_obeyed(*character)).take(LONGEST + 1).collect();
    let words = kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST) {
        _ if words.is_empty() => None,
        Some((end, _)) => Some(format!("{}…", &words[..end])),
        None => Some(words),
    }
}

/// Controls, and the marks that turn the direction of writing.
fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use isotope_model::Progress;

    use super::*;

    #[test]
    fn what_has_no_words_here_is_told_in_those_of_its_program() {
        let titled = |kind, title: Option<&str>| {
            operation_titled(&OperationStatus {
                kind,
                starter: Starter { uid: 0, user: None, program: None },
                started: 0,
                title: title.map(Into::into),
                progress: Progress::default(),
                outcome: None,
            })
        };
        for (kind, title, words) in [
            (OperationKind::Other, Some("install vim"), "rpm-ostree: install vim"),
            (OperationKind::Other, Some(" \u{202e}\n"), "Changing the system with rpm-ostree"),
            (OperationKind::Other, None, "Changing the system with rpm-ostree"),
            (OperationKind::Update, Some("upgrade"), "Updating"),
        ] {
            assert_eq!(titled(kind, title), words);
        }
    }

    #[test]
    fn who_started_something_is_named_as_far_as_it_is_known() {
        let named = |uid, user: Option<&str>, program: Option<&str>| {
            starter(&Starter { uid, user: user.map(Into::into), program: program.map(Into::into) })
        };
        let unknown = Starter::UNKNOWN_USER;
        for (uid, user, program, words) in [
            (1000, Some("person"), None, "person"),
            (1000, None, None, "user 1000"),
            (1000, Some("person"), Some("gnome-software"), "person with gnome-software"),
            (1000, None, Some("cli"), "user 1000 with cli"),
            (0, Some("root"), Some("rpm-ostreed-automatic"), "rpm-ostreed-automatic"),
            (unknown, None, Some("gnome-software"), "gnome-software"),
            (unknown, None, Some("\x07"), "another program"),
            (unknown, None, None, "another program"),
        ] {
            assert_eq!(named(uid, user, program), words);
        }
    }

    #[test]
    fn foreign_words_are_one_short_line() {
        assert_eq!(cleaned("a\n\x1b[2J\tb\u{202e}  c").as_deref(), Some("a [2J b c"));
        assert_eq!(cleaned(&"é".repeat(120)).unwrap().chars().count(), 120);
        assert_eq!(cleaned(&"é".repeat(1000)).unwrap().chars().count(), 121);
        assert_eq!(cleaned(" \r"), None);
    }
}
