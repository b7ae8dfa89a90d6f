//! A program in a pseudo-terminal: keys in, a screen out. Everything waits for something to be seen and nothing sleeps;
//! a wait that ends in vain shows the screen.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    process::Command,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{ChildKiller, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use crate::keyboard::encode;

/// Long enough for a busy machine; nobody waits for it unless something is wrong.
const PATIENCE: Duration = Duration::from_mins(2);

/// What has come out of the program so far.
struct Seen {
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// The program's side of the terminal is closed: nothing more will come.
    closed: bool,
    exit: Option<ExitStatus>,
}

type Shared = Arc<(Mutex<Seen>, Condvar)>;

pub(crate) struct Session {
    shared: Shared,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    killer: Box<dyn ChildKiller + Send + Sync>,
    pid: Option<u32>,
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a terminal has at least one row and one column")
}

fn lock(shared: &Shared) -> MutexGuard<'_, Seen> {
    shared.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Session {
    /// Starts `args` (the program first) in a terminal of this size. The environment is the caller's with a known
    /// terminal, locale and place for passing files, and without what would change colours; `env` is added last.
    pub(crate) fn start(args: &[&str], env: &[(&str, &str)], cols: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(pty_size(cols, rows)).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(args[0]);
        command.args(&args[1..]);
        command.cwd(std::env::current_dir().expect("a working directory"));
        for name in ["NO_COLOR", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        for (name, value) in
            [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8"), ("TMPDIR", "/tmp")]
        {
            command.env(name, value);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        // While we hold the program's end open, its exit is never seen.
        drop(pair.slave);
        let parser = vt100::Parser::new(some(rows), some(cols), 0);
        let seen = Seen { parser, raw: Vec::new(), closed: false, exit: None };
        let shared: Shared = Arc::new((Mutex::new(seen), Condvar::new()));
        let (killer, pid) = (child.clone_killer(), child.process_id());

        let mut output = pair.master.try_clone_reader().expect("the terminal's output");
        let reader = Arc::clone(&shared);
        thread::spawn(move || {
            let mut bytes = [0; 8192];
            // Linux answers EIO, not an end of file, when the last program has closed the terminal.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                let mut seen = lock(&reader);
                seen.raw.extend_from_slice(&bytes[..count]);
                seen.parser.process(&bytes[..count]);
                reader.1.notify_all();
            }
            lock(&reader).closed = true;
            reader.1.notify_all();
        });
        let waiter = Arc::clone(&shared);
        thread::spawn(move || {
            let exit = child.wait().ok();
            lock(&waiter).exit = exit;
            waiter.1.notify_all();
        });
        let keyboard = pair.master.take_writer().expect("the terminal's input");
        Self { shared, master: pair.master, keyboard, killer, pid }
    }

    /// Types `jj/foo<enter>`: letters, and keys by name in angle brackets (`<lt>` is `<`). A terminal cannot tell a
    /// lone `<esc>` from the start of a longer key, so it must be the last of a string: wait for what it does.
    pub(crate) fn send(&mut self, keys: &str) {
        let bytes = encode(keys);
        self.keyboard.write_all(&bytes).expect("the program reads its keyboard");
        self.keyboard.flush().expect("the program reads its keyboard");
    }

    /// Pastes as a terminal does that was asked for bracketed paste.
    pub(crate) fn paste(&mut self, words: &str) {
        let bytes = format!("\x1b[200~{words}\x1b[201~");
        self.keyboard.write_all(bytes.as_bytes()).expect("the program reads its keyboard");
        self.keyboard.flush().expect("the program reads its keyboard");
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str) {
        self.wait_until(&format!("`{words}` on the screen"), |screen| screen.contents().contains(words));
    }

    #[track_caller]
    pub(crate) fn wait_gone(&self, words: &str) {
        self.wait_until(&format!("no `{words}` on the screen"), |screen| !screen.contents().contains(words));
    }

    /// `what` is waited for, in words, for the failure.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut holds: impl FnMut(&vt100::Screen) -> bool) {
        self.wait_to_get(what, |seen| holds(seen.parser.screen()).then_some(()));
    }

    /// Until the text has been received at all, also when the screen has moved on since.
    #[track_caller]
    pub(crate) fn wait_raw(&self, words: &str) {
        let found = |seen: &Seen| contains(&seen.raw, words.as_bytes()).then_some(());
        self.wait_to_get(&format!("{words:?} to be written"), found);
    }

    #[track_caller]
    fn wait_to_get<T>(&self, what: &str, get: impl FnMut(&Seen) -> Option<T>) -> T {
        match self.wait(get, true) {
            Ok(answer) => answer,
            Err(seen) => panic!("waited in vain for {what}; the screen:\n{}", dump(&seen)),
        }
    }

    /// Ends when `get` answers, when patience does, or (if asked) when nothing more can come.
    fn wait<T>(
        &self,
        mut get: impl FnMut(&Seen) -> Option<T>,
        until_closed: bool,
    ) -> Result<T, MutexGuard<'_, Seen>> {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = lock(&self.shared);
        loop {
            if let Some(answer) = get(&seen) {
                return Ok(answer);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || (until_closed && seen.closed) {
                return Err(seen);
            }
            let waited = self.shared.1.wait_timeout(seen, left);
            seen = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }

    /// The screen as text, without the blanks at line ends.
    pub(crate) fn screen(&self) -> String {
        self.look(text)
    }

    /// What is on the screen now, put in other words.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&vt100::Screen) -> T) -> T {
        at(lock(&self.shared).parser.screen())
    }

    /// The first frame that `holds` and was received whole: the program ends each with a mark.
    #[track_caller]
    pub(crate) fn frame(&self, what: &str, mut holds: impl FnMut(&vt100::Screen) -> bool) -> vt100::Screen {
        self.wait_to_get(what, |seen| {
            let screen = seen.parser.screen();
            let whole = seen.raw.ends_with(b"\x1b[?2026l") && holds(screen);
            whole.then(|| screen.clone())
        })
    }

    /// Every byte received so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        lock(&self.shared).raw.clone()
    }

    /// What a test asks of a terminal that was given back: the main screen, a cursor, no paste or mouse mode.
    pub(crate) fn is_restored(&self) -> bool {
        let seen = lock(&self.shared);
        let screen = seen.parser.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }

    /// The parser goes first: in the other order the program may draw for a size the parser does not have yet.
    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        lock(&self.shared).parser.set_size(some(rows), some(cols));
        self.master.resize(pty_size(cols, rows)).expect("a terminal can be resized");
    }

    /// Sends a signal by name (`TERM`, `HUP`, `WINCH`) to the program.
    pub(crate) fn kill(&self, signal: &str) {
        let pid = self.pid.expect("a program has a process id").to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &pid]).status().expect("kill(1)");
        assert!(sent.success(), "kill -{signal} {pid}");
    }

    /// Waits for the program to end and for the last of its output. A signal that ended it counts as 128 and more,
    /// like in a shell, without saying which: `exit_signal` does.
    #[track_caller]
    pub(crate) fn exit_code(&self) -> u32 {
        self.exit().exit_code()
    }

    #[track_caller]
    pub(crate) fn exit_signal(&self) -> Option<String> {
        self.exit().signal().map(str::to_owned)
    }

    #[track_caller]
    fn exit(&self) -> ExitStatus {
        match self.wait(|seen| seen.exit.clone().filter(|_| seen.closed), false) {
            Ok(exit) => exit,
            Err(seen) => panic!("waited in vain for the end; the screen:\n{}", dump(&seen)),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if lock(&self.shared).exit.is_none() {
            _ = self.killer.kill();
        }
    }
}

/// The screen without the blanks at line ends.
pub(crate) fn text(screen: &vt100::Screen) -> String {
    let (_, cols) = screen.size();
    let lines: Vec<String> = screen.rows(0, cols.get()).map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n").trim_end().to_owned()
}

fn dump(seen: &Seen) -> String {
    let end = if seen.closed { format!("\n(the program has ended: {:?})", seen.exit) } else { String::new() };
    format!("{}{end}", text(seen.parser.screen()))
}

pub(crate) fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len().max(1)).any(|window| window == words)
}

fn shell(script: &str) -> Session {
    Session::start(&["/bin/sh", "-c", script], &[("PS1", "")], 40, 6)
}

#[test]
fn what_is_typed_is_read_and_what_is_written_is_seen() {
    let mut session = shell("stty -echo; echo ready; read line; echo \"got $line\"; exit 7");
    session.wait_for("ready");
    session.send("AKIA<space>x<enter>");
    session.wait_for("got AKIA x");
    assert_eq!(session.exit_code(), 7);
    assert_eq!(session.screen(), "ready\ngot AKIA x");
    assert!(contains(&session.raw(), b"got AKIA x"));
}

#[test]
fn the_program_sees_the_size_and_its_change() {
    let mut session = shell("stty -echo; stty size; read go; stty size; read go");
    session.wait_for("6 40");
    session.resize(72, 20);
    session.send("<enter>");
    session.wait_for("20 72");
}

#[test]
fn colours_and_locale_are_what_a_modern_terminal_has() {
    let session = shell("echo \"$TERM $COLORTERM $LANG [$NO_COLOR]\"");
    session.wait_for("xterm-256color truecolor");
    assert_eq!(session.exit_code(), 0);
    assert!(session.screen().contains("C.UTF-8 []"), "{}", session.screen());
}

#[test]
fn what_was_seen_and_is_gone_can_be_waited_for() {
    let mut session = shell(
        "stty -echo; printf '\\033[?2004hsecret'; read go; printf '\\033[2J\\033[H'; read go; echo; echo \"$go\"",
    );
    session.wait_for("secret");
    session.send("<enter>");
    session.wait_gone("secret");
    session.wait_raw("secret");
    session.paste("AKIA");
    session.send("<enter>");
    session.wait_for("AKIA");
}

#[test]
fn a_signal_reaches_the_program() {
    let session = shell("trap 'echo stopping; exit 3' TERM; echo ready; while :; do read go || :; done");
    session.wait_for("ready");
    session.kill("TERM");
    assert_eq!(session.exit_code(), 3);
    assert!(session.screen().contains("stopping"));

    let session = shell("echo ready; read go");
    session.wait_for("ready");
    session.kill("KILL");
    assert!(session.exit_signal().is_some_and(|signal| signal.contains("Killed")));
}

#[test]
fn an_abandoned_alternate_screen_is_noticed() {
    let session = shell("printf '\\033[?1049h\\033[?25lhello'; read go");
    session.wait_for("hello");
    assert!(!session.is_restored());
    let session = shell("printf '\\033[?1049h\\033[?25lhello\\033[?1049l\\033[?25hbye'");
    session.wait_for("bye");
    assert!(session.is_restored());
}

#[test]
fn waiting_in_vain_shows_the_screen() {
    let session = shell("echo something else");
    let failure =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session.wait_for("something new")));
    let said = *failure.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("waited in vain for `something new`") && said.contains("something else"), "{said}");
}
