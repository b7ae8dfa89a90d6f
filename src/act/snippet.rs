//! What a project's `.gitlab-ci.yml` needs so that its jobs open a role by their id tokens. It is for a person: keytrail writes no
//! repository.

use std::{collections::BTreeSet, fmt::Write};

use super::plan::Text;
use crate::base::{name::Arn, text::clean};

/// The part of the configuration: a hidden job that the project's jobs extend.
///
/// Keys in a job's variables are taken before a web identity: they are put away first. The names of the AWS variables are the SDKs' own.
/// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider"; GitLab documentation, "Configure OpenID Connect in AWS".
pub(super) fn snippet(
    path: &str,
    role: &Arn,
    audience: &str,
    jobs: &BTreeSet<String>,
    variables: &BTreeSet<String>,
) -> Text {
    let mut put_away: BTreeSet<&str> =
        variables.iter().map(String::as_str).filter(|name| is_name(name)).collect();
    put_away.insert("AWS_SESSION_TOKEN");
    let put_away: Vec<&str> = put_away.into_iter().collect();
    let mut body = format!(
        "# A job with a before_script of its own takes these lines into it.\n\
         .aws:\n  id_tokens:\n    AWS_ID_TOKEN:\n      aud: {}\n  variables:\n    AWS_ROLE_ARN: {}\n    \
         AWS_ROLE_SESSION_NAME: gitlab-$CI_PROJECT_ID-$CI_JOB_ID\n    \
         AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-id-token-$CI_JOB_ID\n  before_script:\n    \
         # Until they are deleted, the key's variables would be taken first.\n    \
         - unset {}\n    \
         - (umask 077 && printf '%s' \"$AWS_ID_TOKEN\" > \"$AWS_WEB_IDENTITY_TOKEN_FILE\")\n",
        quoted(audience),
        quoted(role.as_str()),
        put_away.join(" ")
    );
    for job in jobs {
        _ = write!(body, "\n{}:\n  extends: .aws\n", quoted(job));
    }
    Text { title: format!("{}: .gitlab-ci.yml", clean(path)), body }
}

/// A shell variable's name: anything else is not written into a script.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// As YAML has it: plain where nothing in it means anything, else in JSON's quotation marks, which YAML reads.
fn quoted(text: &str) -> String {
    let text = clean(text);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if begins && text.bytes().all(is_plain) {
        text.into_owned()
    } else {
        serde_json::Value::from(text.into_owned()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_yaml_whatever_jobs_are_called() {
        let role = Arn::new("arn:aws:iam::111111111111:role/ci").unwrap();
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        let jobs = set(&["deploy", "build: [a]\u{1b}[2J", "\"x"]);
        let text =
            snippet("acme/web", &role, "sts.amazonaws.com", &jobs, &set(&["AWS_ACCESS_KEY_ID", "x;rm -rf"]));
        assert_eq!(text.title, "acme/web: .gitlab-ci.yml");
        assert!(!text.body.contains('\u{1b}') && !text.body.contains("rm -rf"), "{}", text.body);
        for line in [
            "      aud: sts.amazonaws.com\n",
            "    AWS_ROLE_ARN: \"arn:aws:iam::111111111111:role/ci\"\n",
            "    - unset AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN\n",
            "\ndeploy:\n  extends: .aws\n",
            "\n\"\\\"x\":\n  extends: .aws\n",
        ] {
            assert!(text.body.contains(line), "{line}\n{}", text.body);
        }
        let mut parser = saphyr_parser::Parser::new_from_str(&text.body);
        assert!(parser.all(|event| event.is_ok()), "{}", text.body);
    }
}
