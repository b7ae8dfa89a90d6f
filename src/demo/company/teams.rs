//! How the many teams of a large company get into AWS: some groups name a role their jobs may take, some share a key, and
//! some copied one into project after project, so that about three projects in a hundred hold one. A company without such
//! teams gets nothing from here.

use super::{HOST, Maker, PROD, document, places::TEAM, variables::Home};

/// One team in so many has a role for its jobs, and its group names it.
const ROLE_EVERY: usize = 5;
/// One team in so many shares a key between its projects, and another one copies it.
const KEY_EVERY: usize = 8;
/// A team that copies its key does so into one project in so many.
const COPY_EVERY: usize = 4;
/// How teams mark the variables of their keys, in turn.
const MARKS: [&str; 5] = ["m", "mp", "mp", "m", ""];

impl Maker {
    /// Roles that trust the projects of one team, on their protected branch, and the variables that name them.
    pub(super) fn team_roles(&mut self) {
        for (id, team) in self.teams().into_iter().step_by(ROLE_EVERY) {
            let subject = format!("project_path:{team}/*:ref_type:branch:ref:main");
            let trust = document::trust_web(PROD, HOST, &document::subjects("StringLike", &[&subject]));
            let name = format!("ci-{}", team.rsplit('/').next().unwrap_or_default());
            let role = self.role(PROD, &name, trust, document::allow(&["ecs:*", "ecr:*"], &["*"]));
            self.variable(Home::Group(id), "AWS_ROLE_ARN", &role, ("", "*"));
            self.known_tokens(&role, |project| project.group == id, &[]);
        }
    }

    /// Keys of the service users that [`Maker::crowd`] made, in the variables of teams and of projects.
    pub(super) fn team_keys(&mut self) {
        let mut keys = self.service_keys().into_iter();
        for (turn, (id, _)) in self.teams().into_iter().enumerate() {
            let homes = match turn % KEY_EVERY {
                1 => vec![(Home::Group(id), "mp")],
                5 => self.copies(id),
                _ => continue,
            };
            let Some((account, user, (key, secret))) = keys.next() else { return };
            for (home, marks) in homes {
                let carrier = self.key_pair(home, (&key, &secret), (marks, "*"));
                self.known_key(home, &carrier, account, &user);
            }
        }
    }

    /// The projects a team copied its key into, each time with the marks somebody happened to choose.
    fn copies(&self, team: u64) -> Vec<(Home, &'static str)> {
        let projects = self.world.gitlab.projects.values().filter(|project| project.group == team);
        let homes = projects.step_by(COPY_EVERY).map(|project| Home::Project(project.id));
        homes.zip(MARKS.into_iter().cycle()).collect()
    }

    /// Id and path of every team's group.
    fn teams(&self) -> Vec<(u64, String)> {
        let groups = self.world.gitlab.groups.values();
        let teams = groups.filter(|group| group.full_path.starts_with(TEAM));
        teams.map(|group| (group.id, group.full_path.clone())).collect()
    }

    /// Active keys of service users that no variable carries yet: account, user, id and secret.
    fn service_keys(&self) -> Vec<(u64, String, (String, String))> {
        let deploys = |name: &str| name.starts_with("svc-deploy-") || name.starts_with("svc-sync-");
        let mut found = Vec::new();
        for account in self.world.accounts.values() {
            for user in account.users.values().filter(|user| deploys(&user.name)) {
                let keys = user.keys.iter().filter(|key| key.active);
                found.extend(
                    keys.map(|key| (account.number, user.name.clone(), (key.id.clone(), key.secret.clone()))),
                );
            }
        }
        found
    }
}
