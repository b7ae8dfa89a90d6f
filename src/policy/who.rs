//! Whom a trust policy lets in: each principal of each Allow statement, by which call, and under which conditions.

use super::{
    document::{Document, Effect, Statement},
    operator::{Operator, Test},
    principal::Principal,
};

/// The way in which a principal enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `sts:AssumeRole` by a user, a role or an account.
    AssumeRole,
    /// `sts:AssumeRoleWithWebIdentity` with an ID token.
    WebIdentity,
    /// `sts:AssumeRoleWithSAML`
    Saml,
    /// `sts:AssumeRole` by an AWS service on its own behalf.
    Service,
}

/// One principal of one Allow statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted<'a> {
    /// Counted from 0.
    pub statement: usize,
    pub sid: Option<&'a str>,
    pub principal: &'a Principal,
    /// True where the principal is the exception of a `NotPrincipal`: everyone else is let in.
    pub excepted: bool,
    pub kind: Kind,
    /// In words; all must hold.
    pub conditions: Vec<String>,
    /// For [`Kind::WebIdentity`] with one provider.
    pub web: Option<WebIdentity<'a>>,
}

/// What a statement asks of an ID token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentity<'a> {
    /// The provider's ARN, or the host of one that AWS knows itself.
    pub provider: &'a str,
    /// `gitlab.com`, `gitlab.acme.example/gitlab`: the prefix of the condition keys.
    pub issuer: &'a str,
    /// Tests of `<issuer>:sub`.
    pub subjects: Vec<Subject<'a>>,
    /// Values that a positive test of `<issuer>:aud` lets in.
    pub audiences: Vec<&'a str>,
    /// Does some test keep any subject out at all? Without one, every project of the issuer is let in.
    pub constrained: bool,
}

/// One test of the subject; the patterns are alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    pub operator: &'a Operator,
    pub patterns: &'a [String],
}

/// Everyone the policy lets in, in its order.
pub fn trusted(document: &Document) -> Vec<Trusted<'_>> {
    let mut all = Vec::new();
    for (index, statement) in document.statements.iter().enumerate() {
        let Some(principals) = &statement.principals else { continue };
        if statement.effect != Effect::Allow {
            continue;
        }
        let conditions: Vec<String> = statement.conditions.iter().map(ToString::to_string).collect();
        for principal in &principals.named {
            for kind in kinds(principal, statement) {
                let web = match (kind, principal) {
                    (Kind::WebIdentity, Principal::Federated(provider)) => {
                        Some(web_identity(provider, statement))
                    }
                    _ => None,
                };
                all.push(Trusted {
                    statement: index,
                    sid: statement.sid.as_deref(),
                    principal,
                    excepted: principals.negated,
                    kind,
                    conditions: conditions.clone(),
                    web,
                });
            }
        }
    }
    all
}

/// The calls by which this kind of principal can use the statement: a federated principal cannot call `sts:AssumeRole`,
/// nor a user the others.
fn kinds(principal: &Principal, statement: &Statement) -> Vec<Kind> {
    let allows = |action| statement.actions.has_action(action);
    let mut kinds = Vec::new();
    let (aws, web, saml, service) = match principal {
        Principal::Everyone => (true, true, true, false),
        Principal::Aws(_) => (true, false, false, false),
        Principal::Federated(name) => (false, !name.contains(":saml-provider/"), !is_web(name), false),
        Principal::Service(_) => (false, false, false, true),
        Principal::Canonical(_) => (false, false, false, false),
    };
    if aws && allows("sts:AssumeRole") {
        kinds.push(Kind::AssumeRole);
    }
    if web && allows("sts:AssumeRoleWithWebIdentity") {
        kinds.push(Kind::WebIdentity);
    }
    if saml && allows("sts:AssumeRoleWithSAML") {
        kinds.push(Kind::Saml);
    }
    if service && allows("sts:AssumeRole") {
        kinds.push(Kind::Service);
    }
    kinds
}

fn is_web(provider: &str) -> bool {
    provider.contains(":oidc-provider/") || !provider.starts_with("arn:")
}

fn web_identity<'a>(provider: &'a str, statement: &'a Statement) -> WebIdentity<'a> {
    let issuer = issuer_of(provider);
    let about = |claim: &'static str| {
        statement.conditions.iter().filter(move |condition| is_claim(&condition.key, issuer, claim))
    };
    let subjects: Vec<Subject<'a>> = about("sub")
        .map(|condition| Subject { operator: &condition.operator, patterns: &condition.values })
        .collect();
    let audiences = about("aud").filter(|condition| condition.operator.is_positive());
    WebIdentity {
        provider,
        issuer,
        constrained: subjects.iter().any(Subject::constrains),
        subjects,
        audiences: audiences.flat_map(|condition| &condition.values).map(String::as_str).collect(),
    }
}

/// What stands before `:sub` in the condition keys of this provider.
pub fn issuer_of(provider: &str) -> &str {
    provider.split_once(":oidc-provider/").map_or(provider, |(_, issuer)| issuer)
}

fn is_claim(key: &str, issuer: &str, claim: &str) -> bool {
    key.rsplit_once(':')
        .is_some_and(|(prefix, name)| prefix.eq_ignore_ascii_case(issuer) && name.eq_ignore_ascii_case(claim))
}

impl Subject<'_> {
    /// Does this test keep any subject out? Not a negated one, which lets in everything it does not list, and not a
    /// pattern of stars and question marks alone. A token always has a subject, so that `IfExists` and `ForAllValues`
    /// keep out as well as the plain operator.
    pub fn constrains(&self) -> bool {
        let stars = |pattern: &String| {
            !pattern.is_empty() && pattern.chars().all(|letter| matches!(letter, '*' | '?'))
        };
        self.operator.is_positive() && !self.patterns.iter().any(stars)
    }
}

impl Operator {
    /// Is a star in this operator's values a star? `StringEquals` with one is a rule that never matches.
    pub const fn has_wildcards(&self) -> bool {
        use super::operator::Compare;
        matches!(self.test, Test::Compare { compare: Compare::Like | Compare::Arn, .. })
    }
}

#[cfg(test)]
mod tests;
