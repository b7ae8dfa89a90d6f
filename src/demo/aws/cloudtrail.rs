//! CloudTrail's event history: LookupEvents over one account's trail in one region, newest first. Lake's calls go to [`lake`].

use std::time::Instant;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{allow, ask::Ask, lake, mint::hex, refusal::Refusal, reply::Reply};
use crate::{
    base::time::Timestamp,
    demo::world::{Account, TrailEvent},
};

/// LookupEvents looks back ninety days.
const WINDOW: i64 = 90 * 86_400;
/// Seconds until a record can be looked up. CloudTrail takes about five minutes; nobody watches a demo for that long,
/// but a client that looks at once must not find its own calls.
const DELIVERY: i64 = 30;

/// Answers a JSON call.
pub(crate) fn answer(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.server.read();
    let account = ask.account(&world)?;
    if !is_enabled(account, ask.region) {
        return Err(Refusal::UnknownKey);
    }
    let body = match ask.action {
        "LookupEvents" => {
            if !ask.server.pace.admits(account.number, ask.region, Instant::now()) {
                return Err(Refusal::Throttled { retry_after: None });
            }
            allow::check(ask, &world)?;
            let known = ask.now.minus(world.record_delay.unwrap_or(DELIVERY));
            lookup(account, ask.region, &Lookup::read(ask.body)?, (ask.now, known))?
        }
        "DescribeTrails" => {
            allow::check(ask, &world)?;
            // The company never set up a trail of its own; event history is there without one.
            json!({ "trailList": [] })
        }
        action if lake::knows(action) => {
            allow::check(ask, &world)?;
            lake::say(ask, &world)?
        }
        _ => return Err(Refusal::NoSuchAction),
    };
    Ok(Reply::json(ask.service, &body, ask.request_id))
}

/// Is the region switched on? us-east-1 always is.
pub(crate) fn is_enabled(account: &Account, region: &str) -> bool {
    region == "us-east-1" || account.regions.iter().any(|known| known == region)
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Lookup {
    #[serde(rename = "LookupAttributes")]
    attributes: Vec<Attribute>,
    start_time: Option<f64>,
    end_time: Option<f64>,
    max_results: Option<i64>,
    next_token: Option<String>,
    event_category: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    attribute_key: String,
    attribute_value: String,
}

const KEYS: [&str; 8] = [
    "EventId",
    "EventName",
    "ReadOnly",
    "Username",
    "ResourceType",
    "ResourceName",
    "EventSource",
    "AccessKeyId",
];

fn refuse(code: &'static str, message: &str) -> Refusal {
    Refusal::said(400, code, message.to_owned())
}

/// Whole seconds; what JSON leaves of a second is cut.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond i64 saturates, which is far enough away")]
fn seconds(at: f64) -> Timestamp {
    Timestamp::from_seconds(at as i64)
}

impl Lookup {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let lookup: Self = serde_json::from_slice(body)
            .map_err(|_| refuse("SerializationException", "Cannot read the request"))?;
        let known = |attribute: &Attribute| KEYS.contains(&attribute.attribute_key.as_str());
        if lookup.attributes.len() > 1 {
            let why = "LookupAttributes can contain only one item";
            return Err(refuse("InvalidLookupAttributesException", why));
        }
        if !lookup.attributes.iter().all(known) {
            let why = "The lookup attribute key is not valid";
            return Err(refuse("InvalidLookupAttributesException", why));
        }
        if lookup.max_results.is_some_and(|wanted| !(1..=50).contains(&wanted)) {
            return Err(refuse("InvalidMaxResultsException", "MaxResults must be between 1 and 50"));
        }
        if lookup.event_category.as_deref().is_some_and(|category| category != "insight") {
            return Err(refuse("InvalidEventCategoryException", "The only event category is insight"));
        }
        if let (Some(start), Some(end)) = (lookup.start_time, lookup.end_time)
            && start > end
        {
            return Err(refuse("InvalidTimeRangeException", "The start time is after the end time"));
        }
        Ok(lookup)
    }

    /// What a token is bound to: everything but the token and the page's size.
    fn fingerprint(&self, account: u64, region: &str) -> String {
        let attribute = self.attributes.first();
        let attribute = attribute.map(|found| (&found.attribute_key, &found.attribute_value));
        let same = format!("{account} {region} {attribute:?} {:?} {:?}", self.start_time, self.end_time);
        hex(&Sha256::digest(same.as_bytes())[..12])
    }

    fn wants(&self, event: &TrailEvent) -> bool {
        let Some(Attribute { attribute_key, attribute_value: value }) = self.attributes.first() else {
            return true;
        };
        match attribute_key.as_str() {
            "EventId" => event.id == *value,
            "EventName" => event.name == *value,
            "ReadOnly" => event.read_only.to_string() == *value,
            "Username" => event.username.as_ref() == Some(value),
            "ResourceType" => event.resources.iter().any(|(kind, _)| kind == value),
            "ResourceName" => event.resources.iter().any(|(_, name)| name == value),
            "EventSource" => event.source == *value,
            "AccessKeyId" => event.access_key.as_ref() == Some(value),
            _ => false,
        }
    }
}

/// Where the walk goes on after the event that a token names: records are delivered late and old ones are dropped, so
/// a place by number would move. `None` where the token is not this question's.
fn resume(trail: &[TrailEvent], token: &str, fingerprint: &str) -> Option<usize> {
    let (seconds, id) = token.strip_prefix(fingerprint)?.split_once('.')?;
    let at = Timestamp::from_seconds(seconds.parse().ok()?);
    let first = trail.partition_point(|event| event.at < at);
    let same_second = trail[first..].iter().take_while(|event| event.at == at);
    // An event that has gone was among the oldest, and so is all that came before it.
    Some(first + same_second.into_iter().position(|event| event.id == id).unwrap_or_default())
}

/// One page, newest first; records after `known` have not arrived yet.
fn lookup(
    account: &Account,
    region: &str,
    lookup: &Lookup,
    (now, known): (Timestamp, Timestamp),
) -> Result<Value, Refusal> {
    // Insights need a trail that collects them.
    let is_insight = lookup.event_category.is_some();
    let trail: &[TrailEvent] =
        account.trail.get(region).map(Vec::as_slice).filter(|_| !is_insight).unwrap_or_default();
    let oldest = lookup.start_time.map_or(Timestamp::default(), seconds).max(now.minus(WINDOW));
    let newest = lookup.end_time.map_or(now, seconds).min(known);
    let first = trail.partition_point(|event| event.at < oldest);
    let mut end = trail.partition_point(|event| event.at <= newest).max(first);
    let fingerprint = lookup.fingerprint(account.number, region);
    if let Some(token) = &lookup.next_token {
        let invalid =
            || refuse("InvalidNextTokenException", "The NextToken is not valid, or the request has changed");
        end = end.min(resume(trail, token, &fingerprint).ok_or_else(invalid)?).max(first);
    }
    let limit = lookup.max_results.and_then(|wanted| usize::try_from(wanted).ok()).unwrap_or(50);
    let mut found = Vec::with_capacity(limit);
    let mut last: Option<&TrailEvent> = None;
    let mut more = false;
    for event in trail[first..end].iter().rev().filter(|event| lookup.wants(event)) {
        if found.len() == limit {
            more = true;
            break;
        }
        found.push(shown(event));
        last = Some(event);
    }
    let mut page = json!({ "Events": found });
    if let Some(last) = last.filter(|_| more) {
        page["NextToken"] = format!("{fingerprint}{}.{}", last.at.seconds(), last.id).into();
    }
    Ok(page)
}

fn shown(event: &TrailEvent) -> Value {
    let resources: Vec<Value> = event
        .resources
        .iter()
        .map(|(kind, name)| json!({ "ResourceType": kind, "ResourceName": name }))
        .collect();
    let mut shown = Map::new();
    shown.insert("EventId".into(), event.id.as_str().into());
    shown.insert("EventName".into(), event.name.as_str().into());
    shown.insert("ReadOnly".into(), event.read_only.to_string().into());
    shown.insert("EventTime".into(), event.at.seconds().into());
    shown.insert("EventSource".into(), event.source.as_str().into());
    shown.insert("Resources".into(), resources.into());
    shown.insert("CloudTrailEvent".into(), event.record.as_str().into());
    if let Some(key) = &event.access_key {
        shown.insert("AccessKeyId".into(), key.as_str().into());
    }
    if let Some(name) = &event.username {
        shown.insert("Username".into(), name.as_str().into());
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(events: usize) -> Account {
        let event = |number: usize| TrailEvent {
            id: format!("e{number}"),
            at: Timestamp::from_seconds(1_000_000_000 + i64::try_from(number).unwrap()),
            source: "sts.amazonaws.com".into(),
            name: if number.is_multiple_of(2) { "AssumeRole" } else { "GetCallerIdentity" }.into(),
            read_only: true,
            access_key: (number > 3).then(|| "AKIA".into()),
            username: None,
            resources: vec![("AWS::IAM::Role".into(), format!("r{number}"))],
            record: "{}".into(),
        };
        let mut account = Account { number: 7, ..Account::default() };
        account.trail.insert("eu-west-1".into(), (0..events).map(event).collect());
        account
    }

    const NOW: Timestamp = Timestamp::from_seconds(1_000_001_000);

    fn ids(page: &Value) -> Vec<&str> {
        page["Events"].as_array().unwrap().iter().map(|event| event["EventId"].as_str().unwrap()).collect()
    }

    fn look(account: &Account, body: &Value) -> Result<Value, Refusal> {
        lookup(account, "eu-west-1", &Lookup::read(body.to_string().as_bytes())?, (NOW, NOW.minus(DELIVERY)))
    }

    #[test]
    fn pages_walk_back_in_time_and_see_everything_once() {
        let mut account = account(120);
        let mut body =
            json!({ "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": "AssumeRole" }] });
        let (mut seen, mut pages) = (Vec::new(), 0);
        loop {
            let page = look(&account, &body).unwrap();
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            pages += 1;
            let Some(token) = page["NextToken"].as_str() else { break };
            body["NextToken"] = token.into();
            // Between two pages something new happens, and something that happened earlier is delivered.
            let trail = account.trail.get_mut("eu-west-1").unwrap();
            let newer = TrailEvent { at: NOW.minus(DELIVERY), ..trail[0].clone() };
            let late = TrailEvent { id: "late".into(), ..trail[110].clone() };
            trail.push(newer);
            trail.insert(111, late);
        }
        assert_eq!((seen.len(), pages), (60, 2));
        assert_eq!((seen[0].as_str(), seen[59].as_str()), ("e118", "e0"));
    }

    #[test]
    fn what_has_just_happened_is_not_found_yet() {
        let mut account = account(3);
        let trail = account.trail.get_mut("eu-west-1").unwrap();
        (trail[1].at, trail[2].at) = (NOW.minus(DELIVERY), NOW.minus(DELIVERY - 1));
        for body in [json!({}), json!({ "EndTime": NOW.seconds() })] {
            assert_eq!(ids(&look(&account, &body).unwrap()), ["e1", "e0"]);
        }
    }

    #[test]
    fn a_token_is_good_for_its_own_question_only() {
        let account = account(10);
        let token = look(&account, &json!({ "MaxResults": 3 })).unwrap()["NextToken"].clone();
        assert_eq!(ids(&look(&account, &json!({ "NextToken": token })).unwrap()).len(), 7);
        let other = json!({ "StartTime": 1_000_000_002.0, "NextToken": token });
        let code = |outcome: Result<Value, Refusal>| match outcome.unwrap_err() {
            Refusal::Said { code, .. } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(look(&account, &other)), "InvalidNextTokenException");
        let one = json!({ "AttributeKey": "EventId", "AttributeValue": "e1" });
        let two = json!({ "LookupAttributes": [one, one] });
        assert_eq!(code(look(&account, &two)), "InvalidLookupAttributesException");
        assert_eq!(code(look(&account, &json!({ "MaxResults": 51 }))), "InvalidMaxResultsException");
    }

    #[test]
    fn times_and_attributes_narrow() {
        let account = account(10);
        let between = json!({ "StartTime": 1_000_000_002, "EndTime": 1_000_000_004 });
        assert_eq!(ids(&look(&account, &between).unwrap()), ["e4", "e3", "e2"]);
        let by = |key: &str, value: &str| {
            look(&account, &json!({ "LookupAttributes": [{ "AttributeKey": key, "AttributeValue": value }] }))
                .unwrap()
        };
        assert_eq!(ids(&by("ResourceName", "r7")), ["e7"]);
        assert_eq!(ids(&by("AccessKeyId", "AKIA")).len(), 6);
        let old = by("EventId", "e0");
        assert!(old["Events"][0].get("AccessKeyId").is_none());
        assert_eq!(old["Events"][0]["ReadOnly"], "true");
    }
}
