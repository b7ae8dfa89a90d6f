//! A TOML text of gitlab-runner's: broken parts and templates are named, and the rest is read.

use toml::de::DeTable;

use super::{
    Problem, Read, What, entry, fargate, fields,
    table::{Notes, Table},
    template::Templates,
};

/// Syntax errors that are told one by one: after the first few they are each other's consequences.
const TOLD: usize = 3;

/// Reads a file.
pub(super) fn read(file_name: &str, text: &str) -> Read {
    within(file_name, text, 0)
}

/// Reads a text that stands in a file below this many lines.
pub(super) fn within(file_name: &str, text: &str, above: u32) -> Read {
    let templates = Templates::of(text);
    let (_, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() || templates.is_empty() {
        return parsed(file_name, text, text, above, &templates);
    }
    parsed(file_name, text, &templates.blanked(), above, &templates)
}

/// `plain` is the text with its templates blanked.
fn parsed(file_name: &str, text: &str, plain: &str, above: u32, templates: &Templates<'_>) -> Read {
    let (document, errors) = DeTable::parse_recoverable(plain);
    let notes = Notes::new(plain, above);
    let root = Table::new(&notes, "", document.get_ref());
    let what = if root.inner("Fargate").is_some() {
        What::Fargate(fargate::read(root))
    } else if root.names().any(fields::is_sign) || (!errors.is_empty() && text.contains("[runners")) {
        let entries = root.tables("runners", "runners").into_iter().enumerate();
        What::Runners(
            entries.map(|(index, (line, table))| entry::read(file_name, index, line, table)).collect(),
        )
    } else {
        What::Other
    };
    if !templates.is_empty() {
        let lines: Vec<String> = templates.starts().map(|at| notes.line(at).to_string()).collect();
        let says = format!("a template decides {}", named(&lines));
        notes.add(Problem { line: Some(notes.line(templates.first())), column: None, says, lost: false });
    }
    for error in errors.iter().take(TOLD) {
        notes.wrong(&error.span().unwrap_or_default(), format!("not TOML: {}", error.message()), true);
    }
    if let Some(more) = errors.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let says = format!("{more} more places that are not TOML");
        notes.add(Problem { line: None, column: None, says, lost: true });
    }
    Read { what, problems: notes.into_problems() }
}

/// `this line`, `lines 3, 7, 9`, and not more than a person reads.
fn named(lines: &[String]) -> String {
    const MOST: usize = 8;
    match lines {
        [_] => "this line".to_owned(),
        lines if lines.len() <= MOST => format!("lines {}", lines.join(", ")),
        lines => format!("lines {} and {} more", lines[..MOST].join(", "), lines.len() - MOST),
    }
}
