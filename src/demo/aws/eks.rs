//! EKS, as far as runners need it: clusters and their pod identity associations, in REST and JSON.

use serde_json::{Value, json};

use super::{
    ask::{Act, Ask},
    autoscaling::compute,
    page::{self, Cut, Page},
    refusal::Refusal,
    rest,
};
use crate::demo::world::{
    Account,
    compute::{Cluster, PodIdentity},
};

/// The action behind a name.
pub(crate) fn find(action: &str) -> Option<Act> {
    Some(match action {
        "ListClusters" => Act::Say(list),
        "DescribeCluster" => Act::Say(describe),
        "ListPodIdentityAssociations" => Act::Say(associations),
        "DescribePodIdentityAssociation" => Act::Say(association),
        _ => return None,
    })
}

fn clusters<'a>(ask: &Ask<'_>, account: &'a Account) -> Result<&'a [Cluster], Refusal> {
    Ok(compute(ask, account)?.map_or(&[], |compute| &compute.clusters))
}

fn cluster<'a>(ask: &Ask<'_>, account: &'a Account) -> Result<&'a Cluster, Refusal> {
    let name = ask.params.need("name")?;
    let found = clusters(ask, account)?.iter().find(|cluster| cluster.name == name);
    found.ok_or_else(|| absent(format!("No cluster found for name: {name}.")))
}

const fn absent(message: String) -> Refusal {
    Refusal::said(404, "ResourceNotFoundException", message)
}

/// One page as the query asks for it.
fn cut<'a, T>(ask: &Ask<'_>, all: &'a [T], name: impl Fn(&T) -> &str) -> Result<Cut<&'a T>, Refusal> {
    let invalid = |message: &str| Refusal::said(400, "InvalidParameterException", message.to_owned());
    let limit = ask.params.get("maxResults").unwrap_or("100").parse().unwrap_or_default();
    if !(1..=100).contains(&limit) {
        return Err(invalid("maxResults must be between 1 and 100"));
    }
    let after =
        ask.params.get("nextToken").map(|token| page::unmark(token).ok_or_else(|| invalid("Invalid token")));
    let page = Page { limit, after: after.transpose()? };
    Ok(page.cut(page.rest_of(all, &name).iter(), |item| name(item)))
}

fn list(ask: &Ask<'_>, account: &Account) -> Result<Value, Refusal> {
    let page = cut(ask, clusters(ask, account)?, |cluster| &cluster.name)?;
    let names: Vec<&str> = page.items.iter().map(|cluster| cluster.name.as_str()).collect();
    Ok(json!({ "clusters": names, "nextToken": page.marker }))
}

fn describe(ask: &Ask<'_>, account: &Account) -> Result<Value, Refusal> {
    let cluster = cluster(ask, account)?;
    let id = cluster.issuer.rsplit('/').next().unwrap_or_default();
    Ok(json!({ "cluster": {
        "name": cluster.name,
        "arn": rest::cluster(account.number, ask.region, &cluster.name),
        "createdAt": cluster.created.seconds(),
        "version": cluster.version,
        "endpoint": format!("https://{id}.gr7.{}.eks.amazonaws.com", ask.region),
        "identity": { "oidc": { "issuer": format!("https://{}", cluster.issuer) } },
        "status": "ACTIVE",
        "platformVersion": "eks.9",
        "tags": {},
    }}))
}

fn associations(ask: &Ask<'_>, account: &Account) -> Result<Value, Refusal> {
    let cluster = cluster(ask, account)?;
    let wanted = |name: &str, found: &str| ask.params.get(name).is_none_or(|wanted| wanted == found);
    let fits = |found: &&PodIdentity| {
        wanted("namespace", &found.namespace) && wanted("serviceAccount", &found.service_account)
    };
    let all: Vec<&PodIdentity> = cluster.pod_identities.iter().filter(fits).collect();
    let page = cut(ask, &all, |found| &found.id)?;
    let shown: Vec<Value> = page.items.iter().map(|found| summary(ask, account, cluster, found)).collect();
    Ok(json!({ "associations": shown, "nextToken": page.marker }))
}

/// Lists leave the role out.
fn summary(ask: &Ask<'_>, account: &Account, cluster: &Cluster, found: &PodIdentity) -> Value {
    json!({
        "clusterName": cluster.name,
        "namespace": found.namespace,
        "serviceAccount": found.service_account,
        "associationArn": rest::association(account.number, ask.region, &cluster.name, &found.id),
        "associationId": found.id,
    })
}

fn association(ask: &Ask<'_>, account: &Account) -> Result<Value, Refusal> {
    let cluster = cluster(ask, account)?;
    let id = ask.params.need("associationId")?;
    let found = cluster.pod_identities.iter().find(|found| found.id == id);
    let found = found.ok_or_else(|| absent(format!("No association found for id: {id}.")))?;
    let mut shown = summary(ask, account, cluster, found);
    shown["roleArn"] = found.role.as_str().into();
    shown["createdAt"] = found.created.seconds().into();
    shown["tags"] = json!({});
    Ok(json!({ "association": shown }))
}
