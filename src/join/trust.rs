//! Who may assume a role: both sides of the question where both were read. A first honest version: service control and
//! resource control policies are unseen.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Join,
    linked::Weave,
    names::Names,
    policies::{Policies, Principal as Known},
};
use crate::{
    base::name::{AccountId, Arn},
    model::{
        aws::{Role, User},
        entity::Entity,
        estate::Estate,
        id::Id,
        link::{Grade, Proof, Relation},
    },
    policy::{
        self, Caller, Document, RoleFacts, Trusted, Verdict, can_assume, document::Effect,
        principal::Principal, trusted,
    },
};

pub(super) const JOIN: Join = Join { name: "trust", add };

const ACTION: &str = "sts:AssumeRole";

fn add<'a>(estate: &'a Estate, policies: &Policies<'a>, weave: &mut Weave) {
    let people = People::of(estate, policies);
    let names = Names::of(estate);
    for (role_id, role) in estate.named::<Role>() {
        let Some(trust) = policies.trust(role) else { continue };
        let mut asking = FxHashSet::default();
        for entry in trusted(trust) {
            match (entry.kind, entry.principal) {
                _ if entry.excepted => {}
                (policy::Kind::AssumeRole, principal) => {
                    people.candidates(principal, role, &names, &mut asking);
                    if let Some(account) = principal.whole_account() {
                        let id = Id::account(account);
                        let proof =
                            Proof::of(said("trust policy trusts the whole account", &entry.conditions));
                        weave.add(id, Relation::MayAssume, role_id.clone(), Grade::Configured, proof);
                    }
                }
                (_, Principal::Federated(provider)) => {
                    if let Some(provider) = Arn::new(provider) {
                        let id = Id::provider(&provider);
                        let proof = Proof::of(by_token(&entry));
                        weave.add(id, Relation::MayAssume, role_id.clone(), Grade::Configured, proof);
                    }
                }
                (_, Principal::Service(service)) => {
                    let proof = Proof::of(said("trust policy names the service", &entry.conditions));
                    weave.add(
                        Id::service(service),
                        Relation::MayAssume,
                        role_id.clone(),
                        Grade::Configured,
                        proof,
                    );
                }
                _ => {}
            }
        }
        let facts = RoleFacts { arn: &role.arn, trust };
        let mut asking: Vec<Id> = asking.into_iter().collect();
        asking.sort();
        for id in asking {
            let verdict = people.ask(&id, &facts);
            if let Some((grade, proof)) = verdict.and_then(graded) {
                weave.add(id, Relation::MayAssume, role_id.clone(), grade, proof);
            }
        }
    }
}

/// What a trust policy asks of an id token, in words.
fn by_token(entry: &Trusted) -> Cow<'static, str> {
    match &entry.web {
        Some(web) if !web.constrained => said("any subject of the issuer", &entry.conditions),
        _ => said("trust policy names the provider", &entry.conditions),
    }
}

fn said(text: &'static str, conditions: &[String]) -> Cow<'static, str> {
    if conditions.is_empty() {
        text.into()
    } else {
        format!("{text}, if {}", conditions.join(" and ")).into()
    }
}

/// How a verdict stands as a link; `None` for a no.
fn graded(verdict: Verdict) -> Option<(Grade, std::sync::Arc<Proof>)> {
    let grade = match verdict.grade {
        policy::Grade::Denied => return None,
        policy::Grade::Possible => Grade::Inferred,
        policy::Grade::Delegated | policy::Grade::Proven => Grade::Configured,
    };
    let text: Cow<'static, str> = if verdict.conditions.is_empty() {
        verdict.why
    } else {
        format!("{}; {}", verdict.why, verdict.conditions.join("; ")).into()
    };
    Some((grade, Proof::of(text)))
}

/// Users and roles that may assume anything at all, found by what their own policies allow.
struct People<'a> {
    known: FxHashMap<Id, Known<'a>>,
    /// Principals whose policies allow assuming this very ARN.
    by_target: FxHashMap<String, Vec<Id>>,
    /// By account: principals whose policies allow it by a pattern, or could not all be read.
    by_pattern: FxHashMap<Option<AccountId>, Vec<Id>>,
}

impl<'a> People<'a> {
    fn of(estate: &'a Estate, policies: &Policies<'a>) -> Self {
        let mut people = Self {
            known: FxHashMap::default(),
            by_target: FxHashMap::default(),
            by_pattern: FxHashMap::default(),
        };
        let users = estate.of(<User as crate::model::entity::OfKind>::KIND);
        let roles = estate.of(<Role as crate::model::entity::OfKind>::KIND);
        for known in users.chain(roles).filter_map(|entity: &'a Entity| Known::of(entity, policies)) {
            people.file(known);
        }
        people
    }

    fn file(&mut self, known: Known<'a>) {
        let account = known.arn.account();
        let mut open = known.held.as_ref().is_none_or(|held| held.partly);
        for (_, document) in known.held.iter().flat_map(|held| &held.named) {
            for resource in targets(document) {
                match resource {
                    Some(arn) => self.by_target.entry(arn.to_owned()).or_default().push(known.id.clone()),
                    None => open = true,
                }
            }
        }
        if open {
            self.by_pattern.entry(account).or_default().push(known.id.clone());
        }
        self.known.insert(known.id.clone(), known);
    }

    /// Whom a principal of a trust policy could mean: the one it names, or those whose own policies let them try.
    fn candidates(&self, principal: &Principal, role: &Role, names: &Names, asking: &mut FxHashSet<Id>) {
        let Principal::Aws(text) = principal else {
            if *principal == Principal::Everyone {
                asking.extend(self.by_target.get(role.arn.as_str()).into_iter().flatten().cloned());
                asking.extend(self.by_pattern.values().flatten().cloned());
            }
            return;
        };
        if let Some(account) = principal.whole_account() {
            let here =
                |id: &&Id| self.known.get(*id).is_some_and(|known| known.arn.account() == Some(account));
            asking.extend(self.by_target.get(role.arn.as_str()).into_iter().flatten().filter(here).cloned());
            asking.extend(self.by_pattern.get(&Some(account)).into_iter().flatten().cloned());
        } else if let Some(arn) = Arn::new(text) {
            match arn.resource().split('/').next() {
                Some("user") => asking.insert(Id::user(&arn)),
                Some("role" | "assumed-role") => asking.insert(names.role(&arn)),
                _ => false,
            };
        }
    }

    /// The engine's answer; of a principal nobody read only its name is known.
    fn ask(&self, id: &Id, role: &RoleFacts) -> Option<Verdict> {
        if let Some(known) = self.known.get(id) {
            return Some(can_assume(&known.caller(), role));
        }
        let arn = Arn::new(id.key_text())?;
        let unseen = Caller {
            arn: &arn,
            unique_id: None,
            policies: None,
            partly: false,
            boundary: policy::Boundary::None,
        };
        Some(can_assume(&unseen, role))
    }
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
