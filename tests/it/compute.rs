//! What AWS runs jobs on, read from the demo company over its real protocols: every field that ways are made of, and the permissions that
//! are missing named exactly.

use std::sync::Arc;

use keytrail::{
    base::{
        blame::Blame,
        name::{AccountId, Arn},
    },
    demo::front::Fault,
    model::{
        aws::Role,
        compute::{Cluster, LaunchTemplate, PodIdentity, ScalingGroup, TaskDefinition},
        estate::Estate,
        event::Event,
        id::{Id, Kind},
    },
    source::aws::Aws,
};

use crate::aws::{broken, company, partial, source, sweep};

const REGION: &str = "eu-west-1";

#[track_caller]
fn group<'e>(estate: &'e Estate, account: AccountId, name: &str) -> &'e ScalingGroup {
    let found = estate.find(&Id::scaling_group(account, REGION, name));
    found.unwrap_or_else(|| panic!("the group {name} was not seen"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_jobs_run_on_is_read_to_the_role() {
    let company = company().await.unwrap();
    let account: AccountId = AccountId::new(company.accounts[1].account).unwrap();
    let mut estate = Estate::default();
    sweep(&Aws::new(source(&company, 1, 14)), &[], &mut estate).await;
    assert_eq!(partial(&estate), [] as [&str; 0]);
    let world = company.world.read().unwrap();
    let planted = |name: &str| world.planted[name].as_str();

    let fleet = group(&estate, account, planted("scaling group"));
    let (template, version) = fleet.template.clone().expect("it launches from a template");
    assert_eq!((&*template, &*version), (planted("launch template"), "$Latest"));
    let machine = planted("job machine of docker-autoscaler");
    assert!(fleet.instances.as_ref().unwrap().iter().any(|instance| **instance == *machine));
    let template: &LaunchTemplate =
        estate.find(&Id::launch_template(account, REGION, &template, &version)).unwrap();
    let profile = Arn::new(template.profile.as_deref().unwrap()).expect("this one is written as an ARN");
    assert_eq!(profile.name(), "gitlab-fleet-vm", "the version the group takes, not the default one");
    assert_eq!((template.imds_tokens_required, template.imds_hop_limit), (Some(true), Some(1)));
    assert_eq!(group(&estate, account, "shop-web").profile.as_deref(), Some("shop-app"));
    let mixed = group(&estate, account, "shop-batch").template.clone().expect("inside its mixed instances");
    assert_eq!(&*mixed.1, "1");

    let task = Arn::new(planted("fargate task definition")).unwrap();
    let task: &TaskDefinition = estate.find(&Id::task_definition(&task)).expect("the latest revision");
    assert_eq!(task.task_role.as_ref().unwrap().as_str(), planted("fargate role"));
    assert_eq!(task.execution_role.as_ref().unwrap().name(), "ecs-agent");
    let families = estate.all::<TaskDefinition>().filter(|seen| seen.arn.as_str().contains("gitlab-ci-job"));
    assert_eq!(families.count(), 1, "older revisions are not what a family starts");

    let cluster = Arn::new(planted("eks cluster")).unwrap();
    let cluster: &Cluster = estate.find(&Id::cluster(&cluster)).unwrap();
    let provider = planted("eks provider");
    assert!(provider.ends_with(cluster.issuer.as_deref().unwrap()), "without its scheme");
    let pod = estate.all::<PodIdentity>().next().unwrap();
    let named = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    assert_eq!(
        format!("{}/{}", named(&pod.namespace), named(&pod.service_account)),
        planted("pod identity service account")
    );
    assert_eq!(pod.role.as_ref().unwrap().as_str(), planted("pod identity role"));
    for role in estate.all::<Role>() {
        let there = &world.accounts[&account.number()].roles[role.name()];
        assert_eq!(role.max_session, Some(there.max_session.max(3600)), "{}", role.name());
    }

    let is_about = |name: &str, what: &str| {
        estate.all::<Event>().any(|event| *event.name == *name && event.about.as_deref() == Some(what))
    };
    assert!(is_about("AssumeRoleForPodIdentity", "ci"));
    let secret = format!("arn:aws:secretsmanager:eu-west-1:{account}:secret:ci/warehouse-loader");
    assert!(is_about("GetSecretValue", &secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named_and_hides_nothing_else() {
    let company = company().await.unwrap();
    let account = AccountId::new(company.accounts[2].account).unwrap();
    let aws = Aws::new(source(&company, 2, 0));
    let mut estate = Estate::default();
    sweep(&aws, &[], &mut estate).await;
    assert_eq!(
        partial(&estate),
        [format!("{account} eu-west-1 / launch templates"), format!("{account} eu-west-1 / pod identities")]
    );
    let dark = group(&estate, account, "gitlab-fleet-dark");
    assert!(dark.template.is_some(), "the group is known, its template is not");
    assert_eq!(estate.count(Kind::LaunchTemplate) + estate.count(Kind::PodIdentity), 0);
    assert_eq!(estate.count(Kind::Cluster), 1);
    let mut fixes: Vec<String> = estate
        .gaps()
        .map(|(_, gap)| match &gap.blame {
            Blame::Scope(fix) => format!("{}: {fix}", gap.call),
            other => panic!("{other:?}"),
        })
        .collect();
    fixes.sort();
    let template = &dark.template.as_ref().unwrap().0;
    let role = format!("arn:aws:sts::{account}:assumed-role/keytrail-audit/keytrail");
    assert_eq!(
        fixes,
        [
            format!(
                "ec2:DescribeLaunchTemplateVersions {template}: allow ec2:DescribeLaunchTemplateVersions for {role}"
            ),
            format!(
                "eks:ListPodIdentityAssociations apps-staging: allow eks:ListPodIdentityAssociations for {role}"
            ),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_is_asked_no_further_and_forgets_nothing() {
    let company = company().await.unwrap();
    let aws = Aws::new(source(&company, 1, 0));
    let mut estate = Estate::default();
    sweep(&aws, &[], &mut estate).await;
    let kinds =
        [Kind::ScalingGroup, Kind::LaunchTemplate, Kind::TaskDefinition, Kind::Cluster, Kind::PodIdentity];
    let counts = |estate: &Estate| kinds.map(|kind| estate.count(kind));
    let before = counts(&estate);
    assert_eq!(before, [3, 2, 3, 1, 1]);

    let asked = |name: &str| company.front.calls().iter().filter(|call| call.name == name).count();
    for call in ["autoscaling:DescribeAutoScalingGroups", "ecs:DescribeTaskDefinition", "eks:ListClusters"] {
        broken(&company, call, REGION, Fault::Forbidden, None);
    }
    let described = asked("ecs:DescribeTaskDefinition");
    sweep(&aws, &[], &mut estate).await;
    assert_eq!(counts(&estate), before, "a refusal is not an empty list");
    assert!(asked("ecs:DescribeTaskDefinition") > described);
    let calls: Vec<&str> = estate.gaps().map(|(_, gap)| gap.call.split(' ').next().unwrap()).collect();
    assert!(calls.contains(&"autoscaling:DescribeAutoScalingGroups"), "{calls:?}");
    assert!(calls.contains(&"eks:ListClusters"), "{calls:?}");

    company.front.clear();
    broken(&company, "eks:DescribeCluster", REGION, Fault::Throttle { retry_after: None }, Some(1));
    broken(&company, "autoscaling:DescribeAutoScalingGroups", REGION, Fault::ServerError(503), Some(1));
    sweep(&aws, &[], &mut estate).await;
    assert_eq!((partial(&estate).len(), estate.gaps().count()), (0, 0), "asked again until it answers");
    assert_eq!(counts(&estate), before);
}
