//! Makes ids, secrets and tokens in AWS's shapes. They are different from each other and the same in every run: the
//! company is fictional, and a screenshot should not change by itself.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A source of ids. Two sources of different names never make the same.
#[derive(Debug)]
pub(crate) struct Mint {
    name: &'static str,
    made: AtomicU64,
}

impl Mint {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, made: AtomicU64::new(0) }
    }

    fn bytes(&self) -> [u8; 32] {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        Sha256::new().chain_update(self.name).chain_update(number.to_be_bytes()).finalize().into()
    }

    /// `AKIA...` or `ASIA...` with the account written into it the way AWS does since about 2019: one set bit, forty
    /// bits of account, four more.
    pub(crate) fn key_id(&self, prefix: &str, account: u64) -> String {
        let bytes = self.bytes();
        let bits = (1_u64 << 44) | ((account & ((1 << 40) - 1)) << 4) | u64::from(bytes[0] & 15);
        let encoded = (0..9).map(|place| (bits >> (40 - 5 * place)) & 31);
        let random = bytes[1..8].iter().map(|&byte| u64::from(byte & 31));
        let letters = encoded.chain(random).filter_map(|digit| BASE32.get(usize::try_from(digit).ok()?));
        prefix.chars().chain(letters.map(|&letter| char::from(letter))).collect()
    }

    /// `AROA...`: one letter longer than a key's id.
    pub(crate) fn unique_id(&self, prefix: &str, account: u64) -> String {
        self.key_id(prefix, account) + "Q"
    }

    /// Forty characters.
    pub(crate) fn secret(&self) -> String {
        STANDARD.encode(&self.bytes()[..30])
    }

    /// A session token: long, and beginning as AWS's do.
    pub(crate) fn token(&self) -> String {
        let long: Vec<u8> = (0..8).flat_map(|_| self.bytes()).collect();
        format!("IQoJb3JpZ2luX2Vj{}", STANDARD.encode(long))
    }

    /// `7a4b...-...`: a request or event id.
    pub(crate) fn uuid(&self) -> String {
        let bytes = self.bytes();
        let hex: String = hex(&bytes[..16]);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::name::{KeyId, account_of};

    #[test]
    fn key_ids_carry_their_account_and_differ() {
        let mint = Mint::new("test");
        let first = mint.key_id("AKIA", 123_456_789_012);
        assert!(first.starts_with("AKIARZPUZDIK"), "{first}");
        assert!(KeyId::new(&first).is_some());
        for account in [0, 111_111_111_111, 999_999_999_999] {
            let id = mint.key_id("ASIA", account);
            assert_eq!(account_of(&id).unwrap().number(), account, "{id}");
        }
        assert_ne!(first, mint.key_id("AKIA", 123_456_789_012));
        assert_eq!(mint.secret().len(), 40);
    }
}
