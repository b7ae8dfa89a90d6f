//! Configurations as people write them, as they break them, and as somebody might to hurt.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::model::ci::ClueKind;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const KEY: &str = "AKIARZPUZDIKNSFRP6LN";

fn alone(text: &str) -> Read {
    read(text, &|_| None)
}

fn job<'a>(read: &'a Read, name: &str) -> &'a CiJob {
    read.jobs.iter().find(|job| job.name == name).unwrap_or_else(|| panic!("{name} of {read:?}"))
}

fn settings(job: &CiJob) -> Vec<String> {
    job.variables
        .iter()
        .map(|one| format!("{}={}", one.name, one.sighting.shown.as_deref().unwrap_or("?")))
        .collect()
}

#[test]
fn everything_that_says_aws_is_read() {
    let read = alone(
        r#"
stages: [build, deploy]
default:
  tags: [aws]
  before_script:
    - aws --version
  id_tokens:
    SHARED: { aud: https://gitlab.acme.example }
variables:
  AWS_REGION: eu-west-1
  IAM_ROLE: arn:aws:iam::123456789012:role/global
  NODE_ENV: production
.hidden:
  script: [aws s3 ls]
deploy:
  stage: deploy
  environment: { name: production/$REGION, url: "https://x" }
  id_tokens:
    A: { aud: sts.amazonaws.com }
    B: { aud: [one, $TWO] }
  secrets:
    SHORT: { vault: ops/data/aws/production@secrets, token: $B }
    LONG:
      vault: { engine: { name: generic, path: aws }, path: creds/deploy, field: access_key }
    ASM: { aws_secrets_manager: { secret_id: prod/db, field: password } }
    OTHER: { akeyless: { name: x } }
  variables:
    IAM_ROLE: { value: arn:aws:iam::123456789012:role/deploy, description: d }
  script:
    - aws sts assume-role --role-arn $ROLE
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
      when: manual
trigger-it:
  trigger: acme/other
  inherit: { default: false, variables: [AWS_REGION] }
test:
  tags: null
  script: "true"
  only: [main, tags]
"#,
    );
    assert_eq!(read.problems, [""; 0]);
    let names: Vec<&str> = read.jobs.iter().map(|job| &*job.name).collect();
    assert_eq!(names, ["deploy", "trigger-it", "test"]);
    let deploy = job(&read, "deploy");
    assert_eq!(deploy.stage.as_deref(), Some("deploy"));
    assert_eq!(deploy.environment.as_deref(), Some("production/$REGION"));
    assert_eq!(deploy.tags, ["aws"]);
    let tokens: Vec<_> = deploy.id_tokens.iter().map(|one| (&*one.name, one.audiences.join(" "))).collect();
    assert_eq!(tokens, [("A", "sts.amazonaws.com".into()), ("B", "one $TWO".into())]);
    let secrets: Vec<_> = deploy.secrets.iter().map(|one| format!("{} {}", one.engine, one.path)).collect();
    assert_eq!(
        secrets,
        [
            "vault ops/data/aws/production@secrets",
            "vault creds/deploy/access_key@aws",
            "aws_secrets_manager prod/db#password",
            "akeyless x"
        ]
    );
    assert_eq!(deploy.secrets[0].token.as_deref(), Some("B"));
    assert_eq!(settings(deploy), ["IAM_ROLE=arn:aws:iam::123456789012:role/deploy", "AWS_REGION=eu-west-1"]);
    assert_eq!(deploy.limits, ["if: $CI_COMMIT_BRANCH == \"main\", when: manual"]);
    assert!(
        deploy
            .clues
            .iter()
            .any(|clue| clue.kind == ClueKind::AssumeRole("$ROLE".into()) && clue.place == "script:1")
    );
    let trigger = job(&read, "trigger-it");
    assert_eq!((trigger.tags.len(), trigger.id_tokens.len()), (0, 0));
    assert_eq!(settings(trigger), ["AWS_REGION=eu-west-1"]);
    let test = job(&read, "test");
    assert_eq!((test.tags.len(), test.id_tokens.len(), &*test.limits[0]), (0, 1, "only: main, tags"));
}

#[test]
fn anchors_merge_keys_extends_and_references_are_folded_in() {
    let read = alone(
        "
.vars: &vars
  variables: { AWS_PROFILE: anchor }
.base:
  stage: deploy
  variables: { AWS_PROFILE: base, AWS_REGION: base }
  id_tokens: { T: { aud: base } }
  script: [aws s3 ls]
.middle:
  extends: .base
  variables: { AWS_PROFILE: middle }
.lines:
  script: [aws sts get-caller-identity, !reference [.more, script]]
.more:
  script: [terraform plan]
anchored:
  <<: *vars
  script: x
extending:
  extends: .middle
  id_tokens: null
listed:
  extends: [.base, .middle]
  script:
    - vault status
    - !reference [.lines, script]
overridden:
  variables: { AWS_PROFILE: own }
  script: x
  <<: *vars
",
    );
    assert_eq!(read.problems, [""; 0]);
    assert_eq!(settings(job(&read, "anchored")), ["AWS_PROFILE=anchor"]);
    assert_eq!(settings(job(&read, "extending")), ["AWS_PROFILE=middle", "AWS_REGION=base"]);
    assert!(job(&read, "extending").id_tokens.is_empty(), "null rids a job of what it extends");
    assert_eq!(job(&read, "extending").stage.as_deref(), Some("deploy"));
    let clues: Vec<_> = job(&read, "listed").clues.iter().map(|clue| clue.place.clone()).collect();
    assert_eq!(clues, ["script:2", "script:3"]);
    assert_eq!(
        settings(job(&read, "overridden")),
        ["AWS_PROFILE=anchor"],
        "Psych merges in the order of the keys"
    );
}

#[test]
fn local_includes_lie_under_the_file_and_others_are_told() {
    let text = "
include:
  - local: /ci/deploy.yml
  - ci/missing.yml
  - https://example.com/x.yml
  - { project: acme/ci, file: [a.yml, b.yml], ref: main }
  - { template: Auto-DevOps.gitlab-ci.yml }
  - { component: $CI_SERVER_FQDN/x/y@1 }
  - local: ci/*.yml
deploy:
  variables: { AWS_PROFILE: own }
";
    let files = |path: &str| match path {
        "ci/deploy.yml" => Some(
            "include: { local: ci/base.yml }\ndeploy: { extends: .base, variables: { AWS_PROFILE: theirs } }"
                .into(),
        ),
        "ci/base.yml" => Some(
            "spec: { inputs: {} }\n---\ninclude: /ci/deploy.yml\n.base: { script: aws s3 ls }\nbroken: text"
                .into(),
        ),
        _ => None,
    };
    let read = read(text, &files);
    assert_eq!(settings(job(&read, "deploy")), ["AWS_PROFILE=own"]);
    assert_eq!(job(&read, "deploy").clues.len(), 1);
    assert_eq!(
        read.unread,
        [
            "local: ci/missing.yml",
            "remote: https://example.com/x.yml",
            "project: acme/ci a.yml, b.yml",
            "template: Auto-DevOps.gitlab-ci.yml",
            "component: $CI_SERVER_FQDN/x/y@1",
            "local: ci/*.yml"
        ]
    );
    assert_eq!(read.problems, ["line 5: broken is not a map"]);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let cases = [
        ("a: { script: x", ": not YAML"),
        ("- a\n- b", "line 1: the configuration is not a map of jobs"),
        ("just words", "line 1: the configuration is not a map of jobs"),
        ("ok: { script: x }\njob: { stage: x }", "line 2: job has neither `script`, `run` nor `trigger`"),
        ("job: text", "line 1: job is not a map"),
        (
            "a: { extends: b, script: x }\nb: { extends: a, script: x }",
            "line 2: b extends a, which extends it in turn",
        ),
        ("a: { script: [!reference [.b, script]] }", "line 1: !reference [.b, script] leads nowhere"),
        (
            ".a: { s: [!reference [.a, s]] }\nb: { script: [!reference [.a, s]] }",
            "leads on more than ten times",
        ),
        ("a: &a { script: [*a] }", "line 1: an alias stands inside of its own anchor"),
    ];
    for (text, problem) in cases {
        let read = alone(text);
        assert!(read.problems.iter().any(|one| one.contains(problem)), "{text}: {:?}", read.problems);
    }
    assert_eq!(alone(""), Read::default());
    assert_eq!(alone("# nothing\n"), Read::default());
}

#[test]
fn keys_in_a_file_are_sighted_and_nothing_of_a_secret_is_kept() {
    let text = format!(
        "
variables: {{ AWS_ACCESS_KEY_ID: {KEY}, AWS_SECRET_ACCESS_KEY: {SECRET}, OTHER: '{SECRET}' }}
job:
  environment: {SECRET}
  tags: ['{SECRET}']
  stage: {SECRET}
  id_tokens: {{ A: {{ aud: {SECRET} }} }}
  secrets: {{ A: {{ vault: {SECRET}, token: {SECRET} }} }}
  script:
    - export AWS_SECRET_ACCESS_KEY={SECRET}
    - aws configure set aws_secret_access_key {SECRET}
    - aws sts assume-role --role-arn {SECRET}
  rules: [{{ if: '$A == \"{SECRET}\"' }}]
  only: [{SECRET}]
{SECRET}: {{ script: x, extends: {SECRET} }}
broken: {{ extends: {SECRET}x }}
include: [{SECRET}, {{ project: {SECRET} }}]
"
    );
    let read = alone(&text);
    let sighted: Vec<_> =
        job(&read, "job").variables.iter().map(|one| (&*one.name, one.sighting.secret_shaped)).collect();
    assert_eq!(
        sighted,
        [
            ("AWS_ACCESS_KEY_ID", false),
            ("AWS_SECRET_ACCESS_KEY", true),
            ("OTHER", true),
            ("aws_secret_access_key", true)
        ]
    );
    assert_eq!(job(&read, "job").variables[0].sighting.keys[0].as_str(), KEY);
    let said = format!("{read:?} {}", serde_json::to_string(&read.jobs).unwrap());
    assert!(!said.contains("wJalrX") && !said.contains("K7MDENG"), "{said}");
}

/// Reads a text that was made to take long; it must not.
fn quickly(name: &str, text: &str) -> Read {
    let begun = Instant::now();
    let read = alone(text);
    assert!(begun.elapsed() < Duration::from_secs(20), "{name} took {:?}", begun.elapsed());
    read
}

#[test]
fn bombs_do_not_go_off() {
    use std::fmt::Write;
    let mut laughs = String::from("a0: &a0 [lol, lol]\n");
    let mut merges = String::from("m0: &m0 { a: 1, b: 2 }\n");
    let mut maps = String::from(".p0: &p0 { a: x }\n.q0: &q0 { a: y }\n");
    let mut chain = String::from(".e0: { script: x }\n");
    let mut wide = String::new();
    for level in 1..90 {
        let below = level - 1;
        writeln!(laughs, "a{level}: &a{level} [*a{below}, *a{below}, *a{below}, *a{below}]").unwrap();
        writeln!(merges, "m{level}: &m{level} {{ <<: [*m{below}, *m{below}], k{level}: *m{below} }}")
            .unwrap();
        writeln!(maps, ".p{level}: &p{level} {{ a: *p{below}, b: *p{below} }}").unwrap();
        writeln!(maps, ".q{level}: &q{level} {{ a: *q{below}, b: *q{below} }}").unwrap();
    }
    for level in 1..3_000 {
        writeln!(chain, ".e{level}: {{ extends: [.e{0}, .e{0}], script: x }}", level - 1).unwrap();
        writeln!(wide, "j{level}: {{ extends: .w, script: [!reference [.w, script]] }}").unwrap();
    }
    writeln!(laughs, "job: {{ script: [*a89], tags: [*a80] }}").unwrap();
    maps.push_str("job: { extends: [.p89, .q89], script: x }\n");
    chain.push_str("job: { extends: .e2999 }\n");
    wide.push_str(".w: { script: [");
    (0..3_000).for_each(|line| write!(wide, "aws s3 ls {line},").unwrap());
    wide.push_str("] }\n");
    for (name, text) in
        [("laughs", &laughs), ("merges", &merges), ("maps", &maps), ("chain", &chain), ("wide", &wide)]
    {
        quickly(name, text);
    }
    let mut deep = "a: ".to_owned();
    deep.push_str(&"[".repeat(100_000));
    assert!(!quickly("deep", &deep).problems.is_empty());
    quickly("deep maps", &"{a: ".repeat(50_000));
    let (mut blocks, mut anchors) = (String::new(), String::new());
    (0..3_000).for_each(|level| writeln!(blocks, "{}a:", " ".repeat(level)).unwrap());
    (1..20_000).for_each(|at| writeln!(anchors, "a{at}: &x{at} [*x{}]", at - 1).unwrap());
    quickly("deep blocks", &blocks);
    quickly("anchors", &format!("a0: &x0 [x]\n{anchors}"));
    assert!(!quickly("long", &"#".repeat(3 << 20)).problems.is_empty());
}

proptest! {
    #[test]
    fn any_text_is_read(text in "([ -~\n]|[:&*!<>|\\[\\]{}#'\"-]|\n  |script: |extends: |!reference ){0,200}") {
        alone(&text);
    }

    #[test]
    fn shuffled_configurations_are_read(parts in prop::collection::vec(prop::sample::select(vec![
        "a: &a\n", "  script: [x]\n", "  extends: .b\n", ".b:\n", "  <<: *a\n", "  - !reference [a, script]\n", "include: x\n",
        "variables:\n", "  AWS_REGION: x\n", "  script:\n", "    - |\n", "      aws s3 ls\n", "---\n", "spec:\n", "\t\n", "  id_tokens: {A: {aud: [x]}}\n",
    ]), 0..30)) {
        read(&parts.concat(), &|path| Some(format!("include: {path}x\n{}", parts.concat())));
    }
}

#[test]
fn other_peoples_configurations_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/gitlab-ci");
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("skipped: {folder} is not here");
        return;
    };
    // A template with `{{ ... }}` in it is no YAML yet, and Spack's file is a configuration of Spack's.
    let acceptable = ["aws__aws-sam-cli-pipeline-init-templates", "spack__spack-packages"];
    let (mut whole, mut partly, mut refused) = (0, 0, 0);
    let yaml = |path: &std::path::Path| path.extension().is_some_and(|end| end == "yml" || end == "yaml");
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| yaml(path)).collect();
    paths.sort();
    for path in &paths {
        let read = alone(&std::fs::read_to_string(path).unwrap());
        let name = path.file_name().unwrap().to_string_lossy();
        println!(
            "{name}: {} jobs, {} clues",
            read.jobs.len(),
            read.jobs.iter().map(|job| job.clues.len()).sum::<usize>()
        );
        match (read.is_whole(), read.jobs.is_empty() && !read.problems.is_empty()) {
            (true, _) => whole += 1,
            (false, false) => partly += 1,
            (false, true) => {
                refused += 1;
                assert!(acceptable.iter().any(|known| name.starts_with(known)), "{name}");
            }
        }
        for line in read.problems.iter().chain(&read.unread) {
            println!("    {line}");
        }
    }
    println!("{} files: {whole} read, {partly} partly, {refused} refused", paths.len());
    assert!(whole > 0);
}
