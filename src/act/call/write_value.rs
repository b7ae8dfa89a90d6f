//! Writes a value that a person keeps into a variable; its flags and its description stay. The plan names where the value is kept, and it is
//! fetched when it is written.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Call, Deed, Flags, Joint, Place};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::Answer,
        request::Request,
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::name::KeyId,
    config::Origin,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteValue {
    pub place: Place,
    pub flags: Flags,
    /// Where the value is kept.
    pub from: Origin,
    /// Access keys whose ids it shows as long as nobody else has written it.
    pub holds: Vec<KeyId>,
    /// Of a pair the secret is written first, and the id last.
    #[serde(default)]
    pub joint: Joint,
}

#[async_trait]
impl Deed for WriteValue {
    fn about(&self) -> Option<String> {
        Some(self.place.to_string())
    }

    fn request(&self) -> Request {
        self.place.put(("value", format!("what {} gives", self.from)))
    }

    fn command(&self) -> String {
        self.place.put_by_hand("--raw-field \"value=$VALUE\"")
    }

    fn says(&self) -> String {
        format!("{} holds what {} gives then; its flags stay", self.place, self.from)
    }

    fn needs(&self) -> Vec<Right> {
        self.place.needs()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Stays("the old value was not kept")
    }

    fn instance(&self) -> Option<&str> {
        Some(&self.place.instance)
    }

    fn runs(&self) -> Option<String> {
        match &self.from {
            Origin::Command(words) => Some(words.join(" ")),
            Origin::Env(_) | Origin::File(_) => None,
        }
    }

    fn gap(&self, next: &Call) -> Option<&Place> {
        let follows = matches!(next, Call::WriteValue(next) if next.joint == Joint::WithLast);
        (self.joint == Joint::WithNext && follows).then_some(&self.place)
    }

    async fn look(&self, scene: &Scene<'_>, vault: &mut Vault) -> Answer<Sight> {
        let seen = match self.place.seen(scene, &self.flags, None).await? {
            Ok(seen) => seen,
            Err(other) => return Ok(other),
        };
        let new = vault.given(scene.outside, &self.from).await?;
        // Halves that were mixed up would be written as they are.
        match self.joint {
            Joint::WithNext if new.secret_keys().len() != 1 || new.key_id().is_some() => {
                return Ok(Sight::Other(format!("what {} gives is no secret of an access key", self.from)));
            }
            Joint::WithLast if new.key_id().is_none() => {
                return Ok(Sight::Other(format!("what {} gives is no access key id", self.from)));
            }
            _ => {}
        }
        // One that is never shown again is written, and written again: it holds the same then.
        let Some(value) = seen.value else { return Ok(Sight::Before) };
        Ok(if value.is_same(new) {
            Sight::After(Receipt::FoundSo)
        } else if self.holds.iter().all(|key| value.holds(key.as_str())) {
            Sight::Before
        } else {
            Sight::Other(format!("{} holds another key than when the plan was made", self.place))
        })
    }

    async fn perform(&self, scene: &Scene<'_>, vault: &mut Vault) -> Answer<Receipt> {
        let value = vault.given(scene.outside, &self.from).await?;
        scene.outside.write_variable(&self.place, value).await?;
        Ok(Receipt::Changed)
    }
}
