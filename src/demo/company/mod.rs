//! Makes the company from a seed: who works there, what they build, what their jobs may do in AWS, and fourteen days of
//! what happened. It changes nothing later: that is `life` and the servers.

mod accounts;
mod attack;
mod brokers;
mod compute;
mod crowd;
mod document;
mod fleet;
mod history;
mod iam;
mod identity;
mod keys;
mod leak;
mod people;
mod places;
#[cfg(test)]
mod tests;
mod variables;
mod yaml;

pub(super) use brokers::VAULT_ADDRESS;
pub(super) use compute::EKS_ISSUER;

use std::collections::BTreeMap;

use super::{
    rng::Rng,
    start::{Access, Size},
    world::World,
};
use crate::base::time::Timestamp;

/// Users live here and only assume roles elsewhere.
pub const IDENTITY: u64 = 111_111_111_111;
pub const PROD: u64 = 222_222_222_222;
pub const STAGING: u64 = 333_333_333_333;
/// An account of the company that nobody gave keytrail access to.
pub const UNSCANNED: u64 = 444_444_444_444;
/// The regions every account has switched on.
pub const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
/// GitLab's host name, and so the OIDC provider's.
pub const HOST: &str = "gitlab.acme.example";
/// What the audit roles ask for.
pub const EXTERNAL_ID: &str = "acme-keytrail";

/// The company and the credentials an auditor is given.
pub struct Made {
    pub world: World,
    pub gitlab_token: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub accounts: Vec<Access>,
}

/// Makes the company as it is at `now`. The same arguments give the same company, to the byte.
pub fn build(seed: u64, size: Size, now: Timestamp) -> Made {
    let size = size.at_least(Size::of(12));
    let mut maker = Maker { world: World::default(), rng: Rng::new(seed), now, size, paths: BTreeMap::new() };
    let gitlab_token = maker.people();
    maker.places();
    maker.fleet();
    let (access_key_id, secret_access_key) = maker.accounts();
    maker.leak();
    maker.keys();
    maker.compute();
    maker.identity();
    maker.brokers();
    maker.crowd();
    maker.ordinary_variables();
    maker.pipelines();
    maker.history();
    maker.attack();
    Made { world: maker.world, gitlab_token, access_key_id, secret_access_key, accounts: accounts::access() }
}

/// The company in the making.
struct Maker {
    world: World,
    rng: Rng,
    now: Timestamp,
    size: Size,
    /// Project and group ids by path.
    paths: BTreeMap<String, u64>,
}

impl Maker {
    fn days_ago(&self, days: i64) -> Timestamp {
        self.now.minus(days * 86_400)
    }

    fn hours_ago(&self, hours: i64) -> Timestamp {
        self.now.minus(hours * 3600)
    }

    /// Some time on the day that many days ago.
    fn around(&mut self, days: i64) -> Timestamp {
        let at = self.days_ago(days);
        at.minus(self.rng.between(0, 80_000))
    }

    fn plant(&mut self, name: &'static str, value: impl Into<String>) {
        self.world.planted.insert(name, value.into());
    }

    /// The id of a project or group that [`Maker::places`] made.
    fn id(&self, path: &str) -> u64 {
        self.paths.get(path).copied().unwrap_or_default()
    }
}
