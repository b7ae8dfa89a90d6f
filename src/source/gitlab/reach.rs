//! Which groups and projects the configuration wants read.

use crate::config::GitLabSource;

/// Is this path (of a group or of a project) to be read? The longest of the configured paths that lies above it decides.
pub(super) fn wants(source: &GitLabSource, path: &str) -> bool {
    let deepest = |paths: &[String]| {
        paths.iter().map(|above| trimmed(above)).filter(|above| lies_in(path, above)).map(str::len).max()
    };
    match (deepest(&source.include), deepest(&source.exclude)) {
        (Some(included), Some(excluded)) => included > excluded,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (None, None) => source.include.is_empty(),
    }
}

/// Paths are written with and without slashes around them.
fn trimmed(path: &str) -> &str {
    path.trim_matches('/')
}

/// Whole segments only: `acme/web` lies in `acme` and not in `acme/w`. GitLab's paths are the same in any case.
fn lies_in(path: &str, above: &str) -> bool {
    !above.is_empty()
        && path.get(..above.len()).is_some_and(|start| start.eq_ignore_ascii_case(above))
        && matches!(path.as_bytes().get(above.len()), None | Some(b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::secret::Secret;

    fn source(include: &[&str], exclude: &[&str]) -> GitLabSource {
        let owned = |paths: &[&str]| paths.iter().map(ToString::to_string).collect();
        GitLabSource {
            name: "acme".into(),
            url: String::new(),
            token: Secret::new(String::new()),
            include: owned(include),
            exclude: owned(exclude),
            ca_file: None,
            per_second: 1.0,
            concurrency: 1,
        }
    }

    #[test]
    fn the_deepest_configured_path_decides() {
        let cases: [(&[&str], &[&str], &str, bool); 11] = [
            (&[], &[], "acme/web", true),
            (&["acme"], &[], "acme", true),
            (&["acme"], &[], "acme/web", true),
            (&["Acme/"], &[], "acme/web", true),
            (&["acme/w"], &[], "acme/web", false),
            (&["acme"], &[], "acme2/web", false),
            (&[], &["acme/attic"], "acme/attic/old", false),
            (&[], &["acme/attic"], "acme/web", true),
            (&["acme"], &["acme/attic"], "acme/attic/old", false),
            (&["acme", "acme/attic/kept"], &["acme/attic"], "acme/attic/kept/x", true),
            (&["acme"], &["acme"], "acme", false),
        ];
        for (include, exclude, path, wanted) in cases {
            assert_eq!(wants(&source(include, exclude), path), wanted, "{include:?} {exclude:?} {path}");
        }
    }
}
