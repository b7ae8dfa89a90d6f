//! How long the role graph of 2,000 users and 5,000 roles takes: deciding who may assume which role, closing the chains, and asking what
//! every user reaches. Once with chains fifty roles deep across ten accounts, once with fifty administrators in one account whose every
//! role trusts the account.

use std::{fmt::Write as _, hint::black_box, time::Duration};

use criterion::Criterion;
use keytrail::{
    base::{name::Arn, time::Timestamp},
    join::{self, Graph, Policies},
    model::{
        aws::{InlinePolicy, Role, User},
        entity::Entity,
        estate::Estate,
        id::{Id, Kind},
        observe::{Observation, Report, Scope, Sweep},
    },
};

const USERS: usize = 2_000;
const ROLES: usize = 5_000;
const ACCOUNTS: usize = 10;
/// Each role leads to the one that stands so many further.
const STRIDE: usize = 100;
const ADMINISTRATORS: usize = 50;

#[expect(clippy::expect_used, reason = "a bench without its estate has to stop")]
fn arn(account: usize, resource: &str) -> Arn {
    Arn::new(&format!("arn:aws:iam::{}:{resource}", 111_111_111_111 + account)).expect("six parts")
}

fn role_arn(index: usize) -> Arn {
    arn(index % ACCOUNTS, &format!("role/ci/role-{index}"))
}

fn user_arn(index: usize) -> Arn {
    arn(index % ACCOUNTS, &format!("user/ci/user-{index}"))
}

#[expect(clippy::unnecessary_wraps, reason = "what was read of a user or role is an option there")]
fn allows(action: &str, resource: &str) -> Option<Vec<InlinePolicy>> {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    );
    Some(vec![InlinePolicy { name: "ci".into(), document: document.into() }])
}

fn user(arn: Arn, inline: Option<Vec<InlinePolicy>>) -> Entity {
    User { inline, attached: Some(Vec::new()), groups: Some(Vec::new()), ..User::seen(arn) }.into()
}

fn role(arn: Arn, trusts: &[Arn], inline: Option<Vec<InlinePolicy>>) -> Entity {
    let mut named = String::new();
    for trusted in trusts {
        let _ = write!(named, "{}\"{trusted}\"", if named.is_empty() { "" } else { "," });
    }
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":[{named}]}},"Action":"sts:AssumeRole"}}]}}"#
    );
    Role { trust: Some(trust.into()), inline, attached: Some(Vec::new()), ..Role::seen(arn) }.into()
}

/// User `n` becomes role `n % 100`, and each role the one a hundred further, in another account.
fn deep() -> Estate {
    let users = (0..USERS).map(|index| {
        let first = role_arn(index % STRIDE);
        user(user_arn(index), allows("sts:AssumeRole", first.as_str()))
    });
    let roles = (0..ROLES).map(|index| {
        let before = match index.checked_sub(STRIDE) {
            Some(before) => vec![role_arn(before)],
            None => (index..USERS).step_by(STRIDE).map(user_arn).collect(),
        };
        let inline = match role_arn(index + STRIDE) {
            next if index + STRIDE < ROLES => allows("sts:AssumeRole", next.as_str()),
            _ => allows("*", "*"),
        };
        role(role_arn(index), &before, inline)
    });
    estate(users.chain(roles).collect())
}

/// Every role of one account trusts the account, and fifty users may assume any.
fn dense() -> Estate {
    let users = (0..USERS).map(|index| {
        let action = if index < ADMINISTRATORS { "sts:AssumeRole" } else { "s3:GetObject" };
        user(arn(0, &format!("user/user-{index}")), allows(action, "*"))
    });
    let roles = (0..ROLES)
        .map(|index| role(arn(0, &format!("role/role-{index}")), &[arn(0, "root")], allows("s3:*", "*")));
    estate(users.chain(roles).collect())
}

fn estate(saw: Vec<Entity>) -> Estate {
    let sweep = Sweep { scope: Scope::new("bench", "IAM"), run: 1 };
    let mut estate = Estate::default();
    estate.absorb(Report::Saw(Observation { sweep, at: Timestamp::default(), saw, gaps: Vec::new() }));
    estate
}

#[expect(
    clippy::print_stdout,
    reason = "a bench's numbers mean nothing without the size they were measured at"
)]
fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, estate) in [("deep", deep()), ("dense", dense())] {
        let policies = Policies::of(&estate);
        let linked = join::link(&estate, &policies);
        let graph = Graph::of(&estate, &linked, &policies);
        let users: Vec<Id> = estate.ids(Kind::User).cloned().collect();
        let reached: usize = users.iter().map(|user| graph.roles_reached(user)).sum();
        println!("{name}: {USERS} users, {ROLES} roles, {} links, {reached} roles reached", linked.len());
        let mut group = criterion.benchmark_group(format!("chains {name}"));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(3));
        group.bench_function("read and decide", |bench| {
            bench.iter_with_large_drop(|| join::link(black_box(&estate), &Policies::of(&estate)));
        });
        group.bench_function("close", |bench| {
            bench.iter_with_large_drop(|| Graph::of(black_box(&estate), &linked, &policies));
        });
        group.bench_function("read, decide and close", |bench| {
            bench.iter_with_large_drop(|| {
                let policies = Policies::of(black_box(&estate));
                let linked = join::link(&estate, &policies);
                Graph::of(&estate, &linked, &policies)
            });
        });
        group.bench_function("powers of every user", |bench| {
            bench.iter(|| users.iter().map(|user| graph.powers_reached(user).count()).sum::<usize>());
        });
        group.bench_function("chains of every user", |bench| {
            bench.iter(|| users.iter().map(|user| graph.reached(user).roles.len()).sum::<usize>());
        });
        group.finish();
    }
    criterion.final_summary();
}
