//! One trust policy held against projects. For each kind of refs the hunt brings an example of every way in which subjects can match the
//! policy's patterns, and the policy engine says of each whether it gets in: analysis and engine cannot disagree.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    Admitted, AdmittedRef, RefKind,
    gather::{Found, Gathered, Outcome},
    issuer::Issuer,
    roster::{Known, Meant, Place, Roster, Shape},
    seen::{OfRole, SeenRef},
};
use crate::{
    base::{name::Arn, text::plural},
    model::link::Proof,
    policy::{
        self, Document, Request, Statement, Truth, WebCaller, can_assume_with_token,
        condition::weigh,
        document::{Condition, Effect},
        operator::{Compare, Test},
        principal::Actor,
        subject::{Example, Glob, Hunt, Names, Part, RefClass, Standing},
    },
};

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// What the engine says of where a job may choose its audience; it takes nothing off the answer.
const BY_CHOICE: &str = "only with the audience ";

pub(super) struct Weigher<'w> {
    pub(super) trust: &'w Document,
    pub(super) provider: &'w Arn,
    /// The provider's ClientIDList; `None` where it was not read.
    pub(super) accepts: Option<&'w [String]>,
    pub(super) issuer: &'w Issuer,
    pub(super) hunt: Hunt,
    /// Of an id token only subject and audience count: subjects that match the same patterns get the same answer.
    plain: bool,
    answers: FxHashMap<Vec<u16>, Option<Entry>>,
    outcomes: FxHashMap<(u32, Standing), Option<Outcome>>,
    /// How often a project was held against the policy.
    pub(super) weighed: usize,
}

/// That a subject gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) sure: bool,
    pub(super) statement: usize,
    pub(super) conditions: Vec<String>,
}

/// Claims besides the subject; what is `None` cannot be known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Claims {
    pub(super) project: Option<u64>,
    pub(super) namespace: Option<u64>,
    pub(super) protection: Option<bool>,
    /// Not one of the users that a policy could name.
    pub(super) stranger: bool,
}

impl<'w> Weigher<'w> {
    pub(super) fn new(
        trust: &'w Document,
        provider: &'w Arn,
        accepts: Option<&'w [String]>,
        issuer: &'w Issuer,
    ) -> Self {
        let about_subject = |condition: &&Condition| is_claim(condition, issuer, "sub");
        let conditions = || trust.statements.iter().flat_map(|statement| &statement.conditions);
        let globs = conditions().filter(about_subject).flat_map(globs_of).collect();
        let of_project =
            ["project_id", "namespace_id", "ref_protected", "user_id", "user_login", "user_email"];
        let plain = !conditions().any(|condition| {
            of_project.iter().any(|claim| is_claim(condition, issuer, claim))
                || condition.values.iter().any(|value| value.contains("${"))
        });
        Self {
            trust,
            provider,
            accepts,
            issuer,
            hunt: Hunt::new(globs),
            plain,
            answers: FxHashMap::default(),
            outcomes: FxHashMap::default(),
            weighed: 0,
        }
    }

    /// Allow statements that are about this provider's tokens, with their indices.
    pub(super) fn allows(&self) -> impl Iterator<Item = (usize, &'w Statement)> {
        let actor = Actor::Federated(self.provider.as_str());
        self.trust.statements.iter().enumerate().filter(move |(_, statement)| {
            statement.effect == Effect::Allow
                && statement.actions.has_action(ACTION)
                && statement.principals.as_ref().is_some_and(|named| named.names(actor).is_some())
        })
    }

    /// Conditions of a statement on a claim of this issuer's tokens.
    pub(super) fn about(
        &self,
        statement: &'w Statement,
        claim: &'static str,
    ) -> impl Iterator<Item = &'w Condition> {
        let issuer = self.issuer;
        statement.conditions.iter().filter(move |condition| is_claim(condition, issuer, claim))
    }

    /// Audiences that the provider takes and some statement does. `None` where the provider was not read.
    pub(super) fn audiences(&self) -> Option<Vec<String>> {
        let takes = |audience: &&String| self.allows().any(|(_, statement)| self.takes(statement, audience));
        Some(self.accepts?.iter().filter(takes).cloned().collect())
    }

    pub(super) fn takes(&self, statement: &'w Statement, audience: &str) -> bool {
        let request = Request::default().with(&format!("{}:aud", self.issuer.name), audience);
        let mut asked = self.about(statement, "aud");
        asked.all(|condition| weigh(condition, statement.version, &request) != Truth::False)
    }

    /// The known projects that get in.
    pub(super) fn admits(&mut self, roster: &Roster<'_>, seen: &OfRole) -> Vec<Admitted> {
        let Some(place) = roster.place(self.issuer.instance.as_ref()) else { return Vec::new() };
        let candidates = self.candidates(place);
        let mut admits = Vec::new();
        for index in candidates {
            let known = roster.project(index);
            let shape = roster.shape(known);
            let standing = self.hunt.after(&self.hunt.start(), &known.head);
            let Some(outcome) = self.weigh(known, shape, &standing) else { continue };
            let refs = seen.get(known.id).map_or(&[][..], Vec::as_slice);
            let (refs, used) = self.used(&outcome, refs, (known, shape, &standing));
            let mut conditions = outcome.conditions.clone();
            if known.assumed && !self.hunt.is_empty() {
                let assumed = "if its subjects are GitLab's default: its settings were not read".to_owned();
                conditions = conditions.iter().cloned().chain([assumed]).collect();
            }
            admits.push(Admitted {
                project: known.id.clone(),
                refs,
                statement: outcome.statement,
                grade: outcome.grade,
                conditions,
                used,
            });
        }
        admits
    }

    /// Projects that some statement could mean by what its patterns begin with.
    fn candidates(&self, place: &Place) -> Vec<u32> {
        let mut all = Vec::new();
        for (_, statement) in self.allows() {
            let narrow = self.about(statement, "sub").filter_map(narrowing);
            let sets = narrow.map(|meant| meant.into_iter().flat_map(|meant| place.meant(meant)).collect());
            all.extend(sets.min_by_key(Vec::len).unwrap_or_else(|| place.meant(Meant::All)));
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    fn weigh(&mut self, known: &Known<'_>, shape: &Shape<'_>, standing: &Standing) -> Option<Outcome> {
        self.weighed += 1;
        let key = (known.shape, standing.clone());
        if self.plain
            && let Some(outcome) = self.outcomes.get(&key)
        {
            return outcome.clone();
        }
        let mut gathered = Gathered::default();
        for classes in shape.classes.chunk_by(|a, b| a.kind == b.kind) {
            let [first, ..] = classes else { continue };
            let all: Vec<(&RefClass<'_>, Found)> = classes
                .iter()
                .map(|class| {
                    (class, self.found(known, shape.tail(class.kind), standing, class.kind, &class.names))
                })
                .collect();
            gathered.add(first.kind, &all);
        }
        let outcome = gathered.outcome();
        if self.plain {
            self.outcomes.insert(key, outcome.clone());
        }
        outcome
    }

    /// Which refs of these names get in.
    fn found(
        &mut self,
        known: &Known<'_>,
        tail: &[Part],
        standing: &Standing,
        kind: RefKind,
        names: &Names,
    ) -> Found {
        let claims = Claims {
            project: Some(known.number),
            namespace: known.namespace,
            protection: kind.protection(),
            stranger: false,
        };
        let examples = self.hunt.examples(standing, tail, names);
        let mut found = Found { all: examples.complete, entries: Vec::new() };
        for example in examples.found {
            match self.judge(&known.head, &example, claims) {
                Some(entry) => found.entries.push((example, entry)),
                None => found.all = false,
            }
        }
        if !found.all {
            for (example, entry) in &mut found.entries {
                self.mind_guesses((&known.head, tail), standing, (example, entry, claims));
            }
        }
        found
    }

    /// Where a claim was guessed, and other values of it would keep the same ref out, that is what it hangs on.
    fn mind_guesses(
        &mut self,
        (head, tail): (&str, &[Part]),
        standing: &Standing,
        (example, entry, claims): (&Example, &mut Entry, Claims),
    ) {
        if example.guesses.is_empty() {
            return;
        }
        let names = Names::default().only(&example.name).unwrap_or_default();
        let others = self.hunt.examples(standing, tail, &names);
        if others.complete && others.found.iter().all(|other| self.judge(head, other, claims).is_some()) {
            return;
        }
        entry.sure = false;
        let words = example.guesses.iter().map(|(claim, value)| format!("only if {claim} is \"{value}\""));
        entry.conditions.extend(words);
    }

    /// Asks the engine.
    pub(super) fn judge(&mut self, head: &str, example: &Example, claims: Claims) -> Option<Entry> {
        if self.plain
            && let Some(answer) = self.answers.get(&example.hits)
        {
            return answer.clone();
        }
        let token = request(&format!("{head}{}", example.tail), claims);
        let caller = WebCaller { provider: self.provider.as_str(), audiences: self.accepts, claims: &token };
        let verdict = can_assume_with_token(&caller, self.trust);
        let answer = (verdict.grade > policy::Grade::Denied).then(|| Entry {
            sure: verdict.grade > policy::Grade::Possible,
            statement: verdict.statement.map_or(0, |place| place.index),
            conditions: verdict.conditions.into_iter().filter(|text| !text.starts_with(BY_CHOICE)).collect(),
        });
        if self.plain {
            self.answers.insert(example.hits.clone(), answer.clone());
        }
        answer
    }

    /// Marks the refs whose sessions were seen, and puts those among them that are not there by name.
    fn used(
        &mut self,
        outcome: &Outcome,
        seen: &[SeenRef],
        (known, shape, standing): (&Known<'_>, &Shape<'_>, &Standing),
    ) -> (Arc<[AdmittedRef]>, Option<Arc<Proof>>) {
        if seen.is_empty() {
            return (outcome.refs.clone(), None);
        }
        let mut refs = outcome.refs.to_vec();
        let mut sessions = Vec::new();
        for one in seen {
            let mut classes = shape.classes.iter().filter(|class| {
                one.is_tag.is_none_or(|tag| tag == class.kind.is_tag()) && class.names.has(&one.name)
            });
            let Some(class) = classes.next() else { continue };
            let same = |admitted: &&mut AdmittedRef| {
                admitted.kind == class.kind && (admitted.all || *admitted.name == *one.name)
            };
            if let Some(admitted) = refs.iter_mut().find(same) {
                admitted.used = true;
            } else {
                let Some(names) = class.names.only(&one.name) else { continue };
                let found = self.found(known, shape.tail(class.kind), standing, class.kind, &names);
                let Some((_, entry)) = found.entries.first() else { continue };
                refs.push(AdmittedRef {
                    kind: class.kind,
                    name: one.name.as_str().into(),
                    all: false,
                    sure: entry.sure,
                    used: true,
                });
            }
            sessions.push(one);
        }
        let latest = sessions.iter().max_by_key(|one| one.last);
        let used = latest.map(|latest| {
            let count = plural(sessions.iter().map(|one| one.count).sum(), "session", "sessions");
            Proof::at(format!("{count} by id token, the latest of {}", latest.name), latest.last)
        });
        (refs.into(), used)
    }
}

/// What is known of the token. GitLab's tokens have none of the claims that other issuers' have.
fn request(subject: &str, claims: Claims) -> Request {
    let mut request = Request::default().with("sub", subject).without("amr").without("email").without("oaud");
    let numbers = [("project_id", claims.project), ("namespace_id", claims.namespace)];
    for (claim, number) in numbers {
        if let Some(number) = number {
            request = request.with(claim, number.to_string());
        }
    }
    if let Some(protected) = claims.protection {
        request = request.with("ref_protected", protected.to_string());
    }
    if claims.stranger {
        for claim in ["user_id", "user_login", "user_email"] {
            request = request.with(claim, "-");
        }
    }
    request
}

/// Is the condition about this claim of this issuer's tokens?
pub(super) fn is_claim(condition: &Condition, issuer: &Issuer, claim: &str) -> bool {
    condition.key.rsplit_once(':').is_some_and(|(prefix, name)| {
        prefix.eq_ignore_ascii_case(&issuer.name) && name.eq_ignore_ascii_case(claim)
    })
}

/// The patterns of a condition.
fn globs_of(condition: &Condition) -> Vec<Glob> {
    let Test::Compare { compare, .. } = &condition.operator.test else { return Vec::new() };
    condition.values.iter().map(|value| Glob::of(compare, value)).collect()
}

/// Which projects a condition on the subject leaves, if it keeps any out.
fn narrowing(condition: &Condition) -> Option<Vec<Meant<'_>>> {
    let Test::Compare { compare, negated: false } = &condition.operator.test else { return None };
    let wild = match compare {
        Compare::Like => true,
        Compare::Text | Compare::TextAnyCase => false,
        _ => return None,
    };
    Some(condition.values.iter().map(|value| meant(value, wild)).collect())
}

/// Which projects a pattern of subjects can mean. What a policy variable stands for is not known here.
pub(super) fn meant(value: &str, wild: bool) -> Meant<'_> {
    let wildcards: &[char] = if wild { &['*', '?', '$'] } else { &['$'] };
    value.find(wildcards).map_or_else(|| Meant::by(value, true), |end| Meant::by(&value[..end], false))
}
