//! Whom a role's trust policy admits. What the caller's own policies say is `allow`'s.

use serde_json::Value;

use super::{
    arn,
    caller::{Caller, Who},
    condition::{self, Context},
    statement::{covers_action, statements},
};

/// What a trust policy says of somebody who wants the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Admission {
    No,
    /// The caller's whole account is trusted: the caller's own policies must allow it too.
    Delegated,
    /// The caller is named.
    Direct,
}

/// Does the trust policy let this caller assume the role with `sts:AssumeRole`?
pub(crate) fn admits(trust: &str, caller: &Caller, context: &Context) -> Admission {
    decide(trust, "sts:AssumeRole", context, |principal| {
        let named = principal.get("AWS").map(condition::texts).unwrap_or_default();
        named.iter().map(|name| names(name, caller)).max().unwrap_or(Admission::No)
    })
}

/// Does the trust policy let a token of this provider in with `sts:AssumeRoleWithWebIdentity`?
pub(crate) fn admits_token(trust: &str, provider: &str, context: &Context) -> bool {
    let admission = decide(trust, "sts:AssumeRoleWithWebIdentity", context, |principal| {
        let named = principal.get("Federated").map(condition::texts).unwrap_or_default();
        if named.iter().any(|name| name == provider) { Admission::Direct } else { Admission::No }
    });
    admission == Admission::Direct
}

fn decide(
    trust: &str,
    action: &str,
    context: &Context,
    admission: impl Fn(&Value) -> Admission,
) -> Admission {
    let everybody = serde_json::json!({ "AWS": "*" });
    let mut best = Admission::No;
    for statement in statements(trust) {
        let principal = match statement.get("Principal") {
            Some(Value::String(star)) if star == "*" => &everybody,
            Some(principal) => principal,
            None => continue,
        };
        let found = admission(principal);
        let applies = found != Admission::No
            && covers_action(&statement, action)
            && condition::holds(statement.get("Condition"), context);
        match statement.get("Effect").and_then(Value::as_str) {
            Some("Deny") if applies => return Admission::No,
            Some("Allow") if applies => best = best.max(found),
            _ => {}
        }
    }
    best
}

/// How one `AWS` principal names the caller. Unique ids of deleted principals match nobody.
fn names(principal: &str, caller: &Caller) -> Admission {
    let own = match &caller.who {
        Who::User { arn, .. } => principal == arn,
        Who::Role { role_arn, .. } => principal == role_arn || principal == caller.arn(),
        Who::Nobody => false,
    };
    if own || principal == "*" {
        Admission::Direct
    } else if principal == arn::root(caller.account) || principal == format!("{:012}", caller.account) {
        Admission::Delegated
    } else {
        Admission::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> Caller {
        Caller {
            account: 111_111_111_111,
            key: "AKIA".into(),
            issued: None,
            who: Who::User {
                name: "ann".into(),
                id: "AIDA".into(),
                arn: "arn:aws:iam::111111111111:user/ann".into(),
            },
        }
    }

    fn trust(principal: &str, condition: &str) -> String {
        format!(
            r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole","Condition":{condition}}}]}}"#
        )
    }

    #[test]
    fn root_delegates_and_names_admit() {
        let context = Context::default();
        let admits = |principal: &str| super::admits(&trust(principal, "{}"), &ann(), &context);
        assert_eq!(admits("arn:aws:iam::111111111111:user/ann"), Admission::Direct);
        assert_eq!(admits("arn:aws:iam::111111111111:root"), Admission::Delegated);
        assert_eq!(admits("111111111111"), Admission::Delegated);
        assert_eq!(admits("arn:aws:iam::111111111111:user/bob"), Admission::No);
        assert_eq!(admits("AIDA"), Admission::No);
    }

    #[test]
    fn the_external_id_must_be_the_one_asked_for() {
        let guarded = trust("111111111111", r#"{"StringEquals":{"sts:ExternalId":"right"}}"#);
        let with = |id: &str| {
            let mut context = Context::default();
            context.set("sts:ExternalId", id);
            super::admits(&guarded, &ann(), &context)
        };
        assert_eq!(with("right"), Admission::Delegated);
        assert_eq!(with("wrong"), Admission::No);
        assert_eq!(super::admits(&guarded, &ann(), &Context::default()), Admission::No);
    }
}
