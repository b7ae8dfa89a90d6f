//! The account's trail where it is kept: in a bucket, behind Athena, in CloudTrail Lake. It reaches back as far as it was kept, and costs
//! none of LookupEvents' two calls a second.

mod athena;
mod bucket;
mod discover;
mod engine;
mod lake;
mod layout;
mod s3;

use std::sync::Arc;

pub(super) use engine::Asked;

use super::{client::Clients, refusal::Failure, visit::Visit};
use crate::{
    base::name::AccountId,
    config::{AwsSource, TrailStore},
    model::event::Origin,
    source::logs,
};

/// Reads the trail that the configuration names, if it names one.
pub(super) async fn collect(visit: &Visit) {
    let Some(trail) = &visit.source.trail else { return };
    let region = trail.region.as_deref();
    let is_asked = matches!(trail.store, TrailStore::Athena { .. } | TrailStore::Lake { .. });
    if is_asked && visit.asked.is_fresh(visit.outlet.clock.now()) {
        return;
    }
    match &trail.store {
        TrailStore::S3 { bucket, prefix } => bucket::collect(visit, bucket, prefix, region).await,
        TrailStore::Discover => {
            for place in discover::discover(visit).await {
                bucket::collect(visit, &place.bucket, &place.prefix, Some(&place.region)).await;
            }
        }
        TrailStore::Athena { database, table, workgroup, output } => {
            let (workgroup, output) = (workgroup.as_deref(), output.as_deref());
            let place = athena::Place { database, table, workgroup, output };
            athena::collect(visit, place, region.unwrap_or_else(|| visit.clients.region()), trail.days).await;
        }
        TrailStore::Lake { store } => {
            lake::collect(visit, store, region.unwrap_or_else(|| visit.clients.region()), trail.days).await;
        }
    }
}

/// The scheme of a record's place in a bucket.
const SCHEME: &str = "s3://";

/// Does this record lie in a bucket?
pub(super) fn is_key(origin: &Origin) -> bool {
    origin.file.starts_with(SCHEME)
}

/// Reads one record again.
pub(super) async fn record(
    clients: &Arc<Clients>,
    source: &AwsSource,
    origin: &Origin,
) -> Result<String, String> {
    let place = origin.file.strip_prefix(SCHEME).and_then(|rest| rest.split_once('/'));
    let (bucket, key) = place.ok_or_else(|| format!("{} is in no bucket", origin.file))?;
    let region = source.trail.as_ref().and_then(|trail| trail.region.as_deref());
    let bucket = s3::Bucket::new(clients.clone(), bucket, region);
    let told =
        |failure: Failure| format!("{}: {}", origin.file, failure.blame("s3:GetObject", "keytrail's caller"));
    let content = bucket.content(key).await.map_err(told)?;
    logs::record_in(&content, origin)
}

/// Which account's logs lie under an organisation's or an account's folder is told by the folder's name.
fn is_account(name: &str) -> bool {
    name.len() == 12 && name.parse::<AccountId>().is_ok()
}
