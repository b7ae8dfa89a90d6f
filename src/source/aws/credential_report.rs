//! The credential report: passwords, MFA, the root user, and which users have keys at all. It is a cache that AWS
//! renews at most every four hours, and it holds no key ids.

use std::{collections::HashSet, time::Duration};

use aws_sdk_iam::types::ReportStateType;
use serde::Deserialize;

use super::{decode, visit::Visit, walk::Walk};
use crate::{
    base::{blame::Blame, name::Arn, time::Timestamp},
    model::{
        aws::{Account, Root, User},
        entity::Entity,
    },
};

/// AWS needs seconds for a small account and a minute for a very large one: after a few quick looks, one every four
/// seconds, for about a minute and a half.
const POLLS: u32 = 25;
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// The report as far as it is used.
pub(super) struct Report {
    pub(super) generated: Option<Timestamp>,
    pub(super) rows: Vec<Row>,
}

/// One user's line, in our words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) arn: Arn,
    pub(super) is_root: bool,
    pub(super) password: Option<bool>,
    pub(super) password_last_used: Option<Timestamp>,
    pub(super) mfa: Option<bool>,
    pub(super) active_keys: u8,
    /// A key is active, or an inactive one has left its rotation date.
    pub(super) may_have_key: bool,
}

/// The columns that are read. They are found by name: AWS has added columns at the end.
#[derive(Debug, Deserialize)]
struct Line {
    user: String,
    arn: String,
    password_enabled: Option<String>,
    password_last_used: Option<String>,
    mfa_active: Option<String>,
    access_key_1_active: Option<String>,
    access_key_1_last_rotated: Option<String>,
    access_key_2_active: Option<String>,
    access_key_2_last_rotated: Option<String>,
}

/// Orders, fetches and reports it. `users` are those that exist now: the report may still list deleted ones.
pub(super) async fn collect(visit: &Visit, users: Option<&HashSet<Arn>>) -> Option<Report> {
    let walk = visit.walk("credential report").await;
    let report = fetch(visit, &walk).await;
    if let Some(report) = &report {
        walk.saw(entities(visit, &report.rows, users)).await;
    } else {
        walk.leave_out();
    }
    walk.end().await;
    report
}

async fn fetch(visit: &Visit, walk: &Walk) -> Option<Report> {
    let iam = &visit.clients.iam;
    let mut is_ready = false;
    let mut pause = Duration::from_millis(200);
    for _ in 0..POLLS {
        let state = walk.ask("iam:GenerateCredentialReport", iam.generate_credential_report().send()).await?;
        if state.state == Some(ReportStateType::Complete) {
            is_ready = true;
            break;
        }
        walk.unless_stopped(tokio::time::sleep(pause)).await?;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    if !is_ready {
        walk.gap("iam:GenerateCredentialReport (never finished)", Blame::Network).await;
        return None;
    }
    let got = walk.ask("iam:GetCredentialReport", iam.get_credential_report().send()).await?;
    let content = got.content.map(aws_sdk_iam::primitives::Blob::into_inner).unwrap_or_default();
    let Ok(rows) = parse(&content) else {
        walk.gap("iam:GetCredentialReport", Blame::Bug).await;
        return None;
    };
    Some(Report { generated: got.generated_time.as_ref().map(decode::time), rows })
}

fn entities(visit: &Visit, rows: &[Row], users: Option<&HashSet<Arn>>) -> Vec<Entity> {
    let mut saw = Vec::with_capacity(rows.len());
    for row in rows {
        if row.is_root {
            let root = Root {
                access_keys: row.active_keys,
                mfa: row.mfa == Some(true),
                password_last_used: row.password_last_used,
            };
            let number = visit.account;
            saw.push(Account { number, name: None, caller: None, root: Some(root) }.into());
        } else if users.is_none_or(|users| users.contains(&row.arn)) {
            let user = User {
                password: row.password,
                password_last_used: row.password_last_used,
                mfa: row.mfa,
                ..User::seen(row.arn.clone())
            };
            saw.push(user.into());
        }
    }
    saw
}

/// Reads the report by its header's names.
fn parse(content: &[u8]) -> csv::Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content);
    let lines = reader.deserialize().collect::<csv::Result<Vec<Line>>>()?;
    Ok(lines.iter().filter_map(read).collect())
}

fn read(line: &Line) -> Option<Row> {
    let keys = [
        (&line.access_key_1_active, &line.access_key_1_last_rotated),
        (&line.access_key_2_active, &line.access_key_2_last_rotated),
    ];
    let active = keys.iter().filter(|(active, _)| truth(active.as_ref()) == Some(true)).count();
    let rotated = keys.iter().any(|(_, rotated)| time(rotated.as_ref()).is_some());
    Some(Row {
        arn: Arn::new(&line.arn)?,
        is_root: line.user == "<root_account>",
        password: truth(line.password_enabled.as_ref()),
        password_last_used: time(line.password_last_used.as_ref()),
        mfa: truth(line.mfa_active.as_ref()),
        active_keys: u8::try_from(active).unwrap_or(u8::MAX),
        may_have_key: active > 0 || rotated,
    })
}

/// `true` and `TRUE`; `N/A`, `not_supported` and the like are not known.
fn truth(text: Option<&String>) -> Option<bool> {
    text?.to_ascii_lowercase().parse().ok()
}

/// A date; `N/A`, `no_information` and `not_supported` are none.
fn time(text: Option<&String>) -> Option<Timestamp> {
    text?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
        password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
        access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
        access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,\
        access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

    fn rows(header: &str, lines: &[&str]) -> Vec<Row> {
        parse(format!("{header}\n{}\n", lines.join("\n")).as_bytes()).unwrap()
    }

    #[test]
    fn both_spellings_and_every_kind_of_nothing_are_read() {
        let rows = rows(
            HEADER,
            &[
                "<root_account>,arn:aws:iam::111111111111:root,2019-01-01T00:00:00+00:00,not_supported,\
                 2026-01-02T03:04:05+00:00,not_supported,not_supported,true,TRUE,2019-02-01T00:00:00Z,N/A,N/A,N/A,\
                 false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
                "old,arn:aws:iam::111111111111:user/old,2019-01-01T00:00:00Z,TRUE,no_information,N/A,N/A,FALSE,false,\
                 2020-01-01T00:00:00Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
                "none,arn:aws:iam::111111111111:user/none,2019-01-01T00:00:00Z,false,N/A,N/A,N/A,false,false,N/A,N/A,\
                 N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
            ],
        );
        let [root, old, none] = rows.as_slice() else { panic!("{rows:?}") };
        assert!(root.is_root && root.mfa == Some(true));
        assert_eq!((root.active_keys, root.password), (1, None));
        assert_eq!(root.password_last_used.unwrap().to_string(), "2026-01-02T03:04:05Z");
        assert_eq!((old.password, old.password_last_used, old.mfa), (Some(true), None, Some(false)));
        assert!(old.may_have_key && old.active_keys == 0, "an inactive key leaves its rotation date");
        assert!(!none.may_have_key);
    }

    #[test]
    fn another_column_or_another_order_changes_nothing() {
        let longer = format!("{HEADER},additional_credentials_info");
        let line = "a,arn:aws:iam::111111111111:user/a,2019-01-01T00:00:00Z,false,N/A,N/A,N/A,false,true,\
            2020-01-01T00:00:00Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
        let with_column = rows(&longer, &[&format!("{line},keys:3")]);
        assert_eq!(with_column, rows(HEADER, &[line]));
        let short = rows(
            "arn,mfa_active,user,access_key_2_active",
            &["arn:aws:iam::111111111111:user/a,true,a,true"],
        );
        assert_eq!((short[0].mfa, short[0].active_keys, short[0].password), (Some(true), 1, None));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert!(parse(b"<html>\nInternal error\n").is_err());
    }
}
