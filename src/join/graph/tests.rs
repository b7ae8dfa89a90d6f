//! Chains of three accounts, cycles, guesses beside sure ways, and what is unread.

use super::*;
use crate::{
    base::{name::Arn, time::Timestamp},
    join::link,
    model::{
        aws::InlinePolicy,
        entity::Entity,
        link::Grade,
        observe::{Observation, Report, Scope, Sweep},
    },
};

fn arn(text: &str) -> Arn {
    Arn::new(&format!("arn:aws:iam::{text}")).unwrap()
}

fn policy(action: &str, resource: &str) -> InlinePolicy {
    let text = format!(r#"{{"Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}}}"#);
    InlinePolicy { name: "p".into(), document: text.into() }
}

fn user(name: &str, inline: Vec<InlinePolicy>) -> Entity {
    User { inline: Some(inline), attached: Some(vec![]), ..User::seen(arn(name)) }.into()
}

fn role(name: &str, trusts: &[&str], inline: Vec<InlinePolicy>) -> Entity {
    let trusted: Vec<String> = trusts.iter().map(|name| format!(r#""arn:aws:iam::{name}""#)).collect();
    let trust = format!(
        r#"{{"Statement":{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":[{}]}}}}}}"#,
        trusted.join(",")
    );
    Role { trust: Some(trust.into()), inline: Some(inline), attached: Some(vec![]), ..Role::seen(arn(name)) }
        .into()
}

fn graph(things: Vec<Entity>) -> Graph {
    let mut estate = Estate::default();
    let sweep = Sweep { scope: Scope::new("test", "things"), run: 1 };
    estate.absorb(Report::Saw(Observation { sweep, at: Timestamp::default(), saw: things, gaps: vec![] }));
    let policies = Policies::of(&estate);
    Graph::of(&estate, &link(&estate, &policies), &policies)
}

fn become_any() -> Vec<InlinePolicy> {
    vec![policy("sts:AssumeRole", "*")]
}

fn names(reached: &Reached) -> Vec<(&str, usize)> {
    reached
        .roles
        .iter()
        .map(|role| (role.role.key_text().rsplit('/').next().unwrap(), role.chain.len()))
        .collect()
}

const USER: &str = "111111111111:user/ci";

/// `ci` becomes `hub`, and `hub` in two other accounts `deploy` and `admin`; `admin` goes back to `hub`.
fn company() -> Graph {
    graph(vec![
        user(USER, become_any()),
        role("111111111111:role/hub", &[USER, "333333333333:role/admin"], become_any()),
        role("222222222222:role/deploy", &["111111111111:role/hub"], vec![policy("s3:*", "*")]),
        role(
            "333333333333:role/admin",
            &["222222222222:role/deploy", "111111111111:role/hub"],
            vec![policy("*", "*")],
        ),
        role("333333333333:role/alone", &["333333333333:role/nobody"], vec![policy("kms:*", "*")]),
    ])
}

#[test]
fn chains_cross_accounts_and_cycles_end() {
    let graph = company();
    let ci = Id::user(&arn(USER));
    let reached = graph.reached(&ci);
    assert_eq!(names(&reached), [("hub", 1), ("deploy", 2), ("admin", 2)]);
    let chain = &reached.roles[2].chain;
    assert_eq!((&chain[0].from, &chain[0].to), (&ci, &chain[1].from));
    assert_eq!(
        chain[1].proof.text,
        "trust policy statement 1 names the role and the role's policy `p` allows it"
    );
    let admin = Id::role(&arn("333333333333:role/admin"));
    assert_eq!((reached.administrator.as_ref(), reached.partly), (Some(&admin), false));
    assert!(reached.powers.contains(&(Power::S3Data, Id::role(&arn("222222222222:role/deploy")))));
    // Its own power is nearer than that of any role.
    assert!(reached.powers.contains(&(Power::AssumeAny, ci.clone())));
    // Nobody it reaches is `alone`, which alone would have been sure of kms; the administrator has that too.
    assert!(reached.powers.contains(&(Power::Kms, admin.clone())));
    // A cycle leads back to where it began, which is not reached by itself.
    let round = graph.reached(&admin);
    assert_eq!(names(&round), [("hub", 1), ("deploy", 2)]);
    assert_eq!(round.administrator, Some(admin));
}

#[test]
fn direct_links_are_found_from_both_ends() {
    let graph = company();
    let hub = Id::role(&arn("111111111111:role/hub"));
    let from: Vec<Id> = graph.into_role(&hub).into_iter().map(|link| link.from).collect();
    assert_eq!(from, [Id::user(&arn(USER)), Id::role(&arn("333333333333:role/admin"))]);
    assert_eq!(graph.out_of(&hub).len(), 2);
    assert!(graph.out_of(&Id::role(&arn("333333333333:role/alone"))).is_empty());
    assert!(graph.reached(&Id::user(&arn("999999999999:user/x"))).partly);
}

#[test]
fn a_sure_chain_is_told_before_a_shorter_guess() {
    let maybe = r#"{"Statement":[
        {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111111111111:role/hub"}},
        {"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111111111111:user/ci"},
         "Condition":{"StringEquals":{"sts:ExternalId":"x"}}}]}"#;
    let target = |name| -> Entity {
        Role {
            trust: Some(maybe.into()),
            inline: Some(vec![]),
            attached: Some(vec![]),
            ..Role::seen(arn(name))
        }
        .into()
    };
    let graph = graph(vec![
        user(USER, become_any()),
        target("111111111111:role/target"),
        role("111111111111:role/hub", &[USER], become_any()),
        role("111111111111:role/guess", &["111111111111:role/target"], become_any()),
    ]);
    let reached = graph.reached(&Id::user(&arn(USER)));
    assert_eq!(names(&reached), [("hub", 1), ("target", 2), ("guess", 3)]);
    assert!(reached.roles.iter().all(|role| role.chain.iter().all(|link| link.grade == Grade::Configured)));
}

#[test]
fn what_is_unread_is_told_and_makes_no_links() {
    let unread = |name| -> Entity { User::seen(arn(name)).into() };
    let graph = graph(vec![
        unread("111111111111:user/unread"),
        user(USER, vec![policy("sts:AssumeRole", "arn:aws:iam::999999999999:role/far")]),
        user("111111111111:user/gone", vec![policy("sts:AssumeRole", "arn:aws:iam::111111111111:role/gone")]),
        role("111111111111:role/open", &["111111111111:root"], vec![]),
    ]);
    let nobody = graph.reached(&Id::user(&arn("111111111111:user/unread")));
    assert!(nobody.roles.is_empty() && nobody.partly);
    let far = graph.reached(&Id::user(&arn(USER)));
    assert_eq!(names(&far), [("far", 1)]);
    assert_eq!((far.roles[0].chain[0].grade, far.partly), (Grade::Inferred, true));
    // Its account was read, and there is no such role.
    let gone = graph.reached(&Id::user(&arn("111111111111:user/gone")));
    assert!(gone.roles.is_empty() && !gone.partly);
}
