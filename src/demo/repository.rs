//! What a project's repository tells: which file its pipelines begin with, and the commit its default branch stands at.

use std::{fmt::Write, sync::Arc};

use sha2::{Digest, Sha256};

use super::world::Project;

impl Project {
    /// Where the CI configuration begins: `.gitlab-ci.yml`, unless the project names another file.
    pub fn ci_path(&self) -> &str {
        self.ci_config_path.as_deref().unwrap_or(".gitlab-ci.yml")
    }

    /// The text there; `None` where the project has no such file.
    pub fn ci_file(&self) -> Option<&Arc<str>> {
        self.files.get(self.ci_path())
    }

    /// The last commit of the default branch: forty hexadecimal digits that change with every change of a file.
    pub fn head(&self) -> String {
        let mut hash = Sha256::new();
        let texts = self.files.iter().flat_map(|(path, text)| [path.as_str(), &**text]);
        for text in std::iter::once(self.full_path.as_str()).chain(texts) {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        }
        hash.finalize().iter().take(20).fold(String::with_capacity(40), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether a ref is there: a branch, or the last commit.
    pub fn has_ref(&self, name: &str) -> bool {
        name == "HEAD" || self.branches.iter().any(|branch| branch == name) || name == self.head()
    }
}
