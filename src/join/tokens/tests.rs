//! Trust policies as people write them against projects as people protect them; and that the analysis never differs from the engine.

use std::{collections::BTreeSet, fmt::Write};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    base::time::Timestamp,
    join,
    model::{
        entity::Entity,
        gitlab::{Group, Instance, Project},
        observe::{Observation, Outcome, Report, Scope, Sweep},
    },
    policy::{
        Request, WebCaller, can_assume_with_token,
        subject::{DEFAULT_COMPONENTS, classes, is_ref_name},
    },
};

const OWN: &str = "gitlab.acme.example";

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|&word| word.to_owned()).collect()
}

fn project(number: u64, path: &str) -> Project {
    Project {
        instance: OWN.into(),
        number,
        path: Some(path.into()),
        id_token_components: Some(words(&DEFAULT_COMPONENTS)),
        protected_branches: Some(words(&["main", "release/*"])),
        protected_tags: Some(words(&["v*"])),
        ..Project::default()
    }
}

fn known() -> Vec<Project> {
    vec![
        project(1, "acme/web"),
        project(2, "acme/shop/api"),
        Project { protected_branches: Some(vec![]), ..project(3, "acme/open") },
        Project {
            id_token_components: Some(words(&["project_id", "ref_type", "ref"])),
            ..project(4, "acme/renamed")
        },
        Project { protected_branches: None, protected_tags: None, ..project(5, "other/unread") },
        Project {
            id_token_components: Some(words(&["project_path", "ref", "deployment_tier"])),
            ..project(6, "acme/tiers")
        },
    ]
}

fn arn(issuer: &str) -> String {
    format!("arn:aws:iam::111111111111:oidc-provider/{issuer}")
}

fn trusting(issuer: &str, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": arn(issuer)},
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]})
}

fn estate(projects: Vec<Project>, trust: &Value) -> Estate {
    let role = "arn:aws:iam::111111111111:role/deploy";
    let mut saw: Vec<Entity> = projects.into_iter().map(Entity::from).collect();
    saw.push(Role { trust: Some(trust.to_string().into()), ..Role::seen(Arn::new(role).unwrap()) }.into());
    for issuer in [OWN, "gitlab.com"] {
        let instance = Instance {
            name: issuer.into(),
            url: Some(format!("https://{issuer}")),
            is_admin: Some(issuer == OWN),
            ..Instance::default()
        };
        let audiences = Some(words(&[&format!("https://{issuer}"), "sts.amazonaws.com"]));
        let arn = Arn::new(&arn(issuer)).unwrap();
        saw.push(instance.into());
        saw.push(Provider { arn, issuer: Some(issuer.into()), audiences, created: None }.into());
    }
    saw.push(Group { instance: OWN.into(), number: 7, path: Some("acme".into()), ..Group::default() }.into());
    let mut estate = Estate::default();
    let sweep = Sweep { scope: Scope::new(OWN, "projects"), run: 1 };
    let at = Timestamp::default();
    estate.absorb(Report::Saw(Observation { sweep: sweep.clone(), at, saw, gaps: vec![] }));
    estate.absorb(Report::Ended { sweep, at, outcome: Outcome::Whole });
    estate
}

fn tokens(estate: &Estate) -> Tokens {
    let policies = Policies::of(estate);
    Tokens::of(estate, &join::link(estate, &policies), &policies)
}

/// Who gets in, one word each: `1:main`, `2:all Branch`, `?` where it is not sure.
fn told(trust: &TokenTrust) -> Vec<String> {
    let mut told = Vec::new();
    for admitted in &trust.admits {
        for reference in admitted.refs.iter() {
            let mut text = admitted.project.key_text().rsplit('/').next().unwrap().to_owned();
            let name = if reference.all { "all".to_owned() } else { reference.name.to_string() };
            write!(text, ":{:?}:{name}", reference.kind).unwrap();
            if !reference.sure {
                text.push('?');
            }
            told.push(text);
        }
    }
    told.extend(trust.beyond.iter().map(|beyond| format!("{beyond:?}")));
    told.extend(trust.faults.iter().map(|fault| {
        let what = if fault.opens {
            "opens"
        } else if fault.dead {
            "dead"
        } else {
            "untidy"
        };
        format!("{what}: {}", fault.says)
    }));
    told
}

fn weighed(issuer: &str, condition: &Value) -> Vec<String> {
    let estate = estate(known(), &trusting(issuer, condition));
    let tokens = tokens(&estate);
    assert_eq!(tokens.all().len(), 1, "{condition}");
    told(&tokens.all()[0])
}

fn own(operator: &str, subject: &str) -> Vec<String> {
    weighed(OWN, &json!({ operator: { format!("{OWN}:sub"): subject } }))
}

#[test]
fn exact_subjects_admit_one_ref_and_patterns_what_they_say() {
    let table: &[(&str, &str, &[&str])] = &[
        ("StringEquals", "project_path:acme/web:ref_type:branch:ref:main", &["1:ProtectedBranch:main"]),
        (
            "StringLike",
            "project_path:acme/web:ref_type:branch:ref:release/*",
            &["1:ProtectedBranch:release/*"],
        ),
        (
            "StringLike",
            "project_path:acme/web:ref_type:branch:ref:release*",
            &["1:ProtectedBranch:release/*", "1:Branch:release"],
        ),
        ("StringLike", "project_path:acme/web:*:ref:main", &["1:ProtectedBranch:main", "1:Tag:main"]),
        (
            "StringLike",
            "project_path:acme/web:*",
            &["1:ProtectedBranch:all", "1:Branch:all", "1:ProtectedTag:all", "1:Tag:all"],
        ),
        ("StringEquals", "project_path:acme/open:ref_type:branch:ref:main", &["3:Branch:main"]),
        ("StringEquals", "project_id:4:ref_type:branch:ref:main", &["4:ProtectedBranch:main"]),
        ("StringEquals", "project_path:other/unread:ref_type:branch:ref:main", &["5:UnknownBranch:main"]),
        (
            "StringLike",
            "project_path:acme/tiers:ref:main:deployment_tier:production",
            &["6:ProtectedBranch:main?", "6:Tag:main?"],
        ),
        ("StringLike", "project_path:acme/tiers:ref:main:*", &["6:ProtectedBranch:main", "6:Tag:main"]),
        (
            "StringEqualsIgnoreCase",
            "PROJECT_PATH:acme/web:ref_type:branch:ref:MAIN",
            &["1:ProtectedBranch:main", "1:Branch:MAIN"],
        ),
        ("StringEquals", "project_path:gone/shop:ref_type:branch:ref:main", &["Phantom(\"gone/shop\")"]),
        (
            "StringLike",
            "project_path:acme/shop/*:ref_type:branch:ref:main",
            &["2:ProtectedBranch:main", "Group(\"acme/shop\")"],
        ),
        (
            "StringLike",
            "project_path:acme/sho*:ref_type:branch:ref:main",
            &["2:ProtectedBranch:main", "Prefix(\"acme/sho*\")"],
        ),
        (
            "StringLike",
            "project_path:oth*:ref_type:branch:ref:main",
            &["5:UnknownBranch:main", "Prefix(\"oth*\")"],
        ),
        (
            "StringLike",
            "project_path:*/api:ref_type:branch:ref:main",
            &["2:ProtectedBranch:main", "AnyProject"],
        ),
        ("StringLike", "project_id:*:ref_type:tag:ref:v1", &["4:ProtectedTag:v1", "AnyProject"]),
        (
            "StringEquals",
            "project_path:acme/*:ref_type:branch:ref:main",
            &[
                "dead: StringEquals takes the star in \"project_path:acme/*:ref_type:branch:ref:main\" to the letter: nobody has such a subject",
            ],
        ),
        (
            "StringEquals",
            "project_path:acme/renamed:ref_type:branch:ref:main",
            &[
                "dead: \"project_path:acme/renamed:ref_type:branch:ref:main\" is stale: subjects of acme/renamed begin with project_id:4",
            ],
        ),
        (
            "StringLike",
            "project_path:acme/web:ref_type:mr:*",
            &["dead: no ref of acme/web can present \"project_path:acme/web:ref_type:mr:*\""],
        ),
        (
            "StringLike",
            "project_path:Acme/Web:*",
            &["dead: no ref of acme/web can present \"project_path:Acme/Web:*\""],
        ),
        ("StringLike", "repo:acme/web:*", &["dead: no subject of GitLab's looks like \"repo:acme/web:*\""]),
        (
            "ForAllValues:StringEquals",
            "project_path:acme/web:ref_type:branch:ref:main",
            &[
                "1:ProtectedBranch:main",
                "untidy: ForAllValues is for keys with many values: gitlab.acme.example:sub has one",
            ],
        ),
    ];
    let differs =
        |(operator, subject, expected): &&(&str, &str, &[&str])| own(operator, subject) != *expected;
    let wrong = table.iter().filter(differs).map(|(operator, subject, _)| (subject, own(operator, subject)));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_names_nobody_lets_everybody_in() {
    let all = own("StringNotLike", "project_path:evil/*");
    assert!(all.contains(&"AnyProject".to_owned()) && all.contains(&"1:Branch:all".to_owned()), "{all:?}");
    for condition in [
        json!({}),
        json!({"StringEquals": {format!("{OWN}:aud"): "sts.amazonaws.com"}}),
        json!({"StringLike": {format!("{OWN}:sub"): "*"}}),
        json!({"StringLike": {format!("{OWN}:sub"): "?*"}}),
        json!({"Null": {format!("{OWN}:sub"): "false"}}),
    ] {
        let told = weighed(OWN, &condition);
        assert!(told.contains(&"AnyProject".to_owned()), "{condition}");
        assert!(told.iter().filter(|text| text.contains(":all")).count() > 8, "{condition}: {told:?}");
    }
}

#[test]
fn claims_that_aws_does_not_pass_on_close_or_open() {
    let main = "project_path:acme/web:ref_type:branch:ref:main";
    let table = [
        (
            OWN,
            "StringEquals",
            "project_id",
            "dead: `gitlab.acme.example:project_id is \"x\"` is never met: AWS does not pass on the claim project_id of gitlab.acme.example",
        ),
        (
            OWN,
            "StringEqualsIfExists",
            "ref",
            "opens: `gitlab.acme.example:ref is \"x\", if it is there` keeps nobody out: AWS does not pass on the claim ref of gitlab.acme.example",
        ),
        (
            OWN,
            "ForAllValues:StringEquals",
            "environment",
            "opens: `every gitlab.acme.example:environment is \"x\"` keeps nobody out: AWS does not pass on the claim environment of gitlab.acme.example",
        ),
        (
            OWN,
            "StringNotEquals",
            "environment",
            "opens: `gitlab.acme.example:environment is not \"x\"` keeps nobody out: AWS does not pass on the claim environment of gitlab.acme.example",
        ),
        (
            "gitlab.com",
            "StringEquals",
            "environment",
            "dead: `gitlab.com:environment is \"x\"` is never met: AWS does not pass on the claim environment of gitlab.com",
        ),
    ];
    for (issuer, operator, claim, expected) in table {
        let claim = format!("{issuer}:{claim}");
        let sub = format!("{issuer}:sub");
        let mut condition = json!({"StringLike": {sub: main}});
        condition[operator] = json!({ claim: "x" });
        let told = weighed(issuer, &condition);
        assert!(told.contains(&expected.to_owned()), "{condition} {told:?}");
        let admits = told.iter().any(|text| text == "1:ProtectedBranch:main");
        assert_eq!(admits, expected.starts_with("opens") && issuer == OWN, "{condition} {told:?}");
    }
    let other = weighed(OWN, &json!({"StringEquals": {"gitlab.com:sub": main}}));
    assert_eq!(
        other,
        [
            "dead: `gitlab.com:sub is \"project_path:acme/web:ref_type:branch:ref:main\"` is never met: gitlab.com is not the issuer gitlab.acme.example"
        ]
    );
    let audience = weighed(OWN, &json!({"StringEquals": {format!("{OWN}:aud"): "https://other.example"}}));
    assert_eq!(
        audience,
        [
            "dead: no audience passes both: the provider accepts \"https://gitlab.acme.example\", \"sts.amazonaws.com\""
        ]
    );
}

#[test]
fn gitlab_com_tells_the_projects_number_and_whether_the_ref_is_protected() {
    let mut mine = project(1, "acme/web");
    mine.instance = "gitlab.com".into();
    let admitted = |claim: &str, value: &str| {
        let condition = json!({
            "StringLike": {"gitlab.com:sub": "project_path:acme/web:ref_type:branch:*"},
            "StringEquals": {format!("gitlab.com:{claim}"): value},
        });
        let estate = estate(vec![mine.clone()], &trusting("gitlab.com", &condition));
        told(&tokens(&estate).all()[0])
    };
    assert_eq!(admitted("project_id", "1"), ["1:ProtectedBranch:all", "1:Branch:all"]);
    assert!(admitted("project_id", "2").is_empty());
    assert_eq!(admitted("ref_protected", "true"), ["1:ProtectedBranch:all"]);
    assert_eq!(admitted("user_login", "x"), ["1:ProtectedBranch:all?", "1:Branch:all?"]);
}

#[test]
fn denies_and_several_statements_count() {
    let mut trust = trusting(OWN, &json!({"StringLike": {format!("{OWN}:sub"): "project_path:acme/web:*"}}));
    let deny = json!({"Effect": "Deny", "Principal": {"Federated": arn(OWN)}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringNotLike": {format!("{OWN}:sub"): "*:ref_type:branch:ref:main"}}});
    trust["Statement"].as_array_mut().unwrap().insert(0, deny);
    let estate = estate(known(), &trust);
    let tokens = tokens(&estate);
    assert_eq!(told(&tokens.all()[0]), ["1:ProtectedBranch:main"]);
    assert_eq!(tokens.all()[0].admits[0].statement, 1);
}

#[test]
fn what_cannot_be_known_is_told() {
    let condition = json!({
        "StringEquals": {format!("{OWN}:sub"): "project_path:acme/web:ref_type:branch:ref:main"},
        "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
    });
    let estate = estate(known(), &trusting(OWN, &condition));
    let tokens = tokens(&estate);
    let admitted = &tokens.all()[0].admits[0];
    assert_eq!(admitted.grade, Grade::Inferred);
    assert_eq!(*admitted.conditions, ["only if aws:SourceIp is in \"203.0.113.0/24\"".to_owned()]);
}

#[test]
fn a_role_that_names_a_project_costs_a_look_up() {
    let projects: Vec<Project> =
        (0..2000).map(|number| project(number, &format!("acme/team{}/p{number}", number % 40))).collect();
    let mut saw: Vec<Entity> = projects.into_iter().map(Entity::from).collect();
    saw.push(
        Instance { name: OWN.into(), url: Some(format!("https://{OWN}")), ..Instance::default() }.into(),
    );
    for index in 0..500 {
        let subject = match index % 50 {
            0 => "project_path:acme/team7/*:ref_type:branch:ref:main".to_owned(),
            _ => format!("project_path:acme/team{}/p{index}:ref_type:branch:ref:main", index % 40),
        };
        let trust = trusting(OWN, &json!({"StringLike": {format!("{OWN}:sub"): subject}}));
        let arn = Arn::new(&format!("arn:aws:iam::111111111111:role/r{index}")).unwrap();
        saw.push(Role { trust: Some(trust.to_string().into()), ..Role::seen(arn) }.into());
    }
    let mut estate = Estate::default();
    let sweep = Sweep { scope: Scope::new("case", "things"), run: 1 };
    estate.absorb(Report::Saw(Observation { sweep, at: Timestamp::default(), saw, gaps: vec![] }));
    let tokens = tokens(&estate);
    let admits: usize = tokens.all().iter().map(|trust| trust.admits.len()).sum();
    assert_eq!((tokens.weighed(), admits), (490 + 10 * 50, 490 + 10 * 50));
}

/// All names of up to four letters that a ref can have.
fn every_name() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..4 {
        let to = all.len();
        for index in from..to {
            for letter in ['a', 'b', '/', 'x'] {
                all.push(format!("{}{letter}", all[index]));
            }
        }
        from = to;
    }
    all.retain(|name| is_ref_name(name));
    all
}

fn conditions() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(vec![
        "StringLike",
        "StringEquals",
        "StringNotLike",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringLikeIfExists",
        "ForAnyValue:StringLike",
        "ForAllValues:StringNotLike",
    ]);
    let start = prop::sample::select(vec![
        "project_path:g/p:ref_type:branch:ref:",
        "project_path:g/p:*",
        "*",
        "*:ref:",
    ]);
    let value = (start, "[ab/*?A]{0,4}").prop_map(|(start, end)| format!("{start}{end}"));
    prop::collection::vec((operator, prop::collection::vec(value, 1..3)), 1..3).prop_map(|tests| {
        let mut condition = json!({});
        for (operator, values) in tests {
            condition[operator] = json!({ format!("{OWN}:sub"): values });
        }
        condition
    })
}

/// Refs of a class, small enough to try them all, that the engine lets in.
fn let_in(trust: &Document, names: &[String], kind: RefKind) -> BTreeSet<String> {
    let kind = if kind.is_tag() { "tag" } else { "branch" };
    let provider = arn(OWN);
    let audiences = [format!("https://{OWN}")];
    let gets_in = |name: &&String| {
        let subject = format!("project_path:g/p:ref_type:{kind}:ref:{name}");
        let claims = Request::default().with("sub", subject);
        let caller = WebCaller { provider: &provider, audiences: Some(&audiences), claims: &claims };
        can_assume_with_token(&caller, trust).grade > crate::policy::Grade::Denied
    };
    names.iter().filter(gets_in).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_analysis_never_differs_from_the_engine(
        allow in conditions(),
        deny in prop::option::of(conditions()),
        branches in prop::collection::vec("[ab/*]{1,3}", 0..3),
    ) {
        let mut trust = trusting(OWN, &allow);
        if let Some(condition) = deny {
            let mut statement = trusting(OWN, &condition)["Statement"][0].clone();
            statement["Effect"] = json!("Deny");
            trust["Statement"].as_array_mut().unwrap().push(statement);
        }
        let document = Document::parse(&trust.to_string()).unwrap();
        let mine = Project { protected_branches: Some(branches.clone()), protected_tags: Some(vec![]), ..project(1, "g/p") };
        let estate = estate(vec![mine], &trust);
        let tokens = tokens(&estate);
        let admits = &tokens.all()[0].admits;
        let refs: Vec<AdmittedRef> = admits.first().map_or(Vec::new(), |admitted| admitted.refs.to_vec());
        let names = every_name();
        for class in classes(Some(&branches), Some(&[])) {
            let of_kind: Vec<&AdmittedRef> = refs.iter().filter(|known| known.kind == class.kind).collect();
            let belong: Vec<String> = names.iter().filter(|name| class.names.has(name)).cloned().collect();
            let truth = let_in(&document, &belong, class.kind);
            let claimed = of_kind.iter().any(|known| known.all || class.entry.is_none_or(|entry| {
                *known.name == *entry || class.names.has(&known.name)
            }));
            prop_assert!(truth.is_empty() || claimed, "{class:?} is missed: {truth:?} {refs:?}");
            for known in of_kind {
                if known.all || class.entry == Some(&*known.name) {
                    prop_assert_eq!(truth.len(), belong.len(), "not all of {:?}", class);
                } else if class.entry.is_none() {
                    let name = [known.name.to_string()];
                    prop_assert!(class.names.has(&known.name), "{} is no {:?}", known.name, class.kind);
                    prop_assert_eq!(let_in(&document, &name, class.kind).len(), 1, "{} is kept out", known.name);
                }
            }
        }
    }
}
