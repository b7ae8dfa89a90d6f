//! Other people's clients against the demo company's servers: they are right because these agree; and our own binary
//! against the company in another process.

use std::{fs, process::Command};

use crate::{
    pty::Session,
    python::{python, run, script},
    served::Served,
};

#[test]
fn python_gitlab_logs_in_lists_pages_and_writes() {
    let Some(python) = python("python-gitlab against the demo GitLab") else { return };
    let served = Served::start(&["--still"]);
    run(Command::new(python).arg(script("python_gitlab.py")).envs(&served.env));
}

#[test]
fn boto3_logs_in_lists_pages_and_is_refused() {
    let Some(python) = python("boto3 against the demo AWS") else { return };
    let served = Served::start(&["--still"]);
    run(Command::new(python).arg(script("boto3_demo.py")).envs(&served.env));
}

#[test]
fn boto3_makes_roles_and_providers_and_deletes_them() {
    let Some(python) = python("boto3 making roles at the demo AWS") else { return };
    let served = Served::start(&["--still", "--write", "--projects", "12"]);
    run(Command::new(python).arg(script("boto3_roles.py")).envs(&served.env));
}

#[test]
fn the_dashboard_fills_from_a_company_in_another_process() {
    let served = Served::start(&["--still", "--projects", "20"]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    fs::write(&config, &served.config).expect("the configuration is written");
    let config = config.to_str().expect("a path in UTF-8");
    let env: Vec<(&str, &str)> =
        served.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut session = Session::start(&[env!("CARGO_BIN_EXE_keytrail"), "--config", config], &env, 120, 40);
    session.wait_for("gitlab.acme.example");
    session.send("4");
    session.wait_for("AWS_ACCESS_KEY_ID");
    session.send("3");
    session.wait_for("docker");
    session.send("1");
    session.wait_for("gitlab-deploy");
    session.send("q");
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());
}
