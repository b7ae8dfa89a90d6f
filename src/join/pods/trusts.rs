//! Roles that trust the tokens of an EKS cluster's service accounts (IRSA).

use std::sync::Arc;

use super::Account;
use crate::{
    join::{Policies, trust::graded},
    model::{
        aws::{Provider, Role},
        compute::Cluster,
        estate::Estate,
        id::Id,
        link::{Grade, Proof},
    },
    policy::{self, Document, Request, WebCaller, can_assume_with_token, trusted, who::issuer_of},
};

/// The audience of the tokens that EKS puts into pods.
const AUDIENCE: &str = "sts.amazonaws.com";

/// One role that trusts one cluster's issuer.
pub(super) struct PodTrust<'a> {
    pub(super) role: Id,
    /// The cluster's ARN, or its issuer where the cluster was not read.
    pub(super) cluster: Arc<str>,
    /// The ARN of the account's provider for that issuer.
    provider: String,
    audiences: Option<&'a [String]>,
    trust: Arc<Document>,
}

/// Every such role.
pub(super) fn read<'a>(estate: &'a Estate, policies: &Policies<'a>) -> Vec<PodTrust<'a>> {
    let mut trusts: Vec<PodTrust<'a>> = Vec::new();
    for (role, seen) in estate.named::<Role>() {
        let Some(trust) = policies.trust(seen) else { continue };
        for entry in trusted(trust).into_iter().filter(|entry| entry.kind == policy::Kind::WebIdentity) {
            let Some(provider) = entry.web.map(|web| web.provider) else { continue };
            let issuer = issuer_of(provider);
            let cluster = estate.all::<Cluster>().find(|known| known.issuer.as_deref() == Some(issuer));
            if cluster.is_none() && !issuer.starts_with("oidc.eks") {
                continue;
            }
            let cluster = cluster.map_or(issuer, |cluster| cluster.arn.as_str()).into();
            let of_provider = estate.all::<Provider>().find(|known| known.arn.as_str() == provider);
            let audiences = of_provider.and_then(|known| known.audiences.as_deref());
            let is_new = !trusts.iter().any(|known| known.role == *role && known.provider == provider);
            if is_new {
                let (role, provider, trust) = (role.clone(), provider.to_owned(), trust.clone());
                trusts.push(PodTrust { role, cluster, provider, audiences, trust });
            }
        }
    }
    trusts
}

impl PodTrust<'_> {
    /// Service accounts that the trust policy names in full.
    pub(super) fn named(&self) -> Vec<Account> {
        let of_provider = trusted(&self.trust).into_iter().filter_map(|entry| entry.web);
        let webs = of_provider.filter(|web| web.provider == self.provider);
        let subjects = webs.flat_map(|web| web.subjects).filter(|subject| subject.operator.is_positive());
        let patterns = subjects.flat_map(|subject| subject.patterns);
        let named = patterns.filter(|pattern| !pattern.contains(['*', '?', '$'])).filter_map(|pattern| {
            let (namespace, name) = pattern.strip_prefix("system:serviceaccount:")?.split_once(':')?;
            Some(Account { cluster: self.cluster.clone(), namespace: namespace.into(), name: name.into() })
        });
        named.filter(|account| admits(self, account).is_some()).collect()
    }
}

/// Does the trust policy let the service account's tokens in?
pub(super) fn admits(trust: &PodTrust<'_>, account: &Account) -> Option<(Grade, Arc<Proof>)> {
    let claims = Request::default().with("sub", account.subject()).with("aud", AUDIENCE);
    let caller = WebCaller { provider: &trust.provider, audiences: trust.audiences, claims: &claims };
    graded(can_assume_with_token(&caller, &trust.trust))
}
