//! A leaked key and all that came of it, ended: sessions that were opened with it, and with them, are refused everything afterwards.

use aws_credential_types::Credentials;
use aws_sdk_sts::{
    Client,
    config::{BehaviorVersion, Region},
    error::ProvideErrorMetadata,
};

use keytrail::demo::world::World;

use crate::town::{Town, pairs};

/// STS with these credentials.
pub(crate) fn sts(town: &Town, credentials: Credentials) -> Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(&town.company.aws_url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(credentials);
    Client::from_conf(config.build())
}

/// Opens a session of a role, or says which error code came instead.
pub(crate) async fn assume(client: &Client, role: &str) -> Result<Credentials, String> {
    let answer = client.assume_role().role_arn(role).role_session_name("pivot").send().await;
    let opened = answer.map_err(|error| error.code().unwrap_or("no code").to_owned())?;
    let given = opened.credentials.expect("credentials");
    Ok(Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        None,
        "assumed",
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_session_of_a_leaked_keys_pivot_ends() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let secret = town.world(|world| world.key(&key).expect("the key").2.secret.clone());
    let [deploy, data, replica] =
        ["leaked key role", "leaked key chained role", "leaked key second chained role"]
            .map(|name| town.planted(name));
    // Somebody has the key, and goes down the chain.
    let thief = sts(&town, Credentials::new(&key, &secret, None, None, "stolen"));
    let first = sts(&town, assume(&thief, &deploy).await.expect("the key opens the role"));
    let second = sts(&town, assume(&first, &data).await.expect("the role opens the next"));
    let third = sts(&town, assume(&second, &replica).await.expect("and that the last"));
    assert!(third.get_caller_identity().send().await.is_ok());

    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&["plan", "contain-key", &key, "--accept", "it leaked", "-o", file]);
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = town.run(&["apply", file, "--write", "--stay", "--confirm", &key]);
    assert_eq!(code, 0, "{said}");

    // The key opens nothing, and no session of the chain opens the next one.
    assert_eq!(assume(&thief, &deploy).await.unwrap_err(), "InvalidClientTokenId");
    assert_eq!(assume(&first, &data).await.unwrap_err(), "AccessDenied");
    assert_eq!(assume(&second, &replica).await.unwrap_err(), "AccessDenied");
    let revoked = |arn: &str| {
        let name = arn.rsplit('/').next().expect("a name");
        town.world(|world| {
            let roles = world.accounts.values().flat_map(|account| account.roles.values());
            let role = roles.into_iter().find(|role| role.name == name).expect("the role");
            role.inline.iter().any(|policy| policy.name == "AWSRevokeOlderSessions")
        })
    };
    for role in [&deploy, &data, &replica] {
        assert!(revoked(role), "{role}");
    }
    // Its secret is nowhere to be read, in project, group and schedule.
    let left = town.world(pairs).into_iter().filter(|pair| pair.secret == secret).count();
    assert_eq!(left, 0);
    // What was stopped when, and what could not be.
    let (_, report, _) = town.run(&["runs", "1"]);
    for line in
        ["stops working", "every session of deploy-prod", "every session of data-admin", "Not stopped:"]
    {
        assert!(report.contains(line), "{line}:\n{report}");
    }
    assert!(report.lines().next().expect("a line").starts_with("20"), "with its time: {report}");

    // One rung is taken back by itself, all the others with the run.
    let (code, _, said) = town.run(&["undo", "1", "--write"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("the secret was not kept"), "{said}");
    assert!(town.world(|world| world.key(&key).expect("the key").2.active));
    assert!(![&deploy, &data, &replica].into_iter().any(|role| revoked(role)));
}

/// Plans, carries out, looks, undoes, looks again.
pub(crate) fn there_and_back(town: &Town, run: usize, action: &[&str], is_done: impl Fn(&World) -> bool) {
    let file = town.path(&format!("{run}.json"));
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&[&["plan"][..], action, &["--accept", "a test", "-o", file]].concat());
    assert_eq!(code, 0, "{action:?}: {said}");
    assert!(!town.world(&is_done), "{action:?} is done already");
    let (code, _, said) = town.run(&["apply", file, "--write"]);
    assert_eq!(code, 0, "{action:?}: {said}");
    assert!(town.world(&is_done), "{action:?} was not done");
    let (code, _, said) = town.run(&["undo", &run.to_string(), "--write"]);
    assert_eq!(code, 0, "{action:?}: {said}");
    assert!(!town.world(&is_done), "{action:?} was not undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rung_is_taken_by_itself_and_taken_back() {
    let town = Town::open(12).await;
    let (user, role) = (town.planted("leaked key user"), town.planted("leaked key role"));
    let project: u64 = {
        let place = town.planted("leaked key project");
        place.rsplit('/').next().expect("a number").parse().expect("a number")
    };
    let name = |arn: &str| arn.rsplit('/').next().expect("a name").to_owned();
    let (user_name, role_name) = (name(&user), name(&role));
    {
        let mut world = town.company.world.write().expect("the world");
        let broker = world.planted["broker user"].clone();
        let mut roles = world.accounts.values_mut().flat_map(|account| account.roles.values_mut());
        let role = roles.find(|role| role.name == role_name).expect("the role");
        role.trust = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "AWS": [user, broker] }, "Action": "sts:AssumeRole",
        }] })
        .to_string();
    }
    there_and_back(&town, 1, &["remove-principal", &role, "--principal", &user], |world| {
        let mut roles = world.accounts.values().flat_map(|account| account.roles.values());
        !roles.find(|role| role.name == role_name).expect("the role").trust.contains(&user)
    });
    there_and_back(&town, 3, &["quarantine-user", &user], |world| {
        let mut users = world.accounts.values().flat_map(|account| account.users.values());
        let user = users.find(|user| user.name == user_name).expect("the user");
        user.inline.iter().any(|policy| policy.name == "KeytrailQuarantine")
    });
    let variable = format!("variable:gitlab.acme.example/project/{project}/AWS_ACCESS_KEY_ID@*");
    there_and_back(&town, 5, &["protect-variable", &variable], |world| {
        let variables = &world.gitlab.projects[&project].variables;
        variables
            .iter()
            .any(|one| one.key == "AWS_ACCESS_KEY_ID" && one.environment_scope == "*" && one.protected)
    });
    there_and_back(&town, 7, &["pause-runner", "runner:gitlab.acme.example/1"], |world| {
        world.gitlab.runners[&1].paused
    });
    let (_, runs, _) = town.run(&["runs"]);
    assert_eq!(runs.lines().filter(|line| line.contains("  done ")).count(), 8, "{runs}");
}
