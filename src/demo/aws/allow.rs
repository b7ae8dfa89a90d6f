//! May this caller do this? Identity policies (inline, attached, through groups) and the permissions boundary. Trust
//! policies are `trust`'s.

use super::{
    arn,
    ask::Ask,
    call::Service,
    caller::{Caller, Who},
    condition::Context,
    managed,
    refusal::Refusal,
    rest,
    statement::{self, Verdict},
};
use crate::demo::world::{Account, Inline, World};

/// Why an action is not permitted, as AWS's sentence ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    ExplicitDeny,
    NoIdentityAllow,
    NoBoundaryAllow,
}

/// What an action is about: the ARN that policies match, and the words of the sentence.
struct Subject {
    resource: String,
    said: String,
}

/// Refuses a call that the caller's policies do not allow. STS's own actions decide for themselves.
pub(crate) fn check(ask: &Ask<'_>, world: &World) -> Result<(), Refusal> {
    if ask.service == Service::Sts && ask.action != "GetAccessKeyInfo" {
        return Ok(());
    }
    let subject = subject(ask, ask.account(world)?);
    let action = ask.permission();
    match obstacle(ask.caller, world, &action, &subject.resource) {
        None => Ok(()),
        Some(obstacle) => Err(Refusal::Denied(sentence(ask.caller, &action, &subject.said, obstacle))),
    }
}

/// The refusal of a caller whose policies say nothing: also what the `Forbidden` switch answers.
pub(crate) fn denial(ask: &Ask<'_>, world: &World) -> Refusal {
    let said = ask.account(world).map_or_else(|_| "*".to_owned(), |account| subject(ask, account).said);
    Refusal::Denied(sentence(ask.caller, &ask.permission(), &said, Obstacle::NoIdentityAllow))
}

fn sentence(caller: &Caller, action: &str, said: &str, obstacle: Obstacle) -> String {
    let service = action.split(':').next().unwrap_or_default();
    // These name no resource in theirs.
    let is_terse = matches!(service, "ec2" | "cloudtrail" | "autoscaling");
    let on = if is_terse { String::new() } else { format!(" on resource: {said}") };
    let why = match obstacle {
        Obstacle::ExplicitDeny => "with an explicit deny in an identity-based policy".to_owned(),
        Obstacle::NoIdentityAllow => format!("because no identity-based policy allows the {action} action"),
        Obstacle::NoBoundaryAllow => format!("because no permissions boundary allows the {action} action"),
    };
    format!("User: {} is not authorized to perform: {action}{on} {why}", caller.arn())
}

/// What stands between a caller and an action; `None` where nothing does.
pub(crate) fn obstacle(caller: &Caller, world: &World, action: &str, resource: &str) -> Option<Obstacle> {
    let Some(account) = world.accounts.get(&caller.account) else { return Some(Obstacle::NoIdentityAllow) };
    let context = context(caller);
    let (documents, boundary) = policies(caller, account);
    match statement::judge(documents, action, resource, &context) {
        Verdict::Denied => return Some(Obstacle::ExplicitDeny),
        Verdict::Silent => return Some(Obstacle::NoIdentityAllow),
        Verdict::Allowed => {}
    }
    let boundary = boundary?;
    match statement::judge(managed::document(account, boundary), action, resource, &context) {
        Verdict::Allowed => None,
        Verdict::Denied => Some(Obstacle::ExplicitDeny),
        Verdict::Silent => Some(Obstacle::NoBoundaryAllow),
    }
}

/// What is known of the caller, as condition keys.
pub(crate) fn context(caller: &Caller) -> Context {
    let mut context = Context::default();
    context.set("aws:PrincipalAccount", format!("{:012}", caller.account));
    context.set("aws:userid", caller.principal_id());
    match &caller.who {
        Who::User { name, arn, .. } => {
            context.set("aws:username", name.clone());
            context.set("aws:PrincipalArn", arn.clone());
            context.set("aws:PrincipalType", "User");
        }
        Who::Role { role_arn, .. } => {
            context.set("aws:PrincipalArn", role_arn.clone());
            context.set("aws:PrincipalType", "AssumedRole");
        }
        Who::Nobody => {}
    }
    // These two exist for temporary credentials only.
    if let Some(issued) = caller.issued {
        context.set("aws:TokenIssueTime", issued.to_string());
        context.set("aws:MultiFactorAuthPresent", "false");
    }
    context
}

/// The caller's policy documents, and the ARN of its boundary.
fn policies<'a>(caller: &Caller, account: &'a Account) -> (Vec<&'a str>, Option<&'a str>) {
    let mut documents = Vec::new();
    let mut add = |inline: &'a [Inline], attached: &'a [String]| {
        documents.extend(inline.iter().map(|policy| policy.document.as_str()));
        documents.extend(attached.iter().filter_map(|arn| managed::document(account, arn)));
    };
    let boundary = match &caller.who {
        Who::User { name, .. } => account.users.get(name).and_then(|user| {
            add(&user.inline, &user.attached);
            for group in user.groups.iter().filter_map(|name| account.groups.get(name)) {
                add(&group.inline, &group.attached);
            }
            user.boundary.as_deref()
        }),
        Who::Role { name, .. } => account.roles.get(name).and_then(|role| {
            add(&role.inline, &role.attached);
            role.boundary.as_deref()
        }),
        Who::Nobody => None,
    };
    (documents, boundary)
}

/// What a call is about. IAM says `user ann` where the ARN would do, and the ARN of a whole kind for lists.
fn subject(ask: &Ask<'_>, account: &Account) -> Subject {
    let number = account.number;
    let both = |resource: String| Subject { said: resource.clone(), resource };
    match ask.service {
        Service::Iam => {}
        Service::Eks => return both(rest::resource(ask, number)),
        _ => return both("*".to_owned()),
    }
    let about_user = ["User", "AccessKey"].iter().any(|word| ask.action.contains(word));
    if let Some(name) = ask.params.get("RoleName") {
        let new = ask.params.get("Path").unwrap_or("/");
        let path = account.roles.get(name).map_or(new, |role| role.path.as_str());
        return Subject { resource: arn::iam(number, "role", path, name), said: format!("role {name}") };
    }
    if let Some(name) =
        ask.params.get("UserName").or_else(|| ask.caller.user_name().ok().filter(|_| about_user))
        && ask.action != "ListUsers"
        && ask.action != "GetAccessKeyLastUsed"
    {
        let path = account.users.get(name).map_or("/", |user| user.path.as_str());
        return Subject { resource: arn::iam(number, "user", path, name), said: format!("user {name}") };
    }
    match ask.action {
        "ListUsers" => both(arn::iam(number, "user", "/", "")),
        "ListRoles" => both(arn::iam(number, "role", "/", "")),
        "ListGroups" => both(arn::iam(number, "group", "/", "")),
        "ListInstanceProfiles" => both(arn::iam(number, "instance-profile", "/", "")),
        "ListOpenIDConnectProviders" => both(arn::iam(number, "oidc-provider", "/", "*")),
        "GetPolicy" | "GetPolicyVersion" => both(ask.params.get("PolicyArn").unwrap_or("*").to_owned()),
        "GetOpenIDConnectProvider" | "DeleteOpenIDConnectProvider" => {
            both(ask.params.get("OpenIDConnectProviderArn").unwrap_or("*").to_owned())
        }
        "CreateOpenIDConnectProvider" => {
            let url = ask.params.get("Url").unwrap_or("*").trim_start_matches("https://");
            both(arn::iam(number, "oidc-provider", "/", url))
        }
        "GetInstanceProfile" => both(arn::iam(
            number,
            "instance-profile",
            "/",
            ask.params.get("InstanceProfileName").unwrap_or("*"),
        )),
        _ => both("*".to_owned()),
    }
}
