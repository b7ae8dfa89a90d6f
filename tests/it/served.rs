//! `keytrail demo --serve` in a process of its own, as another client meets it.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

/// The company, open in another process until this is dropped.
pub(crate) struct Served {
    child: Child,
    /// What it printed to be exported.
    pub(crate) env: BTreeMap<String, String>,
    /// The configuration file it printed, without the comment marks.
    pub(crate) config: String,
}

impl Served {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_keytrail"))
            .args(["demo", "--serve"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut env = BTreeMap::new();
        let mut config = String::new();
        let mut in_config = false;
        let output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        for line in output.lines() {
            let line = line.expect("the output is text");
            if let Some((name, value)) = line.strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
                env.insert(name.to_owned(), value.trim_matches('\'').to_owned());
            }
            in_config |= line.starts_with("# [[gitlab]]");
            if line == "# ready" {
                break;
            }
            if in_config {
                config.push_str(line.trim_start_matches('#').trim_start());
                config.push('\n');
            }
        }
        assert!(!env.is_empty(), "the company did not open");
        Self { child, env, config }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
