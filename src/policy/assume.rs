//! May this principal assume that role? Both sides are read: the role's trust policy, and the caller's own policies and
//! boundary. Policies that cannot be seen from here are named in the answer.
//!
//! Source: AWS documentation, "Policy evaluation logic", "Cross-account policy evaluation logic", "JSON policy elements:
//! Principal".

use super::{
    condition::holds,
    decide::{Answer, Question, Said, decide},
    document::{Document, Effect, Statement},
    principal::{Actor, Named, Principal},
    request::{Fact, Request, Truth},
    trust::{Asked, Found, Grade, Place, Verdict, only_if},
};
use crate::base::name::Arn;

const ACTION: &str = "sts:AssumeRole";

/// A policy with the name people know it by.
#[derive(Clone, Copy, Debug)]
pub struct NamedPolicy<'a> {
    pub name: &'a str,
    pub document: &'a Document,
}

/// A permissions boundary.
#[derive(Clone, Copy, Debug, Default)]
pub enum Boundary<'a> {
    /// There is none.
    #[default]
    None,
    /// There is one, or there may be one, and its document was not read.
    Unread,
    Document(&'a Document),
}

/// A user, a role or a role's session that wants in.
#[derive(Clone, Debug)]
pub struct Caller<'a> {
    pub arn: &'a Arn,
    /// `AIDA...` or `AROA...`, where it is known.
    pub unique_id: Option<&'a str>,
    /// Inline, attached and, for a user, those of its groups. `None`: not seen.
    pub policies: Option<Vec<NamedPolicy<'a>>>,
    /// Some attached policies were not read: silence is then no proof of a no.
    pub partly: bool,
    pub boundary: Boundary<'a>,
}

/// The role that may be assumed.
#[derive(Clone, Copy, Debug)]
pub struct RoleFacts<'a> {
    pub arn: &'a Arn,
    pub trust: &'a Document,
}

/// Says whether the caller may call `sts:AssumeRole` on the role, and why.
pub fn can_assume(caller: &Caller<'_>, role: &RoleFacts<'_>) -> Verdict {
    let actor = Actor::Aws { arn: caller.arn, unique_id: caller.unique_id };
    let asked = Asked { trust: role.trust, action: ACTION, actor };
    // Most pairs end here: nothing is built for them.
    if asked.about(Effect::Allow).next().is_none() {
        return Verdict::denied(None, "the trust policy does not name it");
    }
    if caller.arn.resource() == "root" {
        return Verdict::denied(None, "an account's root user cannot assume roles");
    }
    let request = request_of(caller);
    let doubts = match asked.denies(&request) {
        Ok(doubts) => doubts,
        Err(verdict) => return *verdict,
    };
    let policies = caller.policies.as_deref().unwrap_or_default();
    let question = Question { action: ACTION, resource: role.arn.as_str(), request: &request };
    let case =
        Case { caller, role, identity: decide(policies, question), boundary: boundary(caller, question) };
    let who = kind(caller.arn);
    if case.identity.said == Said::Denied {
        let why = format!("the {who}'s policy `{}` denies it", case.identity.policy);
        return Verdict { own: case.identity.place(), ..Verdict::denied(None, why) };
    }
    if case.boundary.said == Said::Denied {
        let why = format!("the {who}'s boundary denies it");
        return Verdict { own: case.boundary.place(), ..Verdict::denied(None, why) };
    }
    let candidates = asked.about(Effect::Allow).map(|found| case.judge(found, &request));
    let best = candidates.reduce(|best, next| if next.grade > best.grade { next } else { best });
    best.map_or_else(
        || Verdict::denied(None, "the trust policy does not name it"),
        |best| best.doubted(doubts).seen_by(actor),
    )
}

/// One question with the caller's side answered.
struct Case<'c, 'a> {
    caller: &'c Caller<'a>,
    role: &'c RoleFacts<'a>,
    identity: Answer<'a>,
    /// Silent where it does not allow.
    boundary: Answer<'a>,
}

impl Case<'_, '_> {
    fn judge(&self, (index, statement, named): Found<'_>, request: &Request) -> Verdict {
        let truth = holds(statement, request);
        let who = kind(self.caller.arn);
        let (place, number) = (Some(Place::of(index, statement)), index + 1);
        if truth == Truth::False {
            let why = format!("trust policy statement {number} has a condition that this {who} never meets");
            return Verdict::denied(place, why);
        }
        let trust = match named {
            Named::Direct => format!("trust policy statement {number} names the {who}"),
            Named::Everyone => format!("trust policy statement {number} lets everyone in"),
            Named::Account(account) => format!("trust policy trusts account {account}"),
            Named::Session(session) => format!("trust policy statement {number} names the session {session}"),
        };
        let (mut grade, why) = self.other_side(statement, named, &trust);
        if grade == Grade::Denied {
            return Verdict::denied(place, why);
        }
        let mut conditions = Vec::new();
        if let Named::Session(session) = named {
            grade = Grade::Possible;
            conditions.push(format!("only as the session {session}"));
        }
        if truth == Truth::Unknown {
            grade = Grade::Possible;
            conditions.extend(only_if(statement, request));
        }
        if grade == Grade::Possible {
            let identity = self.identity.conditions.iter().chain(&self.identity.doubts);
            let boundary = self.boundary.conditions.iter().chain(&self.boundary.doubts);
            conditions.extend(identity.chain(boundary).cloned());
        }
        Verdict {
            grade,
            statement: place,
            own: self.identity.place(),
            why: why.into(),
            conditions,
            unseen: &[],
        }
    }

    /// What the caller's own policies add to a statement that lets it in.
    fn other_side(&self, statement: &Statement, named: Named<'_>, trust: &str) -> (Grade, String) {
        let who = kind(self.caller.arn);
        let delegated = matches!(named, Named::Account(_));
        if delegated && is_itself(self.caller.arn, self.role.arn) {
            // Since September 2022 a role's trust in its account does not include itself.
            return (Grade::Denied, format!("{trust}, but a role must be named to assume itself"));
        }
        let same_account = self.caller.arn.account() == self.role.arn.account();
        if same_account && !delegated {
            return match self.boundary.said {
                _ if !self.is_limited(statement, named) => self.unless_denied(trust),
                Said::Allowed => self.unless_denied(trust),
                Said::Perhaps => (Grade::Possible, format!("{trust}; its boundary may not allow it")),
                Said::Silent | Said::Denied => {
                    (Grade::Denied, format!("{trust}, but the {who}'s boundary does not allow it"))
                }
            };
        }
        let yes = if delegated { Grade::Delegated } else { Grade::Proven };
        let policy = self.identity.policy;
        if self.caller.policies.is_none() {
            let account =
                self.caller.arn.account().map_or_else(|| "its account".into(), |id| format!("account {id}"));
            return (Grade::Possible, format!("{trust}; the policies of {account} were not read"));
        }
        match (self.identity.said, self.boundary.said) {
            (Said::Silent, _) if self.caller.partly => {
                (Grade::Possible, format!("{trust}; not all policies of the {who} were read"))
            }
            (Said::Silent | Said::Denied, _) => {
                (Grade::Denied, format!("{trust}, but no policy of the {who} allows it"))
            }
            (_, Said::Silent | Said::Denied) => {
                (Grade::Denied, format!("{trust}, but the {who}'s boundary does not allow it"))
            }
            (Said::Perhaps, _) => {
                (Grade::Possible, format!("{trust} and the {who}'s policy `{policy}` may allow it"))
            }
            (Said::Allowed, Said::Perhaps) => (
                Grade::Possible,
                format!("{trust} and the {who}'s policy `{policy}` allows it; its boundary may not"),
            ),
            (Said::Allowed, Said::Allowed) => {
                (yes, format!("{trust} and the {who}'s policy `{policy}` allows it"))
            }
        }
    }

    /// In the same account a user who is named, and a session that is named as such, need no other permission and are
    /// not limited by a boundary; a role that is named is.
    fn is_limited(&self, statement: &Statement, named: Named<'_>) -> bool {
        let itself = Principal::Aws(self.caller.arn.to_string());
        match (named, kind(self.caller.arn)) {
            (Named::Direct, "role") => true,
            (Named::Direct, "session") => {
                statement.principals.as_ref().is_none_or(|principals| !principals.named.contains(&itself))
            }
            _ => false,
        }
    }

    /// A yes that only an explicit deny could undo.
    fn unless_denied(&self, trust: &str) -> (Grade, String) {
        let who = kind(self.caller.arn);
        if self.caller.policies.is_none() {
            return (Grade::Possible, format!("{trust}; the {who}'s own policies were not read"));
        }
        if !self.identity.doubts.is_empty() || !self.boundary.doubts.is_empty() {
            return (Grade::Possible, format!("{trust}; the {who}'s own policies may deny it"));
        }
        (Grade::Proven, trust.to_owned())
    }
}

pub(super) fn boundary<'a>(caller: &Caller<'a>, question: Question<'_>) -> Answer<'a> {
    match caller.boundary {
        Boundary::None => Answer::without_policy(Said::Allowed),
        Boundary::Unread => Answer::without_policy(Said::Perhaps),
        Boundary::Document(document) => decide(&[NamedPolicy { name: "boundary", document }], question),
    }
}

/// The keys that every request of this caller carries. An external id, a source address, a second factor and the like
/// are the caller's choice or circumstance: they stay unknown.
pub(super) fn request_of(caller: &Caller<'_>) -> Request {
    // Set when a service calls on its own behalf, and only then.
    let mut request = Request::default()
        .with("aws:PrincipalIsAWSService", "false")
        .without("aws:PrincipalServiceName")
        .without("aws:SourceArn")
        .without("aws:SourceAccount")
        .without("aws:SourceOrgID");
    if let Some(account) = caller.arn.account() {
        request = request.with("aws:PrincipalAccount", account.to_string());
    }
    match kind(caller.arn) {
        "user" => {
            request = request
                .with("aws:PrincipalArn", caller.arn.as_str())
                .with("aws:PrincipalType", "User")
                .with("aws:username", caller.arn.name())
                .without("aws:FederatedProvider");
            if let Some(id) = caller.unique_id {
                request = request.with("aws:userid", id);
            }
        }
        "role" => {
            request = request
                .with("aws:PrincipalArn", caller.arn.as_str())
                .with("aws:PrincipalType", "AssumedRole");
            request = request.without("aws:username");
        }
        "session" => {
            // The key holds the role's ARN with its path, which a session's ARN does not have.
            request.set("aws:PrincipalArn", Fact::Present);
            request = request.with("aws:PrincipalType", "AssumedRole").without("aws:username");
        }
        _ => {}
    }
    request
}

/// Is the caller this role, or a session of it?
fn is_itself(caller: &Arn, role: &Arn) -> bool {
    let is_session = |(name, _)| name == role.name() && caller.account() == role.account();
    caller == role || caller.assumed_role().is_some_and(is_session)
}

fn kind(arn: &Arn) -> &'static str {
    match arn.resource().split('/').next() {
        Some("user") => "user",
        Some("role") => "role",
        Some("assumed-role") => "session",
        Some("federated-user") => "federated user",
        _ => "principal",
    }
}

#[cfg(test)]
mod tests;
