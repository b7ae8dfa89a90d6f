//! Credentials that are swapped under a running dashboard: between the plan and its confirmation, and in the middle of a run. Nothing is
//! changed by anybody but whom the plan was made for, and the screen says why.

use std::{fmt::Write as _, fs, time::Duration};

use keytrail::demo::{front::Fault, front::Side, world::World};

use crate::{
    journey_act::{changes, choose, is_active, to_key},
    pty::Session,
    town::Town,
};

/// Whose key stands in the shared file.
struct Pair {
    id: String,
    secret: String,
}

/// A key that works, of a user whose ARN begins with this.
fn key_of(world: &World, is_meant: impl Fn(&str, &str) -> bool) -> Pair {
    let accounts = world.accounts.iter();
    let mut keys = accounts.flat_map(|(number, account)| {
        account.users.values().flat_map(move |user| user.keys.iter().map(move |key| (number, user, key)))
    });
    let found = keys.find(|(number, user, key)| key.active && is_meant(&number.to_string(), &user.name));
    let (.., key) = found.expect("such a key");
    Pair { id: key.id.clone(), secret: key.secret.clone() }
}

struct Desk {
    town: Town,
    own: Pair,
}

impl Desk {
    /// Accounts are opened by a profile of a shared credentials file.
    async fn open() -> Self {
        let town = Town::open(12).await;
        let config = fs::read_to_string(town.path("config.toml")).expect("the configuration");
        fs::write(town.path("config.toml"), config.replace("[[aws]]\n", "[[aws]]\nprofile = \"audit\"\n"))
            .expect("the configuration");
        let own =
            Pair { id: town.company.access_key_id.clone(), secret: town.company.secret_access_key.clone() };
        let desk = Self { town, own };
        desk.swap(&desk.own);
        desk
    }

    /// As other programs write the file: another one takes its place.
    fn swap(&self, pair: &Pair) {
        let mut text = "# shared\n[default]\n\n[audit]\n".to_owned();
        let _ = write!(text, "aws_access_key_id = {}\naws_secret_access_key = {}\n", pair.id, pair.secret);
        fs::write(self.town.path("credentials.new"), text).expect("the file");
        fs::rename(self.town.path("credentials.new"), self.town.path("credentials")).expect("the file");
    }

    fn start(&self) -> Session {
        let path = |name: &str| self.town.path(name).to_str().expect("a path").to_owned();
        let (config, state, credentials, none) =
            (path("config.toml"), path("state"), path("credentials"), path("none"));
        let env = [
            ("XDG_STATE_HOME", &*state),
            ("XDG_CACHE_HOME", &*state),
            ("GITLAB_TOKEN", &self.town.company.gitlab_token),
            ("AWS_SHARED_CREDENTIALS_FILE", &credentials),
            ("AWS_CONFIG_FILE", &none),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        Session::start(&[env!("CARGO_BIN_EXE_keytrail"), "--config", &config, "--write"], &env, 160, 48)
    }
}

/// From the menu to the confirmation of a containment, with something done before the name is typed.
fn confirm(session: &mut Session, key: &str, before: impl FnOnce()) {
    choose(session, "contain-key");
    session.send("o");
    session.wait_for("reason to go on:");
    session.send("it is leaked<enter>");
    session.wait_for("accepted: it is leaked");
    before();
    session.send("y");
    session.wait_for("confirm: ");
    session.send(&format!("{key}<enter>"));
}

async fn nothing_is_changed_by_another(is_meant: impl Fn(&str, &str) -> bool, says: [&str; 2]) {
    let desk = Desk::open().await;
    let key = desk.town.planted("leaked key");
    let other = desk.town.world(|world| key_of(world, &is_meant));
    let mut session = desk.start();
    to_key(&mut session, &key);
    // The plan is on the screen when the credentials are swapped.
    confirm(&mut session, &key, || desk.swap(&other));
    session.wait_for("Nothing was done:");
    session.wait_for(says[0]);
    assert!(changes(&desk.town) == 0 && is_active(&desk.town, &key));
    assert_eq!(desk.town.run(&["runs"]).1, "", "no run was begun");

    // And in the middle of a run: its first call is under way.
    desk.swap(&desk.own);
    session.send("<esc>");
    session.wait_for("CARRIED BY  3");
    desk.town.set(Side::Aws, "iam:UpdateAccessKey", Fault::Slow(Duration::from_secs(3)), 0);
    confirm(&mut session, &key, || {});
    session.wait_for("sent  iam UpdateAccessKey");
    desk.swap(&other);
    session.wait_for("halted at step 2");
    session.wait_for(says[1]);
    assert!(!is_active(&desk.town, &key), "the call that had left was made");
    assert_eq!(changes(&desk.town), 1, "and no other");
    // The right credentials are back.
    desk.swap(&desk.own);
    session.send("8");
    session.wait_for("halted");
    session.send("R");
    session.wait_for("Plan: resume run 1: Contain");
    session.send("y");
    session.wait_for("confirm: ");
    session.send(&format!("{key}<enter>"));
    session.wait_for("Run 1 is done.");
    session.send("<ctrl-c>");
    assert_eq!(session.exit_code(), 0);
    // Whatever was made was made by the old ones.
    let calls = desk.town.company.front.calls();
    let made = calls.iter().filter(|call| is_change(&call.name) && call.status < 400);
    assert!(made.clone().count() > 3 && made.into_iter().all(|call| call.caller != other.id));
}

fn is_change(name: &str) -> bool {
    ["iam:Update", "iam:Put", "iam:Delete", "iam:Create"].iter().any(|verb| name.starts_with(verb))
}

const ACCOUNT: &str = "111111111111";

#[tokio::test(flavor = "multi_thread")]
async fn another_user_of_the_account_changes_nothing() {
    // Not the one whose key is contained.
    let meant = |account: &str, user: &str| {
        account == ACCOUNT && !["gitlab-deploy", "keytrail-audit"].contains(&user)
    };
    let says = "user/keytrail-audit in account 111111111111, and keytrail is";
    nothing_is_changed_by_another(meant, [says, says]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_not_changed_either() {
    let meant = |account: &str, _: &str| account != ACCOUNT;
    nothing_is_changed_by_another(meant, ["no source of the configuration is in it", "open account "]).await;
}
