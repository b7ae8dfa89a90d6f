//! Sets one thing of a runner: paused, locked, for protected refs, for untagged jobs, tags. Everything else of it stays.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, Setting};
use crate::act::{
    need::Right,
    note::Receipt,
    outside::Answer,
    request::{Request, quoted},
    scene::{Scene, Sight},
    vault::Vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRunner {
    pub instance: String,
    pub runner: u64,
    pub from: Setting,
    pub to: Setting,
}

impl SetRunner {
    pub(in crate::act) fn paused(instance: &str, runner: u64, to: bool) -> Self {
        let (from, to) = (Setting::Paused(!to), Setting::Paused(to));
        Self { instance: instance.to_owned(), runner, from, to }
    }
}

/// Who may change a runner.
pub(super) fn needs(instance: &str, runner: u64) -> Vec<Right> {
    let says = format!("the right to administer runner {runner}, scope api or manage_runner,");
    vec![Right::gitlab(instance, says)]
}

#[async_trait]
impl Deed for SetRunner {
    fn about(&self) -> Option<String> {
        Some(format!("runner {}/{}", self.instance, self.runner))
    }

    fn request(&self) -> Request {
        let (field, value) = self.to.field();
        let operation = format!("PUT runners/{}", self.runner);
        Request::gitlab(&self.instance, operation, vec![(field, plain(&value))])
    }

    fn command(&self) -> String {
        let (field, value) = self.to.field();
        let field = quoted(&format!("{field}={}", plain(&value)));
        format!("glab api --method PUT runners/{} --field {field}", self.runner)
    }

    fn says(&self) -> String {
        format!("runner {} {}", self.runner, self.to.says())
    }

    fn needs(&self) -> Vec<Right> {
        needs(&self.instance, self.runner)
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { from: self.to.clone(), to: self.from.clone(), ..self.clone() }.into())
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.instance)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let runner = scene.outside.runner(&self.instance, self.runner).await?;
        Ok(match self.to.of(&runner) {
            Some(is) if is == self.to => Sight::After(Receipt::FoundSo),
            Some(is) if is == self.from => Sight::Before,
            Some(is) => {
                Sight::Other(format!("runner {} was changed meanwhile: it {}", self.runner, is.says()))
            }
            None => Sight::Other(format!(
                "GitLab does not tell how runner {} is set ({})",
                self.runner,
                self.to.field().0
            )),
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.set_runner(&self.instance, self.runner, &self.to).await?;
        Ok(Receipt::Changed)
    }
}

/// A value as a form has it: words of a list with commas between them.
fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(words) => words.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
