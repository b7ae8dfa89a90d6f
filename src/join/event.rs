//! What events show: who used which key from where, which session that opened, and of which project's jobs.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use super::{Join, linked::Weave, names::Names};
use crate::{
    base::{
        name::{AccountId, Arn, KeyId},
        text::plural,
        time::Timestamp,
    },
    model::{
        activity::{Activity, Facet},
        estate::Estate,
        event::Event,
        id::Id,
        link::{Grade, Proof, Relation},
        session::{Opener, Session},
    },
    trail::{self, Stitched},
};

pub(super) const JOIN: Join = Join { name: "event", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let events: Vec<&Event> = estate.all::<Event>().collect();
    let names = Names::of(estate);
    let activities: Vec<&Activity> = estate.all::<Activity>().collect();
    let stitched = trail::stitch(&events, &activities);
    for event in &events {
        asked(event, &names, weave);
    }
    uses(estate, &stitched, &activities, weave);
    for (event, session) in &stitched.minted {
        let proof = Proof::of("the record shows the issued key");
        weave.add(event.clone(), Relation::Minted, session.clone(), Grade::Observed, proof);
    }
    for session in stitched.sessions {
        opened(&session, &names, weave);
        weave.derive(session.into());
    }
    for address in stitched.addresses {
        weave.derive(address.into());
    }
}

/// The role a call asked for, the address it came from, and the project its web identity names.
fn asked(event: &Event, names: &Names, weave: &mut Weave) {
    if let Some(role) = &event.role {
        let proof = match &event.error {
            Some(error) => Proof::at(format!("denied: {error}"), event.at),
            None => Proof::at("granted", event.at),
        };
        weave.add(event.id(), Relation::AskedFor, names.role(role), Grade::Observed, proof);
    }
    if let Some(address) = &event.address {
        let proof = Proof::at("sourceIPAddress", event.at);
        weave.add(event.id(), Relation::CameFrom, Id::address(address), Grade::Observed, proof);
    }
    if let Some(project) = subject(event.provider.as_ref(), event.subject.as_ref(), names) {
        let proof = Proof::at("the id token's subject names it", event.at);
        weave.add(event.id(), Relation::CameFrom, project, Grade::Observed, proof);
    }
}

/// How often and how lately something was used from an address.
#[derive(Clone, Copy, Default)]
struct Tally {
    calls: u64,
    denied: u64,
    last: Timestamp,
    probable: bool,
}

/// By whom, and from where.
type Use<'a> = (Id, &'a str);

/// Keys and sessions to the events made with them, and, folded, to the addresses they were used from.
fn uses(estate: &Estate, stitched: &Stitched, activities: &[&Activity], weave: &mut Weave) {
    let mut from: BTreeMap<Use<'_>, Tally> = BTreeMap::new();
    for used in &stitched.used {
        let (grade, text) = if used.probable {
            (Grade::Inferred, "same role, session name and minting time")
        } else {
            (Grade::Observed, "the caller's access key")
        };
        let Some(event) = estate.find::<Event>(&used.event) else { continue };
        let proof = Proof::at(text, event.at);
        weave.add(used.by.clone(), Relation::UsedIn, used.event.clone(), grade, proof);
        if let Some(address) = &event.address {
            let tally = from.entry((used.by.clone(), address)).or_default();
            tally.calls += 1;
            tally.denied += u64::from(event.is_denied());
            tally.last = tally.last.max(event.at);
            tally.probable |= used.probable;
        }
    }
    // A trail's files hold the events that were looked up as well: the larger number is told.
    for ((by, address), folded) in folded_uses(stitched, activities) {
        let tally = from.entry((by, address)).or_default();
        tally.calls = tally.calls.max(folded.calls);
        tally.denied = tally.denied.max(folded.denied);
        tally.last = tally.last.max(folded.last);
    }
    for ((by, address), tally) in from {
        let grade = if tally.probable { Grade::Inferred } else { Grade::Observed };
        let calls = plural(usize::try_from(tally.calls).unwrap_or(usize::MAX), "call", "calls");
        let text = if tally.denied > 0 { format!("{calls}, {} denied", tally.denied) } else { calls };
        weave.add(by, Relation::UsedFrom, Id::address(address), grade, Proof::at(text, tally.last));
    }
}

/// What the trails say: of several that hold an account's calls the one that knows most, and all accounts together.
fn folded_uses<'a>(stitched: &Stitched, activities: &[&'a Activity]) -> BTreeMap<Use<'a>, Tally> {
    let sessions: FxHashMap<&KeyId, Id> =
        stitched.sessions.iter().filter_map(|session| Some((session.key.as_ref()?, session.id()))).collect();
    let mut by_account: BTreeMap<(Use<'a>, AccountId), Tally> = BTreeMap::new();
    for activity in activities {
        let by = sessions.get(&activity.key).cloned().unwrap_or_else(|| Id::key(&activity.key));
        for (address, tally) in activity.parts(Facet::Address) {
            let known = by_account.entry(((by.clone(), address), activity.account)).or_default();
            known.calls = known.calls.max(tally.calls);
            known.denied = known.denied.max(tally.denied);
            known.last = known.last.max(tally.last);
        }
    }
    let mut uses: BTreeMap<Use<'a>, Tally> = BTreeMap::new();
    for ((used, _), tally) in by_account {
        let all = uses.entry(used).or_default();
        all.calls += tally.calls;
        all.denied += tally.denied;
        all.last = all.last.max(tally.last);
    }
    uses
}

/// Who opened a session, and of which role it is.
fn opened(session: &Session, names: &Names, weave: &mut Weave) {
    let at = session.opened.or(session.last_seen).unwrap_or_default();
    if let Some(role) = &session.role {
        let proof = Proof::at("the record names the role", at);
        weave.add(names.role(role), Relation::AssumedAs, session.id(), Grade::Observed, proof);
    }
    let (opener, text) = match &session.opened_by {
        Opener::Key(key) => (Some(Id::key(key)), "the caller's access key"),
        Opener::Session(parent) => (Some(Id::session(parent)), "chained: the caller's session"),
        Opener::Subject { provider, subject: sub } => {
            (subject(provider.as_ref(), Some(sub), names), "the id token's subject names it")
        }
        Opener::Service(_) | Opener::Unknown(_) => (None, ""),
    };
    if let Some(opener) = opener {
        weave.add(opener, Relation::Opened, session.id(), Grade::Observed, Proof::at(text, at));
    }
    for address in &session.addresses {
        let asked_from = Id::address(address);
        if !weave.so_far().targets(&session.id(), Relation::UsedFrom).any(|known| *known == asked_from) {
            let proof = Proof::at("asked for from there", at);
            weave.add(session.id(), Relation::UsedFrom, asked_from, Grade::Observed, proof);
        }
    }
}

/// The project a GitLab id token's subject names: `project_path:group/project:ref_type:...` or `project_id:42:...`, at
/// the instance whose address is the provider's issuer.
fn subject(provider: Option<&Arn>, subject: Option<&Arc<str>>, names: &Names) -> Option<Id> {
    let issuer = provider?.resource().strip_prefix("oidc-provider/")?;
    let instance = names.instance_of_issuer(issuer)?;
    let mut parts = subject?.split(':');
    match (parts.next()?, parts.next()?) {
        ("project_path", path) => names.project(instance, path),
        ("project_id", number) => Some(Id::project(instance, number.parse().ok()?)),
        _ => None,
    }
}
