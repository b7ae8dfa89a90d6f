//! What one job does in AWS, by the way its lane has there: the records a trail would show of it.

use serde_json::json;

use super::{AWS_CLI, BOTO, Lane, TERRAFORM, Way};
use crate::{
    base::time::Timestamp,
    demo::{
        company::{EKS_ISSUER, HOST, IDENTITY, PROD, VAULT_ADDRESS},
        name::{iam_arn, unique_id},
        trail::{Ask, Call, Caller, Minted, Place, Scribe},
        world::World,
    },
};

/// One job's visit to AWS.
pub(crate) struct Visit {
    way: Way,
    /// Where the job runs.
    address: String,
    /// `gitlab-ci-infra-50123`
    session: String,
    /// `sub` of its id token.
    subject: String,
    region: &'static str,
    agent: &'static str,
}

impl Visit {
    /// `None` where the job or its runner is gone.
    pub(crate) fn of(world: &World, lane: &Lane, job: u64) -> Option<Self> {
        let job = world.gitlab.jobs.get(&job)?;
        let project = world.gitlab.projects.get(&job.project)?;
        let runner = world.gitlab.runners.get(&job.runner?)?;
        let manager =
            runner.managers.iter().find(|manager| Some(&manager.system_id) == job.system_id.as_ref())?;
        let machine = match lane.way {
            Way::Machine { account, machine, .. } => machine_of(world, account, machine).map(|found| found.1),
            _ => None,
        };
        let old_habits = job.id % 9 == 0 && !matches!(lane.way, Way::Machine { .. } | Way::Task { .. });
        Some(Self {
            way: lane.way,
            address: machine.unwrap_or_else(|| manager.address.clone()),
            session: format!("gitlab-ci-{}-{}", project.name, job.pipeline),
            subject: subject(
                &project.id_token_components,
                (project.id, &project.full_path),
                (&job.git_ref, job.tag),
            ),
            // An old SDK asks the global endpoint, which writes into us-east-1.
            region: if old_habits { "us-east-1" } else { "eu-west-1" },
            agent: if project.full_path.starts_with("acme/platform/") { TERRAFORM } else { AWS_CLI },
        })
    }

    /// Writes the records of the visit, which begins at `at`.
    pub(crate) fn play(&self, scribe: &mut Scribe<'_>, at: Timestamp) {
        let place = Place { at, region: self.region, address: &self.address, agent: self.agent };
        match self.way {
            Way::Plain => {}
            Way::Broker { user, account, role, external_id } => {
                let ask = Ask { account, role, session: &self.session, external_id };
                broker(scribe, place, user, ask);
            }
            Way::Static { account, user, service, call } => {
                if let Some(caller) = Caller::user(scribe.world, account, user) {
                    self.fixed(scribe, place, &caller, (account, service, call));
                }
            }
            Way::Web { account, role } => self.web(scribe, place, account, role),
            Way::Eks { role } => eks(scribe, place, role, &self.session),
            Way::Pod { role } => pod(scribe, place, role),
            Way::Task { role } => {
                if let Some(minted) = task(scribe, place, role) {
                    use_it(scribe, &minted, place.later(9), 2);
                }
            }
            Way::Machine { account, machine, role } => {
                if let Some(minted) = machine_session(scribe, (account, machine, role), place) {
                    use_it(scribe, &minted, place.later(12), 2);
                }
            }
            Way::Proxy { role } => self.proxy(scribe, place, role),
            Way::Reader { role, user } => reader(scribe, place, (role, user), &self.session),
            Way::Vault => vault(scribe, place, &self.session),
        }
    }

    fn fixed(
        &self,
        scribe: &mut Scribe<'_>,
        place: Place<'_>,
        caller: &Caller,
        what: (u64, &'static str, &'static str),
    ) {
        let (account, service, name) = what;
        let reads = name.starts_with("Get");
        let call = if name == "GetCallerIdentity" {
            who_am_i()
        } else if reads {
            Call::reads(service, name)
        } else {
            Call::writes(service, name, json!({ "reason": self.session }))
        };
        scribe.write(account, caller, place, call);
    }

    fn web(&self, scribe: &mut Scribe<'_>, place: Place<'_>, account: u64, role: &str) {
        let caller = Caller::Web {
            provider: iam_arn(account, "oidc-provider", "/", HOST),
            audience: format!("https://{HOST}"),
            subject: self.subject.clone(),
        };
        let ask = Ask { account, role, session: &self.session, external_id: None };
        if scribe.rng.chance(4) {
            // The first try of a job whose branch the trust policy does not name.
            let subject = self.subject.replace("ref:main", "ref:hotfix/totals");
            let Caller::Web { provider, audience, .. } = &caller else { return };
            let other = Caller::Web { provider: provider.clone(), audience: audience.clone(), subject };
            scribe.refuse_web(&other, place.later(-40), ask);
        }
        if let Some(minted) = scribe.federate(&caller, place, ask)
            && scribe.rng.chance(55)
        {
            use_it(scribe, &minted, place.later(5), 2);
        }
    }

    fn proxy(&self, scribe: &mut Scribe<'_>, place: Place<'_>, role: &str) {
        let from = (PROD, "metadata-proxy", "metadata-proxy");
        let Some(machine) = machine_session(scribe, from, place.later(-200)) else { return };
        let place = Place { agent: BOTO, ..place };
        let ask = Ask { account: PROD, role, session: &self.session, external_id: None };
        if let Some(minted) = scribe.assume(&Caller::Session(machine), place, ask) {
            use_it(scribe, &minted, place.later(5), 1);
        }
    }
}

/// `project_path:acme/shop/checkout:ref_type:branch:ref:main`, or what the project's own components say.
fn subject(components: &[String], project: (u64, &str), git_ref: (&str, bool)) -> String {
    let part = |name: &String| match name.as_str() {
        "project_id" => format!("project_id:{}", project.0),
        "ref_type" => format!("ref_type:{}", if git_ref.1 { "tag" } else { "branch" }),
        "ref" => format!("ref:{}", git_ref.0),
        _ => format!("project_path:{}", project.1),
    };
    components.iter().map(part).collect::<Vec<_>>().join(":")
}

/// The id and the private address of a machine.
fn machine_of(world: &World, account: u64, name: &str) -> Option<(String, String)> {
    let machines = &world.accounts.get(&account)?.machines;
    let found = machines.values().flatten().find(|machine| machine.name == name)?;
    Some((found.id.clone(), found.private_ip.clone()))
}

/// EC2 hands a machine new credentials of its role; the session is named after the machine.
pub(crate) fn machine_session(
    scribe: &mut Scribe<'_>,
    machine: (u64, &str, &str),
    place: Place<'_>,
) -> Option<Minted> {
    let (account, name, role) = machine;
    let (id, _) = machine_of(scribe.world, account, name)?;
    let place = Place { region: "eu-west-1", ..place };
    scribe.serve("ec2.amazonaws.com", place, Ask { account, role, session: &id, external_id: None })
}

fn eks(scribe: &mut Scribe<'_>, place: Place<'_>, role: &str, session: &str) {
    let account_name = if role == "gitlab-eks-job" { "gitlab-runners:ci-shared" } else { "replay:default" };
    let caller = Caller::Web {
        provider: iam_arn(PROD, "oidc-provider", "/", EKS_ISSUER),
        audience: "sts.amazonaws.com".into(),
        subject: format!("system:serviceaccount:{account_name}"),
    };
    let ask = Ask { account: PROD, role, session, external_id: None };
    if let Some(minted) = scribe.federate(&caller, Place { region: "eu-west-1", ..place }, ask) {
        use_it(scribe, &minted, place.later(4), 1);
    }
}

/// Vault's root user makes a user for one job, and deletes it when the lease is over.
fn vault(scribe: &mut Scribe<'_>, place: Place<'_>, session: &str) {
    let Some(root) = Caller::user(scribe.world, IDENTITY, "vault-root") else { return };
    let agent = "aws-sdk-go/1.55.7 (go1.24; linux; amd64) vault";
    let iam = Place { region: "us-east-1", address: VAULT_ADDRESS, agent, ..place };
    let name = format!("vault-token-ingest-{}-{}", place.at.seconds(), scribe.rng.hex(6));
    let id = unique_id("AIDA", IDENTITY, scribe.rng);
    let key = unique_id("AKIA", IDENTITY, scribe.rng);
    scribe.write(IDENTITY, &root, iam, Call::writes("iam", "CreateUser", json!({ "userName": name })));
    let made = Call {
        response: json!({ "accessKey": { "accessKeyId": key, "status": "Active", "userName": name } }),
        looked_up: vec![("AWS::IAM::AccessKey", key.clone()), ("AWS::IAM::User", name.clone())],
        ..Call::writes("iam", "CreateAccessKey", json!({ "userName": name }))
    };
    scribe.write(IDENTITY, &root, iam.later(1), made);
    let leased = Caller::Key { account: IDENTITY, user: name.clone(), path: "/".into(), id, key };
    let request = json!({ "bucketName": "acme-ingest", "prefix": session });
    let call = Call { request, ..Call::reads("s3", "ListBuckets") };
    scribe.write(IDENTITY, &leased, place.later(15), call);
    scribe.write(
        IDENTITY,
        &root,
        iam.later(35),
        Call::writes("iam", "DeleteUser", json!({ "userName": name })),
    );
}

/// GetCallerIdentity.
pub(crate) fn who_am_i() -> Call {
    Call::reads("sts", "GetCallerIdentity")
}

/// Up to `most` later calls with a minted session.
pub(crate) fn use_it(scribe: &mut Scribe<'_>, minted: &Minted, place: Place<'_>, most: usize) {
    let caller = Caller::Session(minted.clone());
    let calls = 1 + scribe.rng.below(most);
    for step in 0..calls {
        let place = place.later(i64::try_from(step).unwrap_or(0) * 7);
        let place = Place { region: "eu-west-1", ..place };
        let call = match scribe.rng.below(7) {
            0 => Call::reads("s3", "ListBuckets"),
            1 => Call::reads("ecr", "GetAuthorizationToken"),
            2 => who_am_i(),
            3 => {
                Call::writes("ecs", "UpdateService", json!({ "cluster": "apps", "service": minted.session }))
            }
            4 => Call::writes("lambda", "UpdateFunctionCode20150331v2", json!({ "functionName": "edge" })),
            5 => Call::writes("cloudformation", "CreateChangeSet", json!({ "stackName": "apps" })),
            _ => Call::writes("s3", "PutBucketTagging", json!({ "bucketName": "acme-artifacts" })),
        };
        scribe.write(minted.account, &caller, place, call);
    }
}

fn broker(scribe: &mut Scribe<'_>, place: Place<'_>, user: &str, ask: Ask<'_>) {
    let Some(caller) = Caller::user(scribe.world, IDENTITY, user) else { return };
    if scribe.rng.chance(8) {
        scribe.write(IDENTITY, &caller, place.later(-2), who_am_i());
    }
    if let Some(minted) = scribe.assume(&caller, place, ask)
        && scribe.rng.chance(35)
    {
        use_it(scribe, &minted, place.later(6), 2);
    }
}

/// Pod Identity: the node asks EKS, and EKS assumes the role for the pod in the same second.
fn pod(scribe: &mut Scribe<'_>, place: Place<'_>, role: &str) {
    let place = Place { region: "eu-west-1", ..place };
    let node = Ask { account: PROD, role: "eks-node", session: "i-0e4b1d2c3a5f6e7d8", external_id: None };
    let Some(node) = scribe.serve("ec2.amazonaws.com", place.later(-300), node) else { return };
    let request = json!({ "clusterName": "ci", "token": "HIDDEN_DUE_TO_SECURITY_REASONS" });
    let call = Call { request, ..Call::reads("eks-auth", "AssumeRoleForPodIdentity") };
    scribe.write(PROD, &Caller::Session(node), place, call);
    let session = format!("eks-ci-runner-{}", scribe.rng.uuid());
    let ask = Ask { account: PROD, role, session: &session, external_id: None };
    if let Some(minted) = scribe.serve("pods.eks.amazonaws.com", place, ask) {
        use_it(scribe, &minted, place.later(4), 1);
    }
}

/// The session name of a task is its id.
fn task(scribe: &mut Scribe<'_>, place: Place<'_>, role: &str) -> Option<Minted> {
    let place = Place { region: "eu-west-1", ..place };
    let session = scribe.rng.hex(32);
    scribe.serve(
        "ecs-tasks.amazonaws.com",
        place,
        Ask { account: PROD, role, session: &session, external_id: None },
    )
}

/// A task reads a user's key and uses it at once, also to take another role for a while.
fn reader(scribe: &mut Scribe<'_>, place: Place<'_>, (role, user): (&str, &str), session: &str) {
    let Some(minted) = task(scribe, place, role) else { return };
    let secret = format!("arn:aws:secretsmanager:eu-west-1:{PROD:012}:secret:ci/warehouse-loader");
    let place = Place { region: "eu-west-1", agent: BOTO, ..place };
    let request = json!({ "secretId": secret });
    let call = Call { request, ..Call::reads("secretsmanager", "GetSecretValue") };
    scribe.write(PROD, &Caller::Session(minted), place.later(5), call);
    if let Some(caller) = Caller::user(scribe.world, PROD, user) {
        let ask = Ask { account: PROD, role: "warehouse-copy", session, external_id: None };
        scribe.assume(&caller, place.later(8), ask);
        let call = Call::writes("redshift-data", "ExecuteStatement", json!({ "database": "warehouse" }));
        scribe.write(PROD, &caller, place.later(9), call);
    }
}
