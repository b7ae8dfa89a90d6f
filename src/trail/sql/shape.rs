//! What a table that somebody else made has and lacks, as its metadata tells.

use super::{Window, Word};

/// How a table of Athena differs from the one [`super::Ddl`] makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// `useridentity.identityprovider`.
    pub has_provider: bool,
    /// `useridentity.sessioncontext.sourceidentity`.
    pub has_source_identity: bool,
    /// By what days are told apart before a file is opened. `None`: every question reads everything.
    pub days: Option<Days>,
}

/// How the days of a trail are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Days {
    /// One partition column holds `2026/11/20`, or the same with another mark between.
    Column { name: Word, mark: char },
    /// The three partition columns `year`, `month` and `day`.
    Parts,
}

impl Shape {
    /// As the DDL of this program makes tables.
    pub fn own() -> Self {
        let days = Word::new("timestamp").ok().map(|name| Days::Column { name, mark: '/' });
        Self { has_provider: true, has_source_identity: true, days }
    }

    /// From the type of `useridentity`, the partition columns and the table's parameters.
    pub fn of(identity: &str, partitions: &[&str], parameter: impl Fn(&str) -> Option<String>) -> Self {
        let identity: String = identity.to_lowercase().split_whitespace().collect();
        let has = |field: &str| identity.contains(&format!("{field}:"));
        let column = |name: &&str| {
            let format = parameter(&format!("projection.{name}.format"))?;
            let mark = ["/", "-"].into_iter().find(|mark| format == format!("yyyy{mark}MM{mark}dd"))?;
            let name = Word::new(name).ok()?;
            Some(Days::Column { name, mark: mark.chars().next()? })
        };
        let is_by_parts = ["year", "month", "day"].iter().all(|part| partitions.contains(part));
        let days = partitions.iter().find_map(column).or(is_by_parts.then_some(Days::Parts));
        Self { has_provider: has("identityprovider"), has_source_identity: has("sourceidentity"), days }
    }
}

impl Days {
    /// The days whose files can hold records of the window. A file lies in the folder of the day it was delivered on, which may be the
    /// next one.
    pub(super) fn between(&self, window: Window) -> String {
        let (column, mark) = match self {
            Self::Column { name, mark } => (format!("\"{name}\""), *mark),
            Self::Parts => ("concat(\"year\", '/', \"month\", '/', \"day\")".to_owned(), '/'),
        };
        let day =
            |at: crate::base::time::Timestamp| at.utc().format(&format!("%Y{mark}%m{mark}%d")).to_string();
        format!("{column} BETWEEN '{}' AND '{}'", day(window.from), day(window.to.plus(86_400)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Timestamp;

    #[test]
    fn metadata_tells_what_a_table_has() {
        let projected = |name: &str| (name == "projection.timestamp.format").then(|| "yyyy/MM/dd".to_owned());
        let shape =
            Shape::of("struct<type:string,identityProvider:string>", &["account", "timestamp"], projected);
        assert!(shape.has_provider && !shape.has_source_identity);
        let window = Window { from: Timestamp::from_seconds(0), to: Timestamp::from_seconds(86_399) };
        assert_eq!(
            shape.days.unwrap().between(window),
            "\"timestamp\" BETWEEN '1970/01/01' AND '1970/01/02'"
        );
        let shape = Shape::of(
            "struct<sessioncontext:struct<sourceidentity: string>>",
            &["region", "day", "month", "year"],
            |_| None,
        );
        assert!(shape.has_source_identity && !shape.has_provider);
        assert!(shape.days.unwrap().between(window).starts_with("concat("));
        assert_eq!(Shape::of("", &["timestamp"], |_| None).days, None, "its format is unknown");
    }
}
