//! A project as JSON: whole for those who ask for it, and the short forms that stand inside other things.

use serde_json::{Map, Value, json};

use crate::{
    base::time::Timestamp,
    demo::world::{GitLab, Group, Project},
};

/// A time as GitLab's REST API writes it: RFC 3339 with milliseconds.
pub(super) fn stamp(at: Timestamp) -> String {
    at.utc().format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// The last part of a whole path.
pub(super) fn leaf(full_path: &str) -> &str {
    full_path.rsplit('/').next().unwrap_or_default()
}

/// `Acme / Platform / Infra`
fn long_name(gitlab: &GitLab, project: &Project) -> String {
    match gitlab.groups.get(&project.group) {
        Some(group) => format!("{} / {}", group_name(gitlab, group), project.name),
        None => project.name.clone(),
    }
}

/// `Acme / Platform`
pub(super) fn group_name(gitlab: &GitLab, group: &Group) -> String {
    match group.parent.and_then(|parent| gitlab.groups.get(&parent)) {
        Some(parent) => format!("{} / {}", group_name(gitlab, parent), group.name),
        None => group.name.clone(),
    }
}

pub(super) fn project_url(gitlab: &GitLab, project: &Project) -> String {
    format!("{}/{}", gitlab.external_url, project.full_path)
}

/// As it stands inside runners: `ProjectIdentity`, which jobs of a runner show with all of it.
pub(super) fn identity(gitlab: &GitLab, project: &Project) -> Value {
    json!({
        "id": project.id,
        "description": null,
        "name": project.name,
        "name_with_namespace": long_name(gitlab, project),
        "path": leaf(&project.full_path),
        "path_with_namespace": project.full_path,
        "created_at": stamp(project.created),
    })
}

/// `simple=true`: what everybody may see.
pub(super) fn simple(gitlab: &GitLab, project: &Project) -> Map<String, Value> {
    let url = project_url(gitlab, project);
    let host = gitlab.external_url.split("://").last().unwrap_or_default();
    let namespace = gitlab.groups.get(&project.group).map(|group| namespace(gitlab, group));
    let more = json!({
        "default_branch": project.default_branch,
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": format!("git@{host}:{}.git", project.full_path),
        "http_url_to_repo": format!("{url}.git"),
        "web_url": url,
        "readme_url": format!("{url}/-/blob/{}/README.md", project.default_branch),
        "forks_count": 0,
        "avatar_url": null,
        "star_count": 0,
        "last_activity_at": stamp(project.last_activity),
        "visibility": project.visibility,
        "namespace": namespace,
    });
    [identity(gitlab, project), more].into_iter().filter_map(object).flatten().collect()
}

fn object(body: Value) -> Option<Map<String, Value>> {
    if let Value::Object(fields) = body { Some(fields) } else { None }
}

/// The whole project, as a Maintainer sees it.
pub(super) fn whole(gitlab: &GitLab, project: &Project) -> Value {
    let mut fields = simple(gitlab, project);
    let parts = [features(project), ci_settings(project), merge_settings()];
    fields.extend(parts.into_iter().filter_map(object).flatten());
    Value::Object(fields)
}

fn namespace(gitlab: &GitLab, group: &Group) -> Value {
    json!({
        "id": group.id,
        "name": group.name,
        "path": leaf(&group.full_path),
        "kind": "group",
        "full_path": group.full_path,
        "parent_id": group.parent,
        "avatar_url": null,
        "web_url": format!("{}/groups/{}", gitlab.external_url, group.full_path),
    })
}

fn features(project: &Project) -> Value {
    let api = format!("/api/v4/projects/{}", project.id);
    json!({
        "_links": { "self": api, "repo_branches": format!("{api}/repository/branches") },
        "archived": project.archived,
        "empty_repo": project.branches.is_empty(),
        "packages_enabled": true,
        "issues_enabled": true,
        "merge_requests_enabled": true,
        "wiki_enabled": true,
        "jobs_enabled": true,
        "snippets_enabled": true,
        "container_registry_enabled": true,
        "lfs_enabled": true,
        "builds_access_level": "enabled",
        "repository_access_level": "enabled",
        "environments_access_level": "enabled",
        "creator_id": 1,
        "open_issues_count": 0,
        "updated_at": stamp(project.last_activity),
        "import_status": "none",
        "shared_with_groups": [],
    })
}

fn ci_settings(project: &Project) -> Value {
    json!({
        "ci_config_path": project.ci_config_path.clone().unwrap_or_default(),
        "ci_id_token_sub_claim_components": project.id_token_components,
        "shared_runners_enabled": project.shared_runners_enabled,
        "group_runners_enabled": project.group_runners_enabled,
        "ci_default_git_depth": 20,
        "ci_forward_deployment_enabled": true,
        "ci_forward_deployment_rollback_allowed": true,
        "ci_job_token_scope_enabled": false,
        "ci_separated_caches": true,
        "ci_allow_fork_pipelines_to_run_in_parent_project": true,
        "ci_push_repository_for_job_token_allowed": false,
        "ci_pipeline_variables_minimum_override_role": "developer",
        "restrict_user_defined_variables": true,
        "build_git_strategy": "fetch",
        "build_timeout": 3600,
        "keep_latest_artifact": true,
        "auto_cancel_pending_pipelines": "enabled",
        "auto_devops_enabled": false,
        "public_jobs": true,
        "runner_token_expiration_interval": null,
    })
}

fn merge_settings() -> Value {
    json!({
        "only_allow_merge_if_pipeline_succeeds": false,
        "only_allow_merge_if_all_discussions_are_resolved": false,
        "remove_source_branch_after_merge": true,
        "request_access_enabled": true,
        "merge_method": "merge",
        "squash_option": "default_off",
    })
}
