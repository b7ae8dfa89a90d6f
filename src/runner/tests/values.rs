//! YAML with a `config.toml` inside.

use std::fmt::Write;

use super::*;

const VALUES: &str = r#"
gitlabUrl: https://gitlab.acme.example/
runnerToken: "glrt-planted"
rbac:
  create: true
  serviceAccountAnnotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111111111111:role/jobs
serviceAccount:
  name: job-runner
runners:
  namespace: ci
  serviceAccountName: job-runner
  config: |
    [[runners]]
      name = "eks"
      id = 12
      [runners.kubernetes]
        namespace = "{{.Release.Namespace}}"
        image = "alpine"
        service_account_overwrite_allowed = ".*"
      [runners.cache
"#;

fn pods(text: &str) -> Vec<RunnerConfig> {
    let found = read("values.yaml", text);
    assert!(!format!("{found:?}").contains("planted"));
    let What::Runners(configs) = found.what else { panic!("{found:?}") };
    configs
}

#[test]
fn helm_values_complete_the_file_they_embed() {
    let configs = pods(VALUES);
    let [config] = &configs[..] else { panic!("{configs:?}") };
    assert_eq!(config.url.as_deref(), Some("https://gitlab.acme.example"));
    assert_eq!(
        (config.number, config.executor.as_deref(), config.line),
        (Some(12), Some("kubernetes"), Some(14))
    );
    let pods = config.kubernetes.as_ref().unwrap();
    assert_eq!(
        (pods.namespace.as_deref(), pods.service_account.as_deref()),
        (Some("ci"), Some("job-runner"))
    );
    assert_eq!(pods.role.as_ref().unwrap().name(), "jobs");
    assert_eq!(pods.service_account_overwrite_allowed.as_deref(), Some(".*"));
    let told: Vec<String> = read("values.yaml", VALUES).problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["line 18: a template decides this line", "line 21: not TOML: unclosed table, expected `]`"],
        "lines are the file's"
    );
}

#[test]
fn the_managers_role_is_not_its_jobs() {
    let other = VALUES.replace("  serviceAccountName: job-runner", "  serviceAccountName: jobs");
    assert_eq!(pods(&other)[0].kubernetes.as_ref().unwrap().role, None);
    let none = VALUES.replace("  serviceAccountName: job-runner\n", "");
    assert_eq!(pods(&none)[0].kubernetes.as_ref().unwrap().role, None);
}

#[test]
fn values_are_found_wherever_they_stand() {
    let below = |indent: usize, text: &str| {
        let space = " ".repeat(indent);
        text.lines().map(|line| format!("{space}{line}")).collect::<Vec<_>>().join("\n")
    };
    let wholes = [
        format!("gitlab-runner:\n{}", below(2, VALUES)),
        format!("kind: HelmRelease\nspec:\n  values:\n{}", below(4, VALUES)),
        format!("kind: Application\nspec:\n  source:\n    helm:\n      values: |\n{}", below(8, VALUES)),
        format!("a: 1\n---\n{}", VALUES.trim_start()),
    ];
    for text in wholes {
        let configs = pods(&text);
        assert_eq!(configs.len(), 1, "{text}");
        assert_eq!((configs[0].number, configs[0].url.is_some()), (Some(12), true), "{text}");
    }
    let map = "kind: ConfigMap\ndata:\n  config.toml: |\n    concurrent = 1\n    [[runners]]\n      id = 3\n  config.template.toml: |\n\n    [[runners]]\n      id = 4\n";
    let found: Vec<_> = pods(map).iter().map(|config| (config.index, config.number, config.line)).collect();
    assert_eq!(found, [(0, Some(3), Some(5)), (1, Some(4), Some(9))]);
}

#[test]
fn values_without_a_file_inside_are_one_entry() {
    let configs =
        pods("gitlabUrl: https://gitlab.example\nrunners:\n  privileged: true\n  serviceAccountName: x\n");
    let pods = configs[0].kubernetes.as_ref().unwrap();
    assert!(pods.privileged);
    assert_eq!(pods.service_account.as_deref(), Some("x"));
}

#[test]
fn broken_and_templated_values_keep_what_can_be_read() {
    let broken = format!("{VALUES}\n other: [\n");
    let found = read("values.yaml", &broken);
    assert!(matches!(&found.what, What::Runners(configs) if configs.len() == 1), "{found:?}");
    assert!(
        found.problems.iter().any(|problem| problem.lost && problem.says.starts_with("not YAML: ")),
        "{found:?}"
    );

    let templated =
        "{{- if .Values.on }}\ngitlabUrl: {{ .Values.url }}\nrunners:\n  serviceAccountName: x\n{{- end }}\n";
    let found = read("values.yaml", templated);
    let What::Runners(configs) = &found.what else { panic!("{found:?}") };
    assert_eq!(configs[0].kubernetes.as_ref().unwrap().service_account.as_deref(), Some("x"));
    assert_eq!(configs[0].url, None);
    assert_eq!(found.problems[0].to_string(), "templates decide parts of it");
}

#[test]
fn a_billion_aliases_are_not_followed() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let one = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![one; 10].join(", ")).unwrap();
    }
    text.push_str(&"[".repeat(5_000));
    assert!(matches!(read("values.yaml", &text).what, What::Other));
}
