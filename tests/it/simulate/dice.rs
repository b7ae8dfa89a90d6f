//! Chance that falls the same way on every machine: a seed and SplitMix64.

use serde_json::{Value, json};

pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("below a small number")
    }

    pub(super) fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.roll(among.len())]
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    /// One value as it is or as a list, more as a list: both are good JSON for a policy.
    pub(super) fn list(&mut self, mut values: Vec<Value>) -> Value {
        if values.len() == 1 && self.chance(60) { values.remove(0) } else { Value::Array(values) }
    }

    /// A document with these statements, of any version.
    pub(super) fn document(&mut self, mut statements: Vec<Value>) -> Value {
        let statements = if statements.len() == 1 && self.chance(30) {
            statements.remove(0)
        } else {
            Value::Array(statements)
        };
        match self.roll(10) {
            0 => json!({ "Statement": statements }),
            1 => json!({ "Version": "2008-10-17", "Statement": statements }),
            _ => json!({ "Version": "2012-10-17", "Statement": statements }),
        }
    }

    /// `ForAnyValue:...IfExists` around an operator, now and then.
    pub(super) fn operator(&mut self, among: &[&str]) -> String {
        let operator = self.pick(among);
        let set = match self.roll(12) {
            0 => "ForAnyValue:",
            1 => "ForAllValues:",
            _ => "",
        };
        let if_exists = if self.chance(12) { "IfExists" } else { "" };
        format!("{set}{operator}{if_exists}")
    }

    /// Upper and lower case of a condition key do not count.
    pub(super) fn any_case(&mut self, key: &str) -> String {
        if self.chance(90) {
            return key.to_owned();
        }
        key.chars().map(|letter| if self.chance(50) { letter.to_ascii_uppercase() } else { letter }).collect()
    }
}
