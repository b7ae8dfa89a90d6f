//! What is known of the things that jobs run on besides machines, and of the files that describe them.

use super::{ci, facts::Facts, runner_config};
use crate::{
    app::show::Tone,
    base::name::Arn,
    model::{
        compute::{Cluster, LaunchTemplate, PodIdentity, ScalingGroup, TaskDefinition},
        entity::Entity,
    },
};

/// False when the thing is none of these.
pub(super) fn tell(facts: &mut Facts<'_>, entity: &Entity) -> bool {
    match entity {
        Entity::CiConfig(config) => ci::tell(facts, config),
        Entity::RunnerConfig(config) => runner_config::tell(facts, config),
        Entity::ScalingGroup(group) => scaling_group(facts, group),
        Entity::LaunchTemplate(template) => launch_template(facts, template),
        Entity::TaskDefinition(task) => task_definition(facts, task),
        Entity::Cluster(cluster) => self::cluster(facts, cluster),
        Entity::PodIdentity(identity) => pod_identity(facts, identity),
        _ => return false,
    }
    true
}

fn place(facts: &mut Facts<'_>, account: impl std::fmt::Display, region: &str) {
    facts.fact("place", &format!("{account} {region}"), Tone::Plain);
}

fn scaling_group(facts: &mut Facts<'_>, group: &ScalingGroup) {
    place(facts, group.account, &group.region);
    let template = group.template.as_ref().map(|(template, version)| format!("{template} version {version}"));
    facts.text("launches from", template.as_deref());
    if let Some(profile) = &group.profile {
        facts.fact("profile", profile, Tone::Plain);
    }
    facts.list("instances", group.instances.as_deref());
}

fn launch_template(facts: &mut Facts<'_>, template: &LaunchTemplate) {
    place(facts, template.account, &template.region);
    facts.fact("template", &template.template, Tone::Plain);
    facts.fact("version", &template.version, Tone::Plain);
    match template.profile.as_deref() {
        Some("") => facts.fact("profile", "none: its machines have no role", Tone::Good),
        profile => facts.text("profile", profile),
    }
    metadata(facts, template.imds_tokens_required, template.imds_hop_limit);
}

/// How a machine guards its metadata address.
pub(super) fn metadata(facts: &mut Facts<'_>, tokens_required: Option<bool>, hop_limit: Option<u32>) {
    match tokens_required {
        Some(false) => facts.fact("IMDS", "version 1 is answered: no token needed", Tone::Warn),
        Some(true) => facts.fact("IMDS", "version 2 only", Tone::Good),
        None => facts.text("IMDS", None),
    }
    match hop_limit {
        Some(hops @ 2..) => {
            let text = format!("{hops}: containers reach the instance's credentials");
            facts.fact("IMDS hops", &text, Tone::Notice);
        }
        hops => facts.number("IMDS hops", hops),
    }
}

fn task_definition(facts: &mut Facts<'_>, task: &TaskDefinition) {
    facts.fact("ARN", task.arn.as_str(), Tone::Plain);
    facts.text("task role", task.task_role.as_ref().map(Arn::as_str));
    let execution =
        task.execution_role.as_ref().map(|role| format!("{role}: the agent's, containers do not have it"));
    facts.text("execution role", execution.as_deref());
}

fn cluster(facts: &mut Facts<'_>, cluster: &Cluster) {
    facts.fact("ARN", cluster.arn.as_str(), Tone::Plain);
    facts.text("issuer", cluster.issuer.as_deref());
    facts.text("endpoint", cluster.endpoint.as_deref());
}

fn pod_identity(facts: &mut Facts<'_>, identity: &PodIdentity) {
    facts.fact("ARN", identity.arn.as_str(), Tone::Plain);
    facts.text("cluster", identity.cluster.as_deref());
    facts.text("namespace", identity.namespace.as_deref());
    facts.text("service account", identity.service_account.as_deref());
    facts.text("role", identity.role.as_ref().map(Arn::as_str));
}
