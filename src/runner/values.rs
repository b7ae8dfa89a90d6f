//! YAML with a `config.toml` inside: values of GitLab's Helm chart (alone, below another chart's name, or in a HelmRelease), and
//! ConfigMaps.
//!
//! Source: charts.gitlab.io `gitlab-runner` 0.70, `values.yaml` and `templates/_helpers.tpl`.

use super::{
    Problem, Read, What, document,
    entry::address,
    kubernetes::annotated,
    template,
    yaml::{self, Node},
};
use crate::{
    model::runner_config::{KubernetesSettings, RunnerConfig},
    script,
};

/// Keys of a ConfigMap that hold a `config.toml`.
const FILES: [&str; 2] = ["config.toml", "config.template.toml"];

pub(super) fn read(file_name: &str, text: &str) -> Read {
    let mut tree = yaml::read(text);
    let mut read = Read::default();
    if tree.problem.is_some() && template::is_in(text) {
        tree = yaml::read(&template::blank(text));
        let says = "templates decide parts of it".to_owned();
        read.problems.push(Problem { line: None, column: None, says, lost: false });
    }
    let mut found = Found { file_name, configs: Vec::new(), problems: Vec::new(), is_ours: false };
    found.search(&tree.root);
    if found.is_ours {
        read.problems.extend(found.problems);
        read.problems.extend(tree.problem);
        read.what = What::Runners(found.configs);
    }
    read
}

struct Found<'a> {
    file_name: &'a str,
    configs: Vec<RunnerConfig>,
    problems: Vec<Problem>,
    is_ours: bool,
}

impl Found<'_> {
    fn search(&mut self, node: &Node) {
        if is_chart(node) {
            return self.chart(node);
        }
        match node {
            Node::Map(pairs) => {
                for (name, value) in pairs {
                    match value {
                        Node::Text { text, above } if FILES.contains(&name.as_str()) => {
                            self.embedded(text, *above);
                        }
                        // Values in a string, as Argo CD has them.
                        Node::Text { text, above } if name == "values" && text.contains("[[runners") => {
                            let inner = yaml::read(text);
                            let before = self.problems.len();
                            self.search(&inner.root);
                            self.problems[before..].iter_mut().for_each(|problem| lower(problem, *above));
                        }
                        _ => self.search(value),
                    }
                }
            }
            Node::List(items) => items.iter().for_each(|item| self.search(item)),
            Node::Nothing | Node::Text { .. } => {}
        }
    }

    /// Entries of a `config.toml`, counted on from those before.
    fn embedded(&mut self, text: &str, above: u32) -> usize {
        self.is_ours = true;
        let first = self.configs.len();
        let read = document::within(self.file_name, text, above);
        self.problems.extend(read.problems);
        if let What::Runners(configs) = read.what {
            self.configs.extend(configs);
        }
        for (index, config) in self.configs.iter_mut().enumerate().skip(first) {
            config.index = index;
        }
        first
    }

    /// Values of the chart: what the entries leave open is what the values say around them.
    fn chart(&mut self, values: &Node) {
        self.is_ours = true;
        let first = self.configs.len();
        if let Some(Node::Text { text, above }) = values.at(&["runners", "config"]) {
            self.embedded(text, *above);
        }
        if self.configs.len() == first {
            // Older charts, and values that leave `config` to the chart, have one entry.
            let file = self.file_name.into();
            self.configs.push(RunnerConfig { file, index: first, ..RunnerConfig::default() });
        }
        for config in &mut self.configs[first..] {
            complete(config, values);
        }
    }
}

/// Are these the chart's values: an address or a token of GitLab's beside `runners`, or a `config.toml` below it?
fn is_chart(node: &Node) -> bool {
    let Some(runners @ Node::Map(_)) = node.get("runners") else { return false };
    let beside = ["gitlabUrl", "runnerToken", "runnerRegistrationToken"];
    let config = runners.get("config").and_then(Node::text).is_some_and(|text| text.contains("[[runners"));
    config || beside.iter().any(|name| node.get(name).is_some())
}

fn complete(config: &mut RunnerConfig, values: &Node) {
    let text = |path: &[&str]| values.at(path).and_then(Node::text).filter(|text| !template::is_in(text));
    let executor = || text(&["runners", "executor"]).unwrap_or("kubernetes").to_owned();
    config.executor.get_or_insert_with(executor);
    if config.url.is_none() {
        config.url = text(&["gitlabUrl"]).and_then(address);
    }
    if config.name.is_none() {
        config.name = text(&["runners", "name"]).map(script::written);
    }
    if config.executor.as_deref() != Some("kubernetes") {
        return;
    }
    let pods = config.kubernetes.get_or_insert_with(KubernetesSettings::default);
    let known = |path: &[&str]| text(path).map(script::written);
    pods.namespace = pods.namespace.take().or_else(|| known(&["runners", "namespace"]));
    pods.service_account = pods.service_account.take().or_else(|| known(&["runners", "serviceAccountName"]));
    pods.privileged |= text(&["runners", "privileged"]) == Some("true");
    if pods.role.is_none() {
        pods.role = pods.service_account.as_deref().and_then(|account| {
            let named = text(&["serviceAccount", "name"])
                .or_else(|| text(&["rbac", "generatedServiceAccountName"]))
                .or_else(|| text(&["rbac", "serviceAccountName"]));
            // The chart annotates the runner manager's own account: jobs have its role only if they have the account.
            let annotations = [&["serviceAccount", "annotations"], &["rbac", "serviceAccountAnnotations"]];
            let role = annotations.iter().find_map(|path| annotated(values.at(*path)?));
            role.filter(|_| named.is_none_or(|named| named == account))
        });
    }
}

fn lower(problem: &mut Problem, above: u32) {
    problem.line = problem.line.map(|line| line + above);
}
