//! One `[[runners]]` of a `config.toml`.

use super::{environment, fargate, fields, kubernetes, settings, table::Table};
use crate::{
    model::{ci::Clue, runner_config::RunnerConfig},
    script,
};

/// Scripts of the file that run in every job; the `clone` ones are the old names of `get_sources`.
const SCRIPTS: [&str; 6] = [
    "pre_clone_script",
    "post_clone_script",
    "pre_get_sources_script",
    "post_get_sources_script",
    "pre_build_script",
    "post_build_script",
];

pub(super) fn read(file: &str, index: usize, line: u32, table: Table<'_>) -> RunnerConfig {
    let scripts: Vec<(&str, &str)> =
        SCRIPTS.iter().filter_map(|name| Some((*name, table.raw(name)?))).collect();
    let clues: Vec<Clue> =
        scripts.iter().flat_map(|(name, text)| script::clues(name, text.lines())).collect();
    let mut environment = environment::read(&table.texts("environment").unwrap_or_default());
    // What a script exports before the job's own is every job's environment as well.
    environment.extend(scripts.iter().flat_map(|(_, text)| script::settings(text.lines())));
    let unknown = fields::unknown(table);
    RunnerConfig {
        file: file.into(),
        index,
        line: Some(line),
        name: table.plain("name").map(script::written),
        url: table.text("url").and_then(address),
        number: table.number("id").filter(|number| *number > 0),
        system_id: None,
        executor: table.plain("executor").map(script::written),
        environment: Some(environment),
        clues: Some(clues),
        docker: table.table("docker", "runners.docker").map(settings::docker),
        machine: table.table("machine", "runners.machine").map(settings::machine),
        autoscaler: table.table("autoscaler", "runners.autoscaler").map(settings::autoscaler),
        kubernetes: table.table("kubernetes", "runners.kubernetes").map(kubernetes::read),
        fargate: table.table("custom", "runners.custom").and_then(fargate::named),
        cache: table.table("cache", "runners.cache").map(settings::cache),
        unknown: (!unknown.is_empty()).then_some(unknown),
    }
}

/// The GitLab's address as ids know it: no slash at its end, nobody's name or password in it. `$VAR` stays, other templates say nothing.
pub(super) fn address(written: &str) -> Option<String> {
    let written = written.trim().trim_end_matches('/');
    if written.is_empty() || ["{{", "<%", "{%"].iter().any(|mark| written.contains(mark)) {
        return None;
    }
    let Some((scheme, rest)) = written.split_once("://") else { return Some(script::written(written)) };
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let path = path.map(|path| format!("/{path}")).unwrap_or_default();
    Some(script::written(&format!("{}://{host}{path}", scheme.to_ascii_lowercase())))
}
