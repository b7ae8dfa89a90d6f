//! What a person may wish of an action. A wish is declared beside its action; the flags of `keytrail plan` and the form on the screen are
//! made from the declaration.

use std::collections::BTreeMap;

use super::action::{ACTIONS, Ground};
use crate::model::id::Id;

/// One thing that may be wished.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// One word, as a flag spells it: `quiet`.
    pub name: &'static str,
    /// What it means, for the manual.
    pub about: &'static str,
    pub takes: Takes,
    /// Is there no plan without it?
    pub must: bool,
}

/// What may be said.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A length of time: `30m`, `12h`, `1d`. This one where nothing is wished.
    Time(&'static str),
    /// One of those that are known of the target.
    OneOf(fn(&Ground<'_>, &Id) -> Vec<String>),
    /// A line of text, such as this one.
    Text(&'static str),
}

/// What is wished, in the words it was said in. Everything in it was found to be of its wish's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes(BTreeMap<&'static str, String>);

impl Wish {
    /// What holds where nothing is wished, if that can be told beforehand.
    pub const fn usual(&self) -> Option<&'static str> {
        match self.takes {
            Takes::Time(usual) => Some(usual),
            Takes::OneOf(_) | Takes::Text(_) => None,
        }
    }

    /// Why a text cannot be wished; one that can is `Ok`.
    pub fn check(&self, text: &str) -> Result<(), String> {
        let text = text.trim();
        match self.takes {
            Takes::Time(_) => seconds(text).map(|_| ()),
            _ if text.is_empty() => Err(format!("{} is empty", self.name)),
            _ if text.chars().any(char::is_control) => {
                Err(format!("{} holds a character that is none to read", self.name))
            }
            Takes::OneOf(_) | Takes::Text(_) => Ok(()),
        }
    }

    /// Every wish of every action, each once.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let mut seen: Vec<&'static str> = Vec::new();
        let every = ACTIONS.iter().flat_map(|action| action.wishes);
        every.filter(move |wish| {
            let is_new = !seen.contains(&wish.name);
            seen.push(wish.name);
            is_new
        })
    }
}

impl Wishes {
    /// Takes a wish in, if it is of the right form.
    pub fn set(&mut self, wish: &Wish, text: &str) -> Result<(), String> {
        wish.check(text)?;
        self.0.insert(wish.name, text.trim().to_owned());
        Ok(())
    }

    pub fn text(&self, wish: &Wish) -> Option<&str> {
        self.0.get(wish.name).map(String::as_str).or(wish.usual())
    }

    /// 0 for a wish that is no length of time.
    pub fn seconds(&self, wish: &Wish) -> i64 {
        self.text(wish).and_then(|text| seconds(text).ok()).unwrap_or_default()
    }

    /// The names of those that were said.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

/// `90`, `45s`, `30m`, `12h`, `7d` in seconds; ten years at most.
fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no length of time: expected a number with s, m, h or d");
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3600),
        Some((at, 'd')) => (&text[..at], 86_400),
        _ => (text, 1),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    Ok(i64::from(number).saturating_mul(unit).min(3650 * 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOAK: Wish = Wish { name: "soak", about: "", takes: Takes::Time("7d"), must: false };
    const SCOPE: Wish = Wish { name: "scope", about: "", takes: Takes::Text("production"), must: true };

    #[test]
    fn lengths_of_time_are_read() {
        for (text, length) in
            [("90", 90), ("45s", 45), ("30m", 1800), ("12h", 43_200), ("7d", 604_800), ("0", 0)]
        {
            assert_eq!(seconds(text), Ok(length), "{text}");
        }
        for text in ["", "d", "-1d", "soon", "1w", "99999999999d", "1é"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_wished_is_usual_and_what_cannot_be_is_refused() {
        let mut wishes = Wishes::default();
        assert_eq!((wishes.seconds(&SOAK), wishes.text(&SCOPE)), (604_800, None));
        assert!(wishes.set(&SOAK, "soon").is_err() && wishes.set(&SCOPE, "  ").is_err());
        assert!(wishes.set(&SCOPE, "a\u{1b}[2J").is_err());
        assert_eq!(wishes.names().count(), 0, "what is wrong changes nothing");
        wishes.set(&SOAK, " 2h ").unwrap();
        wishes.set(&SCOPE, "review/*").unwrap();
        assert_eq!((wishes.seconds(&SOAK), wishes.text(&SCOPE)), (7200, Some("review/*")));
    }

    #[test]
    fn a_name_means_one_form() {
        let form = |takes: Takes| match takes {
            Takes::Time(_) => "time",
            Takes::OneOf(_) => "one of",
            Takes::Text(_) => "text",
        };
        for wish in ACTIONS.iter().flat_map(|action| action.wishes) {
            let first = Wish::all().find(|first| first.name == wish.name).unwrap();
            assert_eq!(form(first.takes), form(wish.takes), "{}", wish.name);
            assert!(wish.usual().is_none_or(|usual| wish.check(usual).is_ok()), "{}", wish.name);
        }
    }
}
