//! Log files of CloudTrail, packed or not: the fast scan and the parser find the same, and fold to the same.

#![no_main]

use std::sync::Arc;

use keytrail::trail::{Fold, Folded, Place, inflate::Inflater, letters::letters, seen::Seen};

type Read = fn(&mut Fold, &str, &Arc<str>, Place<'_>, &Seen);

/// Where a broken record breaks is told in different words by the two, and means the same.
fn folded(text: &str, read: Read) -> Folded {
    let mut fold = Fold::default();
    read(&mut fold, text, &"file".into(), Place::default(), &Seen::default());
    let mut folded = fold.finish(&"trail".into());
    for refusal in &mut folded.refused {
        if refusal.why.starts_with("not a CloudTrail record") || refusal.why.starts_with("the text ends") {
            refusal.why = "broken".into();
        }
    }
    folded
}

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    let mut inflater = Inflater::default();
    let (content, _) = inflater.open(file);
    let (text, _) = letters(content);
    assert_eq!(folded(&text, Fold::read), folded(&text, Fold::read_plainly));
});
