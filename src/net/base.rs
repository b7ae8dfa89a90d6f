//! The one place requests may go: scheme, host, port and path prefix of the configured address. A URL that points anywhere
//! else is refused before the token is put on it.

use url::{Host, Url};

use super::error::Error;

/// The configured address, with a path that ends in a slash.
#[derive(Clone, Debug)]
pub(super) struct Base(Url);

impl Base {
    /// Takes `https://example.com` or `https://example.com/gitlab`, with or without the last slash.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Address { why: why.to_owned() };
        let mut url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong("it must begin with https:// or http:// and name a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it must not carry a user name or a password"));
        }
        url.set_query(None);
        url.set_fragment(None);
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self(url))
    }

    /// The address of a path below the base; the path has no leading slash.
    pub(super) fn join(&self, path: &str) -> Result<Url, Error> {
        let url = self.0.join(path).map_err(|error| Error::Address { why: error.to_string() })?;
        self.admit(&url)?;
        Ok(url)
    }

    /// Refuses whatever does not lie below the base. `Url` has resolved dots in the path already.
    pub(super) fn admit(&self, url: &Url) -> Result<(), Error> {
        let own = self.0.origin() == url.origin()
            && url.path().starts_with(self.0.path())
            && url.username().is_empty()
            && url.password().is_none();
        if own { Ok(()) } else { Err(Error::Foreign { host: url.host_str().unwrap_or_default().to_owned() }) }
    }

    /// Is this plain HTTP on this very machine? Then neither a proxy nor a store of authorities has any part in it.
    pub(super) fn is_plain_loopback(&self) -> bool {
        self.0.scheme() == "http"
            && match self.0.host() {
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                Some(Host::Domain(name)) => name == "localhost",
                None => false,
            }
    }

    /// Is this the address of GraphQL, to which only queries are sent?
    pub(super) fn is_graphql(&self, url: &Url) -> bool {
        url.path().strip_prefix(self.0.path()) == Some("api/graphql")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_below_the_base_are_admitted() {
        let base = Base::parse("https://gitlab.example.com/gitlab").unwrap();
        let cases = [
            ("https://gitlab.example.com/gitlab/api/v4/user", true),
            ("https://gitlab.example.com:443/gitlab/api/v4/user?page=2", true),
            ("https://gitlab.example.com/api/v4/user", false),
            ("https://gitlab.example.com/gitlab2/api/v4/user", false),
            ("https://gitlab.example.com/gitlab/../api/v4/user", false),
            ("https://gitlab.example.com/gitlab/%2e%2e/api/v4/user", false),
            ("http://gitlab.example.com/gitlab/api/v4/user", false),
            ("https://gitlab.example.com:8443/gitlab/api/v4/user", false),
            ("https://evil.example/gitlab/api/v4/user", false),
            ("https://gitlab.example.com@evil.example/gitlab/api/v4/user", false),
            ("https://user:pw@gitlab.example.com/gitlab/api/v4/user", false),
        ];
        for (url, own) in cases {
            assert_eq!(base.admit(&Url::parse(url).unwrap()).is_ok(), own, "{url}");
        }
    }

    #[test]
    fn paths_are_joined_below_a_relative_root() {
        for text in ["https://example.com/gitlab", "https://example.com/gitlab/"] {
            let url = Base::parse(text).unwrap().join("api/v4/user").unwrap();
            assert_eq!(url.as_str(), "https://example.com/gitlab/api/v4/user");
        }
        let base = Base::parse("https://example.com/gitlab").unwrap();
        assert!(base.join("//evil.example/x").is_err());
        assert!(base.join("../x").is_err());
        assert!(base.is_graphql(&base.join("api/graphql").unwrap()));
    }

    #[test]
    fn addresses_that_cannot_be_meant_are_refused() {
        for text in ["example.com", "ftp://example.com", "https://me:pw@example.com", ""] {
            assert!(matches!(Base::parse(text), Err(Error::Address { .. })), "{text}");
        }
    }

    #[test]
    fn loopback_is_recognised() {
        for (text, plain) in [
            ("http://127.0.0.1:4010", true),
            ("http://[::1]:4010", true),
            ("http://localhost", true),
            ("https://127.0.0.1", false),
            ("http://127.0.0.1.example.com", false),
        ] {
            assert_eq!(Base::parse(text).unwrap().is_plain_loopback(), plain, "{text}");
        }
    }
}
