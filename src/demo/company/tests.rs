//! The company as those see it who test against it: the same every time, the size that was asked for, everything planted
//! where its name says, and no secret without its mark.

use std::collections::BTreeMap;

use super::*;
use crate::{
    base::name::account_of,
    demo::{
        name::CANARY,
        world::{RunnerType, TrailEvent, Variable},
    },
};

fn at() -> Timestamp {
    "2026-11-20T14:00:00Z".parse().unwrap()
}

fn default() -> Made {
    build(1, Size::default(), at())
}

fn every_variable(world: &World) -> Vec<(String, &Variable)> {
    let gitlab = &world.gitlab;
    let mut all: Vec<(String, &Variable)> =
        gitlab.instance_variables.iter().map(|variable| ("instance".to_owned(), variable)).collect();
    for group in gitlab.groups.values() {
        all.extend(group.variables.iter().map(|variable| (format!("group/{}", group.id), variable)));
    }
    for project in gitlab.projects.values() {
        all.extend(project.variables.iter().map(|variable| (format!("project/{}", project.id), variable)));
        for schedule in &project.schedules {
            let home = format!("schedule/{}/{}", project.id, schedule.id);
            all.extend(schedule.variables.iter().map(|variable| (home.clone(), variable)));
        }
    }
    all
}

fn every_event(world: &World) -> impl Iterator<Item = (u64, &str, &TrailEvent)> {
    world.accounts.values().flat_map(|account| {
        account
            .trail
            .iter()
            .flat_map(|(region, trail)| trail.iter().map(|event| (account.number, region.as_str(), event)))
    })
}

fn sizes(world: &World) -> Size {
    Size {
        projects: world.gitlab.projects.len(),
        runners: world.gitlab.runners.len(),
        variables: every_variable(world).len(),
        users: world.accounts.values().map(|account| account.users.len()).sum(),
        roles: world.accounts.values().map(|account| account.roles.len()).sum(),
    }
}

#[test]
fn the_same_seed_and_time_make_the_same_company() {
    let text = |seed| format!("{:?}", build(seed, Size::default(), at()).world);
    let first = text(1);
    assert!(first == text(1), "two companies of one seed differ");
    assert!(first != text(2), "the seed decides nothing");
}

#[test]
fn sizes_come_out_exact() {
    for size in [Size::default(), Size::of(12), Size::of(300)] {
        assert_eq!(sizes(&build(1, size, at()).world), size);
    }
}

#[test]
fn the_largest_company_can_be_made() {
    let size = Size::of(10_000);
    assert_eq!(sizes(&build(1, size, at()).world), size);
}

/// Whether what a planted name stands for exists in the world.
fn resolves(world: &World, value: &str) -> bool {
    let variables = every_variable(world);
    let number = |kind: &str| value.strip_prefix(kind).and_then(|rest| rest.parse::<u64>().ok());
    if value.starts_with("AKIA") {
        return variables.iter().any(|(_, variable)| variable.value.contains(value))
            || world.runner_files.iter().any(|(_, text)| text.contains(value))
            || world.key(value).is_some();
    }
    if value.starts_with("ASIA") {
        return every_event(world).any(|(.., event)| event.resources.iter().any(|(_, name)| name == value));
    }
    if is_compute(world, value) || world.runner_files.iter().any(|(name, _)| name == value) {
        return true;
    }
    if value.starts_with("arn:") {
        return world.accounts.values().any(|account| {
            let owns = |kind: &str, path: &str, name: &str| {
                crate::demo::name::iam_arn(account.number, kind, path, name) == value
            };
            account.users.values().any(|user| owns("user", &user.path, &user.name))
                || account.roles.values().any(|role| owns("role", &role.path, &role.name))
                || account.providers.contains_key(value)
        });
    }
    if value.starts_with("i-") {
        let mut machines = world.accounts.values().flat_map(|account| account.machines.values().flatten());
        return machines.any(|machine| machine.id == value);
    }
    if let Some(id) = number("runner/") {
        return world.gitlab.runners.contains_key(&id);
    }
    if let Some(id) = number("project/") {
        return world.gitlab.projects.contains_key(&id);
    }
    if value.starts_with("glpat-") {
        return world.gitlab.tokens.iter().any(|token| token.token == value);
    }
    if value.parse::<std::net::IpAddr>().is_ok() {
        let seen = format!("\"sourceIPAddress\":\"{value}\"");
        return every_event(world).any(|(.., event)| event.record.contains(&seen));
    }
    variables
        .iter()
        .any(|(home, variable)| format!("{home} {} {}", variable.key, variable.environment_scope) == value)
}

/// Whether it names a part of what jobs run on, by its name, its id or the end of its ARN.
fn is_compute(world: &World, value: &str) -> bool {
    world.accounts.values().flat_map(|account| account.compute.values()).any(|place| {
        place.scaling_groups.iter().any(|group| group.name == value)
            || place.launch_templates.iter().any(|template| template.id == value)
            || place
                .task_definitions
                .iter()
                .any(|task| value.ends_with(&format!(":task-definition/{}:{}", task.family, task.revision)))
            || place.clusters.iter().any(|cluster| {
                let mut pods = cluster.pod_identities.iter();
                value.ends_with(&format!(":cluster/{}", cluster.name))
                    || pods.any(|pod| format!("{}/{}", pod.namespace, pod.service_account) == value)
            })
    }) || world.runner_files.iter().any(|(_, text)| {
        let account = value
            .split_once('/')
            .filter(|(namespace, _)| text.contains(&format!("namespace = \"{namespace}\"")));
        account.is_some_and(|(_, name)| text.contains(&format!("service_account = \"{name}\"")))
    })
}

#[test]
fn everything_planted_is_there_in_the_default_and_the_smallest_company() {
    for size in [Size::default(), Size::of(12)] {
        let world = build(3, size, at()).world;
        for (name, value) in &world.planted {
            assert!(resolves(&world, value), "`{name}` is `{value}`, which does not exist");
        }
    }
}

#[test]
fn the_table_names_everything_planted_and_nothing_else() {
    let written = include_str!("mod.rs");
    let listed: Vec<&str> =
        written.lines().filter_map(|line| line.strip_prefix("//! | `")?.split('`').next()).collect();
    for name in default().world.planted.keys() {
        assert!(listed.contains(name), "`{name}` is missing in the table");
    }
    let world = build(2, Size::of(12), at()).world;
    for name in listed {
        assert!(world.planted.contains_key(name), "`{name}` is in the table and nowhere else");
    }
}

#[test]
fn ids_decode_to_their_account() {
    let world = default().world;
    for account in world.accounts.values() {
        let users = account
            .users
            .values()
            .flat_map(|user| std::iter::once(&user.id).chain(user.keys.iter().map(|key| &key.id)));
        let ids = users.chain(account.roles.values().map(|role| &role.id));
        for id in ids.chain(account.profiles.values().map(|profile| &profile.id)) {
            assert_eq!(account_of(id).unwrap().number(), account.number, "{id}");
        }
    }
    let foreign = account_of(&world.planted["key of an account not scanned"]).unwrap();
    assert_eq!(foreign.number(), UNSCANNED);
    assert!(world.key(&world.planted["deleted key"]).is_none());
}

#[test]
fn keys_fit_aws_rules() {
    let world = build(1, Size::of(300), at()).world;
    let mut seen = std::collections::BTreeSet::new();
    for account in world.accounts.values() {
        for user in account.users.values() {
            assert!(user.keys.len() <= 2, "{} has more keys than AWS allows", user.name);
            for key in &user.keys {
                assert!(seen.insert(&key.id), "{} twice", key.id);
                assert!(key.created >= user.created, "{} has a key older than itself", user.name);
                let used = key.last_used.as_ref().map(|used| used.at);
                assert!(used.is_none_or(|used| used >= key.created && used <= at()), "{}", user.name);
                assert_eq!(key.secret.len(), 40);
            }
        }
    }
}

#[test]
fn records_have_what_lookups_need() {
    let world = default().world;
    let mut ids = std::collections::BTreeSet::new();
    for (account, region, event) in every_event(&world) {
        let record: serde_json::Value = serde_json::from_str(&event.record).unwrap();
        let text = |pointer: &str| record.pointer(pointer).and_then(|value| value.as_str().map(String::from));
        assert_eq!(text("/eventID").as_deref(), Some(event.id.as_str()));
        assert_eq!(text("/eventTime"), Some(event.at.to_string()));
        assert_eq!(text("/eventName").as_deref(), Some(event.name.as_str()));
        assert_eq!(text("/eventSource").as_deref(), Some(event.source.as_str()));
        assert_eq!(text("/awsRegion").as_deref(), Some(region));
        assert_eq!(text("/recipientAccountId"), Some(format!("{account:012}")));
        assert_eq!(text("/userIdentity/accessKeyId"), event.access_key);
        assert!(text("/userIdentity/type").is_some() && text("/sourceIPAddress").is_some());
        assert_eq!(record["readOnly"], event.read_only);
        assert!(ids.insert(event.id.clone()), "an event id twice");
        if let Some(minted) = text("/responseElements/credentials/accessKeyId") {
            assert!(event.resources.contains(&("AWS::IAM::AccessKey".to_owned(), minted)));
            assert!(event.record.contains(CANARY), "a session token without its mark");
        }
        assert!(event.at <= at() && event.at >= at().minus(15 * 86_400));
    }
    assert!((1_900..3_200).contains(&ids.len()), "{} events", ids.len());
}

#[test]
fn trails_are_in_order_and_short_enough_to_read() {
    let world = default().world;
    for account in world.accounts.values() {
        for (region, trail) in &account.trail {
            assert!(trail.is_sorted_by_key(|event| event.at));
            let opened = trail.iter().filter(|event| event.name.starts_with("AssumeRole")).count();
            assert!(opened <= 600, "{} {region}: {opened}", account.number);
        }
    }
}

#[test]
fn twins_stand_in_both_accounts() {
    let world = default().world;
    let mut shared: BTreeMap<String, Vec<(u64, serde_json::Value)>> = BTreeMap::new();
    for (account, _, event) in every_event(&world) {
        let record: serde_json::Value = serde_json::from_str(&event.record).unwrap();
        if let Some(id) = record["sharedEventID"].as_str() {
            shared.entry(id.into()).or_default().push((account, record));
        }
    }
    let pairs: Vec<_> = shared.values().filter(|copies| copies.len() == 2).collect();
    assert!(pairs.len() > 300, "{}", pairs.len());
    for pair in pairs {
        assert_ne!(pair[0].0, pair[1].0);
        let target = pair.iter().find(|(_, record)| record["userIdentity"]["type"] == "AWSAccount").unwrap();
        assert!(
            target.1["userIdentity"]["arn"].is_null() && target.1["userIdentity"]["accessKeyId"].is_null()
        );
        assert_eq!(pair[0].1["responseElements"], pair[1].1["responseElements"]);
    }
}

#[test]
fn in_a_large_company_few_projects_hold_keys_and_the_default_one_knows_no_teams() {
    let world = build(1, Size::of(2_000), at()).world;
    let holders =
        world.gitlab.projects.values().filter(|project| {
            project.variables.iter().any(|variable| variable.key.contains("AWS_ACCESS_KEY"))
        });
    let holders = holders.count();
    assert!((50..100).contains(&holders), "{holders} of 2,000");
    assert!(!default().world.gitlab.groups.values().any(|group| group.full_path.starts_with(places::TEAM)));
}

#[test]
fn every_secret_carries_the_mark() {
    let made = build(1, Size::of(300), at());
    let world = &made.world;
    assert!(made.gitlab_token.contains(CANARY) && made.secret_access_key.contains(CANARY));
    for token in &world.gitlab.tokens {
        assert!(token.token.contains(CANARY));
    }
    for runner in world.gitlab.runners.values() {
        assert!(runner.token.contains(CANARY));
    }
    for key in world.accounts.values().flat_map(|account| account.users.values()).flat_map(|user| &user.keys)
    {
        assert!(key.secret.contains(CANARY));
    }
    for (home, variable) in every_variable(world) {
        let named = ["TOKEN", "SECRET", "PASSWORD"].iter().any(|word| variable.key.contains(word));
        if named || variable.file || variable.value.contains("secret_") {
            assert!(variable.value.contains(CANARY), "{home} {}", variable.key);
        }
    }
}

#[test]
fn the_leaked_key_tells_its_story() {
    let world = default().world;
    let key = &world.planted["leaked key"];
    let (account, user, found) = world.key(key).unwrap();
    assert_eq!((account, user, found.active), (IDENTITY, "gitlab-deploy", true));
    assert_eq!(found.created.age(at()).days(), 412);
    assert_eq!(found.last_used.as_ref().unwrap().at.age(at()).seconds() / 3600, 3);
    let carriers = every_variable(&world).into_iter().filter(|(_, variable)| variable.value == *key).count();
    assert_eq!(carriers, 3);
    let from = |address: &str| {
        let seen = format!("\"sourceIPAddress\":\"{address}\"");
        let twin = "\"type\":\"AWSAccount\"";
        every_event(&world)
            .filter(|(.., event)| event.record.contains(&seen) && !event.record.contains(twin))
            .map(|(.., event)| event)
            .collect::<Vec<_>>()
    };
    let strange = from("203.0.113.9");
    assert_eq!(strange.len(), 17);
    assert!(strange.iter().all(|event| event.at >= at().minus(26 * 3600)));
    assert_eq!(strange.iter().filter(|event| event.record.contains("AccessDenied")).count(), 7);
    let honest = every_event(&world).filter(|(.., event)| event.access_key.as_ref() == Some(key)).count();
    assert!(honest > 300, "{honest}");
    assert!(from("10.0.3.17").len() > 200);
}

#[test]
fn variables_are_unique_where_they_stand_and_fit_gitlabs_rules() {
    let world = build(1, Size::of(300), at()).world;
    let mut seen = std::collections::BTreeSet::new();
    for (home, variable) in every_variable(&world) {
        let name = format!("{home} {} {}", variable.key, variable.environment_scope);
        assert!(seen.insert(name.clone()), "{name} twice");
        if variable.masked {
            assert!(variable.value.len() >= 8 && !variable.value.contains(char::is_whitespace), "{name}");
        }
    }
}

#[test]
fn jobs_run_where_they_may_and_reach_aws_while_they_run() {
    let world = default().world;
    let gitlab = &world.gitlab;
    assert!(gitlab.jobs.len() > 900, "{}", gitlab.jobs.len());
    let mut previous = Timestamp::default();
    for job in gitlab.jobs.values() {
        let runner = &gitlab.runners[&job.runner.unwrap()];
        assert!(runner.managers.iter().any(|manager| Some(&manager.system_id) == job.system_id.as_ref()));
        assert!(job.started <= job.finished && job.created <= job.started.unwrap());
        assert!(job.started.unwrap() >= previous, "ids grow with time");
        previous = job.started.unwrap();
        let project = &gitlab.projects[&job.project];
        if runner.ref_protected {
            assert!(project.protected_branches.contains(&job.git_ref), "{} on {}", job.name, runner.id);
        }
        if let Some(group) = runner.group {
            let group = &gitlab.groups[&group].full_path;
            assert!(project.full_path.starts_with(&format!("{group}/")), "{} in {group}", project.full_path);
        }
        assert!(runner.projects.is_empty() || runner.projects.contains(&project.id), "{}", runner.id);
        match runner.kind {
            RunnerType::Instance => assert!(project.shared_runners_enabled, "{}", project.full_path),
            RunnerType::Group => assert!(project.group_runners_enabled, "{}", project.full_path),
            RunnerType::Project => {}
        }
        assert!(job.tags.iter().all(|tag| runner.tags.contains(tag)));
        assert!(runner.run_untagged || !job.tags.is_empty(), "untagged job on runner {}", runner.id);
    }
    // Each session named after a pipeline was opened while a job of that pipeline ran.
    let mut matched = 0;
    for (.., event) in every_event(&world).filter(|(.., event)| event.name.starts_with("AssumeRole")) {
        let name = event.resources.iter().map(|(_, name)| name).find(|name| name.starts_with("gitlab-ci-"));
        let Some(pipeline) = name.and_then(|name| name.rsplit('-').next()?.parse::<u64>().ok()) else {
            continue;
        };
        let job = gitlab.jobs.values().find(|job| job.pipeline == pipeline).unwrap();
        assert!(job.started.unwrap() <= event.at && event.at <= job.finished.unwrap());
        matched += 1;
    }
    assert!(matched > 500, "{matched}");
}
