//! How one value of a request is compared with one value of a policy, by family of operators. A value that cannot be read
//! matches nothing.
//!
//! Source: AWS documentation, "IAM JSON policy elements: Condition operators".

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, NaiveDate};

use super::{
    document::Version,
    operator::{Compare, Order},
    pattern::{Piece, pieces_match},
    request::{Request, Truth},
    variable::{Filled, fill},
};

/// Policy variables are filled in for texts and ARNs, in policies of 2012, and nowhere else.
pub(super) fn compares(
    compare: &Compare,
    wanted: &str,
    value: &str,
    (version, request): (Version, &Request),
) -> Truth {
    let filled = |wildcards, test: &dyn Fn(&[Piece]) -> Truth| match fill(wanted, version, request, wildcards)
    {
        Filled::Pieces(pieces) => test(&pieces),
        Filled::Unresolved => Truth::False,
        Filled::Unknown => Truth::Unknown,
    };
    match compare {
        Compare::Text => filled(false, &|pieces| pieces_match(pieces, value).into()),
        Compare::TextAnyCase => filled(false, &|pieces| {
            let written: String = pieces.iter().filter_map(|piece| piece.letter()).collect();
            (written.to_lowercase() == value.to_lowercase()).into()
        }),
        Compare::Like => filled(true, &|pieces| pieces_match(pieces, value).into()),
        Compare::Arn => filled(true, &|pieces| arn(pieces, value)),
        Compare::Bool => flag(wanted).is_some_and(|wanted| flag(value) == Some(wanted)).into(),
        Compare::Bytes => {
            let bytes = |text: &str| STANDARD.decode(text).ok();
            bytes(wanted).is_some_and(|wanted| bytes(value) == Some(wanted)).into()
        }
        Compare::Number(order) => ordered(*order, number(wanted), number(value)),
        Compare::Date(order) => ordered(*order, date(wanted), date(value)),
        Compare::Address => address(wanted, value).unwrap_or(false).into(),
    }
}

fn flag(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
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

/// Milliseconds since 1970 of an ISO 8601 date, with or without a time, or of seconds since 1970.
fn date(text: &str) -> Option<i64> {
    let zoned =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%#z"));
    if let Ok(at) = zoned {
        return Some(at.timestamp_millis());
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis());
    }
    text.parse::<i64>().ok()?.checked_mul(1000)
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
    use super::{
        super::operator::{Operator, Test},
        *,
    };
    use Truth::{False, True, Unknown};

    /// The hit itself, before a `Not` turns it.
    fn hit(operator: &str, wanted: &str, found: &str) -> Truth {
        let Test::Compare { compare, .. } = Operator::parse(operator).test else { panic!("{operator}") };
        let request = Request::default().with("aws:username", "kim").without("aws:PrincipalTag/gone");
        compares(&compare, wanted, found, (Version::Current, &request))
    }

    fn check(table: &[(&str, &str, &str, Truth)]) {
        for &(operator, wanted, found, expected) in table {
            assert_eq!(hit(operator, wanted, found), expected, "{operator} {wanted} {found}");
        }
    }

    #[test]
    fn texts() {
        check(&[
            ("StringEquals", "a*", "a*", True),
            ("StringEquals", "a*", "abc", False),
            ("StringEquals", "A", "a", False),
            ("StringEquals", "", "", True),
            ("StringEquals", "${aws:username}", "kim", True),
            ("StringEquals", "${aws:PrincipalTag/gone}", "kim", False),
            ("StringEquals", "${aws:PrincipalTag/gone, 'kim'}", "kim", True),
            ("StringEquals", "${aws:SourceVpc}", "kim", Unknown),
            ("StringEqualsIgnoreCase", "ÄA", "äa", True),
            ("StringEqualsIgnoreCase", "A*", "ab", False),
            ("StringLike", "project_path:acme/*", "project_path:acme/x", True),
            ("StringLike", "${aws:username}*", "kimono", True),
            ("StringLike", "k${*}m", "kim", False),
            ("StringLike", "k${*}m", "k*m", True),
            ("StringLike", "Project*", "project", False),
        ]);
    }

    #[test]
    fn arns() {
        check(&[
            ("ArnEquals", "arn:aws:iam::*:role/ci-*", "arn:aws:iam::111111111111:role/ci-x", True),
            (
                "ArnLike",
                "arn:*:iam::111111111111:user/${aws:username}",
                "arn:aws-cn:iam::111111111111:user/kim",
                True,
            ),
            ("ArnLike", "arn:aws:*:role/x", "arn:aws:iam::111111111111:role/x", Unknown),
            ("ArnLike", "arn:aws:*:r:1:log:x", "arn:aws:logs:e:r:1:log:x", False),
            ("StringLike", "arn:aws:*:r:1:log:x", "arn:aws:logs:e:r:1:log:x", True),
            ("ArnLike", "*", "arn:aws:iam::111111111111:role/x", Unknown),
            ("ArnLike", "b*", "arn:aws:iam::111111111111:role/x", False),
            ("ArnLike", "arn:aws:s3:::*", "no arn", False),
        ]);
    }

    #[test]
    fn numbers_and_flags() {
        check(&[
            ("NumericLessThanEquals", "3600", "3600.0", True),
            ("NumericEquals", "5", "5.0", True),
            ("NumericLessThan", "-1", "-1.5", True),
            ("NumericGreaterThan", "x", "1", False),
            ("NumericLessThan", "inf", "1", False),
            ("NumericEquals", "NaN", "NaN", False),
            ("Bool", "True", "true", True),
            ("Bool", "false", "true", False),
            ("Bool", "maybe", "maybe", False),
        ]);
    }

    #[test]
    fn dates() {
        let noon = "2026-11-20T12:00:00Z";
        check(&[
            ("DateLessThan", "2026-11-20T12:00:30Z", "2026-11-20T14:00:00+02:00", True),
            ("DateEquals", "2026-11-20T13:00+01:00", noon, True),
            ("DateEquals", "2026-11-20T12:00Z", noon, True),
            ("DateEquals", "1795176000", noon, True),
            ("DateLessThan", "2026-11-20T12:00:00.500Z", noon, True),
            ("DateEquals", "2026-11-20T12:00:00.500Z", noon, False),
            ("DateGreaterThan", "2026-11-20", "1795219200", True),
            ("DateLessThan", "2026-11-20", "1795219200", False),
            ("DateEquals", "2026-02-30", "2026-02-30", False),
            ("DateLessThan", "tomorrow", noon, False),
            ("DateLessThan", "9223372036854775807", noon, False),
        ]);
    }

    #[test]
    fn addresses_and_bytes() {
        check(&[
            ("IpAddress", "203.0.113.0/24", "203.0.113.77", True),
            ("IpAddress", "203.0.113.0/24", "203.0.114.1", False),
            ("IpAddress", "203.0.113.7", "203.0.113.7", True),
            ("IpAddress", "0.0.0.0/0", "8.8.8.8", True),
            ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),
            ("IpAddress", "::/0", "2001:db8::1", True),
            ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
            ("IpAddress", "1.2.3.4/99", "1.2.3.4", False),
            ("IpAddress", "1.2.3.4/-1", "1.2.3.4", False),
            ("BinaryEquals", "QQ==", "QQ==", True),
            ("BinaryEquals", "QQ==", "qq==", False),
            ("BinaryEquals", "not base 64", "not base 64", False),
            ("BinaryEquals", "${aws:username}", "kim", False),
        ]);
    }
}
