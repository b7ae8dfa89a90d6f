//! Every way into AWS that the demo company says it has, against every way that was found in it: the same, both ways round.

use std::collections::BTreeMap;

use keytrail::{
    demo::{Company, company::Truth},
    model::id::{Id, Kind},
    way::CredentialPath,
};

use crate::company;

/// `static-key project/101 arn:aws:iam::111111111111:user/x configured`
type Row = String;

#[tokio::test(flavor = "multi_thread")]
async fn every_way_the_company_has_is_found_and_no_other() {
    let company = company::open().await;
    let world = company::collect(&company, |_| ()).await;
    let wanted = counted(company.truth().iter().map(told));
    let found = counted(world.paths.iter().map(|path| seen(&company, path)));
    let missing = more(&wanted, &found);
    let unexpected = more(&found, &wanted);
    assert!(
        missing.is_empty() && unexpected.is_empty(),
        "of {} ways\n{} are missing:\n  {}\n{} are not the company's:\n  {}\n",
        wanted.values().sum::<usize>(),
        missing.len(),
        missing.join("\n  "),
        unexpected.len(),
        unexpected.join("\n  ")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_has_every_way_there_is() {
    let company = company::open().await;
    let truth = company.truth();
    for way in keytrail::way::WAYS {
        assert!(truth.iter().any(|row| row.way == way.name), "no {} is planted", way.name);
    }
}

fn told(row: &Truth) -> Row {
    format!("{} {} {} {}", row.way, row.from, row.to, row.grade)
}

/// A path that was found, in the company's words.
fn seen(company: &Company, path: &CredentialPath) -> Row {
    format!(
        "{} {} {} {}",
        path.way,
        named(company, &path.from),
        named(company, &path.to),
        path.grade().word()
    )
}

/// As `World::planted` names things.
fn named(company: &Company, id: &Id) -> String {
    let key = id.key_text();
    // Without the GitLab's name.
    let own = key.split_once('/').map_or(key, |(_, rest)| rest);
    match id.kind() {
        Kind::Instance => "instance".to_owned(),
        Kind::Project | Kind::Group | Kind::Schedule | Kind::Runner => format!("{}/{own}", id.kind().word()),
        Kind::RunnerConfig => {
            let folder = format!("{}/", company.runner_files.path().display());
            format!("runner-file/{}", key.strip_prefix(&folder).unwrap_or(key))
        }
        Kind::Variable => {
            let (name, scope) = own.rsplit_once('@').unwrap_or((own, "*"));
            let (owner, name) = name.rsplit_once('/').unwrap_or(("instance", name));
            format!("{owner} {name} {scope}")
        }
        Kind::ScalingGroup => key.rsplit('/').next().unwrap_or(key).to_owned(),
        _ => key.to_owned(),
    }
}

/// How often each row is there.
fn counted(rows: impl Iterator<Item = Row>) -> BTreeMap<Row, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row).or_default() += 1;
    }
    counts
}

/// The rows of which the one has more than the other.
fn more(one: &BTreeMap<Row, usize>, other: &BTreeMap<Row, usize>) -> Vec<Row> {
    let of = |row: &Row| other.get(row).copied().unwrap_or(0);
    one.iter().filter(|(row, count)| **count > of(row)).map(|(row, _)| row.clone()).collect()
}
