//! May somebody from outside IAM who bears no ID token assume that role? A SAML provider's users and AWS's own services.
//! The trust policy decides alone.

use super::{
    document::Document,
    principal::Actor,
    request::Request,
    trust::{Asked, Verdict},
    web::unsigned,
};

/// Says whether an assertion of this SAML provider opens the role. `known` holds what is known of the assertion under its
/// condition keys (`saml:aud`, `saml:sub`); what was not set cannot be known.
pub fn can_assume_with_saml(provider: &str, known: Request, trust: &Document) -> Verdict {
    let actor = Actor::Federated(provider);
    Asked { trust, action: "sts:AssumeRoleWithSAML", actor }.alone("provider", &unsigned(known))
}

/// Says whether this service (`ec2.amazonaws.com`) may assume the role. On whose behalf it does so cannot be known.
pub fn can_service_assume(service: &str, trust: &Document) -> Verdict {
    let request = Request::default()
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", service)
        .without("aws:PrincipalArn")
        .without("aws:PrincipalOrgID")
        .without("aws:username")
        .without_claims_but(None);
    Asked { trust, action: "sts:AssumeRole", actor: Actor::Service(service) }.alone("service", &request)
}

#[cfg(test)]
mod tests {
    use super::{super::trust::Grade, *};

    const OKTA: &str = "arn:aws:iam::111111111111:saml-provider/okta";

    fn document(statement: &str) -> Document {
        Document::parse(&format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)).unwrap()
    }

    #[test]
    fn saml_providers_are_named_and_their_assertions_weighed() {
        let trust = document(&format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"{OKTA}"}},"Action":"sts:AssumeRoleWithSAML",
                "Condition":{{"StringEquals":{{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}}}}"#
        ));
        let aud = |aud: &str| Request::default().with("saml:aud", aud);
        let table = [
            (OKTA, aud("https://signin.aws.amazon.com/saml"), Grade::Proven),
            (OKTA, aud("https://other.example"), Grade::Denied),
            (OKTA, Request::default(), Grade::Possible),
            ("arn:aws:iam::111111111111:saml-provider/other", Request::default(), Grade::Denied),
        ];
        for (provider, known, grade) in table {
            let verdict = can_assume_with_saml(provider, known, &trust);
            assert_eq!(verdict.grade, grade, "{provider} {verdict:?}");
        }
    }

    #[test]
    fn services_are_only_themselves() {
        let trust = document(
            r#"[{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com"]},"Action":"sts:AssumeRole"},
                {"Effect":"Deny","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole",
                 "Condition":{"StringNotEquals":{"aws:SourceAccount":"111111111111"}}}]"#,
        );
        let ec2 = can_service_assume("ec2.amazonaws.com", &trust);
        assert_eq!((ec2.grade, &*ec2.why), (Grade::Proven, "trust policy statement 1 names the service"));
        let tasks = can_service_assume("ecs-tasks.amazonaws.com", &trust);
        assert_eq!(tasks.grade, Grade::Possible);
        assert_eq!(tasks.conditions, ["not if aws:SourceAccount is not \"111111111111\""]);
        assert_eq!(can_service_assume("lambda.amazonaws.com", &trust).grade, Grade::Denied);
    }
}
