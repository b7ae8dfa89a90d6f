//! How ARNs of IAM and STS are written. Takes them apart only as far as this server is asked about them.

/// A path as IAM stores it: `/` where the company wrote none.
fn path_or_root(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

/// `arn:aws:iam::111111111111:user/ci/deploy`, and likewise for `role`, `group`, `policy`, `instance-profile`.
pub(crate) fn iam(account: u64, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account:012}:{kind}{}{name}", path_or_root(path))
}

/// `arn:aws:iam::111111111111:root`.
pub(crate) fn root(account: u64) -> String {
    format!("arn:aws:iam::{account:012}:root")
}

/// The ARN of a session. It drops the role's path: that is AWS's own loss.
pub(crate) fn session(account: u64, role: &str, session: &str) -> String {
    format!("arn:aws:sts::{account:012}:assumed-role/{role}/{session}")
}

/// Account and name of `arn:aws:iam::A:KIND/path/name`; `None` for anything else.
pub(crate) fn parse<'a>(arn: &'a str, kind: &str) -> Option<(u64, &'a str)> {
    let (account, resource) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
    let path = resource.strip_prefix(kind)?.strip_prefix('/')?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    Some((account.parse().ok()?, name))
}

/// The name at the end of a policy's ARN.
pub(crate) fn policy_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_written_and_read() {
        assert_eq!(iam(7, "role", "/ci/", "deploy"), "arn:aws:iam::000000000007:role/ci/deploy");
        assert_eq!(iam(7, "user", "", "ann"), "arn:aws:iam::000000000007:user/ann");
        assert_eq!(parse("arn:aws:iam::000000000007:role/ci/deploy", "role"), Some((7, "deploy")));
        assert_eq!(parse("arn:aws:iam::000000000007:user/ann", "role"), None);
    }
}
