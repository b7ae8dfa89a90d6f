//! The only places that write to standard output and standard error.

use std::io::{self, Write};

use crate::base::text::clean;

/// Data, to standard output. A reader that went away (`| head`) is no error.
pub(super) fn data(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Talk, to standard error, a line or several. What it quotes may come from outside, so each line is cleaned. There is
/// nobody to tell when writing fails.
pub(super) fn talk(text: &str) {
    let mut err = io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(err, "{}", clean(line));
    }
}
