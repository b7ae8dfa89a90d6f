//! Which Kubernetes service accounts get which roles, by a role's trust in the cluster's issuer (IRSA) or by a Pod Identity association,
//! and as which service accounts a runner's jobs run. Clusters themselves are not asked.

mod homes;
mod trusts;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use self::{
    homes::Homes,
    trusts::{PodTrust, admits, read},
};
use super::{Join, linked::Weave, names::Names};
use crate::model::{
    compute::{Cluster, PodIdentity},
    estate::Estate,
    id::Id,
    link::{Grade, Proof, Relation},
    runner_config::RunnerConfig,
};

pub(super) const JOIN: Join = Join { name: "pods", add };

/// A service account: the cluster's ARN, its issuer where the cluster was not read, or `?`; namespace; name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    cluster: Arc<str>,
    namespace: Arc<str>,
    name: Arc<str>,
}

impl Account {
    fn id(&self) -> Id {
        Id::service_account(&self.cluster, &self.namespace, &self.name)
    }

    /// The `sub` of its tokens.
    fn subject(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.name)
    }
}

fn add<'a>(estate: &'a Estate, policies: &super::Policies<'a>, weave: &mut Weave) {
    let trusts = read(estate, policies);
    let mut accounts: BTreeSet<Account> = trusts.iter().flat_map(trusts::PodTrust::named).collect();
    associations(estate, &mut accounts, weave);
    let homes =
        Homes { clusters: clusters(estate, &trusts, &accounts), trusts: &trusts, named: accounts.clone() };
    for (id, config) in estate.named::<RunnerConfig>() {
        for (account, grade, proof) in homes.run_as(config) {
            weave.add(id.clone(), Relation::Starts, account.id(), grade, proof);
            annotated(estate, config, &account, (&trusts, weave));
            accounts.insert(account);
        }
    }
    for account in &accounts {
        for trust in trusts.iter().filter(|trust| trust.cluster == account.cluster) {
            if let Some((grade, proof)) = admits(trust, account) {
                weave.add(account.id(), Relation::MayAssume, trust.role.clone(), grade, proof);
            }
        }
    }
}

/// Every cluster that is known by itself, by an issuer that roles trust, or by an association, with its endpoint where it was read.
fn clusters(
    estate: &Estate,
    trusts: &[PodTrust<'_>],
    accounts: &BTreeSet<Account>,
) -> BTreeMap<Arc<str>, Option<String>> {
    let mut clusters: BTreeMap<Arc<str>, Option<String>> =
        trusts.iter().map(|trust| (trust.cluster.clone(), None)).collect();
    clusters.extend(accounts.iter().map(|account| (account.cluster.clone(), None)));
    let read = estate.all::<Cluster>();
    clusters.extend(read.map(|cluster| (cluster.arn.as_str().into(), cluster.endpoint.clone())));
    clusters
}

fn associations(estate: &Estate, accounts: &mut BTreeSet<Account>, weave: &mut Weave) {
    let names = Names::of(estate);
    for (id, found) in estate.named::<PodIdentity>() {
        let (Some(namespace), Some(name)) = (&found.namespace, &found.service_account) else { continue };
        // `arn:aws:eks:eu-west-1:1:podidentityassociation/ci/a-1` is of `arn:aws:eks:eu-west-1:1:cluster/ci`.
        let arn = found.arn.as_str().replacen(":podidentityassociation/", ":cluster/", 1);
        let cluster = arn.rsplit_once('/').map_or(arn.as_str(), |(cluster, _)| cluster).into();
        let account = Account { cluster, namespace: namespace.clone(), name: name.clone() };
        let proof = Proof::of("the association is for this service account");
        weave.add(id.clone(), Relation::Configures, account.id(), Grade::Configured, proof);
        if let Some(role) = &found.role {
            let role = names.role(role);
            let proof = Proof::of("a Pod Identity association gives its pods the role");
            weave.add(account.id(), Relation::MayAssume, role.clone(), Grade::Configured, proof);
            let proof = Proof::of("roleArn of the association");
            weave.add(id.clone(), Relation::HasRole, role, Grade::Configured, proof);
        }
        accounts.insert(account);
    }
}

/// The role of the service account's annotation, where the Helm values show one and its trust was not read: a trust that was read decides
/// for itself.
fn annotated(
    estate: &Estate,
    config: &RunnerConfig,
    account: &Account,
    (trusts, weave): (&[PodTrust<'_>], &mut Weave),
) {
    let Some(settings) = &config.kubernetes else { return };
    let own = settings.service_account.as_deref().unwrap_or(homes::DEFAULT) == &*account.name;
    let Some(role) = settings.role.as_ref().filter(|_| own) else { return };
    let role = Names::of(estate).role(role);
    let is_read = estate.find::<crate::model::aws::Role>(&role).is_some_and(|role| role.trust.is_some());
    if !is_read || trusts.iter().any(|trust| trust.role == role && account.cluster.as_ref() == homes::UNKNOWN)
    {
        let proof = Proof::of("eks.amazonaws.com/role-arn in the Helm values");
        weave.add(account.id(), Relation::MayAssume, role, Grade::Configured, proof);
    }
}
