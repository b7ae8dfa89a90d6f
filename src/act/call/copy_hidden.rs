//! Makes a hidden copy of a variable under a scope that no environment has. GitLab hides a variable when it is made, and at no other time;
//! and whatever it does not accept of one it refuses here, where nothing has been changed yet.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, DeleteVariable, Flags, Joint, Place};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::{Answer, Trouble},
        request::{Request, quoted},
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::blame::Blame,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyHidden {
    /// The variable whose value it gets.
    pub place: Place,
    pub flags: Flags,
    /// The copy's scope.
    pub to: String,
}

impl CopyHidden {
    /// What the copy is to have, besides its name, its value and its description.
    fn named(&self) -> Vec<(&'static str, String)> {
        let flags = [("protected", self.flags.protected), ("raw", self.flags.raw)];
        let mut named =
            vec![("masked_and_hidden", "true".to_owned()), ("environment_scope", self.to.clone())];
        named.extend(flags.into_iter().filter_map(|(name, flag)| Some((name, flag?.to_string()))));
        let kind = |file| if file { "file" } else { "env_var" }.to_owned();
        named.extend(self.flags.file.map(|file| ("variable_type", kind(file))));
        named
    }

    fn copy(&self) -> Place {
        self.place.at(&self.to)
    }

    /// The flags of the copy.
    pub(in crate::act) fn hidden(flags: &Flags) -> Flags {
        Flags { masked: Some(true), hidden: Some(true), ..flags.clone() }
    }
}

#[async_trait]
impl Deed for CopyHidden {
    fn about(&self) -> Option<String> {
        Some(self.copy().to_string())
    }

    fn request(&self) -> Request {
        let mut parameters =
            vec![("key", self.place.key.clone()), ("value", format!("the value of {}", self.place))];
        parameters.extend(self.named());
        parameters.push(("description", "the same".to_owned()));
        Request::gitlab(&self.place.instance, format!("POST {}", self.place.list_path()), parameters)
    }

    fn command(&self) -> String {
        let fields = self.named().into_iter().map(|(name, value)| {
            let field = quoted(&format!("{name}={value}"));
            format!(" --field {field}")
        });
        let fields: String = fields.collect();
        let key = quoted(&format!("key={}", self.place.key));
        let path = self.place.list_path();
        format!("glab api --method POST {path} --raw-field {key} --raw-field \"value=$VALUE\"{fields}")
    }

    fn says(&self) -> String {
        format!("a hidden copy of {} is made aside, where no job gets it", self.place)
    }

    fn needs(&self) -> Vec<Right> {
        self.place.needs()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        let flags = Self::hidden(&self.flags);
        Back::By(DeleteVariable { place: self.copy(), flags, joint: Joint::Alone, shows: None }.into())
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.place.instance)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        match scene.outside.variable(&self.copy()).await {
            Ok(seen) if seen.flags.hidden == Some(true) => Ok(Sight::After(Receipt::FoundSo)),
            Ok(_) => Ok(Sight::Other(format!("{} is not hidden: delete it by hand", self.copy()))),
            Err(Trouble::Gone { .. }) => {
                Ok(self.place.seen(scene, &self.flags, None).await?.err().unwrap_or(Sight::Before))
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        let refused = |why: &str| {
            let blame = Blame::Scope(format!("{why}."));
            Trouble::Refused { blame, call: format!("hiding {}", self.place) }
        };
        let mut seen = scene.outside.variable(&self.place).await?;
        if let Some(why) = self.place.differs(&self.flags, &seen) {
            return Err(refused(&why));
        }
        let value = seen.value.take().ok_or_else(|| refused("GitLab does not show its value"))?;
        let copy = self.copy();
        if scene.outside.hide_variable(&copy, &seen, &value).await? {
            return Ok(Receipt::Changed);
        }
        // An older GitLab leaves out what it does not know.
        scene.outside.delete_variable(&copy).await?;
        Err(refused("this GitLab hides no variables; it can since 17.4"))
    }
}
