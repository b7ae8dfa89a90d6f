//! CI configurations: any text, which may include itself.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let read = keytrail::ci::read(text, &|_| Some(text.to_owned()));
    let _ = (read.is_whole(), read.shows_aws());
});
