//! Variables as calls name them: where one is, and with which flags it was seen.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    act::{
        need::Right,
        outside::{Answer, Trouble, VariableState},
        request::{Request, quoted},
        scene::{Scene, Sight},
    },
    model::gitlab::{Owner, Variable},
    source::gitlab::{variable_path, variables_path},
};

/// How the scopes begin of what a run puts aside.
const ASIDE: &str = "keytrail-";

/// Does a call about a variable belong to the one after it, or before it, so that no job may come between them?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joint {
    #[default]
    Alone,
    WithNext,
    WithLast,
}

impl Joint {
    /// When all is taken back, the last comes first.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Alone => Self::Alone,
            Self::WithNext => Self::WithLast,
            Self::WithLast => Self::WithNext,
        }
    }
}

/// Where a variable is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The GitLab's name in the configuration.
    pub instance: String,
    pub owner: Owner,
    /// The variable's name.
    pub key: String,
    pub scope: String,
}

impl Place {
    pub fn of(variable: &Variable) -> Self {
        Self {
            instance: variable.instance.to_string(),
            owner: variable.owner,
            key: variable.key.to_string(),
            scope: variable.environment_scope.to_string(),
        }
    }

    /// Below `/api/v4/`, without the filter for the scope.
    pub fn path(&self) -> String {
        variable_path(&self.owner, &self.key)
    }

    /// Do variables of this owner have an environment scope?
    pub const fn has_scope(&self) -> bool {
        matches!(self.owner, Owner::Group(_) | Owner::Project(_))
    }

    /// Where the variables of its owner are listed and made.
    pub(super) fn list_path(&self) -> String {
        variables_path(&self.owner)
    }

    /// The same variable under another scope.
    pub(in crate::act) fn at(&self, scope: &str) -> Self {
        Self { scope: scope.to_owned(), ..self.clone() }
    }

    /// A scope that no environment has, for what a run puts aside. `mark` tells one run's from another's.
    pub(in crate::act) fn aside(what: &str, mark: i64) -> String {
        format!("{ASIDE}{what}-{mark}")
    }

    /// Has a run put it aside?
    pub(in crate::act) fn is_aside(&self) -> bool {
        self.scope.starts_with(ASIDE)
    }

    /// `PUT`, with what is written.
    pub(super) fn put(&self, written: (&'static str, String)) -> Request {
        let parameters = std::iter::once(written).chain(self.filter()).collect();
        Request::gitlab(&self.instance, format!("PUT {}", self.path()), parameters)
    }

    pub(super) fn delete(&self) -> Request {
        let parameters = self.filter().into_iter().collect();
        Request::gitlab(&self.instance, format!("DELETE {}", self.path()), parameters)
    }

    fn filter(&self) -> Option<(&'static str, String)> {
        self.has_scope().then(|| ("filter[environment_scope]", self.scope.clone()))
    }

    /// The same for a shell; `field` as `glab api` wants it.
    pub(super) fn put_by_hand(&self, field: &str) -> String {
        format!("glab api --method PUT {} {field}", self.by_hand())
    }

    pub(super) fn delete_by_hand(&self) -> String {
        format!("glab api --method DELETE {}", self.by_hand())
    }

    fn by_hand(&self) -> String {
        let path = self.path();
        let filter = format!("{path}?filter[environment_scope]={}", self.scope);
        quoted(if self.has_scope() { &filter } else { &path })
    }

    /// Why it is not the variable that the plan was made for, as far as flags tell.
    pub(super) fn differs(&self, flags: &Flags, seen: &VariableState) -> Option<String> {
        let flag = flags.differs(&seen.flags)?;
        Some(format!("{self}: `{flag}` was changed since the plan was made"))
    }

    /// Who may write it.
    pub(super) fn needs(&self) -> Vec<Right> {
        let who = match self.owner {
            Owner::Instance => "an administrator's token".to_owned(),
            Owner::Group(group) => format!("Owner of group {group}"),
            Owner::Project(project) | Owner::Schedule { project, .. } => {
                format!("Maintainer of project {project}")
            }
        };
        vec![Right::gitlab(&self.instance, format!("{who}, scope api,"))]
    }

    /// The variable, if it is there with the flags of the plan; the one that is to be set may be either way.
    pub(super) async fn seen(
        &self,
        scene: &Scene<'_>,
        flags: &Flags,
        set: Option<Flag>,
    ) -> Answer<Result<VariableState, Sight>> {
        let seen = match scene.outside.variable(self).await {
            Err(Trouble::Gone { .. }) => {
                return Ok(Err(Sight::Other(format!("{self} is not there any more"))));
            }
            seen => seen?,
        };
        let other = flags.differs(&seen.flags).filter(|name| set.is_none_or(|set| set.word() != *name));
        Ok(match other {
            Some(flag) => Err(Sight::Other(format!("{self}: `{flag}` was changed since the plan was made"))),
            None => Ok(seen),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}@{}", self.instance, self.owner, self.key, self.scope)
    }
}
/// A variable's flags as they were seen; `None` where they were not. A call leaves them as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    pub protected: Option<bool>,
    pub masked: Option<bool>,
    pub hidden: Option<bool>,
    pub raw: Option<bool>,
    pub file: Option<bool>,
}

impl Flags {
    pub const fn of(variable: &Variable) -> Self {
        Self {
            protected: variable.protected,
            masked: variable.masked,
            hidden: variable.hidden,
            raw: variable.raw,
            file: variable.file,
        }
    }

    /// The name of a flag that both know and that differs.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let pairs = [
            ("protected", self.protected, other.protected),
            ("masked", self.masked, other.masked),
            ("hidden", self.hidden, other.hidden),
            ("raw", self.raw, other.raw),
            ("file", self.file, other.file),
        ];
        let differs =
            |one: Option<bool>, two: Option<bool>| one.zip(two).is_some_and(|(one, two)| one != two);
        pairs.into_iter().find(|(_, one, two)| differs(*one, *two)).map(|(name, ..)| name)
    }
}

/// A flag that GitLab lets a variable's writer set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Only jobs of protected refs get it.
    Protected,
    /// Job logs do not print it.
    Masked,
}

impl Flag {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Masked => "masked",
        }
    }

    pub const fn of(self, flags: &Flags) -> Option<bool> {
        match self {
            Self::Protected => flags.protected,
            Self::Masked => flags.masked,
        }
    }
}
