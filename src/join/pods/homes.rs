//! As which service accounts a runner's jobs run, and in which cluster: a runner's file seldom says the cluster.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use regex::Regex;

use super::{
    Account,
    trusts::{PodTrust, admits},
};
use crate::model::{
    link::{Grade, Proof},
    runner_config::{KubernetesSettings, RunnerConfig},
};

/// The cluster of a runner of which nothing says where it is.
pub(super) const UNKNOWN: &str = "?";

/// The namespace and the service account that gitlab-runner and Kubernetes take where none is named.
pub(super) const DEFAULT: &str = "default";

/// What is known of clusters and their service accounts.
pub(super) struct Homes<'a> {
    /// With their endpoints, where they were read.
    pub(super) clusters: BTreeMap<Arc<str>, Option<String>>,
    pub(super) trusts: &'a [PodTrust<'a>],
    /// Those that a trust policy or an association names.
    pub(super) named: BTreeSet<Account>,
}

type RunAs = (Account, Grade, Arc<Proof>);

impl Homes<'_> {
    /// The service account that jobs run as, and those that they may choose instead.
    pub(super) fn run_as(&self, config: &RunnerConfig) -> Vec<RunAs> {
        let is_here = config.executor.as_deref() == Some("kubernetes");
        let Some(settings) = config.kubernetes.as_ref().filter(|_| is_here) else { return Vec::new() };
        let own = |cluster: &Arc<str>| Account {
            cluster: cluster.clone(),
            namespace: settings.namespace.as_deref().unwrap_or(DEFAULT).into(),
            name: settings.service_account.as_deref().unwrap_or(DEFAULT).into(),
        };
        let (clusters, grade, says) = self.clusters_of(settings, own);
        let mut found: Vec<RunAs> = Vec::new();
        // In a namespace made for one job there is nothing but the default service account, and nobody can name that namespace before.
        if !settings.namespace_per_job {
            let proof = Proof::of(format!("service_account in [runners.kubernetes]{says}"));
            found.extend(clusters.iter().map(|cluster| (own(cluster), grade, proof.clone())));
        }
        let chosen: Vec<RunAs> = clusters
            .iter()
            .flat_map(|cluster| self.choices(settings, &own(cluster)))
            .map(|account| {
                let proof =
                    Proof::of(format!("service_account_overwrite_allowed lets a job choose it{says}"));
                (account.clone(), grade, proof)
            })
            .collect();
        found.extend(chosen);
        found
    }

    /// Clusters the runner may be in, how surely, and why, to be added to a sentence.
    fn clusters_of(
        &self,
        settings: &KubernetesSettings,
        own: impl Fn(&Arc<str>) -> Account,
    ) -> (Vec<Arc<str>>, Grade, &'static str) {
        let host =
            settings.host.as_deref().map(|host| host.trim_end_matches('/')).filter(|host| !host.is_empty());
        if let Some(host) = host {
            let is_host = |endpoint: &String| endpoint.trim_end_matches('/').eq_ignore_ascii_case(host);
            let at = self.clusters.iter().find(|(_, endpoint)| endpoint.as_ref().is_some_and(is_host));
            let unread = self.clusters.values().any(Option::is_none);
            match at {
                Some((cluster, _)) => {
                    return (vec![cluster.clone()], Grade::Configured, ", at that cluster's endpoint");
                }
                // It is a cluster of another account, or none of EKS at all.
                None if !unread => return (vec![UNKNOWN.into()], Grade::Configured, ""),
                None => {}
            }
        }
        let only = |clusters: BTreeSet<&Arc<str>>| {
            (clusters.len() == 1).then(|| clusters.into_iter().next().cloned())?
        };
        let annotated = self.trusts.iter().filter(|trust| {
            let role = settings.role.as_ref();
            role.is_some_and(|role| trust.role.key_text() == role.as_str())
                && admits(trust, &own(&trust.cluster)).is_some()
        });
        if let Some(cluster) = only(annotated.map(|trust| &trust.cluster).collect()) {
            return (vec![cluster], Grade::Configured, ", whose annotated role trusts that cluster");
        }
        let naming = self.clusters.keys().filter(|cluster| self.named.contains(&own(cluster)));
        if let Some(cluster) = only(naming.collect()) {
            return (vec![cluster], Grade::Configured, ", which is named in that cluster only");
        }
        if let Some(cluster) = only(self.clusters.keys().collect()) {
            return (vec![cluster], Grade::Configured, ", in the only cluster that is known");
        }
        if self.clusters.is_empty() {
            return (vec![UNKNOWN.into()], Grade::Configured, "");
        }
        let all = self.clusters.keys().cloned().collect();
        (all, Grade::Inferred, "; in which of several clusters is not known")
    }

    /// Named service accounts that a job may take instead of its own.
    ///
    /// Source: gitlab-runner, "Overwrite Kubernetes default settings": Go regular expressions that match anywhere; empty: not allowed.
    fn choices(&self, settings: &KubernetesSettings, own: &Account) -> Vec<&Account> {
        let Some(names) = pattern(settings.service_account_overwrite_allowed.as_ref()) else {
            return Vec::new();
        };
        let namespaces = pattern(settings.namespace_overwrite_allowed.as_ref());
        let is_open = |account: &&Account| {
            let in_reach = account.namespace == own.namespace && !settings.namespace_per_job
                || namespaces.as_ref().is_some_and(|namespaces| namespaces.is_match(&account.namespace));
            in_reach && account.cluster == own.cluster && *account != own && names.is_match(&account.name)
        };
        self.named.iter().filter(is_open).collect()
    }
}

/// A pattern that cannot be read allows nothing that could be named here.
fn pattern(written: Option<&String>) -> Option<Regex> {
    written.filter(|written| !written.is_empty()).and_then(|written| Regex::new(written).ok())
}
