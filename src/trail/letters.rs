//! A file's bytes as text: CloudTrail writes UTF-8, and whoever exported its logs may have written something else.

use std::borrow::Cow;

/// What is wrong with the letters of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLetters {
    #[error("the file is UTF-16: save it as UTF-8")]
    Utf16,
    #[error("some bytes are no UTF-8 and were read as \u{fffd}")]
    Replaced,
}

/// The text of a file, without a byte order mark. With [`BadLetters::Replaced`] it is all the same worth reading.
pub fn letters(bytes: &[u8]) -> (Cow<'_, str>, Option<BadLetters>) {
    let is_wide =
        matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{' | b'[', 0, ..] | [0, b'{' | b'[', ..]);
    if is_wide {
        return ("".into(), Some(BadLetters::Utf16));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(_) => (String::from_utf8_lossy(bytes), Some(BadLetters::Replaced)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_other_encodings_are_named() {
        assert_eq!(letters(b"\xef\xbb\xbf{}"), ("{}".into(), None));
        assert_eq!(letters("{\"é\"}".as_bytes()), ("{\"é\"}".into(), None));
        assert_eq!(letters(b"{\"\xe9\"}"), ("{\"\u{fffd}\"}".into(), Some(BadLetters::Replaced)));
        for wide in [b"\xff\xfe{\0".as_slice(), b"\xfe\xff\0{", b"{\0}\0", b"\0{\0}"] {
            assert_eq!(letters(wide), ("".into(), Some(BadLetters::Utf16)));
        }
    }
}
