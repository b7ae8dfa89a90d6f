//! Tokens of gitlab.com and of a GitLab of one's own against trust policies as people write them.

use super::*;
use Grade::{Denied, Possible, Proven};

const COM: &str = "arn:aws:iam::111111111111:oidc-provider/gitlab.com";
const OWN: &str = "arn:aws:iam::111111111111:oidc-provider/gitlab.acme.example";
const SUB: &str = "project_path:acme/shop/api:ref_type:branch:ref:main";

fn trust(provider: &str, condition: &str) -> Document {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"ci","Effect":"Allow","Principal":{{"Federated":"{provider}"}},
            "Action":"sts:AssumeRoleWithWebIdentity","Condition":{condition}}}]}}"#
    );
    Document::parse(&text).unwrap()
}

fn asked(provider: &str, condition: &str, audiences: Option<&[&str]>, claims: &Request) -> Verdict {
    let audiences: Option<Vec<String>> =
        audiences.map(|list| list.iter().map(|&audience| audience.to_owned()).collect());
    let caller = WebCaller { provider, audiences: audiences.as_deref(), claims };
    can_assume_with_token(&caller, &trust(provider, condition))
}

const ONLY: &str = r#"{"StringEquals":{"gitlab.com:aud":"b"}}"#;

fn claims() -> Request {
    Request::default().with("sub", SUB).with("aud", "sts.amazonaws.com")
}

#[test]
fn the_nine_claims_of_gitlab_com_and_none_of_another() {
    let claims =
        claims().with("project_id", "42").with("project_path", "acme/shop/api").with("ref_protected", "true");
    let table = [
        (COM, r#"{"StringEquals":{"gitlab.com:project_id":"42"}}"#, Proven),
        (COM, r#"{"StringEquals":{"GitLab.com:Project_ID":"43"}}"#, Denied),
        (COM, r#"{"StringEquals":{"gitlab.com:ref_protected":"true"}}"#, Proven),
        // In every token, but with a value nobody told.
        (COM, r#"{"StringEquals":{"gitlab.com:namespace_id":"7"}}"#, Possible),
        (COM, r#"{"Null":{"gitlab.com:user_login":"true"}}"#, Denied),
        // In the token, but no condition key.
        (COM, r#"{"StringEquals":{"gitlab.com:project_path":"acme/shop/api"}}"#, Denied),
        (COM, r#"{"StringNotEquals":{"gitlab.com:environment":"prod"}}"#, Proven),
        (COM, r#"{"StringEqualsIfExists":{"gitlab.com:ref":"main"}}"#, Proven),
        (COM, r#"{"ForAllValues:StringEquals":{"gitlab.com:ref":"main"}}"#, Proven),
        (COM, r#"{"ForAnyValue:StringEquals":{"gitlab.com:ref":"main"}}"#, Denied),
        (OWN, r#"{"StringEquals":{"gitlab.acme.example:project_id":"42"}}"#, Denied),
        (OWN, r#"{"StringLike":{"gitlab.acme.example:sub":"project_path:acme/*"}}"#, Proven),
        (OWN, r#"{"StringLike":{"gitlab.com:sub":"project_path:acme/*"}}"#, Denied),
        (OWN, r#"{"StringNotLike":{"gitlab.com:sub":"project_path:acme/*"}}"#, Proven),
        (OWN, r#"{"StringEquals":{"gitlab.acme.example:amr":"x"}}"#, Possible),
        (OWN, r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, Possible),
        // The call is not signed and has no such parameter.
        (OWN, r#"{"StringEquals":{"sts:ExternalId":"x"}}"#, Denied),
        (OWN, r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/*"}}"#, Denied),
        (OWN, "{}", Proven),
    ];
    for (provider, condition, grade) in table {
        let verdict = asked(provider, condition, Some(&["sts.amazonaws.com"]), &claims);
        assert_eq!(verdict.grade, grade, "{provider} {condition} {verdict:?}");
    }
}

/// Condition, the provider's list, the token's audience, and what is answered.
type Audiences = (&'static str, Option<&'static [&'static str]>, Option<&'static str>, Grade, &'static str);

#[test]
fn the_providers_audiences_decide_with_the_policy() {
    let chosen = Request::default().with("sub", SUB);
    let table: [Audiences; 12] = [
        ("{}", Some(&["a", "b"]), Some("a"), Proven, ""),
        ("{}", Some(&["a", "b"]), Some("A"), Denied, ""),
        ("{}", Some(&[]), Some("a"), Denied, ""),
        ("{}", None, Some("a"), Possible, "only if the provider accepts the audience \"a\""),
        (ONLY, Some(&["a", "b"]), Some("a"), Denied, ""),
        (ONLY, Some(&["a"]), Some("b"), Denied, ""),
        // The job chooses its audience.
        (ONLY, Some(&["a", "b"]), None, Proven, "only with the audience \"b\""),
        ("{}", Some(&["a", "b"]), None, Proven, "only with the audience \"a\" or \"b\""),
        (ONLY, Some(&["a"]), None, Denied, ""),
        ("{}", Some(&[]), None, Denied, ""),
        (
            ONLY,
            None,
            None,
            Possible,
            "only if gitlab.com:aud is \"b\"; only with an audience that the provider accepts",
        ),
        ("{}", None, None, Possible, "only with an audience that the provider accepts"),
    ];
    for (condition, accepted, aud, grade, hangs_on) in table {
        let claims = aud.map_or_else(|| chosen.clone(), |aud| chosen.clone().with("aud", aud));
        let verdict = asked(COM, condition, accepted, &claims);
        let found = (verdict.grade, verdict.conditions.join("; "));
        assert_eq!(found, (grade, hangs_on.to_owned()), "{condition} {accepted:?} {aud:?}");
    }
    let mut several = chosen.clone();
    several.set("aud", Fact::Values(vec!["a".into(), "x".into()]));
    assert_eq!(asked(COM, "{}", Some(&["a"]), &several).grade, Possible);
    assert_eq!(asked(COM, "{}", Some(&["a"]), &chosen.without("aud")).grade, Denied);
}

#[test]
fn denies_doubts_and_other_providers() {
    let text = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/gitlab.com"},"Action":"sts:*"},
        {"Sid":"no","Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity",
         "Condition":{"StringNotLike":{"gitlab.com:sub":"project_path:acme/*"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"#;
    let document = Document::parse(text).unwrap();
    let verdict = |provider: &str, sub: &str| {
        let accepted = ["sts.amazonaws.com".to_owned()];
        let claims = claims().with("sub", sub);
        can_assume_with_token(&WebCaller { provider, audiences: Some(&accepted), claims: &claims }, &document)
    };
    let inside = verdict(COM, SUB);
    assert_eq!((inside.grade, &*inside.why), (Proven, "trust policy statement 1 names the token"));
    assert_eq!(inside.unseen, ["resource control policies", "VPC endpoint policies"]);
    let doubted = verdict(COM, "project_path:evil/x:ref_type:branch:ref:main");
    assert_eq!((doubted.grade, doubted.conditions.len()), (Possible, 1));
    assert!(doubted.conditions[0].starts_with("not if aws:SourceIp is in"), "{doubted:?}");
    assert_eq!(verdict(OWN, SUB).grade, Denied);
    assert!(verdict(OWN, SUB).unseen.is_empty());
}
