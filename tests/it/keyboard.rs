//! What a terminal sends for the keys a person presses.

use keytrail::app::key::{Code, Key};

/// `jj/foo<enter>` as bytes: see [`crate::pty::Session::send`].
pub(crate) fn encode(keys: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = keys;
    while let Some(letter) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|after| after.split_once('>'));
        match named {
            Some(("lt", after)) => {
                bytes.push(b'<');
                rest = after;
            }
            Some((name, after)) => {
                let key: Key = name.parse().unwrap_or_else(|error| panic!("<{name}>: {error}"));
                assert!(key.code != Code::Esc || after.is_empty(), "<esc> must come last, then wait: {keys}");
                bytes.extend(key_bytes(key));
                rest = after;
            }
            None => {
                bytes.extend(letter.to_string().bytes());
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    bytes
}

/// What xterm sends for a key.
fn key_bytes(key: Key) -> Vec<u8> {
    let plain = match key.code {
        Code::Char(letter) if key.ctrl => {
            let code = u8::try_from(letter.to_ascii_uppercase()).expect("control keys are ASCII");
            ((code & 0x1f) as char).to_string()
        }
        Code::Char(letter) => letter.to_string(),
        Code::Enter => "\r".into(),
        Code::Esc => "\x1b".into(),
        Code::Tab => "\t".into(),
        Code::BackTab => "\x1b[Z".into(),
        Code::Backspace => "\x7f".into(),
        Code::Delete => "\x1b[3~".into(),
        Code::Up => "\x1b[A".into(),
        Code::Down => "\x1b[B".into(),
        Code::Right => "\x1b[C".into(),
        Code::Left => "\x1b[D".into(),
        Code::Home => "\x1b[H".into(),
        Code::End => "\x1b[F".into(),
        Code::PageUp => "\x1b[5~".into(),
        Code::PageDown => "\x1b[6~".into(),
        Code::F(number @ 1..=4) => format!("\x1bO{}", char::from(b'O' + number)),
        Code::F(number) => {
            let numbers = [15, 17, 18, 19, 20, 21, 23, 24];
            format!("\x1b[{}~", numbers[usize::from(number - 5)])
        }
    };
    let escape = if key.alt { "\x1b" } else { "" };
    format!("{escape}{plain}").into_bytes()
}

#[test]
fn keys_become_bytes() {
    assert_eq!(encode("jj/foo<enter>"), b"jj/foo\r");
    assert_eq!(encode("<ctrl-d><space><lt>x<tab>"), b"\x04 <x\t");
    assert_eq!(encode("<up><f1><f5><alt-x><esc>"), b"\x1b[A\x1bOP\x1b[15~\x1bx\x1b");
    assert!(std::panic::catch_unwind(|| encode("<esc>j")).is_err());
}
