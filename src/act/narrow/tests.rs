//! Narrowed policies, word for word.

use super::*;

const GITLAB: &str = "arn:aws:iam::111111111111:oidc-provider/gitlab.com";
const OTHER: &str = "arn:aws:iam::111111111111:oidc-provider/other.example";
const MAIN: &str = "project_path:a/b:ref_type:branch:ref:main";

fn set(values: &[&str]) -> BTreeSet<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

fn tokens(subjects: &[&str]) -> Tokens {
    Tokens { subjects: set(subjects), ..Tokens::default() }
}

fn policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)
}

fn same(found: Option<String>, expected: &str) {
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(read(&found.expect("something is left")), read(&policy(expected)));
}

#[test]
fn subjects_audience_and_numbers_are_asked_for_and_the_rest_stays() {
    let wide = policy(&format!(
        r#"[{{"Sid":"ci","Effect":"Allow","Principal":{{"Federated":"{GITLAB}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{
            "StringLike":{{"gitlab.com:sub":"project_path:a/*"}},"StringNotLike":{{"gitlab.com:sub":"*:ref:evil"}},
            "StringEquals":{{"GitLab.com:AUD":["x","y"],"gitlab.com:ref_protected":"true"}},"Bool":{{"aws:x":"true"}}}}}},
           {{"Effect":"Allow","Principal":{{"Service":"ec2.amazonaws.com"}},"Action":"sts:AssumeRole"}}]"#
    ));
    let wanted = Tokens { audiences: set(&["x"]), projects: BTreeSet::from([7]), ..tokens(&[MAIN]) };
    let found = to_tokens(&wide, GITLAB, &BTreeMap::from([(0, wanted)]));
    same(
        found,
        &format!(
            r#"[{{"Sid":"ci","Effect":"Allow","Principal":{{"Federated":"{GITLAB}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{
            "StringNotLike":{{"gitlab.com:sub":"*:ref:evil"}},
            "StringEquals":{{"gitlab.com:sub":"{MAIN}","gitlab.com:aud":"x","gitlab.com:project_id":"7","gitlab.com:ref_protected":"true"}},
            "Bool":{{"aws:x":"true"}}}}}},
           {{"Effect":"Allow","Principal":{{"Service":"ec2.amazonaws.com"}},"Action":"sts:AssumeRole"}}]"#
        ),
    );
}

#[test]
fn a_statement_nobody_came_by_goes_and_other_providers_keep_theirs() {
    let two = policy(&format!(
        r#"[{{"Effect":"Allow","Principal":{{"Federated":["{GITLAB}","{OTHER}"]}},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"]}},
           {{"Effect":"Allow","Principal":{{"Federated":"{GITLAB}"}},"Action":"sts:AssumeRoleWithWebIdentity"}},
           {{"Effect":"Deny","Principal":{{"Federated":"{GITLAB}"}},"Action":"sts:AssumeRoleWithWebIdentity"}}]"#
    ));
    let found = to_tokens(
        &two,
        GITLAB,
        &BTreeMap::from([(0, tokens(&[MAIN, "project_path:a/b:ref_type:tag:ref:v*"]))]),
    );
    let action = r#""Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"]"#;
    same(
        found,
        &format!(
            r#"[{{"Effect":"Allow","Principal":{{"Federated":"{GITLAB}"}},{action},
                 "Condition":{{"StringLike":{{"gitlab.com:sub":["{MAIN}","project_path:a/b:ref_type:tag:ref:v*"]}}}}}},
               {{"Effect":"Allow","Principal":{{"Federated":"{OTHER}"}},{action}}},
               {{"Effect":"Deny","Principal":{{"Federated":"{GITLAB}"}},"Action":"sts:AssumeRoleWithWebIdentity"}}]"#
        ),
    );
    let one = policy(&format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"{GITLAB}"}},"Action":"sts:AssumeRoleWithWebIdentity"}}"#
    ));
    assert_eq!(to_tokens(&one, GITLAB, &BTreeMap::new()), None, "IAM takes no policy that lets nobody in");
    assert_eq!(to_tokens("nonsense", GITLAB, &BTreeMap::new()), None);
}

#[test]
fn whole_accounts_become_those_who_came() {
    const ROOT: &str = "arn:aws:iam::111111111111:root";
    let trust = policy(&format!(
        r#"[{{"Effect":"Allow","Principal":{{"AWS":["{ROOT}","arn:aws:iam::111111111111:user/ann"]}},"Action":"sts:AssumeRole",
             "Condition":{{"StringEquals":{{"sts:ExternalId":"x"}}}}}},
           {{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}},
           {{"Effect":"Allow","Principal":{{"AWS":"222222222222"}},"Action":"sts:TagSession"}}]"#
    ));
    assert_eq!(wholes(&trust), [(0, ROOT.to_owned()), (1, "*".to_owned())]);
    let bob = set(&["arn:aws:iam::111111111111:user/bob"]);
    let wanted = BTreeMap::from([(0, (ROOT.to_owned(), bob.clone())), (1, ("*".to_owned(), bob))]);
    same(
        to_principals(&trust, &wanted),
        r#"[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:user/ann","arn:aws:iam::111111111111:user/bob"]},"Action":"sts:AssumeRole",
             "Condition":{"StringEquals":{"sts:ExternalId":"x"}}},
           {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/bob"},"Action":"sts:AssumeRole"},
           {"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:TagSession"}]"#,
    );
}

#[test]
fn many_refs_of_one_folder_become_a_pattern() {
    let head = "project_path:a/b:ref_type:branch:ref:";
    let refs = |names: &[&str]| names.iter().map(|name| format!("{head}{name}")).collect::<BTreeSet<_>>();
    let few = refs(&["main", "feature/a", "feature/b"]);
    assert_eq!(fitted(&few, false), few);
    assert_eq!(fitted(&few, true), refs(&["main", "feature/*"]));
    let many = refs(&["main", "fix/x", "feature/1", "feature/2", "feature/3", "feature/4", "feature/5"]);
    assert_eq!(fitted(&many, false), refs(&["main", "fix/x", "feature/*"]));
    let odd = set(&["project_id:7:ref:x:ref_type:branch"]);
    assert_eq!(fitted(&odd, true), odd, "where the ref is not at the end nothing is guessed");
}

#[test]
fn a_new_role_trusts_what_it_is_told() {
    let wanted = BTreeMap::from([(
        GITLAB.to_owned(),
        Tokens { audiences: set(&["https://gitlab.com"]), ..tokens(&[MAIN]) },
    )]);
    same(
        Some(for_new_role(&wanted)),
        &format!(
            r#"[{{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{{"Federated":"{GITLAB}"}},
                "Condition":{{"StringEquals":{{"gitlab.com:aud":"https://gitlab.com","gitlab.com:sub":"{MAIN}"}}}}}}]"#
        ),
    );
}
