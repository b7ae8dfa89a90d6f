//! One visit to one account: who keytrail is there, with which clients, and under what names it reports.

use std::{path::PathBuf, sync::Arc};

use super::{budget::Budgets, client::Clients, recall::Recall, trail::Asked, walk::Walk};
use crate::{base::name::AccountId, config::AwsSource, model::observe::Scope, source::Outlet};

pub(super) struct Visit {
    pub(super) source: Arc<AwsSource>,
    /// Where what was read of a trail is kept.
    pub(super) cache: Option<PathBuf>,
    pub(super) clients: Arc<Clients>,
    pub(super) budgets: Arc<Budgets>,
    pub(super) recall: Arc<Recall>,
    pub(super) asked: Arc<Asked>,
    pub(super) account: AccountId,
    /// The ARN of keytrail's own identity: whom to allow what was denied.
    pub(super) caller: Arc<str>,
    /// Where the partition's global events land.
    pub(super) home: Arc<str>,
    /// Regions to read, the partition's home region among them.
    pub(super) regions: Vec<Arc<str>>,
    pub(super) outlet: Outlet,
}

impl Visit {
    /// Begins a walk over something the account has once.
    pub(super) async fn walk(&self, what: &str) -> Walk {
        self.begin(Scope::new(self.account.to_string(), what)).await
    }

    /// Begins a walk over something each region has.
    pub(super) async fn walk_in(&self, region: &str, what: &str) -> Walk {
        self.begin(self.scope_in(region, what)).await
    }

    pub(super) fn scope_in(&self, region: &str, what: &str) -> Scope {
        Scope::new(format!("{} {region}", self.account), what)
    }

    async fn begin(&self, scope: Scope) -> Walk {
        Walk::begin(self.outlet.clone(), scope, self.caller.clone()).await
    }
}

/// The home region of the caller's partition.
pub(super) fn home(caller: Option<&str>) -> &'static str {
    match caller.and_then(|arn| arn.split(':').nth(1)) {
        Some("aws-cn") => "cn-north-1",
        Some("aws-us-gov") => "us-gov-west-1",
        _ => super::client::HOME_REGION,
    }
}

/// The regions to read: those configured (the SDK's own where none is), and always the one where the partition's
/// global events land: IAM, the global STS endpoint and console sign-ins are logged in us-east-1 only.
pub(super) fn regions(source: &AwsSource, own: &str, home: &str) -> Vec<Arc<str>> {
    let mut regions: Vec<Arc<str>> = Vec::new();
    let configured = source.regions.iter().map(String::as_str);
    let own = source.regions.is_empty().then_some(own);
    for region in configured.chain(own).chain([home]) {
        if !regions.iter().any(|known| **known == *region) {
            regions.push(region.into());
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_region_is_always_read_and_none_twice() {
        let source = AwsSource {
            regions: vec!["eu-west-1".into(), "us-east-1".into(), "eu-west-1".into()],
            ..AwsSource::default()
        };
        let of = |source: &AwsSource, caller| regions(source, "ap-south-1", home(caller)).join(" ");
        assert_eq!(of(&source, None), "eu-west-1 us-east-1");
        assert_eq!(of(&AwsSource::default(), None), "ap-south-1 us-east-1");
        let china = "arn:aws-cn:iam::111111111111:user/a";
        assert_eq!(of(&AwsSource::default(), Some(china)), "ap-south-1 cn-north-1");
    }
}
