//! Trust policies as people write them, good and bad.

use super::{
    super::{Truth, subject_matches},
    *,
};

const PROVIDER: &str = "arn:aws:iam::111111111111:oidc-provider/gitlab.com";
const SUBJECT: &str = "project_path:acme/shop/api:ref_type:branch:ref:main";

fn web(condition: &str) -> Document {
    Document::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"ci","Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},
            "Action":"sts:AssumeRoleWithWebIdentity","Condition":{condition}}}]}}"#
    ))
    .unwrap()
}

#[test]
fn subjects_are_matched_as_aws_matches_them() {
    use Truth::{False, True, Unknown};
    let table = [
        (r"{}", True, false),
        (r#"{"StringEquals":{"gitlab.com:aud":"https://gitlab.com"}}"#, True, false),
        (r#"{"StringEquals":{"gitlab.com:aud":"https://other.example"}}"#, False, false),
        (r#"{"StringLike":{"gitlab.com:sub":"project_path:acme/*"}}"#, True, true),
        (r#"{"StringLike":{"GitLab.com:SUB":"project_path:acme/*"}}"#, True, true),
        (
            r#"{"StringLike":{"gitlab.com:sub":["project_path:x/*","project_path:acme/shop/api:*:ref:main"]}}"#,
            True,
            true,
        ),
        (r#"{"StringLike":{"gitlab.com:sub":"*"}}"#, True, false),
        (r#"{"StringLike":{"gitlab.com:sub":["project_path:x/*","?*"]}}"#, True, false),
        (r#"{"StringEquals":{"gitlab.com:sub":"project_path:acme/*"}}"#, False, true),
        (r#"{"StringLike":{"gitlab.com:sub":"project_path:ACME/*"}}"#, False, true),
        (r#"{"StringNotLike":{"gitlab.com:sub":"project_path:evil/*"}}"#, True, false),
        (r#"{"ForAllValues:StringLike":{"gitlab.com:sub":"project_path:other/*"}}"#, False, true),
        (r#"{"StringLikeIfExists":{"gitlab.com:sub":"project_path:acme/*"}}"#, True, true),
        (r#"{"StringLike":{"gitlab.example.com:sub":"project_path:acme/*"}}"#, False, false),
        (r#"{"StringEquals":{"gitlab.com:project_path":"acme/shop/api"}}"#, False, false),
        (r#"{"ForAllValues:StringEquals":{"gitlab.com:project_path":"x"}}"#, True, false),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, Unknown, false),
        (r#"{"Null":{"gitlab.com:sub":"false"}}"#, True, false),
    ];
    for (condition, truth, constrained) in table {
        let document = web(condition);
        let found = subject_matches(&document.statements[0], "gitlab.com", SUBJECT, "https://gitlab.com");
        assert_eq!(found, truth, "{condition}");
        let all = trusted(&document);
        assert_eq!(all[0].web.as_ref().unwrap().constrained, constrained, "{condition}");
    }
}

#[test]
fn a_web_identity_statement_comes_apart() {
    let document = web(
        r#"{"StringLike":{"gitlab.com:sub":"project_path:acme/*:ref:main"},"StringEquals":{"gitlab.com:aud":["a","b"]}}"#,
    );
    let all = trusted(&document);
    let [one] = &all[..] else { panic!("{all:?}") };
    assert_eq!((one.kind, one.sid, one.excepted), (Kind::WebIdentity, Some("ci"), false));
    let web = one.web.as_ref().unwrap();
    assert_eq!((web.provider, web.issuer, &web.audiences[..]), (PROVIDER, "gitlab.com", &["a", "b"][..]));
    assert_eq!(web.subjects[0].patterns, ["project_path:acme/*:ref:main"]);
    assert!(web.subjects[0].operator.has_wildcards());
    assert_eq!(
        one.conditions,
        ["gitlab.com:aud is \"a\" or \"b\"", "gitlab.com:sub is like \"project_path:acme/*:ref:main\""]
    );
}

#[test]
fn each_principal_enters_by_its_own_call() {
    let text = r#"{"Statement":[
        {"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":["111111111111","AIDACKCEVSQ6C2EXAMPLE"]}},
        {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}},
        {"Effect":"Allow","Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"arn:aws:iam::111111111111:saml-provider/okta"}},
        {"Effect":"Allow","Action":"sts:*","Principal":"*"},
        {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Federated":"accounts.google.com"}},
        {"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"accounts.google.com"}},
        {"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"AWS":"222222222222"}}]}"#;
    let document = Document::parse(text).unwrap();
    let found: Vec<_> = trusted(&document).iter().map(|one| (one.statement, one.kind)).collect();
    assert_eq!(
        found,
        [
            (0, Kind::AssumeRole),
            (0, Kind::AssumeRole),
            (1, Kind::Service),
            (2, Kind::Saml),
            (3, Kind::AssumeRole),
            (3, Kind::WebIdentity),
            (3, Kind::Saml),
            (5, Kind::WebIdentity),
        ]
    );
    assert!(trusted(&document)[1].principal.is_orphan());
    assert_eq!(trusted(&document)[7].web.as_ref().unwrap().issuer, "accounts.google.com");
}
