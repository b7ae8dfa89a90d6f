//! A small GitLab: two projects, one group, one runner, one schedule, and an administrator's token.

use serde_json::{Value, json};

use super::{Answer, Asked, KEY, SECRET, ok, page};

fn attributes(keys: &[&str]) -> Value {
    let node = |key: &&str| {
        json!({
            "key": key, "variableType": "ENV_VAR", "protected": true, "masked": true,
            "hidden": false, "raw": true, "environmentScope": "*",
        })
    };
    json!({ "pageInfo": { "hasNextPage": false }, "nodes": keys.iter().map(node).collect::<Vec<_>>() })
}

fn variable(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": value, "variable_type": "env_var", "protected": true, "environment_scope": "*" })
}

pub(super) fn acme(asked: &Asked) -> Answer {
    in_bulk(&asked.call)
        .map(|(name, nodes)| page(name, &nodes))
        .or_else(|| of_projects(&asked.call).or_else(|| of_the_rest(&asked.call)).map(|body| ok(&body)))
}

fn in_bulk(call: &str) -> Option<(&'static str, Value)> {
    let rules = json!([
        { "name": "main", "isProtected": true },
        { "name": "All branches", "isProtected": true },
        { "name": "dev", "isProtected": false },
    ]);
    let web = json!({
        "id": "gid://gitlab/Project/7", "fullPath": "acme/web", "archived": false, "visibility": "private",
        "webUrl": "https://gitlab.acme.example/acme/web",
        "branchRules": { "pageInfo": { "hasNextPage": false }, "nodes": rules },
        "ciVariables": attributes(&["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
    });
    let docs = json!({
        "id": "gid://gitlab/Project/8", "fullPath": "acme/docs", "branchRules": { "nodes": [] },
        "ciVariables": attributes(&["NODE_ENV"]),
    });
    let group = json!({
        "id": "gid://gitlab/Group/3", "fullPath": "acme", "ciVariables": attributes(&["AWS_ROLE_ARN"]),
    });
    let runner = json!({
        "id": "gid://gitlab/Ci::Runner/5", "description": "deployer", "runnerType": "GROUP_TYPE", "paused": false,
        "locked": false, "accessLevel": "REF_PROTECTED", "runUntagged": false, "tagList": ["aws"],
        "status": "ONLINE", "contactedAt": "2026-11-20T11:59:00Z", "projects": null,
        "groups": { "nodes": [{ "id": "gid://gitlab/Group/3" }] },
        "managers": { "pageInfo": { "hasNextPage": false }, "nodes": [
            { "systemId": "s_1", "executorName": "Docker", "ipAddress": "10.0.0.5", "version": "19.4.0" },
        ] },
    });
    match call {
        "POST graphql:projects" => Some(("projects", json!([web, docs]))),
        "POST graphql:groups" => Some(("groups", json!([group]))),
        "POST graphql:runners" => Some(("runners", json!([runner]))),
        _ => None,
    }
}

fn of_projects(call: &str) -> Option<Value> {
    Some(match call {
        "GET /projects" => json!([
            {
                "id": 7, "path_with_namespace": "acme/web", "default_branch": "main", "ci_config_path": "",
                "ci_id_token_sub_claim_components": ["project_path", "ref_type", "ref"],
                "shared_runners_enabled": true, "group_runners_enabled": true,
            },
            { "id": 8, "path_with_namespace": "acme/docs" },
        ]),
        "GET /projects/7/variables" => {
            json!([variable("AWS_ACCESS_KEY_ID", KEY), variable("AWS_SECRET_ACCESS_KEY", SECRET)])
        }
        "GET /projects/8/variables" => json!([variable("NODE_ENV", "production")]),
        "GET /projects/7/pipeline_schedules" => json!([{ "id": 11 }]),
        "GET /projects/8/pipeline_schedules" => json!([]),
        "GET /projects/7/pipeline_schedules/11" => json!({
            "id": 11, "description": "nightly", "ref": "main", "cron": "0 1 * * *", "active": true,
            "owner": { "username": "ada" }, "variables": [variable("AWS_ACCESS_KEY_ID", KEY)],
        }),
        "GET /projects/7/protected_branches" | "GET /projects/8/protected_branches" => {
            json!([{ "name": "main" }])
        }
        _ => return None,
    })
}

fn of_the_rest(call: &str) -> Option<Value> {
    Some(match call {
        "GET /user" => json!({
            "id": 1, "username": "root", "is_admin": true, "web_url": "https://gitlab.acme.example/root",
        }),
        "GET /metadata" => json!({ "version": "19.5.0-ee" }),
        "GET /personal_access_tokens/self" => json!({ "scopes": ["read_api"], "expires_at": "2027-01-01" }),
        "GET /groups" => json!([{ "id": 3, "full_path": "acme", "parent_id": null }]),
        "GET /groups/3/variables" => {
            json!([variable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/deploy")])
        }
        "GET /admin/ci/variables" => {
            json!([{ "key": "AWS_REGION", "value": "eu-west-1", "variable_type": "env_var" }])
        }
        "GET /runners" | "GET /runners/all" | "GET /groups/3/runners" | "GET /projects/7/runners" => {
            json!([{ "id": 5 }])
        }
        "GET /runners/5" => json!({
            "id": 5, "description": "deployer", "runner_type": "group_type", "tag_list": ["aws"],
            "access_level": "ref_protected", "contacted_at": "2026-11-20T11:59:00Z",
            "groups": [{ "id": 3 }], "projects": [],
        }),
        "GET /runners/5/managers" => json!([{ "system_id": "s_1", "ip_address": "10.0.0.5" }]),
        "GET /runners/5/jobs" => json!([{
            "id": 900, "name": "deploy", "ref": "main", "tag": false, "status": "success",
            "created_at": "2026-11-01T10:00:00Z", "project": { "id": 7 }, "pipeline": { "id": 70 },
            "user": { "username": "ada" },
        }]),
        _ => return None,
    })
}
