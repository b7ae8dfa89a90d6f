//! Policies that other people wrote, read where they are present: everything is read, or refused for a reason that holds.

use std::path::Path;

use super::{document::Document, who::trusted};

/// How many of a file were read, and why the others were not.
fn read(name: &str) -> Option<(Vec<Document>, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/trust").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not here", path.display());
        return None;
    };
    let (mut documents, mut refused) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        match Document::parse(&entry["policy"].to_string()) {
            Ok(document) => documents.push(document),
            Err(error) => refused.push(format!("{error} ({})", entry["source"])),
        }
    }
    println!("{name}: {} read, {} refused\n{}", documents.len(), refused.len(), refused.join("\n"));
    Some((documents, refused))
}

#[test]
fn trust_policies_of_others_are_read() {
    let Some((documents, refused)) = read("policies.jsonl") else { return };
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(documents.len(), 416);
    let unnamed = documents.iter().filter(|document| trusted(document).is_empty()).count();
    println!("{unnamed} let nobody in");
}

#[test]
fn identity_policies_of_others_are_read() {
    let Some((documents, refused)) = read("identity-policies-sts.jsonl") else { return };
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(documents.len(), 80);
}
