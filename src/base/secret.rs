//! A secret: it can be opened, and nothing else. It is not cloned, compared, serialized or printed, and its memory
//! is overwritten when it is dropped.

use std::fmt;

use zeroize::Zeroizing;

/// Text that must never reach a disk, a log, a screen or a panic message.
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Called where a request is signed or sent, and nowhere else: `tests/tidy.rs` keeps the list.
    pub fn open(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(......)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_dots_only() {
        let secret = Secret::new("wJalrXUtnFEMI".into());
        assert_eq!(format!("{secret:?}"), "Secret(......)");
        assert_eq!(secret.open(), "wJalrXUtnFEMI");
    }
}
