//! A TOML text of gitlab-runner's: broken lines and templates are named, and the rest is read.

use toml::de::DeTable;

use super::{
    Problem, Read, What, entry, fargate, fields,
    mend::{Fault, mend},
    table::{Notes, Table},
    template::Templates,
};

/// Broken lines that are told one by one.
const TOLD: usize = 3;

/// Reads a file.
pub(super) fn read(file_name: &str, text: &str) -> Read {
    within(file_name, text, 0)
}

/// Reads a text that stands in a file below this many lines.
pub(super) fn within(file_name: &str, text: &str, above: u32) -> Read {
    let templates = Templates::of(text);
    let mut mended = mend(text);
    if !mended.faults.is_empty() && !templates.is_empty() {
        mended = mend(&templates.blanked());
    }
    let (document, _) = DeTable::parse_recoverable(&mended.text);
    let notes = Notes::new(&mended.text, above);
    let root = Table::new(&notes, "", document.get_ref());
    let what = if root.inner("Fargate").is_some() {
        What::Fargate(fargate::read(root))
    } else if root.names().any(fields::is_sign) {
        let entries = root.tables("runners", "runners").into_iter().enumerate();
        What::Runners(
            entries.map(|(index, (line, table))| entry::read(file_name, index, line, table)).collect(),
        )
    } else if text.contains("[runners") {
        What::Runners(Vec::new())
    } else {
        What::Other
    };
    if !templates.is_empty() {
        let lines: Vec<String> = templates.starts().map(|at| notes.line(at).to_string()).collect();
        let says = format!("a template decides {}", named(&lines));
        notes.add(Problem { line: Some(notes.line(templates.first())), column: None, says, lost: false });
    }
    tell(&notes, &mended.faults);
    Read { what, problems: notes.into_problems() }
}

fn tell(notes: &Notes<'_>, faults: &[Fault]) {
    for fault in faults.iter().take(TOLD) {
        notes.wrong(&fault.span, format!("not TOML: {}", fault.says), true);
    }
    if let Some(more) = faults.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let says = format!("{more} more lines are not TOML");
        notes.add(Problem { line: None, column: None, says, lost: true });
    }
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
