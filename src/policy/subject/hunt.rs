//! The hunt for subjects: follows all patterns of a policy at once through every text a subject can be, and brings back one example for
//! each set of patterns that a subject can match together. What a policy says of these examples it says of every subject.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Names, Part,
    glob::{Glob, Places},
    is_ref_name,
};

/// A hunt gives up after so many steps: patterns that need more were written to need more.
const ENOUGH_STEPS: usize = 20_000;

/// And after so many examples.
const ENOUGH_EXAMPLES: usize = 64;

/// Letters that no pattern asks for, the plainest first.
const FRESH: &str = "xyzabcdefghijklmnopqrstuvw0123456789_XYZABCDEFGHIJKLMNOPQRSTUVWéøß";

/// The patterns of a policy.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    globs: Vec<Glob>,
}

/// Where the patterns stand after some text: those that can still match, by their number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Standing(Vec<(u16, Places)>);

/// One subject for every set of patterns that can be matched together.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    pub found: Vec<Example>,
    /// False where the hunt gave up: there may be more.
    pub complete: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// What follows the head in the subject.
    pub tail: String,
    /// The ref's name; empty where the subject names none.
    pub name: String,
    /// Values chosen for claims that cannot be known.
    pub guesses: Vec<(String, String)>,
    /// The patterns that the subject matches, by their numbers.
    pub hits: Vec<u16>,
}

impl Hunt {
    /// Patterns beyond the 65,535th are left out, which no policy has room for.
    pub fn new(globs: Vec<Glob>) -> Self {
        Self { globs }
    }

    pub fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// Before the first letter.
    pub fn start(&self) -> Standing {
        let numbered = (0..u16::MAX).zip(&self.globs);
        Standing(numbered.map(|(number, glob)| (number, glob.start())).collect())
    }

    /// After this text.
    #[must_use]
    pub fn after(&self, standing: &Standing, text: &str) -> Standing {
        text.chars().fold(standing.clone(), |standing, letter| self.step(&standing, letter))
    }

    fn step(&self, standing: &Standing, letter: char) -> Standing {
        let stepped =
            standing.0.iter().map(|(number, places)| (*number, self.glob(*number).step(places, letter)));
        Standing(stepped.filter(|(_, places)| !places.is_empty()).collect())
    }

    fn glob(&self, number: u16) -> &Glob {
        &self.globs[usize::from(number)]
    }

    fn hits(&self, standing: &Standing) -> Vec<u16> {
        let ended = standing.0.iter().filter(|(number, places)| self.glob(*number).ends(places));
        ended.map(|(number, _)| *number).collect()
    }

    /// Every set of patterns that subjects with this tail and refs of these names can match, with an example each.
    pub fn examples(&self, standing: &Standing, tail: &[Part], names: &Names) -> Examples {
        // Where the ref stands twice, the second must repeat the first, which the hunt does not plan for.
        let twice = tail.iter().filter(|part| **part == Part::Ref).count() > 1;
        let mut walk =
            Walk { hunt: self, tail, names, seen: FxHashSet::default(), found: Vec::new(), steps: 0 };
        walk.go(0, standing.clone(), Example::default());
        let complete = !twice && !walk.spent();
        Examples { found: walk.found, complete }
    }
}

/// A hunt under way.
struct Walk<'h> {
    hunt: &'h Hunt,
    tail: &'h [Part],
    names: &'h Names,
    seen: FxHashSet<Vec<u16>>,
    found: Vec<Example>,
    steps: usize,
}

impl Walk<'_> {
    fn spent(&self) -> bool {
        self.steps >= ENOUGH_STEPS || self.found.len() >= ENOUGH_EXAMPLES
    }

    /// Goes on from the part at this index; `so_far` is what was passed.
    fn go(&mut self, at: usize, standing: Standing, so_far: Example) {
        if self.spent() {
            return;
        }
        let with = |text: &str| Example { tail: format!("{}{text}", so_far.tail), ..so_far.clone() };
        match self.tail.get(at) {
            None => {
                let hits = self.hunt.hits(&standing);
                if self.seen.insert(hits.clone()) {
                    self.found.push(Example { hits, ..so_far });
                }
            }
            Some(Part::Text(text)) => self.go(at + 1, self.hunt.after(&standing, text), with(text)),
            Some(Part::Ref) if !so_far.name.is_empty() => {
                let name = so_far.name.clone();
                self.go(at + 1, self.hunt.after(&standing, &name), with(&name));
            }
            Some(Part::Ref) => {
                for (name, standing) in self.fillings(Filling::Ref(self.names), standing) {
                    self.go(at + 1, standing, Example { name: name.clone(), ..with(&name) });
                }
            }
            Some(Part::Path) => {
                // What may stand in a path may stand in a ref.
                for (rest, standing) in self.fillings(Filling::Ref(&Names::default()), standing) {
                    self.go(at + 1, standing, with(&rest));
                }
            }
            Some(Part::Choice { claim, values }) => {
                for value in *values {
                    self.guess(at, &standing, &so_far, (claim, value));
                }
            }
            Some(Part::Free { claim }) => {
                for (value, standing) in self.fillings(Filling::Word, standing) {
                    let mut next = with(&value);
                    next.guesses.push((claim.clone(), value));
                    self.go(at + 1, standing, next);
                }
            }
        }
    }

    fn guess(&mut self, at: usize, standing: &Standing, so_far: &Example, (claim, value): (&str, &str)) {
        let mut next = so_far.clone();
        next.tail.push_str(value);
        next.guesses.push((claim.to_owned(), value.to_owned()));
        self.go(at + 1, self.hunt.after(standing, value), next);
    }

    /// The shortest text for every way in which patterns can stand after it.
    fn fillings(&mut self, filling: Filling<'_>, standing: Standing) -> Vec<(String, Standing)> {
        let first = Node { standing, names: filling.start(), last: Last::Start };
        let mut fillings: FxHashMap<Standing, String> = FxHashMap::default();
        let mut order = Vec::new();
        let mut known = FxHashSet::from_iter([first.clone()]);
        let mut queue = VecDeque::from([(first, String::new())]);
        while let Some((node, text)) = queue.pop_front() {
            if filling.accepts(&node, &text) && !fillings.contains_key(&node.standing) {
                fillings.insert(node.standing.clone(), text.clone());
                order.push((text.clone(), node.standing.clone()));
            }
            for letter in self.letters(filling, &node) {
                self.steps += 1;
                if self.steps >= ENOUGH_STEPS {
                    return order;
                }
                let Some(last) = filling.last(node.last, letter) else { continue };
                let next = Node {
                    standing: self.hunt.step(&node.standing, letter),
                    names: filling.step(&node.names, letter),
                    last,
                };
                if filling.alive(&next) && known.insert(next.clone()) {
                    queue.push_back((next, format!("{text}{letter}")));
                }
            }
        }
        order
    }

    /// The letters that make a difference here, after one that makes none.
    fn letters(&self, filling: Filling<'_>, node: &Node) -> Vec<char> {
        let mut letters = Vec::new();
        for (number, places) in &node.standing.0 {
            self.hunt.glob(*number).wanted(places, &mut letters);
        }
        for (glob, places) in filling.globs().zip(&node.names) {
            glob.wanted(places, &mut letters);
        }
        letters.sort_unstable();
        letters.dedup();
        let fresh = FRESH.chars().find(|letter| !letters.contains(letter));
        fresh.into_iter().chain(letters).collect()
    }
}

/// Two texts that end in equal nodes go on in the same ways.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Node {
    standing: Standing,
    names: Vec<Places>,
    last: Last,
}

/// What the last letter forbids the next one to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Last {
    Start,
    Slash,
    Dot,
    /// An at sign, and nothing before it.
    FirstAt,
    At,
    Other,
}

/// What may stand in a gap of a subject.
#[derive(Clone, Copy)]
enum Filling<'n> {
    Ref(&'n Names),
    /// Anything without a colon, nothing at all too.
    Word,
}

impl<'n> Filling<'n> {
    /// The one that must match, if there is one, then those that must not.
    fn globs(self) -> impl Iterator<Item = &'n Glob> {
        let names = match self {
            Self::Ref(names) => Some(names),
            Self::Word => None,
        };
        names.into_iter().flat_map(|names| names.like.iter().chain(&names.unlike))
    }

    fn start(self) -> Vec<Places> {
        self.globs().map(Glob::start).collect()
    }

    fn step(self, places: &[Places], letter: char) -> Vec<Places> {
        self.globs().zip(places).map(|(glob, places)| glob.step(places, letter)).collect()
    }

    /// Can the name still become one that belongs?
    fn alive(self, node: &Node) -> bool {
        match self {
            Self::Ref(names) => names.like.is_none() || !node.names[0].is_empty(),
            Self::Word => true,
        }
    }

    fn accepts(self, node: &Node, text: &str) -> bool {
        match self {
            Self::Word => true,
            Self::Ref(names) => {
                let mut ends = self.globs().zip(&node.names).map(|(glob, places)| glob.ends(places));
                let like = names.like.is_none() || ends.next() == Some(true);
                like && !ends.any(|ends| ends) && is_ref_name(text)
            }
        }
    }

    /// What this letter forbids the next one; `None` where the letter itself is forbidden.
    fn last(self, before: Last, letter: char) -> Option<Last> {
        if matches!(self, Self::Word) {
            return (letter != ':').then_some(Last::Other);
        }
        match (before, letter) {
            (_, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
            | (Last::Start | Last::Slash, '/' | '.')
            | (Last::Start, '-')
            | (Last::Dot, '.')
            | (Last::FirstAt | Last::At, '{') => None,
            (_, '/') => Some(Last::Slash),
            (_, '.') => Some(Last::Dot),
            (Last::Start, '@') => Some(Last::FirstAt),
            (_, '@') => Some(Last::At),
            _ => Some(Last::Other),
        }
    }
}
