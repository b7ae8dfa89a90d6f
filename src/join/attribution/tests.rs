//! Sessions and the jobs they are given to, or are not.

use crate::base::name::{Arn, KeyId};
use crate::{
    base::time::Timestamp,
    join::{Policies, link},
    model::{
        entity::Entity,
        estate::Estate,
        event::{Caller, Event},
        gitlab::{Instance, Job, Manager, Project},
        id::Id,
        link::{Grade, Relation},
        observe::{Observation, Report, Scope, Sweep},
        session::Session,
    },
};

const MINTED: &str = "ASIARZPUZDIKAAAAAAA1";
const CHAINED: &str = "ASIARZPUZDIKAAAAAAA2";

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + second)
}

fn job(number: u64, runner: u64, (from, to): (i64, i64)) -> Entity {
    let job = Job {
        instance: "g".into(),
        number,
        project: Some(42),
        name: Some("deploy".into()),
        git_ref: Some("main".into()),
        started: Some(at(from)),
        finished: Some(at(to)),
        runner: Some(runner),
        system_id: Some("s1".into()),
        pipeline: Some(number + 70_000),
        ..Job::default()
    };
    job.into()
}

fn manager(runner: u64, address: &str) -> Entity {
    let address = Some(address.to_owned());
    Manager { instance: "g".into(), runner, system_id: "s1".into(), address, ..Manager::default() }.into()
}

fn minting(name: &str, second: i64, address: &str) -> Event {
    Event {
        account: "111111111111".parse().unwrap(),
        event_id: format!("e{second}").into(),
        region: "eu-west-1".into(),
        at: at(second),
        source: "sts.amazonaws.com".into(),
        name: "AssumeRole".into(),
        caller: Caller {
            kind: "IAMUser".into(),
            key: KeyId::new("AKIARZPUZDIKNSFRP6LN"),
            ..Caller::default()
        },
        address: Some(address.into()),
        agent: None,
        error: None,
        message: None,
        role: Arn::new("arn:aws:iam::111111111111:role/deploy"),
        session_name: Some(name.into()),
        minted: KeyId::new(MINTED),
        minted_expires: None,
        assumed: None,
        subject: None,
        provider: None,
        audience: None,
        about: None,
        shared_id: None,
        raw: "{}".into(),
        origin: None,
    }
}

fn by_token(mut event: Event, subject: &str) -> Event {
    event.caller = Caller { kind: "WebIdentityUser".into(), ..Caller::default() };
    event.provider = Arn::new("arn:aws:iam::111111111111:oidc-provider/gitlab.example.com");
    event.subject = Some(subject.into());
    event
}

/// The company's things, two runners at two addresses, and the session's jobs: number, grade, reasons.
fn attributed(things: Vec<Entity>, session: &str) -> Vec<(u64, Grade, String)> {
    let fixed: [Entity; 4] = [
        Instance { name: "g".into(), url: Some("https://gitlab.example.com".into()), ..Instance::default() }
            .into(),
        Project { instance: "g".into(), number: 42, path: Some("acme/web".into()), ..Project::default() }
            .into(),
        manager(7, "10.0.3.17"),
        manager(8, "10.0.3.18"),
    ];
    let mut estate = Estate::default();
    let scope = Scope::new("g", "test");
    let saw = fixed.into_iter().chain(things).collect();
    let sweep = Sweep { scope, run: 1 };
    estate.absorb(Report::Saw(Observation { sweep, at: at(0), saw, gaps: Vec::new() }));
    let linked = link(&estate, &Policies::of(&estate));
    let Some(Entity::Session(session)) = linked.derived(&Id::session(session)) else { panic!("no session") };
    let session: &Session = session;
    let linked_to = linked.targets(&session.id(), Relation::ByJob).count();
    assert_eq!(linked_to, session.jobs.len(), "a link for each candidate");
    let told = session.jobs.iter().map(|candidate| {
        let number = candidate.job.key_text().rsplit('/').next().unwrap().parse().unwrap();
        (number, candidate.grade, candidate.reasons.join("; "))
    });
    told.collect()
}

#[test]
fn a_job_of_the_tokens_project_whose_id_the_name_holds_is_certain() {
    let event =
        by_token(minting("ci-5001", 100, "10.0.3.17"), "project_path:acme/web:ref_type:branch:ref:main");
    let found = attributed(vec![event.into(), job(5001, 7, (50, 200)), job(5002, 7, (60, 210))], MINTED);
    let [(5001, Grade::Observed, reasons)] = found.as_slice() else { panic!("{found:?}") };
    for reason in
        ["the id token names its project", "and its ref", "holds its id", "runner at the session's address"]
    {
        assert!(reasons.contains(reason), "{reasons}");
    }
}

#[test]
fn a_pipelines_id_and_the_runners_address_rank_above_the_address_alone() {
    let event = minting("GitLabRunner-42-75003", 100, "10.0.3.17");
    let found = attributed(
        vec![event.into(), job(5001, 7, (50, 200)), job(5003, 7, (90, 300)), job(5004, 8, (90, 300))],
        MINTED,
    );
    let numbers: Vec<u64> = found.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, [5003]);
    assert_eq!(found[0].1, Grade::Inferred);
}

#[test]
fn jobs_that_merely_ran_there_then_are_all_named() {
    let event = minting("botocore-session-1763", 100, "10.0.3.17");
    let jobs = (0..7).map(|number| job(6001 + number, 7, (50, 200)));
    let other = job(5004, 8, (50, 200));
    let found = attributed(jobs.chain([event.into(), other]).collect(), MINTED);
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found.iter().all(|(number, grade, _)| *number > 6000 && *grade == Grade::Inferred));
}

#[test]
fn time_another_project_and_another_ref_rule_a_job_out() {
    let token = |subject| by_token(minting("x", 100, "10.0.3.17"), subject);
    let early = job(5001, 7, (-900, -200));
    let late = job(5002, 7, (400, 900));
    let subject = "project_path:acme/web:ref_type:branch:ref:main";
    assert!(attributed(vec![token(subject).into(), early, late], MINTED).is_empty());
    let there = || job(5003, 7, (50, 200));
    assert_eq!(attributed(vec![token(subject).into(), there()], MINTED).len(), 1);
    let elsewhere = "project_path:acme/web:ref_type:branch:ref:hotfix";
    assert!(attributed(vec![token(elsewhere).into(), there()], MINTED).is_empty());
    assert!(
        attributed(vec![token("project_id:43:ref_type:branch:ref:main").into(), there()], MINTED).is_empty()
    );
}

#[test]
fn a_name_used_from_nobodys_address_says_so() {
    let found = attributed(
        vec![minting("GitLabRunner-42-75003", 100, "203.0.113.9").into(), job(5003, 7, (90, 300))],
        MINTED,
    );
    assert!(found[0].2.ends_with("but 203.0.113.9 is no runner that is known"), "{found:?}");
    let found = attributed(vec![minting("x", 100, "203.0.113.9").into(), job(5003, 7, (90, 300))], MINTED);
    assert!(found.is_empty(), "unattributed is the truth: {found:?}");
}

#[test]
fn a_chained_session_has_the_jobs_of_its_parent() {
    let parent = minting("GitLabRunner-42-75003", 100, "10.0.3.17");
    let mut child = minting("x", 4000, "10.9.9.9");
    child.caller = Caller { kind: "AssumedRole".into(), key: KeyId::new(MINTED), ..Caller::default() };
    child.minted = KeyId::new(CHAINED);
    let found = attributed(vec![parent.into(), child.into(), job(5003, 7, (90, 300))], CHAINED);
    let [(5003, Grade::Inferred, reasons)] = found.as_slice() else { panic!("{found:?}") };
    assert!(reasons.starts_with("as for the session it was chained from"), "{reasons}");
}

#[test]
fn a_pods_name_holds_its_project_and_a_version_is_no_number() {
    assert_eq!(super::clues::pod_project("eks-ci-runner-k3xq-project-42-concurrent-0-9"), Some(42));
    assert_eq!(super::clues::pod_project("my-project-42-x"), None);
    assert_eq!(super::clues::numbers("gitlab-ci-infra-50123-v2.17"), [50123]);
}
