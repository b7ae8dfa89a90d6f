//! Permissions a plan needs, and whether its caller has them as far as that can be told beforehand. Policies above an account (service
//! control policies) are unseen: a yes is what IAM itself says.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::plan::{Block, Identity};
use crate::{
    base::name::{AccountId, Arn},
    join::{May, Rights},
    model::{estate::Estate, gitlab::Instance, id::Id},
};

/// What a call must be allowed to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    Aws {
        account: AccountId,
        /// `iam:CreateRole`
        action: String,
        /// `None` for actions that know no resource.
        resource: Option<Arn>,
        /// When alone it is needed: `should the answer be lost`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only: Option<String>,
    },
    GitLab {
        instance: String,
        says: String,
    },
    /// As plans of an earlier form have it.
    Said(String),
}

/// Does the caller have it?
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Has {
    Yes,
    /// Why not.
    No(String),
    /// Why it is not known.
    Unknown(String),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Need {
    pub right: Right,
    pub has: Has,
}

/// Plans used to say their permissions in words.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Typed { right: Right, has: Has },
    Text(String),
}

impl From<Written> for Need {
    fn from(written: Written) -> Self {
        match written {
            Written::Typed { right, has } => Self { right, has },
            Written::Text(text) => {
                Self { right: Right::Said(text), has: Has::Unknown("it was not asked".into()) }
            }
        }
    }
}

impl Right {
    /// An action on a thing of an account.
    pub(super) fn aws(account: AccountId, action: &str, resource: &Arn) -> Self {
        Self::Aws { account, action: action.to_owned(), resource: Some(resource.clone()), only: None }
    }

    /// An action that knows no resource.
    pub(super) fn anywhere(account: AccountId, action: &str) -> Self {
        Self::Aws { account, action: action.to_owned(), resource: None, only: None }
    }

    /// The same, if it is needed only then.
    pub(super) fn only(mut self, when: &str) -> Self {
        if let Self::Aws { only, .. } = &mut self {
            *only = Some(when.to_owned());
        }
        self
    }

    pub(super) fn gitlab(instance: &str, says: String) -> Self {
        Self::GitLab { instance: instance.to_owned(), says }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws { account, action, resource, only } => {
                f.write_str(action)?;
                match resource {
                    Some(resource) => write!(f, " on {resource}")?,
                    None => write!(f, " in account {account}")?,
                }
                only.as_ref().map_or(Ok(()), |when| write!(f, ", {when}"))
            }
            Self::GitLab { instance, says } => write!(f, "{says} at {instance}"),
            Self::Said(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.has {
            Has::Yes => write!(f, "{}: yes", self.right),
            Has::No(why) => write!(f, "{}: no: {why}", self.right),
            Has::Unknown(why) => write!(f, "{}: not known: {why}", self.right),
        }
    }
}

/// Each right once, with what the estate tells of whether its caller has it.
pub(super) fn judged(estate: &Estate, identities: &[Identity], mut rights: Vec<Right>) -> Vec<Need> {
    rights.sort();
    rights.dedup();
    let mut callers: Vec<(AccountId, Rights<'_>)> = Vec::new();
    for identity in identities {
        if let Identity::Aws { account, caller } = identity {
            callers.push((*account, Rights::of(estate, caller)));
        }
    }
    let has = |right: &Right| match right {
        Right::Aws { account, action, resource, .. } => {
            let caller = callers.iter().find(|(own, _)| own == account);
            let resource = resource.as_ref().map_or("*", Arn::as_str);
            match caller.map(|(_, rights)| rights.may(action, resource)) {
                Some(May::Yes) => Has::Yes,
                Some(May::No(why)) => Has::No(why),
                Some(May::Unknown(why)) => Has::Unknown(why),
                None => Has::Unknown("who acts there was not seen".into()),
            }
        }
        Right::GitLab { instance, .. } => at_gitlab(estate, instance),
        Right::Said(_) => Has::Unknown("it was not asked".into()),
    };
    rights.into_iter().map(|right| Need { has: has(&right), right }).collect()
}

/// Of a token only its scopes and whether an administrator owns it are read.
fn at_gitlab(estate: &Estate, instance: &str) -> Has {
    let seen = estate.find::<Instance>(&Id::instance(instance));
    let has_api = seen
        .and_then(|seen| seen.token_scopes.as_ref())
        .map(|scopes| scopes.iter().any(|scope| scope == "api"));
    match (seen.and_then(|seen| seen.is_admin), has_api) {
        (_, Some(false)) => Has::No("the token has no scope `api`".into()),
        (Some(true), Some(true)) => Has::Yes,
        (_, None) => Has::Unknown("the token's scopes were not read".into()),
        (_, Some(true)) => Has::Unknown("the role its owner has there was not read".into()),
    }
}

/// What the callers certainly may not do speaks against the plan: one sentence for each account or GitLab.
pub(super) fn blocks(needs: &[Need]) -> Vec<Block> {
    let mut by_place: Vec<(String, Vec<String>)> = Vec::new();
    for need in needs {
        let place = match (&need.right, &need.has) {
            (Right::Aws { account, only: None, .. }, Has::No(_)) => format!("account {account}"),
            (Right::GitLab { instance, .. }, Has::No(_)) => instance.clone(),
            _ => continue,
        };
        let Has::No(why) = &need.has else { continue };
        let says = format!("{} ({why})", need.right);
        match by_place.iter_mut().find(|(known, _)| *known == place) {
            Some((_, all)) => all.push(says),
            None => by_place.push((place, vec![says])),
        }
    }
    let block = |(place, all): (String, Vec<String>)| {
        Block::new(format!("keytrail may not do it in {place}: {}", all.join("; ")))
    };
    by_place.into_iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        aws::{InlinePolicy, User},
        observe::{Observation, Report, Scope, Sweep},
    };

    #[test]
    fn a_no_is_a_block_and_what_is_unread_is_not() {
        let arn = |text: &str| Arn::new(text).unwrap();
        let caller = arn("arn:aws:iam::111111111111:user/operator");
        let account = caller.account().unwrap();
        let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Create*","Resource":"*"}]}"#;
        let inline = Some(vec![InlinePolicy { name: "own".into(), document: document.into() }]);
        let user = User {
            inline,
            attached: Some(Vec::new()),
            groups: Some(Vec::new()),
            ..User::seen(caller.clone())
        };
        let mut estate = Estate::default();
        let sweep = Sweep { scope: Scope::new("all", "all"), run: 1 };
        let at = crate::base::time::Timestamp::default();
        estate.absorb(Report::Saw(Observation { sweep, at, saw: vec![user.into()], gaps: Vec::new() }));
        let role = arn("arn:aws:iam::111111111111:role/x");
        let rights = vec![
            Right::aws(account, "iam:DeleteRole", &role),
            Right::aws(account, "iam:CreateRole", &role),
            Right::aws(account, "iam:CreateRole", &role),
            Right::anywhere(account, "cloudtrail:LookupEvents").only("should an answer be lost"),
            Right::gitlab("acme", "Maintainer of project 1".into()),
        ];
        let who = |caller: &str| vec![Identity::Aws { account, caller: caller.to_owned() }];
        let needs = judged(&estate, &who(caller.as_str()), rights.clone());
        let said: Vec<String> = needs.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "cloudtrail:LookupEvents in account 111111111111, should an answer be lost: no: no policy of operator allows it",
                "iam:CreateRole on arn:aws:iam::111111111111:role/x: yes",
                "iam:DeleteRole on arn:aws:iam::111111111111:role/x: no: no policy of operator allows it",
                "Maintainer of project 1 at acme: not known: the token's scopes were not read",
            ]
        );
        let blocks = blocks(&needs);
        assert_eq!(blocks.len(), 1);
        assert!(
            blocks[0].says.contains("iam:DeleteRole") && !blocks[0].says.contains("cloudtrail"),
            "{blocks:?}"
        );
        let session = judged(&estate, &who("arn:aws:sts::111111111111:assumed-role/none/x"), rights.clone());
        assert!(matches!(session[0].has, Has::Unknown(_)), "{session:?}");
        let root = judged(&estate, &who("arn:aws:iam::111111111111:root"), rights);
        assert_eq!(root[1].has, Has::Yes);
    }

    #[test]
    fn needs_of_an_earlier_form_are_read() {
        let old: Need = serde_json::from_str(r#""iam:CreateAccessKey on x""#).unwrap();
        assert_eq!(old.to_string(), "iam:CreateAccessKey on x: not known: it was not asked");
        let json = serde_json::to_string(&old).unwrap();
        assert_eq!(serde_json::from_str::<Need>(&json).unwrap(), old);
    }
}
