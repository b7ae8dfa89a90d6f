//! Finding things by the names other pages call them: a role without its path, a project by its path, a GitLab by its
//! issuer.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{
    base::name::{AccountId, Arn},
    model::{
        aws::Role,
        estate::Estate,
        gitlab::{Instance, Project},
        id::Id,
    },
};

/// Indexes over one estate.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// Role names are unique in an account, whatever the path.
    roles: FxHashMap<(AccountId, &'a str), Id>,
    projects: FxHashMap<(&'a str, &'a str), Id>,
    /// By host and path without the scheme.
    issuers: FxHashMap<&'a str, &'a Arc<str>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(estate: &'a Estate) -> Self {
        let mut names = Self::default();
        for (id, role) in estate.named::<Role>() {
            if let Some(account) = role.arn.account() {
                names.roles.insert((account, role.name()), id.clone());
            }
        }
        for (id, project) in estate.named::<Project>() {
            if let Some(path) = &project.path {
                names.projects.insert((&project.instance, path), id.clone());
            }
        }
        for instance in estate.all::<Instance>() {
            let url = instance.url.as_deref().unwrap_or_default();
            let issuer = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/');
            names.issuers.insert(issuer, &instance.name);
            // Behind a tunnel or a proxy the configured name may be the public one.
            names.issuers.entry(&instance.name).or_insert(&instance.name);
        }
        names
    }

    /// A role by ARN, by assumed-role ARN, or by an ARN that lost its path; as written where it is not known.
    pub(super) fn role(&self, arn: &Arn) -> Id {
        let name = arn.assumed_role().map_or_else(|| arn.name(), |(role, _)| role);
        let known = arn.account().and_then(|account| self.roles.get(&(account, name)));
        known.cloned().unwrap_or_else(|| Id::role(arn))
    }

    pub(super) fn project(&self, instance: &str, path: &str) -> Option<Id> {
        self.projects.get(&(instance, path)).cloned()
    }

    /// The GitLab whose id tokens this issuer signs.
    pub(super) fn instance_of_issuer(&self, issuer: &str) -> Option<&'a Arc<str>> {
        self.issuers.get(issuer).copied()
    }
}
