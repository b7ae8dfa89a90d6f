//! May the bearer of this ID token assume that role? The trust policy and the provider's list of audiences decide
//! together. Whether the token's signature and dates are good is not asked here.
//!
//! Source: AWS documentation, "Available keys for AWS OIDC federation"; for gitlab.com the Service Authorization
//! Reference, AWS STS, 2026-09.

use super::{
    condition::holds,
    document::{Document, Statement},
    principal::Actor,
    request::{Fact, Request, Truth},
    trust::{Asked, Grade, Verdict},
    who::issuer_of,
};
use crate::base::text::clean;

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// Claims that AWS passes on as condition keys for every provider.
const FOR_ALL: [&str; 5] = ["sub", "aud", "amr", "email", "oaud"];

/// Claims that AWS passes on for gitlab.com besides; a GitLab of one's own has none of them.
pub const GITLAB_CLAIMS: [&str; 9] = [
    "namespace_id",
    "project_id",
    "ref_protected",
    "pipeline_source",
    "runner_environment",
    "user_access_level",
    "user_email",
    "user_id",
    "user_login",
];

/// Shared issuers for which AWS passes on further claims of their own; which ones is not this program's to know.
const SHARED: [&str; 6] = [
    "token.actions.githubusercontent.com",
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
    "oidc.circleci.com",
];

/// The bearer of an ID token.
#[derive(Clone, Copy, Debug)]
pub struct WebCaller<'a> {
    /// The ARN of the provider in the role's account, or the host of one that AWS knows itself.
    pub provider: &'a str,
    /// The provider's ClientIDList. `None`: not read.
    pub audiences: Option<&'a [String]>,
    /// The token's claims by their own names: `sub`, `aud`, `project_id`. One that was not set cannot be known; an `aud`
    /// that was not set is the caller's to choose, as a GitLab job does.
    pub claims: &'a Request,
}

/// Says whether the bearer may call `sts:AssumeRoleWithWebIdentity` on the role with this trust policy, and why. Where the
/// caller chooses the audience, the condition that names it (`only with the audience "x"`) takes nothing off the grade.
pub fn can_assume_with_token(caller: &WebCaller<'_>, trust: &Document) -> Verdict {
    let asked = Asked { trust, action: ACTION, actor: Actor::Federated(caller.provider) };
    let request = request_of(issuer_of(caller.provider), caller.claims);
    // The four providers AWS knows by host have no list.
    let listed = caller.provider.starts_with("arn:");
    match (caller.claims.fact("aud"), caller.audiences) {
        (Some(Fact::Absent), _) => Verdict::denied(None, "the token has no audience"),
        (Some(Fact::Values(sent)), accepted) => {
            let doubts = match accepted {
                Some(accepted) if listed && !sent.iter().any(|audience| accepted.contains(audience)) => {
                    return Verdict::denied(
                        None,
                        format!("the provider does not accept the audience {}", any_of(sent)),
                    );
                }
                None if listed => vec![format!("only if the provider accepts the audience {}", any_of(sent))],
                _ if sent.len() > 1 => vec!["only if AWS takes a token with several audiences".to_owned()],
                _ => Vec::new(),
            };
            asked.alone("token", &request).doubted(doubts)
        }
        (_, Some(accepted)) if listed => by_best_audience(asked, &request, accepted),
        _ if listed => {
            let doubt = "only with an audience that the provider accepts".to_owned();
            asked.alone("token", &request).doubted(vec![doubt])
        }
        _ => asked.alone("token", &request),
    }
}

/// The caller chooses the audience: those that open most are the answer.
fn by_best_audience(asked: Asked<'_>, request: &Request, accepted: &[String]) -> Verdict {
    let Actor::Federated(provider) = asked.actor else {
        return Verdict::denied(None, "there is no provider");
    };
    let key = format!("{}:aud", issuer_of(provider));
    let answers: Vec<Verdict> =
        accepted.iter().map(|audience| asked.alone("token", &request.clone().with(&key, audience))).collect();
    let Some(best) = answers.iter().max_by_key(|answer| answer.grade) else {
        return Verdict::denied(None, "the provider accepts no audience");
    };
    let mut best = best.clone();
    if best.grade > Grade::Denied {
        let opening = accepted.iter().zip(&answers).filter(|(_, answer)| answer.grade == best.grade);
        let opening: Vec<String> = opening.map(|(audience, _)| audience.clone()).collect();
        best.conditions.push(format!("only with the audience {}", any_of(&opening)));
    }
    best
}

fn any_of(audiences: &[String]) -> String {
    let quoted: Vec<String> = audiences.iter().map(|audience| format!("\"{}\"", clean(audience))).collect();
    quoted.join(" or ")
}

/// Adds what every call without a signature has in common: none of a principal's keys.
pub(super) fn unsigned(known: Request) -> Request {
    known
        .with("aws:PrincipalIsAWSService", "false")
        .without("aws:PrincipalArn")
        .without("aws:PrincipalAccount")
        .without("aws:PrincipalOrgID")
        .without("aws:PrincipalOrgPaths")
        .without("aws:PrincipalServiceName")
        .without("aws:username")
        .without("aws:MultiFactorAuthPresent")
        .without("aws:MultiFactorAuthAge")
        .without("aws:SourceArn")
        .without("aws:SourceAccount")
        .without("aws:SourceOrgID")
        .without("sts:ExternalId")
        .without_claims_but(None)
}

/// The condition keys of the call.
fn request_of(issuer: &str, claims: &Request) -> Request {
    let is_shared = SHARED.iter().any(|shared| shared.eq_ignore_ascii_case(issuer));
    let mut request = unsigned(Request::default()).without_claims_but(is_shared.then_some(issuer));
    request.set("sts:RoleSessionName", Fact::Present);
    let is_gitlab = issuer.eq_ignore_ascii_case("gitlab.com");
    for claim in FOR_ALL.iter().chain(GITLAB_CLAIMS.iter().filter(|_| is_gitlab)) {
        let key = format!("{issuer}:{claim}");
        match claims.fact(claim) {
            Some(fact) => request.set(&key, fact.clone()),
            // What not every provider's token has.
            None if matches!(*claim, "amr" | "email" | "oaud") => request.leave_open(&key),
            None => request.set(&key, Fact::Present),
        }
    }
    request
}

/// Does an ID token with this issuer, subject and audience meet the statement's conditions? Unknown where they ask for
/// what an ID token's name does not tell, such as an address.
pub fn subject_matches(statement: &Statement, issuer: &str, sub: &str, aud: &str) -> Truth {
    let claims = Request::default().with("sub", sub).with("aud", aud);
    holds(statement, &request_of(issuer, &claims))
}

#[cfg(test)]
mod tests;
