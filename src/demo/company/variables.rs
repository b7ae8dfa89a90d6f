//! CI/CD variables: the maker everybody uses, and the ordinary ones that fill the company up to its size.

use super::Maker;
use crate::demo::{
    name::password,
    world::{Schedule, Variable},
};

/// Who a variable belongs to.
#[derive(Clone, Copy)]
pub(super) enum Home {
    Instance,
    Group(u64),
    Project(u64),
    Schedule(u64, u64),
}

/// The ordinary variables; `true` marks a secret.
const ORDINARY: [(&str, &str, bool); 20] = [
    ("APP_ENV", "production", false),
    ("LOG_LEVEL", "info", false),
    ("SENTRY_DSN", "https://{}@sentry.acme.example/42", true),
    ("DATABASE_URL", "postgres://app:{}@db.acme.internal/app", true),
    ("NPM_TOKEN", "npm_{}", true),
    ("FEATURE_FLAGS", "checkout_v2,dark_mode", false),
    ("SONAR_TOKEN", "sqp_{}", true),
    ("AWS_DEFAULT_REGION", "eu-west-1", false),
    ("SLACK_WEBHOOK_TOKEN", "T0{}", true),
    ("DOCKER_REGISTRY", "registry.acme.example", false),
    ("HELM_CHART_VERSION", "4.18.2", false),
    ("COVERAGE_MINIMUM", "82", false),
    ("KUBE_NAMESPACE", "apps", false),
    ("TF_IN_AUTOMATION", "1", false),
    ("MAVEN_CLI_OPTS", "--batch-mode --errors", false),
    ("E2E_PASSWORD", "{}", true),
    ("RETRIES", "3", false),
    ("TZ", "Europe/Berlin", false),
    ("CYPRESS_RECORD_KEY", "{}", true),
    ("RELEASE_CHANNEL", "stable", false),
];

impl Maker {
    /// Makes a variable, and returns how tests name it: `project/101 AWS_ACCESS_KEY_ID *`.
    ///
    /// Marks: `p` protected, `m` masked, `h` masked and hidden, `f` file, `r` raw.
    pub(super) fn variable(&mut self, home: Home, key: &str, value: &str, at: (&str, &str)) -> String {
        let (marks, scope) = at;
        let has = |mark| marks.contains(mark);
        let variable = Variable {
            key: key.into(),
            value: value.into(),
            file: has('f'),
            protected: has('p'),
            masked: has('m') || has('h'),
            hidden: has('h'),
            raw: has('r'),
            environment_scope: scope.into(),
            description: None,
        };
        let name = match home {
            Home::Instance => "instance".to_owned(),
            Home::Group(id) => format!("group/{id}"),
            Home::Project(id) => format!("project/{id}"),
            Home::Schedule(project, id) => format!("schedule/{project}/{id}"),
        };
        if let Some(list) = self.variables_of(home) {
            list.push(variable);
        }
        format!("{name} {key} {scope}")
    }

    pub(super) fn variables_of(&mut self, home: Home) -> Option<&mut Vec<Variable>> {
        let gitlab = &mut self.world.gitlab;
        match home {
            Home::Instance => Some(&mut gitlab.instance_variables),
            Home::Group(id) => gitlab.groups.get_mut(&id).map(|group| &mut group.variables),
            Home::Project(id) => gitlab.projects.get_mut(&id).map(|project| &mut project.variables),
            Home::Schedule(project, id) => {
                let schedules = &mut gitlab.projects.get_mut(&project)?.schedules;
                schedules
                    .iter_mut()
                    .find(|schedule| schedule.id == id)
                    .map(|schedule| &mut schedule.variables)
            }
        }
    }

    /// A key and its secret partner, side by side. Returns the key's variable.
    pub(super) fn key_pair(&mut self, home: Home, pair: (&str, &str), at: (&str, &str)) -> String {
        let carrier = self.variable(home, "AWS_ACCESS_KEY_ID", pair.0, at);
        self.variable(home, "AWS_SECRET_ACCESS_KEY", pair.1, at);
        carrier
    }

    pub(super) fn project_home(&self, path: &str) -> Home {
        Home::Project(self.id(path))
    }

    pub(super) fn group_home(&self, path: &str) -> Home {
        Home::Group(self.id(path))
    }

    /// Makes a pipeline schedule on the default branch.
    pub(super) fn schedule(&mut self, path: &str, description: &str, cron: &str, active: bool) -> Home {
        let project = self.id(path);
        let created = self.around(200);
        let owner = 1 + self.rng.below(8) as u64;
        let Some(place) = self.world.gitlab.projects.get_mut(&project) else { return Home::Instance };
        let id = project * 10 + place.schedules.len() as u64;
        place.schedules.push(Schedule {
            id,
            description: description.into(),
            git_ref: place.default_branch.clone(),
            cron: cron.into(),
            active,
            owner,
            variables: Vec::new(),
            created,
        });
        Home::Schedule(project, id)
    }

    /// How many variables there are, at all levels.
    pub(super) fn variables_made(&self) -> usize {
        let gitlab = &self.world.gitlab;
        let groups: usize = gitlab.groups.values().map(|group| group.variables.len()).sum();
        let projects: usize = gitlab
            .projects
            .values()
            .map(|project| {
                let scheduled: usize = project.schedules.iter().map(|one| one.variables.len()).sum();
                project.variables.len() + scheduled
            })
            .sum();
        gitlab.instance_variables.len() + groups + projects
    }

    /// Ordinary variables, dealt out to projects and now and then to a group, until the company has its number.
    pub(super) fn ordinary_variables(&mut self) {
        let projects: Vec<u64> = self.world.gitlab.projects.keys().copied().collect();
        let groups: Vec<u64> = self.world.gitlab.groups.keys().copied().collect();
        let missing = self.size.variables.saturating_sub(self.variables_made());
        for turn in 0..missing {
            let (round, place) = (turn / projects.len(), turn % projects.len());
            let (key, value, secret) = ORDINARY[(place + round) % ORDINARY.len()];
            let home = match groups.get(turn / 12) {
                Some(&group) if turn % 12 == 0 => Home::Group(group),
                _ => Home::Project(projects[place]),
            };
            let value = if secret { value.replace("{}", &password(&mut self.rng)) } else { value.to_owned() };
            let lap = round / ORDINARY.len();
            let mut key = if lap == 0 { key.to_owned() } else { format!("{key}_{lap}") };
            let taken = self.variables_of(home).is_some_and(|list| list.iter().any(|one| one.key == key));
            if taken {
                key = format!("{key}_{turn}");
            }
            let marks = match (secret, self.rng.below(4)) {
                (true, 0) => "",
                (true, 1) => "mp",
                (true, _) => "m",
                (false, 0) => "p",
                (false, _) => "",
            };
            self.variable(home, &key, &value, (marks, "*"));
        }
    }
}
