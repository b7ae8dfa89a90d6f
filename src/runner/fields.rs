//! The names gitlab-runner knows, so that those it does not know, or that are newer than keytrail, are told and not overlooked.
//!
//! Source: gitlab-runner 19.4, `common/config.go`, `docs/configuration/advanced-configuration.md` and the executors' pages.

use super::table::Table;
use crate::script;

/// Fields at the top of a file that few other programs have.
const SIGNS: &str = "
    concurrent check_interval listen_address sentry_dsn connection_max_age shutdown_timeout session_server runners
";

/// Tables by how they are called below `[[runners]]`, and the names of their fields.
const KNOWN: [(&str, &str); 8] = [
    ("", RUNNER),
    ("docker", DOCKER),
    ("machine", MACHINE),
    ("autoscaler", AUTOSCALER),
    ("kubernetes", KUBERNETES),
    ("custom", CUSTOM),
    ("cache", CACHE),
    ("cache.s3", CACHE_S3),
];

const RUNNER: &str = "
    name limit output_limit request_concurrency strict_check_interval unhealthy_requests_limit
    unhealthy_interval job_status_final_update_retry_limit labels url id token token_obtained_at
    token_expires_at tls-ca-file tls-cert-file tls-key-file executor builds_dir cache_dir clone_url
    environment proxy_exec pre_clone_script post_clone_script pre_get_sources_script
    post_get_sources_script pre_build_script post_build_script debug_trace_disabled
    safe_directory_checkout clean_git_config disable_cache shell custom_build_dir referees cache
    artifact graceful_kill_timeout force_kill_timeout feature_flags monitoring instance ssh docker
    parallels virtualbox machine kubernetes custom autoscaler step_runner_image use_slot_cgroups
    slot_cgroup_template
";

const DOCKER: &str = "
    host cert_path tls_cert_path tls_verify hostname image runtime memory memory_swap memory_reservation
    cpuset_cpus cpuset_mems cpus cpu_shares dns dns_search privileged services_privileged
    disable_entrypoint_overwrite user allowed_users allowed_groups group_add userns_mode cap_add
    cap_drop oom_kill_disable oom_score_adjust security_opt services_security_opt devices
    services_devices device_cgroup_rules gpus service_gpus services_limit disable_cache volumes
    volume_driver volume_driver_ops volume_keep cache_dir extra_hosts volumes_from network_mode ipcmode
    pid_mode mac_address links services wait_for_services_timeout allowed_images
    allowed_privileged_images allowed_privileged_services allowed_pull_policies allowed_services
    pull_policy isolation shm_size tmpfs services_tmpfs sysctls helper_image helper_image_flavor
    helper_image_autoset_arch_and_os container_labels enable_ipv6 ulimit network_mtu log_options
    service_memory service_memory_swap service_memory_reservation service_cgroup_parent
    service_slot_cgroup_template service_cpuset_cpus service_cpus service_cpu_shares cgroup_parent
";

const MACHINE: &str = "
    MaxGrowthRate IdleCount IdleScaleFactor IdleCountMin IdleTime MaxBuilds MachineDriver MachineName
    MachineOptions MachineOptionsWithName OffPeakPeriods OffPeakTimezone OffPeakIdleCount
    OffPeakIdleTime autoscaling
";

const AUTOSCALER: &str = "
    capacity_per_instance max_use_count max_instances plugin plugin_config connector_config policy
    delete_instances_on_shutdown vm_isolation update_interval update_interval_when_expecting
    instance_operation_time_buckets instance_creation_time_buckets instance_is_running_time_buckets
    instance_deletion_time_buckets instance_readiness_time_buckets instance_life_duration_buckets
    instance_acquire_timeout instance_ready_command failure_threshold reservation_throttling
    scale_throttle log_internal_ip log_external_ip state_storage
";

const KUBERNETES: &str = "
    host context cert_file key_file ca_file bearer_token_overwrite_allowed bearer_token image namespace
    namespace_overwrite_allowed namespace_per_job privileged runtime_class_name
    allow_privilege_escalation allowed_images allowed_users allowed_groups allowed_pull_policies
    allowed_services pull_policy node_selector node_selector_overwrite_allowed node_tolerations
    node_tolerations_overwrite_allowed affinity image_pull_secrets
    use_service_account_image_pull_secrets helper_image helper_image_flavor
    helper_image_autoset_arch_and_os terminationGracePeriodSeconds pod_termination_grace_period_seconds
    cleanup_grace_period_seconds cleanup_resources_timeout poll_interval poll_timeout
    resource_availability_check_max_attempts request_retry_limit request_retry_backoff_max
    request_retry_limits retry_limit retry_backoff_max retry_limits pod_labels
    pod_labels_overwrite_allowed scheduler_name service_account service_account_overwrite_allowed
    automount_service_account_token pod_annotations pod_annotations_overwrite_allowed
    pod_security_context init_permissions_container_security_context build_container_security_context
    helper_container_security_context service_container_security_context volumes host_aliases services
    cap_add cap_drop dns_policy dns_config container_lifecycle priority_class_name pod_spec
    logs_base_dir scripts_base_dir print_pod_warning_events autoscaler pod_disruption_budget
    build_container_resources helper_container_resources service_container_resources pod_resources
";

const CUSTOM: &str = "
    config_exec config_args config_exec_timeout prepare_exec prepare_args prepare_exec_timeout run_exec
    run_args cleanup_exec cleanup_args cleanup_exec_timeout graceful_kill_timeout force_kill_timeout
";

/// The last seven are of the old form, from before `[runners.cache.s3]`.
const CACHE: &str = "
    Type Path Shared MaxUploadedArchiveSize s3 gcs azure ServerAddress AccessKey SecretKey BucketName
    BucketLocation Insecure CachePath
";

const CACHE_S3: &str = "
    ServerAddress AccessKey SecretKey SessionToken BucketName BucketLocation Insecure AuthenticationType
    ServerSideEncryption ServerSideEncryptionKeyID DualStack PathStyle Accelerate RoleARN UploadRoleARN
    AssumeRoleMaxConcurrency RequestPayer
";

/// `cpu_limit`, `service_memory_request_overwrite_max_allowed` and what lies between: seventy names of one make.
fn is_resource(name: &str) -> bool {
    let name = name.strip_suffix("_overwrite_max_allowed").unwrap_or(name);
    let name =
        ["service_", "helper_", "pod_"].iter().find_map(|first| name.strip_prefix(first)).unwrap_or(name);
    let amount = ["_limit", "_request"].iter().find_map(|last| name.strip_suffix(last));
    matches!(amount, Some("cpu" | "memory" | "ephemeral_storage"))
}

/// Is this among the names? They match in any case, as they do for gitlab-runner.
fn is_in(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(name))
}

/// Does a field at the top of a file say that the file is gitlab-runner's?
pub(super) fn is_sign(name: &str) -> bool {
    is_in(SIGNS, name)
}

/// Fields of one `[[runners]]` that are not known, by their dotted names.
pub(super) fn unknown(runner: Table<'_>) -> Vec<String> {
    let mut unknown = Vec::new();
    for (path, names) in KNOWN {
        let mut parts = path.split_terminator('.');
        let Some(table) = parts.try_fold(runner, Table::inner) else { continue };
        let is_known = |name: &str| is_in(names, name) || (path == "kubernetes" && is_resource(name));
        let dot = if path.is_empty() { "" } else { "." };
        let strange = table.names().filter(|name| !is_known(name));
        unknown.extend(strange.map(|name| format!("{path}{dot}{}", script::written(name))));
    }
    unknown
}
