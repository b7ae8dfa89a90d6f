//! A whole rotation on an AWS that nobody here wrote: keys are made, used, switched off and deleted at moto, variables written at the
//! company's GitLab, and boto3 says how it ended.

use std::{fmt::Write as _, fs, process::Command};

use keytrail::demo::world::Variable;
use serde_json::Value;

use crate::{
    moto::Moto,
    python::{python, run, script},
    town::{Town, pairs},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_rotated_on_moto() {
    let Some(python) = python("a rotation on moto") else { return };
    // The seed's calls go unasked; every later one must be signed by somebody moto knows.
    let moto = Moto::start_with(&python, &[("INITIAL_NO_AUTH_ACTION_COUNT", "5")]);
    let ask = |env: &[(&str, &str)], words: &[&str]| -> Value {
        let mut command = Command::new(&python);
        command.arg(script("moto_rotation.py")).arg(&moto.endpoint).args(words).envs(env.iter().copied());
        serde_json::from_str(&run(&mut command)).expect("JSON")
    };
    let made = ask(&[], &["seed"]);
    let text = |who: &str, what: &str| made[who][what].as_str().expect("a text").to_owned();
    let (key, secret) = (text("user", "id"), text("user", "secret"));
    let (id, own) = (text("operator", "id"), text("operator", "secret"));
    let operator = [("AWS_ACCESS_KEY_ID", id.as_str()), ("AWS_SECRET_ACCESS_KEY", own.as_str())];

    let town = Town::open(12).await;
    let mut config = format!(
        "[[gitlab]]\nname = \"acme\"\nurl = \"{}\"\ntoken = {{ env = \"GITLAB_TOKEN\" }}\nper_second = 500\n",
        town.company.gitlab_url
    );
    let _ = write!(config, "\n[[aws]]\nname = \"moto\"\nendpoint = \"{}\"\nevent_days = 1\n", moto.endpoint);
    fs::write(town.path("config.toml"), config).expect("the configuration");
    {
        let mut world = town.company.world.write().expect("the world");
        let project = world.gitlab.projects.values_mut().next().expect("a project");
        for (name, value) in [("AWS_ACCESS_KEY_ID", &key), ("AWS_SECRET_ACCESS_KEY", &secret)] {
            project.variables.push(Variable {
                key: name.into(),
                value: value.clone(),
                file: false,
                protected: true,
                masked: false,
                hidden: false,
                raw: true,
                environment_scope: "moto".into(),
                description: None,
            });
        }
    }
    let keytrail = |words: &[&str]| {
        let output = town.command(words).envs(operator).output().expect("it starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let plan = ["plan", "rotate-key", &key, "--quiet", "0", "--soak", "0", "--accept", "a test", "-o", file];
    let apply = ["apply", file, "--write", "--stay", "--settle", "1", "--confirm", "ci-moto"];

    // Two keys are the most: with a second one there is no room for a third.
    let second = ask(&operator, &["second"]);
    let second = second["id"].as_str().expect("a key");
    let (code, said) = keytrail(&plan);
    assert!(code == Some(3) && said.contains("two access keys") && said.contains(second), "{code:?} {said}");
    ask(&operator, &["drop", second]);
    let (code, said) = keytrail(&plan);
    assert_eq!(code, Some(0), "{said}");
    // Somebody takes the room after the plan was made.
    let second = ask(&operator, &["second"]);
    let second = second["id"].as_str().expect("a key");
    let (code, said) = keytrail(&apply);
    assert!(code == Some(3) && said.contains(second), "{code:?} {said}");
    ask(&operator, &["drop", second]);
    let (code, said) = keytrail(&apply);
    assert_eq!(code, Some(0), "{said}");

    let rotated = town.world(pairs).into_iter().filter(|pair| pair.id == key).count();
    assert_eq!(rotated, 0, "the old key stands nowhere");
    let state = ask(&operator, &["state", &key, &secret]);
    let keys = state["keys"].as_array().expect("a list");
    assert_eq!(keys.len(), 1, "{state}");
    let new = keys[0][0].as_str().expect("a key").to_owned();
    assert!(new != key && keys[0][1] == "Active", "{state}");
    assert_eq!(state["let_in"], "InvalidClientTokenId", "the old key is gone");
    let pair = town.world(pairs).into_iter().find(|pair| pair.id == new).expect("the new pair");
    let state = ask(&operator, &["state", &new, &pair.secret]);
    assert_eq!(state["let_in"], "arn:aws:iam::123456789012:user/ci-moto");
}
