//! gitlab-runner's files: a name on the first line, then any text.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (name, text) = text.split_once('\n').unwrap_or(("config.toml", text));
    let read = keytrail::runner::read(name, text);
    // What was read is small: it never repeats the text.
    let _ = format!("{read:?}");
});
