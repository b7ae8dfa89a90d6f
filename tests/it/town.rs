//! The demo company in this process, and the program as a process of its own that carries plans out on it.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use keytrail::demo::{
    Company, Options, Size,
    front::{Fault, Rule, Side},
    start,
    world::{AccessKey, Variable, World},
};
use tempfile::TempDir;

pub(crate) struct Town {
    pub(crate) company: Company,
    pub(crate) folder: TempDir,
}

/// A pair of variables: where it is, the id and the secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) place: String,
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Town {
    /// Its new access keys work at once.
    pub(crate) async fn open(projects: usize) -> Self {
        let options = Options { size: Size::of(projects), alive: false, write: true, ..Options::default() };
        let company = start(options).await.expect("the company opens");
        company.world.write().expect("the world").key_delay = Some(Duration::ZERO);
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = format!(
            "[[gitlab]]\nname = \"gitlab.acme.example\"\nurl = \"{}\"\ntoken = {{ env = \"GITLAB_TOKEN\" }}\n\
             per_second = 500\nconcurrency = 16\n",
            company.gitlab_url
        );
        for access in &company.accounts {
            let _ = write!(
                config,
                "\n[[aws]]\nname = \"{}\"\nendpoint = \"{}\"\nregions = [\"eu-west-1\"]\nevent_days = 2\n",
                access.name, company.aws_url
            );
            if let (Some(role), Some(id)) = (&access.role, &access.external_id) {
                let _ = write!(config, "role = \"{role}\"\nexternal_id = \"{id}\"\n");
            }
        }
        fs::write(folder.path().join("config.toml"), config).expect("the configuration");
        Self { company, folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
        command
            .arg("--config")
            .arg(self.path("config.toml"))
            .args(arguments)
            .env("XDG_STATE_HOME", self.path("state"))
            .env("GITLAB_TOKEN", &self.company.gitlab_token)
            .env("AWS_ACCESS_KEY_ID", &self.company.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &self.company.secret_access_key)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end: the exit code, standard output and standard error.
    pub(crate) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().expect("it starts");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (status.code().unwrap_or(-1), text(stdout), text(stderr))
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
    }

    pub(crate) fn planted(&self, name: &str) -> String {
        self.world(|world| world.planted[name].clone())
    }

    pub(crate) fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.company.world.read().expect("the world"))
    }

    pub(crate) fn set(&self, side: Side, name: &str, fault: Fault, after: u32) {
        let (name, target) = (name.to_owned(), String::new());
        self.company.front.set(Rule { side, name, target, fault, times: Some(1), after });
    }

    /// How often a call came and was not refused.
    pub(crate) fn count(&self, name: &str) -> usize {
        let calls = self.company.front.calls();
        calls.iter().filter(|call| call.name.starts_with(name) && call.status < 400).count()
    }

    /// Kills the process where a call is held: no handler of its own runs.
    pub(crate) fn kill_where_held(&self, mut child: Child) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.company.front.held() == 0 {
            assert!(Instant::now() < deadline, "the call never came");
            assert!(child.try_wait().expect("its state").is_none(), "it ended before the call came");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        self.company.front.clear();
    }

    /// Everything in the folder of the runs.
    pub(crate) fn kept(&self) -> Vec<u8> {
        let folder = fs::read_dir(self.path("state/keytrail")).expect("the folder of the journal");
        folder.flat_map(|entry| fs::read(entry.expect("a file").path()).expect("its bytes")).collect()
    }
}

/// Every pair of variables called AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
pub(crate) fn pairs(world: &World) -> Vec<Pair> {
    let gitlab = &world.gitlab;
    let mut lists: Vec<(String, &[Variable])> = vec![("instance".into(), &gitlab.instance_variables)];
    lists.extend(gitlab.groups.values().map(|group| (group.full_path.clone(), group.variables.as_slice())));
    for project in gitlab.projects.values() {
        lists.push((project.full_path.clone(), &project.variables));
        let schedules = project.schedules.iter();
        lists.extend(
            schedules.map(|one| (format!("{}/{}", project.full_path, one.id), one.variables.as_slice())),
        );
    }
    let mut found = Vec::new();
    for (owner, variables) in lists {
        for id in variables.iter().filter(|variable| variable.key == "AWS_ACCESS_KEY_ID") {
            let secret = variables.iter().find(|other| {
                other.key == "AWS_SECRET_ACCESS_KEY" && other.environment_scope == id.environment_scope
            });
            if let Some(secret) = secret {
                let place = format!("{owner}@{}", id.environment_scope);
                found.push(Pair { place, id: id.value.clone(), secret: secret.value.clone() });
            }
        }
    }
    found
}

/// Would AWS let a job with this pair in?
pub(crate) fn works(world: &World, pair: &Pair) -> bool {
    let is_known = |key: &AccessKey| key.usable_from.is_none_or(|from| from <= Instant::now());
    world.key(&pair.id).is_some_and(|(_, _, key)| key.active && key.secret == pair.secret && is_known(key))
}

/// Where pairs with this key stand.
pub(crate) fn places_of(world: &World, key: &str) -> BTreeSet<String> {
    pairs(world).into_iter().filter(|pair| pair.id == key).map(|pair| pair.place).collect()
}

/// Of these places, those whose pair does not work.
pub(crate) fn broken(world: &World, places: &BTreeSet<String>) -> Vec<Pair> {
    pairs(world).into_iter().filter(|pair| places.contains(&pair.place) && !works(world, pair)).collect()
}
