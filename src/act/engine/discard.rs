//! Deletes a new key whose secret is lost, and waits until no list shows it.

use super::{Engine, EngineError, Note, Trouble, Turn};
use crate::{
    act::call::{Call, CreateAccessKey},
    base::name::KeyId,
};

impl Engine<'_> {
    pub(super) async fn discard(
        &mut self,
        key: &KeyId,
        heard: &mut (dyn FnMut(&Note) + Send),
    ) -> Result<Turn, EngineError> {
        let maker = self.plan.steps.iter().find_map(|step| match &step.0 {
            Call::CreateAccessKey(CreateAccessKey { account, user, .. }) => Some((*account, user.clone())),
            _ => None,
        });
        let Some((account, user)) = maker else { return Ok(Turn::Rest) };
        let is_behind = Trouble::Busy { call: "iam:ListAccessKeys".into() };
        // A list that does not show a key yet is no proof that it was not made: it is deleted by its id.
        if self.deleted.as_ref() != Some(key) {
            match self.outside.delete_key(account, &user, key).await {
                Err(Trouble::Gone { .. })
                    if self.clock.now() < self.progress.since.plus(self.settings.delays.settle) =>
                {
                    return self.suffer(&is_behind, heard).await;
                }
                Ok(()) | Err(Trouble::Gone { .. }) => {}
                Err(trouble) => return self.suffer(&trouble, heard).await,
            }
            self.deleted = Some(key.clone());
        }
        match self.outside.keys(account, &user).await {
            Ok(keys) if keys.iter().any(|known| known.key == *key) => self.suffer(&is_behind, heard).await,
            Ok(_) => {
                self.vault.forget();
                self.note(&Note::Discarded { key: key.clone() }, heard)?;
                Ok(Turn::On)
            }
            Err(trouble) => self.suffer(&trouble, heard).await,
        }
    }
}
