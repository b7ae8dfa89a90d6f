//! Secrets between two steps of one run: the new key's, and those that a person keeps and has named. They are in this process's memory and
//! nowhere else.

use super::outside::{Answer, Outside};
use crate::{
    base::{name::KeyId, secret::Secret},
    config::Origin,
};

#[derive(Debug, Default)]
pub struct Vault {
    made: Option<(KeyId, Secret)>,
    given: Vec<(Origin, Secret)>,
}

impl Vault {
    pub(super) fn keep(&mut self, key: KeyId, secret: Secret) {
        self.made = Some((key, secret));
    }

    /// The secret of this key; `None` where another process held it, or nobody any more.
    pub(super) fn of(&self, key: Option<&KeyId>) -> Option<&Secret> {
        self.made.as_ref().filter(|(kept, _)| Some(kept) == key).map(|(_, secret)| secret)
    }

    /// What a person keeps there, fetched once: a password store may ask for a finger on a key each time.
    pub(super) async fn given(&mut self, outside: &dyn Outside, from: &Origin) -> Answer<&Secret> {
        let known = self.given.iter().position(|(origin, _)| origin == from);
        let at = if let Some(at) = known {
            at
        } else {
            let secret = outside.fetch(from).await?;
            self.given.push((from.clone(), secret));
            self.given.len() - 1
        };
        Ok(&self.given[at].1)
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}
