//! Conditions weighed against what is known of a request. All operators and all keys of a statement must hold; the
//! values of one key are alternatives, and for a negated operator none of them may match.

use std::net::IpAddr;

use chrono::NaiveDate;

use super::{
    document::{Condition, Statement, Version},
    operator::{Compare, Order, Set, Test},
    pattern::{Piece, pieces_match},
    request::{Fact, Request, Truth},
    variable::{Filled, fill},
};
use crate::base::time::Timestamp;

/// Do all conditions of the statement hold? True where it has none.
pub fn holds(statement: &Statement, request: &Request) -> Truth {
    Truth::all(statement.conditions.iter().map(|condition| weigh(condition, statement.version, request)))
}

/// Does one condition hold? A key that is missing makes a positive operator false, a negated one true, `...IfExists`
/// true, `ForAllValues` true and `ForAnyValue` false.
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
        let holds = condition.operator.if_exists || set.map_or(negated, |set| set == Set::All);
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

fn compares(compare: &Compare, wanted: &str, value: &str, (version, request): (Version, &Request)) -> Truth {
    let filled = |wildcards, test: &dyn Fn(&[Piece]) -> Truth| match fill(wanted, version, request, wildcards)
    {
        Filled::Pieces(pieces) => test(&pieces),
        Filled::Unresolved => Truth::False,
        Filled::Unknown => Truth::Unknown,
    };
    match compare {
        Compare::Text => filled(false, &|pieces| pieces_match(pieces, value).into()),
        Compare::TextAnyCase => filled(false, &|pieces| {
            let lower = |piece: &Piece| match piece {
                Piece::Letter(letter) => Piece::Letter(letter.to_ascii_lowercase()),
                other => *other,
            };
            let pieces: Vec<Piece> = pieces.iter().map(lower).collect();
            pieces_match(&pieces, &value.to_ascii_lowercase()).into()
        }),
        Compare::Like => filled(true, &|pieces| pieces_match(pieces, value).into()),
        Compare::Arn => filled(true, &|pieces| arn(pieces, value)),
        Compare::Bool => wanted.eq_ignore_ascii_case(value).into(),
        Compare::Number(order) => ordered(*order, wanted.parse::<f64>().ok(), value.parse::<f64>().ok()),
        Compare::Date(order) => ordered(*order, date(wanted), date(value)),
        Compare::Address => address(wanted, value).unwrap_or(false).into(),
    }
}

/// Each of the six fields is matched by itself, so that a star in one does not reach into the next. What AWS makes of a
/// pattern with fewer fields is documented nowhere: where the plain text would match, nobody knows.
fn arn(pattern: &[Piece], value: &str) -> Truth {
    let fields: Vec<&[Piece]> = pattern.splitn(6, |piece| *piece == Piece::Letter(':')).collect();
    let found: Vec<&str> = value.splitn(6, ':').collect();
    if fields.len() < 6 {
        return if pieces_match(pattern, value) { Truth::Unknown } else { Truth::False };
    }
    (found.len() == 6 && fields.iter().zip(found).all(|(field, text)| pieces_match(field, text))).into()
}

/// A value that cannot be read matches nothing.
fn ordered<T: PartialOrd>(order: Order, wanted: Option<T>, found: Option<T>) -> Truth {
    let (Some(wanted), Some(found)) = (wanted, found) else { return Truth::False };
    match order {
        Order::Equal => found == wanted,
        Order::Less => found < wanted,
        Order::LessEqual => found <= wanted,
        Order::Greater => found > wanted,
        Order::GreaterEqual => found >= wanted,
    }
    .into()
}

/// Seconds since 1970 of an ISO 8601 date, a date and time, or seconds since 1970.
fn date(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.seconds());
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp());
    }
    text.parse().ok()
}

/// Is the address in the network? Without a length the network is that one address.
fn address(network: &str, value: &str) -> Option<bool> {
    let (base, length) = match network.split_once('/') {
        Some((base, length)) => (base, Some(length.parse::<u32>().ok()?)),
        None => (network, None),
    };
    Some(match (base.parse().ok()?, value.parse().ok()?) {
        (IpAddr::V4(base), IpAddr::V4(found)) => {
            let shift = 32_u32.checked_sub(length.unwrap_or(32))?;
            let difference = base.to_bits() ^ found.to_bits();
            difference.checked_shr(shift).unwrap_or(0) == 0
        }
        (IpAddr::V6(base), IpAddr::V6(found)) => {
            let shift = 128_u32.checked_sub(length.unwrap_or(128))?;
            let difference = base.to_bits() ^ found.to_bits();
            difference.checked_shr(shift).unwrap_or(0) == 0
        }
        _ => false,
    })
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
    fn values_one_by_one() {
        let table = [
            ("StringEquals", "a*", "a*", True),
            ("StringEquals", "a*", "abc", False),
            ("StringEquals", "A", "a", False),
            ("StringEqualsIgnoreCase", "A", "a", True),
            ("StringNotEqualsIgnoreCase", "A", "a", False),
            ("StringLike", "project_path:acme/*", "project_path:acme/x", True),
            ("StringLike", "Project*", "project", False),
            ("StringNotLike", "a*", "abc", False),
            ("ArnEquals", "arn:aws:iam::*:role/ci-*", "arn:aws:iam::111111111111:role/ci-x", True),
            ("ArnLike", "arn:aws:*:role/x", "arn:aws:iam::111111111111:role/x", Unknown),
            ("ArnLike", "arn:aws:*:r:1:log:x", "arn:aws:logs:e:r:1:log:x", False),
            ("StringLike", "arn:aws:*:r:1:log:x", "arn:aws:logs:e:r:1:log:x", True),
            ("ArnLike", "*", "arn:aws:iam::111111111111:role/x", Unknown),
            ("ArnLike", "b*", "arn:aws:iam::111111111111:role/x", False),
            ("Bool", "True", "true", True),
            ("NumericLessThanEquals", "3600", "3600.0", True),
            ("NumericGreaterThan", "x", "1", False),
            ("NumericNotEquals", "x", "1", True),
            ("DateLessThan", "2026-11-20T12:00:30Z", "2026-11-20T14:00:00+02:00", True),
            ("DateGreaterThan", "2026-11-20", "1795219200", True),
            ("DateLessThan", "2026-11-20", "1795219200", False),
            ("IpAddress", "203.0.113.0/24", "203.0.113.77", True),
            ("IpAddress", "203.0.113.0/24", "203.0.114.1", False),
            ("IpAddress", "203.0.113.7", "203.0.113.7", True),
            ("IpAddress", "0.0.0.0/0", "8.8.8.8", True),
            ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
            ("IpAddress", "1.2.3.4/99", "1.2.3.4", False),
            ("NotIpAddress", "10.0.0.0/8", "203.0.113.7", True),
            ("BinaryEquals", "QQ==", "QQ==", True),
            ("StringSounds", "a", "a", Unknown),
        ];
        for (operator, wanted, found, expected) in table {
            assert_eq!(
                weighed(operator, &[wanted], Some(values(&[found]))),
                expected,
                "{operator} {wanted} {found}"
            );
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
