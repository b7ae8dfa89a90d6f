//! Documents as people write them, good and bad, and the place of every fault.

use super::*;

#[test]
fn every_value_may_be_single_or_a_list() {
    let one = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole",
        "Condition":{"Bool":{"aws:MultiFactorAuthPresent":true},"NumericLessThan":{"aws:MultiFactorAuthAge":3600}}}}"#;
    let many = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["111111111111"]},"Action":["sts:AssumeRole"],
        "Condition":{"Bool":{"aws:MultiFactorAuthPresent":["true"]},"NumericLessThan":{"aws:MultiFactorAuthAge":["3600"]}}}]}"#;
    let document = Document::parse(one).unwrap();
    assert_eq!(document, Document::parse(many).unwrap());
    assert_eq!(document.version, Version::Old);
    assert_eq!(document.statements[0].conditions[1].values, ["3600"]);
    let encoded =
        percent_encoding::percent_encode(one.as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string();
    assert_eq!(Document::parse(&encoded).unwrap(), document);
}

#[test]
fn every_principal_form_is_read() {
    let read = |principal: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","NotPrincipal":{principal},"NotAction":"a:b"}}]}}"#
        );
        Document::parse(&text).unwrap().statements.remove(0).principals.unwrap()
    };
    assert_eq!(read("\"*\""), read("{\"AWS\":\"*\"}"));
    assert!(read("\"*\"").negated);
    let all = read(r#"{"AWS":"AIDAX","Federated":["f"],"Service":"ec2.amazonaws.com","CanonicalUser":"c"}"#);
    assert_eq!(all.named.len(), 4);
    assert!(all.named.contains(&Principal::Service("ec2.amazonaws.com".into())));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let table = [
        ("", "not JSON, line 1 column 0"),
        ("%FF", "neither JSON nor percent-encoded JSON"),
        ("[]", "the document: expected a policy object"),
        ("{}", "Statement is missing"),
        (r#"{"Version":"2012","Statement":[]}"#, "Version: expected \"2012-10-17\" or \"2008-10-17\""),
        (r#"{"Statement":[],"Statements":1}"#, "Statements: there is no such policy element"),
        (r#"{"Statement":[{"Action":"a"}]}"#, "Statement[0].Effect is missing"),
        (
            r#"{"Statement":{"Effect":"allow","Action":"a"}}"#,
            "Statement.Effect: expected \"Allow\" or \"Deny\"",
        ),
        (r#"{"Statement":{"Effect":"Allow"}}"#, "Statement.Action is missing"),
        (
            r#"{"Statement":{"Effect":"Allow","Action":[1]}}"#,
            "Statement.Action: expected a string or a list of strings",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"a","NotAction":"b"}}"#,
            "Statement.NotAction: cannot stand beside Action",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"a","Conditions":{}}}"#,
            "Statement.Conditions: there is no such policy element",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"a","Principal":{"Aws":"1"}}}"#,
            "Statement.Principal.Aws: there is no such policy element",
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"a"}]}"#,
            "Statement[0].Effect is written twice",
        ),
        (r#"{"Statement":[],"Statement":[]}"#, "Statement is written twice"),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"a","Condition":{"StringLike":{"g.com:sub":"a","g.com:sub":"b"}}}}"#,
            "Statement.Condition.StringLike.g.com:sub is written twice",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"a","Condition":{"StringLike":{"g.com:sub":"a","G.com:Sub":"b"}}}}"#,
            "Statement.Condition.StringLike.g.com:sub is written twice",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"a","Principal":{"AWS":"1","AWS":"2"}}}"#,
            "Statement.Principal.AWS is written twice",
        ),
        ("{\n  \"Statement\": oops}", "not JSON, line 2 column 16"),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"a","Condition":{"Bool":{"k":{}}}}}"#,
            "Statement.Condition.Bool.k: expected a string, a number or a truth value, or a list of them",
        ),
    ];
    for (text, message) in table {
        assert_eq!(Document::parse(text).expect_err(text).to_string(), message, "{text}");
    }
}
