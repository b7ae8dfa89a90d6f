//! The Fargate driver of the custom executor: which file `[runners.custom]` gives it, and what that file says.
//!
//! Source: gitlab-runner, `docs/configuration/runner_autoscale_aws_fargate/_index.md`.

use super::table::Table;
use crate::{model::runner_config::FargateSettings, script};

/// The driver's own file: `[Fargate] Cluster, Region, TaskDefinition ...`.
pub(super) fn read(root: Table<'_>) -> FargateSettings {
    let Some(table) = root.table("Fargate", "Fargate") else { return FargateSettings::default() };
    let text = |name| table.plain(name).map(script::written);
    FargateSettings {
        file: None,
        cluster: text("Cluster"),
        region: text("Region"),
        task_definition: text("TaskDefinition"),
    }
}

/// The driver's file as `[runners.custom]` names it; `None` for another driver than Fargate's.
pub(super) fn named(custom: Table<'_>) -> Option<FargateSettings> {
    let stages = ["config", "prepare", "run", "cleanup"];
    let is_fargate = |text: &str| text.to_ascii_lowercase().contains("fargate");
    let program = stages.iter().filter_map(|stage| custom.text(&format!("{stage}_exec"))).any(is_fargate);
    let file = stages.iter().find_map(|stage| config_argument(&custom.texts(&format!("{stage}_args"))?));
    (program || file.as_deref().is_some_and(is_fargate))
        .then(|| FargateSettings { file: file.as_deref().map(script::written), ..FargateSettings::default() })
}

/// `--config PATH` or `--config=PATH`.
fn config_argument(arguments: &[&str]) -> Option<String> {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let argument = argument.trim_start_matches('-');
        if argument == "config" && arguments.as_slice().first().is_some_and(|next| next.contains(['/', '.']))
        {
            return arguments.next().map(|path| (*path).to_owned());
        }
        if let Some(path) = argument.strip_prefix("config=") {
            return Some(path.to_owned());
        }
    }
    None
}
