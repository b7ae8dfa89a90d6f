//! What events told: sessions, addresses, the events themselves; and what is to be said of things that nobody showed.

use super::{facts::Facts, groups};
use crate::{
    app::{
        name,
        show::{Span, Tone},
    },
    base::{
        name::{Arn, KeyId},
        text::{clean, long_age},
    },
    model::{
        entity::Entity,
        event::Event,
        id::{Id, Kind},
        link::Relation,
        session::{Address, Opener, Session},
    },
};

pub(super) fn tell(facts: &mut Facts<'_>, entity: &Entity) {
    match entity {
        Entity::Session(session) => self::session(facts, session),
        Entity::Address(address) => self::address(facts, address),
        Entity::Event(event) => self::event(facts, event),
        _ => {}
    }
}

/// `AKIA..RP6LN`, `repo subject`, `ec2.amazonaws.com`: who asked for a session.
pub(super) fn opener(opener: &Opener) -> String {
    match opener {
        Opener::Key(key) => format!("key {key}"),
        Opener::Session(name) => format!("session {name}"),
        Opener::Subject { subject, .. } => subject.to_string(),
        Opener::Service(service) => service.to_string(),
        Opener::Unknown(Some(who)) => format!("{who}, nothing more is known"),
        Opener::Unknown(None) => "not known".into(),
    }
}

fn session(facts: &mut Facts<'_>, session: &Session) {
    facts.text("role", session.role.as_ref().map(Arn::as_str));
    facts.text("session name", session.session_name.as_deref());
    let by = opener(&session.opened_by);
    if session.is_probable {
        facts.fact(
            "opened by",
            &format!("{by}, probably: it has the caller's name and was open then"),
            Tone::Notice,
        );
    } else {
        facts.fact("opened by", &by, Tone::Plain);
    }
    match &session.call {
        Some(call) => facts.fact("minted by", call, Tone::Plain),
        None => facts.fact("minted by", "a call that was not read", Tone::Notice),
    }
    if let Some(identity) = &session.source_identity {
        facts.fact("source identity", identity, Tone::Plain);
    }
    facts.text("key", session.key.as_ref().map(KeyId::as_str));
    match session.opened {
        Some(at) => facts.time("opened", Some(at)),
        None => facts.fact("opened", "before the events that were read", Tone::Notice),
    }
    facts.time("expires", session.expires);
    facts.time("first seen", session.first_seen);
    facts.time("last seen", session.last_seen);
    let tone = if session.denied > 0 { Tone::Warn } else { Tone::Plain };
    let calls = match session.calls {
        0 => "none among the events that were read".to_owned(),
        calls => format!("{calls} seen, {} denied", session.denied),
    };
    facts.fact("calls", &calls, tone);
    facts.list("services", Some(&session.services));
    facts.list("regions", Some(&session.regions));
    facts.list("addresses", Some(&session.addresses));
    facts.list("user agents", Some(&session.agents));
    if !session.errors.is_empty() {
        facts.list("errors", Some(&session.errors));
    }
    likely_jobs(facts, session);
}

/// The jobs that may have opened a session, the likeliest first, each with what speaks for it.
fn likely_jobs(facts: &mut Facts<'_>, session: &Session) {
    let heading = Relation::ByJob.forward();
    if session.jobs.is_empty() {
        facts.heading(vec![Span::plain(heading)]);
        facts.say(
            "Unattributed: no job that was read fits its name, address or token, and its time.",
            Tone::Dim,
            1,
        );
        return;
    }
    groups::head(facts, heading, session.jobs.len() + session.further_jobs);
    for (index, candidate) in session.jobs.iter().enumerate() {
        let world = facts.view.world;
        let reasons = clean(&candidate.reasons.join(", ")).into_owned();
        let mut spans = vec![Span::plain(name::of(world, &candidate.job))];
        if let Some(context) = name::context(world, &candidate.job) {
            spans.push(Span::new(format!("  {context}"), Tone::Dim));
        }
        if index > 0 {
            spans.push(Span::new(format!("  {reasons}"), Tone::Dim));
        }
        groups::link(facts, &candidate.job, Some(candidate.grade), spans);
        if index == 0 {
            // The likeliest says all that speaks for it, however narrow the detail is.
            facts.say(&reasons, Tone::Dim, 4);
        }
    }
    if session.further_jobs > 0 {
        let text = format!("{} more jobs fit as well as the last of these.", session.further_jobs);
        facts.say(&text, Tone::Dim, 1);
    }
}

fn address(facts: &mut Facts<'_>, address: &Address) {
    if address.known {
        facts.fact("who", "known: a runner manager, an EC2 instance or AWS itself", Tone::Good);
    } else {
        facts.fact("who", "nobody we know", Tone::Bad);
    }
    facts.time("first seen", Some(address.first_seen));
    facts.time("last seen", Some(address.last_seen));
    let tone = if address.denied > 0 { Tone::Warn } else { Tone::Plain };
    facts.fact("calls", &format!("{}, {} denied", address.calls, address.denied), tone);
}

fn event(facts: &mut Facts<'_>, event: &Event) {
    facts.fact("call", &format!("{} {}", event.source, event.name), Tone::Strong);
    facts.time("at", Some(event.at));
    facts.fact("trail of", &format!("{} {}", event.account, event.region), Tone::Plain);
    if let Some(error) = &event.error {
        facts.fact("error", error, Tone::Bad);
        facts.text("message", event.message.as_deref());
    }
    let caller = &event.caller;
    let who = caller.arn.as_ref().map(Arn::as_str).or(caller.principal_id.as_deref());
    let who = who.or(caller.invoked_by.as_deref());
    facts.text("caller", who);
    facts.fact("caller is", &caller.kind, Tone::Plain);
    for (label, value) in [
        ("caller's key", caller.key.as_ref().map(KeyId::as_str)),
        ("subject", event.subject.as_deref()),
        ("audience", event.audience.as_deref()),
        ("role", event.role.as_ref().map(Arn::as_str)),
        ("session name", event.session_name.as_deref()),
        ("minted key", event.minted.as_ref().map(KeyId::as_str)),
    ] {
        if value.is_some() {
            facts.text(label, value);
        }
    }
    facts.text("from", event.address.as_deref());
    facts.text("user agent", event.agent.as_deref());
    facts.fact("record", "e reads it", Tone::Dim);
}

/// A thing that only links speak of, or that nobody knows at all: what that can mean.
pub(super) fn nobody(facts: &mut Facts<'_>, id: &Id) {
    let alone = match id.kind() {
        Kind::Service => Some("An AWS service: roles that trust it are assumed by AWS itself."),
        Kind::ServiceAccount => Some(
            "A Kubernetes service account: what runs as it gets the roles that trust it or are associated with it.",
        ),
        Kind::StoredSecret => Some(
            "A secret in Secrets Manager or a parameter in Parameter Store. keytrail never reads its value.",
        ),
        Kind::Vault => {
            Some("A HashiCorp Vault, as CI configurations and variables name it. keytrail does not ask it.")
        }
        _ => None,
    };
    if let Some(text) = alone {
        facts.say(text, Tone::Plain, 0);
        if id.kind() != Kind::Service {
            facts.fact("id", id.key_text(), Tone::Plain);
        }
        return;
    }
    facts.fact("id", id.key_text(), Tone::Plain);
    let account = match id.kind() {
        Kind::Key | Kind::Session => KeyId::new(id.key_text()).and_then(|key| key.account()),
        _ => Arn::new(id.key_text()).and_then(|arn| arn.account()),
    };
    let read = account.map(|account| (account, facts.view.world.account_read(account)));
    let text = match (id.kind(), read) {
        (Kind::Key, Some((account, Some(true)))) => {
            format!(
                "Not in IAM: account {account} was read and did not list it. It was deleted, or is the root user's."
            )
        }
        (_, Some((account, Some(true)))) => {
            format!("Not seen: account {account} was read and did not show it.")
        }
        (_, Some((account, Some(false)))) => {
            format!("Not seen, and account {account} was not read to the end: pane 9, Coverage, says why.")
        }
        (_, Some((account, None))) => {
            format!("Not seen: it belongs to account {account}, which is not read.")
        }
        (Kind::Key, None) => {
            "Not seen: no account that is read listed it, and its id does not tell the account.".into()
        }
        (_, None) => "Not seen: other things speak of it, and no page showed it.".to_owned(),
    };
    facts.say(&text, Tone::Notice, 0);
    if facts.view.world.around(id).is_empty() {
        let window = window(facts);
        facts.say(
            &format!("No variable that was read carries it, no policy that was read names it, and {window}."),
            Tone::Plain,
            0,
        );
    }
}

fn window(facts: &Facts<'_>) -> String {
    let world = facts.view.world;
    let from = world.estate.sweeps().filter_map(|(_, sweep)| sweep.window).map(|(from, _)| from).min();
    from.map_or_else(
        || "no events were read".to_owned(),
        |from| format!("no event of the last {} was made with it", long_age(from.age(world.now))),
    )
}
