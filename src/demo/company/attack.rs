//! What somebody did with the leaked key: seventeen calls from an address nobody knows, in the last
//! twenty-six hours: a key of the identity account, a broker role in prod, a role chained from it, one more in staging, and attempts to stay.

use serde_json::json;

use super::{IDENTITY, Maker, PROD, STAGING};
use crate::{
    base::time::Timestamp,
    demo::{
        name::{assumed_arn, iam_arn},
        trail::{Ask, Call, Caller, Minted, Place, Scribe},
        work::{AWS_CLI, who_am_i},
    },
};

/// From a block of addresses reserved for documentation.
pub(super) const ADDRESS: &str = "203.0.113.9";
/// A user agent is whatever the caller typed: this one tries to set the terminal's title.
const HOSTILE_AGENT: &str = "curl/8.11 \u{1b}]0;all good\u{7}\u{202e}tob";

fn from(at: Timestamp, region: &str) -> Place<'_> {
    Place { at, region, address: ADDRESS, agent: AWS_CLI }
}

impl Maker {
    pub(super) fn attack(&mut self) {
        let now = self.now;
        let ago = |minutes: i64| now.minus(minutes * 60);
        let mut scribe = Scribe { world: &mut self.world, rng: &mut self.rng };
        let Some(key) = Caller::user(scribe.world, IDENTITY, "gitlab-deploy") else { return };
        let first = Place { agent: HOSTILE_AGENT, ..from(ago(26 * 60 - 4), "us-east-1") };
        scribe.write(IDENTITY, &key, first, who_am_i());
        scribe.write(IDENTITY, &key, from(ago(25 * 60), "eu-west-1"), who_am_i());
        feel_for_more(&mut scribe, &key, ago(24 * 60));
        let ask =
            Ask { account: PROD, role: "deploy-prod", session: "botocore-session-1763", external_id: None };
        let Some(first) = scribe.assume(&key, from(ago(23 * 60), "eu-west-1"), ask) else { return };
        let second = go_on(&mut scribe, &first, ago(22 * 60));
        let third = scribe.assume(&key, from(ago(5 * 60), "eu-west-1"), ask);
        self.plant("leaked key first unknown session", first.key);
        let (second, further) = second.unzip();
        self.plant("leaked key chained session", second.map(|minted| minted.key).unwrap_or_default());
        self.plant("leaked key second chained session", further.map(|minted| minted.key).unwrap_or_default());
        self.plant("leaked key last unknown session", third.map(|minted| minted.key).unwrap_or_default());
    }
}

/// Four refusals: roles the key may not assume, and a list it may not read.
fn feel_for_more(scribe: &mut Scribe<'_>, key: &Caller, at: Timestamp) {
    let wanted =
        [(PROD, "OrganizationAccountAccessRole"), (PROD, "data-admin"), (STAGING, "payments-deploy")];
    for (step, (account, role)) in (0..).zip(wanted) {
        let place = from(at.plus(step * 41), "eu-west-1");
        scribe.refuse(key, place, &iam_arn(account, "role", "/", role));
    }
    let user = key.arn().unwrap_or_default();
    let message = format!(
        "User: {user} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{IDENTITY:012}:user/ \
         because no identity-based policy allows the iam:ListUsers action"
    );
    let call = Call::reads("iam", "ListUsers").denied(message);
    scribe.write(IDENTITY, key, from(at.plus(200), "us-east-1"), call);
}

/// Looks around as deploy-prod, moves on to data-admin, reads a secret there and fails to stay; moves on to staging and fails there too.
/// The sessions of data-admin and of warehouse-replica.
fn go_on(scribe: &mut Scribe<'_>, deploy: &Minted, at: Timestamp) -> Option<(Minted, Minted)> {
    let caller = Caller::Session(deploy.clone());
    scribe.write(PROD, &caller, from(at, "eu-west-1"), who_am_i());
    scribe.write(PROD, &caller, from(at.plus(30), "eu-west-1"), Call::reads("s3", "ListBuckets"));
    let ask = Ask { account: PROD, role: "data-admin", session: "botocore-session-1771", external_id: None };
    let admin = scribe.assume(&caller, from(at.plus(95), "eu-west-1"), ask)?;
    let caller = Caller::Session(admin.clone());
    let request = json!({ "secretId": "prod/warehouse/master" });
    let call = Call { request, ..Call::reads("secretsmanager", "GetSecretValue") };
    scribe.write(PROD, &caller, from(at.plus(160), "eu-west-1"), call);
    let who = assumed_arn(PROD, "data-admin", &admin.session);
    for (step, name, target) in
        [(220, "CreateUser", "user/support-sync"), (260, "CreateAccessKey", "user/gitlab-runner-cache")]
    {
        let message = format!(
            "User: {who} is not authorized to perform: iam:{name} on resource: arn:aws:iam::{PROD:012}:{target} \
             because no identity-based policy allows the iam:{name} action"
        );
        let call = Call::writes("iam", name, json!(null)).denied(message);
        scribe.write(PROD, &caller, from(at.plus(step), "us-east-1"), call);
    }
    let ask = Ask {
        account: STAGING,
        role: "warehouse-replica",
        session: "botocore-session-1779",
        external_id: None,
    };
    let replica = scribe.assume(&caller, from(at.plus(330), "eu-west-1"), ask)?;
    let caller = Caller::Session(replica.clone());
    scribe.write(STAGING, &caller, from(at.plus(345), "eu-west-1"), Call::reads("s3", "ListBuckets"));
    let message = format!(
        "User: {} is not authorized to perform: iam:CreateUser on resource: \
         arn:aws:iam::{STAGING:012}:user/support-sync because no identity-based policy allows the iam:CreateUser action",
        replica.arn()
    );
    let call = Call::writes("iam", "CreateUser", json!(null)).denied(message);
    scribe.write(STAGING, &caller, from(at.plus(380), "us-east-1"), call);
    Some((admin, replica))
}
