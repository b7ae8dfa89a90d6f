//! What gitlab-runner's own files say: one `[[runners]]` entry of a `config.toml`, with the files it points to. Tokens and secret keys
//! are not kept.
//!
//! Source: gitlab-runner 19.4, `common/config.go` and `docs/configuration/advanced-configuration.md`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    ci::{Clue, Setting},
    id::Id,
    merge::merge,
};
use crate::base::name::{Arn, KeyId};

/// One `[[runners]]` entry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunnerConfig {
    /// The file as it was given.
    pub file: Arc<str>,
    /// Which `[[runners]]` of the file, counted from 0.
    pub index: usize,
    /// Where the entry begins, counted from 1.
    pub line: Option<u32>,
    /// For people: GitLab's own description may differ.
    pub name: Option<String>,
    /// The GitLab it takes jobs from, without a trailing slash; `$VAR` where it is taken from the environment.
    pub url: Option<String>,
    /// The runner's id at GitLab.
    pub number: Option<u64>,
    /// From `.runner_system_id` beside the file: which manager runs from it.
    pub system_id: Option<Arc<str>>,
    /// `docker`, `kubernetes`, `docker+machine` ...; unknown ones are kept.
    pub executor: Option<String>,
    /// Every job on the runner gets these.
    pub environment: Option<Vec<Setting>>,
    /// What `pre_build_script` and the like show: they run in every job.
    pub clues: Option<Vec<Clue>>,
    pub docker: Option<DockerSettings>,
    pub machine: Option<MachineSettings>,
    pub autoscaler: Option<AutoscalerSettings>,
    pub kubernetes: Option<KubernetesSettings>,
    pub fargate: Option<FargateSettings>,
    pub cache: Option<CacheSettings>,
    /// Fields keytrail does not know, by their dotted name: kept, so that nothing is overlooked in silence.
    pub unknown: Option<Vec<String>>,
}
merge!(RunnerConfig {
    line,
    name,
    url,
    number,
    system_id,
    executor,
    environment,
    clues,
    docker,
    machine,
    autoscaler,
    kubernetes,
    fargate,
    cache,
    unknown,
});

impl RunnerConfig {
    pub fn id(&self) -> Id {
        Id::runner_config(&self.file, self.index)
    }

    /// Every access key in the entry, and where it stands, in the file's own words.
    pub fn keys(&self) -> impl Iterator<Item = (&KeyId, &'static str)> {
        let services = self.docker.as_ref().map_or(&[][..], |docker| &docker.services_environment);
        let machine = self.machine.iter().filter_map(|machine| machine.key.as_ref());
        let cache = self.cache.iter().filter_map(|cache| cache.key.as_ref());
        keys_in(self.environment.as_deref().unwrap_or_default(), "environment")
            .chain(keys_in(services, "docker.services.environment"))
            .chain(machine.map(|key| (key, "machine.MachineOptions")))
            .chain(cache.map(|key| (key, "cache")))
    }
}

fn keys_in<'a>(
    settings: &'a [Setting],
    place: &'static str,
) -> impl Iterator<Item = (&'a KeyId, &'static str)> {
    settings.iter().flat_map(|setting| &setting.sighting.keys).map(move |key| (key, place))
}

/// `[runners.docker]`, also of `docker+machine` and `docker-autoscaler`: what steps around the container's walls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DockerSettings {
    pub image: Option<String>,
    pub privileged: bool,
    pub services_privileged: bool,
    /// `host` shares the machine's network, and so its metadata service.
    pub network_mode: Option<String>,
    pub volumes: Vec<String>,
    pub volumes_from: Vec<String>,
    pub extra_hosts: Vec<String>,
    pub pid_mode: Option<String>,
    pub ipc_mode: Option<String>,
    pub userns_mode: Option<String>,
    pub cap_add: Vec<String>,
    pub devices: Vec<String>,
    pub security_opt: Vec<String>,
    /// `None`: any image.
    pub allowed_images: Option<Vec<String>>,
    /// Settings of `[[runners.docker.services]] environment`.
    pub services_environment: Vec<Setting>,
}

/// `[runners.machine]` with the amazonec2 driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MachineSettings {
    pub driver: Option<String>,
    /// `amazonec2-iam-instance-profile`: a name or an ARN; every job's machine has it.
    pub profile: Option<String>,
    /// `amazonec2-access-key`: the manager starts machines with it.
    pub key: Option<KeyId>,
    /// An `amazonec2-secret-key` stands in the file.
    pub has_secret: bool,
    pub region: Option<String>,
    /// `amazonec2-metadata-token = required`.
    pub imds_tokens_required: Option<bool>,
    pub imds_hop_limit: Option<u32>,
    /// The other options, by name and without values.
    pub options: Vec<String>,
}

/// `[runners.autoscaler]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutoscalerSettings {
    pub plugin: Option<String>,
    /// `plugin_config.name`: the Auto Scaling group.
    pub group: Option<String>,
    pub region: Option<String>,
    /// `plugin_config.profile`, `config_file`, `credentials_file`: where the manager's own AWS credentials are.
    pub profile: Option<String>,
    pub config_file: Option<String>,
    pub credentials_file: Option<String>,
}

/// `[runners.kubernetes]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KubernetesSettings {
    pub host: Option<String>,
    /// `None`: `default`, or what the chart's values say.
    pub namespace: Option<String>,
    pub service_account: Option<String>,
    /// The role of the service account's `eks.amazonaws.com/role-arn` annotation, where the Helm values show it.
    pub role: Option<Arn>,
    /// A regular expression: jobs may choose any service account that matches.
    pub service_account_overwrite_allowed: Option<String>,
    pub namespace_overwrite_allowed: Option<String>,
    pub bearer_token_overwrite_allowed: bool,
    pub namespace_per_job: bool,
    pub automount_service_account_token: Option<bool>,
    pub privileged: bool,
    pub allow_privilege_escalation: Option<bool>,
    pub host_paths: Vec<String>,
    /// Names of mounted Kubernetes secrets.
    pub secrets: Vec<String>,
    pub host_network: bool,
    pub pod_annotations_overwrite_allowed: Option<String>,
    /// The role of the pods' `iam.amazonaws.com/role` annotation, which kube2iam and kiam give them: an ARN or a name.
    pub annotated_role: Option<String>,
}

/// The Fargate driver's own file, which `[runners.custom]` names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FargateSettings {
    /// The driver's file, where `[runners.custom]` names one; its other fields are empty when it could not be read.
    pub file: Option<String>,
    pub cluster: Option<String>,
    pub region: Option<String>,
    /// `family`, `family:revision` or an ARN.
    pub task_definition: Option<String>,
}

/// `[runners.cache.s3]`, or the old flat form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheSettings {
    pub bucket: Option<String>,
    pub region: Option<String>,
    pub server: Option<String>,
    /// `iam` or `access-key`; worked out as gitlab-runner does where the file does not say.
    pub authentication: Option<String>,
    pub key: Option<KeyId>,
    /// A secret key stands in the file.
    pub has_secret: bool,
    /// `RoleARN` (17.8) or `UploadRoleARN`: assumed beside the job, in the helper image.
    pub role: Option<Arn>,
}
