//! The credential report: a CSV that is made on demand, kept for four hours, and never newer than that.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::super::{arn, ask::Ask, refusal::Refusal, xml::Xml};
use crate::{
    base::time::Timestamp,
    demo::world::{AccessKey, Account, User},
};

/// A report lasts four hours; only then is another one made.
const LIFETIME: i64 = 4 * 3600;

const HEADER: [&str; 22] = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
];

const NONE: &str = "N/A";

fn is_current(made: Timestamp, now: Timestamp) -> bool {
    now.seconds() - made.seconds() < LIFETIME
}

/// The first call starts a report, the next finds it complete.
pub(super) fn generate(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let mut reports = ask.server.reports();
    if reports.get(&account.number).is_some_and(|(made, _)| is_current(*made, ask.now)) {
        xml.leaf("State", "COMPLETE");
        return Ok(());
    }
    let report = write(account, ask.now).map_err(|_| Refusal::Internal(500))?;
    reports.insert(account.number, (ask.now, report));
    xml.leaf("State", "STARTED");
    xml.leaf("Description", "No report exists. Starting a new report generation task");
    Ok(())
}

pub(super) fn get(ask: &Ask<'_>, account: &Account, xml: &mut Xml) -> Result<(), Refusal> {
    let reports = ask.server.reports();
    let Some((made, report)) = reports.get(&account.number) else {
        let why = "No credential report exists. Use GenerateCredentialReport to make one.";
        return Err(Refusal::said(410, "ReportNotPresent", why.into()));
    };
    if !is_current(*made, ask.now) {
        let why =
            "The most recent credential report has expired. Use GenerateCredentialReport to make a new one.";
        return Err(Refusal::said(410, "ReportExpired", why.into()));
    }
    xml.leaf("Content", STANDARD.encode(report));
    xml.leaf("ReportFormat", "text/csv");
    xml.leaf("GeneratedTime", made);
    Ok(())
}

fn write(account: &Account, now: Timestamp) -> Result<String, Box<dyn std::error::Error>> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    table.write_record(HEADER)?;
    table.write_record(root_row(account, now))?;
    for user in account.users.values() {
        table.write_record(user_row(account.number, user))?;
    }
    let text = String::from_utf8(table.into_inner()?)?;
    Ok(text.trim_end().to_owned())
}

/// The root user was there before anybody else.
fn root_row(account: &Account, now: Timestamp) -> Vec<String> {
    let created = account.users.values().map(|user| user.created).min().unwrap_or(now);
    let mut row = vec![
        "<root_account>".to_owned(),
        arn::root(account.number),
        stamp(created),
        "not_supported".into(),
        account.root_password_last_used.map_or_else(|| "no_information".into(), stamp),
        "not_supported".into(),
        "not_supported".into(),
        account.root_mfa.to_string(),
    ];
    for number in 1..=2 {
        let active = account.root_keys >= number;
        row.push(active.to_string());
        row.push(if active { stamp(created) } else { NONE.into() });
        row.extend([NONE, NONE, NONE].map(str::to_owned));
    }
    row.extend(certificates());
    row
}

fn user_row(account: u64, user: &User) -> Vec<String> {
    let password = |text: &str| if user.password_enabled { text.to_owned() } else { NONE.to_owned() };
    let last_used = user.password_last_used.map_or_else(|| "no_information".to_owned(), stamp);
    let mut row = vec![
        user.name.clone(),
        arn::iam(account, "user", &user.path, &user.name),
        stamp(user.created),
        user.password_enabled.to_string(),
        password(&last_used),
        password(&stamp(user.created)),
        NONE.into(),
        user.mfa.to_string(),
    ];
    row.extend(key_columns(user.keys.first()));
    row.extend(key_columns(user.keys.get(1)));
    row.extend(certificates());
    row
}

/// An inactive key keeps its dates; the report names no key ids.
fn key_columns(key: Option<&AccessKey>) -> [String; 5] {
    let none = || NONE.to_owned();
    let Some(key) = key else { return ["false".into(), none(), none(), none(), none()] };
    let (date, region, service) = key.last_used.as_ref().map_or_else(
        || (none(), none(), none()),
        |last| (stamp(last.at), last.region.clone(), last.service.clone()),
    );
    [key.active.to_string(), stamp(key.created), date, region, service]
}

fn certificates() -> [String; 4] {
    ["false", NONE, "false", NONE].map(str::to_owned)
}

/// `2026-11-20T12:00:00+00:00`.
fn stamp(at: Timestamp) -> String {
    at.utc().to_rfc3339()
}
