//! Small shapes that several of GitLab's pages share: global ids, times, connections, projects and runners inside others.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use crate::base::time::Timestamp;

/// `gid://gitlab/Ci::Runner/42`: GraphQL's spelling of an id. Only the number is kept, which is the one REST uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gid(pub u64);

impl<'de> Deserialize<'de> for Gid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.strip_prefix("gid://").and_then(|path| path.rsplit('/').next()?.parse().ok());
        number.map(Self).ok_or_else(|| serde::de::Error::custom("not a global id"))
    }
}

/// A time, or a date that stands for its first second (`expires_at` of tokens). What is neither is unknown, not an error.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok().or_else(|| format!("{text}T00:00:00Z").parse().ok())))
}

/// A page of a GraphQL connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Connection<T> {
    #[serde(default)]
    pub page_info: PageInfo,
    pub count: Option<usize>,
    /// GraphQL may answer `null` in place of a node, or of the list.
    #[serde(default = "Option::default")]
    pub nodes: Option<Vec<Option<T>>>,
}

impl<T> Connection<T> {
    pub(super) fn into_nodes(self) -> impl Iterator<Item = T> {
        self.nodes.unwrap_or_default().into_iter().flatten()
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    #[serde(default)]
    pub has_next_page: bool,
    pub end_cursor: Option<Arc<str>>,
}

impl PageInfo {
    /// Where the next page begins, if there is one.
    pub(super) fn next(&self) -> Option<Arc<str>> {
        self.end_cursor.clone().filter(|_| self.has_next_page)
    }
}

/// Anything of which only the number matters, in REST.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Numbered {
    pub id: u64,
}

/// Anything of which only the number matters, in GraphQL.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Named {
    pub id: Gid,
}

/// GraphQL writes its enumerations in capitals: `NEVER_CONTACTED`; REST does not.
pub(super) fn lower(word: Option<String>) -> Option<String> {
    word.map(|word| word.to_ascii_lowercase())
}

/// An empty text says nothing: `ip_address` is `""` where GitLab does not tell it.
pub(super) fn told(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Timed {
        #[serde(default, deserialize_with = "time")]
        at: Option<Timestamp>,
    }

    #[test]
    fn times_are_read_in_both_spellings_and_nonsense_is_unknown() {
        let at = |json: &str| serde_json::from_str::<Timed>(json).unwrap().at.map(|at| at.to_string());
        assert_eq!(at(r#"{"at":"2015-12-24T17:54:27.722+01:00"}"#).as_deref(), Some("2015-12-24T16:54:27Z"));
        assert_eq!(at(r#"{"at":"2023-08-15"}"#).as_deref(), Some("2023-08-15T00:00:00Z"));
        for json in ["{}", r#"{"at":null}"#, r#"{"at":"never"}"#, r#"{"at":""}"#] {
            assert_eq!(at(json), None, "{json}");
        }
    }

    #[test]
    fn global_ids_give_their_number() {
        let gid = |text: &str| serde_json::from_str::<Gid>(&format!("{text:?}")).ok().map(|gid| gid.0);
        assert_eq!(gid("gid://gitlab/Ci::Runner/42"), Some(42));
        for wrong in ["42", "gid://gitlab/Ci::Runner/", "gid://gitlab/Ci::Runner/x", ""] {
            assert_eq!(gid(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_connection_survives_nulls() {
        let page: Connection<Named> = serde_json::from_str(
            r#"{"pageInfo":{"hasNextPage":false,"endCursor":"x"},"nodes":[null,{"id":"gid://g/P/1"}]}"#,
        )
        .unwrap();
        assert!(page.page_info.next().is_none());
        assert_eq!(page.into_nodes().count(), 1);
        let page: Connection<Named> = serde_json::from_str(r#"{"nodes":null}"#).unwrap();
        assert_eq!(page.into_nodes().count(), 0);
    }
}
