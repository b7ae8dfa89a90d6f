//! What a script shows about AWS, command by command.

use std::collections::BTreeSet;

use super::{
    prints,
    shell::{self, Command},
    sight::look,
    tool,
};
use crate::model::ci::{Clue, ClueKind};

/// Clues kept of one script: nobody reads more, and a script may be made to show thousands.
const MOST: usize = 200;
/// `bash -c "bash -c ..."`: how deep.
const NESTED: usize = 3;

const METADATA: [&str; 5] = [
    "169.254.169.254",
    "169.254.170.2",
    "[fd00:ec2::254]",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/// The clues of a script, in its order, each once. `section` names it (`before_script`, `pre_build_script`); `items` are its entries or its
/// lines, counted from 1 in [`Clue::place`]. A command may go over several of them.
pub fn clues<'a>(section: &str, items: impl IntoIterator<Item = &'a str>) -> Vec<Clue> {
    let mut reader = Reader { seen: BTreeSet::new(), found: Vec::new(), section };
    let commands = shell::commands(items);
    reader.read(&commands, None, NESTED);
    reader.found
}

struct Reader<'s> {
    seen: BTreeSet<ClueKind>,
    found: Vec<Clue>,
    section: &'s str,
}

impl Reader<'_> {
    /// `item`: where the script that runs these commands in a shell of their own stands.
    fn read(&mut self, commands: &[Command], item: Option<usize>, deeper: usize) {
        let mut traced = false;
        for (at, command) in commands.iter().enumerate() {
            let item = item.unwrap_or(command.item);
            let rest = commands.get(at + 1..).unwrap_or_default();
            let kinds = prints::of(command, rest, traced)
                .into_iter()
                .chain(prints::configures(command))
                .chain(tool::of(command))
                .chain(of_text(command))
                .chain(web_identity(command));
            for kind in kinds {
                self.add(kind, item);
            }
            traced = prints::traces(command).unwrap_or(traced);
            if let Some(script) = inner_script(command).filter(|_| deeper > 0) {
                self.read(&shell::commands([script]), Some(item), deeper - 1);
            }
        }
    }

    fn add(&mut self, kind: ClueKind, item: usize) {
        if self.found.len() < MOST && self.seen.insert(kind.clone()) {
            self.found.push(Clue { kind, place: format!("{}:{item}", self.section) });
        }
    }
}

/// Role ARNs and addresses of metadata services, wherever they stand.
fn of_text(command: &Command) -> Vec<ClueKind> {
    let mut found = Vec::new();
    for text in command.texts() {
        found.extend(look(text).roles.into_iter().map(ClueKind::Role));
        if METADATA.iter().any(|address| text.contains(address)) {
            found.push(ClueKind::Metadata);
        }
    }
    found
}

/// `export AWS_WEB_IDENTITY_TOKEN_FILE=...`: the SDK signs in by itself, as the role that `AWS_ROLE_ARN` names.
fn web_identity(command: &Command) -> Option<ClueKind> {
    let sets = command.assignments().any(|(name, _)| name == "AWS_WEB_IDENTITY_TOKEN_FILE");
    sets.then(|| ClueKind::WebIdentity("$AWS_ROLE_ARN".to_owned()))
}

/// `bash -c "..."`, `sh -ec '...'`: a script in a word.
fn inner_script(command: &Command) -> Option<&str> {
    let shell = ["sh", "bash", "ash", "zsh", "dash"].contains(&command.program());
    let call = command.call();
    let option = call
        .iter()
        .position(|word| word.starts_with('-') && word.ends_with('c') && !word.starts_with("--"))?;
    shell.then(|| call.get(option + 1).map(String::as_str)).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";

    fn told(items: &[&str]) -> Vec<String> {
        let word = |clue: &Clue| match &clue.kind {
            ClueKind::Role(role) => format!("role {role}"),
            ClueKind::AssumeRole(role) => format!("assume {role}"),
            ClueKind::WebIdentity(role) => format!("web {role}"),
            ClueKind::Vault(path) => format!("vault {path}"),
            ClueKind::SecretsManager(id) => format!("secret {id}"),
            ClueKind::ParameterStore(name) => format!("parameter {name}"),
            ClueKind::Configures(name) => format!("configures {name}"),
            ClueKind::Prints(name) => format!("prints {name}"),
            ClueKind::Metadata => "metadata".into(),
            ClueKind::UsesAws(tool) => format!("uses {tool}"),
        };
        clues("script", items.iter().copied())
            .iter()
            .map(|clue| format!("{} {}", clue.place.trim_start_matches("script:"), word(clue)))
            .collect()
    }

    #[test]
    fn roles_are_assumed_in_many_spellings() {
        let cases: [(&[&str], &[&str]); 6] = [
            (
                &["aws sts assume-role --role-arn $ROLE_ARN --role-session-name ci"],
                &["1 uses aws", "1 assume $ROLE_ARN"],
            ),
            (
                &[
                    "echo hi",
                    "export A=$(aws --region eu-west-1 --profile x sts assume-role \\",
                    "  --role-arn=\"$ROLE\" --query x)",
                ],
                &["2 uses aws", "2 assume $ROLE"],
            ),
            (
                &["export $(printf \"AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\" $(aws sts \
                     assume-role-with-web-identity --role-arn ${ROLE_ARN} --web-identity-token ${T} --output text))"],
                &["1 uses aws", "1 web ${ROLE_ARN}"],
            ),
            (
                &["creds=`aws sts assume-role --role-arn arn:aws:iam::123456789012:role/deploy`"],
                &[
                    "1 uses aws",
                    "1 assume arn:aws:iam::123456789012:role/deploy",
                    "1 role arn:aws:iam::123456789012:role/deploy",
                ],
            ),
            (
                &[
                    "echo $T > /tmp/t && export AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/t AWS_ROLE_ARN=arn:aws:iam::123456789012:role/deploy",
                ],
                &["1 role arn:aws:iam::123456789012:role/deploy", "1 web $AWS_ROLE_ARN"],
            ),
            (&["bash -ec 'set -e; aws sts assume-role --role-arn x'"], &["1 uses aws", "1 assume x"]),
        ];
        for (items, wanted) in cases {
            assert_eq!(told(items), wanted, "{items:?}");
        }
        assert_eq!(told(&[&format!("# {ROLE}\necho done")]), [""; 0], "a comment runs nothing");
    }

    #[test]
    fn what_is_fetched_is_named() {
        let cases: [(&str, &[&str]); 8] = [
            (
                "aws secretsmanager get-secret-value --secret-id prod/deploy --query SecretString | jq -r .key > k",
                &["1 uses aws", "1 secret prod/deploy"],
            ),
            (
                "K=\"$(aws ssm get-parameter --name /ci/key --with-decryption)\"",
                &["1 uses aws", "1 parameter /ci/key"],
            ),
            ("aws ssm get-parameters-by-path --path=/ci", &["1 uses aws", "1 parameter /ci"]),
            ("eval $(vault read -format=json aws/creds/deploy | jq x)", &["1 vault aws/creds/deploy"]),
            ("vault write -f aws/sts/deploy ttl=1h", &["1 vault aws/sts/deploy"]),
            ("vault kv get -mount=secret -field=x ops/aws", &["1 vault secret/ops/aws"]),
            ("curl -H \"X-Vault-Token: $T\" $VAULT_ADDR/v1/aws/creds/deploy", &["1 vault aws/creds/deploy"]),
            ("vault status; vault login -method=jwt", &[]),
        ];
        for (item, wanted) in cases {
            assert_eq!(told(&[item]), wanted, "{item}");
        }
    }

    #[test]
    fn credentials_that_end_in_the_log_or_in_a_file_are_told() {
        let cases: [(&str, &[&str]); 16] = [
            ("echo $AWS_SECRET_ACCESS_KEY", &["1 prints AWS_SECRET_ACCESS_KEY"]),
            ("echo \"key: ${AWS_ACCESS_KEY_ID:-none}\" 2>&1", &["1 prints AWS_ACCESS_KEY_ID"]),
            ("echo $AWS_SECRET_ACCESS_KEY | base64 | rev", &["1 prints AWS_SECRET_ACCESS_KEY"]),
            ("echo $AWS_SECRET_ACCESS_KEY | docker login --password-stdin x", &[]),
            ("echo $AWS_SECRET_ACCESS_KEY > file", &[]),
            ("X=$(echo $AWS_SECRET_ACCESS_KEY)", &[]),
            ("echo $AWS_REGION; echo '$HOME'", &[]),
            ("env", &["1 prints *"]),
            ("env | sort", &["1 prints *"]),
            ("env A=b make && export -p > file", &[]),
            ("export -p", &["1 prints *"]),
            ("printenv AWS_SESSION_TOKEN", &["1 prints AWS_SESSION_TOKEN"]),
            ("set -euxo pipefail\ntool --secret $AWS_SECRET_ACCESS_KEY", &["1 prints AWS_SECRET_ACCESS_KEY"]),
            ("set -e\nset +x\ntool $AWS_SECRET_ACCESS_KEY", &[]),
            (
                "aws configure set aws_secret_access_key \"$DEPLOY_SECRET\" --profile p",
                &["1 configures DEPLOY_SECRET", "1 uses aws"],
            ),
            (
                "mkdir ~/.aws\ncat > ~/.aws/credentials <<-EOF\n[default]\naws_access_key_id = $AWS_ACCESS_KEY_ID\nEOF\nterraform apply",
                &["1 configures AWS_ACCESS_KEY_ID", "1 uses terraform"],
            ),
        ];
        for (item, wanted) in cases {
            assert_eq!(told(&[item]), wanted, "{item}");
        }
    }

    #[test]
    fn tools_are_found_behind_keywords_and_other_tools() {
        let script = [
            "if [ -z \"$X\" ]; then npx cdk deploy; fi",
            "AWS_PROFILE=prod terraform plan || true",
            "deploy() { /usr/local/bin/aws s3 sync . s3://b; }",
            "aws ecr get-login-password | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "curl http://169.254.169.254/latest/meta-data",
            "aws --version; echo aws terraform; ls ./terraform",
        ];
        let wanted =
            ["1 uses cdk", "2 uses terraform", "3 uses aws", "4 uses docker login ecr", "5 metadata"];
        assert_eq!(told(&script), wanted);
    }

    proptest! {
        #[test]
        fn any_text_is_a_script(text in "([ -~\n]|[$`\"'()<>|&\\\\]|EOF){0,300}") {
            clues("script", text.lines());
            clues("script", [text.as_str()]);
        }

        #[test]
        fn no_secret_survives(before in "[ -~\n]{0,60}", after in "[ -~\n]{0,60}") {
            let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
            for form in ["aws sts assume-role --role-arn ", "vault read ", "export AWS_ROLE_ARN=", "aws ssm get-parameter --name="] {
                let script = format!("{before} {form}{secret} {after}");
                let found = clues("script", [script.as_str()]);
                let text = format!("{found:?} {}", serde_json::to_string(&found).unwrap());
                prop_assert!(!text.contains("wJalrX"), "{}", text);
            }
        }
    }
}
