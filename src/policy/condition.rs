//! Conditions weighed against what is known of a request. All operators and all keys of a statement must hold; the
//! values of one key are alternatives, and for a negated operator none of them may match.

use super::{
    compare::compares,
    document::{Condition, Statement, Version},
    operator::{Set, Test},
    request::{Fact, Request, Truth},
};

/// Do all conditions of the statement hold? True where it has none.
pub fn holds(statement: &Statement, request: &Request) -> Truth {
    Truth::all(statement.conditions.iter().map(|condition| weigh(condition, statement.version, request)))
}

/// Does one condition hold? A key that is missing makes a positive operator false, a negated one true, `...IfExists`
/// true, `ForAllValues` true and `ForAnyValue` false, even with `IfExists`: of no values none can pass.
///
/// Source: AWS documentation, "Single-valued vs. multivalued context keys"; AWS re:Post, "ForAnyValue
/// StringEqualsIfExists behaving unexpectedly", where it was tried.
pub fn weigh(condition: &Condition, version: Version, request: &Request) -> Truth {
    let fact = request.fact(&condition.key);
    let (compare, negated) = match &condition.operator.test {
        Test::Other => return Truth::Unknown,
        Test::Null => return Truth::any(condition.values.iter().map(|value| null(value, fact))),
        Test::Compare { compare, negated } => (compare, *negated),
    };
    let found = match fact {
        None | Some(Fact::Present) => return Truth::Unknown,
        Some(Fact::Absent) => &[][..],
        Some(Fact::Values(values)) => values,
    };
    let set = condition.operator.set;
    if found.is_empty() {
        let holds = match set {
            Some(Set::Any) => false,
            Some(Set::All) => true,
            None => negated || condition.operator.if_exists,
        };
        return holds.into();
    }
    let passes = |value: &String| {
        let wanted = condition.values.iter();
        let hit = Truth::any(wanted.map(|wanted| compares(compare, wanted, value, (version, request))));
        if negated { !hit } else { hit }
    };
    let passed = found.iter().map(passes);
    match set {
        Some(Set::All) => Truth::all(passed),
        None if negated => Truth::all(passed),
        Some(Set::Any) | None => Truth::any(passed),
    }
}

fn null(wanted: &str, fact: Option<&Fact>) -> Truth {
    let absent = match fact {
        None => Truth::Unknown,
        Some(Fact::Absent) => Truth::True,
        Some(Fact::Present) => Truth::False,
        Some(Fact::Values(values)) => values.is_empty().into(),
    };
    match wanted.to_ascii_lowercase().as_str() {
        "true" => absent,
        "false" => !absent,
        _ => Truth::False,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::operator::Operator, *};
    use Truth::{False, True, Unknown};

    fn weighed(operator: &str, values: &[&str], fact: Option<Fact>) -> Truth {
        let mut request = Request::default();
        if let Some(fact) = fact {
            request.set("the:key", fact);
        }
        let values = values.iter().map(|&value| value.to_owned()).collect();
        let condition = Condition { operator: Operator::parse(operator), key: "The:Key".into(), values };
        weigh(&condition, Version::Current, &request)
    }

    fn values(list: &[&str]) -> Fact {
        Fact::Values(list.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn missing_keys() {
        let table = [
            ("StringEquals", False),
            ("StringLike", False),
            ("ArnLike", False),
            ("Bool", False),
            ("NumericLessThan", False),
            ("DateLessThan", False),
            ("IpAddress", False),
            ("StringNotEquals", True),
            ("StringNotLike", True),
            ("ArnNotEquals", True),
            ("NotIpAddress", True),
            ("NumericNotEquals", True),
            ("DateNotEquals", True),
            ("StringEqualsIfExists", True),
            ("BoolIfExists", True),
            ("ForAllValues:StringLike", True),
            ("ForAnyValue:StringLike", False),
            ("ForAnyValue:StringNotEquals", False),
            ("ForAnyValue:StringLikeIfExists", False),
            ("ForAllValues:StringNotEqualsIfExists", True),
        ];
        for (operator, expected) in table {
            assert_eq!(weighed(operator, &["x"], Some(Fact::Absent)), expected, "{operator}");
            assert_eq!(weighed(operator, &["x"], None), Unknown, "{operator}");
            assert_eq!(weighed(operator, &["x"], Some(Fact::Present)), Unknown, "{operator}");
        }
        for (fact, is_null) in [(Some(Fact::Absent), True), (Some(Fact::Present), False), (None, Unknown)] {
            assert_eq!(weighed("Null", &["true"], fact.clone()), is_null);
            assert_eq!(weighed("Null", &["false"], fact), !is_null);
        }
    }

    #[test]
    fn negated_operators_turn_the_hit() {
        let table = [
            ("StringNotEquals", "a", "a", False),
            ("StringNotEqualsIgnoreCase", "A", "a", False),
            ("StringNotLike", "a*", "abc", False),
            ("StringNotLike", "a*", "xbc", True),
            ("ArnNotLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:role/x", False),
            ("ArnNotEquals", "*", "arn:aws:iam::111111111111:role/x", Unknown),
            ("NotIpAddress", "10.0.0.0/8", "203.0.113.7", True),
            ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", True),
            ("NumericNotEquals", "x", "1", True),
            ("DateNotEquals", "2026-11-20", "2026-11-20T00:00:00Z", False),
            ("StringNotEquals", "${aws:PrincipalTag/gone}", "a", Unknown),
            ("StringSounds", "a", "a", Unknown),
        ];
        for (operator, wanted, found, expected) in table {
            let found = Some(values(&[found]));
            assert_eq!(weighed(operator, &[wanted], found), expected, "{operator} {wanted}");
        }
    }

    #[test]
    fn sets_of_values() {
        let table: [(&str, &[&str], Truth); 8] = [
            ("ForAllValues:StringEquals", &["a", "b"], True),
            ("ForAllValues:StringEquals", &["a", "x"], False),
            ("ForAnyValue:StringEquals", &["a", "x"], True),
            ("ForAnyValue:StringEquals", &["x"], False),
            ("ForAllValues:StringNotEquals", &["x", "y"], True),
            ("ForAllValues:StringNotEquals", &["x", "a"], False),
            ("StringNotEquals", &["a"], False),
            ("StringNotEquals", &["x"], True),
        ];
        for (operator, found, expected) in table {
            assert_eq!(weighed(operator, &["a", "b"], Some(values(found))), expected, "{operator} {found:?}");
        }
        assert_eq!(weighed("ForAllValues:StringEquals", &["a"], Some(values(&[]))), True);
    }
}
