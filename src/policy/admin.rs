//! Two shapes of a principal's policies that decide how bad a leak is: one that may do everything, and one that may do
//! nothing but become somebody else.

use super::{
    document::{Document, Effect, Selection, Statement, Version},
    request::{Request, Truth},
};

/// What an administrator needs to give itself anything else: one who may do none of these is not called one.
const SELF_SERVICE: [&str; 4] =
    ["iam:AttachUserPolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:PutRolePolicy"];

/// May a principal with these policies do everything? `Action *` on `Resource *` is allowed without a condition, and no
/// statement without a condition denies the writing of policies everywhere.
pub fn is_administrator(documents: &[&Document]) -> bool {
    let all = || documents.iter().flat_map(|document| &document.statements);
    let allowed = all().any(|statement| {
        is_unconditional(statement, Effect::Allow)
            && !statement.actions.negated
            && statement.actions.patterns.iter().any(|pattern| matches!(pattern.as_str(), "*" | "*:*"))
    });
    let denied = |action: &str| {
        all().any(|statement| {
            is_unconditional(statement, Effect::Deny) && statement.actions.has_action(action)
        })
    };
    allowed && !SELF_SERVICE.iter().all(|action| denied(action))
}

fn is_unconditional(statement: &Statement, effect: Effect) -> bool {
    statement.effect == effect
        && statement.conditions.is_empty()
        && statement.resources.as_ref().is_some_and(is_everything)
}

fn is_everything(resources: &Selection) -> bool {
    // A resource nobody would name in a policy: only `*` and its like reach it.
    resources.has_resource("\u{0}", Version::Old, &Request::default()) == Truth::True && !resources.negated
}

/// Do these policies allow nothing but assuming roles, and what belongs to it? False where they allow nothing at all.
pub fn is_assume_only(documents: &[&Document]) -> bool {
    let statements = documents.iter().flat_map(|document| &document.statements);
    let mut allowed = statements.filter(|statement| statement.effect == Effect::Allow).peekable();
    let some = allowed.peek().is_some();
    let mut assumes = false;
    let only = allowed.all(|statement| {
        !statement.actions.negated
            && statement.actions.patterns.iter().all(|pattern| {
                let pattern = pattern.to_ascii_lowercase();
                let assume = pattern.starts_with("sts:assumerole");
                assumes |= assume;
                assume
                    || matches!(
                        pattern.as_str(),
                        "sts:tagsession" | "sts:setsourceidentity" | "sts:getcalleridentity"
                    )
            })
    });
    some && only && assumes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(statements: &[&str]) -> Vec<Document> {
        let one = |text: &&str| Document::parse(&format!(r#"{{"Statement":[{text}]}}"#)).unwrap();
        statements.iter().map(one).collect()
    }

    #[test]
    fn administrators() {
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let table: [(&[&str], bool); 9] = [
            (&[all], true),
            (&[r#"{"Effect":"Allow","Action":["s3:*","*:*"],"Resource":["*"]}"#], true),
            (&[r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#], false),
            (&[r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"}"#], false),
            (&[r#"{"Effect":"Allow","Action":"*","NotResource":"x"}"#], false),
            (
                &[
                    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#,
                ],
                false,
            ),
            (&[all, r#"{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#], false),
            (&[all, r#"{"Effect":"Deny","Action":"cloudtrail:StopLogging","Resource":"*"}"#], true),
            (&[], false),
        ];
        for (statements, expected) in table {
            let read = documents(statements);
            assert_eq!(is_administrator(&read.iter().collect::<Vec<_>>()), expected, "{statements:?}");
        }
    }

    #[test]
    fn those_who_only_become_others() {
        let assume = r#"{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Resource":"*"}"#;
        let table: [(&[&str], bool); 6] = [
            (&[assume], true),
            (&[assume, r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#], true),
            (&[assume, r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#], false),
            (&[r#"{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#], false),
            (&[r#"{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}"#], false),
            (&[], false),
        ];
        for (statements, expected) in table {
            let read = documents(statements);
            assert_eq!(is_assume_only(&read.iter().collect::<Vec<_>>()), expected, "{statements:?}");
        }
    }
}
