//! The real AWS collectors against the demo company: everything it has is seen, everything it refuses is said, and
//! no secret gets through.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, atomic::AtomicU32, atomic::Ordering},
};

use keytrail::{
    base::{blame::Blame, name::KeyId, secret::Secret, time::SystemClock},
    config::{AwsSource, Given},
    demo::{
        Company, Options, Size,
        front::{Fault, Rule, Side},
        start,
    },
    model::{
        aws::{AccessKey, Account, Machine, Role, User},
        estate::Estate,
        event::Event,
        id::Kind,
        observe::Outcome,
    },
    source::{Outlet, aws::Aws},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) async fn company() -> io::Result<Company> {
    start(Options { size: Size::of(12), alive: false, ..Options::default() }).await
}

/// The account at `index` as the configuration would name it; `days` of events.
pub(crate) fn source(company: &Company, index: usize, days: i64) -> Arc<AwsSource> {
    let access = &company.accounts[index];
    Arc::new(AwsSource {
        name: Some(access.name.as_str().into()),
        role: access.role.clone(),
        external_id: access.external_id.clone(),
        regions: access.regions.clone(),
        endpoint: Some(company.aws_url.clone()),
        event_days: days,
        given: Some(Given {
            access_key_id: company.access_key_id.clone(),
            secret_access_key: Arc::new(Secret::new(company.secret_access_key.clone())),
        }),
        ..AwsSource::default()
    })
}

/// Sweeps once more, with the carried keys' events, into the same estate.
pub(crate) async fn sweep(aws: &Aws, keys: &[KeyId], estate: &mut Estate) {
    static RUN: AtomicU32 = AtomicU32::new(1);
    let (reports, mut inbox) = mpsc::channel(16);
    let run = RUN.fetch_add(1, Ordering::Relaxed);
    let outlet = Outlet { reports, clock: Arc::new(SystemClock), stop: CancellationToken::new(), run };
    let collect = async {
        let outlet = outlet;
        aws.sweep(outlet.clone()).await;
        aws.lookup_keys(keys.to_vec(), outlet).await;
    };
    let absorb = async {
        while let Some(report) = inbox.recv().await {
            estate.absorb(report);
        }
    };
    tokio::join!(collect, absorb);
}

pub(crate) fn broken(company: &Company, name: &str, target: &str, fault: Fault, times: Option<u32>) {
    company.front.set(Rule {
        side: Side::Aws,
        name: name.into(),
        target: target.into(),
        fault,
        times,
        after: 0,
    });
}

/// `source / what` of everything that did not end whole.
pub(crate) fn partial(estate: &Estate) -> Vec<String> {
    let broken = estate.sweeps().filter(|(_, state)| state.outcome != Some(Outcome::Whole));
    broken.map(|(scope, _)| format!("{} / {}", scope.source, scope.what)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_account_is_seen_and_its_secrets_are_not() {
    let company = company().await.unwrap();
    let number = company.accounts[1].account;
    let aws = Aws::new(source(&company, 1, 1));
    let (mut estate, carried) = (Estate::default(), {
        let world = company.world.read().unwrap();
        let users = world.accounts[&number].users.values();
        users.flat_map(|user| &user.keys).filter_map(|key| KeyId::new(&key.id)).collect::<Vec<_>>()
    });
    sweep(&aws, &carried[..1], &mut estate).await;
    assert_eq!(partial(&estate), [] as [&str; 0]);

    let world = company.world.read().unwrap();
    let there = &world.accounts[&number];
    let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(
        names(estate.all::<User>().map(User::name).collect()),
        names(there.users.values().map(|user| user.name.as_str()).collect())
    );
    assert_eq!(
        names(estate.all::<Role>().map(Role::name).collect()),
        names(there.roles.values().map(|role| role.name.as_str()).collect())
    );
    assert_eq!(
        names(estate.all::<AccessKey>().map(|key| key.key.as_str()).collect()),
        names(there.users.values().flat_map(|user| &user.keys).map(|key| key.id.as_str()).collect())
    );
    assert_eq!(estate.all::<Machine>().count(), there.machines.values().map(Vec::len).sum::<usize>());
    assert_eq!(estate.count(Kind::Provider), there.providers.len());
    assert_eq!(estate.count(Kind::Profile), there.profiles.len());
    assert!(
        estate.all::<Role>().all(|role| role.trust.as_deref().is_some_and(|trust| trust.starts_with('{')))
    );
    let account = estate.all::<Account>().next().unwrap();
    assert_eq!(account.name.as_deref(), Some(&*company.accounts[1].name));
    assert_eq!(account.root.as_ref().unwrap().mfa, there.root_mfa);

    assert!(estate.all::<Event>().any(|event| event.minted.is_some()));
    let text = format!("{estate:?}");
    assert!(text.contains("sessionToken"), "the records are there");
    for event in estate.all::<Event>() {
        let record: serde_json::Value = serde_json::from_str(&event.raw).unwrap();
        let token = record.pointer("/responseElements/credentials/sessionToken");
        assert!(token.is_none_or(|token| token == "(removed)"), "{}", event.raw);
    }
    let secrets =
        world.accounts.values().flat_map(|account| account.users.values()).flat_map(|user| &user.keys);
    assert!(secrets.into_iter().all(|key| !text.contains(&key.secret)));
    let budget = estate.meters().find(|meter| meter.scope.source.ends_with("eu-west-1")).unwrap();
    assert!(budget.calls >= 4 && budget.throttled == 0, "{budget:?}");
    assert_eq!(company.front.calls().iter().filter(|call| call.name == "sts:AssumeRole").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_a_gap_that_heals_and_nothing_is_forgotten() {
    let company = company().await.unwrap();
    let aws = Aws::new(source(&company, 0, 0));
    let mut estate = Estate::default();
    sweep(&aws, &[], &mut estate).await;
    assert_eq!(partial(&estate), [] as [&str; 0]);
    let (keys, users) = (estate.count(Kind::Key), estate.count(Kind::User));
    assert!(keys > 0 && users > 0);

    broken(&company, "iam:ListAccessKeys", "", Fault::Forbidden, Some(1));
    broken(&company, "iam:GenerateCredentialReport", "", Fault::Forbidden, None);
    broken(&company, "ec2:DescribeInstances", "us-east-1", Fault::Forbidden, None);
    broken(&company, "iam:ListInstanceProfiles", "", Fault::Throttle { retry_after: None }, Some(1));
    sweep(&aws, &[], &mut estate).await;
    let number = company.accounts[0].account;
    assert_eq!(
        partial(&estate),
        [
            format!("{number} / access keys"),
            format!("{number} / credential report"),
            format!("{number} us-east-1 / instances"),
        ]
    );
    assert_eq!((estate.count(Kind::Key), estate.count(Kind::User)), (keys, users));
    let caller = estate.all::<Account>().next().unwrap().caller.clone().unwrap();
    for (_, gap) in estate.gaps() {
        let Blame::Scope(fix) = &gap.blame else { panic!("{gap:?}") };
        let action = gap.call.split(' ').next().unwrap();
        assert_eq!(fix, &format!("allow {action} for {caller}"));
    }
    assert_eq!(estate.gaps().count(), 3);

    company.front.clear();
    sweep(&aws, &[], &mut estate).await;
    assert_eq!((partial(&estate).len(), estate.gaps().count()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_does_not_let_us_in_says_so_once() {
    let company = company().await.unwrap();
    broken(&company, "sts:GetCallerIdentity", "", Fault::Expired, None);
    let mut estate = Estate::default();
    sweep(&Aws::new(source(&company, 0, 1)), &[], &mut estate).await;
    let gaps: Vec<_> = estate.gaps().collect();
    let [(scope, gap)] = gaps.as_slice() else { panic!("{gaps:?}") };
    assert_eq!((&*scope.what, gap.call.as_str()), ("account", "sts:GetCallerIdentity"));
    assert_eq!(gap.blame, Blame::Token);
    assert!(company.front.calls().iter().all(|call| call.name == "sts:GetCallerIdentity"));

    let mut wrong = (*source(&company, 1, 1)).clone();
    wrong.external_id = Some("not-this-one".into());
    let mut estate = Estate::default();
    sweep(&Aws::new(Arc::new(wrong)), &[], &mut estate).await;
    let (_, gap) = estate.gaps().next().unwrap();
    assert_eq!(gap.call, format!("sts:AssumeRole {}", company.accounts[1].role.as_deref().unwrap()));
    assert!(matches!(&gap.blame, Blame::Scope(fix) if fix.starts_with("allow sts:AssumeRole")), "{gap:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_lookup_keeps_its_place_and_is_counted() {
    let company = company().await.unwrap();
    let access = &company.accounts[1];
    broken(&company, "LookupEvents", "eu-west-1", Fault::Throttle { retry_after: None }, Some(1));
    let mut estate = Estate::default();
    sweep(&Aws::new(source(&company, 1, 1)), &[], &mut estate).await;
    assert_eq!(partial(&estate), [] as [&str; 0]);
    let region = format!("{} eu-west-1", access.account);
    let budget = estate.meters().find(|meter| *meter.scope.source == *region).unwrap();
    assert_eq!((budget.throttled, budget.retried), (1, 1));
    let (_, state) = estate.sweeps().find(|(scope, _)| &*scope.what == "AssumeRole events").unwrap();
    let (from, to) = state.window.unwrap();
    assert_eq!(to.seconds() - from.seconds(), 86_400);
}
