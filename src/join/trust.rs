//! Who may assume a role: both sides of the question where both were read. Service control and resource control policies are unseen.
//!
//! A link says that something speaks for it: a trust policy names the principal, or what was read of its own policies allows it. That the
//! policies of a whole account were not read is a gap, and makes no link of everybody there to every role that trusts the account.

mod people;

use std::{borrow::Cow, sync::Arc};

use rustc_hash::FxHashSet;

use self::people::People;
use super::{Join, linked::Weave, names::Names, policies::Policies};
use crate::{
    base::name::{AccountId, Arn},
    model::{
        aws::Role,
        estate::Estate,
        id::Id,
        link::{Grade, Proof, Relation},
    },
    policy::{self, Trusted, Verdict, principal::Principal, trusted},
};

pub(super) const JOIN: Join = Join { name: "trust", add };

const ACTION: &str = "sts:AssumeRole";

fn add<'a>(estate: &'a Estate, policies: &Policies<'a>, weave: &mut Weave) {
    let mut people = People::of(estate, policies);
    let names = Names::of(estate);
    for (role_id, role) in estate.named::<Role>() {
        let Some(trust) = policies.trust(role) else { continue };
        let mut asking = Vec::new();
        let mut strangers = FxHashSet::default();
        for entry in trusted(trust) {
            if entry.kind == policy::Kind::AssumeRole {
                let principal = if entry.excepted { &Principal::Everyone } else { entry.principal };
                people.candidates(principal, role, &names, &mut asking, &mut strangers);
            }
            if let Some((from, text)) = outsider(&entry) {
                let proof = Proof::of(said(text, &entry.conditions));
                weave.add(from, Relation::MayAssume, role_id.clone(), Grade::Configured, proof);
            }
        }
        asking.sort_unstable();
        asking.dedup();
        for person in asking {
            if let Some((grade, proof)) = people.ask(person, &role.arn, trust) {
                let id = people.id(person).clone();
                weave.add(id, Relation::MayAssume, role_id.clone(), grade, proof);
            }
        }
        let mut strangers: Vec<Id> = strangers.into_iter().collect();
        strangers.sort();
        for id in strangers {
            if let Some((grade, proof)) = people::ask_stranger(&id, &role.arn, trust) {
                weave.add(id, Relation::MayAssume, role_id.clone(), grade, proof);
            }
        }
    }
    unread(estate, policies, &people, weave);
}

/// Roles that somebody's policies name and whose trust policy nobody read: possible, the other side is unseen. A role that is missing in
/// an account whose roles were read does not exist.
fn unread<'a>(estate: &'a Estate, policies: &Policies<'a>, people: &People<'a>, weave: &mut Weave) {
    let seen: FxHashSet<AccountId> = estate.all::<Role>().filter_map(|role| role.arn.account()).collect();
    let proof = Proof::of("its policies allow it; the role's trust policy was not read");
    for (target, person) in people.named_targets() {
        let Some(arn) = Arn::new(target).filter(|arn| arn.resource().starts_with("role/")) else { continue };
        let id = Id::role(&arn);
        let known = estate.find::<Role>(&id);
        let is_open = match known {
            Some(role) => policies.trust(role).is_none(),
            None => arn.account().is_some_and(|account| !seen.contains(&account)),
        };
        if is_open && people.would_be_let(person, &arn) {
            weave.add(people.id(person).clone(), Relation::MayAssume, id, Grade::Inferred, proof.clone());
        }
    }
}

/// An account, a provider or a service that a statement lets in as such, and how.
fn outsider(entry: &Trusted) -> Option<(Id, &'static str)> {
    match (entry.kind, entry.principal) {
        _ if entry.excepted => None,
        (policy::Kind::AssumeRole, principal) => {
            Some((Id::account(principal.whole_account()?), "trust policy trusts the whole account"))
        }
        (_, Principal::Federated(provider)) => {
            let open = entry.web.as_ref().is_some_and(|web| !web.constrained);
            let text = if open { "any subject of the issuer" } else { "trust policy names the provider" };
            Some((Id::provider(&Arn::new(provider)?), text))
        }
        (_, Principal::Service(service)) => Some((Id::service(service), "trust policy names the service")),
        _ => None,
    }
}

fn said(text: &'static str, conditions: &[String]) -> Cow<'static, str> {
    if conditions.is_empty() {
        text.into()
    } else {
        format!("{text}, if {}", conditions.join(" and ")).into()
    }
}

/// How surely, and why.
type Answer = Option<(Grade, Arc<Proof>)>;

/// How a verdict stands as a link; `None` for a no.
pub(super) fn graded(verdict: Verdict) -> Answer {
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
