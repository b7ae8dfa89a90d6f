//! Policy variables: `${aws:username}`, `${aws:username, 'nobody'}`, and the escapes `${*}`, `${?}`, `${$}`.

use super::{
    document::Version,
    pattern::Piece,
    request::{Fact, Request},
};

/// A policy value with its variables filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    Pieces(Vec<Piece>),
    /// A variable has no value in this request: the text matches nothing.
    Unresolved,
    /// A variable's value cannot be known.
    Unknown,
}

/// Fills in the variables. With `wildcards`, stars and question marks of the text itself are wildcards; those that come
/// out of a variable never are. In policies of 2008 there are no variables.
pub(super) fn fill(text: &str, version: Version, request: &Request, wildcards: bool) -> Filled {
    let written = |letter| if wildcards { Piece::of(letter) } else { Piece::Letter(letter) };
    let mut pieces = Vec::with_capacity(text.len());
    let mut rest = text;
    while version == Version::Current
        && let Some((before, after)) = rest.split_once("${")
        && let Some((inside, behind)) = after.split_once('}')
    {
        pieces.extend(before.chars().map(written));
        match value(inside, request) {
            Filled::Pieces(letters) => pieces.extend(letters),
            other => return other,
        }
        rest = behind;
    }
    pieces.extend(rest.chars().map(written));
    Filled::Pieces(pieces)
}

fn value(inside: &str, request: &Request) -> Filled {
    let letters = |text: &str| Filled::Pieces(text.chars().map(Piece::Letter).collect());
    if matches!(inside, "*" | "?" | "$") {
        return letters(inside);
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (key.trim(), Some(unquoted(default.trim()))),
        None => (inside.trim(), None),
    };
    match request.fact(key) {
        Some(Fact::Values(values)) if values.len() == 1 => letters(&values[0]),
        // A key with several values cannot stand in a text.
        Some(Fact::Values(values)) if values.len() > 1 => Filled::Unresolved,
        Some(Fact::Absent | Fact::Values(_)) => default.map_or(Filled::Unresolved, letters),
        Some(Fact::Present) | None => Filled::Unknown,
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_and_their_stars_are_stars() {
        let request = Request::default().with("aws:username", "a*").without("aws:PrincipalTag/team");
        let shown = |text: &str, version| match fill(text, version, &request, true) {
            Filled::Pieces(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Any => "ANY".to_owned(),
                    Piece::One => "ONE".to_owned(),
                    Piece::Letter(letter) => letter.to_string(),
                })
                .collect(),
            other => format!("{other:?}"),
        };
        assert_eq!(shown("x/${aws:UserName}/*", Version::Current), "x/a*/ANY");
        assert_eq!(shown("x/${aws:username}", Version::Old), "x/${aws:username}");
        assert_eq!(shown("${*}${?}${$}?", Version::Current), "*?$ONE");
        assert_eq!(shown("${aws:PrincipalTag/team, 'none'}", Version::Current), "none");
        assert_eq!(shown("${aws:PrincipalTag/team,''}x", Version::Current), "x");
        assert_eq!(shown("${aws:PrincipalTag/team}", Version::Current), "Unresolved");
        assert_eq!(shown("${aws:SourceIp}", Version::Current), "Unknown");
        assert_eq!(shown("open ${aws:username", Version::Current), "open ${aws:username");
    }
}
