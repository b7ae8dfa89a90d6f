//! What events show: who used which key from where, which session that opened, and of which project's jobs.

use std::sync::Arc;

use super::{Join, linked::Weave, names::Names, news};
use crate::{
    base::{name::Arn, text::plural},
    model::{
        activity::Activity,
        estate::Estate,
        event::Event,
        id::Id,
        link::{Grade, Proof, Relation},
        session::{Opener, Session},
    },
    trail::{self, Stitched, stitch::Origin},
};

pub(super) const JOIN: Join = Join { name: "event", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let events: Vec<&Event> = estate.all::<Event>().collect();
    let names = Names::of(estate);
    let activities: Vec<&Activity> = estate.all::<Activity>().collect();
    let stitched = trail::stitch(&events, &activities);
    news::note(&events, &activities, &names, weave);
    for event in &events {
        asked(event, &names, weave);
    }
    uses(estate, &stitched, weave);
    for (key, hours) in stitched.hours {
        weave.busy(Id::key(&key), hours);
    }
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

/// Keys and sessions to the events made with them, and, folded, to the addresses they were used from.
fn uses(estate: &Estate, stitched: &Stitched, weave: &mut Weave) {
    for used in &stitched.used {
        let (grade, text) = if used.probable {
            (Grade::Inferred, "same role, session name and minting time")
        } else {
            (Grade::Observed, "the caller's access key")
        };
        let Some(event) = estate.find::<Event>(&used.event) else { continue };
        let proof = Proof::at(text, event.at);
        weave.add(used.by.clone(), Relation::UsedIn, used.event.clone(), grade, proof);
    }
    for Origin { by, address, calls, probable } in &stitched.from {
        let grade = if *probable { Grade::Inferred } else { Grade::Observed };
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let text = plural(number(calls.calls), "call", "calls");
        let text = if calls.denied > 0 { format!("{text}, {} denied", calls.denied) } else { text };
        weave.add(by.clone(), Relation::UsedFrom, Id::address(address), grade, Proof::at(text, calls.last));
    }
}

/// Who opened a session, and of which role it is.
fn opened(session: &Session, names: &Names, weave: &mut Weave) {
    let at = session.opened.or(session.last_seen).unwrap_or_default();
    if let Some(role) = &session.role {
        let proof = Proof::at("the record names the role", at);
        let role = names.role(role);
        weave.add(role.clone(), Relation::AssumedAs, session.id(), Grade::Observed, proof);
        weave.busy(role, session.hours.clone());
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
        let (grade, text) = if session.is_probable {
            (Grade::Inferred, "a session of the caller's name that was open then")
        } else {
            (Grade::Observed, text)
        };
        weave.add(opener, Relation::Opened, session.id(), grade, Proof::at(text, at));
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
pub(super) fn subject(provider: Option<&Arn>, subject: Option<&Arc<str>>, names: &Names) -> Option<Id> {
    let issuer = provider?.resource().strip_prefix("oidc-provider/")?;
    let instance = names.instance_of_issuer(issuer)?;
    let mut parts = subject?.split(':');
    match (parts.next()?, parts.next()?) {
        ("project_path", path) => names.project(instance, path),
        ("project_id", number) => Some(Id::project(instance, number.parse().ok()?)),
        _ => None,
    }
}
