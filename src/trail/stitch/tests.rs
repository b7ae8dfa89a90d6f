//! Small trails and the sessions they must give, in every order of arrival.

use super::*;
use crate::model::activity::{Part, Tally};

const LEAKED: &str = "AKIARZPUZDIKNSFRP6LN";
const FIRST: &str = "ASIARZPUZDIKAAAAAAA1";
const SECOND: &str = "ASIARZPUZDIKAAAAAAA2";
const OTHER: &str = "ASIARZPUZDIKAAAAAAA3";

fn key(text: &str) -> KeyId {
    KeyId::new(text).unwrap()
}

/// A call by `caller` at `second`.
fn call(id: &str, second: i64, name: &str, caller: Caller) -> Event {
    Event {
        account: "111111111111".parse().unwrap(),
        event_id: id.into(),
        region: "eu-west-1".into(),
        at: Timestamp::from_seconds(second),
        source: "sts.amazonaws.com".into(),
        name: name.into(),
        caller,
        address: Some("192.0.2.7".into()),
        agent: None,
        error: None,
        message: None,
        role: None,
        session_name: None,
        minted: None,
        minted_expires: None,
        assumed: None,
        subject: None,
        provider: None,
        audience: None,
        about: None,
        shared_id: None,
        origin: None,
        raw: "{}".into(),
    }
}

fn by(kind: &str, used: Option<&str>) -> Caller {
    Caller { kind: kind.into(), key: used.map(key), ..Caller::default() }
}

/// `event` as the call that assumed `role` of account 222222222222 and got `minted`.
fn assuming(mut event: Event, role: &str, minted: &str) -> Event {
    event.role = Arn::new(&format!("arn:aws:iam::222222222222:role/ci/{role}"));
    event.session_name = Some("job".into());
    event.assumed = Arn::new(&format!("arn:aws:sts::222222222222:assumed-role/{role}/job"));
    event.minted = Some(key(minted));
    event.minted_expires = Some(event.at.plus(3600));
    event
}

/// The same result whichever way round the events arrive.
fn stitched(events: &[Event]) -> Stitched {
    let forward: Vec<&Event> = events.iter().collect();
    let backward: Vec<&Event> = events.iter().rev().collect();
    let (one, other) = (stitch(&forward, &[]), stitch(&backward, &[]));
    assert_eq!(one.sessions, other.sessions);
    assert_eq!(one.addresses, other.addresses);
    assert_eq!((&one.minted, &one.used), (&other.minted, &other.used));
    one
}

#[test]
fn a_chain_from_a_long_term_key_is_followed_to_its_last_call() {
    let mut read = call("e3", 30, "GetObject", by("AssumedRole", Some(SECOND)));
    read.source = "s3.amazonaws.com".into();
    read.error = Some("AccessDenied".into());
    read.address = Some("198.51.100.9".into());
    let trail = stitched(&[
        assuming(call("e1", 10, "AssumeRole", by("IAMUser", Some(LEAKED))), "broker", FIRST),
        assuming(call("e2", 20, "AssumeRole", by("AssumedRole", Some(FIRST))), "prod", SECOND),
        read,
    ]);
    let [broker, prod] = trail.sessions.as_slice() else { panic!("{:?}", trail.sessions) };
    assert_eq!(broker.opened_by, Opener::Key(key(LEAKED)));
    assert_eq!((broker.calls, broker.denied), (1, 0));
    assert_eq!(prod.opened_by, Opener::Session(FIRST.into()));
    assert_eq!((prod.calls, prod.denied), (1, 1));
    assert_eq!(prod.services, ["s3".into()] as [Arc<str>; 1]);
    assert_eq!(prod.addresses, ["192.0.2.7".into(), "198.51.100.9".into()] as [Arc<str>; 2]);
    assert_eq!(prod.last_seen, Some(Timestamp::from_seconds(30)));
    assert_eq!(prod.expires, Some(Timestamp::from_seconds(3620)));
    assert!(trail.used.iter().any(|usage| usage.by == Id::key(&key(LEAKED))));
    assert_eq!(trail.addresses.len(), 2);
    assert_eq!((trail.addresses[0].calls, trail.addresses[1].denied), (2, 1));
}

/// What `minted` did in an account, as a trail tells it.
fn activity(trail: &str, account: &str, used: &str, calls: u64) -> Activity {
    let tally =
        Tally { calls, denied: 1, first: Timestamp::from_seconds(15), last: Timestamp::from_seconds(40) };
    let part = |facet, value: &str| Part { facet, value: value.into(), tally };
    let parts = vec![
        part(Facet::Service, "s3"),
        part(Facet::Region, "eu-west-1"),
        part(Facet::Address, "198.51.100.9"),
    ];
    let caller = by("AssumedRole", Some(used));
    Activity {
        trail: trail.into(),
        account: account.parse().unwrap(),
        key: key(used),
        caller,
        all: tally,
        parts,
    }
}

#[test]
fn folded_calls_join_the_session_and_no_call_counts_twice() {
    let minting = assuming(call("e1", 10, "AssumeRole", by("IAMUser", Some(LEAKED))), "prod", FIRST);
    let read = call("e2", 20, "GetObject", by("AssumedRole", Some(FIRST)));
    // Two trails hold the same account's calls, the looked-up event among them; the other account has calls of its own.
    let folded = [
        activity("own", "111111111111", FIRST, 7),
        activity("org", "111111111111", FIRST, 9),
        activity("org", "222222222222", FIRST, 4),
        activity("org", "222222222222", OTHER, 2),
    ];
    let all: Vec<&Activity> = folded.iter().collect();
    let turned: Vec<&Activity> = folded.iter().rev().collect();
    let trail = stitch(&[&minting, &read], &all);
    assert_eq!(trail.sessions, stitch(&[&read, &minting], &turned).sessions);
    let session = trail.sessions.iter().find(|session| session.key == Some(key(FIRST))).unwrap();
    assert_eq!((session.calls, session.denied), (13, 2));
    assert_eq!(session.minted_by, Some(minting.id()));
    assert_eq!(
        (session.first_seen, session.last_seen),
        (Some(Timestamp::from_seconds(15)), Some(Timestamp::from_seconds(40)))
    );
    assert_eq!(session.services, ["s3".into(), "sts".into()] as [Arc<str>; 2]);
    let unseen = trail.sessions.iter().find(|session| session.key == Some(key(OTHER))).unwrap();
    assert_eq!((unseen.calls, unseen.minted_by.is_none()), (2, true));
    let address = trail.addresses.iter().find(|address| &*address.address == "198.51.100.9").unwrap();
    assert_eq!((address.calls, address.denied), (15, 3));
}

#[test]
fn cross_account_twins_count_once_and_the_copy_with_the_key_speaks() {
    let mut own = assuming(call("e1", 10, "AssumeRole", by("AssumedRole", Some(FIRST))), "prod", SECOND);
    own.shared_id = Some("s".into());
    let mut theirs = own.clone();
    theirs.account = "222222222222".parse().unwrap();
    theirs.event_id = "t1".into();
    theirs.caller = by("AWSAccount", None);
    let trail = stitched(&[theirs.clone(), own.clone()]);
    let prod = trail.sessions.iter().find(|session| session.name.as_ref() == SECOND).unwrap();
    assert_eq!(prod.opened_by, Opener::Session(FIRST.into()));
    assert_eq!(prod.minted_by, Some(own.id()));
    assert_eq!(trail.addresses[0].calls, 1);
    let mut events: Vec<&Id> = trail.minted.iter().map(|(event, _)| event).collect();
    events.sort();
    assert_eq!(events, [&own.id(), &theirs.id()]);
}

#[test]
fn without_the_callers_copy_the_parent_is_found_by_its_principal() {
    let mut earlier = call("e0", 5, "ListBuckets", by("AssumedRole", Some(FIRST)));
    earlier.caller.principal_id = Some("AROAX:job".into());
    earlier.caller.session_created = Some(Timestamp::from_seconds(1));
    let mut theirs = assuming(call("t1", 10, "AssumeRole", by("AWSAccount", None)), "prod", SECOND);
    theirs.caller.principal_id = Some("AROAX:job".into());
    let trail = stitched(&[earlier, theirs]);
    let prod = trail.sessions.iter().find(|session| session.name.as_ref() == SECOND).unwrap();
    assert_eq!(prod.opened_by, Opener::Session(FIRST.into()));
}

#[test]
fn subjects_and_services_open_sessions() {
    let mut web =
        assuming(call("e1", 10, "AssumeRoleWithWebIdentity", by("WebIdentityUser", None)), "ci", FIRST);
    web.subject = Some("project_path:acme/shop:ref_type:branch:ref:main".into());
    web.provider = Arn::new("arn:aws:iam::222222222222:oidc-provider/gitlab.com");
    let mut ec2 = assuming(call("e2", 20, "AssumeRole", by("AWSService", None)), "runner", SECOND);
    ec2.caller.invoked_by = Some("ec2.amazonaws.com".into());
    let trail = stitched(&[web.clone(), ec2]);
    assert_eq!(
        trail.sessions[0].opened_by,
        Opener::Subject { provider: web.provider.clone(), subject: web.subject.clone().unwrap() }
    );
    assert_eq!(trail.sessions[1].opened_by, Opener::Service("ec2.amazonaws.com".into()));
}

#[test]
fn a_key_seen_only_in_use_is_a_session_nobody_was_seen_to_mint() {
    let mut event = call("e1", 100, "ListBuckets", by("AssumedRole", Some(OTHER)));
    event.caller.arn = Arn::new("arn:aws:sts::222222222222:assumed-role/prod/job");
    event.caller.issuer = Arn::new("arn:aws:iam::222222222222:role/ci/prod");
    event.caller.session_created = Some(Timestamp::from_seconds(90));
    let trail = stitched(&[event]);
    let session = &trail.sessions[0];
    assert_eq!((session.minted_by.clone(), session.calls), (None, 1));
    assert_eq!(session.role.as_ref().unwrap().as_str(), "arn:aws:iam::222222222222:role/ci/prod");
    assert_eq!(session.session_name.as_deref(), Some("job"));
    assert_eq!(session.opened, Some(Timestamp::from_seconds(90)));
}

#[test]
fn another_key_of_the_same_second_and_role_is_probably_the_same_session() {
    let mut minting = assuming(call("e1", 90, "AssumeRoleWithSAML", by("SAMLUser", None)), "prod", FIRST);
    // Older records leave the assumed user out; role and session name say the same.
    minting.assumed = None;
    let mut event = call("e2", 100, "ListBuckets", by("AssumedRole", Some(OTHER)));
    event.caller.arn = Arn::new("arn:aws:sts::222222222222:assumed-role/prod/job");
    event.caller.session_created = Some(Timestamp::from_seconds(91));
    let trail = stitched(&[minting.clone(), event.clone()]);
    assert_eq!(trail.sessions.len(), 1);
    assert_eq!(trail.used, [Use { by: Id::session(FIRST), event: event.id(), probable: true }]);

    let mut rival = assuming(call("e3", 90, "AssumeRoleWithSAML", by("SAMLUser", None)), "prod", SECOND);
    rival.caller.user_name = Some("b".into());
    let trail = stitched(&[minting, rival, event]);
    assert_eq!(trail.sessions.len(), 3, "nobody guesses between two");
    assert!(trail.used.iter().all(|usage| !usage.probable));
}

#[test]
fn denied_calls_open_nothing() {
    let mut event = call("e1", 10, "AssumeRole", by("IAMUser", Some(LEAKED)));
    event.role = Arn::new("arn:aws:iam::222222222222:role/prod");
    event.error = Some("AccessDenied".into());
    let trail = stitched(&[event]);
    assert!(trail.sessions.is_empty());
    assert_eq!(trail.used.len(), 1);
}

/// How many calls of a published trail were made with a key whose minting stands in it too. The number is what following each key by hand
/// (and jq) finds.
#[test]
fn published_calls_are_linked_to_the_call_that_minted_their_key() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/cloudtrail/stratus-red-team.flat.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: no published records here");
        return;
    };
    let mut events = Vec::new();
    crate::trail::scan::scan(&text, crate::trail::Place::default(), &mut |number, found| {
        let record = found.unwrap_or_else(|why| panic!("record {number}: {why}"));
        events.push(crate::trail::read(record.text, crate::trail::Place::default()).unwrap());
    });
    let events: Vec<&Event> = events.iter().collect();
    let trail = stitch(&events, &[]);
    let minted: Vec<Id> =
        trail.sessions.iter().filter(|session| session.minted_by.is_some()).map(Session::id).collect();
    let linked = trail.used.iter().filter(|used| minted.contains(&used.by)).count();
    assert_eq!(linked, 48);
}
