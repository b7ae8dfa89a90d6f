//! One CI configuration out of many files, in GitLab's order: includes first, then `extends`, then `!reference`, then the stages
//! before and behind all others. Remote files, templates and components are not fetched.
//!
//! Source: lib/gitlab/ci/config.rb.

use serde_json::{Value, json};

use super::{
    project_body::project_url,
    yaml::{self, Fields, Node},
};
use crate::demo::world::{GitLab, Project};

/// Includes a configuration may have in all.
const MOST_INCLUDES: usize = 150;
/// `extends` and `!reference` may lead on so often.
const DEEPEST: usize = 10;

/// The configuration as one document, and the files it came from as lint tells them.
pub(super) struct Merged {
    pub fields: Fields,
    pub includes: Vec<Value>,
}

/// Merges a text of a project with everything it includes. An error is one sentence, as GitLab says it.
pub(super) fn merge(gitlab: &GitLab, project: &Project, text: &str) -> Result<Merged, String> {
    let mut assembly = Assembly { gitlab, includes: Vec::new() };
    let included = assembly.file(project, text)?;
    let names: Vec<&String> = included.keys().collect();
    let mut extended = Fields::new();
    for name in names {
        extended.insert(name.clone(), extend(name, &included, 0)?);
    }
    let resolve = |(name, node): (&String, &Node)| Ok((name.clone(), resolved(node, &extended, 0)?));
    let mut fields: Fields = extended.iter().map(resolve).collect::<Result<_, String>>()?;
    if let Some(Node::List(stages)) = fields.get_mut("stages") {
        stages.insert(0, Node::Text(".pre".into()));
        stages.push(Node::Text(".post".into()));
    }
    Ok(Merged { fields, includes: assembly.includes })
}

struct Assembly<'w> {
    gitlab: &'w GitLab,
    includes: Vec<Value>,
}

/// One file that an `include:` names.
struct Found<'w> {
    kind: &'static str,
    project: &'w Project,
    path: String,
    text: &'w str,
}

impl<'w> Assembly<'w> {
    /// A file's own words over those of the files it includes.
    fn file(&mut self, project: &'w Project, text: &str) -> Result<Fields, String> {
        let Node::Map(mut fields) = yaml::read(text)? else {
            return Err("Invalid configuration format".to_owned());
        };
        let include = fields.shift_remove("include");
        let mut merged = Fields::new();
        for entry in include.iter().flat_map(Node::items) {
            for found in self.find(project, entry)? {
                if self.includes.len() == MOST_INCLUDES {
                    return Err(format!("Maximum of {MOST_INCLUDES} nested includes are allowed!"));
                }
                self.includes.push(self.told(&found));
                lay_over(&mut merged, self.file(found.project, found.text)?);
            }
        }
        lay_over(&mut merged, fields);
        Ok(merged)
    }

    fn find(&self, here: &'w Project, entry: &Node) -> Result<Vec<Found<'w>>, String> {
        let word = |name: &str| entry.get(name).and_then(Node::text);
        if let Some(path) = entry.text().or_else(|| word("local")) {
            let found = in_project(here, "local", path);
            return Ok(vec![found.ok_or_else(|| format!("Local file `{path}` does not exist!"))?]);
        }
        if let Some(name) = word("project") {
            let project = self.gitlab.projects.values().find(|project| project.full_path == name);
            let project = project.ok_or_else(|| {
                format!("Project `{name}` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined.")
            })?;
            if let Some(git_ref) = word("ref").filter(|name| !project.has_ref(name)) {
                return Err(format!("Project `{name}` reference `{git_ref}` does not exist!"));
            }
            let files = entry.get("file").map(Node::items).unwrap_or_default().iter().filter_map(Node::text);
            let find = |path: &str| {
                let found = in_project(project, "file", path);
                found.ok_or_else(|| format!("Project `{name}` file `{path}` does not exist!"))
            };
            return files.map(find).collect();
        }
        let other = ["remote", "template", "component"].into_iter().find_map(word).unwrap_or("?");
        Err(format!("Included file `{other}` could not be fetched!"))
    }

    fn told(&self, found: &Found<'_>) -> Value {
        let url = project_url(self.gitlab, found.project);
        let sha = found.project.head();
        json!({
            "type": found.kind,
            "location": found.path,
            "blob": format!("{url}/-/blob/{sha}/{}", found.path),
            "raw": format!("{url}/-/raw/{sha}/{}", found.path),
            "extra": if found.kind == "file" { json!({ "project": found.project.full_path }) } else { json!({}) },
            "context_project": found.project.full_path,
            "context_sha": sha,
        })
    }
}

fn in_project<'w>(project: &'w Project, kind: &'static str, path: &str) -> Option<Found<'w>> {
    let path = path.trim_start_matches('/');
    let text = project.files.get(path)?;
    Some(Found { kind, project, path: path.to_owned(), text })
}

/// Maps grow together, everything else is replaced.
fn lay_over(under: &mut Fields, over: Fields) {
    for (key, node) in over {
        match (under.get_mut(&key), node) {
            (Some(Node::Map(there)), Node::Map(more)) => lay_over(there, more),
            (Some(there), node) => *there = node,
            (None, node) => drop(under.insert(key, node)),
        }
    }
}

/// A job laid over those it extends. The word `extends` stays where it is, as in GitLab's merged file.
fn extend(name: &str, all: &Fields, depth: usize) -> Result<Node, String> {
    let Some(node) = all.get(name) else { return Ok(Node::Map(Fields::new())) };
    let (Some(own), Some(parents)) = (node.map(), node.get("extends")) else { return Ok(node.clone()) };
    if depth > DEEPEST {
        return Err(format!("{name}: nesting too deep in `extends`"));
    }
    let mut merged = Fields::new();
    for parent in parents.items().iter().filter_map(Node::text) {
        if !all.contains_key(parent) {
            return Err(format!("{name}: unknown keys in `extends` ({parent})"));
        }
        if let Node::Map(fields) = extend(parent, all, depth + 1)? {
            lay_over(&mut merged, fields);
        }
    }
    lay_over(&mut merged, own.clone());
    Ok(Node::Map(merged))
}

/// With every `!reference` replaced by what it names. A list in a list stays one: scripts are flattened by those who run them.
fn resolved(node: &Node, all: &Fields, depth: usize) -> Result<Node, String> {
    Ok(match node {
        Node::Plain(_) | Node::Text(_) => node.clone(),
        Node::List(items) => {
            Node::List(items.iter().map(|item| resolved(item, all, depth)).collect::<Result<_, _>>()?)
        }
        Node::Map(fields) => {
            let resolve = |(key, node): (&String, &Node)| Ok((key.clone(), resolved(node, all, depth)?));
            Node::Map(fields.iter().map(resolve).collect::<Result<_, String>>()?)
        }
        Node::Reference(path) => {
            if depth > DEEPEST {
                return Err(format!("!reference {path:?} is part of a circular chain"));
            }
            let mut words = path.iter();
            let first = words.next().and_then(|word| all.get(word));
            let found = words.try_fold(first, |node, word| node.map(|node| node.get(word))).flatten();
            let found = found.ok_or_else(|| format!("!reference {path:?} could not be found"))?;
            resolved(found, all, depth + 1)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{company, project},
        *,
    };

    fn merged(files: &[(&str, &str)]) -> Result<String, String> {
        let mut gitlab = company();
        let mut shared = project(90, 7, "acme/templates");
        shared.files.insert(
            "aws.yml".into(),
            ".aws:\n  variables:\n    A: shared\n    B: shared\ninclude: more.yml\n".into(),
        );
        shared.files.insert("more.yml".into(), ".more:\n  script: [one, two]\n".into());
        gitlab.projects.insert(90, shared);
        let mut own = project(91, 7, "acme/app");
        own.files.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).into())));
        let text = files[0].1;
        merge(&gitlab, &own, text).map(|merged| yaml::write(&Node::Map(merged.fields)))
    }

    #[test]
    fn includes_extends_and_references_become_one_file() {
        let first = "include:\n- project: acme/templates\n  ref: main\n  file: [/aws.yml]\n- local: ci/own.yml\nstages: [deploy]\n\
                     deploy:\n  extends: [.aws, .own]\n  variables: {B: job}\n  script:\n  - !reference [.more, script]\n  - three\n";
        let own = ".own:\n  variables:\n    A: own\n  tags: [x]\n";
        let text = merged(&[(".gitlab-ci.yml", first), ("ci/own.yml", own)]).unwrap();
        assert_eq!(
            text,
            "---\n\".more\":\n  script:\n  - one\n  - two\n\".aws\":\n  variables:\n    A: shared\n    B: shared\n\".own\":\n  \
             variables:\n    A: own\n  tags:\n  - x\nstages:\n- \".pre\"\n- deploy\n- \".post\"\ndeploy:\n  variables:\n    \
             A: own\n    B: job\n  tags:\n  - x\n  extends:\n  - \".aws\"\n  - \".own\"\n  script:\n  - - one\n    - two\n  - three\n"
        );
    }

    #[test]
    fn what_is_not_there_is_said() {
        let wrong = |text: &str| merged(&[(".gitlab-ci.yml", text)]).unwrap_err();
        assert_eq!(wrong("include: ci/no.yml\n"), "Local file `ci/no.yml` does not exist!");
        assert!(
            wrong("include: {project: acme/none, file: x.yml}\n")
                .starts_with("Project `acme/none` not found")
        );
        assert_eq!(wrong("a: {extends: .b}\n"), "a: unknown keys in `extends` (.b)");
        assert_eq!(
            wrong("a: {script: [!reference [.b, c]]}\n"),
            "!reference [\".b\", \"c\"] could not be found"
        );
        assert!(wrong("a: {extends: b}\nb: {extends: a}\n").contains("nesting too deep"));
        assert!(wrong("a: {s: !reference [a, s]}\n").contains("circular"));
        assert!(wrong("include: .gitlab-ci.yml\n").contains("Maximum of 150"));
        assert!(wrong("include: {remote: https://x.example/y.yml}\n").contains("could not be fetched"));
    }
}
