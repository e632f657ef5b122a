// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads a size as GLib's `g_format_size` writes it in the C locale: `36.0 MB`, `1 byte`, with a space that does not
/// break. It is rounded.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let (number, unit) = text.trim().split_once([' ', '\u{a0}'])?;
    let (whole, tenths) = number.split_once('.').map_or((number, "0"), |(whole, tenths)| (whole, tenths));
    let factor: u64 = match unit.trim() {
        "byte" | "bytes" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    let digits =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let tenths = (tenths.len() == 1).then(|| digits(tenths)).flatten()?;
    digits(whole)?.checked_mul(factor)?.checked_add(tenths * (factor / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_glib_writes_them() {
        for (text, bytes) in [
            ("36.0\u{a0}MB", Some(36_000_000)),
            ("1.5 GB", Some(1_500_000_000)),
            ("512 bytes", Some(512)),
            ("1 byte", Some(1)),
            ("0 bytes", Some(0)),
            ("12.34 MB", None),
            ("MB", None),
            ("-1.0 MB", None),
            ("1,5 GB", None),
            ("99999999999999999999.0 TB", None),
            ("18446744073709551615.9 TB", None),
        ] {
            assert_eq!(parse(text), bytes, "{text}");
        }
    }
}
