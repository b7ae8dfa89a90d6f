//! gitlab-runner's own files as a source: a file or a folder becomes one sweep. What a text means is decided in `runner`; here files are
//! found, read within bounds, and every refusal becomes a gap.

mod find;
mod reading;

use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use self::{find::find, reading::text_of};
use super::Outlet;
use crate::{
    base::blame::Blame,
    model::{
        entity::Entity,
        observe::{Gap, Observation, Outcome, Report, Scope, Sweep},
        runner_config::RunnerConfig,
    },
    runner::{self, File, What},
};

/// The `source` of every scope of files; its `what` is the path as it was given.
pub const SOURCE: &str = "files";

/// Reads one file or folder and returns when it is read, or soon after the look was stopped.
pub async fn sweep(path: PathBuf, outlet: Outlet) {
    let sweep = Sweep { scope: Scope::new(SOURCE, path.to_string_lossy().into_owned()), run: outlet.run };
    // The receiver is gone when the program ends; then there is nobody to tell.
    let _ = outlet.reports.send(Report::Began { sweep: sweep.clone(), at: outlet.clock.now() }).await;
    let stop = outlet.stop.clone();
    let looked = tokio::task::spawn_blocking(move || look(&path, &stop)).await;
    let look = match looked {
        Ok(look) => look,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => return,
    };
    let at = outlet.clock.now();
    let outcome = if look.whole { Outcome::Whole } else { Outcome::Partial };
    let saw = look.configs.into_iter().map(Entity::from).collect();
    let _ = outlet
        .reports
        .send(Report::Saw(Observation { sweep: sweep.clone(), at, saw, gaps: look.gaps }))
        .await;
    let _ = outlet.reports.send(Report::Ended { sweep, at, outcome }).await;
}

/// What one look at a file or folder came to.
struct Look {
    configs: Vec<RunnerConfig>,
    gaps: Vec<Gap>,
    /// Every file was read to its end.
    whole: bool,
}

impl Look {
    fn lacks(&mut self, path: &Path, blame: Blame) {
        self.gaps.push(Gap { call: format!("read {}", path.display()), blame });
        self.whole = false;
    }
}

fn look(given: &Path, stop: &CancellationToken) -> Look {
    let mut look = Look { configs: Vec::new(), gaps: Vec::new(), whole: true };
    let found = find(given, stop);
    for (path, blame) in found.gaps {
        look.lacks(&path, blame);
    }
    let mut files = Vec::new();
    for path in found.files {
        if stop.is_cancelled() {
            break;
        }
        match text_of(&path) {
            Ok(text) => files.push(file(&path, &text)),
            // A neighbour that nobody asked for may be missing.
            Err(Blame::Gone) if path != given => {}
            Err(blame) => look.lacks(&path, blame),
        }
    }
    for missing in runner::missing(&files) {
        // The driver's file may lie where the runner itself would find it; that it does not is told by the entry.
        let path = PathBuf::from(&missing);
        if let Ok(text) = text_of(&path) {
            files.push(file(&path, &text));
        }
    }
    for file in &files {
        let is_given = Path::new(&*file.path) == given;
        tell(&mut look, file, is_given);
    }
    look.configs = runner::assemble(files);
    look.whole &= !stop.is_cancelled();
    look
}

fn file(path: &Path, text: &str) -> File {
    let path = path.to_string_lossy();
    File { read: runner::read(&path, text), path: path.into() }
}

/// What is wrong with a file. One that is not gitlab-runner's is passed over in silence, unless it was given by name.
fn tell(look: &mut Look, file: &File, is_given: bool) {
    let call = || format!("read {}", file.path);
    if matches!(file.read.what, What::Other) {
        if is_given {
            let says = "nothing of gitlab-runner stands in it".to_owned();
            look.gaps.push(Gap { call: call(), blame: Blame::Partly(says) });
        }
        return;
    }
    for problem in &file.read.problems {
        look.gaps.push(Gap { call: call(), blame: Blame::Partly(problem.to_string()) });
        look.whole &= !problem.lost;
    }
}

#[cfg(test)]
mod tests;
