//! Every table of gitlab-runner's that matters for credentials, read from the form its documentation shows.

use super::*;
use crate::model::{
    ci::ClueKind,
    runner_config::{AutoscalerSettings, CacheSettings, DockerSettings, KubernetesSettings, MachineSettings},
};

fn entry(text: &str) -> RunnerConfig {
    entries(&format!("[[runners]]\n{text}")).remove(0)
}

#[test]
fn an_entry_is_read_whole() {
    let config = entry(
        "  name = \"docker\"\n  url = \"https://bot:glpat-planted@GitLab.acme.example/\"\n  id = 42\n  token = \"glrt-t1_planted\"\n  \
         token_expires_at = 0001-01-01T00:00:00Z\n  tls-ca-file = \"/etc/ca.pem\"\n  executor = \"podman\"\n  shiny = 1\n  \
         environment = [\"AWS_ACCESS_KEY_ID=AKIARZPUZDIKNSFRP6LN\", \
         \"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\", \"IAM_ROLE=arn:aws:iam::111111111111:role/ci\", \
         \"GIT_DEPTH=5\", \"no variable\"]\n  pre_build_script = \"\"\"\n  export AWS_PROFILE=ci\n  aws sts assume-role --role-arn \
         arn:aws:iam::111111111111:role/job --role-session-name x\n  \"\"\"\n",
    );
    assert_eq!(config.url.as_deref(), Some("https://gitlab.acme.example"));
    assert_eq!((config.number, config.executor.as_deref()), (Some(42), Some("podman")));
    assert_eq!(config.unknown, Some(vec!["shiny".to_owned()]));
    let environment = config.environment.as_ref().unwrap();
    let names: Vec<&str> = environment.iter().map(|setting| setting.name.as_str()).collect();
    assert_eq!(names, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "IAM_ROLE", "GIT_DEPTH", "AWS_PROFILE"]);
    assert!(environment[1].sighting.secret_shaped);
    assert_eq!(environment[2].sighting.shown.as_deref(), Some("arn:aws:iam::111111111111:role/ci"));
    assert_eq!(environment[4].sighting.shown.as_deref(), Some("ci"));
    let keys: Vec<_> = config.keys().map(|(key, place)| format!("{key} {place}")).collect();
    assert_eq!(keys, ["AKIARZPUZDIKNSFRP6LN environment"]);
    let clues = config.clues.as_ref().unwrap();
    assert!(
        clues.iter().any(|clue| matches!(&clue.kind, ClueKind::Role(role) if role.name() == "job")),
        "{clues:?}"
    );
    assert!(clues.iter().all(|clue| clue.place.starts_with("pre_build_script:")), "{clues:?}");
    let shown = format!("{config:?}{}", serde_json::to_string(&config).unwrap());
    for secret in ["planted", "wJalr"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn docker_walls_and_their_holes() {
    let config = entry(
        "  executor = \"docker\"\n  [runners.docker]\n    image = \"alpine\"\n    privileged = true\n    network_mode = \"host\"\n    \
         volumes = [\"/var/run/docker.sock:/var/run/docker.sock\", \"/cache\"]\n    allowed_images = [\"a/*\"]\n    pid_mode = \
         \"host\"\n    [[runners.docker.services]]\n      name = \"localstack\"\n      environment = \
         [\"AWS_ACCESS_KEY_ID=AKIARZPUZDIKNSFRP6LN\"]\n",
    );
    let docker = config.docker.clone().unwrap();
    let kept = DockerSettings { services_environment: Vec::new(), ..docker.clone() };
    assert_eq!(
        kept,
        DockerSettings {
            image: Some("alpine".into()),
            privileged: true,
            services_privileged: true,
            network_mode: Some("host".into()),
            volumes: vec!["/var/run/docker.sock:/var/run/docker.sock".into(), "/cache".into()],
            pid_mode: Some("host".into()),
            allowed_images: Some(vec!["a/*".into()]),
            ..DockerSettings::default()
        }
    );
    assert_eq!(docker.services_environment[0].name, "AWS_ACCESS_KEY_ID");
    assert_eq!(config.keys().next().unwrap().1, "docker.services.environment");
}

#[test]
fn machine_options_of_the_amazon_driver() {
    let config = entry(
        "  executor = \"docker+machine\"\n  [runners.machine]\n    IdleCount = 1\n    MachineDriver = \"amazonec2\"\n    MachineOptions = [\
         \"amazonec2-access-key=AKIARZPUZDIKNSFRP6LN\", \"amazonec2-secret-key=planted\", \"amazonec2-region=eu-west-1\", \
         \"amazonec2-iam-instance-profile=job-machine\", \"amazonec2-metadata-token=required\", \
         \"amazonec2-metadata-token-response-hop-limit=1\", \"amazonec2-session-token=planted\", \"amazonec2-use-private-address\"]\n    \
         [[runners.machine.autoscaling]]\n      Periods = [\"* * 9-17 * * mon-fri *\"]\n",
    );
    assert_eq!(
        config.machine,
        Some(MachineSettings {
            driver: Some("amazonec2".into()),
            profile: Some("job-machine".into()),
            key: crate::base::name::KeyId::new("AKIARZPUZDIKNSFRP6LN"),
            has_secret: true,
            region: Some("eu-west-1".into()),
            imds_tokens_required: Some(true),
            imds_hop_limit: Some(1),
            options: vec!["amazonec2-session-token".into(), "amazonec2-use-private-address".into()],
        })
    );
    assert_eq!(config.unknown, None);
}

#[test]
fn the_autoscaler_names_its_group() {
    let config = entry(
        "  executor = \"docker-autoscaler\"\n  [runners.autoscaler]\n    plugin = \"aws\"\n    max_use_count = 1\n    \
         [runners.autoscaler.plugin_config]\n      name = \"ci-asg\"\n      profile = \"default\"\n      config_file = \
         \"/home/user/.aws/config\"\n      credentials_file = \"/home/user/.aws/credentials\"\n      region = \"eu-west-1\"\n    \
         [runners.autoscaler.connector_config]\n      username = \"ec2-user\"\n      password = \"planted\"\n",
    );
    assert_eq!(
        config.autoscaler,
        Some(AutoscalerSettings {
            plugin: Some("aws".into()),
            group: Some("ci-asg".into()),
            region: Some("eu-west-1".into()),
            profile: Some("default".into()),
            config_file: Some("/home/user/.aws/config".into()),
            credentials_file: Some("/home/user/.aws/credentials".into()),
        })
    );
}

#[test]
fn pods_their_accounts_and_patches() {
    let config = entry(
        "  executor = \"kubernetes\"\n  [runners.kubernetes]\n    host = \"https://x.eks.amazonaws.com/\"\n    bearer_token = \
         \"planted\"\n    namespace = \"ci\"\n    service_account = \"job\"\n    service_account_overwrite_allowed = \"^job-.*$\"\n    \
         namespace_overwrite_allowed = \"ci-.*\"\n    bearer_token_overwrite_allowed = true\n    cpu_request_overwrite_max_allowed = \
         \"2\"\n    privileged = true\n    [runners.kubernetes.pod_annotations]\n      \"iam.amazonaws.com/role\" = \"legacy\"\n    \
         [runners.kubernetes.build_container_security_context]\n      privileged = false\n    \
         [[runners.kubernetes.volumes.host_path]]\n      name = \"docker\"\n      mount_path = \"/var/run/docker.sock\"\n    \
         [[runners.kubernetes.volumes.secret]]\n      name = \"aws-credentials\"\n      mount_path = \"/root/.aws\"\n    \
         [[runners.kubernetes.pod_spec]]\n      name = \"net\"\n      patch = '''\n        hostNetwork: true\n        volumes:\n        \
         - name: root\n          hostPath:\n            path: /\n      '''\n    [[runners.kubernetes.pod_spec]]\n      patch = \
         '[{\"op\":\"add\",\"path\":\"/serviceAccountName\",\"value\":\"admin\"}]'\n      patch_type = \"json\"\n",
    );
    assert_eq!(
        config.kubernetes,
        Some(KubernetesSettings {
            host: Some("https://x.eks.amazonaws.com".into()),
            namespace: Some("ci".into()),
            service_account: Some("admin".into()),
            service_account_overwrite_allowed: Some("^job-.*$".into()),
            namespace_overwrite_allowed: Some("ci-.*".into()),
            bearer_token_overwrite_allowed: true,
            host_paths: vec!["/var/run/docker.sock".into(), "/".into()],
            secrets: vec!["aws-credentials".into()],
            host_network: true,
            annotated_role: Some("legacy".into()),
            ..KubernetesSettings::default()
        })
    );
    assert_eq!(config.unknown, None);
}

#[test]
fn caches_in_both_forms_and_how_they_sign_in() {
    let new = entry(
        "  [runners.cache]\n    Type = \"s3\"\n    [runners.cache.s3]\n      ServerAddress = \"s3.amazonaws.com\"\n      AccessKey = \
         \"AKIARZPUZDIKNSFRP6LN\"\n      SecretKey = \"planted\"\n      BucketName = \"cache\"\n      BucketLocation = \"eu-west-1\"\n",
    );
    let old = entry(
        "  [runners.cache]\n    type = \"s3\"\n    ServerAddress = \"s3.amazonaws.com\"\n    accesskey = \"AKIARZPUZDIKNSFRP6LN\"\n    \
         SecretKey = \"planted\"\n    BucketName = \"cache\"\n    BucketLocation = \"eu-west-1\"\n",
    );
    let wanted = CacheSettings {
        bucket: Some("cache".into()),
        region: Some("eu-west-1".into()),
        server: Some("s3.amazonaws.com".into()),
        authentication: Some("access-key".into()),
        key: crate::base::name::KeyId::new("AKIARZPUZDIKNSFRP6LN"),
        has_secret: true,
        role: None,
    };
    assert_eq!(new.cache, Some(wanted.clone()));
    assert_eq!(old.cache, Some(wanted));
    assert_eq!((new.unknown, old.unknown), (None, None));

    // Without an address the machine's own role is meant, whatever key stands there. Source: common/config.go, AuthType.
    let iam = entry(
        "  [runners.cache.s3]\n    AccessKey = \"AKIARZPUZDIKNSFRP6LN\"\n    SecretKey = \"planted\"\n    RoleARN = \
         \"arn:aws:iam::111111111111:role/cache\"\n",
    );
    let iam = iam.cache.unwrap();
    assert_eq!(iam.authentication.as_deref(), Some("iam"));
    assert_eq!(iam.role.unwrap().name(), "cache");
}

#[test]
fn other_custom_drivers_are_not_fargate() {
    let custom = |exec: &str, args: &str| {
        entry(&format!("  executor = \"custom\"\n  [runners.custom]\n    run_exec = \"{exec}\"\n    run_args = [{args}]\n")).fargate
    };
    assert_eq!(custom("/opt/lxd/run.sh", "\"--config\", \"/etc/lxd.toml\""), None);
    let file = |found: Option<FargateSettings>| found.unwrap().file;
    assert_eq!(
        file(custom("/opt/fargate", "\"--config=/etc/driver.toml\"")).as_deref(),
        Some("/etc/driver.toml")
    );
    assert_eq!(
        file(custom("/opt/driver", "\"--config\", \"/etc/fargate.toml\"")).as_deref(),
        Some("/etc/fargate.toml")
    );
    assert_eq!(file(custom("/opt/fargate", "\"custom\", \"config\"")), None);
}
