//! GraphQL as GitLab speaks it: refusals come with status 200, a page may be too complex and has to be asked for in smaller
//! pieces, and an older server says which fields it does not know.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use gitlab::api::endpoint_prelude::{BodyError, Endpoint, Method, UrlBase};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    queries::Query,
    walk::{Halt, Walk},
    wire::Connection,
};
use crate::{
    base::{blame::Blame, text::clean},
    net::Error,
};

/// Why a query brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Halted(Halt),
    /// GitLab says no, in these words; no words where it answered `null`.
    Denied(String),
    /// Fields this GitLab does not know and the query cannot do without.
    Unknown(Vec<String>),
    /// Too complex or too slow even for one thing a page.
    TooComplex,
}

impl Trouble {
    /// Is this trouble GraphQL's own, so that REST may still answer?
    pub(super) fn is_graphqls_own(&self) -> bool {
        match self {
            Self::Denied(_) | Self::Unknown(_) | Self::TooComplex => true,
            Self::Halted(Halt::Stopped) => false,
            Self::Halted(Halt::Failed(error)) => {
                matches!(
                    error,
                    Error::Refused { status: 400 | 403.., .. }
                        | Error::Unreadable { .. }
                        | Error::TooLarge { .. }
                )
            }
        }
    }

    /// Who must act; nobody when the user stopped the walk.
    pub(super) fn blame(&self, fix: &str) -> Option<Blame> {
        match self {
            Self::Halted(halt) => super::strand::blame(halt, fix),
            Self::Denied(words) if words.is_empty() => Some(Blame::Scope(fix.to_owned())),
            Self::Denied(words) => Some(Blame::Scope(format!("{fix} GitLab says: {words}"))),
            Self::Unknown(_) | Self::TooComplex => Some(Blame::Bug),
        }
    }
}

#[derive(Deserialize)]
struct Body<T> {
    #[serde(default = "Option::default")]
    data: Option<BTreeMap<String, Option<T>>>,
    #[serde(default)]
    errors: Vec<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    message: String,
}

struct Post(Vec<u8>);

impl Endpoint for Post {
    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Cow<'static, str> {
        "api/graphql".into()
    }

    fn url_base(&self) -> UrlBase {
        UrlBase::Instance
    }

    fn body(&self) -> Result<Option<(&'static str, Vec<u8>)>, BodyError> {
        Ok(Some(("application/json", self.0.clone())))
    }
}

/// A query that is asked many times: for page after page, or for thing after thing. What it learned of the server's limits
/// it keeps.
pub(super) struct Asker<'w> {
    walk: &'w Walk,
    name: &'static str,
    text: String,
    /// Things a page.
    first: u32,
    /// What GitLab complained of beside an answer.
    pub complaints: Vec<String>,
}

impl<'w> Asker<'w> {
    pub(super) fn new(walk: &'w Walk, query: Query) -> Self {
        Self { walk, name: query.name, text: query.text.to_owned(), first: 50, complaints: Vec::new() }
    }

    /// With so many things a page, for those that weigh more.
    pub(super) fn of(self, first: u32) -> Self {
        Self { first, ..self }
    }

    /// Asks for one page after a cursor.
    pub(super) async fn page<T: DeserializeOwned>(
        &mut self,
        after: Option<&Arc<str>>,
        variables: &Value,
    ) -> Result<Connection<T>, Trouble> {
        loop {
            let mut variables = variables.clone();
            variables["first"] = json!(self.first);
            variables["after"] = json!(after);
            match self.ask(&variables).await {
                Err(Trouble::TooComplex) if self.first > 1 => self.first /= 2,
                answered => return answered,
            }
        }
    }

    /// Asks once, and again without the fields this GitLab does not know.
    pub(super) async fn ask<T: DeserializeOwned>(&mut self, variables: &Value) -> Result<T, Trouble> {
        loop {
            let question = json!({ "operationName": self.name, "query": self.text, "variables": variables });
            let post = Post(question.to_string().into_bytes());
            let answer = self.walk.ask(&post).await.map_err(Trouble::Halted)?;
            let body: Body<T> =
                answer.json("a GraphQL answer").map_err(|error| Trouble::Halted(error.into()))?;
            let found = body.data.and_then(|mut data| data.remove(self.name)).flatten();
            let messages: Vec<String> = body.errors.into_iter().map(|complaint| complaint.message).collect();
            if let Some(found) = found {
                self.complaints.extend(messages.iter().map(|message| short(message)));
                return Ok(found);
            }
            match sort(&messages) {
                Trouble::Unknown(fields) => {
                    let leaner = without(&self.text, &fields);
                    if leaner == self.text {
                        return Err(Trouble::Unknown(fields));
                    }
                    tracing::info!(query = self.name, ?fields, "this GitLab does not know these fields");
                    self.text = leaner;
                }
                trouble => return Err(trouble),
            }
        }
    }
}

/// Sorts GitLab's words. Sources: graphql-ruby's `FieldsAreDefinedOnType` and `max_complexity`, GitLab's timeout text.
fn sort(messages: &[String]) -> Trouble {
    let unknown: Vec<String> = messages
        .iter()
        .filter(|message| message.contains("doesn't exist on type"))
        .filter_map(|message| Some(message.split('\'').nth(1)?.to_owned()))
        .collect();
    if !unknown.is_empty() {
        return Trouble::Unknown(unknown);
    }
    let complex = ["exceeds max complexity", "complexity of", "timed out", "less complex query"];
    if messages.iter().any(|message| complex.iter().any(|sign| message.contains(sign))) {
        return Trouble::TooComplex;
    }
    Trouble::Denied(messages.first().map(|message| short(message)).unwrap_or_default())
}

/// The query without the lines that begin with these fields and open no block of their own.
fn without(query: &str, fields: &[String]) -> String {
    let stays = |line: &&str| {
        let line = line.trim();
        let name = line.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        let closed = line.matches('{').count() == line.matches('}').count();
        !(closed && fields.iter().any(|field| field == name))
    };
    query.lines().filter(stays).collect::<Vec<_>>().join("\n")
}

fn short(message: &str) -> String {
    clean(&message.chars().take(160).collect::<String>()).into_owned()
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Halted(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::queries::{CI_FILES, CI_HEADS, GROUP_VARIABLES, GROUPS, PROJECT_VARIABLES, PROJECTS, RUNNERS},
        *,
    };

    fn sorted(message: &str) -> Trouble {
        sort(&[message.to_owned()])
    }

    #[test]
    fn gitlabs_words_are_understood() {
        assert_eq!(
            sorted("Field 'hidden' doesn't exist on type 'CiProjectVariable'"),
            Trouble::Unknown(vec!["hidden".into()])
        );
        let complex = "Query has complexity of 312, which exceeds max complexity of 250";
        assert_eq!(sorted(complex), Trouble::TooComplex);
        let slow = "Request timed out. Please try a less complex query or a smaller set of records.";
        assert_eq!(sorted(slow), Trouble::TooComplex);
        assert_eq!(sort(&[]), Trouble::Denied(String::new()));
        assert_eq!(sorted("no\u{1b}[2J"), Trouble::Denied("no?[2J".into()));
    }

    #[test]
    fn fields_a_server_does_not_know_are_left_out_wherever_they_stand() {
        for field in ["hidden", "description", "branchRules", "count", "executorName", "tagList", "projects"]
        {
            for query in [PROJECTS, PROJECT_VARIABLES, GROUPS, GROUP_VARIABLES, RUNNERS, CI_HEADS, CI_FILES] {
                let leaner = without(query.text, &[field.to_owned()]);
                let opened = leaner.matches('{').count();
                assert_eq!(opened, leaner.matches('}').count(), "{field} of {}", query.name);
                assert!(leaner.contains(&format!("query {}(", query.name)));
            }
        }
        assert!(!without(PROJECTS.text, &["branchRules".into()]).contains("isProtected"));
        assert_eq!(without(PROJECTS.text, &["ciVariables".into()]), PROJECTS.text, "not without its point");
    }

    #[test]
    fn no_query_asks_for_a_value() {
        for query in [PROJECTS, PROJECT_VARIABLES, GROUPS, GROUP_VARIABLES, RUNNERS, CI_HEADS, CI_FILES] {
            assert!(!query.text.lines().any(|line| line.trim() == "value"), "{}", query.name);
            assert!(query.text.len() < 10_000);
        }
    }
}
