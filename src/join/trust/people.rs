//! Users and roles that may want in, found by what their own policies allow: most pairs of a principal and a role need no question.

use std::sync::{Arc, LazyLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{ACTION, Answer, graded};
use crate::{
    base::name::{AccountId, Arn},
    join::{
        names::Names,
        policies::{Policies, Principal as Known},
    },
    model::{
        aws::{Role, User},
        entity::OfKind,
        estate::Estate,
        id::Id,
    },
    policy::{
        Boundary, Caller, Document, Grade, RoleFacts, can_assume, document::Effect, principal::Principal,
    },
};

/// A trust policy that asks nothing, for when only the caller's side is in question.
static ANYONE: LazyLock<Option<Document>> = LazyLock::new(|| {
    Document::parse(r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#).ok()
});

/// Every user and role that is known, in the order of their ids.
pub(super) struct People<'a> {
    known: Vec<Person<'a>>,
    numbers: FxHashMap<Id, usize>,
    /// Whose policies allow assuming this very ARN.
    by_target: FxHashMap<String, Vec<usize>>,
    /// By account: whose policies allow it by a pattern.
    by_pattern: FxHashMap<Option<AccountId>, Vec<usize>>,
    by_account: FxHashMap<Option<AccountId>, Vec<usize>>,
    /// What was answered to those whose own policies tell no role from another. Many roles share one trust policy, and fifty
    /// administrators and five thousand roles are a quarter of a million questions otherwise.
    answered: FxHashMap<(usize, *const Document, Option<AccountId>), Answer>,
}

struct Person<'a> {
    known: Known<'a>,
    /// Its policies say the same of every role.
    is_uniform: bool,
}

impl<'a> People<'a> {
    pub(super) fn of(estate: &'a Estate, policies: &Policies<'a>) -> Self {
        let entities = estate.of(User::KIND).chain(estate.of(Role::KIND));
        let mut known: Vec<Known<'a>> = entities.filter_map(|entity| Known::of(entity, policies)).collect();
        known.sort_by(|a, b| a.id.cmp(&b.id));
        let mut people = Self {
            known: Vec::with_capacity(known.len()),
            numbers: FxHashMap::default(),
            by_target: FxHashMap::default(),
            by_pattern: FxHashMap::default(),
            by_account: FxHashMap::default(),
            answered: FxHashMap::default(),
        };
        for known in known {
            people.file(known);
        }
        people
    }

    fn file(&mut self, known: Known<'a>) {
        let number = self.known.len();
        let account = known.arn.account();
        let mut by_pattern = false;
        for document in known.documents() {
            for resource in targets(document) {
                match resource {
                    Some(arn) => self.by_target.entry(arn.to_owned()).or_default().push(number),
                    None => by_pattern = true,
                }
            }
        }
        if by_pattern {
            self.by_pattern.entry(account).or_default().push(number);
        }
        self.by_account.entry(account).or_default().push(number);
        self.numbers.insert(known.id.clone(), number);
        let is_uniform = known.documents().chain(known.bounds().ok().flatten()).all(is_uniform);
        self.known.push(Person { known, is_uniform });
    }

    pub(super) fn id(&self, person: usize) -> &Id {
        &self.known[person].known.id
    }

    /// Whom a principal of a trust policy could mean: the one it names, or those whose own policies let them try.
    pub(super) fn candidates(
        &self,
        principal: &Principal,
        role: &Role,
        names: &Names,
        asking: &mut Vec<usize>,
        strangers: &mut FxHashSet<Id>,
    ) {
        let by_target = self.by_target.get(role.arn.as_str()).into_iter().flatten().copied();
        if *principal == Principal::Everyone {
            asking.extend(by_target);
            asking.extend(self.by_pattern.values().flatten());
            // In the role's own account nobody needs a permission to enter by a name that means everyone.
            asking.extend(self.by_account.get(&role.arn.account()).into_iter().flatten());
        } else if let Some(account) = principal.whole_account() {
            asking
                .extend(by_target.filter(|&number| self.known[number].known.arn.account() == Some(account)));
            asking.extend(self.by_pattern.get(&Some(account)).into_iter().flatten());
        } else if let Principal::Aws(text) = principal
            && let Some(arn) = Arn::new(text)
        {
            let id = match arn.resource().split('/').next() {
                Some("user") => Id::user(&arn),
                Some("role" | "assumed-role") => names.role(&arn),
                _ => return,
            };
            match self.numbers.get(&id) {
                Some(&number) => asking.push(number),
                None => {
                    strangers.insert(id);
                }
            }
        }
    }

    /// The engine's answer.
    pub(super) fn ask(&mut self, person: usize, role: &Arn, trust: &Arc<Document>) -> Answer {
        let Person { known, is_uniform } = &self.known[person];
        let facts = RoleFacts { arn: role, trust };
        // A role and itself are a case of their own.
        if !is_uniform || known.arn == role {
            return graded(can_assume(&known.caller(), &facts));
        }
        let asked = (person, Arc::as_ptr(trust), role.account());
        self.answered.entry(asked).or_insert_with(|| graded(can_assume(&known.caller(), &facts))).clone()
    }

    /// Roles that are named whole by somebody's policies, each with who it is.
    pub(super) fn named_targets(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut targets: Vec<_> = self.by_target.iter().collect();
        targets.sort_unstable();
        targets
            .into_iter()
            .flat_map(|(target, people)| people.iter().map(|&person| (target.as_str(), person)))
    }

    /// Would a role that lets in whoever asks let this one in?
    pub(super) fn would_be_let(&self, person: usize, role: &Arn) -> bool {
        let answer = |trust| can_assume(&self.known[person].known.caller(), &RoleFacts { arn: role, trust });
        ANYONE.as_ref().is_some_and(|trust| answer(trust).grade > Grade::Denied)
    }
}

/// The engine's answer for a principal nobody read: only its name is known.
pub(super) fn ask_stranger(id: &Id, role: &Arn, trust: &Document) -> Answer {
    let arn = Arn::new(id.key_text())?;
    let unseen =
        Caller { arn: &arn, unique_id: None, policies: None, partly: false, boundary: Boundary::None };
    graded(can_assume(&unseen, &RoleFacts { arn: role, trust }))
}

/// What a document's Allow statements let its holder assume: a whole ARN, or `None` for any pattern.
fn targets(document: &Document) -> impl Iterator<Item = Option<&str>> {
    let allows = document
        .statements
        .iter()
        .filter(|statement| statement.effect == Effect::Allow && statement.actions.has_action(ACTION));
    allows.flat_map(|statement| match &statement.resources {
        Some(resources) if !resources.negated => resources
            .patterns
            .iter()
            .map(|pattern| (!pattern.contains(['*', '?', '$'])).then_some(pattern.as_str()))
            .collect(),
        _ => vec![None],
    })
}

/// Does the document say the same of assuming any role?
fn is_uniform(document: &Document) -> bool {
    let about = document.statements.iter().filter(|statement| statement.actions.has_action(ACTION));
    about
        .filter_map(|statement| statement.resources.as_ref())
        .all(|resources| !resources.negated && resources.patterns.iter().any(|pattern| pattern == "*"))
}
