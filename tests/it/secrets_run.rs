//! A rotation and a containment, whole, on a terminal and with a log: everything that is written anywhere meanwhile is searched for every
//! secret of the company, the new key's among them.

use std::{collections::BTreeSet, fs, time::Duration};

use keytrail::demo::front::{Fault, Side};

use crate::{
    journey_act::{changes, choose, is_active, open, to_action, to_key},
    pty::{Session, contains},
    town::{Town, works},
};

/// Every secret there is right now, and the marks that planted ones bear.
fn secrets(town: &Town) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = town.world(|world| {
        let users = world.accounts.values().flat_map(|account| account.users.values());
        users.flat_map(|user| user.keys.iter().map(|key| key.secret.clone())).collect()
    });
    found.extend([
        "Canary".to_owned(),
        "glpat-".to_owned(),
        town.company.gitlab_token.clone(),
        town.company.secret_access_key.clone(),
    ]);
    found
}

#[track_caller]
fn clean(what: &str, bytes: &[u8], secrets: &BTreeSet<String>) {
    assert!(!bytes.is_empty(), "{what} is empty: nothing was searched");
    for secret in secrets {
        assert!(!contains(bytes, secret.as_bytes()), "a secret is in {what}");
    }
}

/// Writes the plan on the screen in every form there is.
fn export(session: &mut Session, town: &Town, name: &str) -> Vec<String> {
    let forms = ["json", "md", "sh"].map(|form| format!("{name}.{form}"));
    for form in &forms {
        session.send("<ctrl-s>");
        session.wait_for("write to: ");
        session.send(&format!("<ctrl-u>{}<enter>", town.path(form).display()));
        session.wait_for(form);
        session.wait_gone("write to: ");
    }
    forms.into()
}

fn give_reason_and_confirm(session: &mut Session, name: &str) {
    session.send("o");
    session.wait_for("reason to go on:");
    session.send("a search for secrets<enter>");
    session.wait_for("accepted: a search for secrets");
    session.send("y");
    session.wait_for("confirm: ");
    session.send(&format!("{name}<enter>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_anywhere_after_a_rotation_and_a_containment() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let before = secrets(&town);
    let log = town.path("keytrail.log");
    let mut session = open(&town, &["--write", "--log", log.to_str().expect("a path")]);
    to_key(&mut session, &key);
    // A rotation that rests nowhere.
    to_action(&mut session, "rotate-key");
    session.wait_for("rotate-key: what it is to be");
    for wish in ["k", "kk"] {
        session.send(wish);
        session.send("<enter>");
        session.wait_for("is to be: ");
        session.send("<ctrl-u>0<enter>");
        session.wait_gone("is to be: ");
    }
    session.send("<enter>");
    session.wait_for("Plan: Rotate");
    let mut exported = export(&mut session, &town, "rotation");
    town.set(Side::Aws, "iam:DeleteAccessKey", Fault::Slow(Duration::from_secs(3)), 0);
    give_reason_and_confirm(&mut session, "gitlab-deploy");
    // The journal is open, and so are the files beside it; the new secret is in the program's memory.
    session.wait_for("sent  iam DeleteAccessKey");
    let all: BTreeSet<String> = before.union(&secrets(&town)).cloned().collect();
    assert!(all.len() > before.len(), "the new key has a secret of its own");
    let mut beside = 0;
    for entry in fs::read_dir(town.path("state/keytrail")).expect("the folder of the journal") {
        let path = entry.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let bytes = fs::read(&path).expect("its bytes");
        beside += usize::from(name.ends_with("-wal") || name.ends_with("-shm"));
        if !bytes.is_empty() {
            clean(&name, &bytes, &all);
        }
    }
    assert_eq!(beside, 2, "both files of the journal's own log");
    session.wait_for("Run 1 is done.");
    let new = town.world(|world| {
        let mut users = world.accounts.values().flat_map(|account| account.users.values());
        let user = users.find(|user| user.name == "gitlab-deploy").expect("the user");
        assert_eq!(user.keys.len(), 1);
        user.keys[0].id.clone()
    });
    assert!(
        town.world(|world| crate::town::pairs(world).iter().any(|pair| pair.id == new && works(world, pair)))
    );

    // The new key is contained, as soon as it was seen.
    session.send("1");
    session.wait_for("Keys, worst first");
    session.wait_until("the new key", |screen| {
        let text = screen.contents();
        text.contains("swept") && !text.contains("sweeping")
    });
    session.paste(&new);
    session.wait_for("CARRIED BY  3");
    choose(&mut session, "contain-key");
    exported.extend(export(&mut session, &town, "containment"));
    give_reason_and_confirm(&mut session, &new);
    session.wait_for("Run 2 is done.");
    assert!(!is_active(&town, &new) && changes(&town) > 10);
    session.send("8");
    session.wait_for("contain-key");
    session.send("<enter>G");
    session.send("<ctrl-c>");
    assert_eq!(session.exit_code(), 0);

    // Everything the program has left behind.
    for file in exported {
        clean(&file, &fs::read(town.path(&file)).expect("the export"), &all);
    }
    let written = fs::read(&log).expect("the log");
    clean("the log", &written, &all);
    clean("the journal", &town.kept(), &all);
    // Terminal and standard error are one here: the whole scrollback.
    clean("the terminal", &session.raw(), &all);
    for command in [&["runs", "--json"][..], &["runs", "1", "--json"], &["runs", "2"], &["undo", "2"]] {
        let (_, out, said) = town.run(command);
        clean(&command.join(" "), format!("{out}{said}").as_bytes(), &all);
    }
}
