//! `responseElements.credentials.expiration`: a date CloudTrail writes for people, in two spellings.

use chrono::NaiveDateTime;

use crate::base::time::Timestamp;

/// `Apr 16, 2025, 3:46:56 AM` (now), `Dec 10, 2019 7:46:42 AM` (older), and RFC 3339 for good measure. The space
/// before AM or PM may be U+202F. Always UTC.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    // `split_whitespace` takes U+202F and U+00A0 for spaces too.
    let words = text.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let at = NaiveDateTime::parse_from_str(&words, "%b %d %Y %I:%M:%S %p").ok()?;
    Some(at.and_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_say_the_same() {
        for text in [
            "Apr 16, 2025, 3:46:56 PM",
            "Apr 16, 2025 3:46:56 PM",
            "Apr 16, 2025, 3:46:56\u{202f}PM",
            "2025-04-16T15:46:56Z",
        ] {
            assert_eq!(
                read(text).map(|at| at.to_string()).as_deref(),
                Some("2025-04-16T15:46:56Z"),
                "{text}"
            );
        }
        assert_eq!(read("Dec 1, 2019 12:00:01 AM").unwrap().to_string(), "2019-12-01T00:00:01Z");
        assert_eq!(read("tomorrow"), None);
    }
}
