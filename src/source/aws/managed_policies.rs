//! The policies AWS manages, as far as somebody here has them: bulk reads leave these out, and whether an
//! administrator may assume a role stands in them.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};

use super::{decode, visit::Visit, walk::Walk};
use crate::{base::name::Arn, model::aws::Policy};

/// Questions under way at once.
const AT_ONCE: usize = 4;

/// Does AWS, and not the customer, own this policy?
pub(super) fn is_managed(policy: &Arn) -> bool {
    policy.service() == "iam" && policy.as_str().split(':').nth(4) == Some("aws")
}

pub(super) async fn collect(visit: &Visit, policies: BTreeSet<Arn>) {
    let walk = visit.walk("managed policies").await;
    stream::iter(policies).for_each_concurrent(AT_ONCE, |arn| read(visit, &walk, arn)).await;
    walk.end().await;
}

async fn read(visit: &Visit, walk: &Walk, arn: Arn) {
    if let Some(document) = document(visit, walk, &arn).await {
        walk.saw(vec![Policy { arn, document: Some(decode::document(&document)) }.into()]).await;
    }
}

async fn document(visit: &Visit, walk: &Walk, arn: &Arn) -> Option<String> {
    let (iam, name) = (&visit.clients.iam, arn.name());
    let get = iam.get_policy().policy_arn(arn.as_str()).send();
    let version = walk.ask(&format!("iam:GetPolicy {name}"), get).await?.policy?.default_version_id?;
    let get = iam.get_policy_version().policy_arn(arn.as_str()).version_id(version).send();
    walk.ask(&format!("iam:GetPolicyVersion {name}"), get).await?.policy_version?.document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_policies_without_an_account_are_awss_own() {
        let is = |arn: &str| is_managed(&Arn::new(arn).unwrap());
        assert!(is("arn:aws:iam::aws:policy/AdministratorAccess"));
        assert!(is("arn:aws-cn:iam::aws:policy/service-role/X"));
        assert!(!is("arn:aws:iam::111111111111:policy/own"));
    }
}
