//! Which buckets the account's trails deliver into, as DescribeTrails tells.

use std::collections::BTreeSet;

use aws_sdk_cloudtrail::types::Trail;

use super::super::visit::Visit;
use crate::base::blame::Blame;

/// Where a trail's files are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) bucket: String,
    pub(super) prefix: String,
    /// The trail's home region; the bucket is in the same, in most cases.
    pub(super) region: String,
}

const CALL: &str = "cloudtrail:DescribeTrails";

/// Every bucket once, whichever trails share it. An account that is a member of an organisation is told of the organisation's trail too.
pub(super) async fn discover(visit: &Visit) -> Vec<Place> {
    let walk = visit.walk("trails").await;
    let mut found = BTreeSet::new();
    let mut are_all_heard = true;
    for region in &visit.regions {
        let answer = visit.clients.cloudtrail(region).describe_trails().send();
        let Some(trails) = walk.ask(&format!("{CALL} {region}"), answer).await else {
            are_all_heard = false;
            if walk.is_stopped() {
                break;
            }
            continue;
        };
        found.extend(trails.trail_list().iter().filter_map(|trail| place(trail, region)));
    }
    if found.is_empty() && are_all_heard {
        let none = "no trail delivers into a bucket; name one as `s3 = \"s3://bucket/prefix\"`";
        walk.gap(CALL, Blame::Skipped(none.into())).await;
    }
    walk.end().await;
    found.into_iter().collect()
}

fn place(trail: &Trail, asked_in: &str) -> Option<Place> {
    Some(Place {
        bucket: trail.s3_bucket_name()?.to_owned(),
        prefix: trail.s3_key_prefix().unwrap_or_default().trim_matches('/').to_owned(),
        region: trail.home_region().unwrap_or(asked_in).to_owned(),
    })
}
