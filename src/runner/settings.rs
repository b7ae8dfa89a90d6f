//! The tables of the executors that run on machines, and of the cache: `[runners.docker]`, `[runners.machine]`, `[runners.autoscaler]`,
//! `[runners.cache]`.

use super::{entry::address, environment, table::Table};
use crate::{
    base::name::{Arn, KeyId},
    model::runner_config::{AutoscalerSettings, CacheSettings, DockerSettings, MachineSettings},
    script,
};

pub(super) fn docker(table: Table<'_>) -> DockerSettings {
    let privileged = table.flag("privileged").unwrap_or_default();
    let services = table.tables("services", "runners.docker.services");
    let text = |name| table.plain(name).map(script::written);
    DockerSettings {
        image: text("image"),
        privileged,
        // Services are as privileged as the job where nothing else is said.
        services_privileged: table.flag("services_privileged").unwrap_or(privileged),
        network_mode: text("network_mode"),
        volumes: table.owned("volumes"),
        volumes_from: table.owned("volumes_from"),
        extra_hosts: table.owned("extra_hosts"),
        pid_mode: text("pid_mode"),
        ipc_mode: text("ipcmode"),
        userns_mode: text("userns_mode"),
        cap_add: table.owned("cap_add"),
        devices: table.owned("devices"),
        security_opt: table.owned("security_opt"),
        allowed_images: table.has("allowed_images").then(|| table.owned("allowed_images")),
        services_environment: services
            .iter()
            .flat_map(|(_, service)| environment::read(&service.texts("environment").unwrap_or_default()))
            .collect(),
    }
}

/// The options of `MachineOptionsWithName` count as well, and the later of two wins, as for docker-machine's command line.
pub(super) fn machine(table: Table<'_>) -> MachineSettings {
    let mut settings = MachineSettings {
        driver: table.plain("MachineDriver").map(script::written),
        ..MachineSettings::default()
    };
    for list in ["MachineOptions", "MachineOptionsWithName"] {
        for option in table.texts(list).unwrap_or_default() {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            machine_option(&mut settings, name.trim().trim_start_matches('-'), value.trim());
        }
    }
    settings
}

/// Source: docker-machine's amazonec2 driver, and GitLab's fork of it for the metadata options.
fn machine_option(settings: &mut MachineSettings, name: &str, value: &str) {
    match name {
        "amazonec2-iam-instance-profile" => settings.profile = known(value),
        "amazonec2-access-key" => settings.key = KeyId::new(value),
        "amazonec2-secret-key" => settings.has_secret = !value.is_empty(),
        "amazonec2-region" => settings.region = known(value),
        "amazonec2-metadata-token" => {
            settings.imds_tokens_required = Some(value.eq_ignore_ascii_case("required"));
        }
        "amazonec2-metadata-token-response-hop-limit" => settings.imds_hop_limit = value.parse().ok(),
        // Names only: of the others' values nothing is needed, and one of them is a session token.
        _ => settings.options.push(script::written(name)),
    }
}

fn known(value: &str) -> Option<String> {
    (!value.is_empty() && !super::template::is_in(value)).then(|| script::written(value))
}

pub(super) fn autoscaler(table: Table<'_>) -> AutoscalerSettings {
    let config = table.table("plugin_config", "runners.autoscaler.plugin_config");
    let text = |name| config.and_then(|config| config.plain(name)).map(script::written);
    AutoscalerSettings {
        plugin: table.plain("plugin").map(script::written),
        group: text("name"),
        region: text("region"),
        profile: text("profile"),
        config_file: text("config_file"),
        credentials_file: text("credentials_file"),
    }
}

/// `[runners.cache.s3]`, or the form from before it, where the same fields stand in `[runners.cache]` itself.
pub(super) fn cache(table: Table<'_>) -> CacheSettings {
    let s3 = table.table("s3", "runners.cache.s3").unwrap_or(table);
    let text = |name| s3.plain(name).map(script::written);
    let role = s3.text("RoleARN").or_else(|| s3.text("UploadRoleARN"));
    let has_secret = s3.text("SecretKey").is_some();
    let has_key = s3.text("AccessKey").is_some();
    let server = s3.plain("ServerAddress").and_then(address);
    CacheSettings {
        bucket: text("BucketName"),
        region: text("BucketLocation"),
        authentication: Some(match text("AuthenticationType") {
            Some(named) => named.to_ascii_lowercase(),
            // Source: gitlab-runner, `common/config.go`, `CacheS3Config.AuthType`.
            None if server.is_some() && has_key && has_secret => "access-key".into(),
            None => "iam".into(),
        }),
        server,
        key: s3.text("AccessKey").and_then(KeyId::new),
        has_secret,
        role: role.and_then(Arn::new),
    }
}
