//! Puts a word in the place of a value that is worth nothing any more, so that nobody reads it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, Flags, Place, Shows};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::Answer,
        request::Request,
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::secret::Secret,
};

/// What stands in a variable that was blanked. Long enough, and of such letters, that GitLab can mask it.
pub(in crate::act) const BLANK: &str = "revoked-by-keytrail";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlankVariable {
    pub place: Place,
    pub flags: Flags,
    /// Whose value it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shows>,
}

#[async_trait]
impl Deed for BlankVariable {
    fn about(&self) -> Option<String> {
        Some(self.place.to_string())
    }

    fn request(&self) -> Request {
        self.place.put(("value", BLANK.to_owned()))
    }

    fn command(&self) -> String {
        self.place.put_by_hand(&format!("--raw-field value={BLANK}"))
    }

    fn says(&self) -> String {
        format!("{} holds {BLANK} instead of its secret", self.place)
    }

    fn needs(&self) -> Vec<Right> {
        self.place.needs()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Stays("the secret was not kept")
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.place.instance)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        Ok(match self.place.seen(scene, &self.flags, None).await? {
            Err(other) => other,
            Ok(seen) if seen.value.as_ref().is_some_and(|value| value.is(BLANK)) => {
                Sight::After(Receipt::FoundSo)
            }
            Ok(_) => match &self.shows {
                Some(shows) => shows.look(scene).await?,
                None => Sight::Before,
            },
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.write_variable(&self.place, &Secret::new(BLANK.to_owned())).await?;
        Ok(Receipt::Changed)
    }
}
