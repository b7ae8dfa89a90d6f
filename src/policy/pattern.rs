//! IAM's wildcards: `*` is any run of characters, `/` and `:` included, and `?` is exactly one. Nothing else is special.

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// `*`
    Any,
    /// `?`
    One,
    Letter(char),
}

impl Piece {
    pub const fn of(letter: char) -> Self {
        match letter {
            '*' => Self::Any,
            '?' => Self::One,
            other => Self::Letter(other),
        }
    }

    pub(super) const fn letter(self) -> Option<char> {
        match self {
            Self::Letter(letter) => Some(letter),
            Self::Any | Self::One => None,
        }
    }
}

/// Does the text match the pattern, upper and lower case told apart?
pub fn matches(pattern: &str, text: &str) -> bool {
    walk(pattern.chars().map(Piece::of), text, |wanted, found| wanted == found)
}

/// The same for action names, whose case does not count: `S3:getobject` is `s3:GetObject`.
pub fn matches_any_case(pattern: &str, text: &str) -> bool {
    walk(pattern.chars().map(Piece::of), text, |wanted, found| wanted.eq_ignore_ascii_case(&found))
}

/// The same for a pattern whose policy variables were filled in, where a letter may itself be a star.
pub fn pieces_match(pattern: &[Piece], text: &str) -> bool {
    walk(pattern.iter().copied(), text, |wanted, found| wanted == found)
}

/// Without recursion: only the latest `*` is ever tried again, one letter further each time, so the work is at most the
/// product of both lengths whatever a stranger wrote.
fn walk<P>(pattern: P, text: &str, same: impl Fn(char, char) -> bool) -> bool
where
    P: Iterator<Item = Piece> + Clone,
{
    let (mut pattern, mut rest) = (pattern, text.chars());
    let mut retry = None;
    loop {
        match pattern.next() {
            Some(Piece::Any) => {
                retry = Some((pattern.clone(), rest.clone()));
                continue;
            }
            Some(piece) => {
                let wanted = |found| matches!(piece, Piece::Letter(letter) if !same(letter, found));
                if rest.next().is_some_and(|found| !wanted(found)) {
                    continue;
                }
            }
            None if rest.as_str().is_empty() => return true,
            None => {}
        }
        let Some((after, from)) = &mut retry else { return false };
        if from.next().is_none() {
            return false;
        }
        (pattern, rest) = (after.clone(), from.clone());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wildcards_as_iam_means_them() {
        let table = [
            ("", "", true),
            ("*", "", true),
            ("?", "", false),
            ("?*", "", false),
            ("project_path:acme/*", "project_path:acme/a/b:ref_type:branch:ref:main", true),
            ("project_path:acme*", "project_path:acme-evil/x", true),
            ("*:ref:main", "project_path:a/b:ref_type:tag:ref:main", true),
            ("a?c", "aßc", true),
            ("a?c", "ac", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("Abc", "abc", false),
            ("[a-z]", "b", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(matches_any_case("STS:assume*", "sts:AssumeRoleWithSAML"));
        assert!(!matches_any_case("sts:Get*", "sts:AssumeRole"));
    }

    #[test]
    fn a_hostile_pattern_costs_little() {
        let pattern = "*a".repeat(60) + "b";
        assert!(!matches(&pattern, &"a".repeat(5000)));
    }

    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skipped| naive(rest, &text[skipped..])),
            Some((wanted, rest)) => {
                let Some((found, after)) = text.split_first() else { return false };
                (*wanted == '?' || wanted == found) && naive(rest, after)
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_definition(pattern in "[ab*?é]{0,8}", text in "[abé]{0,10}") {
            let letters: Vec<char> = pattern.chars().collect();
            let expected = naive(&letters, &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(matches(&pattern, &text), expected);
        }
    }
}
