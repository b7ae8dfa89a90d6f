//! Variables: as they stand, written, moved to another environment scope, made, deleted.

use std::borrow::Cow;

use gitlab::api::endpoint_prelude::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{Asked, Changer, trouble};
use crate::{
    base::{blame::Blame, secret::Secret},
    model::gitlab::Owner,
    net::{self, Error},
    source::{Answer, Trouble, gitlab::sight},
};

/// A variable as GitLab shows it now.
pub struct Shown {
    pub protected: Option<bool>,
    pub masked: Option<bool>,
    pub hidden: Option<bool>,
    pub raw: Option<bool>,
    pub file: Option<bool>,
    pub description: Option<String>,
    /// `None` where GitLab never shows it again.
    pub value: Option<Secret>,
}

/// A variable that is to be made. What is `None` is left to GitLab.
pub struct Made<'a> {
    pub value: &'a Secret,
    pub protected: Option<bool>,
    pub masked: Option<bool>,
    /// Masked, and never shown again. GitLab can do that when a variable is made, and at no other time.
    pub hidden: bool,
    pub raw: Option<bool>,
    pub file: Option<bool>,
    pub description: Option<&'a str>,
}

/// Source: lib/api/entities/ci/variable.rb; variables of schedules have less.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    variable_type: Option<String>,
    protected: Option<bool>,
    masked: Option<bool>,
    hidden: Option<bool>,
    raw: Option<bool>,
    environment_scope: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Scheduled<'a> {
    #[serde(borrow)]
    variables: Option<Vec<Wire<'a>>>,
}

impl Wire<'_> {
    fn shown(self) -> Shown {
        Shown {
            protected: self.protected,
            masked: self.masked,
            hidden: self.hidden,
            raw: self.raw,
            file: self.variable_type.map(|kind| kind == "file"),
            description: self.description,
            value: self.value.and_then(sight::secret),
        }
    }
}

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// The variables of an owner, below `/api/v4/`. Sources: doc/api/project_level_variables.md, doc/api/group_level_variables.md,
/// doc/api/instance_level_ci_variables.md, doc/api/pipeline_schedules.md.
pub fn variables_path(owner: &Owner) -> String {
    match owner {
        Owner::Instance => "admin/ci/variables".to_owned(),
        Owner::Group(group) => format!("groups/{group}/variables"),
        Owner::Project(project) => format!("projects/{project}/variables"),
        Owner::Schedule { project, schedule } => {
            format!("projects/{project}/pipeline_schedules/{schedule}/variables")
        }
    }
}

/// One of them.
pub fn variable_path(owner: &Owner, key: &str) -> String {
    format!("{}/{}", variables_path(owner), utf8_percent_encode(key, SEGMENT))
}

/// Only variables of projects and groups have an environment scope.
const fn has_scope(owner: &Owner) -> bool {
    matches!(owner, Owner::Project(_) | Owner::Group(_))
}

/// A request about one variable: of several with its name it is meant by its scope.
fn about<'a>(method: Method, owner: &Owner, key: &str, scope: &'a str) -> Asked<'a> {
    let asked = Asked::new(method, variable_path(owner, key));
    if has_scope(owner) { asked.with("filter[environment_scope]", scope) } else { asked }
}

impl Changer {
    pub async fn variable(&self, owner: &Owner, key: &str, scope: &str) -> Answer<Shown> {
        if let Owner::Schedule { project, schedule } = owner {
            return self.scheduled(*project, *schedule, key).await;
        }
        let asked = about(Method::GET, owner, key, scope);
        let answer = self.ask_of_variable(&asked).await?;
        let wire: Wire<'_> = answer.json("a variable").map_err(|error| trouble(&error, &asked.call()))?;
        Ok(wire.shown())
    }

    /// A schedule's variables are shown with the schedule, and nowhere else.
    async fn scheduled(&self, project: u64, schedule: u64, key: &str) -> Answer<Shown> {
        let asked = Asked::get(format!("projects/{project}/pipeline_schedules/{schedule}"));
        let call = asked.call();
        let answer = self.ask_of_variable(&asked).await?;
        let schedule: Scheduled<'_> = answer.json("a schedule").map_err(|error| trouble(&error, &call))?;
        let Some(variables) = schedule.variables else {
            let fix = "the variables of a schedule are shown to its owner and to Maintainers.";
            return Err(Trouble::Refused { blame: Blame::Scope(fix.into()), call });
        };
        let found = variables.into_iter().find(|one| one.key.as_deref() == Some(key));
        found.map(Wire::shown).ok_or(Trouble::Gone { call })
    }

    pub async fn write_variable(&self, owner: &Owner, key: &str, scope: &str, value: &Secret) -> Answer<()> {
        self.put(owner, key, scope, json!({ "value": value.open() })).await
    }

    /// `flag` is GitLab's own name of it, and what it becomes.
    pub async fn flag_variable(
        &self,
        owner: &Owner,
        key: &str,
        scope: &str,
        flag: (&'static str, bool),
    ) -> Answer<()> {
        self.put(owner, key, scope, json!({ flag.0: flag.1 })).await
    }

    /// Gives a variable another environment scope. A group's keeps its own where the license knows no scopes for groups: then GitLab says
    /// yes and changes nothing, and that is a refusal. Source: ee/lib/ee/api/helpers/variables_helpers.rb.
    pub async fn move_variable(&self, owner: &Owner, key: &str, scope: &str, to: &str) -> Answer<()> {
        let asked = about(Method::PUT, owner, key, scope).body(json!({ "environment_scope": to }));
        let answer = self.ask_of_variable(&asked).await?;
        let wire: Wire<'_> = answer.json("a variable").map_err(|error| trouble(&error, &asked.call()))?;
        stands_at(&wire, to, &asked)
    }

    /// Makes a variable, and tells whether GitLab hides it.
    pub async fn create_variable(
        &self,
        owner: &Owner,
        key: &str,
        scope: &str,
        made: &Made<'_>,
    ) -> Answer<Option<bool>> {
        let asked = Asked::new(Method::POST, variables_path(owner)).body(made.body(owner, key, scope));
        let answer = self.ask_of_variable(&asked).await?;
        let wire: Wire<'_> = answer.json("a variable").map_err(|error| trouble(&error, &asked.call()))?;
        if has_scope(owner) {
            stands_at(&wire, scope, &asked)?;
        }
        Ok(wire.hidden)
    }

    pub async fn delete_variable(&self, owner: &Owner, key: &str, scope: &str) -> Answer<()> {
        self.ask_of_variable(&about(Method::DELETE, owner, key, scope)).await.map(drop)
    }

    async fn put(&self, owner: &Owner, key: &str, scope: &str, body: Value) -> Answer<()> {
        self.ask_of_variable(&about(Method::PUT, owner, key, scope).body(body)).await.map(drop)
    }

    /// GitLab says 404 for a variable that is not there, and for a project or group that the token does not see: only the first is gone.
    async fn ask_of_variable(&self, asked: &Asked<'_>) -> Answer<net::Answer> {
        self.ask(asked).await.map_err(|error| unseen(&error, &asked.call()))
    }
}

fn unseen(error: &Error, call: &str) -> Trouble {
    match error {
        Error::Refused { status: 404, message } if !message.contains("Variable") => {
            let fix = format!("the token does not see where the variable is ({message}).");
            Trouble::Refused { blame: Blame::Scope(fix), call: call.to_owned() }
        }
        error => trouble(error, call),
    }
}

/// Did GitLab take the scope?
fn stands_at(wire: &Wire<'_>, scope: &str, asked: &Asked<'_>) -> Answer<()> {
    match wire.environment_scope.as_deref() {
        Some(found) if found != scope => {
            let fix = format!("GitLab keeps the scope `{found}`: in groups scopes want a Premium license.");
            Err(Trouble::Refused { blame: Blame::Scope(fix), call: asked.call() })
        }
        _ => Ok(()),
    }
}

impl Made<'_> {
    fn body(&self, owner: &Owner, key: &str, scope: &str) -> Value {
        let mut body = json!({ "key": key, "value": self.value.open() });
        let flag = |flag: Option<bool>| flag.map(Value::from);
        let kind = self.file.map(|file| json!(if file { "file" } else { "env_var" }));
        let hidden = self.hidden.then_some(json!(true));
        let masked = if self.hidden { None } else { flag(self.masked) };
        let named = [
            ("variable_type", kind),
            ("protected", flag(self.protected)),
            ("raw", flag(self.raw)),
            ("masked", masked),
            ("masked_and_hidden", hidden),
            ("description", self.description.map(Value::from)),
            ("environment_scope", has_scope(owner).then(|| scope.into())),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                body[name] = value;
            }
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use gitlab::api::endpoint_prelude::Endpoint;

    use super::*;

    #[test]
    fn a_name_from_outside_stays_one_segment() {
        let cases = [
            (Owner::Instance, "AWS_KEY", "admin/ci/variables/AWS_KEY"),
            (Owner::Group(7), "A/../B?x=1#y", "groups/7/variables/A%2F..%2FB%3Fx%3D1%23y"),
            (Owner::Project(42), "é", "projects/42/variables/%C3%A9"),
            (Owner::Schedule { project: 4, schedule: 2 }, "K", "projects/4/pipeline_schedules/2/variables/K"),
        ];
        for (owner, key, path) in cases {
            assert_eq!(variable_path(&owner, key), path);
        }
    }

    #[test]
    fn a_request_names_the_scope_where_there_is_one() {
        let url = |asked: &Asked<'_>| {
            let mut url = url::Url::parse("https://gitlab.example/x").unwrap();
            asked.parameters().add_to_url(&mut url);
            url.query().map(str::to_owned)
        };
        let asked = about(Method::PUT, &Owner::Project(4), "K", "review/*");
        assert_eq!(url(&asked).as_deref(), Some("filter%5Benvironment_scope%5D=review%2F*"));
        let asked = asked.body(json!({ "value": "new \"value\"" }));
        let (kind, body) = Endpoint::body(&asked).unwrap().unwrap();
        assert_eq!((kind, body.as_slice()), ("application/json", br#"{"value":"new \"value\""}"#.as_slice()));
        assert_eq!(
            url(&about(Method::DELETE, &Owner::Instance, "K", "*")).as_deref().unwrap_or_default(),
            ""
        );
        assert!(Endpoint::body(&about(Method::GET, &Owner::Group(1), "K", "*")).unwrap().is_none());
    }

    #[test]
    fn what_is_made_names_what_is_known_of_it() {
        let value = Secret::new("long-enough".into());
        let made = Made {
            value: &value,
            protected: Some(true),
            masked: Some(true),
            hidden: true,
            raw: None,
            file: Some(false),
            description: Some("why"),
        };
        assert_eq!(
            made.body(&Owner::Project(1), "K", "aside"),
            json!({
                "key": "K", "value": "long-enough", "variable_type": "env_var", "protected": true,
                "masked_and_hidden": true, "description": "why", "environment_scope": "aside",
            })
        );
        let made = Made { hidden: false, description: None, ..made };
        let body = made.body(&Owner::Instance, "K", "*");
        assert_eq!((body.get("masked"), body.get("environment_scope")), (Some(&json!(true)), None));
    }

    #[test]
    fn what_the_token_does_not_see_is_not_gone() {
        let of = |message: &str| unseen(&Error::Refused { status: 404, message: message.into() }, "GET /x");
        for message in ["404 Variable Not Found", "404 GroupVariable Not Found"] {
            assert_eq!(of(message), Trouble::Gone { call: "GET /x".into() });
        }
        for message in ["404 Project Not Found", "404 Group Not Found", ""] {
            assert!(matches!(of(message), Trouble::Refused { .. }), "{message}");
        }
    }

    #[test]
    fn a_scope_that_was_not_taken_is_a_refusal() {
        let wire = |scope: &str| {
            serde_json::from_str::<Wire<'_>>(scope)
                .map(|wire| stands_at(&wire, "aside", &Asked::get("x")).is_ok())
        };
        assert!(wire(r#"{"environment_scope":"aside"}"#).unwrap());
        assert!(wire("{}").unwrap(), "it is not told");
        assert!(!wire(r#"{"environment_scope":"*"}"#).unwrap());
    }
}
