//! What leaves the program towards the user's machine: a file, a browser.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    process::{Command, Stdio},
};

use crate::app::{Msg, export::Export, show::Tone};

/// Writes a listing to a file of its own: never over one that is there.
pub(super) fn save(export: &Export) -> Msg {
    write(&export.path, &export.text())
}

/// The same with a text.
pub(super) fn write(path: &str, text: &str) -> Msg {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => Msg::Said { text: format!("written to {path}"), tone: Tone::Good },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Msg::Said { text: format!("{path} is there already: choose another name"), tone: Tone::Warn }
        }
        Err(error) => Msg::Said { text: format!("{path}: {error}"), tone: Tone::Bad },
    }
}

/// Opens a page in the browser; where there is none the address is shown, to be copied.
pub(super) fn open(url: &str) -> Msg {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = Command::new(opener)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match started {
        Ok(status) if status.success() => Msg::Said { text: format!("opened {url}"), tone: Tone::Plain },
        _ => Msg::Said { text: format!("no browser here: {url}"), tone: Tone::Notice },
    }
}
