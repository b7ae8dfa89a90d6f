//! Addresses of servers: which are accepted, and in which one spelling they are kept.

use url::{Host, Url};

/// `https://host[:port][/path]` without a trailing slash; `Err` says what is wrong, without quoting the address, which
/// may hold a password. Plain HTTP would send the token in the clear, so it is for this machine only.
pub(super) fn address(text: &str) -> Result<String, String> {
    let url =
        Url::parse(text).map_err(|_| "expected an address like https://gitlab.example.com".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("expected an address that begins with https://".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("expected an address without user or password in it; a token belongs into `token`".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("expected an address without `?` or `#`".into());
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err("http:// would send the credentials unencrypted; expected https:// \
                    (http:// is accepted for localhost only)"
            .into());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The same for what people put into GITLAB_HOST: a host, a host with a path, or a whole address.
pub(super) fn host_or_address(text: &str) -> Result<String, String> {
    if text.contains("://") { address(text) } else { address(&format!("https://{text}")) }
}

/// `gitlab.example.com`, `localhost:8080`, `example.com/gitlab`: what tells instances apart when nobody named them.
pub(super) fn name_of(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        let right = [
            ("https://gitlab.com", "https://gitlab.com"),
            ("https://GitLab.com/", "https://gitlab.com"),
            ("https://example.com/gitlab/", "https://example.com/gitlab"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:80/", "http://[::1]"),
            ("http://localhost", "http://localhost"),
        ];
        for (written, kept) in right {
            assert_eq!(address(written).as_deref(), Ok(kept), "{written}");
        }
        for text in
            ["gitlab.com", "ftp://a", "https://u:p@a", "https://u@a", "https://a?b", "http://a.example"]
        {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_environment_may_give_a_bare_host() {
        assert_eq!(host_or_address("gitlab.acme.example").as_deref(), Ok("https://gitlab.acme.example"));
        assert_eq!(host_or_address("acme.example/gitlab/").as_deref(), Ok("https://acme.example/gitlab"));
        assert_eq!(host_or_address("http://127.0.0.1:1").as_deref(), Ok("http://127.0.0.1:1"));
        assert_eq!(name_of("https://acme.example/gitlab"), "acme.example/gitlab");
    }
}
