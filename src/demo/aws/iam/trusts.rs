//! Trust policies: what IAM refuses to accept as one.

use serde_json::Value;

use super::{
    super::{arn, ask::Ask, condition::texts, refusal::Refusal, statement, trail::Note, xml::Xml},
    refuse_service_linked, role_mut,
};
use crate::demo::world::World;

/// Issuers that everybody shares: IAM demands that their tokens be told apart by subject.
/// Source: IAM user guide, identity-provider controls for shared OIDC providers.
const SHARED: [&str; 3] = ["gitlab.com", "token.actions.githubusercontent.com", "app.terraform.io"];

/// The longest trust policy, in characters that are not white space.
const LIMIT: usize = 2048;

pub(super) fn update(ask: &Ask<'_>, world: &mut World, _: &mut Xml) -> Result<Note, Refusal> {
    let document = ask.params.need("PolicyDocument")?;
    check(document, world)?;
    let role = role_mut(ask.params, ask.account_mut(world)?)?;
    refuse_service_linked(role)?;
    document.clone_into(&mut role.trust);
    Ok(Note::of(ask))
}

/// Refuses what is no trust policy, for a new role as for an old one.
pub(super) fn check(document: &str, world: &World) -> Result<(), Refusal> {
    if document.chars().filter(|letter| !letter.is_whitespace()).count() > LIMIT {
        return Err(Refusal::quota("ACLSizePerRole", LIMIT));
    }
    if serde_json::from_str::<Value>(document).is_err() {
        return Err(Refusal::malformed("This policy contains invalid Json"));
    }
    let statements = statement::statements(document);
    if statements.is_empty() {
        return Err(Refusal::malformed("Syntax errors in policy."));
    }
    statements.iter().try_for_each(|statement| check_statement(statement, world))
}

fn check_statement(statement: &Value, world: &World) -> Result<(), Refusal> {
    let actions = statement.get("Action").map(texts).unwrap_or_default();
    if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
        return Err(Refusal::malformed("Syntax errors in policy."));
    }
    if statement.get("Resource").is_some() {
        return Err(Refusal::malformed("Has prohibited field Resource"));
    }
    if statement.get("NotPrincipal").is_some() {
        return Err(Refusal::malformed("AssumeRole policy must not contain NotPrincipal field"));
    }
    let known = |action: &String| {
        let action = action.to_ascii_lowercase();
        ["sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext"]
            .iter()
            .any(|prefix| action.starts_with(prefix))
    };
    if actions.is_empty() || !actions.iter().all(known) {
        return Err(Refusal::malformed("AssumeRole policy may only specify STS AssumeRole actions."));
    }
    let Some(principal) = statement.get("Principal") else {
        return Err(Refusal::malformed("Missing required field Principal"));
    };
    let named = principal.get("AWS").map(texts).unwrap_or_default();
    if let Some(wrong) = named.iter().find(|name| !exists(name, world)) {
        return Err(Refusal::malformed(&format!("Invalid principal in policy: \"AWS\":\"{wrong}\"")));
    }
    let federated = principal.get("Federated").map(texts).unwrap_or_default();
    federated.iter().try_for_each(|provider| check_subject(provider, statement))
}

/// Users and roles of the company's accounts must exist; strangers' accounts cannot be looked into. Unique ids are
/// what is left of principals that were deleted.
fn exists(principal: &str, world: &World) -> bool {
    if principal.starts_with("AIDA") || principal.starts_with("AROA") {
        return false;
    }
    let known = |kind: &str| {
        let (account, name) = arn::parse(principal, kind)?;
        let account = world.accounts.get(&account)?;
        Some(match kind {
            "user" => account.users.contains_key(name),
            _ => account.roles.contains_key(name),
        })
    };
    known("user").or_else(|| known("role")).unwrap_or(true)
}

fn check_subject(provider: &str, statement: &Value) -> Result<(), Refusal> {
    let Some((_, issuer)) = provider.split_once(":oidc-provider/") else { return Ok(()) };
    let is_allow = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    if !is_allow || !SHARED.contains(&issuer) {
        return Ok(());
    }
    let wanted = format!("{issuer}:sub");
    let operators = statement.get("Condition").and_then(Value::as_object);
    let evaluated = operators.is_some_and(|operators| {
        operators
            .values()
            .filter_map(Value::as_object)
            .any(|keys| keys.keys().any(|key| key.eq_ignore_ascii_case(&wanted)))
    });
    if evaluated {
        return Ok(());
    }
    Err(Refusal::malformed(&format!(
        "Missing required field in condition for the OIDC provider {issuer}: {wanted} must be evaluated"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_iam_refuses_is_refused() {
        let statement = |principal: &str, rest: &str| {
            format!(r#"{{"Statement":[{{"Effect":"Allow","Principal":{principal},{rest}}}]}}"#)
        };
        let web = r#""Action":"sts:AssumeRoleWithWebIdentity""#;
        let gitlab = r#"{"Federated":"arn:aws:iam::111111111111:oidc-provider/gitlab.com"}"#;
        let sub = format!(r#"{web},"Condition":{{"StringLike":{{"gitlab.com:sub":"project_path:acme/*"}}}}"#);
        let own = r#"{"Federated":"arn:aws:iam::111111111111:oidc-provider/gitlab.acme.example"}"#;
        let cases = [
            (statement(gitlab, &sub), None),
            (statement(gitlab, web), Some("gitlab.com:sub")),
            (statement(own, web), None),
            (
                statement(r#"{"AWS":"AROA3ISBVQKHLCPMWHJG5"}"#, r#""Action":"sts:AssumeRole""#),
                Some("Invalid principal"),
            ),
            (statement(r#"{"AWS":"*"}"#, r#""Action":"s3:GetObject""#), Some("may only specify")),
            (statement(r#"{"AWS":"*"}"#, r#""Action":"sts:AssumeRole","Resource":"*""#), Some("Resource")),
            ("{".into(), Some("invalid Json")),
        ];
        for (document, wrong) in cases {
            match (check(&document, &World::default()), wrong) {
                (Ok(()), None) => {}
                (Err(Refusal::Said { code: "MalformedPolicyDocument", message, .. }), Some(word)) => {
                    assert!(message.contains(word), "{message}");
                }
                (outcome, _) => panic!("{document}: {outcome:?}"),
            }
        }
    }
}
