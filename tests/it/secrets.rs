//! No secret value appears in anything the program writes. Every secret of the demo company holds a marker; this greps for it.

use std::{fmt::Write, fs, process::Command};

use crate::{company, journey, pty};

/// Part of every secret in the demo company: variable values, secret keys, session tokens, runner tokens.
const MARKER: &str = "Canary";

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_survives_decoding() {
    let company = company::open().await;
    {
        let world = company.world.read().expect("the world");
        let planted = format!("{world:?}").matches(MARKER).count();
        assert!(planted > 100, "only {planted} secrets are planted: this test would see nothing");
    }
    let mut heard = String::new();
    let world = company::collect(&company, |report| _ = write!(heard, "{report:?}")).await;
    assert!(heard.contains("AWS_SECRET_ACCESS_KEY"), "the variables were read");
    assert!(!heard.contains(MARKER), "a report holds a secret");
    assert!(!format!("{world:?}").contains(MARKER), "the world holds a secret");
    assert!(!serde_json::to_string(&*world.findings).expect("JSON").contains(MARKER));
    let secret = &company.secret_access_key;
    assert!(
        !heard.contains(secret) && !heard.contains(&company.gitlab_token),
        "the program's own credentials"
    );
}

#[test]
fn no_secret_is_written_to_terminal_log_or_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("keytrail.log");
    let log_name = log.to_str().expect("a path in UTF-8");
    let mut session = journey::start(&["--log", log_name], 200, 60);
    session.wait_for("swept");
    for pane in ["1", "2", "3", "4", "6", "9"] {
        session.send(pane);
        session.send("<enter>");
        session.send("jjjjjjyY");
    }
    session.send("6");
    session.wait_for("Sessions, newest first");
    session.send("e");
    session.wait_for("eventVersion");
    session.send("<esc>");
    session.wait_gone("eventVersion");
    session.send("4");
    session.wait_for("Variables, worst first");
    let exported = folder.path().join("variables.csv");
    session.wait_for("/ filter");
    // Under another name than the proposed one.
    session.send("<ctrl-s>");
    session.wait_for("write to:");
    session.send(&"<backspace>".repeat(40));
    session.send(&format!("{}<enter>", exported.display()));
    session.wait_for("written to");
    session.send("q");
    assert_eq!(session.exit_code(), 0);
    assert!(!pty::contains(&session.raw(), MARKER.as_bytes()), "on the terminal");
    let log = fs::read_to_string(log).expect("the log");
    assert!(log.contains("joined and judged"), "the log is written");
    assert!(!log.contains(MARKER) && !log.contains("glpat-"), "in the log");
    let exported = fs::read_to_string(exported).expect("the export");
    assert!(exported.contains("AWS_SECRET_ACCESS_KEY") && !exported.contains(MARKER), "in the export");
}

#[test]
fn no_secret_is_in_what_collect_writes() {
    let served = crate::served::Served::start(&["--still"]);
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config.toml");
    fs::write(&config, &served.config).expect("the configuration is written");
    let output = Command::new(env!("CARGO_BIN_EXE_keytrail"))
        .arg("--config")
        .arg(&config)
        .arg("collect")
        .envs(&served.env)
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("AWS_SECRET_ACCESS_KEY"), "something was collected");
    for secret in [MARKER, &served.env["GITLAB_TOKEN"], &served.env["AWS_SECRET_ACCESS_KEY"]] {
        assert!(!text.contains(secret), "in the collected file");
        assert!(!String::from_utf8_lossy(&output.stderr).contains(secret), "in what is said");
    }
}
