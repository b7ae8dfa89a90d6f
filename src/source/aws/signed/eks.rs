//! EKS: clusters with their issuers, and pod identity associations with their roles.

use serde::Deserialize;

use super::{Page, request::Request};

const PODS: &str = "pod-identity-associations";

pub(in super::super) fn list_clusters() -> Request {
    Request::rest("eks", &["clusters"]).with("maxResults", 100)
}

pub(in super::super) fn describe_cluster(name: &str) -> Request {
    Request::rest("eks", &["clusters", name])
}

pub(in super::super) fn list_pod_identities(cluster: &str) -> Request {
    Request::rest("eks", &["clusters", cluster, PODS]).with("maxResults", 100)
}

pub(in super::super) fn describe_pod_identity(cluster: &str, id: &str) -> Request {
    Request::rest("eks", &["clusters", cluster, PODS, id])
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct Clusters {
    pub(in super::super) clusters: Vec<String>,
    next_token: Option<String>,
}

impl Page for Clusters {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct DescribedCluster {
    pub(in super::super) cluster: Cluster,
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct Cluster {
    pub(in super::super) arn: String,
    pub(in super::super) endpoint: Option<String>,
    identity: Option<Identity>,
}

#[derive(Debug, Deserialize)]
struct Identity {
    oidc: Option<Oidc>,
}

#[derive(Debug, Deserialize)]
struct Oidc {
    issuer: Option<String>,
}

impl Cluster {
    /// With its scheme.
    pub(in super::super) fn issuer(&self) -> Option<&str> {
        self.identity.as_ref()?.oidc.as_ref()?.issuer.as_deref()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in super::super) struct PodIdentities {
    pub(in super::super) associations: Vec<PodIdentity>,
    next_token: Option<String>,
}

impl Page for PodIdentities {
    fn next(&self) -> Option<&str> {
        self.next_token.as_deref()
    }
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct DescribedPodIdentity {
    pub(in super::super) association: PodIdentity,
}

/// Lists leave the role out.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct PodIdentity {
    pub(in super::super) association_arn: String,
    pub(in super::super) association_id: String,
    pub(in super::super) cluster_name: Option<String>,
    pub(in super::super) namespace: Option<String>,
    pub(in super::super) service_account: Option<String>,
    pub(in super::super) role_arn: Option<String>,
}
