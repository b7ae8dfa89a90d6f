//! The names of condition operators: `ForAnyValue:StringLikeIfExists` taken apart.

/// How one value is compared with one policy value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compare {
    /// StringEquals: to the letter, a star is a star.
    Text,
    /// StringEqualsIgnoreCase
    TextAnyCase,
    /// StringLike
    Like,
    /// ArnEquals and ArnLike, which are the same.
    Arn,
    Bool,
    /// BinaryEquals: the bytes that two base-64 texts stand for.
    Bytes,
    Number(Order),
    Date(Order),
    /// IpAddress
    Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// What an operator asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Is the key absent?
    Null,
    /// `negated`: StringNotEquals, NotIpAddress and the like.
    Compare { compare: Compare, negated: bool },
    /// An operator this program does not know; its answer is unknown. AWS adds operators now and then.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// ForAllValues: true for a key that is missing.
    All,
    /// ForAnyValue: false for a key that is missing.
    Any,
}

/// A condition operator as written, and taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// As it stands in the policy.
    pub written: String,
    pub set: Option<Set>,
    pub test: Test,
    pub if_exists: bool,
}

impl Operator {
    /// Never fails: an unknown name is an operator with an unknown answer. Operator names are read in any case.
    pub fn parse(written: &str) -> Self {
        let lower = written.to_ascii_lowercase();
        let (set, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Set::All), rest),
            Some(("foranyvalue", rest)) => (Some(Set::Any), rest),
            _ => (None, lower.as_str()),
        };
        let (rest, if_exists) = rest.strip_suffix("ifexists").map_or((rest, false), |rest| (rest, true));
        let test = match test(rest) {
            // Null takes neither a prefix nor a suffix.
            Test::Null if if_exists || set.is_some() => Test::Other,
            test => test,
        };
        Self { written: written.to_owned(), set, test, if_exists }
    }

    /// Does this operator let in only what its values say, rather than keep something out?
    pub const fn is_positive(&self) -> bool {
        matches!(self.test, Test::Compare { negated: false, .. })
    }
}

fn test(name: &str) -> Test {
    let (compare, negated) = match name {
        "null" => return Test::Null,
        "stringequals" => (Compare::Text, false),
        "stringnotequals" => (Compare::Text, true),
        "stringequalsignorecase" => (Compare::TextAnyCase, false),
        "stringnotequalsignorecase" => (Compare::TextAnyCase, true),
        "stringlike" => (Compare::Like, false),
        "stringnotlike" => (Compare::Like, true),
        "arnequals" | "arnlike" => (Compare::Arn, false),
        "arnnotequals" | "arnnotlike" => (Compare::Arn, true),
        "bool" => (Compare::Bool, false),
        "binaryequals" => (Compare::Bytes, false),
        "ipaddress" => (Compare::Address, false),
        "notipaddress" => (Compare::Address, true),
        other => {
            let ordered = |kind: fn(Order) -> Compare, order: &str| {
                let order = match order {
                    "equals" => (Order::Equal, false),
                    "notequals" => (Order::Equal, true),
                    "lessthan" => (Order::Less, false),
                    "lessthanequals" => (Order::LessEqual, false),
                    "greaterthan" => (Order::Greater, false),
                    "greaterthanequals" => (Order::GreaterEqual, false),
                    _ => return None,
                };
                Some((kind(order.0), order.1))
            };
            let numeric = other.strip_prefix("numeric").and_then(|order| ordered(Compare::Number, order));
            let date = || other.strip_prefix("date").and_then(|order| ordered(Compare::Date, order));
            match numeric.or_else(date) {
                Some(known) => known,
                None => return Test::Other,
            }
        }
    };
    Test::Compare { compare, negated }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let operator = Operator::parse("ForAnyValue:StringNotLikeIfExists");
        assert_eq!((operator.set, operator.if_exists), (Some(Set::Any), true));
        assert_eq!(operator.test, Test::Compare { compare: Compare::Like, negated: true });
        let date = Operator::parse("DateLessThanEquals");
        assert_eq!(date.test, Test::Compare { compare: Compare::Date(Order::LessEqual), negated: false });
        for unknown in
            ["StringSounds", "NullIfExists", "ForAnyValue:Null", "", "ForSomeValues:StringLike", "Numeric"]
        {
            assert_eq!(Operator::parse(unknown).test, Test::Other, "{unknown}");
        }
    }
}
