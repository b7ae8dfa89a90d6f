//! The terminal guard on a real terminal: this very test binary plays the program and is watched from outside.

use std::io::Read;

use keytrail::ui::{
    display::Display,
    terminal::{Terminal, is_ours},
};
use ratatui::style::Style;

use super::pty::{Session, contains};

/// Which of the endings below the program plays; nothing happens without it.
const ENDING: &str = "KEYTRAIL_TEST_ENDING";

/// Not a test: the program that the others start.
#[test]
fn played_program() {
    let Ok(ending) = std::env::var(ENDING) else { return };
    let terminal = Terminal::enter("keytrail test", true).unwrap();
    let mut display = Display::new(std::io::stdout());
    let size = terminal.size().unwrap();
    let draw = |display: &mut Display<_>, words: &str| {
        display.draw(size, |_, buffer| buffer.set_string(0, 0, words, Style::new())).unwrap();
    };
    draw(&mut display, "dashboard is up");
    let mut key = [0];
    std::io::stdin().read_exact(&mut key).unwrap();
    match ending.as_str() {
        "panic" => panic!("something broke badly"),
        "thread" => {
            assert!(is_ours());
            std::thread::spawn(|| panic!("a collector broke")).join().unwrap_err();
            assert!(!is_ours());
        }
        "suspend" => {
            terminal.suspend().unwrap();
            display.redraw();
            draw(&mut display, "dashboard is back");
            std::io::stdin().read_exact(&mut key).unwrap();
        }
        _ => {}
    }
}

fn play(ending: &str) -> Session {
    let program = std::env::current_exe().unwrap();
    let args = [program.to_str().unwrap(), "--exact", "terminal::played_program", "--nocapture"];
    let session = Session::start(&args, &[(ENDING, ending)], 60, 12);
    session.wait_for("dashboard is up");
    assert!(!session.is_restored());
    session
}

#[test]
fn quitting_gives_the_terminal_back() {
    let mut session = play("quit");
    session.send("q");
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());
    assert!(!session.screen().contains("dashboard"), "{}", session.screen());
    assert!(contains(&session.raw(), b"\x1b[?1049l") && contains(&session.raw(), b"\x1b[?25h"));
}

#[test]
fn a_panic_speaks_on_the_main_screen() {
    let mut session = play("panic");
    session.send("q");
    assert_ne!(session.exit_code(), 0);
    assert!(session.is_restored());
    let raw = String::from_utf8(session.raw()).unwrap();
    let (_, after) = raw.split_once("\x1b[?1049l").unwrap();
    // A line feed alone would mean that the terminal is still in raw mode and every line starts where the last ended.
    assert!(after.contains("something broke badly\r\n"), "the message was lost with the screen: {raw:?}");
    assert!(!session.screen().contains("dashboard"), "{}", session.screen());
}

#[test]
fn a_panic_on_another_thread_is_noticed() {
    let mut session = play("thread");
    session.send("q");
    assert_eq!(session.exit_code(), 0);
    assert!(session.is_restored());
    assert!(contains(&session.raw(), b"a collector broke\r\n"));
}

#[test]
fn without_a_terminal_nothing_is_written_to_the_output() {
    let program = std::env::current_exe().unwrap();
    let run = format!("'{}' --exact terminal::played_program --nocapture", program.display());
    let session = Session::start(&["/bin/sh", "-c", &format!("{run} | cat")], &[(ENDING, "quit")], 80, 24);
    assert_eq!(session.exit_code(), 0);
    assert!(contains(&session.raw(), b"standard output is not a terminal"));
    assert!(!contains(&session.raw(), b"\x1b[?1049h"));
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_back() {
    let program = std::env::current_exe().unwrap();
    let run = format!("'{}' --exact terminal::played_program --nocapture", program.display());
    let script = format!("set -m; {run}; echo \"the shell is here\"; read go; fg >/dev/null; echo over");
    let mut session = Session::start(&["/bin/sh", "-c", &script], &[(ENDING, "suspend")], 60, 12);
    session.wait_for("dashboard is up");
    session.send("z");
    session.wait_for("the shell is here");
    assert!(session.is_restored());
    session.send("<enter>");
    session.wait_for("dashboard is back");
    assert!(!session.is_restored());
    session.send("q");
    session.wait_for("over");
    assert!(session.is_restored());
}
