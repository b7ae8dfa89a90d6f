//! The subjects that id tokens of a GitLab project can carry: from the components its settings name, for each kind of its refs, and which
//! of them patterns match. It does not judge; whether a subject opens a role is asked of the policy itself.
//!
//! Source: GitLab documentation, "ID token authentication" (`sub`) and "Projects API" (`ci_id_token_sub_claim_components`).

mod glob;
mod hunt;

pub use glob::Glob;
pub use hunt::{Example, Examples, Hunt, Standing};

/// What a subject is made of where the project's settings say nothing else.
pub const DEFAULT_COMPONENTS: [&str; 3] = ["project_path", "ref_type", "ref"];

/// What a ref is to the project. Merge request pipelines present the source branch, and so are branches here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefKind {
    ProtectedBranch,
    ProtectedTag,
    Branch,
    Tag,
    /// Protection was not read.
    UnknownBranch,
    UnknownTag,
}

impl RefKind {
    pub const fn is_protected(self) -> bool {
        matches!(self, Self::ProtectedBranch | Self::ProtectedTag)
    }

    pub const fn is_tag(self) -> bool {
        matches!(self, Self::ProtectedTag | Self::Tag | Self::UnknownTag)
    }

    /// `None` where it was not read.
    pub const fn protection(self) -> Option<bool> {
        match self {
            Self::ProtectedBranch | Self::ProtectedTag => Some(true),
            Self::Branch | Self::Tag => Some(false),
            Self::UnknownBranch | Self::UnknownTag => None,
        }
    }
}

/// A project as its id tokens present it.
#[derive(Clone, Copy, Debug)]
pub struct Presenter<'a> {
    /// `acme/platform/infra`.
    pub path: &'a str,
    pub number: u64,
    /// The number of the group it lies in, where that is known.
    pub namespace: Option<u64>,
    /// Names of the claims its subject is made of, in their order.
    pub components: &'a [String],
}

/// A stretch of a subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Text(String),
    /// The name of the ref.
    Ref,
    /// One of a few values of a claim; which one is not known.
    Choice {
        claim: String,
        values: &'static [&'static str],
    },
    /// A claim with a value that cannot be known.
    Free {
        claim: String,
    },
    /// The rest of the path of a project that nobody knows.
    Path,
}

/// A job without an environment has none of the two, and what then stands in the subject is documented nowhere.
const TRUTHS: &[&str] = &["true", "false", ""];
const TIERS: &[&str] = &["production", "staging", "testing", "development", "other", ""];

impl Presenter<'_> {
    /// What every subject of the project begins with, whatever the ref: `project_path:acme/web`; and how many components that is.
    pub fn head(&self) -> (String, usize) {
        let mut head = String::new();
        let mut count = 0;
        for component in self.components {
            let Some(value) = self.own(component) else { break };
            if count > 0 {
                head.push(':');
            }
            head.push_str(component);
            head.push(':');
            head.push_str(&value);
            count += 1;
        }
        (head, count)
    }

    /// Does its path or number stand behind the head as well, so that no other project has the same tails?
    pub fn repeats_itself(&self) -> bool {
        let (_, skipped) = self.head();
        self.components.iter().skip(skipped).any(|component| self.own(component).is_some())
    }

    /// What follows the head in subjects of refs of this kind.
    pub fn tail(&self, kind: RefKind) -> Vec<Part> {
        let (_, skipped) = self.head();
        let mut parts = Vec::new();
        for (index, component) in self.components.iter().enumerate().skip(skipped) {
            let colon = if index == 0 { "" } else { ":" };
            push(&mut parts, Part::Text(format!("{colon}{component}:")));
            for part in self.value(component, kind) {
                push(&mut parts, part);
            }
        }
        parts
    }

    /// A claim that is the same for every job of the project.
    fn own(&self, component: &str) -> Option<String> {
        match component {
            "project_path" => Some(self.path.to_owned()),
            "project_id" => Some(self.number.to_string()),
            "namespace_path" => Some(self.path.rsplit_once('/')?.0.to_owned()),
            "namespace_id" => Some(self.namespace?.to_string()),
            _ => None,
        }
    }

    fn value(&self, component: &str, kind: RefKind) -> Vec<Part> {
        let text = |text: &str| vec![Part::Text(text.to_owned())];
        let choice = |values| vec![Part::Choice { claim: component.to_owned(), values }];
        match (component, kind.protection()) {
            ("ref_type", _) => text(if kind.is_tag() { "tag" } else { "branch" }),
            ("ref", _) => vec![Part::Ref],
            ("ref_path", _) => {
                let folder = if kind.is_tag() { "refs/tags/" } else { "refs/heads/" };
                vec![Part::Text(folder.to_owned()), Part::Ref]
            }
            ("ref_protected", Some(protected)) => text(if protected { "true" } else { "false" }),
            ("ref_protected", None) => choice(&TRUTHS[..2]),
            ("environment_protected", _) => choice(TRUTHS),
            ("deployment_tier", _) => choice(TIERS),
            _ => match self.own(component) {
                Some(value) => vec![Part::Text(value)],
                None => vec![Part::Free { claim: component.to_owned() }],
            },
        }
    }
}

/// Neighbouring texts become one.
fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
        (_, part) => parts.push(part),
    }
}

/// Which names refs may have: like this one, if anything, and unlike those.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub like: Option<Glob>,
    pub unlike: Vec<Glob>,
}

impl Names {
    /// Does a ref of this name belong here?
    pub fn has(&self, name: &str) -> bool {
        self.like.as_ref().is_none_or(|glob| glob.matches(name))
            && !self.unlike.iter().any(|glob| glob.matches(name))
    }

    /// Only this very name, if it belongs here.
    #[must_use]
    pub fn only(&self, name: &str) -> Option<Self> {
        self.has(name).then(|| Self { like: Some(Glob::literal(name)), unlike: Vec::new() })
    }
}

/// Refs of one kind, as far as one entry of a project's settings protects them.
#[derive(Clone, Debug)]
pub struct RefClass<'a> {
    pub kind: RefKind,
    /// The protected name or glob: `main`, `release/*`.
    pub entry: Option<&'a str>,
    pub names: Names,
}

/// All refs a project can have. `None` where protection was not read. Anybody who may push can make a branch or a tag of any name that
/// nothing protects.
pub fn classes<'a>(branches: Option<&'a [String]>, tags: Option<&'a [String]>) -> Vec<RefClass<'a>> {
    let mut all = Vec::new();
    let sides = [
        (branches, RefKind::ProtectedBranch, RefKind::Branch, RefKind::UnknownBranch),
        (tags, RefKind::ProtectedTag, RefKind::Tag, RefKind::UnknownTag),
    ];
    for (entries, protected, open, unknown) in sides {
        let Some(entries) = entries else {
            all.push(RefClass { kind: unknown, entry: None, names: Names::default() });
            continue;
        };
        let globs: Vec<Glob> = entries.iter().map(|entry| Glob::protection(entry)).collect();
        for (entry, glob) in entries.iter().zip(&globs) {
            let names = Names { like: Some(glob.clone()), unlike: Vec::new() };
            all.push(RefClass { kind: protected, entry: Some(entry), names });
        }
        all.push(RefClass { kind: open, entry: None, names: Names { like: None, unlike: globs } });
    }
    all
}

/// Can a branch or tag be called so?
///
/// Source: git-check-ref-format; GitLab refuses `HEAD`, `@` and names that begin with a dash or repeat a ref's folder.
pub fn is_ref_name(name: &str) -> bool {
    let bad_letter = |letter: char| letter.is_control() || " ~^:?*[\\\u{7f}".contains(letter);
    let folders = ["refs/heads/", "refs/tags/", "refs/remotes/"];
    !(name.is_empty()
        || name.contains(bad_letter)
        || name.contains("..")
        || name.contains("@{")
        || name.ends_with('.')
        || name.starts_with('-')
        || matches!(name, "@" | "HEAD")
        || folders.iter().any(|folder| name.starts_with(folder))
        || name.split('/').any(is_bad_part))
}

/// Between two slashes. Git keeps names on `.lock` for itself, in lower case only.
fn is_bad_part(part: &str) -> bool {
    part.is_empty() || part.starts_with('.') || part.strip_suffix(".lock").is_some()
}

#[cfg(test)]
mod tests;
