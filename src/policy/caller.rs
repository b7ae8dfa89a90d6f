//! Who asks: a user, a role or a session with its own policies and boundary, and what is known of every request it
//! makes. Worked out once and asked about many roles.

use super::{
    decide::{Answer, Question, Rule, Said, decide, rules},
    document::{Document, Effect},
    request::{Fact, Request},
};
use crate::base::name::Arn;

/// The one action this is about.
pub(super) const ACTION: &str = "sts:AssumeRole";

/// A policy with the name people know it by.
#[derive(Clone, Copy, Debug)]
pub struct NamedPolicy<'a> {
    pub name: &'a str,
    pub document: &'a Document,
}

/// The caller's own policies: inline, attached and, for a user, those of its groups.
#[derive(Clone, Debug)]
pub enum Own<'a> {
    /// Its account was not read.
    Unseen,
    /// Some were not read: silence is no proof of a no.
    Partly(Vec<NamedPolicy<'a>>),
    All(Vec<NamedPolicy<'a>>),
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Nothing,
    Partly,
    All,
}

#[derive(Clone, Debug)]
enum Limit<'a> {
    None,
    Unread,
    Rules(Vec<Rule<'a>>),
}

/// A user, a role or a role's session that wants in.
#[derive(Clone, Debug)]
pub struct Caller<'a> {
    pub(super) arn: &'a Arn,
    pub(super) unique_id: Option<&'a str>,
    pub(super) seen: Seen,
    pub(super) request: Request,
    /// Only what is about assuming roles.
    own: Vec<Rule<'a>>,
    limit: Limit<'a>,
}

impl<'a> Caller<'a> {
    /// `unique_id` is `AIDA...` or `AROA...`, where it is known.
    pub fn new(arn: &'a Arn, unique_id: Option<&'a str>, own: &Own<'a>, boundary: Boundary<'a>) -> Self {
        let (seen, own) = match own {
            Own::Unseen => (Seen::Nothing, Vec::new()),
            Own::Partly(policies) => (Seen::Partly, rules(policies, ACTION)),
            Own::All(policies) => (Seen::All, rules(policies, ACTION)),
        };
        let limit = match boundary {
            Boundary::None => Limit::None,
            Boundary::Unread => Limit::Unread,
            Boundary::Document(document) => {
                Limit::Rules(rules(&[NamedPolicy { name: "boundary", document }], ACTION))
            }
        };
        Self { arn, unique_id, seen, request: request_of(arn, unique_id), own, limit }
    }

    /// Could its own policies let it assume any role at all? Where not, only trust policies that name it, or everyone,
    /// in its own account let it in: no need to ask about the others.
    pub fn may_assume(&self) -> bool {
        self.seen != Seen::All || self.own.iter().any(|rule| rule.statement.effect == Effect::Allow)
    }

    pub(super) fn own_policies_say(&self, role: &Arn) -> Answer<'a> {
        decide(&self.own, Question { resource: role.as_str(), request: &self.request })
    }

    pub(super) fn boundary_says(&self, role: &Arn) -> Answer<'a> {
        match &self.limit {
            Limit::None => Answer::without_policy(Said::Allowed),
            Limit::Unread => Answer::without_policy(Said::Perhaps),
            Limit::Rules(rules) => {
                decide(rules, Question { resource: role.as_str(), request: &self.request })
            }
        }
    }
}

/// The keys that every request of this caller carries. An external id, a source address, a second factor and the like
/// are the caller's choice or circumstance: they stay unknown.
fn request_of(arn: &Arn, unique_id: Option<&str>) -> Request {
    // The first five are set when a service calls on its own behalf, and only then.
    let mut request = Request::default()
        .with("aws:PrincipalIsAWSService", "false")
        .without("aws:PrincipalServiceName")
        .without("aws:SourceArn")
        .without("aws:SourceAccount")
        .without("aws:SourceOrgID");
    if let Some(account) = arn.account() {
        request = request.with("aws:PrincipalAccount", account.to_string());
    }
    match kind(arn) {
        "user" => {
            if let Some(id) = unique_id {
                request = request.with("aws:userid", id);
            }
            request
                .with("aws:PrincipalArn", arn.as_str())
                .with("aws:PrincipalType", "User")
                .with("aws:username", arn.name())
                .without("aws:FederatedProvider")
        }
        "role" => request
            .with("aws:PrincipalArn", arn.as_str())
            .with("aws:PrincipalType", "AssumedRole")
            .without("aws:username"),
        "session" => {
            // The key holds the role's ARN with its path, which a session's ARN does not have.
            request.set("aws:PrincipalArn", Fact::Present);
            request.with("aws:PrincipalType", "AssumedRole").without("aws:username")
        }
        _ => request,
    }
}

/// What to call it in a sentence.
pub(super) fn kind(arn: &Arn) -> &'static str {
    match arn.resource().split('/').next() {
        Some("user") => "user",
        Some("role") => "role",
        Some("assumed-role") => "session",
        _ => "principal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_may_assume_nothing_are_known_at_once() {
        let arn = Arn::new("arn:aws:iam::111111111111:user/x").unwrap();
        let read = |text: &str| Document::parse(&format!(r#"{{"Statement":[{text}]}}"#)).unwrap();
        let storage = read(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
        let anything = read(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
        let may = |own: Own<'_>| Caller::new(&arn, None, &own, Boundary::None).may_assume();
        assert!(!may(Own::All(vec![NamedPolicy { name: "s", document: &storage }])));
        assert!(may(Own::All(vec![NamedPolicy { name: "a", document: &anything }])));
        assert!(may(Own::Partly(Vec::new())) && may(Own::Unseen));
    }
}
