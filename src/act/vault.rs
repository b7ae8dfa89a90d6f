//! The new key's secret between two steps of one run. It is in this process's memory and nowhere else.

use crate::base::{name::KeyId, secret::Secret};

#[derive(Debug, Default)]
pub struct Vault(Option<(KeyId, Secret)>);

impl Vault {
    pub(super) fn keep(&mut self, key: KeyId, secret: Secret) {
        self.0 = Some((key, secret));
    }

    /// The secret of this key; `None` where another process held it, or nobody any more.
    pub(super) fn of(&self, key: Option<&KeyId>) -> Option<&Secret> {
        self.0.as_ref().filter(|(kept, _)| Some(kept) == key).map(|(_, secret)| secret)
    }

    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}
