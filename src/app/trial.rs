//! A small company for the tests of this floor, and a conductor without threads that performs what worlds and lists
//! ask for.

use std::sync::Arc;

use super::{
    App, Effect, Msg, Settings, World,
    action::propose,
    find,
    list::list,
    show::{Body, Detail, List, Overview, Screen},
    update,
};
use crate::{
    base::{
        blame::Blame,
        name::{Arn, KeyId},
        time::Timestamp,
    },
    model::{
        aws::{AccessKey, Account, KeyStatus, LastUse, Machine, Role, User},
        entity::Entity,
        estate::Estate,
        event::{Caller, Event},
        gitlab::{Group, Instance, Manager, Owner, Project, Runner, RunnerType, Sighting, Variable},
        observe::{Gap, Observation, Outcome, Report, Scope, Sweep},
    },
    rules::{Conclusions, Limits},
    way::CredentialPath,
};

/// A Friday afternoon in November 2026.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_183_200);
pub(crate) const GITLAB: &str = "gitlab.test";
pub(crate) const ACCOUNT: &str = "123456789012";
/// Its id encodes [`ACCOUNT`].
pub(crate) const LEAKED: &str = "AKIARZPUZDIKNSFRP6LN";
/// Carried by a variable; no account lists it.
pub(crate) const FOREIGN: &str = "AKIAQNZGKIQY56JQ7WML";
pub(crate) const STRANGER: &str = "203.0.113.9";

pub(crate) fn empty() -> Arc<World> {
    Arc::new(World::build(Estate::default(), Limits::default(), NOW))
}

fn arn(resource: &str) -> Arn {
    Arn::new(&format!("arn:aws:iam::{ACCOUNT}:{resource}")).unwrap()
}

pub(crate) fn key(id: &str, user: &str, days: i64) -> Entity {
    let key = KeyId::new(id).unwrap();
    Entity::Key(AccessKey {
        key,
        user: Some(arn(&format!("user/{user}"))),
        created: Some(NOW.minus(days * 86_400)),
        status: Some(KeyStatus::Active),
        last_use: Some(LastUse::At {
            at: NOW.minus(3 * 3600),
            service: "s3".into(),
            region: "eu-west-1".into(),
        }),
    })
}

fn variable(owner: Owner, name: &str, keys: &[&str]) -> Variable {
    Variable {
        instance: GITLAB.into(),
        owner,
        key: name.into(),
        environment_scope: "*".into(),
        protected: Some(false),
        masked: Some(false),
        sighting: Some(Sighting {
            keys: keys.iter().map(|key| KeyId::new(key).unwrap()).collect(),
            ..Sighting::default()
        }),
        ..Variable::default()
    }
}

fn project(number: u64, path: &str) -> Entity {
    Entity::Project(Project {
        instance: GITLAB.into(),
        number,
        path: Some(path.to_owned()),
        shared_runners: Some(true),
        url: Some(format!("https://{GITLAB}/{path}")),
        ..Project::default()
    })
}

/// GitLab's half: two projects of a group, a runner on an EC2 instance, three variables.
fn gitlab() -> Vec<Entity> {
    let instance: Arc<str> = GITLAB.into();
    let url = Some(format!("https://{GITLAB}"));
    vec![
        Entity::Instance(Instance { name: instance.clone(), url, ..Instance::default() }),
        Entity::Group(Group {
            instance: instance.clone(),
            number: 5,
            path: Some("acme".into()),
            ..Group::default()
        }),
        project(1, "acme/infra"),
        project(2, "acme/web"),
        Entity::Runner(Runner {
            instance: instance.clone(),
            number: 7,
            description: Some("linux-docker-3".into()),
            runner_type: Some(RunnerType::Instance),
            protected: Some(false),
            run_untagged: Some(true),
            tags: Some(vec!["docker".into(), "linux".into()]),
            status: Some("online".into()),
            ..Runner::default()
        }),
        Entity::Manager(Manager {
            instance,
            runner: 7,
            system_id: "s_1".into(),
            address: Some("10.0.3.17".into()),
            executor: Some("docker".into()),
            ..Manager::default()
        }),
        Entity::Variable(variable(Owner::Project(1), "AWS_ACCESS_KEY_ID", &[LEAKED])),
        Entity::Variable(variable(Owner::Group(5), "PARTNER_KEY", &[FOREIGN])),
        Entity::Variable(Variable {
            protected: Some(true),
            hidden: Some(true),
            sighting: None,
            ..variable(Owner::Project(2), "DEPLOY_TOKEN", &[])
        }),
    ]
}

/// AWS's half: two users with a key each, two roles, a machine, and one call of a stranger.
fn aws() -> Vec<Entity> {
    let account = ACCOUNT.parse().unwrap();
    let trust = format!(
        r#"{{"Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}]}}"#,
        arn("user/gitlab-deploy")
    );
    let mut deploy = User::seen(arn("user/gitlab-deploy"));
    deploy.created = Some(NOW.minus(500 * 86_400));
    (deploy.inline, deploy.attached, deploy.groups) = (Some(Vec::new()), Some(Vec::new()), Some(Vec::new()));
    let mut role = Role::seen(arn("role/deploy-prod"));
    role.trust = Some(trust.as_str().into());
    role.attached = Some(vec![Arn::new("arn:aws:iam::aws:policy/AdministratorAccess").unwrap()]);
    role.inline = Some(Vec::new());
    let mut reader = Role::seen(arn("role/reader"));
    (reader.inline, reader.attached) = (Some(Vec::new()), Some(Vec::new()));
    vec![
        Entity::Account(Account {
            number: account,
            name: Some("acme-prod".into()),
            caller: None,
            root: None,
        }),
        Entity::User(deploy),
        Entity::User(User::seen(arn("user/nightly"))),
        key(LEAKED, "gitlab-deploy", 412),
        key("AKIARZPUZDIKFRESHKEY", "nightly", 10),
        Entity::Role(role),
        Entity::Role(reader),
        Entity::Machine(Machine {
            account,
            region: "eu-west-1".into(),
            instance: "i-0abc".into(),
            name: Some("runner-3".into()),
            private_address: Some("10.0.3.17".into()),
            public_address: None,
            profile: None,
            state: None,
            launched: None,
            imds_tokens_required: Some(false),
            imds_hop_limit: Some(2),
        }),
        event(),
    ]
}

/// The stranger assumes the role with the leaked key.
pub(crate) fn event() -> Entity {
    Entity::Event(Event {
        account: ACCOUNT.parse().unwrap(),
        event_id: "e-1".into(),
        region: "eu-west-1".into(),
        at: NOW.minus(2 * 86_400),
        source: "sts.amazonaws.com".into(),
        name: "AssumeRole".into(),
        caller: Caller {
            kind: "IAMUser".into(),
            arn: Some(arn("user/gitlab-deploy")),
            key: KeyId::new(LEAKED),
            account: ACCOUNT.parse().ok(),
            ..Caller::default()
        },
        address: Some(STRANGER.into()),
        agent: Some("aws-cli\u{1b}[31m".into()),
        error: None,
        message: None,
        role: Some(arn("role/deploy-prod")),
        session_name: Some("night-shift".into()),
        minted: KeyId::new("ASIARZPUZDIKMINTEDKE"),
        minted_expires: Some(NOW),
        assumed: None,
        subject: None,
        provider: None,
        audience: None,
        about: None,
        shared_id: None,
        origin: None,
        raw: r#"{"eventName":"AssumeRole","sourceIPAddress":"203.0.113.9"}"#.into(),
    })
}

pub(crate) fn saw(source: &str, what: &str, run: u32, saw: Vec<Entity>) -> Vec<Report> {
    let sweep = Sweep { scope: Scope::new(source, what), run };
    let at = NOW.minus(60);
    vec![
        Report::Began { sweep: sweep.clone(), at },
        Report::Saw(Observation { sweep: sweep.clone(), at, saw, gaps: Vec::new() }),
        Report::Ended { sweep, at: NOW.minus(12), outcome: Outcome::Whole },
    ]
}

/// All of the company, with one call refused.
pub(crate) fn company() -> Vec<Report> {
    let mut reports = saw(GITLAB, "everything", 1, gitlab());
    reports.extend(saw(ACCOUNT, "IAM", 1, aws()));
    let sweep = Sweep { scope: Scope::new(GITLAB, "instance runners"), run: 1 };
    let gap =
        Gap { call: "GET /runners/all".into(), blame: Blame::Scope("the token needs admin_mode.".into()) };
    let gaps = vec![gap];
    reports.push(Report::Saw(Observation { sweep: sweep.clone(), at: NOW, saw: Vec::new(), gaps }));
    reports.push(Report::Ended { sweep, at: NOW, outcome: Outcome::Partial });
    let sweep = Sweep { scope: Scope::new(ACCOUNT, "IAM"), run: 1 };
    reports.push(Report::Window { sweep, from: NOW.minus(14 * 86_400), to: NOW });
    reports
}

/// A dashboard and its conductor.
pub(crate) struct Trial {
    pub(crate) app: App,
    /// Effects that a world without a terminal cannot perform, oldest first.
    pub(crate) asked: Vec<Effect>,
    /// What every world has in place of the ways that were found in it.
    ways: Vec<CredentialPath>,
}

impl Trial {
    pub(crate) fn new() -> Self {
        let settings = Settings { now: NOW, places: vec![GITLAB.into()], ..Settings::default() };
        Self { app: App::new(settings).unwrap(), asked: Vec::new(), ways: Vec::new() }
    }

    /// The company, looked at on a terminal of this size.
    pub(crate) fn of_company(columns: u16, lines: u16) -> Self {
        let mut trial = Self::new();
        trial.send(Msg::Resized { columns, lines });
        trial.send(Msg::Reported(company()));
        trial.send(Msg::Swept);
        trial
    }

    /// The same company with ways into AWS made by hand.
    pub(crate) fn of_ways(ways: Vec<CredentialPath>, columns: u16, lines: u16) -> Self {
        let mut trial = Self { ways, ..Self::new() };
        trial.send(Msg::Resized { columns, lines });
        trial.send(Msg::Reported(company()));
        trial.send(Msg::Swept);
        trial
    }

    fn world(&self, estate: Estate, limits: Limits, now: Timestamp) -> World {
        let mut conclusions = Conclusions::of(&estate, &limits, now);
        if !self.ways.is_empty() {
            conclusions.paths.clone_from(&self.ways);
        }
        World::of(estate, conclusions, limits, now)
    }

    /// Delivers a message and everything that follows from it.
    pub(crate) fn send(&mut self, msg: Msg) {
        let mut waiting = update(&mut self.app, msg);
        while let Some(effect) = waiting.pop() {
            let answer = match effect {
                Effect::Digest { estate, limits, now } => {
                    Msg::Digested { world: Arc::new(self.world(estate, limits, now)), cost_ms: 1 }
                }
                Effect::List(request) => Msg::Listed(list(&request)),
                Effect::Propose(request) => Msg::Proposed(propose(&request)),
                Effect::Discard(_) => continue,
                Effect::Find(request) => Msg::Found(find::find(&request)),
                other => {
                    self.asked.push(other);
                    continue;
                }
            };
            waiting.extend(update(&mut self.app, answer));
        }
    }

    /// Presses keys, written as in the configuration and separated by spaces.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.send(Msg::Key(key.parse().unwrap()));
        }
        self
    }

    /// Types a text letter by letter.
    pub(crate) fn type_in(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.send(Msg::Key(super::key::Key::char(letter)));
        }
        self
    }

    pub(crate) fn screen(&self) -> Screen {
        self.app.show()
    }

    pub(crate) fn list(&self) -> List {
        match self.screen().body {
            Body::Table { list, .. } => list,
            body => panic!("no table: {body:?}"),
        }
    }

    pub(crate) fn detail(&self) -> Detail {
        match self.screen().body {
            Body::Table { detail: Some(detail), .. } => detail,
            body => panic!("no detail: {body:?}"),
        }
    }

    pub(crate) fn overview(&self) -> Overview {
        match self.screen().body {
            Body::Overview(overview) => overview,
            body => panic!("no overview: {body:?}"),
        }
    }

    /// Rows as text, cells separated by bars, the selected one marked.
    pub(crate) fn rows(&self) -> Vec<String> {
        let row = |row: &super::show::Row| {
            let cells: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            format!("{}{}", if row.selected { "> " } else { "  " }, cells.join(" | "))
        };
        self.list().rows.iter().map(row).collect()
    }

    /// The name in the selected row, whichever column has it.
    pub(crate) fn selected(&self) -> String {
        self.rows().into_iter().find(|row| row.starts_with('>')).unwrap_or_default()
    }

    pub(crate) fn detail_text(&self) -> String {
        let line = |line: &super::show::DetailLine| line.spans.iter().map(|span| span.text.clone()).collect();
        let lines: Vec<String> = self.detail().lines.iter().map(line).collect();
        lines.join("\n")
    }

    /// The line under the detail's cursor.
    pub(crate) fn under_cursor(&self) -> String {
        let detail = self.detail();
        detail.lines[detail.cursor.unwrap()].spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// Moves down in the detail to the first link under a heading, and follows it.
    pub(crate) fn follow(&mut self, heading: &str) -> &mut Self {
        let detail = self.detail();
        let text = |index: usize| -> String {
            detail.lines[index].spans.iter().map(|span| span.text.as_str()).collect()
        };
        let at = (0..detail.lines.len()).find(|index| text(*index).starts_with(heading));
        let target = at.unwrap_or_else(|| panic!("no {heading} in\n{}", self.detail_text())) + 1;
        self.press("g");
        for _ in 0..detail.lines.len() {
            if self.detail().cursor == Some(target) {
                break;
            }
            self.press("j");
        }
        assert_eq!(self.detail().cursor, Some(target), "j never gets to {heading}");
        self.press("enter")
    }
}

/// So many seconds after the start.
pub(crate) fn after(seconds: u32) -> super::Msg {
    super::Msg::Ticked { now: NOW.plus(seconds.into()), uptime_ms: u64::from(seconds) * 1000 }
}
