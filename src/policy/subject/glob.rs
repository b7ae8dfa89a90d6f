//! Patterns that are followed letter by letter, so that many can be asked at once what text would match them. Whether a whole text matches
//! is [`pieces_match`]'s to say, as everywhere.

use super::super::{
    operator::Compare,
    pattern::{Piece, pieces_match},
};

/// A pattern of whatever language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    pieces: Vec<Piece>,
    any_case: bool,
}

/// Where one stands in a pattern: how many pieces are behind. Sorted; empty when nothing can match any more.
pub(super) type Places = Vec<usize>;

impl Glob {
    /// As a condition's operator compares its value. Numbers, dates and the like are taken to the letter.
    pub fn of(compare: &Compare, value: &str) -> Self {
        let any_case = *compare == Compare::TextAnyCase;
        let wild = matches!(compare, Compare::Like | Compare::Arn);
        let piece = |letter: char| {
            let letter = if any_case { letter.to_ascii_lowercase() } else { letter };
            if wild { Piece::of(letter) } else { Piece::Letter(letter) }
        };
        Self { pieces: value.chars().map(piece).collect(), any_case }
    }

    /// This text and no other.
    pub fn literal(text: &str) -> Self {
        Self { pieces: text.chars().map(Piece::Letter).collect(), any_case: false }
    }

    /// A protected branch or tag as GitLab reads it: a star is any run of letters, nothing else is special.
    ///
    /// Source: GitLab documentation, "Protected branches", wildcards.
    pub fn protection(entry: &str) -> Self {
        let piece = |letter| if letter == '*' { Piece::Any } else { Piece::Letter(letter) };
        Self { pieces: entry.chars().map(piece).collect(), any_case: false }
    }

    pub fn matches(&self, text: &str) -> bool {
        if self.any_case {
            pieces_match(&self.pieces, &text.to_ascii_lowercase())
        } else {
            pieces_match(&self.pieces, text)
        }
    }

    /// Before the first letter.
    pub(super) fn start(&self) -> Places {
        let mut places = Places::new();
        self.enter(0, &mut places);
        places
    }

    /// After one more letter.
    pub(super) fn step(&self, places: &[usize], letter: char) -> Places {
        let letter = if self.any_case { letter.to_ascii_lowercase() } else { letter };
        let mut next = Places::with_capacity(places.len());
        for &place in places {
            match self.pieces.get(place) {
                Some(Piece::Any) => self.enter(place, &mut next),
                Some(Piece::One) => self.enter(place + 1, &mut next),
                Some(Piece::Letter(wanted)) if *wanted == letter => self.enter(place + 1, &mut next),
                _ => {}
            }
        }
        next
    }

    /// Stands at a place, and behind the stars there, which may match nothing. What could be matched from before a star can be matched
    /// from the star as well, so that places before it are let go.
    fn enter(&self, place: usize, places: &mut Places) {
        if places.last().is_some_and(|last| *last >= place) {
            return;
        }
        if self.pieces.get(place) == Some(&Piece::Any) {
            places.clear();
            places.push(place);
            self.enter(place + 1, places);
        } else {
            places.push(place);
        }
    }

    /// Would the pattern be matched if the text ended here?
    pub(super) fn ends(&self, places: &[usize]) -> bool {
        places.last().is_some_and(|last| *last == self.pieces.len())
    }

    /// The letters that lead on from here other than any letter would.
    pub(super) fn wanted(&self, places: &[usize], letters: &mut Vec<char>) {
        for &place in places {
            if let Some(Piece::Letter(letter)) = self.pieces.get(place) {
                letters.push(*letter);
                if self.any_case {
                    letters.push(letter.to_ascii_uppercase());
                }
            }
        }
    }
}
