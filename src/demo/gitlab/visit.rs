//! One authorized request at its route: what it asks, who asks, and the ways to the things it names.

use std::sync::{PoisonError, RwLockReadGuard, RwLockWriteGuard};

use super::{ask::Ask, door::Site, pass::Caller, reply::Reply};
use crate::{
    base::time::Timestamp,
    demo::world::{GitLab, Group, Project, Runner, World},
};

/// What a route is given.
pub(super) struct Visit<'a> {
    pub site: &'a Site,
    pub ask: &'a Ask,
    pub caller: &'a Caller,
    /// What stood at `:id`, `:key` and so on, in the order of the path.
    pub values: Vec<String>,
    pub now: Timestamp,
}

impl Visit<'_> {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, World> {
        self.site.world()
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, World> {
        self.site.shared.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path's value at a place, empty where the route has fewer.
    pub(super) fn value(&self, place: usize) -> &str {
        self.values.get(place).map_or("", String::as_str)
    }

    /// The number of the project at `:id`, which is a number or a whole path.
    pub(super) fn project_id(&self, gitlab: &GitLab) -> Result<u64, Reply> {
        let name = self.value(0);
        let id = name.parse().ok().or_else(|| self.site.index.project_at(gitlab, name));
        id.filter(|id| gitlab.projects.contains_key(id)).ok_or_else(|| Reply::not_found("Project"))
    }

    pub(super) fn project<'w>(&self, gitlab: &'w GitLab) -> Result<&'w Project, Reply> {
        let id = self.project_id(gitlab)?;
        gitlab.projects.get(&id).ok_or_else(|| Reply::not_found("Project"))
    }

    pub(super) fn group_id(&self, gitlab: &GitLab) -> Result<u64, Reply> {
        let name = self.value(0);
        let by_path = || gitlab.groups.values().find(|group| group.full_path == name).map(|group| group.id);
        let id = name.parse().ok().or_else(by_path);
        id.filter(|id| gitlab.groups.contains_key(id)).ok_or_else(|| Reply::not_found("Group"))
    }

    pub(super) fn group<'w>(&self, gitlab: &'w GitLab) -> Result<&'w Group, Reply> {
        let id = self.group_id(gitlab)?;
        gitlab.groups.get(&id).ok_or_else(|| Reply::not_found("Group"))
    }

    pub(super) fn runner<'w>(&self, gitlab: &'w GitLab) -> Result<&'w Runner, Reply> {
        let id = self.value(0).parse().map_err(|_| Reply::bad_value("id"))?;
        gitlab.runners.get(&id).ok_or_else(|| Reply::not_found("Runner"))
    }
}
