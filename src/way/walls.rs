//! What stands between a job and the machine it runs on: where a runner's file or its executor says that it is nothing.

use super::{Ground, start};
use crate::model::{
    gitlab::Manager,
    id::Id,
    link::Relation,
    runner_config::{DockerSettings, KubernetesSettings, RunnerConfig},
};

/// Mounts of these are the machine: its files, its sockets, its credentials.
const HOST: [&str; 12] = [
    "/",
    "/etc",
    "/home",
    "/proc",
    "/root",
    "/run",
    "/sys",
    "/usr",
    "/var",
    "/var/lib",
    "/var/lib/docker",
    "/var/run",
];
/// Who may write to one of these starts containers of any kind.
const SOCKETS: [&str; 4] = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock"];

/// Where jobs of several projects meet: the machine, or the cluster's node.
const SHARED: [&str; 5] = ["shell", "docker", "docker-windows", "kubernetes", "ssh"];

/// How a job of this runner steps out to where other projects' jobs run, in words that end a sentence; `None` where nothing says it can.
/// Machines that are made for a job are nobody else's.
pub(super) fn hole(ground: &Ground<'_>, runner: &Id) -> Option<String> {
    let by_file = start::configs_of(ground, runner).find_map(|(_, config)| of_config(config));
    by_file.or_else(|| {
        let mut managers = ground.linked.targets(runner, Relation::HasManager);
        let shell = |id: &Id| {
            ground
                .estate
                .find::<Manager>(id)
                .is_some_and(|manager| manager.executor.as_deref() == Some("shell"))
        };
        managers.any(shell).then(|| SHELL.to_owned())
    })
}

const SHELL: &str = "the shell executor runs them as one user";

fn of_config(config: &RunnerConfig) -> Option<String> {
    let executor = config.executor.as_deref()?;
    if !SHARED.contains(&executor) {
        return None;
    }
    match executor {
        "shell" => Some(SHELL.to_owned()),
        "kubernetes" => config.kubernetes.as_ref().and_then(of_pods),
        _ => config.docker.as_ref().and_then(of_docker),
    }
}

fn of_docker(docker: &DockerSettings) -> Option<String> {
    let host = |mode: &Option<String>| mode.as_deref() == Some("host");
    if docker.privileged {
        return Some("containers are privileged".into());
    }
    if docker.services_privileged {
        return Some("service containers are privileged".into());
    }
    if host(&docker.pid_mode) {
        return Some("pid_mode is host".into());
    }
    if host(&docker.network_mode) {
        return Some("network_mode is host".into());
    }
    let all = ["ALL", "SYS_ADMIN", "CAP_SYS_ADMIN"];
    if let Some(capability) =
        docker.cap_add.iter().find(|added| all.iter().any(|all| added.eq_ignore_ascii_case(all)))
    {
        return Some(format!("containers have the capability {capability}"));
    }
    let sources = docker.volumes.iter().filter_map(|volume| volume.split_once(':')).map(|(source, _)| source);
    sources.into_iter().find_map(mounted)
}

fn of_pods(pods: &KubernetesSettings) -> Option<String> {
    if pods.privileged {
        return Some("pods are privileged".into());
    }
    if pods.host_network {
        return Some("pods share the node's network".into());
    }
    pods.host_paths.iter().find_map(|path| mounted(path))
}

/// Is this path of the machine as good as the machine?
fn mounted(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let path = if path.is_empty() { "/" } else { path };
    let is_host = HOST.contains(&path)
        || path.ends_with("/.aws")
        || path.starts_with("/home/") && path.matches('/').count() == 2
        || SOCKETS.iter().any(|socket| path.ends_with(socket));
    is_host.then(|| format!("{path} of the machine is mounted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docker(docker: DockerSettings) -> Option<String> {
        of_config(&RunnerConfig {
            executor: Some("docker".into()),
            docker: Some(docker),
            ..RunnerConfig::default()
        })
    }

    #[test]
    fn mounts_that_are_the_machine() {
        let with = |volume: &str| {
            docker(DockerSettings {
                volumes: vec!["/cache".into(), volume.into()],
                ..DockerSettings::default()
            })
        };
        for volume in [
            "/:/host",
            "/var/run/docker.sock:/var/run/docker.sock",
            "/root/.aws:/root/.aws:ro",
            "/etc/:/host-etc",
            "/home/ci:/h",
            "/run/user/1000/podman/podman.sock:/var/run/docker.sock",
        ] {
            assert!(with(volume).is_some(), "{volume}");
        }
        for volume in
            ["/srv/plugins:/plugins:ro", "/certs/client", "/etc/ssl/certs:/etc/ssl/certs:ro", "cache:/root"]
        {
            assert_eq!(with(volume), None, "{volume}");
        }
    }

    #[test]
    fn machines_made_for_one_job_are_nobody_elses() {
        let settings = DockerSettings { privileged: true, ..DockerSettings::default() };
        assert_eq!(docker(settings.clone()).as_deref(), Some("containers are privileged"));
        let fleet = RunnerConfig {
            executor: Some("docker-autoscaler".into()),
            docker: Some(settings),
            ..RunnerConfig::default()
        };
        assert_eq!(of_config(&fleet), None);
    }

    #[test]
    fn pods_step_out_to_their_node() {
        let pods = |kubernetes| {
            of_config(&RunnerConfig {
                executor: Some("kubernetes".into()),
                kubernetes: Some(kubernetes),
                ..RunnerConfig::default()
            })
        };
        assert_eq!(pods(KubernetesSettings::default()), None);
        assert!(pods(KubernetesSettings { host_network: true, ..KubernetesSettings::default() }).is_some());
        assert!(
            pods(KubernetesSettings { host_paths: vec!["/".into()], ..KubernetesSettings::default() })
                .is_some()
        );
    }
}
