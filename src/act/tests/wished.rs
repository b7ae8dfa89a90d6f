//! What is wished of actions in this world.

use super::{OLD, PROVIDER};

/// Of the wish with this name.
pub(super) fn wished(action: &str, name: &str) -> &'static str {
    match name {
        "quiet" | "soak" => "20s",
        "principal" if action == "remove-provider" => PROVIDER,
        "way" => OLD,
        "role" => "deploy-gitlab",
        "principal" => "arn:aws:iam::123456789012:user/ci/deploy",
        "scope" => "production",
        "value" => "env:NEW_ID",
        "secret" => "env:NEW_SECRET",
        "tag" => "aws",
        "project" => "acme/p2",
        "to-command" => "take-token --runner 7",
        other => panic!("nobody says what {other} is to be"),
    }
}
