//! Floor 2: the ways a GitLab job gets AWS credentials, one file each. Each reads the estate and what was joined, and yields credential
//! paths with evidence. It does not know where a fact came from.

mod autoscaler;
mod broker;
mod carried;
mod effective;
mod eks;
mod fargate;
mod instance_profile;
mod key;
mod metadata_proxy;
mod oidc;
mod proxy;
pub mod risk;
mod runner_file;
mod sessions;
mod shared_runner;
mod start;
mod static_key;
mod stored_secret;
pub mod vault;
mod walls;

use std::sync::Arc;

use crate::{
    base::time::Timestamp,
    join::{Graph, Linked, Policies, Tokens},
    model::{
        estate::Estate,
        id::{Id, Kind},
        link::{Grade, Link, Proof},
    },
};

/// How long what a job gets this way stays good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Life {
    /// A session of hours.
    Short,
    /// A key that works until somebody turns it off.
    Long,
}

/// Which refs of a project can take a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refs {
    /// Any branch or tag, so anybody who may push.
    Any,
    /// Protected branches and tags only.
    Protected,
    /// These, as a person would write them: `main`, `release/*`; and whether all of them are protected.
    Named { refs: Vec<Arc<str>>, protected: bool },
    /// It could not be read who may.
    Unknown,
}

impl Refs {
    /// Can somebody who may not push to protected refs take it? Unknown counts as yes nowhere: it is said as unknown.
    pub const fn unprotected(&self) -> Option<bool> {
        match self {
            Self::Any => Some(true),
            Self::Protected => Some(false),
            Self::Named { protected, .. } => Some(!*protected),
            Self::Unknown => None,
        }
    }
}

/// How a project, ref or runner gets into AWS, end to end.
#[derive(Clone, Debug)]
pub struct CredentialPath {
    /// `path:WAY|FROM|VIA|TO`: the same path has the same id at every look.
    pub id: Id,
    /// The name of its [`Way`].
    pub way: &'static str,
    /// Where it begins: a project, group, GitLab instance, schedule or runner.
    pub from: Id,
    /// Known projects whose jobs can take it. For a runner those that may run there.
    pub projects: Arc<[Id]>,
    pub refs: Refs,
    /// From `from` to `to`, each link's `to` being the next one's `from` or, where things are linked the other way round, the reverse.
    pub hops: Vec<Link>,
    /// The user or role whose credentials the job gets. What that reaches is [`Graph::reached`].
    pub to: Id,
    pub life: Life,
    /// Events that show that this way was really taken.
    pub used: Option<Arc<Proof>>,
    /// What a person should know: one sentence each.
    pub cautions: Vec<String>,
}

impl CredentialPath {
    /// Makes the id from what tells paths apart; `via` is what carries the credentials (a variable, a provider, a profile).
    pub fn id(way: &str, from: &Id, via: &Id, to: &Id) -> Id {
        Id::new(Kind::Path, format!("{way}|{from}|{via}|{to}"))
    }

    /// What carries the credentials: what is left of the id without way and ends.
    pub fn via(&self) -> Option<Id> {
        let rest = self.id.key_text().strip_prefix(self.way)?.strip_prefix('|')?;
        let rest = rest.strip_prefix(&self.from.to_string())?.strip_prefix('|')?;
        rest.strip_suffix(&self.to.to_string())?.strip_suffix('|')?.parse().ok()
    }

    /// The grade of its weakest hop; a path that is configured all the way and was seen in use is observed.
    pub fn grade(&self) -> Grade {
        let weakest = self.hops.iter().map(|hop| hop.grade).min().unwrap_or(Grade::Inferred);
        match (weakest, &self.used) {
            (Grade::Inferred, _) => Grade::Inferred,
            (_, Some(_)) => Grade::Observed,
            (grade, None) => grade.min(Grade::Configured),
        }
    }
}

/// What a way looks at.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub estate: &'a Estate,
    pub linked: &'a Linked,
    pub policies: &'a Policies<'a>,
    pub tokens: &'a Tokens,
    pub graph: &'a Graph,
    pub now: Timestamp,
    /// What the ways before this one found.
    pub found: &'a [CredentialPath],
}

/// One way into AWS.
pub struct Way {
    /// `static-key`: in filters, ids and reports.
    pub name: &'static str,
    /// `static key in a variable`: for people.
    pub title: &'static str,
    pub life: Life,
    /// What would be the next better way, in one sentence.
    pub better: &'static str,
    find: fn(&Ground<'_>) -> Vec<CredentialPath>,
}

/// Every way, the one to leave first at the top.
pub const WAYS: &[Way] = &[
    static_key::WAY,
    broker::WAY,
    runner_file::WAY,
    stored_secret::WAY,
    vault::WAY,
    metadata_proxy::WAY,
    instance_profile::WAY,
    autoscaler::WAY,
    fargate::WAY,
    eks::WAY,
    oidc::WAY,
    shared_runner::WAY,
];

/// The way of this name.
pub fn named(name: &str) -> Option<&'static Way> {
    WAYS.iter().find(|way| way.name == name)
}

/// Every path there is, in the order of [`WAYS`] and then of ids.
pub fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let mut paths: Vec<CredentialPath> = Vec::new();
    for way in WAYS {
        let mut found = (way.find)(&Ground { found: &paths, ..*ground });
        found.sort_by(|a, b| a.id.cmp(&b.id));
        paths.append(&mut found);
    }
    paths
}
