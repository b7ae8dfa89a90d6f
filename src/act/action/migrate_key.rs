//! Lets the jobs that use a static key do without it: a role that their id tokens open, with the rights the key's user has; then it waits until
//! the role is really used by all of them and the key by nobody, and retires the key. What the projects' CI files need is part of the plan,
//! for a person.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Action, Ground, Owned, Switch, WhyNot, plan,
    remove_principal::accepted,
    rotate_key::{QUIET, SOAK, hasty},
};
use crate::{
    act::{
        call::{AttachPolicy, AwaitAssumption, MakeProvider, MakeRole, SetTrust, Soak, WritePolicy},
        consumers::Consumers,
        copied::Copied,
        movers::{Mover, Movers},
        narrow::{self, MOST, Tokens},
        plan::{Block, Plan, Step},
        snippet::snippet,
        trust,
        wish::{Takes, Wish, Wishes},
    },
    base::{name::Arn, text::plural},
    join::issuer_of_instance,
    model::{
        aws::{Provider, Role},
        id::{Id, Kind},
    },
};

const ROLE: Wish = Wish {
    name: "role",
    about: "what the new role is called; the user's name and -oidc where nothing is said",
    takes: Takes::Text("ci-deploy-oidc"),
    must: false,
};

pub(super) const ACTION: Action = Action {
    name: "migrate-key",
    about: "Makes a role that the id tokens of the key's jobs open, with its user's rights, and what their .gitlab-ci.yml \
            needs; waits until they use it, and retires the key.",
    kind: Kind::Key,
    wishes: &[ROLE, QUIET, SOAK],
    make,
};

/// Seconds until IAM knows a new role everywhere, so that other policies may name it. Four to six were measured.
const SPREADS: i64 = 15;

/// The audience that AWS's own documentation has in its examples.
const AUDIENCE: &str = "sts.amazonaws.com";

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let owned = Owned::of(ground, target)?;
    let consumers = Consumers::of(ground.estate, ground.linked, owned.id(), ground.now);
    let movers = Movers::of(ground, target, &consumers);
    if movers.all.is_empty() {
        let why = movers.left.first().cloned();
        return Err(WhyNot::new(why.unwrap_or_else(|| {
            format!(
                "no job was seen that gets {} and uses AWS: nothing tells whom a role is to let in",
                owned.id()
            )
        })));
    }
    let role = new_role(ground, &owned, wishes.text(&ROLE))?;
    let copied = Copied::of(ground.estate, owned.user)?;
    let issuers = issuers(ground, &owned, &movers)?;
    let trust = trust_of(&issuers, &movers)?;
    accepted(&trust)?;
    let mut steps: Vec<Step> = Vec::new();
    let account = owned.account;
    for issuer in issuers.values().filter(|issuer| issuer.is_new) {
        let (provider, audience) = (issuer.provider.clone(), issuer.audience.clone());
        steps.push(MakeProvider { account, provider, audience, to: true }.into());
    }
    let description = format!("In the place of the access key of {}, for GitLab jobs", owned.user.name());
    let boundary = copied.boundary.clone();
    steps.push(MakeRole { account, role: role.clone(), trust, boundary, description, to: true }.into());
    steps.extend(copied.inline.iter().map(|(name, document)| {
        let (role, name, document) = (role.clone(), name.clone(), document.clone());
        WritePolicy { account, role, name, document, to: true }.into()
    }));
    steps.extend(
        copied.attached.iter().map(|policy| {
            AttachPolicy { account, role: role.clone(), policy: policy.clone(), to: true }.into()
        }),
    );
    let (trusted, mut blocks) = trusting(ground, owned.user, &role);
    let is_chained = !trusted.is_empty();
    if is_chained {
        steps.push(Soak { seconds: SPREADS }.into());
        steps.extend(trusted);
    }
    let projects = movers.all.values().map(|mover| mover.head.clone()).collect();
    steps.push(AwaitAssumption { account, role: role.clone(), projects }.into());
    if owned.switch == Some(Switch::Active) {
        steps.extend(owned.retired(wishes.seconds(&QUIET)));
        steps.push(Soak { seconds: wishes.seconds(&SOAK) }.into());
    }
    steps.push(owned.deleted());
    blocks.extend(movers.blocks().into_iter().map(Block::new));
    blocks.extend(consumers.blocks());
    blocks.extend(hasty(wishes.seconds(&QUIET)));
    let cautions = cautions(&movers, &copied, &consumers, is_chained);
    let texts = movers.all.values().filter_map(|mover| {
        let issuer = issuers.get(&*mover.project.instance)?;
        let path = mover.project.path.as_deref().unwrap_or_default();
        Some(snippet(path, &role, &issuer.audience, &mover.jobs, &mover.variables))
    });
    let texts = texts.collect();
    let title = format!("Migrate {} of {} to id tokens", owned.id(), owned.user.name());
    let confirm = Some(owned.user.name().to_owned());
    let plan = plan(ground, &ACTION, target, title, steps, consumers)?;
    Ok(Plan { blocks, cautions, texts, confirm, ..plan })
}

/// The new role's ARN, if no role has its name.
fn new_role(ground: &Ground<'_>, owned: &Owned<'_>, wished: Option<&str>) -> Result<Arn, WhyNot> {
    let usual = || format!("{}-oidc", owned.user.name()).chars().take(64).collect();
    let name: String = wished.map_or_else(usual, str::to_owned);
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if name.len() > 64 || !name.bytes().all(is_fit) {
        return Err(WhyNot::new(format!(
            "IAM takes no role's name like {name}: letters, digits and _+=,.@- alone"
        )));
    }
    let is_taken =
        |role: &&Role| role.arn.account() == Some(owned.account) && role.name().eq_ignore_ascii_case(&name);
    if let Some(taken) = ground.estate.all::<Role>().find(is_taken) {
        return Err(WhyNot::new(format!(
            "there is a role {} already: name another with --role",
            taken.name()
        )));
    }
    let arn = format!("arn:{}:iam::{}:role/{name}", owned.user.partition(), owned.account);
    Arn::new(&arn).ok_or_else(|| WhyNot::new(format!("{arn} is no ARN")))
}

/// The identity provider of one GitLab in the key's account.
struct Issuer {
    provider: Arn,
    audience: String,
    /// The account does not have it yet.
    is_new: bool,
}

/// By the GitLab's name.
fn issuers(
    ground: &Ground<'_>,
    owned: &Owned<'_>,
    movers: &Movers<'_>,
) -> Result<BTreeMap<String, Issuer>, WhyNot> {
    let instances: BTreeSet<&str> = movers.all.values().map(|mover| &*mover.project.instance).collect();
    let mut found = BTreeMap::new();
    for instance in instances {
        let issuer = issuer_of_instance(ground.estate, instance).ok_or_else(|| {
            WhyNot::new(format!(
                "AWS takes id tokens over https alone, and by which address of {instance} is not known"
            ))
        })?;
        let arn = format!("arn:{}:iam::{}:oidc-provider/{issuer}", owned.user.partition(), owned.account);
        let provider = Arn::new(&arn).ok_or_else(|| WhyNot::new(format!("{arn} is no ARN")))?;
        let known = ground.estate.find::<Provider>(&Id::provider(&provider));
        let audience = match known.map(|known| known.audiences.as_deref()) {
            None => AUDIENCE.to_owned(),
            Some(None) => {
                return Err(WhyNot::new(format!("which audiences {provider} accepts was not read")));
            }
            Some(Some(accepted)) => {
                let usual = accepted.iter().find(|one| *one == AUDIENCE).or_else(|| accepted.first());
                usual.cloned().ok_or_else(|| WhyNot::new(format!("{provider} accepts no audience")))?
            }
        };
        found.insert(instance.to_owned(), Issuer { provider, audience, is_new: known.is_none() });
    }
    Ok(found)
}

/// Exact subjects, one by one as far as IAM's quota goes.
fn trust_of(issuers: &BTreeMap<String, Issuer>, movers: &Movers<'_>) -> Result<String, WhyNot> {
    for is_tight in [false, true] {
        let mut wanted: BTreeMap<String, Tokens> = BTreeMap::new();
        for (instance, issuer) in issuers {
            let own: Vec<&Mover<'_>> =
                movers.all.values().filter(|mover| *mover.project.instance == **instance).collect();
            let subjects = own.iter().flat_map(|mover| mover.subjects.iter().cloned()).collect();
            let mut tokens = Tokens {
                subjects: narrow::fitted(&subjects, is_tight),
                audiences: BTreeSet::from([issuer.audience.clone()]),
                projects: BTreeSet::new(),
            };
            if issuer.provider.resource() == "oidc-provider/gitlab.com" {
                tokens.projects = own.iter().map(|mover| mover.project.number).collect();
            }
            wanted.insert(issuer.provider.to_string(), tokens);
        }
        let trust = narrow::for_new_role(&wanted);
        if narrow::size(&trust) <= MOST {
            return Ok(trust);
        }
    }
    let projects = plural(movers.all.len(), "project needs", "projects need");
    Err(WhyNot::new(format!(
        "{projects} the key: their subjects are longer than a trust policy may be ({MOST} characters): give them keys of their own first"
    )))
}

/// Roles that trust the key's user by name are to trust the new role as well; those that cannot be changed from here speak against it.
fn trusting(ground: &Ground<'_>, user: &Arn, new: &Arn) -> (Vec<Step>, Vec<Block>) {
    let (mut steps, mut blocks) = (Vec::new(), Vec::new());
    for role in ground.estate.all::<Role>() {
        let Some(from) = role.trust.as_deref() else { continue };
        let Some(to) = trust::beside(from, user.as_str(), new.as_str()) else { continue };
        let account = role.arn.account();
        let may = account.is_some_and(|account| super::drawn::aws_identity(ground, account).is_ok());
        match account.filter(|_| may && accepted(&to).is_ok() && narrow::size(&to) <= MOST.max(narrow::size(from))) {
            Some(account) => {
                let call = SetTrust { account, role: role.arn.clone(), from: from.to_owned(), to };
                steps.push(call.into());
            }
            None => blocks.push(Block::new(format!(
                "{} trusts {} by name, and its trust policy cannot be changed from here: let it trust {} by hand",
                role.arn,
                user.name(),
                new.name()
            ))),
        }
    }
    (steps, blocks)
}

fn cautions(movers: &Movers<'_>, copied: &Copied, consumers: &Consumers, is_chained: bool) -> Vec<String> {
    let mut said = vec![
        "The .gitlab-ci.yml of each project is to be changed by hand, as shown below; the plan waits until every one of them has opened the \
         role."
            .to_owned(),
    ];
    said.extend(copied.cautions(&consumers.services));
    if is_chained {
        said.push("Roles opened from the new role give sessions of an hour at most (role chaining).".into());
    }
    said.push("Policies of resources (buckets, keys) that name the user are not seen here: they are to name the role too.".into());
    said.extend(movers.cautions());
    if movers.all.values().any(|mover| &*mover.project.instance != "gitlab.com") {
        said.push(
            "AWS knows no project numbers of a GitLab of one's own: whoever takes the path of a project that was renamed or deleted gets in."
                .into(),
        );
    }
    if movers.all.values().any(|mover| mover.subjects.len() > 1) {
        said.push(
            "Merge request pipelines present their source branch: what was seen of them is let in too."
                .into(),
        );
    }
    said.push(
        "The variables stay when the key is gone, and are worth nothing then; its user stays too.".into(),
    );
    said
}
