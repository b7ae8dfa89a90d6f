//! Roles that id tokens open, narrowed, closed and made: real tokens of jobs are let in or refused before and after, by the company's STS.

use std::collections::BTreeMap;

use aws_credential_types::Credentials;
use aws_sdk_sts::{Client, error::ProvideErrorMetadata};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use keytrail::{
    base::time::{Clock, SystemClock},
    demo::world::{Role, World},
};

use crate::{
    contain::{assume, sts, there_and_back},
    town::Town,
};

const HOST: &str = "https://gitlab.acme.example";

/// An id token as the company's GitLab would sign it; who signed is not asked.
fn token(subject: &str, audience: &str) -> String {
    let end = SystemClock.now().plus(3600).seconds();
    let claims = serde_json::json!({ "iss": HOST, "aud": audience, "sub": subject, "exp": end });
    format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// A job of a branch opens a role, or the error code.
async fn job(
    town: &Town,
    role: &str,
    path: &str,
    branch: &str,
    audience: &str,
) -> Result<Credentials, String> {
    let subject = format!("project_path:{path}:ref_type:branch:ref:{branch}");
    let nobody = sts(town, Credentials::new("AKIANOBODYATALLXXXX2", "none", None, None, "none"));
    let ask = nobody.assume_role_with_web_identity().role_arn(role).role_session_name("job-1");
    let answer = ask.web_identity_token(token(&subject, audience)).send().await;
    let given = answer.map_err(|error| error.code().unwrap_or("no code").to_owned())?;
    let given = given.credentials.expect("credentials");
    let (id, secret, session) = (given.access_key_id, given.secret_access_key, given.session_token);
    Ok(Credentials::new(id, secret, Some(session), None, "job"))
}

fn role_of<'w>(world: &'w World, arn: &str) -> Option<&'w Role> {
    let account: u64 = arn.split(':').nth(4)?.parse().ok()?;
    world.accounts[&account].roles.get(arn.rsplit('/').next()?)
}

/// Everything of IAM that these actions may change, but when roles were used.
fn iam(world: &World) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for account in world.accounts.values() {
        all.extend(account.providers.iter().map(|(arn, one)| (arn.clone(), format!("{:?}", one.client_ids))));
        for role in account.roles.values() {
            let known = format!("{} {:?} {:?}", role.trust, role.inline, role.attached);
            all.insert(format!("{} role {}", account.number, role.name), known);
        }
        for user in account.users.values() {
            let keys: Vec<_> = user.keys.iter().map(|key| (&key.id, key.active)).collect();
            all.insert(format!("{} user {}", account.number, user.name), format!("{keys:?}"));
        }
    }
    // Policies are written as text, and read back as the same JSON.
    all.into_iter().map(|(name, text)| (name, text.replace(' ', ""))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wide_role_is_narrowed_to_the_jobs_that_came() {
    let town = Town::open(12).await;
    let role = town.planted("oidc role, any project");
    let open = |path: &'static str, branch: &'static str| job(&town, &role, path, branch, HOST);
    open("acme/shop/checkout", "main").await.expect("it is let in");
    open("acme/mobile/ios-app", "anything").await.expect("and so is this, whoever it is");
    // The first one's record has arrived; of the second none was kept.
    {
        let mut world = town.company.world.write().expect("the world");
        let trails = world.accounts.values_mut().flat_map(|account| account.trail.values_mut());
        for trail in trails {
            trail.retain(|event| !event.record.contains("ios-app"));
            for event in trail.iter_mut().filter(|event| event.record.contains("\"job-1\"")) {
                event.at = event.at.minus(1800);
                let mut record: serde_json::Value = serde_json::from_str(&event.record).expect("JSON");
                record["eventTime"] = event.at.to_string().into();
                event.record = record.to_string();
            }
            trail.sort_by_key(|event| event.at);
        }
    }
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&["plan", "tighten-trust", &role, "-o", file]);
    assert!(
        code == 3 && said.contains("acme/mobile/ios-app: every branch, every tag may open it today"),
        "{code} {said}"
    );
    let (code, text, said) = town.run(&["plan", "tighten-trust", &role, "--accept", "they were told"]);
    assert_eq!(code, 0, "{said}");
    assert!(text.contains("-          \"gitlab.acme.example:sub\": \"project_path:acme/*\""), "{text}");
    let (code, _, said) = town.run(&["apply", file, "--write", "--accept", "they were told"]);
    assert_eq!(code, 0, "{said}");
    open("acme/shop/checkout", "main").await.expect("who came is let in still");
    for (path, branch) in [("acme/shop/checkout", "other"), ("acme/mobile/ios-app", "anything")] {
        assert_eq!(open(path, branch).await.unwrap_err(), "AccessDenied", "{path} {branch}");
    }
    // What came to nothing was not seen, and a second time there is nothing to narrow.
    let (code, _, said) = town.run(&["plan", "tighten-trust", &role]);
    assert!(code == 3 && said.contains("nobody but those who were seen"), "{code} {said}");
    let (code, _, said) = town.run(&["undo", "1", "--write"]);
    assert_eq!(code, 0, "{said}");
    open("acme/mobile/ios-app", "anything").await.expect("as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_taken_out_and_put_back() {
    let town = Town::open(12).await;
    let role = town.planted("oidc role, two exact subjects");
    let (code, _, said) = town.run(&["plan", "remove-provider", &role, "--accept", "a test"]);
    assert!(code == 3 && said.contains("trusts nobody else"), "IAM takes no empty policy: {code} {said}");
    let broker = town.planted("broker user");
    {
        let mut world = town.company.world.write().expect("the world");
        let mut roles = world.accounts.values_mut().flat_map(|account| account.roles.values_mut());
        let found = roles.find(|one| one.name == "oidc-data-deploy").expect("the role");
        let other = format!(
            r#""Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{broker}"}},"Action":"sts:AssumeRole"}},"#
        );
        found.trust = found.trust.replacen(r#""Statement":["#, &other, 1);
    }
    there_and_back(&town, 1, &["remove-provider", &role], |world| {
        !role_of(world, &role).expect("the role").trust.contains("oidc-provider")
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_is_ended_from_the_way_in_to_its_last_session() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let secret = town.world(|world| world.key(&key).expect("the key").2.secret.clone());
    let [deploy, data, replica] =
        ["leaked key role", "leaked key chained role", "leaked key second chained role"]
            .map(|name| town.planted(name));
    let thief = sts(&town, Credentials::new(&key, &secret, None, None, "stolen"));
    let first: Client = sts(&town, assume(&thief, &deploy).await.expect("the key opens the role"));
    let second = sts(&town, assume(&first, &data).await.expect("the role opens the next"));
    assume(&second, &replica).await.expect("and that the last");
    let before = town.world(iam);
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) =
        town.run(&["plan", "revoke-chain", &deploy, "--way", &key, "--accept", "a test", "-o", file]);
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = town.run(&["apply", file, "--write", "--stay"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(assume(&thief, &deploy).await.unwrap_err(), "InvalidClientTokenId");
    assert_eq!(assume(&first, &data).await.unwrap_err(), "AccessDenied");
    assert_eq!(assume(&second, &replica).await.unwrap_err(), "AccessDenied");
    let (code, _, said) = town.run(&["undo", "1", "--write"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(town.world(iam), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_dies_when_every_project_came_by_its_id_token() {
    let town = Town::open(12).await;
    let (key, user) = (town.planted("static key, good"), "ci-ledger-exports");
    let (account, policy) = town.world(|world| {
        let (account, ..) = world.key(&key).expect("the key");
        (account, world.accounts[&account].users[user].inline[0].document.clone())
    });
    let role = format!("arn:aws:iam::{account:012}:role/ledger-jobs");
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let wishes = ["--role", "ledger-jobs", "--quiet", "1s", "--soak", "1s", "--accept", "a test", "-o", file];
    let (code, _, said) = town.run(&[&["plan", "migrate-key", &key][..], &wishes].concat());
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = town.run(&["apply", file, "--write", "--settle", "2", "--confirm", user]);
    assert!(
        code == 4 && said.contains("no session yet of project_path:acme/payments/ledger"),
        "{code} {said}"
    );
    town.world(|world| {
        let made = role_of(world, &role).expect("the new role");
        assert!(
            made.inline.iter().any(|one| one.document.replace(' ', "") == policy.replace(' ', "")),
            "{made:?}"
        );
        assert!(world.key(&key).expect("the key").2.active, "nothing is taken away yet");
    });
    // A person changes the project's file, and its job comes.
    let ledger =
        |branch: &'static str| job(&town, &role, "acme/payments/ledger", branch, "sts.amazonaws.com");
    assert_eq!(ledger("feature/x").await.unwrap_err(), "AccessDenied");
    let opened = sts(&town, ledger("main").await.expect("the migrated job gets in"));
    assert!(opened.get_caller_identity().send().await.is_ok());
    let (code, _, said) = town.run(&["resume", "1", "--write", "--stay", "--settle", "2"]);
    assert_eq!(code, 0, "{said}");
    town.world(|world| {
        assert!(world.key(&key).is_none(), "the key is gone");
        assert!(role_of(world, &role).expect("the role").last_used.is_some());
    });
    ledger("main").await.expect("and its jobs work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_with_everything_new_is_undone_without_a_trace() {
    let town = Town::open(12).await;
    let (key, user) = (town.planted("leaked key"), "gitlab-deploy");
    let deploy = town.planted("leaked key role");
    let before = town.world(iam);
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let (code, text, said) = town.run(&["plan", "migrate-key", &key, "--accept", "a test"]);
    assert_eq!(code, 0, "{said}");
    for part in [
        "CreateOpenIDConnectProvider",
        "## acme/platform/infra: .gitlab-ci.yml",
        "    - unset AWS_ACCESS_KEY_ID",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let (code, _, said) = town.run(&["plan", "migrate-key", &key, "--accept", "a test", "-o", file]);
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = town.run(&["apply", file, "--write", "--settle", "2", "--confirm", user]);
    assert!(code == 4 && said.contains("no session yet"), "{code} {said}");
    // A job gets in by its token, and from there into the role that trusted the user by name.
    let role = "arn:aws:iam::111111111111:role/gitlab-deploy-oidc";
    let infra =
        job(&town, role, "acme/platform/infra", "main", "sts.amazonaws.com").await.expect("it is let in");
    assume(&sts(&town, infra), &deploy).await.expect("the role is trusted as the user was");
    let (code, _, said) = town.run(&["undo", "1", "--write"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(town.world(iam), before);
    assert_eq!(
        job(&town, role, "acme/platform/infra", "main", "sts.amazonaws.com").await.unwrap_err(),
        "InvalidIdentityToken"
    );
}
