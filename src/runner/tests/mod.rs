//! Files as people write them, and what must be read from them.

mod corpus;
mod planted;
mod tables;
mod values;

use super::*;

/// The entries of a text, which must have no problems.
fn entries(text: &str) -> Vec<RunnerConfig> {
    let found = read("config.toml", text);
    assert_eq!(found.problems, [], "{text}");
    let What::Runners(configs) = found.what else { panic!("{text}: {found:?}") };
    configs
}

fn told(text: &str) -> Vec<String> {
    read("config.toml", text).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn files_are_known_by_what_stands_in_them() {
    let kinds = [
        ("config.toml", "concurrent = 4\n", "runners"),
        ("x.toml", "[[runners]]\n", "runners"),
        ("Cargo.toml", "[package]\nname = 'x'\n", "other"),
        ("broken.toml", "[package\nname = \n", "other"),
        ("fargate.toml", "[Fargate]\n  Cluster = 'c'\n", "fargate"),
        (".runner_system_id", "s_0123456789ab\n", "id"),
        ("values.yaml", "image: x\n", "other"),
        ("values.yaml", "gitlabUrl: https://gitlab.example\nrunners: {}\n", "runners"),
    ];
    for (name, text, kind) in kinds {
        let found = match read(name, text).what {
            What::Runners(_) => "runners",
            What::Fargate(_) => "fargate",
            What::SystemId(_) => "id",
            What::Other => "other",
        };
        assert_eq!(found, kind, "{name}: {text}");
    }
}

#[test]
fn a_file_that_is_no_system_id_is_told() {
    let found = read("/etc/gitlab-runner/.runner_system_id", "glrt-planted");
    assert_eq!(found.problems[0].to_string(), "line 1: expected a system id like s_0123456789ab");
    assert!(!format!("{found:?}").contains("planted"));
}

#[test]
fn broken_lines_are_told_and_the_rest_is_read() {
    let text = "concurrent = 1\n[[runners]]\n  name = \"a\"\n  token = glrt-planted\n  id = 4\n[[runners]\n  id = 5\n  \
                [runners.docker]\n    privileged = true\n[[runners]]\n  id = 6\n  [runners.docker]\n    privileged = \"yes\"\n";
    let found = read("config.toml", text);
    let What::Runners(configs) = &found.what else { panic!("{found:?}") };
    // The second entry has lost its header: its fields are not the first one's.
    let ids: Vec<_> =
        configs.iter().map(|config| (config.number, config.docker.is_some(), config.line)).collect();
    assert_eq!(ids, [(Some(4), false, Some(2)), (Some(6), true, Some(10))]);
    assert_eq!(
        told(text),
        [
            "line 13, column 18: runners.docker.privileged: expected true or false, found a string",
            "line 4, column 11: not TOML: string values must be quoted, expected literal string",
            "line 6, column 11: not TOML: unclosed array table, expected `]`",
        ]
    );
    assert!(!format!("{found:?}").contains("planted"));
}

#[test]
fn templates_are_told_by_line_and_what_stands_around_them_is_read() {
    let cases = [
        // Go.
        (
            "concurrent = {{ .Values.concurrent }}\n{{- if .Values.x }}\n[[runners]]\n  id = 7\n  name = \"{{ .Values.name | \
             default \"x\" }}\"\n  executor = \"docker\"\n{{- end }}\n",
            "line 1: a template decides lines 1, 2, 5, 7",
        ),
        // ERB.
        (
            "<% @runners.each do |runner| %>\n[[runners]]\n  id = 7\n  limit = <%= runner['limit'] %>\n  executor = \"docker\"\n<% \
             end %>\n",
            "line 1: a template decides lines 1, 4, 6",
        ),
        // terraform.
        (
            "concurrent = ${runners_concurrent}\n[[runners]]\n  id = 7\n  name = \"${name}\"\n  executor = \"docker\"\n  environment \
             = ${environment}\n  ${services}\n%{ if cache ~}\n  [runners.cache]\n%{ endif ~}\n",
            "line 1: a template decides lines 1, 6, 7, 8, 10",
        ),
        // Jinja.
        (
            "{% for runner in runners %}\n[[runners]]\n  id = 7\n  executor = \"docker\"\n{% endfor %}\n",
            "line 1: a template decides lines 1, 5",
        ),
    ];
    for (text, problem) in cases {
        let found = read("config.toml", text);
        let What::Runners(configs) = &found.what else { panic!("{text}: {found:?}") };
        let [config] = &configs[..] else { panic!("{text}: {found:?}") };
        assert_eq!((config.number, config.executor.as_deref()), (Some(7), Some("docker")), "{text}");
        assert_eq!(config.name, None, "{text}");
        assert_eq!(told(text), [problem], "{text}");
        assert!(found.problems.iter().all(|problem| !problem.lost));
    }
}

#[test]
fn braces_of_a_shell_are_no_templates() {
    let text = "[[runners]]\n  pre_build_script = '''\n    docker inspect --format '{{ .State }}' x\n  '''\n  url = \"${CI_SERVER_URL}\"\n";
    let configs = entries(text);
    assert_eq!(configs[0].url.as_deref(), Some("${CI_SERVER_URL}"));
}

#[test]
fn what_lies_together_belongs_together() {
    let config = "[[runners]]\n  id = 1\n  executor = \"custom\"\n  [runners.custom]\n    config_exec = \"/opt/fargate\"\n    config_args = \
                  [\"--config\", \"/etc/gitlab-runner/fargate.toml\", \"custom\", \"config\"]\n";
    let driver = "[Fargate]\n  Cluster = \"ci\"\n  Region = \"eu-west-1\"\n  TaskDefinition = \"job:3\"\n[SSH]\n  Username = \"root\"\n";
    let file = |path: &str, text: &str| File { path: path.into(), read: read(path, text) };
    let files = vec![
        file("/a/config.toml", config),
        file("/b/config.toml", config),
        file("/a/.runner_system_id", "s_aa"),
    ];
    assert_eq!(missing(&files), ["/a/fargate.toml", "/b/fargate.toml", "/etc/gitlab-runner/fargate.toml"]);

    let unread = assemble(files.clone());
    assert_eq!(unread[0].system_id.as_deref(), Some("s_aa"));
    assert_eq!(unread[1].system_id, None);
    let named = FargateSettings {
        file: Some("/etc/gitlab-runner/fargate.toml".into()),
        ..FargateSettings::default()
    };
    assert_eq!(unread[0].fargate, Some(named));

    let mut beside = files.clone();
    beside.push(file("/a/fargate.toml", driver));
    beside.push(file("/c/fargate.toml", "[Fargate]\n  TaskDefinition = \"other\"\n"));
    assert_eq!(missing(&beside), ["/b/fargate.toml", "/etc/gitlab-runner/fargate.toml"]);
    let tasks: Vec<_> =
        assemble(beside).into_iter().map(|config| config.fargate.unwrap().task_definition).collect();
    assert_eq!(
        tasks,
        [Some("job:3".into()), None],
        "the one beside, and never one of two that are elsewhere"
    );
}
