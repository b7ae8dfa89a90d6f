//! Who may do what: the policies of users and roles, each document read once.

use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

use crate::{
    base::name::{AccountId, Arn},
    model::{
        aws::{IamGroup, InlinePolicy, Policy, Role, User},
        entity::Entity,
        estate::Estate,
        id::Id,
    },
    policy::{BadPolicy, Boundary, Caller, Document, NamedPolicy},
};

/// Bulk reads leave out the policies AWS manages. These decide who becomes whom, more than all others; the first never changed.
/// Source: AWS managed policy reference.
const MANAGED: [(&str, &str); 2] = [
    (
        "policy/AdministratorAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    (
        "policy/PowerUserAccess",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},
            {"Effect":"Allow","Action":["account:GetAccountInformation","account:GetPrimaryEmail","account:ListRegions",
                "iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles","organizations:DescribeOrganization"],
                "Resource":"*"}]}"#,
    ),
];

static MANAGED_READ: LazyLock<Vec<(&str, Arc<Document>)>> = LazyLock::new(|| {
    let read = |(name, text)| Some((name, Arc::new(Document::parse(text).ok()?)));
    MANAGED.into_iter().filter_map(read).collect()
});

/// A document as it was read, or why it could not be.
type Read = Result<Arc<Document>, BadPolicy>;

/// Every policy document of an estate, by its text: many roles share one.
#[derive(Debug, Default)]
pub struct Policies<'a> {
    read: FxHashMap<&'a str, Read>,
    managed: FxHashMap<&'a Arn, &'a str>,
    groups: FxHashMap<(Option<AccountId>, &'a str), &'a IamGroup>,
}

/// All policies of one user or role that could be read.
#[derive(Debug, Default)]
pub struct Held<'a> {
    pub named: Vec<(&'a str, Arc<Document>)>,
    /// Some were not read or are no policies: silence is no proof.
    pub partly: bool,
}

impl Held<'_> {
    pub fn documents(&self) -> Vec<&Document> {
        self.named.iter().map(|(_, document)| &**document).collect()
    }
}

impl<'a> Policies<'a> {
    pub fn of(estate: &'a Estate) -> Self {
        let mut policies = Self::default();
        for policy in estate.all::<Policy>() {
            if let Some(document) = &policy.document {
                policies.managed.insert(&policy.arn, document);
                policies.file(document);
            }
        }
        for group in estate.all::<IamGroup>() {
            policies.groups.insert((group.arn.account(), group.arn.name()), group);
            policies.file_all(group.inline.as_deref());
        }
        for user in estate.all::<User>() {
            policies.file_all(user.inline.as_deref());
        }
        for role in estate.all::<Role>() {
            policies.file_all(role.inline.as_deref());
            if let Some(trust) = &role.trust {
                policies.file(trust);
            }
        }
        policies
    }

    /// Those of one user or role alone: for a question about nobody else.
    pub fn of_one(estate: &'a Estate, holder: &'a Entity) -> Self {
        let mut policies = Self::default();
        let (inline, attached, boundary, groups) = match holder {
            Entity::User(user) => (&user.inline, &user.attached, &user.boundary, user.groups.as_deref()),
            Entity::Role(role) => (&role.inline, &role.attached, &role.boundary, None),
            _ => return policies,
        };
        policies.file_all(inline.as_deref());
        let mut wanted: Vec<&Arn> = attached.iter().flatten().chain(boundary).collect();
        for group in groups.into_iter().flatten() {
            let found = estate.all::<IamGroup>().find(|known| {
                known.arn.name() == &**group && Some(known.arn.account()) == arn_of(holder).map(Arn::account)
            });
            if let Some(group) = found {
                policies.groups.insert((group.arn.account(), group.arn.name()), group);
                policies.file_all(group.inline.as_deref());
                wanted.extend(group.attached.iter().flatten());
            }
        }
        for arn in wanted {
            let policy = estate.find::<Policy>(&Id::policy(arn));
            if let Some((policy, document)) =
                policy.and_then(|policy| Some((policy, policy.document.as_ref()?)))
            {
                policies.managed.insert(&policy.arn, document);
                policies.file(document);
            }
        }
        policies
    }

    fn file(&mut self, text: &'a str) {
        self.read.entry(text).or_insert_with(|| Document::parse(text).map(Arc::new));
    }

    fn file_all(&mut self, inline: Option<&'a [InlinePolicy]>) {
        for policy in inline.into_iter().flatten() {
            self.file(&policy.document);
        }
    }

    /// A role's trust policy; `None` where it was not read or is no policy.
    pub fn trust(&self, role: &Role) -> Option<&Arc<Document>> {
        self.read.get(role.trust.as_deref()?)?.as_ref().ok()
    }

    /// Why a document of the estate cannot be read as a policy.
    pub fn bad(&self, document: &str) -> Option<&BadPolicy> {
        self.read.get(document)?.as_ref().err()
    }

    /// Inline, attached and group policies; `None` where the user's or role's policies were not seen at all.
    pub fn held(&self, holder: &'a Entity) -> Option<Held<'a>> {
        let mut held = Held::default();
        match holder {
            Entity::User(user) => {
                self.own(&mut held, user.inline.as_deref(), user.attached.as_deref())?;
                for name in user.groups.iter().flatten() {
                    match self.groups.get(&(user.arn.account(), &**name)) {
                        Some(group) => self.add(
                            &mut held,
                            group.inline.as_deref().unwrap_or_default(),
                            group.attached.as_deref().unwrap_or_default(),
                        ),
                        None => held.partly = true,
                    }
                }
            }
            Entity::Role(role) => self.own(&mut held, role.inline.as_deref(), role.attached.as_deref())?,
            _ => return None,
        }
        Some(held)
    }

    /// A holder's own policies; `None` where neither kind was seen.
    fn own(
        &self,
        held: &mut Held<'a>,
        inline: Option<&'a [InlinePolicy]>,
        attached: Option<&'a [Arn]>,
    ) -> Option<()> {
        inline.map(|_| ()).or(attached.map(|_| ()))?;
        held.partly |= inline.is_none() || attached.is_none();
        self.add(held, inline.unwrap_or_default(), attached.unwrap_or_default());
        Some(())
    }

    fn add(&self, held: &mut Held<'a>, inline: &'a [InlinePolicy], attached: &'a [Arn]) {
        for policy in inline {
            match self.read.get(&*policy.document) {
                Some(Ok(document)) => held.named.push((&policy.name, document.clone())),
                _ => held.partly = true,
            }
        }
        for arn in attached {
            match self.managed(arn) {
                Some(document) => held.named.push((arn.name(), document)),
                None => held.partly = true,
            }
        }
    }

    fn managed(&self, arn: &Arn) -> Option<Arc<Document>> {
        if let Some(text) = self.managed.get(arn) {
            return self.read.get(*text)?.as_ref().ok().cloned();
        }
        let by_aws = arn.service() == "iam" && arn.account().is_none();
        let known = MANAGED_READ.iter().find(|(name, _)| by_aws && arn.resource() == *name);
        known.map(|(_, document)| document.clone())
    }

    /// The permissions boundary of a user or role.
    fn boundary(&self, boundary: Option<&Arn>) -> Bounds {
        let read = |arn| self.managed(arn).map_or(Bounds::Unread, Bounds::By);
        boundary.map_or(Bounds::None, read)
    }
}

const fn arn_of(holder: &Entity) -> Option<&Arn> {
    match holder {
        Entity::User(user) => Some(&user.arn),
        Entity::Role(role) => Some(&role.arn),
        _ => None,
    }
}

/// A permissions boundary as far as its document was read.
#[derive(Debug)]
enum Bounds {
    None,
    Unread,
    By(Arc<Document>),
}

/// A document that somebody has and nobody read.
#[derive(Debug)]
pub(super) struct Unread;

/// A user or role with everything `can_assume` asks of a caller, kept together because it borrows from itself otherwise.
#[derive(Debug)]
pub(super) struct Principal<'a> {
    pub(super) id: Id,
    pub(super) arn: &'a Arn,
    unique_id: Option<&'a str>,
    pub(super) held: Option<Held<'a>>,
    boundary: Bounds,
}

impl<'a> Principal<'a> {
    pub(super) fn of(entity: &'a Entity, policies: &Policies<'a>) -> Option<Self> {
        let (arn, unique_id, boundary) = match entity {
            Entity::User(user) => (&user.arn, None, user.boundary.as_ref()),
            Entity::Role(role) => (&role.arn, role.unique_id.as_deref(), role.boundary.as_ref()),
            _ => return None,
        };
        let held = policies.held(entity);
        Some(Self { id: entity.id(), arn, unique_id, held, boundary: policies.boundary(boundary) })
    }

    /// Its permissions boundary, if it has one; `Err` where that was not read.
    pub(super) fn bounds(&self) -> Result<Option<&Document>, Unread> {
        match &self.boundary {
            Bounds::None => Ok(None),
            Bounds::Unread => Err(Unread),
            Bounds::By(document) => Ok(Some(document)),
        }
    }

    /// The documents of its own policies that were read.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.held.iter().flat_map(|held| &held.named).map(|(_, document)| &**document)
    }

    pub(super) fn caller(&self) -> Caller<'_> {
        Caller {
            arn: self.arn,
            unique_id: self.unique_id,
            policies: self.held.as_ref().map(|held| {
                held.named.iter().map(|(name, document)| NamedPolicy { name, document }).collect()
            }),
            partly: self.held.as_ref().is_some_and(|held| held.partly),
            boundary: match &self.boundary {
                Bounds::None => Boundary::None,
                Bounds::Unread => Boundary::Unread,
                Bounds::By(document) => Boundary::Document(document),
            },
        }
    }
}
