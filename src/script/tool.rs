//! Tools that call AWS with whatever credentials a job has, and the calls of them that say more than that.

use super::{shell::Command, sight::written};
use crate::model::ci::ClueKind;

/// Programs that talk to AWS; those that talk to other clouds as well do so with AWS's credentials where they find some.
const TOOLS: [&str; 24] = [
    "aws",
    "terraform",
    "tofu",
    "terragrunt",
    "cdk",
    "cdktf",
    "aws-cdk",
    "sam",
    "serverless",
    "sls",
    "pulumi",
    "eksctl",
    "ecs-cli",
    "ecs",
    "ecs-deploy",
    "copilot",
    "eb",
    "chamber",
    "aws-vault",
    "aws-iam-authenticator",
    "amazon-ecr-credential-helper",
    "s3cmd",
    "s5cmd",
    "kops",
];

/// What one command shows: the tool it is, and what it fetches or becomes.
pub(super) fn of(command: &Command) -> Vec<ClueKind> {
    let call = command.call();
    let arguments = call.get(1..).unwrap_or_default();
    let mut found = Vec::new();
    let program = command.program();
    if TOOLS.contains(&program)
        && !matches!(arguments.first().map(String::as_str), Some("--version" | "help" | "version"))
    {
        found.push(ClueKind::UsesAws(program.to_owned()));
    }
    match program {
        "aws" => found.extend(aws(arguments)),
        "vault" => found.extend(vault(arguments)),
        "docker" | "podman" | "buildah" | "crane" | "skopeo"
            if arguments.iter().any(|word| word == "login")
                && arguments
                    .iter()
                    .any(|word| word.contains(".dkr.ecr.") || word.contains("public.ecr.aws")) =>
        {
            found.push(ClueKind::UsesAws(format!("{program} login ecr")));
        }
        "curl" | "wget" => found.extend(arguments.iter().filter_map(|word| vault_address(word))),
        _ => {}
    }
    found
}

/// `aws sts assume-role --role-arn X`, with options before the service or behind.
fn aws(arguments: &[String]) -> Option<ClueKind> {
    let mut plain = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some(option) if TAKES.contains(&option) => {
                words.next();
            }
            Some(_) => {}
            None => plain.push(word.as_str()),
        }
        if plain.len() == 2 {
            break;
        }
    }
    let value = |name: &str| option(arguments, name).map(written).unwrap_or_default();
    match plain.as_slice() {
        ["sts", "assume-role" | "assume-role-with-saml"] => Some(ClueKind::AssumeRole(value("--role-arn"))),
        ["sts", "assume-role-with-web-identity"] => Some(ClueKind::WebIdentity(value("--role-arn"))),
        ["secretsmanager", "get-secret-value"] => Some(ClueKind::SecretsManager(value("--secret-id"))),
        ["secretsmanager", "batch-get-secret-value"] => {
            Some(ClueKind::SecretsManager(value("--secret-id-list")))
        }
        ["ssm", "get-parameter" | "get-parameter-history"] => Some(ClueKind::ParameterStore(value("--name"))),
        ["ssm", "get-parameters"] => Some(ClueKind::ParameterStore(value("--names"))),
        ["ssm", "get-parameters-by-path"] => Some(ClueKind::ParameterStore(value("--path"))),
        _ => None,
    }
}

/// Options of `aws` itself that take a value and may stand before the service.
/// Source: the AWS CLI reference, "Global options".
const TAKES: [&str; 10] = [
    "profile",
    "region",
    "output",
    "query",
    "endpoint-url",
    "ca-bundle",
    "cli-read-timeout",
    "cli-connect-timeout",
    "color",
    "cli-binary-format",
];

/// The value of `--name value` or `--name=value`.
fn option<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    arguments.iter().enumerate().find_map(|(at, word)| {
        let rest = word.strip_prefix(name)?;
        match rest.strip_prefix('=') {
            Some(value) => Some(value),
            None if rest.is_empty() => arguments.get(at + 1).map(String::as_str),
            None => None,
        }
    })
}

/// `vault read aws/creds/deploy`, `vault write -f aws/sts/deploy ttl=1h`, `vault kv get -mount=secret ops`.
fn vault(arguments: &[String]) -> Option<ClueKind> {
    let mount = option(arguments, "-mount").map(|mount| format!("{mount}/")).unwrap_or_default();
    let plain: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).take(3).collect();
    match plain.as_slice() {
        ["read" | "write", path, ..] | ["kv", "get", path] => {
            Some(ClueKind::Vault(written(&format!("{mount}{path}"))))
        }
        _ => None,
    }
}

/// `$VAULT_ADDR/v1/aws/creds/deploy`: Vault over HTTP.
fn vault_address(word: &str) -> Option<ClueKind> {
    let (before, path) = word.split_once("/v1/")?;
    before.to_ascii_lowercase().contains("vault").then(|| ClueKind::Vault(written(path)))
}
