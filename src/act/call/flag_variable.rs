//! Sets one flag of a variable; everything else of it stays.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed, Flag, Flags, Place};
use crate::act::{
    need::Right,
    note::Receipt,
    outside::Answer,
    request::Request,
    scene::{Scene, Sight},
    vault::Vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagVariable {
    pub place: Place,
    pub flags: Flags,
    pub flag: Flag,
    pub to: bool,
}

#[async_trait]
impl Deed for FlagVariable {
    fn about(&self) -> Option<String> {
        Some(self.place.to_string())
    }

    fn request(&self) -> Request {
        self.place.put((self.flag.word(), self.to.to_string()))
    }

    fn command(&self) -> String {
        self.place.put_by_hand(&format!("--field {}={}", self.flag.word(), self.to))
    }

    fn says(&self) -> String {
        format!("{} is {}{}", self.place, if self.to { "" } else { "not " }, self.flag.word())
    }

    fn needs(&self) -> Vec<Right> {
        self.place.needs()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::By(Self { to: !self.to, ..self.clone() }.into())
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.place.instance)
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        Ok(match self.place.seen(scene, &self.flags, Some(self.flag)).await? {
            Err(other) => other,
            Ok(seen) if self.flag.of(&seen.flags) == Some(self.to) => Sight::After(Receipt::FoundSo),
            Ok(_) => Sight::Before,
        })
    }

    async fn perform(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Receipt> {
        scene.outside.flag_variable(&self.place, self.flag, self.to).await?;
        Ok(Receipt::Changed)
    }
}
