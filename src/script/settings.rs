//! Variables that a script sets itself: `export AWS_ROLE_ARN=...`, an access key written into the script. Only what shows something of AWS.

use super::{
    prints::is_credential,
    shell::{self, Command, assignment},
    sight::{look, shown},
};
use crate::model::{ci::Setting, gitlab::Sighting};

/// What a script's assignments, `aws configure set` and here-documents show. An assignment that shows nothing is left out.
pub fn settings<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<Setting> {
    let mut found: Vec<Setting> = Vec::new();
    for command in shell::commands(items) {
        for (name, value) in assigned(&command) {
            let sighting = Sighting { shown: shown(&name, value), ..look(value) };
            let tells = sighting != Sighting::default();
            if tells && !found.iter().any(|one| one.name == name && one.sighting == sighting) {
                found.push(Setting { name, sighting });
            }
        }
    }
    found
}

fn assigned(command: &Command) -> Vec<(String, &str)> {
    let mut found: Vec<(String, &str)> =
        command.assignments().map(|(name, value)| (name.to_owned(), value)).collect();
    if let [aws, configure, set, key, value, ..] = command.call()
        && [aws, configure, set] == ["aws", "configure", "set"]
        && is_credential(key)
    {
        found.push((key.clone(), value));
    }
    let lines = command.documents.iter().flat_map(|document| document.lines());
    let pairs = lines.filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        let word = format!("{}=", name.trim());
        assignment(&word).is_some().then(|| (name.trim().to_owned(), value.trim()))
    });
    found.extend(pairs);
    found
}
