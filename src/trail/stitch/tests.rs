//! Small trails and the sessions they must give, in every order of arrival.

use super::*;
use crate::{
    base::time::Timestamp,
    model::activity::{Facet, Part},
};

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
    assert_eq!((&one.from, &one.hours), (&other.from, &other.hours));
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

/// What `used` did in account 111111111111: `calls` calls, the last of them denied, from one address in the hour of `second`.
fn activity(trail: &str, caller: Caller, second: i64, calls: u64) -> Activity {
    let all = Tally {
        calls,
        denied: 1,
        first: Timestamp::from_seconds(second),
        last: Timestamp::from_seconds(second + 9),
    };
    let part = |facet, value: &str, tally| Part { facet, value: value.into(), tally };
    Activity {
        trail: trail.into(),
        account: "111111111111".parse().unwrap(),
        key: caller.key.clone().unwrap(),
        caller,
        all,
        parts: vec![
            part(Facet::Service, "dynamodb", all),
            part(Facet::Region, "us-east-2", all),
            part(Facet::Address, "192.0.2.7", all),
            part(Facet::Agent, "Boto3/1.42", all),
            part(Facet::Error, "ThrottlingException", Tally { calls: 1, ..all }),
            part(Facet::Hour, "1970-01-01T00", all),
        ],
    }
}

#[test]
fn an_activity_and_the_events_it_was_folded_from_count_once() {
    let minting = assuming(call("e1", 10, "AssumeRole", by("IAMUser", Some(LEAKED))), "prod", FIRST);
    let used = |id: &str, second| call(id, second, "CreateUser", by("AssumedRole", Some(FIRST)));
    let events = [minting, used("e2", 20), used("e3", 30)];
    let events: Vec<&Event> = events.iter().collect();
    let folded = activity("logs", by("AssumedRole", Some(FIRST)), 18, 40);
    let twice = activity("s3://copy", by("AssumedRole", Some(FIRST)), 18, 40);
    let few = activity("short", by("AssumedRole", Some(FIRST)), 25, 1);
    for activities in [vec![&folded, &twice, &few], vec![&few, &twice, &folded]] {
        let trail = stitch(&events, &activities);
        let [session] = trail.sessions.as_slice() else { panic!("{:?}", trail.sessions) };
        assert_eq!((session.calls, session.denied), (40, 1), "the larger of the counts, not their sum");
        assert_eq!(session.first_seen, Some(Timestamp::from_seconds(18)));
        assert_eq!(session.last_seen, Some(Timestamp::from_seconds(34)));
        assert_eq!(session.services, ["dynamodb".into(), "sts".into()] as [Arc<str>; 2], "sets are united");
        assert_eq!(session.regions, ["eu-west-1".into(), "us-east-2".into()] as [Arc<str>; 2]);
        assert_eq!(session.errors, ["ThrottlingException".into()] as [Arc<str>; 1]);
        assert_eq!(session.agents, ["Boto3/1.42".into()] as [Arc<str>; 1]);
        let start = Timestamp::from_seconds(0);
        assert_eq!(session.hours, [Hour { at: start, calls: 40, denied: 1 }]);
        let from: Vec<_> = trail.from.iter().map(|from| (from.by.clone(), from.calls.calls)).collect();
        assert_eq!(from, [(Id::key(&key(LEAKED)), 1), (Id::session(FIRST), 40)]);
        assert_eq!(trail.addresses[0].calls, 41, "the minting call is the leaked key's");
        assert_eq!(trail.hours, [(key(LEAKED), vec![Hour { at: start, calls: 1, denied: 0 }])]);
    }
}

#[test]
fn calls_in_two_accounts_are_added() {
    let own = activity("logs", by("AssumedRole", Some(FIRST)), 20, 5);
    let mut theirs = activity("logs", by("AssumedRole", Some(FIRST)), 20, 7);
    theirs.account = "222222222222".parse().unwrap();
    let trail = stitch(&[], &[&own, &theirs]);
    assert_eq!((trail.sessions[0].calls, trail.sessions[0].denied), (12, 2));
    assert!(trail.sessions[0].minted_by.is_none());
}

#[test]
fn an_activity_under_another_key_belongs_to_the_session_probably() {
    let minting = assuming(call("e1", 90, "AssumeRoleWithSAML", by("SAMLUser", None)), "prod", FIRST);
    let mut caller = by("AssumedRole", Some(OTHER));
    caller.arn = Arn::new("arn:aws:sts::222222222222:assumed-role/prod/job");
    caller.session_created = Some(Timestamp::from_seconds(91));
    let trail = stitch(&[&minting], &[&activity("logs", caller.clone(), 100, 3)]);
    let [session] = trail.sessions.as_slice() else { panic!("{:?}", trail.sessions) };
    assert_eq!((session.calls, session.is_probable), (3, false));
    assert!(trail.from.iter().all(|from| from.probable));

    let chained = assuming(call("e2", 120, "AssumeRole", caller), "data", SECOND);
    let trail = stitched(&[minting, chained]);
    let data = trail.sessions.iter().find(|session| session.name.as_ref() == SECOND).unwrap();
    assert_eq!(data.opened_by, Opener::Session(FIRST.into()));
    assert!(data.is_probable);
}

#[test]
fn session_and_federation_tokens_are_sessions_of_the_key_that_asked() {
    let user = Arn::new("arn:aws:iam::111111111111:user/ci");
    let mut asked = call("e1", 10, "GetSessionToken", by("IAMUser", Some(LEAKED)));
    (asked.caller.arn, asked.minted) = (user.clone(), Some(key(FIRST)));
    let mut masked = call("e2", 20, "ListUsers", by("IAMUser", Some(OTHER)));
    masked.caller.arn = user;
    masked.caller.session_created = Some(Timestamp::from_seconds(10));
    let mut federated = call("e3", 30, "GetFederationToken", by("IAMUser", Some(LEAKED)));
    federated.minted = Some(key(SECOND));
    federated.session_name = Some("kiosk".into());
    let trail = stitched(&[asked, masked, federated]);
    let [token, kiosk] = trail.sessions.as_slice() else { panic!("{:?}", trail.sessions) };
    assert_eq!((token.call.as_deref(), token.calls), (Some("GetSessionToken"), 1), "its key was another one");
    assert_eq!(kiosk.opened_by, Opener::Key(key(LEAKED)));
    assert_eq!((kiosk.session_name.as_deref(), &kiosk.role), (Some("kiosk"), &None));
}

#[test]
fn a_source_identity_is_kept_from_the_first_session_of_a_chain() {
    let mut first = assuming(call("e1", 10, "AssumeRole", by("IAMUser", Some(LEAKED))), "broker", FIRST);
    first.caller.source_identity = Some("ada".into());
    let mut used = call("e2", 20, "ListUsers", by("AssumedRole", Some(OTHER)));
    used.caller.source_identity = Some("bruno".into());
    let trail = stitched(&[first, used]);
    let said: Vec<_> = trail.sessions.iter().map(|session| session.source_identity.as_deref()).collect();
    assert_eq!(said, [Some("bruno"), Some("ada")], "sessions without a time of opening come first");
}

#[test]
fn many_sessions_of_one_name_are_no_square() {
    let mut events = Vec::new();
    for number in 0..20_000_i64 {
        let minted = format!("ASIARZPUZDIK{number:08}");
        let mut used =
            call(&format!("u{number}"), number * 60, "ListUsers", by("AssumedRole", Some(&minted)));
        used.caller.principal_id = Some("AROAX:job".into());
        used.caller.session_created = Some(Timestamp::from_seconds(number * 60));
        let theirs = call(&format!("t{number}"), number * 60 + 5, "AssumeRole", by("AWSAccount", None));
        let mut theirs = assuming(theirs, "prod", &format!("ASIARZPUZDIL{number:08}"));
        theirs.caller.principal_id = Some("AROAX:job".into());
        events.extend([used, theirs]);
    }
    let events: Vec<&Event> = events.iter().collect();
    let begun = std::time::Instant::now();
    let trail = stitch(&events, &[]);
    assert_eq!(trail.sessions.len(), 40_000);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    let last = trail.sessions.iter().find(|session| session.name.ends_with("L00019999")).unwrap();
    assert_eq!(last.opened_by, Opener::Session("ASIARZPUZDIK00019999".into()));
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
