//! AssumeRole: the trust policy of the role, and where that leaves it to the caller's account, the caller's own policies.

use serde_json::json;

use super::super::{
    allow::{self, Obstacle},
    arn,
    ask::Ask,
    caller::Who,
    refusal::Refusal,
    trail::Note,
    trust::{self, Admission},
    xml::Xml,
};
use crate::demo::world::{Role, Session, World};

pub(crate) fn role(ask: &Ask<'_>, world: &mut World, xml: &mut Xml) -> Result<Note, Refusal> {
    let role_arn = ask.params.need("RoleArn")?;
    let session_name = super::session_name(ask)?;
    let denied = || {
        let caller = ask.caller.arn();
        Refusal::Denied(format!(
            "User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        ))
    };
    let (account, role) = find(world, role_arn).ok_or_else(denied)?;
    if !may(ask, world, account, role, session_name) {
        return Err(denied());
    }
    let seconds = super::duration(ask, role.max_session)?;
    let is_chained = matches!(ask.caller.who, Who::Role { .. });
    if is_chained && seconds > 3600 {
        return Err(Refusal::invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
                .into(),
        ));
    }
    let (role_name, role_id) = (role.name.clone(), role.id.clone());
    let target = world.accounts.get_mut(&account).ok_or_else(denied)?;
    let session = super::issue(ask, target, &role_name, session_name, seconds);
    let assumed = Assumed { account, role_arn, role_id: &role_id, session: &session };
    assumed.write(xml);
    let mut note = assumed.note(ask);
    note.copy_to = (account != ask.caller.account).then_some(account);
    Ok(note)
}

/// The role of that very ARN, path and all, and its account.
pub(crate) fn find<'w>(world: &'w World, role_arn: &str) -> Option<(u64, &'w Role)> {
    let (account, name) = arn::parse(role_arn, "role")?;
    let role = world.accounts.get(&account)?.roles.get(name)?;
    (arn::iam(account, "role", &role.path, &role.name) == role_arn).then_some((account, role))
}

/// Source for the rules: IAM user guide, policy evaluation within one account and across accounts.
fn may(ask: &Ask<'_>, world: &World, account: u64, role: &Role, session_name: &str) -> bool {
    let mut context = allow::context(ask.caller);
    context.set("sts:RoleSessionName", session_name);
    if let Some(id) = ask.params.get("ExternalId") {
        context.set("sts:ExternalId", id);
    }
    let admission = trust::admits(&role.trust, ask.caller, &context);
    let role_arn = arn::iam(account, "role", &role.path, &role.name);
    let obstacle = allow::obstacle(ask.caller, world, "sts:AssumeRole", &role_arn);
    match admission {
        Admission::No => false,
        // Named in the same account: silence of the caller's own policies is no obstacle, a deny is.
        Admission::Direct if account == ask.caller.account => obstacle != Some(Obstacle::ExplicitDeny),
        Admission::Direct | Admission::Delegated => obstacle.is_none(),
    }
}

/// A role that has just been assumed.
pub(crate) struct Assumed<'a> {
    pub account: u64,
    pub role_arn: &'a str,
    pub role_id: &'a str,
    pub session: &'a Session,
}

impl Assumed<'_> {
    /// `AROA...:session`.
    fn id(&self) -> String {
        format!("{}:{}", self.role_id, self.session.session_name)
    }

    fn arn(&self) -> String {
        arn::session(self.account, &self.session.role, &self.session.session_name)
    }

    pub(crate) fn write(&self, xml: &mut Xml) {
        xml.node("AssumedRoleUser", |xml| {
            xml.leaf("AssumedRoleId", self.id());
            xml.leaf("Arn", self.arn());
        });
        super::write_credentials(xml, self.session);
    }

    /// What the record of it says, and what LookupEvents finds it by: the issued key, the session and the role.
    pub(crate) fn note(&self, ask: &Ask<'_>) -> Note {
        let mut request = json!({ "roleArn": self.role_arn, "roleSessionName": self.session.session_name });
        if let Some(seconds) = ask.params.get("DurationSeconds").and_then(|text| text.parse::<u32>().ok()) {
            request["durationSeconds"] = seconds.into();
        }
        if let Some(id) = ask.params.get("ExternalId") {
            request["externalId"] = id.into();
        }
        let lookup = [
            ("AWS::IAM::AccessKey", self.session.key.clone()),
            ("AWS::STS::AssumedRole", self.session.session_name.clone()),
            ("AWS::STS::AssumedRole", self.id()),
            ("AWS::STS::AssumedRole", self.arn()),
            ("AWS::IAM::Role", self.role_arn.to_owned()),
        ];
        Note {
            request,
            response: json!({
                "credentials": super::recorded(self.session),
                "assumedRoleUser": { "assumedRoleId": self.id(), "arn": self.arn() },
            }),
            lookup: lookup.map(|(kind, name)| (kind.to_owned(), name)).into(),
            resources: json!([{
                "accountId": format!("{:012}", self.account),
                "type": "AWS::IAM::Role",
                "ARN": self.role_arn,
            }]),
            copy_to: None,
        }
    }
}
