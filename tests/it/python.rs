//! The Python that ./test installs: where it is, and what is left out without it.

use std::{
    io::{Write, stderr},
    path::PathBuf,
    process::{Command, Output},
};

/// The interpreter with moto, boto3 and python-gitlab; `None` when ./test has not named one, and then `left_out` is said aloud.
pub(crate) fn python(left_out: &str) -> Option<PathBuf> {
    let named = std::env::var_os("KEYTRAIL_TEST_PYTHON").map(PathBuf::from);
    if named.is_none() {
        // The test harness captures print macros; a person must see this.
        let _ = writeln!(stderr(), "left out: {left_out} (./test runs it, with its own Python)");
    }
    named
}

pub(crate) fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

/// Runs to the end and returns standard output; fails with everything it said.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the command starts");
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    assert!(
        status.success(),
        "{command:?} ended with {status}\n{stdout}\n{}",
        String::from_utf8_lossy(&stderr)
    );
    stdout
}
