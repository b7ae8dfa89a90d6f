//! Gives a variable another environment scope. Everything else of it stays, its value too.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Call, Deed, Flags, Joint, Place};
use crate::act::{
    need::Right,
    note::Receipt,
    outside::{Answer, Trouble},
    request::Request,
    scene::{Scene, Sight},
    vault::Vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveVariable {
    /// Where it is.
    pub place: Place,
    pub flags: Flags,
    /// The scope it gets.
    pub to: String,
    #[serde(default)]
    pub joint: Joint,
}

#[async_trait]
impl Deed for MoveVariable {
    fn about(&self) -> Option<String> {
        Some(self.place.to_string())
    }

    fn request(&self) -> Request {
        self.place.put(("environment_scope", self.to.clone()))
    }

    fn command(&self) -> String {
        self.place.put_by_hand(&format!("--raw-field 'environment_scope={}'", self.to.replace('\'', "'\\''")))
    }

    fn says(&self) -> String {
        let (from, to) = (&self.place.scope, &self.to);
        let is_hidden = self.flags.hidden == Some(true);
        if self.place.at(to).is_aside() {
            format!("{} is put aside, where no job gets it", self.place)
        } else if self.place.is_aside() {
            let what = if is_hidden { "the hidden copy" } else { "what was put aside" };
            format!("{what} stands at {}", self.place.at(to))
        } else {
            format!("{} is for `{to}` instead of `{from}`", self.place)
        }
    }

    fn needs(&self) -> Vec<Right> {
        self.place.needs()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        let back = Self {
            place: self.place.at(&self.to),
            flags: self.flags.clone(),
            to: self.place.scope.clone(),
            joint: self.joint.turned(),
        };
        Back::By(back.into())
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.place.instance)
    }

    fn gap(&self, next: &Call) -> Option<&Place> {
        let follows = matches!(next, Call::MoveVariable(next) if next.joint == Joint::WithLast);
        (self.joint == Joint::WithNext && follows).then_some(&self.place)
    }

    /// What stands where it goes is GitLab's to judge: it refuses two of one name and scope.
    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        match scene.outside.variable(&self.place).await {
            Ok(seen) => Ok(self.place.differs(&self.flags, &seen).map_or(Sight::Before, Sight::Other)),
            Err(Trouble::Gone { .. }) => {
                let there = self.place.at(&self.to);
                Ok(match there.seen(scene, &self.flags, None).await? {
                    Ok(_) => Sight::After(Receipt::FoundSo),
                    Err(_) => Sight::Other(format!("{} is not there any more", self.place)),
                })
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.move_variable(&self.place, &self.to).await?;
        Ok(Receipt::Changed)
    }
}
