//! EKS clusters of each region with their issuers, and the roles that pod identity associations give to service accounts.

use super::{
    signed::{
        Line,
        eks::{self, Clusters, DescribedCluster, DescribedPodIdentity, PodIdentities},
        in_each_region, until_refused,
    },
    visit::Visit,
};
use crate::{
    base::{blame::Blame, name::Arn},
    model::compute::{Cluster, PodIdentity},
};

const LIST: &str = "eks:ListClusters";
const DESCRIBE: &str = "eks:DescribeCluster";
const LIST_PODS: &str = "eks:ListPodIdentityAssociations";
const DESCRIBE_POD: &str = "eks:DescribePodIdentityAssociation";

/// Associations of a cluster whose roles are asked for, one call each; AWS allows five thousand.
const MOST: usize = 500;

pub(super) async fn collect(visit: &Visit) {
    in_each_region(visit, ("EKS clusters", LIST), |line| Box::pin(read(line))).await;
}

async fn read(line: Line<'_>) {
    let mut names = Vec::new();
    let keep = |page: Clusters| {
        names.extend(page.clusters);
        Vec::new()
    };
    let is_whole = line.pages(LIST, eks::list_clusters(), keep).await;
    until_refused(names.clone(), |name| describe(line, name)).await;
    let walk = line.visit.walk_in(line.region, "pod identities").await;
    if !is_whole {
        walk.leave_out();
    }
    for name in &names {
        pod_identities(line.on(&walk), name).await;
    }
    walk.end().await;
}

async fn describe(line: Line<'_>, name: String) -> bool {
    let read = |DescribedCluster { cluster }: DescribedCluster| {
        let issuer = cluster.issuer().map(|issuer| issuer.trim_start_matches("https://").to_owned());
        Some(Cluster { arn: Arn::new(&cluster.arn)?, issuer, endpoint: cluster.endpoint }.into())
    };
    line.ask_one(&format!("{DESCRIBE} {name}"), eks::describe_cluster(&name), read).await
}

async fn pod_identities(line: Line<'_>, cluster: &str) {
    let mut ids = Vec::new();
    let keep = |page: PodIdentities| {
        ids.extend(page.associations.iter().map(|found| found.association_id.clone()));
        page.associations.into_iter().filter_map(|found| Some(seen(found)?.into())).collect()
    };
    line.pages(&format!("{LIST_PODS} {cluster}"), eks::list_pod_identities(cluster), keep).await;
    if ids.len() > MOST {
        let rest = format!("the roles of {} of {} associations", ids.len() - MOST, ids.len());
        line.walk.gap(format!("{DESCRIBE_POD} {cluster}"), Blame::Skipped(rest)).await;
        ids.truncate(MOST);
    }
    until_refused(ids, |id| describe_pod(line, cluster, id)).await;
}

async fn describe_pod(line: Line<'_>, cluster: &str, id: String) -> bool {
    let read = |answer: DescribedPodIdentity| Some(seen(answer.association)?.into());
    let request = eks::describe_pod_identity(cluster, &id);
    line.ask_one(&format!("{DESCRIBE_POD} {cluster} {id}"), request, read).await
}

fn seen(found: eks::PodIdentity) -> Option<PodIdentity> {
    Some(PodIdentity {
        arn: Arn::new(&found.association_arn)?,
        cluster: found.cluster_name.map(Into::into),
        namespace: found.namespace.map(Into::into),
        service_account: found.service_account.map(Into::into),
        role: found.role_arn.and_then(|role| Arn::new(&role)),
    })
}
