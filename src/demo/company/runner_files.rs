//! gitlab-runner's own files, as they lie on the runners' machines and in the clusters' repositories, and the keys that stand in no
//! other place than these.

use super::{
    HOST, Maker, PROD, STAGING, document,
    truth::{CONFIGURED, OBSERVED, Reach},
};
use crate::demo::{
    name::{iam_arn, secret_key, token, unique_id},
    work::Way,
};

/// A folder's files: the runner they configure, and texts by name. `{{word}}` is filled in.
type Folder = (u64, &'static str, &'static [(&'static str, &'static str)]);

macro_rules! folders {
    ($($runner:literal $folder:literal $($name:literal = $file:literal),+;)*) => {
        &[$(($runner, $folder, &[$(($name, include_str!(concat!("runners/", $file)))),+])),*]
    };
}

/// 0: of no runner that GitLab knows.
const FOLDERS: &[Folder] = folders! {
    1 "linux-docker-1" "config.toml" = "linux-docker-1.toml";
    2 "linux-docker-2" "config.toml" = "linux-docker-2.toml";
    3 "linux-docker-3" "config.toml" = "linux-docker-3.toml";
    4 "platform-shell" "config.toml" = "platform-shell.toml";
    5 "autoscale-machine" "config.toml" = "autoscale-machine.toml";
    6 "autoscale-fleet" "config.toml" = "autoscale-fleet.toml";
    7 "fargate" "config.toml" = "fargate.toml", "fargate.toml" = "fargate-driver.toml";
    8 "eks-shared" "values.yaml" = "eks-shared.yaml";
    9 "eks-payments" "values.yaml" = "eks-payments.yaml";
    10 "payments-deploy" "config.toml" = "payments-deploy.toml";
    11 "mac-mini-1" "config.toml" = "mac-mini-1.toml";
    12 "windows-2022" "config.toml" = "windows-2022.toml";
    15 "linux-pool" "config.template.toml" = "linux-pool.template.toml";
    16 "metadata-proxy" "config.toml" = "metadata-proxy.toml";
    17 "vault-builder" "config.toml" = "vault-builder.toml";
    18 "sandbox-anything" "config.toml" = "sandbox-anything.toml";
    19 "shop-group" "config.toml" = "shop-group.toml";
    20 "data-gpu" "config.toml" = "data-gpu.toml";
    21 "staging-docker" "config.toml" = "staging-docker.toml";
    0 "old-bastion" "config.toml" = "old-bastion.toml";
};

impl Maker {
    pub(super) fn runner_files(&mut self) {
        let words = self.keys_in_files();
        for (runner, folder, files) in FOLDERS {
            let mut words = words.clone();
            let known = self.world.gitlab.runners.get(runner);
            let own = known.map(|runner| runner.token.clone());
            words.push(("token", own.unwrap_or_else(|| token("glrt-", &mut self.rng))));
            words.push(("id", runner.to_string()));
            let system_id = known_system_id(self, *runner);
            let is_process = files.iter().any(|(name, _)| *name == "config.toml");
            if let Some(system_id) = system_id.filter(|_| is_process) {
                self.world.runner_files.push((format!("{folder}/.runner_system_id"), system_id));
            }
            for (name, text) in *files {
                let text = words.iter().fold((*text).to_owned(), |text, (word, value)| {
                    text.replace(&format!("{{{{{word}}}}}"), value)
                });
                self.world.runner_files.push((format!("{folder}/{name}"), text));
            }
        }
        self.plant("runner file with keys", "autoscale-machine/config.toml");
        self.plant("runner file without walls", "linux-docker-2/config.toml");
        self.plant("runner file that is broken", "windows-2022/config.toml");
        self.plant("runner file that is a template", "linux-pool/config.template.toml");
        self.plant("runner file of a runner that is gone", "old-bastion/config.toml");
        self.notes.open.insert(2);
        self.machines_have_roles();
        self.clouds_have_roles();
    }

    /// Keys that jobs or managers read from files, and what to write for each.
    fn keys_in_files(&mut self) -> Vec<(&'static str, String)> {
        let mut words = vec![("url", format!("https://{HOST}"))];
        let list = [
            ("gitlab-runner-cache", 5, "cache_key", "cache_secret", "runner/5"),
            ("gitlab-machine-driver", 5, "driver_key", "driver_secret", "runner/5"),
            ("sandbox-uploads", 18, "sandbox_key", "sandbox_secret", "runner/18"),
            ("shop-artifacts", 19, "gateway_key", "gateway_secret", "runner/19"),
        ];
        for (user, _, key, secret, from) in list {
            let actions: &[&str] = match user {
                "gitlab-machine-driver" => &["ec2:RunInstances", "ec2:TerminateInstances", "iam:PassRole"],
                _ => &["s3:GetObject", "s3:PutObject"],
            };
            let is_new = !self.account(PROD).users.contains_key(user);
            if is_new {
                self.user(PROD, user, 410, Some(document::allow(actions, &["*"])));
                self.key(PROD, user, 388, Some((40, "s3", "eu-west-1")));
            }
            let arn = iam_arn(PROD, "user", "/", user);
            let keys = self.account(PROD).users.get(user).map(|user| user.keys.clone()).unwrap_or_default();
            for pair in keys {
                words.extend([(key, pair.id), (secret, pair.secret)]);
            }
            // The manager of the cache's key checks its bucket every day.
            let grade = if is_new { CONFIGURED } else { OBSERVED };
            self.known("runner-file", (from, &arn), grade, Reach::Nobody);
        }
        let lost = unique_id("AKIA", PROD, &mut self.rng);
        self.known(
            "runner-file",
            ("runner-file/old-bastion/config.toml#0", &lost),
            CONFIGURED,
            Reach::Nobody,
        );
        self.plant("key of a runner that is gone", lost.clone());
        words.extend([("lost_key", lost), ("lost_secret", secret_key(&mut self.rng))]);
        words
    }

    /// Runners whose jobs reach the metadata service of the machine they run on. That the manager sits there only its address says.
    fn machines_have_roles(&mut self) {
        let list = [
            (2, PROD, "gitlab-runner"),
            (3, PROD, "gitlab-runner-legacy"),
            (4, PROD, "gitlab-runner-legacy"),
            (16, PROD, "metadata-proxy"),
            (19, PROD, "gitlab-runner"),
            (21, STAGING, "staging-runner"),
        ];
        for (runner, account, role) in list {
            self.runner_has(
                "instance-profile",
                runner,
                &iam_arn(account, "role", "/", role),
                super::truth::INFERRED,
            );
        }
    }

    /// Runners whose jobs get machines, tasks or pods of their own.
    fn clouds_have_roles(&mut self) {
        let role = |name: &str| iam_arn(PROD, "role", "/", name);
        let task = |way: &Way| matches!(way, Way::Task { role: "gitlab-fargate-task" });
        let pod = |way: &Way| matches!(way, Way::Pod { role: "gitlab-eks-payments" });
        let service_account = |way: &Way| matches!(way, Way::Eks { role: "gitlab-eks-job" });
        let grade = |seen: bool| if seen { OBSERVED } else { CONFIGURED };
        let [task, pod, service_account] = [&task as &dyn Fn(&Way) -> bool, &pod, &service_account]
            .map(|like| self.runs(|lane| like(&lane.way)));
        self.runner_has("autoscaler", 5, &role("gitlab-job-vm"), OBSERVED);
        self.runner_has("autoscaler", 6, &role("gitlab-fleet-vm"), OBSERVED);
        self.runner_has("autoscaler", 20, "gitlab-fleet-dark", CONFIGURED);
        self.runner_has("fargate", 7, &role("gitlab-fargate-task"), grade(task));
        self.runner_has("eks", 8, &role("gitlab-eks-job"), grade(service_account));
        self.runner_has("eks", 8, &role("eks-any-pod"), CONFIGURED);
        // The pods that were seen with it are those of the payments runner.
        self.runner_has("eks", 8, &role("gitlab-eks-payments"), CONFIGURED);
        self.runner_has("eks", 9, &role("gitlab-eks-payments"), grade(pod));
        self.runner_has("eks", 9, &role("eks-any-pod"), CONFIGURED);
    }

    fn runner_has(&mut self, way: &'static str, runner: u64, to: &str, grade: &'static str) {
        self.known(way, (&format!("runner/{runner}"), to), grade, Reach::Nobody);
    }
}

/// `.runner_system_id` lies beside the file of the process that made it.
fn known_system_id(maker: &Maker, runner: u64) -> Option<String> {
    Some(maker.world.gitlab.runners.get(&runner)?.managers.first()?.system_id.clone())
}
