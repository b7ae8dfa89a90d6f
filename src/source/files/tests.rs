//! Folders on a disk: what is found, what is passed over, and what is told.

use std::{fs, os::unix::fs::symlink, path::Path, sync::Arc};

use tempfile::TempDir;
use tokio::sync::mpsc;

use super::*;
use crate::base::time::{StoppedClock, Timestamp};

const CONFIG: &str =
    "[[runners]]\n  id = 7\n  url = \"https://gitlab.acme.example\"\n  executor = \"docker\"\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Entries as `file#index`, gaps as sentences with the folder left out, and how the sweep ended.
async fn swept(path: &Path) -> (Vec<String>, Vec<String>, Outcome) {
    let (reports, mut arriving) = mpsc::channel(16);
    let clock = Arc::new(StoppedClock(Timestamp::default()));
    let outlet = Outlet { reports, clock, stop: CancellationToken::new(), run: 1 };
    sweep(path.to_owned(), outlet).await;
    let base = format!("{}/", path.display());
    let short = |text: String| text.replace(&base, "");
    let (mut entries, mut gaps, mut ended) = (Vec::new(), Vec::new(), None);
    while let Some(report) = arriving.recv().await {
        match report {
            Report::Saw(seen) => {
                entries.extend(seen.saw.iter().map(|entity| short(entity.id().key_text().to_owned())));
                gaps.extend(seen.gaps.into_iter().map(|gap| short(format!("{}: {}", gap.call, gap.blame))));
            }
            Report::Ended { outcome, sweep, .. } => {
                assert_eq!(&*sweep.scope.what, path.to_string_lossy());
                ended = Some(outcome);
            }
            _ => {}
        }
    }
    (entries, gaps, ended.unwrap())
}

#[tokio::test]
async fn a_folder_is_looked_through() {
    let folder = folder(&[
        ("a/config.toml", CONFIG),
        ("a/.runner_system_id", "s_1"),
        ("b/c/values.yml", "gitlabUrl: https://x.example\nrunners: {}\n"),
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        ("broken.toml", "[package\n"),
        ("notes.txt", CONFIG),
        (".git/config.toml", CONFIG),
    ]);
    // A link back up, and one that leads nowhere.
    symlink(folder.path(), folder.path().join("a/up")).unwrap();
    symlink("/nonexistent/config.toml", folder.path().join("gone.toml")).unwrap();
    let (entries, gaps, outcome) = swept(folder.path()).await;
    assert_eq!(entries, ["a/config.toml#0", "b/c/values.yml#0"]);
    assert_eq!((gaps, outcome), (Vec::new(), Outcome::Whole));
}

#[tokio::test]
async fn one_file_has_its_neighbours() {
    let fargate = "[[runners]]\n  id = 7\n  executor = \"custom\"\n  [runners.custom]\n    run_exec = \"/opt/fargate\"\n    run_args = [\"--config\", \"/nonexistent/fargate.toml\"]\n";
    let folder = folder(&[
        ("runner.conf", fargate),
        (".runner_system_id", "s_1"),
        ("fargate.toml", "[Fargate]\n  TaskDefinition = \"job:3\"\n"),
    ]);
    let look = look(&folder.path().join("runner.conf"), &CancellationToken::new());
    let [config] = &look.configs[..] else { panic!("{:?}", look.configs) };
    assert_eq!(config.system_id.as_deref(), Some("s_1"));
    assert_eq!(config.fargate.as_ref().unwrap().task_definition.as_deref(), Some("job:3"));
    assert!(look.whole && look.gaps.is_empty(), "{:?}", look.gaps);
}

#[tokio::test]
async fn what_cannot_be_read_is_a_gap() {
    let folder =
        folder(&[("config.toml", "[[runners]]\n  id = glrt-planted\n"), ("other.toml", "[package]\n")]);
    let (entries, gaps, outcome) = swept(folder.path()).await;
    assert_eq!(entries, ["config.toml#0"]);
    let said = "read config.toml: Not all of it could be read: line 2, column 8: not TOML: string values must be quoted, \
                expected literal string";
    assert_eq!((gaps, outcome), (vec![said.to_owned()], Outcome::Partial));

    let nowhere = folder.path().join("nowhere");
    let (entries, gaps, outcome) = swept(&nowhere).await;
    assert_eq!((entries.len(), outcome), (0, Outcome::Partial));
    assert_eq!(gaps, [format!("read {}: It does not exist there (any more).", nowhere.display())]);

    let other = folder.path().join("other.toml");
    let (_, gaps, outcome) = swept(&other).await;
    assert!(
        gaps[0].ends_with("Not all of it could be read: nothing of gitlab-runner stands in it"),
        "{gaps:?}"
    );
    assert_eq!(outcome, Outcome::Whole);
}

#[tokio::test]
async fn huge_files_and_devices_are_left_alone() {
    let folder = folder(&[]);
    let huge = folder.path().join("config.toml");
    fs::File::create(&huge).unwrap().set_len((8 << 20) + 1).unwrap();
    let (_, gaps, outcome) = swept(folder.path()).await;
    assert_eq!(
        (gaps, outcome),
        (vec!["read config.toml: Not asked: it is larger than 8 MB".to_owned()], Outcome::Partial)
    );
    let (_, gaps, _) = swept(Path::new("/dev/zero")).await;
    assert_eq!(gaps, ["read /dev/zero: Not asked: it is no regular file"]);
}

#[tokio::test]
async fn a_folder_deeper_than_anybodys_is_told() {
    let folder =
        folder(&[("1/2/3/4/5/6/7/8/config.toml", CONFIG), ("1/2/3/4/5/6/7/8/9/config.toml", CONFIG)]);
    let (entries, gaps, outcome) = swept(folder.path()).await;
    assert_eq!(entries, ["1/2/3/4/5/6/7/8/config.toml#0"]);
    assert_eq!((gaps.len(), outcome), (1, Outcome::Partial), "{gaps:?}");
}

#[tokio::test]
async fn a_stopped_look_ends_and_forgets_nothing() {
    let folder = folder(&[("config.toml", CONFIG)]);
    let stop = CancellationToken::new();
    stop.cancel();
    let look = look(folder.path(), &stop);
    assert!(!look.whole);
}
