//! `[runners.kubernetes]`: which service account job pods have, what of it jobs may choose, and what steps around their walls. Patches of
//! the pod's specification are read for the same.

use super::{
    entry::address,
    table::Table,
    yaml::{self, Node},
};
use crate::{base::name::Arn, model::runner_config::KubernetesSettings, script};

pub(super) fn read(table: Table<'_>) -> KubernetesSettings {
    let text = |name| table.plain(name).map(script::written);
    let volumes = table.table("volumes", "runners.kubernetes.volumes");
    let listed = |kind, path, field: &str| -> Vec<String> {
        let tables = volumes.map(|volumes| volumes.tables(kind, path)).unwrap_or_default();
        tables.iter().filter_map(|(_, volume)| volume.plain(field)).map(script::written).collect()
    };
    let annotations = table.table("pod_annotations", "runners.kubernetes.pod_annotations");
    let build = table
        .table("build_container_security_context", "runners.kubernetes.build_container_security_context");
    let build = |name: &str| build.and_then(|build| build.flag(name));
    let mut settings = KubernetesSettings {
        host: table.plain("host").and_then(address),
        namespace: text("namespace"),
        service_account: text("service_account"),
        role: None,
        service_account_overwrite_allowed: pattern(table, "service_account_overwrite_allowed"),
        namespace_overwrite_allowed: pattern(table, "namespace_overwrite_allowed"),
        bearer_token_overwrite_allowed: table.flag("bearer_token_overwrite_allowed").unwrap_or_default(),
        namespace_per_job: table.flag("namespace_per_job").unwrap_or_default(),
        automount_service_account_token: table.flag("automount_service_account_token"),
        // The build container's own context wins over the pod's flag.
        privileged: build("privileged").or_else(|| table.flag("privileged")).unwrap_or_default(),
        allow_privilege_escalation: build("allow_privilege_escalation")
            .or_else(|| table.flag("allow_privilege_escalation")),
        host_paths: listed("host_path", "runners.kubernetes.volumes.host_path", "host_path"),
        secrets: listed("secret", "runners.kubernetes.volumes.secret", "name"),
        host_network: false,
        pod_annotations_overwrite_allowed: pattern(table, "pod_annotations_overwrite_allowed"),
        annotated_role: annotations
            .and_then(|annotations| annotations.plain("iam.amazonaws.com/role"))
            .map(script::written),
    };
    // The host's path is optional: the mount's own is meant where there is none.
    if let Some(volumes) = volumes {
        for (_, volume) in volumes.tables("host_path", "runners.kubernetes.volumes.host_path") {
            if !volume.has("host_path") {
                settings.host_paths.extend(volume.plain("mount_path").map(script::written));
            }
        }
    }
    for (_, patch) in table.tables("pod_spec", "runners.kubernetes.pod_spec") {
        if let Some(text) = patch.raw("patch") {
            apply(&mut settings, &yaml::read(text).root);
        }
    }
    settings
}

/// A pattern as written: what a template decides is not one.
fn pattern(table: Table<'_>, name: &str) -> Option<String> {
    let text = table.text(name)?;
    (!text.contains("{{") && !text.contains("<%")).then(|| script::written(text))
}

/// What a patch changes, wherever in it that stands: strategic and merge patches have the shape of a pod's specification, JSON patches are
/// lists of `{op, path, value}`.
fn apply(settings: &mut KubernetesSettings, patch: &Node) {
    patch.each(&mut |name, value| {
        let text = value.text();
        match name {
            "hostNetwork" => settings.host_network = text == Some("true"),
            "serviceAccountName" | "serviceAccount" => {
                if let Some(text) = text {
                    settings.service_account = Some(script::written(text));
                }
            }
            "privileged" => settings.privileged |= text == Some("true"),
            "hostPath" => {
                settings.host_paths.extend(value.get("path").and_then(Node::text).map(script::written));
            }
            _ => {}
        }
    });
    for operation in patch.items() {
        let (path, value) = (operation.get("path").and_then(Node::text), operation.get("value"));
        let value = value.and_then(Node::text);
        match (path, value) {
            (Some("/hostNetwork"), value) => settings.host_network = value == Some("true"),
            (Some("/serviceAccountName"), Some(name)) => {
                settings.service_account = Some(script::written(name));
            }
            _ => {}
        }
    }
}

/// The role of a service account's annotation.
pub(super) fn annotated(annotations: &Node) -> Option<Arn> {
    annotations.get("eks.amazonaws.com/role-arn").and_then(Node::text).and_then(Arn::new)
}
