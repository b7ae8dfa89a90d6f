//! Writes what happens into the accounts' trails, as CloudTrail writes it: one JSON text a record, one record in each
//! account a call concerns. It also moves "last used", as AWS does with every call.
//!
//! Shapes: AWS's CloudTrail user guide, "CloudTrail record contents" and "userIdentity element".

mod caller;
mod mint;

pub use caller::{Caller, Minted};
pub use mint::Ask;

use serde_json::{Map, Value, json};

use super::{
    rng::Rng,
    world::{KeyUse, TrailEvent, World},
};
use crate::base::time::Timestamp;

/// When, where in AWS and from where a call was made.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub at: Timestamp,
    pub region: &'a str,
    /// An IP address, or the service's name for calls AWS makes itself.
    pub address: &'a str,
    pub agent: &'a str,
}

impl Place<'_> {
    /// The same place some seconds later.
    #[must_use]
    pub const fn later(self, seconds: i64) -> Self {
        Self { at: self.at.plus(seconds), ..self }
    }
}

/// What was called, and how it went.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Without the domain: `sts`.
    pub source: &'static str,
    pub name: &'static str,
    pub read_only: bool,
    pub request: Value,
    pub response: Value,
    /// Code and message of a refusal.
    pub error: Option<(&'static str, String)>,
    /// LookupEvents' `Resources`: type and name.
    pub looked_up: Vec<(&'static str, String)>,
    /// The record's own `resources`: account and role ARN.
    pub roles: Vec<(u64, String)>,
    /// `additionalEventData`.
    pub additional: Value,
    /// The same on both copies of a cross-account call.
    pub shared: Option<String>,
}

impl Call {
    /// A call that reads, or changes nothing worth telling.
    pub fn reads(source: &'static str, name: &'static str) -> Self {
        Self { source, name, read_only: true, ..Self::default() }
    }

    /// A call that writes, with its request parameters.
    pub fn writes(source: &'static str, name: &'static str, request: Value) -> Self {
        Self { source, name, request, ..Self::default() }
    }

    /// The same call, refused: CloudTrail leaves the parameters out then.
    #[must_use]
    pub fn denied(self, message: String) -> Self {
        let error = Some(("AccessDenied", message));
        Self { request: Value::Null, response: Value::Null, error, looked_up: Vec::new(), ..self }
    }
}

/// The world while something is written into it.
pub struct Scribe<'a> {
    pub world: &'a mut World,
    pub rng: &'a mut Rng,
}

impl Scribe<'_> {
    /// Writes one record into one account's trail. Unknown accounts keep no trail.
    pub fn write(&mut self, account: u64, caller: &Caller, place: Place<'_>, call: Call) {
        self.touch(caller, place, call.source);
        let id = self.rng.uuid();
        let record = self.record(&id, account, (caller, place), &call).to_string();
        let event = TrailEvent {
            id,
            at: place.at,
            source: format!("{}.amazonaws.com", call.source),
            name: call.name.into(),
            read_only: call.read_only,
            access_key: caller.key().map(String::from),
            username: caller.username(),
            resources: call.looked_up.into_iter().map(|(kind, name)| (kind.to_owned(), name)).collect(),
            record,
        };
        if let Some(account) = self.world.accounts.get_mut(&account) {
            let trail = account.trail.entry(place.region.into()).or_default();
            let index = trail.partition_point(|other| other.at <= event.at);
            trail.insert(index, event);
        }
    }

    fn record(&mut self, id: &str, account: u64, who: (&Caller, Place<'_>), call: &Call) -> Value {
        let (caller, place) = who;
        let host = match (call.source, place.region) {
            ("iam", _) => "iam.amazonaws.com".to_owned(),
            ("sts", "us-east-1") => "sts.amazonaws.com".to_owned(),
            (source, region) => format!("{source}.{region}.amazonaws.com"),
        };
        let mut record = Map::new();
        let mut put = |name: &str, value: Value| record.insert(name.into(), value);
        put("eventVersion", json!("1.11"));
        put("userIdentity", caller.identity());
        put("eventTime", json!(place.at.to_string()));
        put("eventSource", json!(format!("{}.amazonaws.com", call.source)));
        put("eventName", json!(call.name));
        put("awsRegion", json!(place.region));
        put("sourceIPAddress", json!(place.address));
        put("userAgent", json!(place.agent));
        if let Some((code, message)) = &call.error {
            put("errorCode", json!(code));
            put("errorMessage", json!(message));
        }
        put("requestParameters", call.request.clone());
        put("responseElements", call.response.clone());
        if !call.additional.is_null() {
            put("additionalEventData", call.additional.clone());
        }
        put("requestID", json!(self.rng.uuid()));
        put("eventID", json!(id));
        put("readOnly", json!(call.read_only));
        if !call.roles.is_empty() {
            let role = |(account, arn): &(u64, String)| json!({ "accountId": format!("{account:012}"), "type": "AWS::IAM::Role", "ARN": arn });
            put("resources", call.roles.iter().map(role).collect());
        }
        put("eventType", json!("AwsApiCall"));
        put("managementEvent", json!(true));
        put("recipientAccountId", json!(format!("{account:012}")));
        if let Some(shared) = &call.shared {
            put("sharedEventID", json!(shared));
        }
        put("eventCategory", json!("Management"));
        if !matches!(caller, Caller::Service(_)) {
            let suite = "TLS_AES_128_GCM_SHA256";
            put(
                "tlsDetails",
                json!({ "tlsVersion": "TLSv1.3", "cipherSuite": suite, "clientProvidedHostHeader": host }),
            );
        }
        Value::Object(record)
    }

    /// A key's last use moves forwards with every call, whether it was granted or not.
    fn touch(&mut self, caller: &Caller, place: Place<'_>, service: &str) {
        let Caller::Key { account, user, key, .. } = caller else { return };
        let key = self
            .world
            .accounts
            .get_mut(account)
            .and_then(|account| account.users.get_mut(user))
            .and_then(|user| user.keys.iter_mut().find(|known| known.id == *key));
        if let Some(key) = key
            && key.last_used.as_ref().is_none_or(|used| used.at < place.at)
        {
            key.last_used =
                Some(KeyUse { at: place.at, service: service.into(), region: place.region.into() });
        }
    }
}
