//! Deletes a variable. Its value is kept nowhere.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Call, Deed, Flags, Joint, Place, Shows};
use crate::act::{
    need::Right,
    note::Receipt,
    outside::{Answer, Trouble},
    request::Request,
    scene::{Scene, Sight},
    vault::Vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteVariable {
    pub place: Place,
    pub flags: Flags,
    #[serde(default)]
    pub joint: Joint,
    /// Whose value it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shows>,
}

#[async_trait]
impl Deed for DeleteVariable {
    /// One that a run has put aside itself is not there before the run.
    fn about(&self) -> Option<String> {
        (!self.place.is_aside()).then(|| self.place.to_string())
    }

    fn request(&self) -> Request {
        self.place.delete()
    }

    fn command(&self) -> String {
        self.place.delete_by_hand()
    }

    fn says(&self) -> String {
        format!("{} is gone", self.place)
    }

    fn needs(&self) -> Vec<Right> {
        self.place.needs()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        if self.place.is_aside() {
            Back::No("GitLab never shows a hidden value again")
        } else {
            Back::Stays("the value was not kept")
        }
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.place.instance)
    }

    fn gap(&self, next: &Call) -> Option<&Place> {
        let follows = matches!(next, Call::DeleteVariable(next) if next.joint == Joint::WithLast);
        (self.joint == Joint::WithNext && follows).then_some(&self.place)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        match scene.outside.variable(&self.place).await {
            Ok(seen) => match (self.place.differs(&self.flags, &seen), &self.shows) {
                (Some(why), _) => Ok(Sight::Other(why)),
                (None, Some(shows)) => shows.look(scene).await,
                (None, None) => Ok(Sight::Before),
            },
            Err(Trouble::Gone { .. }) => Ok(Sight::After(Receipt::FoundSo)),
            Err(trouble) => Err(trouble),
        }
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        match scene.outside.delete_variable(&self.place).await {
            Err(Trouble::Gone { .. }) => Ok(Receipt::FoundSo),
            answer => answer.map(|()| Receipt::Changed),
        }
    }
}
