//! Gives a runner another authentication token. The old one is refused from then on, and the new one is shown once: it goes to a person's
//! command, or nowhere.
//!
//! What was reset is reset again where nobody knows whether it was: the token that is worth something is always the last one, and it is the
//! one the command was given last.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, set_runner::needs};
use crate::act::{
    need::Right,
    note::Receipt,
    outside::{Answer, Trouble},
    request::{Request, quoted},
    scene::{Scene, Sight},
    vault::Vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetRunnerToken {
    pub instance: String,
    pub runner: u64,
    /// The program and its arguments that get the token on standard input.
    pub to: Option<Vec<String>>,
}

#[async_trait]
impl Deed for ResetRunnerToken {
    fn about(&self) -> Option<String> {
        Some(format!("runner {}/{}", self.instance, self.runner))
    }

    fn request(&self) -> Request {
        let operation = format!("POST runners/{}/reset_authentication_token", self.runner);
        Request::gitlab(&self.instance, operation, vec![])
    }

    fn command(&self) -> String {
        let call = format!("glab api --method POST runners/{}/reset_authentication_token", self.runner);
        match &self.to {
            None => format!("{call} > /dev/null"),
            Some(words) => {
                let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                format!("{call} | jq -r .token | {}", words.join(" "))
            }
        }
    }

    fn says(&self) -> String {
        let then = match &self.to {
            None => "; the new one is kept nowhere".to_owned(),
            Some(words) => format!("; the new one goes to `{}`", words.join(" ")),
        };
        format!("the token of runner {} is refused from then on{then}", self.runner)
    }

    fn needs(&self) -> Vec<Right> {
        needs(&self.instance, self.runner)
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Stays("a token that was reset never comes back")
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.instance)
    }

    fn runs(&self) -> Option<String> {
        self.to.as_ref().map(|words| words.join(" "))
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        Ok(match scene.outside.runner(&self.instance, self.runner).await {
            Err(Trouble::Gone { .. }) => {
                Sight::Other(format!("runner {} is not there any more", self.runner))
            }
            runner => runner.map(|_| Sight::Before)?,
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        let token = scene.outside.reset_runner_token(&self.instance, self.runner).await?;
        let Some(words) = &self.to else { return Ok(Receipt::Changed) };
        scene.outside.hand_over(words, token).await.map_err(|trouble| Trouble::Half {
            call: format!("runner {} has another token", self.runner),
            why: format!("it was not taken: {}; what is resumed gives it one more", trouble.says()),
        })?;
        Ok(Receipt::Changed)
    }
}
