//! Conditions in words, for a line on the screen.

use std::fmt;

use super::{
    document::Condition,
    operator::{Compare, Order, Set, Test},
};
use crate::base::text::clean;

impl fmt::Display for Condition {
    /// `sts:ExternalId is "acme"`, `gitlab.com:sub is like "a:*" or "b:*"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operator.set {
            Some(Set::All) => f.write_str("every ")?,
            Some(Set::Any) => f.write_str("any ")?,
            None => {}
        }
        f.write_str(&clean(&self.key))?;
        let verb = match &self.operator.test {
            Test::Null => {
                let absent = self.values.iter().any(|value| value.eq_ignore_ascii_case("true"));
                return f.write_str(if absent { " is absent" } else { " is present" });
            }
            Test::Other => &*clean(&self.operator.written),
            Test::Compare { compare, negated } => verb(compare, *negated),
        };
        write!(f, " {verb}")?;
        for (index, value) in self.values.iter().enumerate() {
            let between = if index == 0 { "" } else { " or" };
            write!(f, "{between} \"{}\"", clean(value))?;
        }
        if self.operator.if_exists { f.write_str(", if it is there") } else { Ok(()) }
    }
}

const fn verb(compare: &Compare, negated: bool) -> &'static str {
    match (compare, negated) {
        (Compare::Text | Compare::TextAnyCase | Compare::Bool | Compare::Bytes, false) => "is",
        (
            Compare::Text
            | Compare::TextAnyCase
            | Compare::Bool
            | Compare::Bytes
            | Compare::Number(Order::Equal)
            | Compare::Date(Order::Equal),
            true,
        ) => "is not",
        (Compare::Like | Compare::Arn, false) => "is like",
        (Compare::Like | Compare::Arn, true) => "is not like",
        (Compare::Address, false) => "is in",
        (Compare::Address, true) => "is not in",
        (Compare::Number(order) | Compare::Date(order), _) => match order {
            Order::Equal => "is",
            Order::Less => "is less than",
            Order::LessEqual => "is at most",
            Order::Greater => "is more than",
            Order::GreaterEqual => "is at least",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{super::operator::Operator, *};

    #[test]
    fn conditions_read_as_sentences() {
        let table = [
            ("StringEquals", &["a", "b"][..], "the:key is \"a\" or \"b\""),
            ("StringNotLike", &["a\u{1b}*"], "the:key is not like \"a?*\""),
            ("ForAllValues:StringLike", &["a"], "every the:key is like \"a\""),
            ("BoolIfExists", &["true"], "the:key is \"true\", if it is there"),
            ("Null", &["false"], "the:key is present"),
            ("NumericLessThan", &["3600"], "the:key is less than \"3600\""),
            ("StringSounds", &["x"], "the:key StringSounds \"x\""),
        ];
        for (operator, values, text) in table {
            let values = values.iter().map(|&value| value.to_owned()).collect();
            let condition = Condition { operator: Operator::parse(operator), key: "the:key".into(), values };
            assert_eq!(condition.to_string(), text);
        }
    }
}
