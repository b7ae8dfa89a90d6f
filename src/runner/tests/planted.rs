//! Any text at all, and generated configurations with secrets planted wherever gitlab-runner takes one.

use proptest::{collection::vec, option, prelude::*};

use super::*;

proptest! {
    #[test]
    fn no_text_makes_it_panic(name in "(config|values|x)\\.(toml|yaml|yml)", text in "\\PC*") {
        read(&name, &text);
    }

    #[test]
    fn no_text_of_the_right_words_makes_it_panic(
        name in "config\\.(toml|yaml)",
        words in vec(prop::sample::select(WORDS), 0..60),
    ) {
        let found = read(&name, &words.concat());
        assemble(vec![File { path: name.into(), read: found }]);
    }

    #[test]
    fn generated_files_are_read_back_and_give_no_secret_away(wanted in vec(any_entry(), 1..4)) {
        let text: String = wanted.iter().map(Entry::written).collect();
        let found = read("config.toml", &text);
        prop_assert_eq!(&found.problems, &[], "{}", text);
        let shown = format!("{found:?}");
        prop_assert!(!shown.contains("planted") && !shown.contains("Planted"), "{}", shown);
        let What::Runners(configs) = found.what else { panic!("{text}") };
        let json = serde_json::to_string(&configs).unwrap();
        prop_assert!(!json.contains("planted") && !json.contains("Planted"), "{}", json);
        prop_assert_eq!(configs.len(), wanted.len());
        for (config, wanted) in configs.iter().zip(&wanted) {
            wanted.compare(config)?;
        }
    }
}

const WORDS: &[&str] = &[
    "[[runners]]",
    "[runners",
    ".docker]",
    "]",
    "\n",
    "  ",
    "id = 4",
    "environment = [",
    "\"IAM_ROLE=x\"",
    ",",
    "\"",
    "'''",
    "{{",
    "}}",
    "<%",
    "%>",
    "${",
    "}",
    "%{",
    "#",
    "\\",
    "runners:",
    " config: |",
    "- ",
    "&a",
    "*a",
    "[Fargate]",
    "TaskDefinition = 'x'",
    "é",
    "=",
    "[runners.custom]",
    "config_args = ['--config', '/x/fargate.toml']",
    "pod_spec = [{patch = 'hostNetwork: true'}]",
    "\r\n",
    "\t",
    "0x",
];

/// Forty characters, as a secret access key has, and the shapes of GitLab's tokens.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRPlantedEXAMPLE";

#[derive(Clone, Debug)]
struct Entry {
    id: u32,
    executor: String,
    privileged: bool,
    volumes: Vec<String>,
    profile: Option<String>,
    account: Option<String>,
    pattern: Option<String>,
    key: Option<String>,
    role: String,
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let name = || "[a-z][a-z0-9-]{0,20}";
    let first = (1u32.., name(), any::<bool>(), vec("/[a-z/.]{1,20}:/[a-z]{1,8}", 0..4), option::of(name()));
    let second = (option::of(name()), option::of("[a-z.*^$-]{1,10}"), option::of("AKIA[A-Z2-7]{16}"), name());
    (first, second).prop_map(
        |((id, executor, privileged, volumes, profile), (account, pattern, key, role))| Entry {
            id,
            executor,
            privileged,
            volumes,
            profile,
            account,
            pattern,
            key,
            role: format!("arn:aws:iam::111111111111:role/{role}"),
        },
    )
}

impl Entry {
    /// As gitlab-runner would write it.
    fn written(&self) -> String {
        let field = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!("    {name} = '{value}'\n")).unwrap_or_default()
        };
        let list = |items: &[String]| format!("{items:?}");
        let mut options =
            vec![format!("amazonec2-secret-key={SECRET}"), format!("amazonec2-session-token={SECRET}")];
        options
            .extend(self.profile.iter().map(|profile| format!("amazonec2-iam-instance-profile={profile}")));
        let mut environment =
            vec![format!("AWS_SECRET_ACCESS_KEY={SECRET}"), "DB_PASSWORD=planted".to_owned()];
        environment.extend(self.key.iter().map(|key| format!("AWS_ACCESS_KEY_ID={key}")));
        environment.push(format!("IAM_ROLE={}", self.role));
        [
            format!("[[runners]]\n  id = {}\n  url = 'https://x:planted@gitlab.example/'\n", self.id),
            format!("  token = 'glrt-t1_planted'\n  executor = '{}'\n", self.executor),
            format!("  environment = {}\n", list(&environment)),
            format!("  pre_build_script = '''\nexport AWS_SECRET_ACCESS_KEY={SECRET}\necho {SECRET} | docker login\n'''\n"),
            format!("  [runners.docker]\n    privileged = {}\n    volumes = {}\n", self.privileged, list(&self.volumes)),
            format!("  [runners.machine]\n    MachineOptions = {}\n", list(&options)),
            "  [runners.autoscaler.connector_config]\n    password = 'planted'\n".to_owned(),
            "  [runners.kubernetes]\n    bearer_token = 'planted'\n".to_owned(),
            field("service_account", &self.account),
            field("service_account_overwrite_allowed", &self.pattern),
            format!("  [runners.cache.s3]\n    ServerAddress = 's3'\n    SecretKey = '{SECRET}'\n    SessionToken = 'planted'\n"),
            field("AccessKey", &self.key),
        ]
        .concat()
    }

    fn compare(&self, config: &RunnerConfig) -> Result<(), TestCaseError> {
        prop_assert_eq!(config.number, Some(u64::from(self.id)));
        prop_assert_eq!(config.executor.as_deref(), Some(self.executor.as_str()));
        prop_assert_eq!(config.url.as_deref(), Some("https://gitlab.example"));
        let docker = config.docker.as_ref().unwrap();
        prop_assert_eq!((docker.privileged, &docker.volumes), (self.privileged, &self.volumes));
        let machine = config.machine.as_ref().unwrap();
        prop_assert_eq!((machine.has_secret, &machine.profile), (true, &self.profile));
        let pods = config.kubernetes.as_ref().unwrap();
        prop_assert_eq!(
            (&pods.service_account, &pods.service_account_overwrite_allowed),
            (&self.account, &self.pattern)
        );
        let cache = config.cache.as_ref().unwrap();
        let how = if self.key.is_some() { "access-key" } else { "iam" };
        prop_assert_eq!((cache.has_secret, cache.authentication.as_deref()), (true, Some(how)));
        let keys: Vec<String> = config.keys().map(|(key, _)| key.to_string()).collect();
        let twice: Vec<String> = self.key.iter().flat_map(|key| [key.clone(), key.clone()]).collect();
        prop_assert_eq!(keys, twice);
        let shown = config.environment.iter().flatten().find_map(|setting| setting.sighting.shown.clone());
        prop_assert_eq!(shown.as_deref(), Some(self.role.as_str()));
        prop_assert_eq!(&config.unknown, &None);
        Ok(())
    }
}
