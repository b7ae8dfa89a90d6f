//! One entry of a gitlab-runner file: what its jobs get, and what lets them out of their walls.

use super::{compute, facts::Facts};
use crate::{
    app::show::{Span, Tone},
    base::name::{Arn, KeyId},
    model::runner_config::{
        AutoscalerSettings, CacheSettings, DockerSettings, FargateSettings, KubernetesSettings,
        MachineSettings, RunnerConfig,
    },
};

pub(super) fn tell(facts: &mut Facts<'_>, config: &RunnerConfig) {
    let line = config.line.map_or_else(String::new, |line| format!(", line {line}"));
    facts.fact("file", &format!("{}{line}", config.file), Tone::Plain);
    facts.text("GitLab", config.url.as_deref());
    facts.number("runner", config.number);
    facts.text("system id", config.system_id.as_deref());
    facts.text("executor", config.executor.as_deref());
    for setting in config.environment.iter().flatten() {
        let keys = setting.sighting.keys.iter().map(KeyId::as_str);
        let roles = setting.sighting.roles.iter().map(Arn::as_str);
        let shown: Vec<&str> = keys.chain(roles).chain(setting.sighting.shown.as_deref()).collect();
        let tone = if setting.sighting.keys.is_empty() { Tone::Plain } else { Tone::Bad };
        let shown = if shown.is_empty() { "set".to_owned() } else { shown.join(", ") };
        facts.fact("every job has", &format!("{}: {shown}", setting.name), tone);
    }
    config.docker.iter().for_each(|docker| self::docker(facts, docker));
    config.machine.iter().for_each(|machine| self::machine(facts, machine));
    config.autoscaler.iter().for_each(|autoscaler| self::autoscaler(facts, autoscaler));
    config.kubernetes.iter().for_each(|kubernetes| self::kubernetes(facts, kubernetes));
    config.fargate.iter().for_each(|fargate| self::fargate(facts, fargate));
    config.cache.iter().for_each(|cache| self::cache(facts, cache));
    if let Some(unknown) = config.unknown.as_deref().filter(|unknown| !unknown.is_empty()) {
        facts.fact("not known here", &unknown.join(", "), Tone::Notice);
    }
}

fn heading(facts: &mut Facts<'_>, text: &'static str) {
    facts.heading(vec![Span::plain(text)]);
}

/// What stands open; said only where it does.
fn holes(facts: &mut Facts<'_>, holes: &[(bool, &str)]) {
    for (_, text) in holes.iter().filter(|(open, _)| *open) {
        facts.say(&format!("{} {text}", facts.view.glyphs.warn), Tone::Warn, 2);
    }
}

fn docker(facts: &mut Facts<'_>, docker: &DockerSettings) {
    heading(facts, "CONTAINERS");
    facts.text("image", docker.image.as_deref());
    facts.list("volumes", Some(&docker.volumes));
    let socket = docker.volumes.iter().any(|volume| volume.contains("docker.sock"));
    let host = |mode: &Option<String>| mode.as_deref() == Some("host");
    holes(
        facts,
        &[
            (docker.privileged, "privileged: a job is as good as root on the machine"),
            (docker.services_privileged, "privileged services"),
            (socket, "the machine's Docker socket is mounted: a job may start containers of any kind"),
            (host(&docker.network_mode), "shares the machine's network, and so its metadata address"),
            (host(&docker.pid_mode), "sees the machine's processes"),
            (host(&docker.userns_mode), "shares the machine's users"),
        ],
    );
}

fn machine(facts: &mut Facts<'_>, machine: &MachineSettings) {
    heading(facts, "MACHINES");
    facts.text("driver", machine.driver.as_deref());
    facts.text("profile", machine.profile.as_deref());
    if let Some(key) = &machine.key {
        let secret = if machine.has_secret { ", with its secret" } else { "" };
        facts.fact("key in the file", &format!("{key}{secret}"), Tone::Bad);
    }
    facts.text("region", machine.region.as_deref());
    compute::metadata(facts, machine.imds_tokens_required, machine.imds_hop_limit);
}

fn autoscaler(facts: &mut Facts<'_>, autoscaler: &AutoscalerSettings) {
    heading(facts, "AUTOSCALER");
    facts.text("plugin", autoscaler.plugin.as_deref());
    facts.text("group", autoscaler.group.as_deref());
    facts.text("region", autoscaler.region.as_deref());
    let files = [&autoscaler.profile, &autoscaler.config_file, &autoscaler.credentials_file];
    let files: Vec<&String> = files.into_iter().flatten().collect();
    if !files.is_empty() {
        facts.list("own credentials", Some(&files));
    }
}

fn kubernetes(facts: &mut Facts<'_>, kubernetes: &KubernetesSettings) {
    heading(facts, "KUBERNETES");
    facts.text("host", kubernetes.host.as_deref());
    facts.text("namespace", kubernetes.namespace.as_deref());
    facts.text("service account", kubernetes.service_account.as_deref());
    facts.text("annotated role", kubernetes.role.as_ref().map(Arn::as_str));
    if let Some(pattern) = &kubernetes.service_account_overwrite_allowed {
        facts.fact("jobs may choose", &format!("any service account that matches {pattern}"), Tone::Warn);
    }
    if let Some(pattern) = &kubernetes.namespace_overwrite_allowed {
        facts.fact("jobs may choose", &format!("any namespace that matches {pattern}"), Tone::Warn);
    }
    holes(
        facts,
        &[
            (kubernetes.bearer_token_overwrite_allowed, "jobs may bring a bearer token of their own"),
            (kubernetes.privileged, "privileged: a job is as good as root on the node"),
            (kubernetes.host_network, "shares the node's network, and so its metadata address"),
            (!kubernetes.host_paths.is_empty(), "folders of the node are mounted"),
        ],
    );
}

fn fargate(facts: &mut Facts<'_>, fargate: &FargateSettings) {
    heading(facts, "FARGATE");
    facts.text("file", fargate.file.as_deref());
    facts.text("cluster", fargate.cluster.as_deref());
    facts.text("region", fargate.region.as_deref());
    facts.text("task definition", fargate.task_definition.as_deref());
}

fn cache(facts: &mut Facts<'_>, cache: &CacheSettings) {
    heading(facts, "CACHE");
    facts.text("bucket", cache.bucket.as_deref());
    facts.text("signs in by", cache.authentication.as_deref());
    if let Some(key) = &cache.key {
        let secret = if cache.has_secret { ", with its secret" } else { "" };
        facts.fact("key in the file", &format!("{key}{secret}"), Tone::Bad);
    }
    if let Some(role) = &cache.role {
        facts.fact("role", role.as_str(), Tone::Plain);
    }
}
