//! The same binary against moto: an AWS that nobody here wrote. moto knows no LookupEvents: that must become a gap, not
//! a crash and not "no events".

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    pty::Session,
    python::{python, run, script},
};

pub(crate) struct Moto {
    child: Child,
    pub(crate) endpoint: String,
}

impl Moto {
    pub(crate) fn start(python: &Path) -> Self {
        Self::start_with(python, &[])
    }

    /// With settings of its own in its environment.
    pub(crate) fn start_with(python: &Path, settings: &[(&str, &str)]) -> Self {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.local_addr().expect("its address").port()
        };
        let child = Command::new(python.with_file_name("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto starts");
        let deadline = Instant::now() + Duration::from_mins(1);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "moto does not answer");
            thread::sleep(Duration::from_millis(50));
        }
        Self { child, endpoint: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) const ENV: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "testing"),
    ("AWS_SECRET_ACCESS_KEY", "testing"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_REGION", "us-east-1"),
];

#[test]
fn the_aws_panes_fill_from_moto() {
    let Some(python) = python("the AWS panes against moto") else { return };
    let moto = Moto::start(&python);
    let made = run(Command::new(&python).arg(script("moto_seed.py")).arg(&moto.endpoint));
    let made: Value = serde_json::from_str(&made).expect("the seed prints JSON");

    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    let text =
        format!("[[aws]]\nname = \"moto\"\nendpoint = \"{}\"\nregions = [\"eu-west-1\"]\n", moto.endpoint);
    fs::write(&config, text).expect("the configuration is written");
    let config = config.to_str().expect("a path in UTF-8");

    let output = folder.path().join("collected.json");
    run(Command::new(env!("CARGO_BIN_EXE_keytrail"))
        .args(["--config", config, "collect", "-o"])
        .arg(&output)
        .env_remove("GITLAB_TOKEN")
        .envs(ENV));
    let collected: Value =
        serde_json::from_str(&fs::read_to_string(output).expect("the file is there")).expect("it is JSON");
    check(&made, &collected);
    check_compute(&made, &collected);

    let mut session = Session::start(&[env!("CARGO_BIN_EXE_keytrail"), "--config", config], &ENV, 120, 40);
    session.wait_for("Keys 80");
    session.send("1");
    session.wait_for("ci-user-");
    session.send("2");
    session.wait_for("deploy-");
    session.send("9");
    session.wait_for("LookupEvents");
    session.send("q");
    assert_eq!(session.exit_code(), 0);
}

/// Everything that was made was seen, as it was made.
fn check(made: &Value, collected: &Value) {
    let entities = collected["entities"].as_array().expect("a list");
    let of = |kind: &str| entities.iter().filter_map(|entity| entity.get(kind)).collect::<Vec<_>>();
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let listed = |name: &str| {
        let list = made[name].as_array().expect("a list");
        sorted(list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect())
    };
    let seen = |kind: &str, field: &str| {
        sorted(of(kind).iter().map(|thing| thing[field].as_str().expect("a name").to_owned()).collect())
    };
    assert_eq!(seen("key", "key"), listed("keys"));
    assert_eq!(seen("user", "arn"), listed("users"));
    assert_eq!(seen("role", "arn"), listed("roles"));
    let inactive: Vec<&str> = of("key")
        .iter()
        .filter(|key| key["status"] == "inactive")
        .filter_map(|key| key["key"].as_str())
        .collect();
    assert_eq!(inactive, [made["inactive"].as_str().expect("a key")]);
    let links = collected["links"].as_array().expect("a list");
    let linked = |from: String, relation: &str, to: String| {
        links.iter().any(|link| link["from"] == from && link["relation"] == relation && link["to"] == to)
    };
    let role = |index: usize| format!("role:{}", made["roles"][index].as_str().expect("a role"));
    assert!(linked(format!("user:{}", made["users"][0].as_str().expect("a user")), "may_assume", role(0)));
    assert!(linked(
        format!("provider:{}", made["provider"].as_str().expect("a provider")),
        "may_assume",
        role(1)
    ));
    assert!(linked("service:ec2.amazonaws.com".into(), "may_assume", role(2)));
    assert!(links.iter().any(|link| link["relation"] == "has_profile"), "the instance has its profile");
    let sweeps = collected["sweeps"].as_array().expect("a list");
    let lookup = |sweep: &&Value| sweep["what"].as_str().is_some_and(|what| what.contains("AssumeRole"));
    let events: Vec<&Value> = sweeps.iter().filter(lookup).collect();
    assert!(!events.is_empty());
    for sweep in events {
        assert_eq!(sweep["outcome"], "partial", "moto answers no LookupEvents: {sweep}");
        assert!(!sweep["gaps"].as_array().expect("a list").is_empty(), "and that is said: {sweep}");
    }
}

/// Groups, templates, tasks and clusters reach the roles behind them; what moto does not know is said.
fn check_compute(made: &Value, collected: &Value) {
    let links = collected["links"].as_array().expect("a list");
    let linked = |from: &str, relation: &str, to: &str| {
        let found =
            links.iter().any(|link| link["from"] == from && link["relation"] == relation && link["to"] == to);
        assert!(found, "{from} {relation} {to}");
    };
    let of = |name: &str| made["compute"][name].as_str().expect("a text");
    let account = "123456789012/eu-west-1";
    let template = format!("launch-template:{account}/{}@1", of("template"));
    let profile = "instance-profile:arn:aws:iam::123456789012:instance-profile/builder";
    linked(&format!("scaling-group:{account}/fleet"), "launches", &template);
    linked(&template, "has_profile", profile);
    linked(&format!("scaling-group:{account}/web"), "has_profile", profile);
    let role = format!("role:{}", made["roles"][4].as_str().expect("a role"));
    linked(&format!("task-definition:{}", of("task")), "has_role", &role);
    let entities = collected["entities"].as_array().expect("a list");
    let cluster = entities.iter().find_map(|entity| entity.get("cluster")).expect("a cluster");
    assert_eq!(cluster["arn"], of("cluster"));
    assert_eq!(cluster["issuer"], of("issuer").trim_start_matches("https://"));
    let sweeps = collected["sweeps"].as_array().expect("a list");
    let outcome = |source: &str, what: &str| {
        let found = sweeps.iter().find(|sweep| sweep["source"] == source && sweep["what"] == what);
        found.unwrap_or_else(|| panic!("{source} {what}"))["outcome"].clone()
    };
    let place = "123456789012 eu-west-1";
    for what in ["Auto Scaling groups", "launch templates", "task definitions", "EKS clusters"] {
        assert_eq!(outcome(place, what), "whole", "{what}");
    }
    assert_eq!(outcome(place, "pod identities"), "partial", "moto has no such call");
    assert_eq!(outcome("123456789012", "session limits"), "whole");
}
