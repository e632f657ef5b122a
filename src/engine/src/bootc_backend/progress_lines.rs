// SPDX-License-Identifier: GPL-3.0-or-later

/// The longest line of progress that is taken, in bytes. bootc lists every finished layer in every line; those of images
/// with some 60 layers have 12 kB.
const LONGEST: usize = 256 * 1024;

/// Cuts a stream of bytes into lines. What is longer than any line of progress is passed over without being kept.
#[derive(Debug, Default)]
pub(crate) struct ProgressLines {
    begun: Vec<u8>,
    too_long: bool,
}

impl ProgressLines {
    /// Takes what was read, and hands over each line that it completes, without its end.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = piece.strip_suffix(b"\n").map_or((piece, false), |text| (text, true));
            self.too_long |= self.begun.len() + text.len() > LONGEST;
            match self.too_long {
                true => self.begun = Vec::new(),
                false => self.begun.extend_from_slice(text),
            }
            if ends {
                if !self.too_long {
                    each(&self.begun);
                }
                self.begun.clear();
                self.too_long = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let (mut lines, mut read) = (ProgressLines::default(), Vec::new());
        for piece in pieces {
            lines.feed(piece, |line| read.push(line.to_vec()));
        }
        read
    }

    #[test]
    fn half_a_line_is_none() {
        assert_eq!(lines(&[b"one\ntw", b"o\nthr"]), [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(lines(&[b"", b"\n"]), [b"".to_vec()]);
    }

    #[test]
    fn what_is_too_long_is_passed_over_and_not_kept() {
        let long = vec![b'x'; 1024 * 1024];
        let mut reader = ProgressLines::default();
        reader.feed(&long, |_| panic!("no line"));
        reader.feed(&long, |_| panic!("no line"));
        assert_eq!(reader.begun.capacity(), 0);
        assert_eq!(lines(&[b"a\n", &long, b"\nb\n"]), [b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(lines(&[&vec![b'x'; LONGEST], b"\n"]).len(), 1);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_stream_is_cut(text in "[a-c\n]{0,60}", cuts in prop::collection::vec(0usize..10, 0..20)) {
            let (mut rest, mut pieces) = (text.as_bytes(), Vec::new());
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            pieces.push(rest);
            prop_assert_eq!(lines(&pieces), lines(&[text.as_bytes()]));
        }
    }
}
