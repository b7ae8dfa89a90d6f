//! What the environment says by itself: the variables that everybody who uses GitLab's and AWS's own tools has set
//! already. Asked where the file names no source.

use super::{
    AwsSource, GitLabSource,
    address::{host_or_address, name_of},
    error::ConfigError,
    place::{Env, home, set},
    sections::is_region,
    token::from_variable,
};

/// One GitLab where GITLAB_TOKEN is set: that of GITLAB_HOST, of CI_SERVER_URL, or gitlab.com.
pub(super) fn gitlab(env: &Env<'_>) -> Result<Option<GitLabSource>, ConfigError> {
    let Some(token) = from_variable("GITLAB_TOKEN", env) else { return Ok(None) };
    let named = ["GITLAB_HOST", "CI_SERVER_URL"].into_iter().find_map(|name| Some((name, set(env, name)?)));
    let (variable, written) = named.unwrap_or(("GITLAB_HOST", "gitlab.com".into()));
    let url = host_or_address(&written)
        .map_err(|problem| ConfigError::Environment { variable: variable.to_owned(), problem })?;
    Ok(Some(GitLabSource {
        name: name_of(&url).into(),
        token: token?,
        include: Vec::new(),
        exclude: Vec::new(),
        ca_file: None,
        per_second: GitLabSource::PER_SECOND,
        concurrency: GitLabSource::CONCURRENCY,
        url,
    }))
}

/// Variables that mean somebody set up AWS here: each is read by the SDK itself.
const AWS_SIGNS: [&str; 10] = [
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
];

/// One AWS account on the SDK's own chain, where there is any sign of AWS in the environment or in `~/.aws`.
pub(super) fn aws(env: &Env<'_>) -> Result<Option<AwsSource>, ConfigError> {
    let in_home = |file: &str| home(env).is_some_and(|home| home.join(".aws").join(file).is_file());
    let signs = AWS_SIGNS.iter().any(|name| set(env, name).is_some());
    if !signs && !in_home("config") && !in_home("credentials") {
        return Ok(None);
    }
    let wrong =
        |variable: &str, problem: String| ConfigError::Environment { variable: variable.into(), problem };
    let mut regions = Vec::new();
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        if let Some(region) = set(env, variable) {
            if !is_region(&region) {
                return Err(wrong(variable, "expected a region like eu-central-1".into()));
            }
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
    }
    let endpoint = set(env, "AWS_ENDPOINT_URL").map(|text| super::address::address(&text)).transpose();
    let endpoint = endpoint.map_err(|problem| wrong("AWS_ENDPOINT_URL", problem))?;
    Ok(Some(AwsSource { profile: set(env, "AWS_PROFILE"), regions, endpoint, ..AwsSource::default() }))
}
