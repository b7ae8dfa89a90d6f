//! A role's trust policy asked about one action of one actor: which statement lets it in or keeps it out. What the
//! actor's own policies say is for others to ask.

use std::borrow::Cow;

use super::{
    condition::holds,
    decide::open,
    document::{Document, Effect, Statement},
    principal::{Actor, Named},
    request::{Request, Truth},
};

/// How sure the answer is; the surest yes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// No: denied, or not allowed by a side that was read.
    Denied,
    /// The other side was not read, or it depends on what cannot be known.
    Possible,
    /// The trust policy trusts the account, and the caller's policies allow it.
    Delegated,
    /// The trust policy names the caller or everyone, and nothing else is missing.
    Proven,
}

/// A statement of the trust policy, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub index: usize,
    pub sid: Option<String>,
}

/// A statement of the caller's own policies, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPlace {
    /// The name of the policy; `boundary` for the boundary.
    pub policy: String,
    pub index: usize,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub grade: Grade,
    /// The statement of the trust policy that lets in, or denies.
    pub statement: Option<Place>,
    /// The statement of the caller's own policies that allows or denies, where they have a say.
    pub own: Option<OwnPlace>,
    /// One clause: `trust policy statement 1 names the user`.
    pub why: Cow<'static, str>,
    /// What it hangs on: `only if sts:ExternalId is "acme"`.
    pub conditions: Vec<String>,
    /// Policies that could still deny it and are not seen from here; none where it is denied anyway.
    pub unseen: &'static [&'static str],
}

/// Policies that no reader of an account's own IAM sees.
///
/// Source: AWS documentation, "Policy evaluation logic", "Service control policies", "Resource control policies": a
/// request without an AWS principal of an organization is under the resource's policies alone.
const UNSEEN_FOR_PRINCIPALS: &[&str] =
    &["service control policies", "resource control policies", "session policies", "VPC endpoint policies"];
const UNSEEN_FOR_OTHERS: &[&str] = &["resource control policies", "VPC endpoint policies"];

impl Verdict {
    pub(super) fn denied(statement: Option<Place>, why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            grade: Grade::Denied,
            statement,
            own: None,
            why: why.into(),
            conditions: Vec::new(),
            unseen: &[],
        }
    }

    /// The same answer with the policies named that could still deny it.
    pub(super) fn seen_by(mut self, actor: Actor<'_>) -> Self {
        if self.grade > Grade::Denied {
            self.unseen = match actor {
                Actor::Aws { .. } => UNSEEN_FOR_PRINCIPALS,
                Actor::Service(_) | Actor::Federated(_) => UNSEEN_FOR_OTHERS,
            };
        }
        self
    }

    /// Something that may or may not keep it out.
    pub(super) fn doubted(mut self, mut doubts: Vec<String>) -> Self {
        if !doubts.is_empty() && self.grade > Grade::Denied {
            self.grade = Grade::Possible;
            self.conditions.append(&mut doubts);
        }
        self
    }
}

impl Place {
    pub(super) fn of(index: usize, statement: &Statement) -> Self {
        Self { index, sid: statement.sid.clone() }
    }
}

/// One action asked of one trust policy on behalf of one actor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'t> {
    pub(super) trust: &'t Document,
    pub(super) action: &'static str,
    pub(super) actor: Actor<'t>,
}

/// A statement, its index, and how it names the actor.
pub(super) type Found<'t> = (usize, &'t Statement, Named<'t>);

impl<'t> Asked<'t> {
    /// The statements of this effect that are about the action and name the actor.
    pub(super) fn about(self, effect: Effect) -> impl Iterator<Item = Found<'t>> {
        let numbered = self.trust.statements.iter().enumerate();
        numbered
            .filter(move |(_, statement)| {
                statement.effect == effect && statement.actions.has_action(self.action)
            })
            .filter_map(move |(index, statement)| {
                Some((index, statement, statement.principals.as_ref()?.names(self.actor)?))
            })
    }

    /// `Err` where the trust policy certainly denies it; else the cases in which it may.
    pub(super) fn denies(self, request: &Request) -> Result<Vec<String>, Box<Verdict>> {
        let mut doubts = Vec::new();
        for (index, statement, named) in self.about(Effect::Deny) {
            match (holds(statement, request), named) {
                (Truth::False, _) => {}
                (_, Named::Session(session)) => doubts.push(format!("not if the session is {session}")),
                (Truth::Unknown, _) => {
                    doubts.extend(open(statement, request).into_iter().map(|text| format!("not if {text}")));
                }
                (Truth::True, _) => {
                    let why = format!("trust policy statement {} denies it", index + 1);
                    return Err(Box::new(Verdict::denied(Some(Place::of(index, statement)), why)));
                }
            }
        }
        Ok(doubts)
    }

    /// The answer for an actor without policies of its own, where the trust policy alone decides. `who` is what the
    /// actor is called in a sentence.
    pub(super) fn alone(self, who: &str, request: &Request) -> Verdict {
        let doubts = match self.denies(request) {
            Ok(doubts) => doubts,
            Err(verdict) => return *verdict,
        };
        let candidates = self.about(Effect::Allow).map(|found| lets_in(found, who, request));
        let best = candidates.reduce(|best, next| if next.grade > best.grade { next } else { best });
        best.map_or_else(
            || Verdict::denied(None, format!("the trust policy does not name the {who}")),
            |best| best.doubted(doubts).seen_by(self.actor),
        )
    }
}

/// What one Allow statement says to an actor that it names.
fn lets_in((index, statement, named): Found<'_>, who: &str, request: &Request) -> Verdict {
    let (place, number) = (Some(Place::of(index, statement)), index + 1);
    let (grade, conditions) = match holds(statement, request) {
        Truth::False => {
            let why =
                format!("trust policy statement {number} has a condition that this {who} does not meet");
            return Verdict::denied(place, why);
        }
        Truth::Unknown => (Grade::Possible, only_if(statement, request)),
        Truth::True => (Grade::Proven, Vec::new()),
    };
    let why = match named {
        Named::Everyone => format!("trust policy statement {number} lets everyone in"),
        _ => format!("trust policy statement {number} names the {who}"),
    };
    Verdict { grade, statement: place, own: None, why: why.into(), conditions, unseen: &[] }
}

/// The conditions that are not certainly met.
pub(super) fn only_if(statement: &Statement, request: &Request) -> Vec<String> {
    open(statement, request).into_iter().map(|text| format!("only if {text}")).collect()
}
