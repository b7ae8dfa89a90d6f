//! Which EKS action a method and a path mean, what the path names, and the ARN that policies match.

use percent_encoding::percent_decode_str;

use super::ask::Ask;

/// The action, and the parameters its path holds; an empty action where there is none.
///
/// Source: the EKS API reference, the request syntax of each action.
pub(crate) fn route(method: &str, path: &str) -> (&'static str, Vec<(&'static str, String)>) {
    let parts: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let name = |name: &str| ("name", name.to_owned());
    match (method, parts.as_slice()) {
        ("GET", ["clusters"]) => ("ListClusters", Vec::new()),
        ("GET", ["clusters", cluster]) => ("DescribeCluster", vec![name(cluster)]),
        ("GET", ["clusters", cluster, "pod-identity-associations"]) => {
            ("ListPodIdentityAssociations", vec![name(cluster)])
        }
        ("GET", ["clusters", cluster, "pod-identity-associations", id]) => {
            ("DescribePodIdentityAssociation", vec![name(cluster), ("associationId", (*id).to_owned())])
        }
        _ => ("", Vec::new()),
    }
}

/// What the call is about.
pub(crate) fn resource(ask: &Ask<'_>, account: u64) -> String {
    match (ask.params.get("name"), ask.params.get("associationId")) {
        (Some(cluster), Some(id)) => association(account, ask.region, cluster, id),
        (Some(name), None) => cluster(account, ask.region, name),
        _ => "*".to_owned(),
    }
}

/// `arn:aws:eks:eu-west-1:222222222222:cluster/ci`.
pub(crate) fn cluster(account: u64, region: &str, name: &str) -> String {
    format!("arn:aws:eks:{region}:{account:012}:cluster/{name}")
}

/// `arn:aws:eks:eu-west-1:222222222222:podidentityassociation/ci/a-0abc`.
pub(crate) fn association(account: u64, region: &str, cluster: &str, id: &str) -> String {
    format!("arn:aws:eks:{region}:{account:012}:podidentityassociation/{cluster}/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_actions() {
        assert_eq!(route("GET", "/clusters").0, "ListClusters");
        let (action, named) = route("GET", "/clusters/c%69/pod-identity-associations/a-1");
        assert_eq!(action, "DescribePodIdentityAssociation");
        assert_eq!(named, [("name", "ci".to_owned()), ("associationId", "a-1".to_owned())]);
        assert_eq!(route("DELETE", "/clusters/ci").0, "");
        assert_eq!(route("GET", "/clusters/ci/addons").0, "");
    }
}
