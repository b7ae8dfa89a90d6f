//! Right files, wrong files with the exact words a person reads, and no file at all.

use std::{fs, path::Path};

use super::*;

/// An environment with one token and a home that holds nothing.
fn env(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some("glpat-planted".into()),
        "HOME" => Some("/nonexistent/home".into()),
        _ => None,
    }
}

fn read(text: &str) -> Result<Config, ConfigError> {
    sections::read(Path::new("k.toml"), text, &env)
}

const GITLAB: &str = "[[gitlab]]\nurl = \"https://a.example\"\ntoken = { env = \"TOKEN\" }\n";

/// What is written, and what is told.
const WRONG: &[(&str, &str)] = &[
    (
        "gitlab = 1",
        "k.toml:1:10: gitlab: expected a list of sections, each beginning with [[gitlab]], found a whole number",
    ),
    (
        "[gitlab]\nurl = 'x'",
        "k.toml:1:1: gitlab: expected a list of sections, each beginning with [[gitlab]], found a table",
    ),
    (
        "[gitlub]",
        "k.toml:1:2: gitlub: unknown field, expected one of gitlab, aws, runner_files, trail, limits, screen, keys, write",
    ),
    ("[[gitlab]]\n", "k.toml:1:1: gitlab: `url` is missing, as in \"https://gitlab.com\""),
    ("[[gitlab]]\nurl = 5", "k.toml:2:7: gitlab.url: expected a string, found a whole number"),
    ("[[gitlab]]\nurl = ' '", "k.toml:2:7: gitlab.url: expected a string with something in it"),
    (
        "[[gitlab]]\nurl = 'gitlab.com'",
        "k.toml:2:7: gitlab.url: expected an address like https://gitlab.example.com",
    ),
    (
        "[[gitlab]]\nurl = 'ftp://a.example'",
        "k.toml:2:7: gitlab.url: expected an address that begins with https://",
    ),
    (
        "[[gitlab]]\nurl = 'https://ada:glpat-planted@a.example'",
        "k.toml:2:7: gitlab.url: expected an address without user or password in it; a token belongs into `token`",
    ),
    (
        "[[gitlab]]\nurl = 'http://a.example'",
        "k.toml:2:7: gitlab.url: http:// would send the credentials unencrypted; expected https:// (http:// is accepted for localhost only)",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'",
        "k.toml:1:1: gitlab: `token` is missing: { env = \"NAME\" }, { file = \"path\" } or { command = [..] }",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = 'glpat-planted'",
        "k.toml:3:9: gitlab.token: a token is not written into this file, because files get committed and copied; expected { env = \"NAME\" }, { file = \"path\" } or { command = [\"program\", \"argument\"] }",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = { env = 'glpat-planted' }",
        "k.toml:3:17: gitlab.token.env: expected the name of an environment variable",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = { env = 'UNSET' }",
        "k.toml:3:9: gitlab.token: environment variable UNSET is not set, or empty",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = { env = 'TOKEN', file = 'x' }",
        "k.toml:3:9: gitlab.token: expected exactly one of { env = \"NAME\" }, { file = \"path\" } or { command = [\"program\", \"argument\"] }",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = { command = [] }",
        "k.toml:3:21: gitlab.token.command: expected a program and its arguments, as in [\"glab\", \"auth\", \"token\"]",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = { command = 'glab' }",
        "k.toml:3:21: gitlab.token.command: expected a list of strings, found a string",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = { file = '/nonexistent/glpat-planted' }",
        "k.toml:3:9: gitlab.token: token file /nonexistent/......: No such file or directory (os error 2)",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\nglpat-planted = 1",
        "k.toml:3:1: gitlab.......: unknown field, expected one of url, name, token, include, exclude, ca_file, per_second, concurrency",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = glpat-planted",
        "k.toml:3:9: string values must be quoted, expected literal string",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = {}\nper_second = 0",
        "k.toml:4:14: gitlab.per_second: expected a number above 0 and at most 1000",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = {}\nconcurrency = -1",
        "k.toml:4:15: gitlab.concurrency: expected a whole number from 1 to 64",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = {}\nca_file = 'no.pem'",
        "k.toml:4:11: gitlab.ca_file: expected a PEM file with certificate authorities; there is no such file",
    ),
    (
        "[[gitlab]]\nurl = 'https://a.example'\ntoken = {}\ninclude = 'acme'",
        "k.toml:4:11: gitlab.include: expected a list of strings, found a string",
    ),
    (
        "[[aws]]\nrole = 'arn:aws:iam::1:role/x'",
        "k.toml:2:8: aws.role: expected a role's ARN like arn:aws:iam::123456789012:role/name",
    ),
    (
        "[[aws]]\nrole = 'arn:aws:iam::111111111111:user/x'",
        "k.toml:2:8: aws.role: expected a role's ARN like arn:aws:iam::123456789012:role/name",
    ),
    (
        "[[aws]]\nexternal_id = 'x'",
        "k.toml:2:15: aws.external_id: an external id is of use with a `role` only",
    ),
    (
        "[[aws]]\nregions = ['eu-central-1', 'frankfurt']",
        "k.toml:2:28: aws.regions: expected a region like eu-central-1",
    ),
    (
        "[[aws]]\nendpoint = 'http://10.0.0.1'",
        "k.toml:2:12: aws.endpoint: http:// would send the credentials unencrypted; expected https:// (http:// is accepted for localhost only)",
    ),
    ("[[aws]]\nevent_days = 91", "k.toml:2:14: aws.event_days: expected a whole number from 1 to 90"),
    ("[[aws]]\nname = 'a'\n[[aws]]\nname = 'a'", "k.toml:4:8: aws.name: two AWS accounts are called `a`"),
    (
        "[[aws]]\naccess_key_id = 'AKIA'",
        "k.toml:2:1: aws.access_key_id: unknown field, expected one of name, profile, role, external_id, regions, endpoint, event_days, trail",
    ),
    (
        "[limits]\nkey_age_days = 0",
        "k.toml:2:16: limits.key_age_days: expected a whole number from 1 to 36500",
    ),
    (
        "[limits]\nkey_age_days = '90'",
        "k.toml:2:16: limits.key_age_days: expected a whole number from 1 to 36500, found a string",
    ),
    (
        "[runner_files]\npaths = '/etc/gitlab-runner'",
        "k.toml:2:9: runner_files.paths: expected a list of strings, found a string",
    ),
    ("[screen]\nascii = 1", "k.toml:2:9: screen.ascii: expected true or false, found a whole number"),
    ("[keys]\nquit = [1]", "k.toml:2:9: keys.quit: expected a string, found a whole number"),
];

#[test]
fn wrong_files_are_told_by_line_field_and_expectation() {
    for &(text, message) in WRONG {
        let told = read(text).expect_err(text).to_string();
        assert_eq!(told, message, "\n{text}");
        assert!(!told.contains("planted"), "{told}");
    }
}

#[test]
fn two_instances_with_one_name_are_refused() {
    let error = read(&format!("{GITLAB}\n{GITLAB}")).unwrap_err().to_string();
    assert_eq!(
        error,
        "k.toml:6:7: gitlab.url: two GitLab instances are called `a.example`; give one another `name`"
    );
}

#[test]
fn a_right_file_is_read_whole() {
    let config = read(&format!(
        "{GITLAB}include = ['/acme/']\nper_second = 2.5\nconcurrency = 3\n\
         [[gitlab]]\nurl = 'http://localhost:8080/gitlab/'\nname = 'local'\ntoken = {{ env = 'TOKEN' }}\n\
         [[aws]]\nprofile = 'audit'\nrole = 'arn:aws-us-gov:iam::111111111111:role/ci/audit'\nexternal_id = 'x'\n\
         regions = ['us-gov-west-1']\n[limits]\nkey_age_days = 30\n[screen]\ntheme = 'light'\nmouse = true\n\
         [keys]\nquit = 'q'\n'next-pane' = ['tab', 'ctrl-n']\n"
    ))
    .unwrap();
    let [first, second] = &config.gitlab[..] else { panic!("{config:?}") };
    assert_eq!((&*first.name, first.url.as_str()), ("a.example", "https://a.example"));
    assert_eq!((first.token.open(), first.include.as_slice()), ("glpat-planted", &["acme".to_owned()][..]));
    assert_eq!((first.per_second.to_string(), first.concurrency), ("2.5".to_owned(), 3));
    assert_eq!((&*second.name, second.url.as_str()), ("local", "http://localhost:8080/gitlab"));
    assert_eq!(second.concurrency, GitLabSource::CONCURRENCY);
    assert_eq!(config.aws[0].role.as_deref(), Some("arn:aws-us-gov:iam::111111111111:role/ci/audit"));
    assert_eq!((config.aws[0].event_days, config.limits.key_age_days), (14, 30));
    assert_eq!(config.screen, Screen { theme: Some("light".into()), ascii: false, mouse: true });
    assert_eq!(config.keys["quit"], ["q"]);
    assert_eq!(config.keys["next-pane"], ["tab", "ctrl-n"]);
    assert!(!format!("{config:?}").contains("planted"));
}

#[test]
fn the_sample_says_what_it_means() {
    let env = |name: &str| (name == "GITLAB_TOKEN").then(|| "glpat-planted".to_owned());
    let config = sections::read(Path::new("sample.toml"), sample(), &env).unwrap();
    assert_eq!(config.gitlab[0].exclude, ["acme/archive"]);
    assert_eq!(config.aws[1].external_id.as_deref(), Some("acme-keytrail"));
    let trail = config.aws[0].trail.as_ref().unwrap();
    assert_eq!((&trail.store, trail.days), (&TrailStore::Discover, 90));
    assert_eq!(config.runner_files, [Path::new("/etc/gitlab-runner")]);
    assert_eq!(config.limits, Limits::default());
    assert!((config.gitlab[0].per_second - GitLabSource::PER_SECOND).abs() < f64::EPSILON);
    assert_eq!(config.gitlab[0].concurrency, GitLabSource::CONCURRENCY);
    assert_eq!(config.aws[0].event_days, AwsSource::EVENT_DAYS);
}

fn load(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let env = |name: &str| {
        let found = variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        found.or_else(|| (name == "HOME").then(|| "/nonexistent/home".to_owned()))
    };
    Config::load(&Flags::default(), &env)
}

#[test]
fn the_environment_alone_is_enough() {
    let config = load(&[("GITLAB_TOKEN", "glpat-planted")]).unwrap();
    assert_eq!(
        (&*config.gitlab[0].name, config.gitlab[0].url.as_str()),
        ("gitlab.com", "https://gitlab.com")
    );
    assert!(config.aws.is_empty());

    let hosts = [("a.example", "https://a.example"), ("https://a.example/gl/", "https://a.example/gl")];
    for (written, url) in hosts {
        for variable in ["GITLAB_HOST", "CI_SERVER_URL"] {
            let config = load(&[("GITLAB_TOKEN", "glpat-planted"), (variable, written)]).unwrap();
            assert_eq!(config.gitlab[0].url, url);
        }
    }

    let config = load(&[("AWS_PROFILE", "audit"), ("AWS_REGION", "eu-west-1")]).unwrap();
    assert_eq!(config.aws[0].profile.as_deref(), Some("audit"));
    assert_eq!(
        (config.aws[0].regions.as_slice(), config.aws[0].event_days),
        (&["eu-west-1".to_owned()][..], 14)
    );
    assert!(config.gitlab.is_empty());
    for sign in ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"] {
        assert_eq!(load(&[(sign, "x")]).unwrap().aws.len(), 1, "{sign}");
    }
}

#[test]
fn a_wrong_environment_names_the_variable() {
    let wrong = |variables: &[(&str, &str)]| load(variables).unwrap_err().to_string();
    assert_eq!(
        wrong(&[("GITLAB_TOKEN", "glpat-planted"), ("GITLAB_HOST", "http://a.example")]),
        "environment variable GITLAB_HOST: http:// would send the credentials unencrypted; expected https:// \
         (http:// is accepted for localhost only)"
    );
    assert_eq!(
        wrong(&[("GITLAB_TOKEN", "glpat planted")]),
        "environment variable GITLAB_TOKEN: it gives a token with a space, a line break or another odd character in it"
    );
    assert_eq!(
        wrong(&[("AWS_REGION", "Frankfurt")]),
        "environment variable AWS_REGION: expected a region like eu-central-1"
    );
}

#[test]
fn with_nothing_at_all_three_ways_to_start_are_told() {
    let error = load(&[("GITLAB_TOKEN", " ")]).unwrap_err().to_string();
    for part in ["keytrail demo", "GITLAB_TOKEN=", "/nonexistent/home/.config/keytrail/config.toml"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn flags_have_the_last_word_and_a_named_file_must_exist() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("keytrail")).unwrap();
    fs::create_dir(folder.path().join(".aws")).unwrap();
    let path = folder.path().join("keytrail/config.toml");
    fs::write(&path, "[screen]\ntheme = 'dark'\n").unwrap();
    let home = folder.path().display().to_string();
    let env = |name: &str| matches!(name, "HOME" | "XDG_CONFIG_HOME").then(|| home.clone());
    assert!(matches!(Config::load(&Flags::default(), &env), Err(ConfigError::Nothing(_))));

    // The file names no source: an AWS configuration in the home directory is one.
    fs::write(folder.path().join(".aws/config"), "").unwrap();
    let config = Config::load(&Flags::default(), &env).unwrap();
    assert_eq!((config.aws.len(), config.screen.theme.as_deref()), (1, Some("dark")));
    let flags = Flags { theme: Some("light".into()), ascii: true, ..Flags::default() };
    let config = Config::load(&flags, &env).unwrap();
    assert_eq!(config.screen, Screen { theme: Some("light".into()), ascii: true, mouse: false });

    // Files of gitlab-runner are enough to look at.
    fs::remove_file(folder.path().join(".aws/config")).unwrap();
    fs::write(&path, "[runner_files]\npaths = ['runners', '~/more']\n").unwrap();
    let flags = Flags { runner_files: vec!["given".into()], ..Flags::default() };
    let config = Config::load(&flags, &env).unwrap();
    let below = |path: &str| folder.path().join(path);
    assert_eq!(config.runner_files, [below("keytrail/runners"), below("more"), "given".into()]);

    let flags = Flags { config: Some("/nonexistent/k.toml".into()), ..Flags::default() };
    let error = Config::load(&flags, &env).unwrap_err().to_string();
    assert_eq!(error, "/nonexistent/k.toml: No such file or directory (os error 2)");
}
