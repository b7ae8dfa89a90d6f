//! May this principal do this to that? Its own policies and its boundary decide; what a resource's own policy adds is not asked.
//!
//! Source: AWS documentation, "Policy evaluation logic", within one account.

use super::{
    assume::{Caller, boundary, request_of},
    decide::{Answer, Question, Said, decide},
    request::Truth,
};

/// The answer, and why in one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    pub truth: Truth,
    pub why: String,
}

/// Says whether the caller's policies allow an action on a resource of its own account. Service control policies and the like are unseen.
pub fn is_allowed(caller: &Caller<'_>, action: &str, resource: &str) -> Allowed {
    let request = request_of(caller);
    let question = Question { action, resource, request: &request };
    let answer = |truth, why: String| Allowed { truth, why };
    let name = caller.arn.name();
    let Some(policies) = caller.policies.as_deref() else {
        return answer(Truth::Unknown, format!("the policies of {name} were not read"));
    };
    let (identity, boundary) = (decide(policies, question), boundary(caller, question));
    match (identity.said, boundary.said) {
        (Said::Denied, _) => {
            answer(Truth::False, format!("the policy `{}` of {name} denies it", identity.policy))
        }
        (_, Said::Denied) => answer(Truth::False, format!("the boundary of {name} denies it")),
        (_, Said::Silent) => answer(Truth::False, format!("the boundary of {name} does not allow it")),
        (Said::Silent, _) if caller.partly => {
            answer(Truth::Unknown, format!("not all policies of {name} were read"))
        }
        (Said::Silent, _) => answer(Truth::False, format!("no policy of {name} allows it")),
        (Said::Perhaps, _) => answer(Truth::Unknown, hangs_on(&identity)),
        (Said::Allowed, Said::Perhaps) if boundary.conditions.is_empty() && boundary.doubts.is_empty() => {
            answer(Truth::Unknown, format!("the boundary of {name} was not read"))
        }
        (Said::Allowed, Said::Perhaps) => answer(Truth::Unknown, hangs_on(&boundary)),
        // A policy that was not read may deny it.
        (Said::Allowed, Said::Allowed) if caller.partly => answer(
            Truth::Unknown,
            format!(
                "the policy `{}` of {name} allows it, and not all of its policies were read",
                identity.policy
            ),
        ),
        (Said::Allowed, Said::Allowed) => {
            answer(Truth::True, format!("the policy `{}` of {name} allows it", identity.policy))
        }
    }
}

fn hangs_on(answer: &Answer<'_>) -> String {
    let words: Vec<&str> = answer.conditions.iter().chain(&answer.doubts).map(String::as_str).collect();
    words.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::name::Arn,
        policy::{Boundary, Document, NamedPolicy},
    };

    #[test]
    fn policies_and_boundary_decide_and_what_is_unread_is_unknown() {
        let arn = Arn::new("arn:aws:iam::111111111111:user/operator").unwrap();
        let read = |statements: &str| {
            Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap()
        };
        let iam = read(r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#);
        let from_home = read(
            r#"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#,
        );
        let deny = read(r#"{"Effect":"Deny","Action":"iam:Delete*","Resource":"*"}"#);
        let s3 = read(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
        let ask = |documents: Option<&[&Document]>, partly: bool, boundary: Boundary<'_>, action: &str| {
            let named = |&document: &_| NamedPolicy { name: "p", document };
            let policies = documents.map(|documents: &[&Document]| documents.iter().map(named).collect());
            let caller = Caller { arn: &arn, unique_id: None, policies, partly, boundary };
            is_allowed(&caller, action, "arn:aws:iam::111111111111:role/x")
        };
        let create = "iam:CreateRole";
        assert_eq!(ask(Some(&[&iam]), false, Boundary::None, create).truth, Truth::True);
        assert_eq!(ask(Some(&[&iam, &deny]), false, Boundary::None, "iam:DeleteRole").truth, Truth::False);
        assert_eq!(ask(Some(&[&s3]), false, Boundary::None, create).truth, Truth::False);
        assert_eq!(ask(Some(&[&s3]), true, Boundary::None, create).truth, Truth::Unknown);
        assert_eq!(ask(None, false, Boundary::None, create).truth, Truth::Unknown);
        let limited = ask(Some(&[&iam]), false, Boundary::Document(&s3), create);
        assert_eq!(
            (limited.truth, &*limited.why),
            (Truth::False, "the boundary of operator does not allow it")
        );
        assert_eq!(ask(Some(&[&iam]), false, Boundary::Unread, create).truth, Truth::Unknown);
        let home = ask(Some(&[&from_home]), false, Boundary::None, create);
        assert!(home.truth == Truth::Unknown && home.why.contains("aws:SourceIp"), "{home:?}");
    }
}
