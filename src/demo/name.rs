//! Names as GitLab and AWS give them out: unique ids that encode their account, keys, tokens, ARNs.
//!
//! Everything secret carries [`CANARY`], so that a test can search whatever the program writes for leaked secrets.

use super::rng::Rng;

/// In every secret of the company.
pub const CANARY: &str = "Canary";

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const WORD: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `AKIA`, `ASIA` (20 letters), `AIDA`, `AROA`, `AGPA`, `AIPA`, `ANPA` (21): nine base-32 letters hold one set bit, forty
/// bits of account and four more; the rest is chance.
pub fn unique_id(prefix: &str, account: u64, rng: &mut Rng) -> String {
    let bits = 1 << 44 | (account & ((1 << 40) - 1)) << 4 | (rng.bits() & 15);
    let mut id = prefix.to_owned();
    for place in (0..9).rev() {
        let digit = usize::try_from(bits >> (place * 5) & 31).unwrap_or(0);
        id.push(char::from(BASE32[digit]));
    }
    let rest = if matches!(prefix, "AKIA" | "ASIA") { 7 } else { 8 };
    id + &rng.text(BASE32, rest)
}

/// A secret access key: forty base-64 letters.
pub fn secret_key(rng: &mut Rng) -> String {
    format!("{}{CANARY}{}", rng.text(BASE64, 14), rng.text(BASE64, 20))
}

/// A session token. Real ones are some 400 to 1,000 letters long; this is shorter to keep the trail small.
pub fn session_token(rng: &mut Rng) -> String {
    format!("IQoJb3JpZ2luX2Vj{}{CANARY}{}==", rng.text(BASE64, 30), rng.text(BASE64, 60))
}

/// `glpat-...`, `glrt-t1_...`: the prefix, then twenty-six letters.
pub fn token(prefix: &str, rng: &mut Rng) -> String {
    format!("{prefix}{}{CANARY}{}", rng.text(WORD, 8), rng.text(WORD, 12))
}

/// Any other secret: a password, an API key.
pub fn password(rng: &mut Rng) -> String {
    format!("{}{CANARY}{}", rng.text(WORD, 6), rng.text(WORD, 12))
}

/// `arn:aws:iam::111111111111:user/ci/gitlab-deploy`; `path` is `/` or `/ci/`.
pub fn iam_arn(account: u64, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account:012}:{kind}{path}{name}")
}

/// `arn:aws:sts::222222222222:assumed-role/deploy-prod/SESSION`. The role's path is not in it.
pub fn assumed_arn(account: u64, role: &str, session: &str) -> String {
    format!("arn:aws:sts::{account:012}:assumed-role/{role}/{session}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::name::account_of;

    #[test]
    fn ids_encode_their_account() {
        let mut rng = Rng::new(1);
        for account in [111_111_111_111, 123_456_789_012, 999_999_999_999, 7] {
            for prefix in ["AKIA", "ASIA", "AROA"] {
                let id = unique_id(prefix, account, &mut rng);
                assert_eq!(account_of(&id).unwrap().number(), account, "{id}");
                assert_eq!(id.len(), if prefix == "AROA" { 21 } else { 20 });
            }
        }
        assert!(
            unique_id("AKIA", 123_456_789_012, &mut rng).starts_with("AKIARZPUZDIK"),
            "a published vector"
        );
    }

    #[test]
    fn secrets_carry_the_mark_and_keep_their_shape() {
        let mut rng = Rng::new(1);
        let secret = secret_key(&mut rng);
        assert_eq!(secret.len(), 40);
        assert!(secret.bytes().all(|byte| BASE64.contains(&byte)));
        for secret in [secret, session_token(&mut rng), token("glpat-", &mut rng), password(&mut rng)] {
            assert!(secret.contains(CANARY));
        }
    }
}
