//! What a user or role may do itself: sensitive actions on more or less everything, as its policies, their denies and its boundary
//! leave them. A statement with a condition gives nothing and takes nothing here: whether it holds cannot be known.

use rustc_hash::FxHashMap;

use super::{super::policies::Principal, Power};
use crate::{
    join::Policies,
    model::entity::Entity,
    policy::{
        Document, Statement,
        document::{Effect, Selection},
        is_administrator,
        pattern::matches,
    },
};

/// One call that gives a power, and what it would have to be allowed on.
struct Call {
    power: Power,
    action: &'static str,
    service: &'static str,
    /// The end of an ARN that nobody would write into a policy: only a pattern that means everything of its kind matches it.
    thing: &'static str,
}

const fn call(power: Power, action: &'static str, service: &'static str, thing: &'static str) -> Call {
    Call { power, action, service, thing }
}

/// Writes of IAM with which one gives oneself anything else, as they are listed in Rhino Security Labs' "AWS IAM privilege escalation
/// methods", and the other calls one by one.
const CALLS: [Call; 30] = [
    call(Power::Iam, "iam:AttachUserPolicy", "iam", "user/\0"),
    call(Power::Iam, "iam:AttachGroupPolicy", "iam", "group/\0"),
    call(Power::Iam, "iam:AttachRolePolicy", "iam", "role/\0"),
    call(Power::Iam, "iam:PutUserPolicy", "iam", "user/\0"),
    call(Power::Iam, "iam:PutGroupPolicy", "iam", "group/\0"),
    call(Power::Iam, "iam:PutRolePolicy", "iam", "role/\0"),
    call(Power::Iam, "iam:CreatePolicyVersion", "iam", "policy/\0"),
    call(Power::Iam, "iam:SetDefaultPolicyVersion", "iam", "policy/\0"),
    call(Power::Iam, "iam:AddUserToGroup", "iam", "group/\0"),
    call(Power::Iam, "iam:CreateAccessKey", "iam", "user/\0"),
    call(Power::Iam, "iam:CreateLoginProfile", "iam", "user/\0"),
    call(Power::Iam, "iam:UpdateLoginProfile", "iam", "user/\0"),
    call(Power::Iam, "iam:UpdateAssumeRolePolicy", "iam", "role/\0"),
    call(Power::AssumeAny, "sts:AssumeRole", "iam", "role/\0"),
    call(Power::Secrets, "secretsmanager:GetSecretValue", "secretsmanager", "secret:\0"),
    call(Power::Secrets, "ssm:GetParameter", "ssm", "parameter/\0"),
    call(Power::Secrets, "ssm:GetParameters", "ssm", "parameter/\0"),
    call(Power::Secrets, "ssm:GetParametersByPath", "ssm", "parameter/\0"),
    call(Power::Kms, "kms:Decrypt", "kms", "key/\0"),
    call(Power::S3Data, "s3:GetObject", "s3", "\0/\0"),
    call(Power::S3Data, "s3:PutObject", "s3", "\0/\0"),
    call(Power::Ec2Run, "ec2:RunInstances", "ec2", "instance/\0"),
    call(Power::LambdaUpdate, "lambda:UpdateFunctionCode", "lambda", "function:\0"),
    call(Power::Organization, "organizations:AttachPolicy", "organizations", "policy/\0"),
    call(Power::Organization, "organizations:DetachPolicy", "organizations", "policy/\0"),
    call(Power::Organization, "organizations:UpdatePolicy", "organizations", "policy/\0"),
    call(Power::Organization, "organizations:DeletePolicy", "organizations", "policy/\0"),
    call(Power::Organization, "organizations:MoveAccount", "organizations", "account/\0"),
    call(Power::Organization, "organizations:CreateAccount", "organizations", "\0"),
    call(Power::Organization, "organizations:LeaveOrganization", "organizations", "\0"),
];

/// What a document, a boundary or a principal gives and takes, as bits in the order of [`CALLS`].
#[derive(Clone, Copy, Debug, Default)]
struct Effects {
    allows: u32,
    denies: u32,
}

impl Effects {
    const fn and(self, other: Self) -> Self {
        Self { allows: self.allows | other.allows, denies: self.denies | other.denies }
    }

    const fn left(self) -> u32 {
        self.allows & !self.denies
    }
}

/// A user or role as far as it could be judged.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// In their order.
    pub(super) powers: Vec<Power>,
    /// Some of its policies, or its boundary, were not read.
    pub(super) partly: bool,
}

/// Judges one after the other, and each document once: many roles share one.
#[derive(Default)]
pub(super) struct Judge {
    /// By where the document lies in memory, which [`Policies`] keeps it at.
    weighed: FxHashMap<*const Document, Effects>,
}

impl Judge {
    pub(super) fn judge<'a>(&mut self, entity: &'a Entity, policies: &Policies<'a>) -> Judged {
        let Some(principal) = Principal::of(entity, policies) else { return Judged::default() };
        let Some(held) = &principal.held else { return Judged { partly: true, ..Judged::default() } };
        let mut partly = held.partly;
        let documents = held.documents();
        let own =
            documents.iter().map(|document| self.weigh(document)).fold(Effects::default(), Effects::and);
        let mut left = own.left();
        let mut administrator = is_administrator(&documents);
        match principal.bounds() {
            Ok(None) => {}
            Ok(Some(boundary)) => {
                left &= self.weigh(boundary).left();
                administrator &= is_administrator(&[boundary]);
            }
            Err(_) => {
                (left, administrator, partly) = (0, false, true);
            }
        }
        let calls = CALLS.iter().enumerate().filter(|(bit, _)| left & (1 << bit) != 0);
        let mut powers: Vec<Power> = administrator.then_some(Power::Administrator).into_iter().collect();
        powers.extend(calls.map(|(_, call)| call.power));
        powers.sort_unstable();
        powers.dedup();
        Judged { powers, partly }
    }

    fn weigh(&mut self, document: &Document) -> Effects {
        *self.weighed.entry(std::ptr::from_ref(document)).or_insert_with(|| {
            let whole = document.statements.iter().filter(|statement| statement.conditions.is_empty());
            whole.map(effects).fold(Effects::default(), Effects::and)
        })
    }
}

fn effects(statement: &Statement) -> Effects {
    let Some(resources) = &statement.resources else { return Effects::default() };
    let meant = |call: &Call| statement.actions.has_action(call.action) && is_broad(resources, call);
    let bits =
        CALLS.iter().enumerate().filter(|(_, call)| meant(call)).fold(0, |bits, (bit, _)| bits | 1 << bit);
    match statement.effect {
        Effect::Allow => Effects { allows: bits, denies: 0 },
        Effect::Deny => Effects { allows: 0, denies: bits },
    }
}

/// Are all things of the call's kind meant, at least those of one account and Region?
fn is_broad(resources: &Selection, call: &Call) -> bool {
    let whole = |pattern: &String| {
        let mut fields = pattern.splitn(6, ':');
        let (service, thing) = (fields.nth(2), fields.nth(2));
        match (service, thing) {
            (Some(service), Some(thing)) => matches(service, call.service) && matches(thing, call.thing),
            // `*`, or an ARN cut short by a star.
            _ => matches(pattern, &format!("arn:aws:{}:\0:\0:{}", call.service, call.thing)),
        }
    };
    resources.patterns.iter().any(whole) != resources.negated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{name::Arn, time::Timestamp},
        model::{
            aws::{InlinePolicy, Policy, User},
            estate::Estate,
            observe::{Observation, Report, Scope, Sweep},
        },
    };

    fn estate(things: Vec<Entity>) -> Estate {
        let mut estate = Estate::default();
        let sweep = Sweep { scope: Scope::new("test", "things"), run: 1 };
        let at = Timestamp::default();
        estate.absorb(Report::Saw(Observation { sweep, at, saw: things, gaps: vec![] }));
        estate
    }

    fn user(statements: &str) -> User {
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let mut user = User::seen(arn("arn:aws:iam::111111111111:user/u"));
        user.inline = Some(vec![InlinePolicy { name: "p".into(), document: document.into() }]);
        user.attached = Some(vec![]);
        user
    }

    fn arn(text: &str) -> Arn {
        Arn::new(text).unwrap()
    }

    fn judged(user: User, boundary: Option<Policy>) -> Judged {
        let id = user.id();
        let things = std::iter::once(user.into()).chain(boundary.map(Into::into)).collect();
        let estate = estate(things);
        Judge::default().judge(estate.get(&id).unwrap(), &Policies::of(&estate))
    }

    fn allow(action: &str, resource: &str) -> String {
        format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
    }

    fn deny(action: &str, resource: &str) -> String {
        allow(action, resource).replace("Allow", "Deny")
    }

    #[test]
    fn what_is_allowed_on_everything_of_its_kind_is_a_power() {
        use Power::{AssumeAny, Ec2Run, Iam, Kms, LambdaUpdate, Organization, S3Data, Secrets};
        let table: [(&str, &str, &[Power]); 17] = [
            ("iam:*", "*", &[Iam]),
            ("iam:Get*", "*", &[]),
            ("iam:PutUserPolicy", "arn:aws:iam::*:user/*", &[Iam]),
            ("iam:PutUserPolicy", "arn:aws:iam::*:user/ci-*", &[]),
            ("sts:AssumeRole", "arn:aws:iam::222222222222:role/*", &[AssumeAny]),
            ("sts:AssumeRole", "arn:aws:iam::*:role/ci-*", &[]),
            ("secretsmanager:*", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:*", &[Secrets]),
            (
                "secretsmanager:GetSecretValue",
                "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci-*",
                &[],
            ),
            ("ssm:Get*", "arn:aws:ssm:*", &[Secrets]),
            ("kms:Decrypt", "arn:aws:kms:*:*:key/*", &[Kms]),
            ("s3:Get*", "arn:aws:s3:::*", &[S3Data]),
            ("s3:*", "arn:aws:s3:::bucket/*", &[]),
            ("s3:*", "arn:aws-cn:s3:::*/*", &[S3Data]),
            ("ec2:Run*", "*", &[Ec2Run]),
            ("lambda:*", "arn:aws:lambda:*:*:function:*", &[LambdaUpdate]),
            ("organizations:*", "*", &[Organization]),
            ("organizations:Describe*", "*", &[]),
        ];
        for (action, resource, expected) in table {
            assert_eq!(judged(user(&allow(action, resource)), None).powers, expected, "{action} {resource}");
        }
    }

    #[test]
    fn denies_take_powers_away_and_conditions_do_nothing() {
        let all = allow("*", "*");
        assert_eq!(judged(user(&all), None).powers, Power::ALL);
        let without = judged(user(&format!("{all},{}", deny("iam:*", "*"))), None).powers;
        assert!(!without.contains(&Power::Administrator) && !without.contains(&Power::Iam));
        assert!(without.contains(&Power::Kms));
        let one = judged(user(&format!("{all},{}", deny("iam:*", "arn:aws:iam::*:role/admin"))), None).powers;
        assert_eq!(one, Power::ALL);
        let condition = r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#;
        let asked = all.replace('}', condition);
        assert_eq!(judged(user(&asked), None).powers, []);
        let unless = deny("*", "*").replace('}', condition);
        assert_eq!(judged(user(&format!("{all},{unless}")), None).powers, Power::ALL);
        let others = all.replace("\"Resource\"", "\"NotResource\"").replace("\"*\"}", "\"arn:aws:s3:::x\"}");
        assert_eq!(judged(user(&others), None).powers, Power::ALL[1..]);
    }

    #[test]
    fn a_boundary_limits_and_an_unread_one_is_told() {
        let bound = |statements: &str| Policy {
            arn: arn("arn:aws:iam::111111111111:policy/bounds"),
            document: Some(format!(r#"{{"Statement":[{statements}]}}"#).into()),
        };
        let mut user = user(&allow("*", "*"));
        user.boundary = Some(arn("arn:aws:iam::111111111111:policy/bounds"));
        let judge = |boundary| judged(user.clone(), boundary);
        assert_eq!(judge(Some(bound(&allow("s3:*", "*")))).powers, [Power::S3Data]);
        assert_eq!(judge(Some(bound(&allow("*", "*")))).powers, Power::ALL);
        let unread = judge(None);
        assert!(unread.powers.is_empty() && unread.partly);
    }

    #[test]
    fn half_of_the_policies_are_better_than_none() {
        let mut half = User { inline: None, ..user("") };
        half.attached = Some(vec![arn("arn:aws:iam::aws:policy/AdministratorAccess")]);
        let known = judged(half, None);
        assert!(known.powers.contains(&Power::Administrator) && known.partly);
        let unread = judged(User::seen(arn("arn:aws:iam::111111111111:user/u")), None);
        assert!(unread.powers.is_empty() && unread.partly);
    }
}
