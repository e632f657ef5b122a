// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::VecDeque;

/// So many bytes of the beginning are kept, and as many of the end.
const HALF: usize = 32 * 1024;

/// What a program wrote: all of it, or the beginning and the end where it is much.
#[derive(Clone, Debug, Default)]
pub(crate) struct BoundedOutput {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: bool,
}

impl BoundedOutput {
    /// Takes what was read.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        let (to_head, rest) = bytes.split_at(bytes.len().min(HALF - self.head.len()));
        self.head.extend_from_slice(to_head);
        let newest = rest.get(rest.len().saturating_sub(HALF)..).unwrap_or_default();
        let too_many = (self.tail.len() + newest.len()).saturating_sub(HALF);
        self.left_out |= too_many > 0 || newest.len() < rest.len();
        self.tail.drain(..too_many.min(self.tail.len()));
        self.tail.extend(newest);
    }

    /// It as text. What is no UTF-8 is replaced; control characters, terminal sequences among them, are left out.
    pub(crate) fn text(&self) -> String {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let written = match self.left_out {
            true => [&self.head, "\n…\n".as_bytes(), &tail].concat(),
            false => [self.head.as_slice(), &tail].concat(),
        };
        printable(&String::from_utf8_lossy(&written))
    }
}

fn printable(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // ESC [ … LETTER, as ECMA-48 has it.
            '\u{1b}' if letters.next_if_eq(&'[').is_some() => {
                while letters.next_if(|letter| matches!(letter, '\u{20}'..='\u{3f}')).is_some() {}
                letters.next_if(|letter| matches!(letter, '\u{40}'..='\u{7e}'));
            }
            '\n' | '\t' => kept.push(letter),
            letter if letter.is_control() => {}
            letter => kept.push(letter),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(pieces: &[&[u8]]) -> String {
        let mut output = BoundedOutput::default();
        pieces.iter().for_each(|piece| output.feed(piece));
        output.text()
    }

    #[test]
    fn what_fits_is_kept_whole() {
        assert_eq!(text(&[b"one\n", b"two\n"]), "one\ntwo\n");
        let full = vec![b'x'; 2 * HALF];
        assert_eq!(text(&[&full]), "x".repeat(2 * HALF));
    }

    #[test]
    fn of_much_the_beginning_and_the_end_are_kept() {
        let much = vec![b'x'; 10 * HALF];
        let kept = text(&[b"begin", &much, b"end"]);
        assert!(kept.starts_with("begin") && kept.ends_with("xend") && kept.contains("\n…\n"));
        assert_eq!(kept.len(), 2 * HALF + "\n…\n".len());
    }

    #[test]
    fn colours_and_invalid_utf_8_do_no_harm() {
        assert_eq!(text(&[b"\x1b[1;31merror:\x1b[0m a\xffb\r\x07\n"]), "error: a\u{fffd}b\n");
        assert_eq!(text(&[b"\x1b"]), "");
    }

    proptest! {
        #[test]
        fn it_never_holds_more_than_it_may(pieces in prop::collection::vec((0usize..90_000, any::<u8>()), 0..8)) {
            let mut output = BoundedOutput::default();
            let mut all = Vec::new();
            for (length, byte) in pieces {
                let piece = vec![byte; length];
                output.feed(&piece);
                all.extend_from_slice(&piece);
            }
            prop_assert!(output.head.len() + output.tail.len() <= 2 * HALF);
            prop_assert!(all.starts_with(&output.head));
            prop_assert!(all.ends_with(output.tail.make_contiguous()));
            prop_assert_eq!(output.left_out, all.len() > 2 * HALF);
        }
    }
}
