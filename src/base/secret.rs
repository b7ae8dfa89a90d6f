//! A secret: it can be opened, asked what it is, and nothing else. It is not cloned, serialized or printed, and its memory
//! is overwritten when it is dropped.

use std::fmt;

use zeroize::Zeroizing;

use super::name::KeyId;

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

    /// Is it this text, spaces and line ends around it aside?
    pub fn is(&self, text: &str) -> bool {
        self.0.trim() == text
    }

    pub fn is_same(&self, other: &Self) -> bool {
        self.0.trim() == other.0.trim()
    }

    pub fn holds(&self, text: &str) -> bool {
        !text.is_empty() && self.0.contains(text)
    }

    /// The access key id that it is, if it is one: those are public.
    pub fn key_id(&self) -> Option<KeyId> {
        KeyId::new(self.0.trim())
    }

    /// The same text with one secret in it exchanged, and one name.
    #[must_use]
    pub fn exchanged(&self, names: (&str, &str), secrets: (&Self, &Self)) -> Self {
        let named = Zeroizing::new(self.0.replace(names.0, names.1));
        Self::new(named.replace(&*secrets.0.0, &secrets.1.0))
    }

    /// Every part of it that has the shape of an AWS secret access key: forty characters of base 64 between other characters.
    pub fn secret_keys(&self) -> Vec<Self> {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/');
        let parts = self.0.split(|letter| !is_part(letter)).filter(|part| part.len() == 40);
        parts.map(|part| Self::new(part.to_owned())).collect()
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
        assert_eq!(secret.key_id(), None);
        let id = Secret::new("AKIARZPUZDIKNSFRP6LN\n".into());
        assert_eq!(id.key_id(), KeyId::new("AKIARZPUZDIKNSFRP6LN"));
    }

    #[test]
    fn a_credentials_file_gets_another_pair_and_keeps_the_rest() {
        let (old, new) =
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "Je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY");
        let file =
            Secret::new(format!("[a]\naws_access_key_id=AKIAOLD\naws_secret_access_key = {old}\nregion=x\n"));
        let found = file.secret_keys();
        assert_eq!(found.len(), 1);
        assert!(found[0].is(old) && found[0].is_same(&Secret::new(format!("{old}\n"))));
        let changed = file.exchanged(("AKIAOLD", "AKIANEW"), (&found[0], &Secret::new(new.into())));
        assert_eq!(
            changed.open(),
            format!("[a]\naws_access_key_id=AKIANEW\naws_secret_access_key = {new}\nregion=x\n")
        );
        assert!(changed.holds("AKIANEW") && !changed.holds("AKIAOLD") && !changed.holds(""));
    }
}
