//! A small GitLab: two projects, one group, one runner, one schedule, and an administrator's token.

use serde_json::{Value, json};

use super::{Answer, Asked, KEY, SECRET, ok, page};

/// What stands in acme/web; the base of its job stands in another file.
pub(super) const CI_FILE: &str = "include: [{ local: ci/base.yml }, { project: acme/ci, file: x.yml }]\n\
    deploy: { extends: .base, id_tokens: { T: { aud: sts } } }\n";
pub(super) const BASE_FILE: &str = ".base: { script: aws s3 ls }\n";
const MERGED: &str = "---\n.base:\n  script: aws s3 ls\ndeploy:\n  extends: .base\n  id_tokens:\n    T:\n      aud: sts\n  \
    script:\n  - aws s3 ls\n  - aws sts assume-role --role-arn arn:aws:iam::123456789012:role/deploy\n";

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
    let head = |number: u64, path: &str| {
        json!({
            "id": format!("gid://gitlab/Project/{number}"), "fullPath": path, "ciConfigPathOrDefault": ".gitlab-ci.yml",
            "repository": { "rootRef": "main", "tree": { "lastCommit": { "sha": format!("5ha{number}") } } },
        })
    };
    let file = |number: u64, blobs: Value| {
        let id = format!("gid://gitlab/Project/{number}");
        json!({ "id": id, "repository": { "blobs": { "nodes": blobs } } })
    };
    match call {
        "POST graphql:ciHeads" => Some(("ciHeads", json!([head(7, "acme/web"), head(8, "acme/docs")]))),
        "POST graphql:ciFiles" => {
            let blob = json!([{ "path": ".gitlab-ci.yml", "rawBlob": CI_FILE }]);
            Some(("ciFiles", json!([file(7, blob), file(8, json!([]))])))
        }
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
        "GET /projects/7/protected_tags" | "GET /projects/8/protected_tags" => json!([{ "name": "v*" }]),
        "GET /projects/7/ci/lint" => {
            json!({ "valid": true, "errors": [], "warnings": ["old words"], "merged_yaml": MERGED, "includes": [] })
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
