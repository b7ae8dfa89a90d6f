//! Where a broken text goes on: what both ways of reading a log file agree on.

use super::record::BadRecord;

/// Where an object that is not well-formed ends, by its brackets alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Just behind it.
    Ends(usize),
    Never,
}

/// Counts brackets from the object at `start` on, minding strings and escapes and nothing else.
pub(super) fn rest(text: &str, start: usize) -> Rest {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                let Some(left) = depth.checked_sub(1) else { return Rest::Never };
                depth = left;
                if depth == 0 {
                    return Rest::Ends(at + 1);
                }
            }
            // Something else than an object where one belongs.
            b',' if depth == 0 => return Rest::Ends(at),
            _ => {}
        }
    }
    Rest::Never
}

/// Where the next document begins after a broken one: at the start of a line, for texts with one document a line. Lines within a document
/// that was written for people are indented.
pub(super) fn next_document(text: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    memchr::memchr_iter(b'\n', rest)
        .map(|newline| newline + 1)
        .find(|&line| matches!(rest.get(line), Some(b'{' | b'[')))
        .map(|line| from + line)
}

/// A place in a text, as a person counts.
pub(super) fn shape(text: &str, at: usize) -> BadRecord {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let line = 1 + memchr::memchr_iter(b'\n', before).count();
    let column = 1 + before.len() - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    BadRecord::Shape { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_ends_where_its_brackets_say() {
        assert_eq!(rest(r#"{"a":"}\"}" oops},{"#, 0), Rest::Ends(17));
        assert_eq!(rest(r#"{"a":["#, 0), Rest::Never);
        assert_eq!(rest("oops,{}", 0), Rest::Ends(4));
        assert_eq!(rest("]", 0), Rest::Never);
    }

    #[test]
    fn places_are_counted_from_one() {
        assert_eq!(shape("ab\ncd", 4), BadRecord::Shape { line: 2, column: 2 });
        assert_eq!(next_document("{\n  {\n{}", 0), Some(6));
        assert_eq!(next_document("{\n  {\n{}", 6), None);
    }
}
