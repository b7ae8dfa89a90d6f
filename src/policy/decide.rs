//! What a set of identity policies says about one action on one resource: an explicit deny ends it, an allow permits it,
//! and silence is a no.

use super::{
    assume::NamedPolicy,
    condition::{holds, weigh},
    document::{Effect, Selection, Statement, Version},
    pattern::{matches_any_case, pieces_match},
    request::{Request, Truth},
    trust::OwnPlace,
    variable::{Filled, fill},
};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    pub(super) request: &'a Request,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Denied,
    /// No statement is about it.
    Silent,
    /// It depends on what cannot be known; the conditions tell.
    Perhaps,
    Allowed,
}

/// The answer, the policy that gave it, and what it hangs on.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) said: Said,
    pub(super) policy: &'a str,
    /// The statement of that policy, counted from 0.
    index: usize,
    /// `only if ...`, for [`Said::Perhaps`].
    pub(super) conditions: Vec<String>,
    /// `not if ...`: denies that may or may not apply. They count even where silence would do.
    pub(super) doubts: Vec<String>,
}

impl Answer<'_> {
    /// The answer where there is no policy to ask.
    pub(super) const fn without_policy(said: Said) -> Self {
        Self { said, policy: "", index: 0, conditions: Vec::new(), doubts: Vec::new() }
    }

    /// Where the answer stands; `None` where no statement gave it.
    pub(super) fn place(&self) -> Option<OwnPlace> {
        (!self.policy.is_empty()).then(|| OwnPlace { policy: self.policy.to_owned(), index: self.index })
    }
}

pub(super) fn decide<'a>(policies: &[NamedPolicy<'a>], question: Question<'_>) -> Answer<'a> {
    let mut best = Answer::without_policy(Said::Silent);
    let mut doubts = Vec::new();
    for policy in policies {
        for (index, statement) in policy.document.statements.iter().enumerate() {
            let found = match (applies(statement, question), statement.effect) {
                (Truth::False, _) => continue,
                (Truth::True, Effect::Deny) => {
                    return Answer { policy: policy.name, index, ..Answer::without_policy(Said::Denied) };
                }
                (Truth::Unknown, Effect::Deny) => {
                    doubts.extend(hangs_on(statement, question).iter().map(|text| format!("not if {text}")));
                    continue;
                }
                (Truth::True, Effect::Allow) => Said::Allowed,
                (Truth::Unknown, Effect::Allow) => Said::Perhaps,
            };
            if found > best.said {
                let conditions = match found {
                    Said::Perhaps => hangs_on(statement, question),
                    _ => Vec::new(),
                };
                let conditions = conditions.iter().map(|text| format!("only if {text}")).collect();
                best = Answer { said: found, policy: policy.name, index, conditions, doubts: Vec::new() };
            }
        }
    }
    if !doubts.is_empty() && best.said == Said::Allowed {
        best.said = Said::Perhaps;
    }
    Answer { doubts, ..best }
}

/// What an identity statement with an unknown answer depends on, in words; never empty.
fn hangs_on(statement: &Statement, question: Question<'_>) -> Vec<String> {
    let mut words = open(statement, question.request);
    if let Some(resources) = &statement.resources
        && resources.has_resource(question.resource, statement.version, question.request) == Truth::Unknown
    {
        words.push("its resource variable names the role".to_owned());
    }
    words
}

/// The conditions of a statement that are not certainly met, in words.
pub(super) fn open(statement: &Statement, request: &Request) -> Vec<String> {
    let unmet = |condition: &&_| weigh(condition, statement.version, request) != Truth::True;
    statement.conditions.iter().filter(unmet).map(ToString::to_string).collect()
}

fn applies(statement: &Statement, question: Question<'_>) -> Truth {
    if !statement.actions.has_action(question.action) {
        return Truth::False;
    }
    let Some(resources) = &statement.resources else { return Truth::False };
    let named = resources.has_resource(question.resource, statement.version, question.request);
    if named == Truth::False { Truth::False } else { named.and(holds(statement, question.request)) }
}

impl Selection {
    /// Is the action meant? Action names are matched in any case.
    pub fn has_action(&self, action: &str) -> bool {
        self.patterns.iter().any(|pattern| matches_any_case(pattern, action)) != self.negated
    }

    /// Is the resource meant? Unknown where a policy variable in it cannot be known. A variable without a value matches
    /// nothing; whether `NotResource` then means everything or the whole statement falls, AWS says both ways.
    ///
    /// Source: AWS documentation, "IAM policy elements: Variables and tags", its note and "Policy variables with no value".
    pub fn has_resource(&self, resource: &str, version: Version, request: &Request) -> Truth {
        let matched =
            Truth::any(self.patterns.iter().map(|pattern| match fill(pattern, version, request, true) {
                Filled::Pieces(pieces) => pieces_match(&pieces, resource).into(),
                Filled::Unresolved if !self.negated => Truth::False,
                Filled::Unresolved | Filled::Unknown => Truth::Unknown,
            }));
        if self.negated { !matched } else { matched }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::document::Document, *};

    const ROLE: &str = "arn:aws:iam::111111111111:role/ci/deploy";

    fn said(statements: &str, request: &Request) -> (Said, Vec<String>) {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let document = Document::parse(&text).unwrap();
        let question = Question { action: "sts:AssumeRole", resource: ROLE, request };
        let answer = decide(&[NamedPolicy { name: "p", document: &document }], question);
        (answer.said, [answer.conditions, answer.doubts].concat())
    }

    #[test]
    fn actions_and_resources_select() {
        let request = Request::default().with("aws:username", "deploy").without("aws:PrincipalTag/gone");
        let table = [
            (r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, Said::Allowed),
            (
                r#"{"Effect":"Allow","Action":"STS:assume*","Resource":"arn:aws:iam::*:role/ci/*"}"#,
                Said::Allowed,
            ),
            (
                r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111111111111:role/deploy"}"#,
                Said::Silent,
            ),
            (r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#, Said::Allowed),
            (r#"{"Effect":"Allow","NotAction":"sts:*","Resource":"*"}"#, Said::Silent),
            (
                r#"{"Effect":"Allow","Action":"sts:*","NotResource":"arn:aws:iam::*:role/admin"}"#,
                Said::Allowed,
            ),
            (
                r#"{"Effect":"Allow","Action":"sts:*","Resource":"arn:aws:iam::*:role/ci/${aws:username}"}"#,
                Said::Allowed,
            ),
            (
                r#"{"Effect":"Allow","Action":"sts:*","Resource":"arn:aws:iam::*:role/ci/${aws:PrincipalTag/x}"}"#,
                Said::Perhaps,
            ),
            (
                r#"{"Effect":"Allow","Action":"sts:*","Resource":"arn:aws:iam::*:role/ci/${aws:PrincipalTag/gone}"}"#,
                Said::Silent,
            ),
            (
                r#"{"Effect":"Allow","Action":"sts:*","NotResource":"arn:aws:iam::*:role/ci/${aws:PrincipalTag/gone}"}"#,
                Said::Perhaps,
            ),
            (r#"{"Effect":"Allow","Action":"sts:AssumeRole"}"#, Said::Silent),
            (
                r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sts:*","Resource":"*"}"#,
                Said::Denied,
            ),
        ];
        for (statements, expected) in table {
            assert_eq!(said(statements, &request).0, expected, "{statements}");
        }
    }

    #[test]
    fn what_cannot_be_known_is_told() {
        let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#;
        let (answer, conditions) = said(&format!("{allow},{deny}"), &Request::default());
        assert_eq!(
            (answer, conditions),
            (Said::Perhaps, vec!["not if aws:SourceIp is not in \"10.0.0.0/8\"".into()])
        );
        let tagged =
            r#"{"Effect":"Deny","Action":"*","Resource":"arn:aws:iam::*:role/ci/${aws:PrincipalTag/x}"}"#;
        let (answer, conditions) = said(&format!("{allow},{tagged}"), &Request::default());
        let doubt = "not if its resource variable names the role";
        assert_eq!((answer, conditions), (Said::Perhaps, vec![doubt.into()]));
        let inside = Request::default().with("aws:SourceIp", "10.1.2.3");
        assert_eq!(said(&format!("{allow},{deny}"), &inside).0, Said::Allowed);
        let outside = Request::default().with("aws:SourceIp", "203.0.113.7");
        assert_eq!(said(&format!("{allow},{deny}"), &outside).0, Said::Denied);
    }
}
