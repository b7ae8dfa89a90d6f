//! Which project has which CI files: the templates everybody includes, the jobs of the lanes, a few more that never ran, and one
//! short file that all others share.

use std::{fmt::Write, sync::Arc};

use super::{Maker, steps};
use crate::demo::work::{LANES, Lane, Way, lane_tags};

/// Where the shared templates stand.
const TEMPLATES: (&str, [(&str, &str); 2]) = (
    "acme/platform/ci-templates",
    [("base.yml", include_str!("ci/base.yml")), ("aws.yml", include_str!("ci/aws.yml"))],
);

/// Jobs without a lane: nobody has run them in the last fourteen days.
const MORE: [(&str, &str); 6] = [
    ("acme/platform/infra", include_str!("ci/infra.yml")),
    ("acme/shop/storefront", include_str!("ci/storefront.yml")),
    ("acme/shop/checkout", include_str!("ci/checkout.yml")),
    ("acme/payments/gateway", include_str!("ci/gateway.yml")),
    ("acme/mobile/ios-app", include_str!("ci/ios.yml")),
    ("acme/sandbox/playground", include_str!("ci/playground.yml")),
];

/// Its file cannot be read.
const BROKEN: &str = "acme/sandbox/terraform-drill";

impl Maker {
    /// Gives projects their CI files; archived ones and a few others have none.
    pub(super) fn pipelines(&mut self) {
        let tags: Vec<Option<String>> = LANES.iter().map(|lane| lane_tags(&self.world, lane).pop()).collect();
        let shared: Arc<str> = include_str!("ci/crowd.yml").into();
        for (index, project) in self.world.gitlab.projects.values_mut().enumerate() {
            let own: Vec<(&Lane, Option<&str>)> = LANES
                .iter()
                .zip(&tags)
                .filter(|(lane, _)| lane.project == project.full_path)
                .map(|(lane, tag)| (lane, tag.as_deref()))
                .collect();
            let more = MORE.iter().find(|(path, _)| *path == project.full_path).map_or("", |(_, text)| text);
            let text: Arc<str> = if project.full_path == BROKEN {
                include_str!("ci/broken.yml").into()
            } else if !own.is_empty() || !more.is_empty() {
                configuration(&own, more).into()
            } else if project.archived || index % 13 == 7 || project.full_path == "acme/mobile/android-app" {
                continue;
            } else {
                Arc::clone(&shared)
            };
            project.files.insert(project.ci_path().to_owned(), text);
            if own.iter().any(|(lane, _)| matches!(lane.way, Way::Vault)) {
                project.files.insert("ci/vault.yml".into(), include_str!("ci/vault.yml").into());
            }
        }
        let (path, files) = TEMPLATES;
        let place = self.id(path);
        if let Some(project) = self.world.gitlab.projects.get_mut(&place) {
            project.files.extend(files.map(|(path, text)| (path.to_owned(), text.into())));
        }
        let without = self.world.gitlab.projects.values().find(|project| project.ci_file().is_none());
        if let Some(id) = without.map(|project| project.id) {
            self.plant("project without a CI file", format!("project/{id}"));
        }
    }
}

/// A whole file: what it includes, the job everybody has, one job for each lane, and what else there is.
fn configuration(lanes: &[(&Lane, Option<&str>)], more: &str) -> String {
    let mut text = String::from(
        "include:\n- project: acme/platform/ci-templates\n  ref: main\n  file:\n  - /base.yml\n  - /aws.yml\n",
    );
    if lanes.iter().any(|(lane, _)| matches!(lane.way, Way::Vault)) {
        text.push_str("- local: /ci/vault.yml\n");
    }
    if lanes.iter().any(|(lane, _)| steps::wants_tools(lane.way)) {
        text.push_str("\n.tools: &tools\n  image: amazon/aws-cli:2.31.4\n");
    }
    text.push_str("\ncompile:\n  stage: build\n  script:\n  - make build APP=\"$CI_PROJECT_NAME\"\n");
    for (lane, tag) in lanes {
        let _ = write!(text, "\n{}:\n  stage: {}\n", lane.job, lane.stage);
        if let Some(tag) = tag {
            let _ = write!(text, "  tags:\n  - {}\n", quoted(tag));
        }
        let environment = match lane.stage {
            "deploy" if lane.job.contains("staging") => Some("staging"),
            "deploy" => Some("production"),
            "review" => Some("review/$CI_COMMIT_REF_SLUG"),
            _ => None,
        };
        if let Some(environment) = environment {
            let _ = write!(text, "  environment:\n    name: {environment}\n");
        }
        text.push_str(&steps::needs(lane));
        text.push_str("  script:\n");
        for step in steps::script(lane) {
            let _ = writeln!(text, "  - {step}");
        }
    }
    text + more
}

/// A YAML text in quotes: a tag may hold anything, control characters too.
fn quoted(text: &str) -> String {
    let letter = |letter: char| match letter {
        ' '..='~' if !matches!(letter, '"' | '\\') => letter.to_string(),
        other => format!("\\U{:08x}", u32::from(other)),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::company::HOST;

    #[test]
    fn whatever_a_tag_holds_stays_inside_its_quotes() {
        assert_eq!(quoted("linux"), "\"linux\"");
        assert_eq!(quoted("a\u{1b}\"b"), "\"a\\U0000001b\\U00000022b\"");
    }

    #[test]
    fn a_job_says_how_it_gets_its_credentials() {
        let text = |job: &str| {
            let lane = LANES.iter().find(|lane| lane.job == job).unwrap();
            configuration(&[(lane, Some("deploy"))], "")
        };
        assert!(include_str!("ci/aws.yml").contains(HOST) && text("deploy").contains("extends: .aws-oidc"));
        assert!(
            text("preview").contains("AWS_ROLE_ARN: arn:aws:iam::333333333333:role/oidc-storefront-preview")
        );
        assert!(
            text("apply-prod")
                .contains("sts assume-role --role-arn arn:aws:iam::222222222222:role/deploy-prod")
        );
        assert!(text("release").contains("!reference [.assume-role, script]"));
        assert!(
            text("ingest").contains("extends: .vault") && text("ingest").contains("local: /ci/vault.yml")
        );
        assert!(text("build").contains("IAM_ROLE: arn:aws:iam::222222222222:role/proxy-image-build"));
        assert!(text("load-redshift").contains("secretsmanager get-secret-value"));
        assert!(text("curl-metadata").contains("169.254.169.254"));
        assert!(text("unit").contains("  tags:\n  - \"deploy\"\n"));
        assert!(text("test-charts").contains("&tools") && text("test-charts").contains("<<: *tools"));
    }
}
