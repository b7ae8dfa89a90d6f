//! Whose value it is that a call takes away for good: the key id that a variable, or the other half beside it, showed when the plan was made. A
//! variable that got another key since has a value that works, and nobody else has it.

use serde::{Deserialize, Serialize};

use super::Place;
use crate::{
    act::{
        outside::{Answer, Trouble},
        scene::{Scene, Sight},
    },
    base::name::KeyId,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shows {
    pub place: Place,
    pub key: KeyId,
}

impl Shows {
    /// `Other` where another key stands there by now. What GitLab does not show tells nothing.
    pub(super) async fn look(&self, scene: &Scene<'_>) -> Answer<Sight> {
        let (place, key) = (&self.place, &self.key);
        let seen = match scene.outside.variable(place).await {
            Err(Trouble::Gone { .. }) => {
                return Ok(Sight::Other(format!(
                    "{place}, which said whose secret it is, is not there any more"
                )));
            }
            seen => seen?,
        };
        Ok(match seen.value {
            Some(value) if !value.holds(key.as_str()) => Sight::Other(format!(
                "{place} holds another key than {key} by now, and its secret stands nowhere else"
            )),
            _ => Sight::Before,
        })
    }
}
