//! Who a statement's `Principal` names, and whether a caller is among them. Names are compared to the letter, and there
//! are no partial wildcards.

use super::document::Principals;
use crate::base::name::{AccountId, Arn};

/// One entry of `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// `"*"` and `{"AWS": "*"}`, which are the same.
    Everyone,
    /// An ARN, a bare account id, or the unique id of a principal that was deleted.
    Aws(String),
    /// An OIDC or SAML provider's ARN, or one of the four providers AWS knows by host.
    Federated(String),
    /// `ec2.amazonaws.com`
    Service(String),
    /// Of use to S3 only.
    Canonical(String),
}

/// Somebody who makes a request.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// A user, a role, a role's session (`assumed-role/R/S`), a federated user or an account's root.
    Aws {
        arn: &'a Arn,
        /// `AIDA...` or `AROA...`, where it is known.
        unique_id: Option<&'a str>,
    },
    Service(&'a str),
    /// A provider's ARN or host.
    Federated(&'a str),
}

/// How a statement names an actor; the strongest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named<'a> {
    /// One session of the role, by this session name; other sessions are not meant.
    Session(&'a str),
    /// By account: the account's own policies decide.
    Account(AccountId),
    /// As everybody is.
    Everyone,
    /// By name or unique id.
    Direct,
}

impl Principal {
    /// The account that `arn:aws:iam::A:root` or the bare number stands for: everybody the account lets.
    pub fn whole_account(&self) -> Option<AccountId> {
        let Self::Aws(text) = self else { return None };
        // Asked for every pair of caller and role: what is clearly something else is not taken apart.
        if text.len() == 12 {
            return text.parse().ok();
        }
        let arn = text.ends_with(":root").then(|| Arn::new(text)).flatten()?;
        (arn.service() == "iam" && arn.resource() == "root").then(|| arn.account()).flatten()
    }

    /// Is this the unique id that IAM shows in place of a principal that was deleted? It matches nobody, and a new user
    /// of the old name does not take its place.
    pub fn is_orphan(&self) -> bool {
        let Self::Aws(text) = self else { return false };
        ["AIDA", "AROA", "AGPA", "ANPA"].iter().any(|prefix| text.starts_with(prefix))
            && text.len() >= 16
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    }

    /// How this entry names the actor, if it does.
    pub fn names<'a>(&'a self, actor: Actor<'_>) -> Option<Named<'a>> {
        match (self, actor) {
            (Self::Everyone, Actor::Aws { .. } | Actor::Federated(_)) => Some(Named::Everyone),
            (Self::Service(text), Actor::Service(name)) | (Self::Federated(text), Actor::Federated(name)) => {
                (text == name).then_some(Named::Direct).or_else(|| (text == "*").then_some(Named::Everyone))
            }
            (Self::Aws(text), Actor::Aws { arn, unique_id }) => {
                if text == arn.as_str() || unique_id == Some(text) {
                    return Some(Named::Direct);
                }
                if let Some(account) = self.whole_account() {
                    let partition = Arn::new(text).is_none_or(|whole| whole.partition() == arn.partition());
                    return (partition && arn.account() == Some(account)).then_some(Named::Account(account));
                }
                related(text, arn)
            }
            _ => None,
        }
    }
}

/// A role's ARN names its sessions, and a session's ARN names its role in that session only. The session's ARN lacks the
/// role's path, so that names alone are compared; role names are unique in an account.
fn related<'a>(text: &'a str, arn: &Arn) -> Option<Named<'a>> {
    // Users are the bulk of all callers, and no name but their own is theirs.
    if arn.resource().starts_with("user/") {
        return None;
    }
    let named = Arn::new(text)?;
    if named.partition() != arn.partition() || named.account() != arn.account() {
        return None;
    }
    let is_role = |arn: &Arn| arn.service() == "iam" && arn.resource().starts_with("role/");
    match (named.assumed_role(), arn.assumed_role()) {
        (None, Some((role, _))) if is_role(&named) => (named.name() == role).then_some(Named::Direct),
        (Some((role, _)), None) if is_role(arn) => {
            let session = text.rsplit('/').next().unwrap_or_default();
            (arn.name() == role).then_some(Named::Session(session))
        }
        _ => None,
    }
}

impl Principals {
    /// The strongest way in which the statement names the actor. With `NotPrincipal`: everyone, unless they are named.
    pub fn names<'a>(&'a self, actor: Actor<'_>) -> Option<Named<'a>> {
        let strongest = self.named.iter().filter_map(|principal| principal.names(actor)).max();
        match (self.negated, strongest) {
            (false, found) => found,
            (true, None) => Some(Named::Everyone),
            (true, Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_named_directly_by_account_or_with_everyone() {
        let account = Named::Account("111111111111".parse().unwrap());
        let user = "arn:aws:iam::111111111111:user/ci/deploy";
        let role = "arn:aws:iam::111111111111:role/ci/deploy";
        let session = "arn:aws:sts::111111111111:assumed-role/deploy/job-7";
        let china = "arn:aws-cn:iam::111111111111:user/ci/deploy";
        let table = [
            ("*", user, Some(Named::Everyone)),
            (user, user, Some(Named::Direct)),
            ("arn:aws:iam::111111111111:user/ci/Deploy", user, None),
            ("arn:aws:iam::111111111111:user/ci/*", user, None),
            ("111111111111", user, Some(account)),
            ("arn:aws:iam::111111111111:root", user, Some(account)),
            ("arn:aws:iam::111111111111:root", china, None),
            ("arn:aws-cn:iam::111111111111:root", china, Some(account)),
            ("111111111111", china, Some(account)),
            ("222222222222", user, None),
            (role, session, Some(Named::Direct)),
            ("arn:aws:iam::111111111111:role/other", session, None),
            (session, session, Some(Named::Direct)),
            (session, role, Some(Named::Session("job-7"))),
            (session, user, None),
            ("AIDACKCEVSQ6C2EXAMPLE", user, None),
        ];
        for (written, caller, expected) in table {
            let principal =
                if written == "*" { Principal::Everyone } else { Principal::Aws(written.to_owned()) };
            let arn = Arn::new(caller).unwrap();
            let found = principal.names(Actor::Aws { arn: &arn, unique_id: None });
            assert_eq!(found, expected, "{written} {caller}");
        }
    }

    #[test]
    fn a_unique_id_is_an_orphan_unless_it_is_the_callers() {
        let principal = Principal::Aws("AROA3ISBVQKHLCPMWHJG5".into());
        assert!(principal.is_orphan());
        assert!(!Principal::Aws("arn:aws:iam::111111111111:user/AIDA".into()).is_orphan());
        let arn = Arn::new("arn:aws:iam::774305579662:role/x").unwrap();
        let known = Actor::Aws { arn: &arn, unique_id: Some("AROA3ISBVQKHLCPMWHJG5") };
        assert_eq!(principal.names(known), Some(Named::Direct));
    }

    #[test]
    fn services_and_providers_are_only_themselves() {
        let provider = "arn:aws:iam::111111111111:oidc-provider/gitlab.com";
        let federated = Principal::Federated(provider.into());
        assert_eq!(federated.names(Actor::Federated(provider)), Some(Named::Direct));
        assert_eq!(federated.names(Actor::Service(provider)), None);
        let service = Principal::Service("ec2.amazonaws.com".into());
        assert_eq!(service.names(Actor::Service("ec2.amazonaws.com")), Some(Named::Direct));
        assert_eq!(service.names(Actor::Service("ecs.amazonaws.com")), None);
        let others = Principals { negated: true, named: vec![service] };
        assert_eq!(others.names(Actor::Service("ec2.amazonaws.com")), None);
        assert_eq!(others.names(Actor::Service("ecs.amazonaws.com")), Some(Named::Everyone));
    }
}
