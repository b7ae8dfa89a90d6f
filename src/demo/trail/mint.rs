//! The calls that open a role session: AssumeRole by a key, a session or a service, and the web identity and SAML forms.

use serde_json::{Value, json};

use super::{Call, Caller, Minted, Place, Scribe};
use crate::demo::name::{iam_arn, session_token, unique_id};

/// The role a session is asked of.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub account: u64,
    /// The role's name.
    pub role: &'a str,
    pub session: &'a str,
    pub external_id: Option<&'a str>,
}

impl Scribe<'_> {
    /// AssumeRole by a key or a session, granted. A call into another account is written into both trails.
    /// `None` where there is no such role.
    pub fn assume(&mut self, caller: &Caller, place: Place<'_>, ask: Ask<'_>) -> Option<Minted> {
        let minted = self.mint(place, ask)?;
        let mut request =
            json!({ "roleArn": minted.role_arn, "roleSessionName": ask.session, "durationSeconds": 3600 });
        if let Some(external_id) = ask.external_id {
            request["externalId"] = json!(external_id);
        }
        let mut call = self.opened(&minted, "AssumeRole", request, place);
        let home = caller.account().unwrap_or(ask.account);
        if home != ask.account {
            call.shared = Some(self.rng.uuid());
            let seen = Caller::Account { account: home, principal: caller.principal().unwrap_or_default() };
            self.write(ask.account, &seen, place, call.clone());
        }
        self.write(home, caller, place, call);
        Some(minted)
    }

    /// AssumeRole, refused: written in the caller's account only, without parameters. The role stands in the message.
    pub fn refuse(&mut self, caller: &Caller, place: Place<'_>, role_arn: &str) {
        let who = caller.arn().unwrap_or_default();
        let message =
            format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role_arn}");
        let additional = served(place.region);
        let call = Call { additional, ..Call::reads("sts", "AssumeRole").denied(message) };
        self.write(caller.account().unwrap_or_default(), caller, place, call);
    }

    /// AssumeRole by a service for what runs on it: `ec2.amazonaws.com`, `ecs-tasks.amazonaws.com`.
    pub fn serve(&mut self, service: &'static str, place: Place<'_>, ask: Ask<'_>) -> Option<Minted> {
        let mut minted = self.mint(place, ask)?;
        minted.delivery = (service == "ec2.amazonaws.com").then_some("2.0");
        let request = json!({ "roleArn": minted.role_arn, "roleSessionName": ask.session });
        let mut call = self.opened(&minted, "AssumeRole", request, place);
        call.shared = Some(self.rng.uuid());
        call.additional = Value::Null;
        let place = Place { address: service, agent: service, ..place };
        self.write(ask.account, &Caller::Service(service), place, call);
        Some(minted)
    }

    /// AssumeRoleWithWebIdentity, granted. `caller` is the token.
    pub fn federate(&mut self, caller: &Caller, place: Place<'_>, ask: Ask<'_>) -> Option<Minted> {
        let Caller::Web { provider, audience, subject } = caller else { return None };
        let mut minted = self.mint(place, ask)?;
        minted.provider = Some(provider.clone());
        let request =
            json!({ "roleArn": minted.role_arn, "roleSessionName": ask.session, "durationSeconds": 3600 });
        let mut call = self.opened(&minted, "AssumeRoleWithWebIdentity", request, place);
        call.response["subjectFromWebIdentityToken"] = json!(subject);
        call.response["provider"] = json!(provider);
        call.response["audience"] = json!(audience);
        call.additional["identityProviderConnectionVerificationMethod"] = json!("IAMTrustStore");
        self.write(ask.account, caller, place, call);
        Some(minted)
    }

    /// AssumeRoleWithWebIdentity, refused: the token's subject does not fit the trust policy.
    pub fn refuse_web(&mut self, caller: &Caller, place: Place<'_>, ask: Ask<'_>) {
        let message = "Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned();
        let role = iam_arn(ask.account, "role", "/", ask.role);
        let mut call = Call::reads("sts", "AssumeRoleWithWebIdentity").denied(message);
        call.request = json!({ "roleArn": role, "roleSessionName": ask.session });
        call.additional = served(place.region);
        self.write(ask.account, caller, place, call);
    }

    /// AssumeRoleWithSAML by a person. `saml` is the provider's ARN.
    pub fn sign_in(&mut self, caller: &Caller, place: Place<'_>, ask: Ask<'_>, saml: &str) -> Option<Minted> {
        let minted = self.mint(place, ask)?;
        let request = json!({
            "sAMLAssertionID": format!("_{}", self.rng.hex(32)),
            "roleSessionName": ask.session,
            "roleArn": minted.role_arn,
            "principalArn": saml,
            "durationSeconds": 3600,
        });
        let mut call = self.opened(&minted, "AssumeRoleWithSAML", request, place);
        call.response["subjectType"] = json!("persistent");
        self.write(ask.account, caller, place, call);
        Some(minted)
    }

    /// New temporary credentials for a role, and the role's last use.
    fn mint(&mut self, place: Place<'_>, ask: Ask<'_>) -> Option<Minted> {
        let role = self.world.accounts.get_mut(&ask.account)?.roles.get_mut(ask.role)?;
        if role.last_used.as_ref().is_none_or(|(last, _)| *last < place.at) {
            role.last_used = Some((place.at, place.region.into()));
        }
        Some(Minted {
            account: ask.account,
            role: role.name.clone(),
            role_arn: iam_arn(ask.account, "role", &role.path, &role.name),
            role_id: role.id.clone(),
            session: ask.session.into(),
            key: unique_id("ASIA", ask.account, self.rng),
            issued: place.at,
            delivery: None,
            provider: None,
        })
    }

    /// What all of these calls have in common when they are granted. CloudTrail does keep the session token.
    fn opened(&mut self, minted: &Minted, name: &'static str, request: Value, place: Place<'_>) -> Call {
        let assumed = format!("{}:{}", minted.role_id, minted.session);
        let expires = place.at.plus(3600).utc().format("%b %-d, %Y, %-I:%M:%S %p").to_string();
        Call {
            request,
            response: json!({
                "credentials": {
                    "accessKeyId": minted.key,
                    "sessionToken": session_token(self.rng),
                    "expiration": expires,
                },
                "assumedRoleUser": { "assumedRoleId": assumed, "arn": minted.arn() },
            }),
            looked_up: vec![
                ("AWS::IAM::AccessKey", minted.key.clone()),
                ("AWS::STS::AssumedRole", minted.session.clone()),
                ("AWS::STS::AssumedRole", assumed),
                ("AWS::STS::AssumedRole", minted.arn()),
                ("AWS::IAM::Role", minted.role_arn.clone()),
            ],
            roles: vec![(minted.account, minted.role_arn.clone())],
            additional: served(place.region),
            ..Call::reads("sts", name)
        }
    }
}

/// STS's global endpoint writes into us-east-1, a regional one into its region.
fn served(region: &str) -> Value {
    let kind = if region == "us-east-1" { "global" } else { "regional" };
    json!({ "RequestDetails": { "endpointType": kind, "awsServingRegion": region } })
}
