//! Policy documents: any text is read or refused, and what is read can be asked everything.

#![no_main]

use keytrail::policy::{Document, trusted};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(document) = Document::parse(text) {
        let _ = trusted(&document);
    }
});
