//! What the documents say is true: tables that come from the program are the program's, and what is named exists. With
//! `UPDATE=1` the tables in README.md are written anew.

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use keytrail::{
    act::ACTIONS,
    app::command::{CommandRow, Place, table},
    rules::RULES,
    way::{Life, WAYS},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The marks around a generated part, and what belongs between them.
fn generated() -> [(&'static str, String); 4] {
    [("actions", actions()), ("ways", ways()), ("keys", keys()), ("rules", rules())]
}

/// One table in the order of the help, with a line for each group.
fn keys() -> String {
    let mut text = "| Keys | Name | What it does |\n|---|---|---|\n".to_owned();
    let mut group = "";
    for row in table() {
        if row.group != group {
            group = row.group;
            _ = writeln!(text, "| **{group}** | | |");
        }
        let keys: Vec<String> = row.keys.iter().map(|key| format!("`{key}`")).collect();
        _ = writeln!(text, "| {} | {} | {}{} |", keys.join(" "), row.name, cell(row.help), place(row));
    }
    text
}

/// Where a command means something, when that is one side only: its key may mean something else on the other.
fn place(row: &CommandRow) -> &'static str {
    match row.places {
        [Place::List] => " (in a list)",
        [Place::Detail] => " (in a detail)",
        _ => "",
    }
}

fn rules() -> String {
    let mut text = "| Rule | What it finds |\n|---|---|\n".to_owned();
    for rule in RULES {
        _ = writeln!(text, "| `{}` | {} |", rule.name, cell(rule.about));
    }
    text
}

fn actions() -> String {
    let mut text = "| Action | What it does |\n|---|---|\n".to_owned();
    for action in ACTIONS {
        _ = writeln!(text, "| `{}` | {} |", action.name, cell(action.about));
    }
    text
}

fn ways() -> String {
    let mut text =
        "| Way | What a job uses | Its credentials live | What would be better |\n|---|---|---|---|\n"
            .to_owned();
    for way in WAYS {
        let life = match way.life {
            Life::Long => "until somebody turns them off",
            Life::Short => "for hours",
        };
        _ = writeln!(text, "| `{}` | {} | {life} | {} |", way.name, cell(way.title), cell(way.better));
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// `text` with `part` between its marks; panics when the marks are not there.
fn with(text: &str, mark: &str, part: &str) -> String {
    let (open, close) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let (before, rest) = text.split_once(&open).unwrap_or_else(|| panic!("README.md has no `{open}`"));
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("README.md has no `{close}`"));
    format!("{before}{open}{part}{close}{after}")
}

#[test]
fn the_generated_parts_of_the_readme_are_the_programs() {
    let said = read("README.md");
    let mut wanted = said.clone();
    for (mark, part) in generated() {
        wanted = with(&wanted, mark, &part);
    }
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        if wanted != said {
            fs::write(root().join("README.md"), wanted).expect("README.md can be written");
        }
        return;
    }
    let differs = said.lines().zip(wanted.lines()).find(|(said, wanted)| said != wanted);
    assert!(
        said == wanted,
        "README.md is behind the program: {differs:?}; UPDATE=1 cargo test --test it docs writes it anew"
    );
}

/// The subcommands that `--help` lists, but `help` itself.
fn subcommands() -> Vec<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_keytrail")).arg("--help").output().expect("the binary runs");
    let help = String::from_utf8(output.stdout).expect("help is text");
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = listed.filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_subcommand_is_told_of_in_the_readme() {
    let (readme, names) = (read("README.md"), subcommands());
    assert!(names.iter().any(|name| name == "demo"), "{names:?}");
    for name in names {
        let told = [format!("`keytrail {name}"), format!("keytrail {name}\n"), format!("-- {name}")];
        assert!(
            told.iter().any(|words| readme.contains(words)),
            "README.md says nothing of `keytrail {name}`"
        );
    }
}

/// Everything below a folder, but what a build or git keeps.
fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if name == "target" || name == ".git" {
            continue;
        }
        if path.is_dir() {
            below(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    below(root(), &mut files);
    files
}

/// What a document names in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Is this the name of a file or a folder of the project?
fn is_path(words: &str) -> bool {
    let plain = words.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-/".contains(letter));
    let ending = [".rs", ".toml", ".md"].iter().any(|ending| words.ends_with(ending));
    plain && (ending || words.contains('/'))
}

#[test]
fn the_files_that_contributing_names_exist() {
    let names: BTreeSet<String> =
        files().iter().filter_map(|file| Some(file.file_name()?.to_str()?.to_owned())).collect();
    let text = read("CONTRIBUTING.md");
    let named: Vec<&str> = quoted(&text).filter(|words| is_path(words)).collect();
    assert!(named.contains(&"src/app/command.rs"), "{named:?}");
    for name in named {
        let path = Path::new(name);
        let last = path.file_name().and_then(|last| last.to_str()).unwrap_or_default();
        let there = match path.parent() {
            // A file that the reader is about to write: its folder must be there.
            Some(folder) if last.starts_with("your") => root().join(folder).is_dir(),
            Some(folder) if folder.as_os_str().is_empty() => names.contains(last),
            _ => root().join(path).exists(),
        };
        assert!(there, "CONTRIBUTING.md names `{name}`, which does not exist");
    }
    for (_, rest) in text.match_indices("--test it ").map(|(at, found)| text.split_at(at + found.len())) {
        let module: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(root().join(format!("tests/it/{module}.rs")).exists(), "no tests `{module}`");
    }
}

/// Targets of links and images, without those of other places.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let sources = text.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let here = |target: &&str| !target.contains("://") && !target.starts_with("mailto:");
    targets.chain(sources).filter(here).collect()
}

/// The anchor GitLab and GitHub give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn every_relative_link_and_image_leads_somewhere() {
    let documents: Vec<PathBuf> =
        files().into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "md")).collect();
    let mut seen = 0;
    for document in &documents {
        let text = fs::read_to_string(document).expect("a document is text");
        for link in links(&text) {
            seen += 1;
            let (file, wanted) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => document.clone(),
                file => document.parent().expect("a file is in a folder").join(file),
            };
            assert!(target.exists(), "{} links to {link}, which does not exist", document.display());
            if !wanted.is_empty() {
                let text = fs::read_to_string(&target).expect("an anchor is in a text");
                let found = text.lines().any(|line| line.starts_with('#') && anchor(line) == wanted);
                assert!(found, "{} links to {link}, and there is no such heading", document.display());
            }
        }
    }
    assert!(documents.len() >= 4 && seen >= 10, "{seen} links in {documents:?}");
}

#[test]
fn a_part_is_put_between_its_marks_and_nowhere_else() {
    let text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";
    assert_eq!(with(text, "x", "new\n"), "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n");
    assert!(std::panic::catch_unwind(|| with("no marks", "x", "new\n")).is_err());
}

#[test]
fn links_and_names_are_told_from_other_words() {
    let text = "![a](b/c.svg) [d](https://e.example) [f](g.md#h-i \"t\") <img src=\"j.png\">";
    assert_eq!(links(text), ["b/c.svg", "g.md#h-i", "j.png"]);
    assert_eq!(anchor("## Add a `rule`, now"), "add-a-rule-now");
    assert!(
        is_path("reach.rs") && is_path("src/source/aws/") && !is_path("RULES") && !is_path("cargo test/x y")
    );
}
