//! One job, with `default:` and global variables folded in: what it says about AWS.

use super::{
    secret::secrets,
    tree::{Kind, Map, Node, Tree},
};
use crate::{
    model::{
        ci::{CiJob, Clue, IdToken, Setting},
        gitlab::Sighting,
    },
    script::{self, look, shown, written},
};

/// Sections of scripts that a job may take from `default:`, and from the top level as GitLab once had it.
const SHARED: [&str; 2] = ["before_script", "after_script"];
const MOST_LIMITS: usize = 20;
const MOST_SETTINGS: usize = 300;

/// Words of the top level that are no jobs.
const GLOBAL: [&str; 13] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "types",
    "spec",
    "pages:deploy",
];

/// Is this the name of a job that can run?
pub(super) fn is_job(name: &str) -> bool {
    !name.starts_with('.') && !GLOBAL.contains(&name)
}

/// A job in its configuration.
pub(super) struct Reader<'a> {
    root: &'a Map,
    job: &'a Node,
    /// Its scripts, section by section.
    scripts: Vec<(&'static str, Vec<&'a str>)>,
}

impl<'a> Reader<'a> {
    /// `searched`: whether its scripts are looked at.
    pub(super) fn new(root: &'a Map, job: &'a Node, searched: bool) -> Self {
        let mut reader = Self { root, job, scripts: Vec::new() };
        if searched {
            reader.scripts = reader.sections();
        }
        reader
    }

    pub(super) fn script_bytes(&self) -> usize {
        self.scripts.iter().flat_map(|(_, lines)| lines).map(|line| line.len()).sum()
    }

    /// What keeps GitLab from running it, if anything does.
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.job.map().is_none() {
            return Some("is not a map");
        }
        let runs = ["script", "run", "trigger"].iter().any(|word| self.job.get(word).is_some());
        (!runs).then_some("has neither `script`, `run` nor `trigger`")
    }

    pub(super) fn read(&self, name: &str) -> CiJob {
        let text = |field: &str| self.job.get(field).and_then(|field| field.text()).map(written);
        let environment = self.job.get("environment");
        let environment = environment.and_then(|field| field.text().or_else(|| field.get("name")?.text()));
        CiJob {
            name: written(name),
            stage: text("stage"),
            tags: self
                .field("tags")
                .map(|tags| tags.texts().into_iter().map(written).collect())
                .unwrap_or_default(),
            environment: environment.map(written),
            id_tokens: self.field("id_tokens").map(|tokens| id_tokens(tokens)).unwrap_or_default(),
            secrets: self.field("secrets").map(|map| secrets(map)).unwrap_or_default(),
            variables: self.settings(),
            clues: self.clues(),
            limits: self.limits(),
        }
    }

    /// A field of the job, or else of `default:` where the job takes it from there.
    fn field(&self, name: &str) -> Option<&'a Tree> {
        // A job that says `null` wants none.
        if self.job.map().is_some_and(|fields| fields.contains_key(name)) {
            return self.job.get(name);
        }
        if !self.inherits("default", name) {
            return None;
        }
        let default = self.root.get("default").and_then(|default| default.get(name));
        default.or_else(|| self.root.get(name).filter(|_| SHARED.contains(&name)))
    }

    /// `inherit: { default: false }`, `inherit: { variables: [NAME] }`.
    fn inherits(&self, what: &str, name: &str) -> bool {
        let rule = self.job.get("inherit").and_then(|inherit| inherit.get(what));
        match rule.map(|rule| &rule.kind) {
            Some(Kind::Text(text)) => &**text != "false",
            Some(Kind::List(items)) => items.iter().any(|item| item.text() == Some(name)),
            _ => true,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        let mut found: Vec<Setting> = Vec::new();
        let own = self.job.get("variables").and_then(|variables| variables.map());
        let global = self.root.get("variables").and_then(|variables| variables.map());
        for (name, value) in own.into_iter().flatten() {
            found.extend(setting(name, value));
        }
        for (name, value) in global.into_iter().flatten() {
            let hidden = own.is_some_and(|own| own.contains_key(name)) || !self.inherits("variables", name);
            found.extend(setting(name, value).filter(|_| !hidden));
        }
        let mut more: Vec<Setting> = self.alternatives();
        for (_, lines) in &self.scripts {
            more.extend(script::settings(lines.iter().copied()));
        }
        for setting in more {
            if !found.contains(&setting) {
                found.push(setting);
            }
        }
        found.truncate(MOST_SETTINGS);
        found
    }

    /// Values that `rules:` and `parallel: matrix:` may give, where they show something.
    fn alternatives(&self) -> Vec<Setting> {
        let rules = self.job.get("rules").map(|rules| listed(rules)).unwrap_or_default();
        let rules = rules.into_iter().filter_map(|rule| rule.get("variables"));
        let matrix = self.job.get("parallel").and_then(|parallel| parallel.get("matrix"));
        let maps = rules.map(|map| &**map).chain(matrix.map(|matrix| listed(matrix)).unwrap_or_default());
        let pairs = maps.filter_map(Node::map).flatten();
        let settings = pairs.flat_map(|(name, values)| {
            values.texts().into_iter().map(|value| sighted(name, value)).collect::<Vec<_>>()
        });
        settings.filter(|setting| setting.sighting != Sighting::default()).take(MOST_SETTINGS).collect()
    }

    fn sections(&self) -> Vec<(&'static str, Vec<&'a str>)> {
        let lines = |section| self.field(section).map(|lines| lines.texts()).unwrap_or_default();
        let hook = self.field("hooks").and_then(|hooks| hooks.get("pre_get_sources_script"));
        let steps = self.job.get("run").map(|steps| listed(steps)).unwrap_or_default();
        let steps = steps.into_iter().filter_map(|step| step.get("script")).flat_map(|step| step.texts());
        vec![
            ("pre_get_sources_script", hook.map(|hook| hook.texts()).unwrap_or_default()),
            ("before_script", lines("before_script")),
            ("script", lines("script")),
            ("run", steps.collect()),
            ("after_script", lines("after_script")),
        ]
    }

    fn clues(&self) -> Vec<Clue> {
        let scripts = self.scripts.iter();
        let mut found: Vec<Clue> = Vec::new();
        for clue in scripts.flat_map(|(section, lines)| script::clues(section, lines.iter().copied())) {
            if !found.iter().any(|known| known.kind == clue.kind) {
                found.push(clue);
            }
        }
        found
    }

    fn limits(&self) -> Vec<String> {
        let mut found = Vec::new();
        for rule in self.job.get("rules").map(|rules| listed(rules)).unwrap_or_default() {
            let part = |word: &str| Some(format!("{word}: {}", rule.get(word)?.text()?));
            let parts: Vec<String> = ["if", "when"].into_iter().filter_map(part).collect();
            if !parts.is_empty() {
                found.push(written(&parts.join(", ")));
            }
        }
        for word in ["only", "except"] {
            let Some(field) = self.job.get(word) else { continue };
            let refs = field.get("refs").map_or(&**field, |refs| refs).texts().join(", ");
            let rest = field.get("variables").map(|expressions| expressions.texts().join(", "));
            let parts: Vec<String> = [refs].into_iter().chain(rest).filter(|part| !part.is_empty()).collect();
            found.push(written(&format!("{word}: {}", parts.join("; "))));
        }
        found.truncate(MOST_LIMITS);
        found
    }
}

/// The items of a list, those of lists in it too; of anything else none.
fn listed(node: &Node) -> Vec<&Node> {
    let (mut found, mut left, mut seen) = (Vec::new(), vec![node], 0);
    while let Some(node) = left.pop() {
        seen += 1;
        match &node.kind {
            Kind::List(items) if seen < 2_000 => left.extend(items.iter().rev().map(|item| &**item)),
            Kind::Map(_) => found.push(node),
            _ => {}
        }
    }
    found
}

/// `NAME: value`, or `NAME: { value: ..., description: ... }`; of those only what may matter for credentials.
fn setting(name: &str, value: &Node) -> Option<Setting> {
    let value = value.text().or_else(|| value.get("value")?.text()).unwrap_or_default();
    let setting = sighted(name, value);
    (setting.sighting != Sighting::default() || matters(name)).then_some(setting)
}

fn sighted(name: &str, value: &str) -> Setting {
    Setting { name: written(name), sighting: Sighting { shown: shown(name, value), ..look(value) } }
}

/// Does the name alone say something of AWS, Vault or Kubernetes?
fn matters(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["AWS", "IAM", "VAULT", "KUBERNETES", "ROLE", "ACCESS_KEY", "SECRET"]
        .iter()
        .any(|part| name.contains(part))
}

fn id_tokens(tokens: &Node) -> Vec<IdToken> {
    let tokens = tokens.map().into_iter().flatten();
    let read = |(name, token): (&std::sync::Arc<str>, &Tree)| {
        let audiences = token.get("aud").map(|aud| aud.texts().into_iter().map(written).collect());
        IdToken { name: written(name), audiences: audiences.unwrap_or_default() }
    };
    tokens.map(read).collect()
}
