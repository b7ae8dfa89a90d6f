//! Refusals of one call for many things, told as one gap for each cause: a thousand projects that all refuse alike are one
//! sentence, not a thousand.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
};

use super::{
    strand::{Strand, blame},
    walk::Halt,
};
use crate::base::blame::Blame;

/// Things named in a gap.
const NAMED: usize = 3;
/// A server that failed this many calls, each after all its attempts, is not asked for the rest.
const FAILURES: usize = 3;

/// The refusals of one kind of call.
pub(super) struct Tally {
    /// As a person would write it: `GET /projects/:id/variables`.
    call: &'static str,
    /// The role that would lift a 403.
    fix: &'static str,
    refused: Mutex<BTreeMap<Blame, Refused>>,
}

#[derive(Debug, Default)]
struct Refused {
    count: usize,
    names: Vec<String>,
    gave_up: bool,
}

impl Tally {
    pub(super) const fn new(call: &'static str, fix: &'static str) -> Self {
        Self { call, fix, refused: Mutex::new(BTreeMap::new()) }
    }

    /// Counts one refusal; says whether asking for other things still has a point.
    pub(super) fn add(&self, name: &str, halt: &Halt) -> ControlFlow<()> {
        let Some(blame) = blame(halt, self.fix) else { return ControlFlow::Break(()) };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = refused.entry(blame.clone()).or_default();
        entry.count += 1;
        if entry.names.len() < NAMED {
            entry.names.push(name.to_owned());
        }
        entry.gave_up |= match blame {
            Blame::Token | Blame::Quota { .. } => true,
            Blame::Network => entry.count >= FAILURES,
            Blame::Scope(_) | Blame::Skipped(_) | Blame::Partly(_) | Blame::Gone | Blame::Bug => false,
        };
        if entry.gave_up { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// One gap for each cause.
    pub(super) async fn tell(self, strand: &Strand<'_>) {
        let call = self.call;
        for (blame, refused) in self.refused.into_inner().unwrap_or_else(PoisonError::into_inner) {
            strand.gap(format!("{call} of {}", refused.sentence()), blame).await;
        }
    }
}

impl Refused {
    fn sentence(&self) -> String {
        let mut text = self.names.join(", ");
        let more = self.count - self.names.len();
        if more > 0 {
            text = format!("{text} and {more} more");
        }
        if self.gave_up {
            text.push_str("; the rest was not asked for");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Error;

    fn refused(status: u16) -> Halt {
        Halt::Failed(Error::Refused { status, message: String::new() })
    }

    fn told(tally: Tally) -> Vec<(String, Blame)> {
        let refused = tally.refused.into_inner().unwrap();
        refused.into_iter().map(|(blame, refused)| (refused.sentence(), blame)).collect()
    }

    #[test]
    fn alike_refusals_are_one_sentence() {
        let tally = Tally::new("GET /x", "needs Maintainer");
        for name in ["a", "b", "c", "d", "e"] {
            assert!(tally.add(name, &refused(403)).is_continue());
        }
        assert!(tally.add("z", &refused(404)).is_continue());
        let expected = [
            ("a, b, c and 2 more".to_owned(), Blame::Scope("needs Maintainer".into())),
            ("z".to_owned(), Blame::Gone),
        ];
        assert_eq!(told(tally), expected);
    }

    #[test]
    fn a_dead_token_or_server_is_not_asked_ten_thousand_times() {
        let tally = Tally::new("GET /x", "");
        assert!(tally.add("a", &refused(401)).is_break());
        assert_eq!(told(tally)[0].0, "a; the rest was not asked for");

        let tally = Tally::new("GET /x", "");
        let flows =
            ["a", "b", "c"].map(|name| tally.add(name, &Halt::Failed(Error::Broken { timeout: true })));
        assert_eq!(flows.map(|flow| flow.is_break()), [false, false, true]);
        assert!(Tally::new("GET /x", "").add("a", &Halt::Stopped).is_break());
    }
}
