//! `secrets:`: which store a job fetches what from.

use super::tree::Node;
use crate::{model::ci::CiSecret, script::written};

/// Engines, the fields that name what is fetched, and how they are joined.
/// Source: GitLab, "CI/CD YAML syntax reference", `secrets`.
const ENGINES: [(&str, &[&str]); 6] = [
    ("vault", &["path", "field"]),
    ("aws_secrets_manager", &["secret_id", "field"]),
    ("azure_key_vault", &["name"]),
    ("gcp_secret_manager", &["name"]),
    ("akeyless", &["name"]),
    ("gitlab_secrets_manager", &["name"]),
];

pub(super) fn secrets(map: &Node) -> Vec<CiSecret> {
    let entries = map.map().into_iter().flatten();
    entries.filter_map(|(name, secret)| read(name, secret)).collect()
}

fn read(name: &str, secret: &Node) -> Option<CiSecret> {
    let (engine, fields, value) =
        ENGINES.iter().find_map(|(engine, fields)| Some((*engine, *fields, secret.get(engine)?)))?;
    let path = match value.text() {
        Some(short) => short.to_owned(),
        None => long(engine, fields, value),
    };
    let token = secret.get("token").and_then(|token| token.text());
    let token = token.map(|token| written(token.trim_matches(['$', '{', '}'])));
    Some(CiSecret { name: written(name), engine: engine.to_owned(), path: written(&path), token })
}

/// The long form in the words of the short one: `path/field@mount`, `id#field`.
fn long(engine: &str, fields: &[&str], value: &Node) -> String {
    let parts: Vec<&str> = fields.iter().filter_map(|field| value.get(field)?.text()).collect();
    if engine != "vault" {
        return parts.join("#");
    }
    let mount = value.get("engine").and_then(|engine| engine.get("path")?.text());
    mount.map_or_else(|| parts.join("/"), |mount| format!("{}@{mount}", parts.join("/")))
}
