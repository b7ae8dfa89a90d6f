//! Floor 2: one HTTP client: timeouts, no redirects, same-origin paging, retry, rate budget, response cap. It knows nothing of GitLab's meaning.
