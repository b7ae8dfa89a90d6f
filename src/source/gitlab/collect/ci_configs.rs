//! CI configurations. The text of every CI file whose branch has moved is read in bulk; GitLab is asked to merge one project after the
//! other, and only where the text alone does not tell, or tells of AWS. What was read at a commit is not asked for again.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
};

use super::super::{
    graphql::Trouble,
    heads::{self, DEFAULT_PATH, Head},
    lint,
    memory::{Known, Want},
    roster::Holder,
    strand::{Strand, blame},
    tally::Tally,
    walk::{Halt, Walk},
};
use crate::{
    base::{blame::Blame, text::plural},
    ci,
    model::ci::{CiConfig, CiReading},
    net::Error,
    script::written,
};

/// Projects GitLab is asked to lint at each look: half a minute at the pace nobody has to configure.
const MOST: usize = 300;
/// A project without a sign of AWS is linted when something happened in it so lately.
const ACTIVE_DAYS: i64 = 30;
/// The last rank that is linted; those behind it wait for a sign.
const WAITS: u8 = 4;

/// Configurations shown at once.
const PAGE: usize = 50;

const SCOPE: &str = "CI configurations";
const LINT: &str = "GET /projects/:id/ci/lint";
const HEADS: &str = "POST /api/graphql CI files";
const FIX: &str = "needs a token of an administrator, or of a developer of the projects.";

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin(SCOPE).await;
    let refused = Tally::new(LINT, FIX);
    match known_by_text(walk, &strand).await {
        Ok(read) => ask(walk, &strand, &refused, read).await,
        Err(trouble) if trouble.is_graphqls_own() => {
            if let Some(blame) = trouble.blame(FIX) {
                strand.note(HEADS, blame).await;
            }
            ask(walk, &strand, &refused, carriers(walk)).await;
        }
        Err(trouble) => {
            strand.in_part();
            if let Some(blame) = trouble.blame(FIX) {
                strand.gap(HEADS, blame).await;
            }
        }
    }
    refused.tell(&strand).await;
    if walk.is_stopped() {
        strand.in_part();
    }
    strand.end().await;
}

/// A project's head, and what is known of its configuration.
type Read = (Head, Known);

/// Every project's configuration as far as its text alone tells it.
async fn known_by_text(walk: &Walk, strand: &Strand<'_>) -> Result<Vec<Read>, Trouble> {
    let wanted: BTreeMap<u64, Holder> =
        walk.roster.projects().into_iter().filter(|(_, project)| !project.archived).collect();
    let closed = Tally::new("GraphQL repository", FIX);
    let (mut known, mut fresh) = (Vec::new(), Vec::new());
    for head in heads::heads(walk).await?.into_iter().filter(|head| wanted.contains_key(&head.number)) {
        if head.closed {
            let halt = Halt::Failed(Error::Refused { status: 403, message: String::new() });
            let _ = closed.add(&head.path, &halt);
            continue;
        }
        match walk.memory.at(head.number, head.sha.as_deref()) {
            Some(one) => known.push((head, one)),
            None => fresh.push(head),
        }
    }
    closed.tell(strand).await;
    let groups = walk.roster.carrying_groups();
    for batch in heads::batches(&fresh) {
        let mut texts = heads::texts(walk, batch).await?;
        for head in batch {
            let text = texts.remove(&head.number);
            let text = text.as_ref().map(|text| text.0.as_str());
            let carries = wanted.get(&head.number).is_some_and(|project| project.carries);
            let below = groups.iter().any(|group| head.path.starts_with(group.as_str()));
            known.push((head.clone(), by_text(walk, head, text, carries, below)));
        }
    }
    Ok(known)
}

/// `carries`: the project holds an AWS-looking variable; `below`: a group above it does.
fn by_text(walk: &Walk, head: &Head, text: Option<&str>, carries: bool, below: bool) -> Known {
    let blank = lint::blank(walk, head);
    let lively = head.active.is_some_and(|at| at.age(walk.outlet.clock.now()).days() <= ACTIVE_DAYS);
    let later = if below {
        2
    } else if lively {
        3
    } else {
        WAITS
    };
    let rank = if carries { 0 } else { later };
    let Some(text) = text else {
        if head.is_at_home() {
            return Known { config: blank, want: Want::Nothing, aws: false };
        }
        let unread = Some(vec![written(&head.ci_path)]);
        let config = CiConfig { unread, jobs: None, ..blank };
        return Known { config, want: Want::Lint(rank), aws: false };
    };
    let read = ci::read(text, &|_| None);
    let aws = read.shows_aws();
    let want = match (aws, read.is_whole()) {
        (true, _) => Want::Lint(rank.min(1)),
        (false, false) => Want::Lint(rank),
        (false, true) => Want::Nothing,
    };
    Known { config: lint::told(blank, read, CiReading::Local), want, aws }
}

/// Without GraphQL nobody tells where branches stand: only projects that hold AWS-looking variables are worth a request.
fn carriers(walk: &Walk) -> Vec<Read> {
    let projects = walk.roster.projects().into_iter();
    let carriers = projects.filter(|(_, project)| project.carries && !project.archived);
    carriers
        .map(|(number, project)| {
            let head =
                Head { number, path: project.path, ci_path: DEFAULT_PATH.to_owned(), ..Head::default() };
            let config = CiConfig { jobs: None, ..lint::blank(walk, &head) };
            (head, Known { config, want: Want::Lint(0), aws: false })
        })
        .collect()
}

/// Asks GitLab to merge what its text does not tell, the likeliest first. Each configuration is shown once, when nothing more comes.
async fn ask(walk: &Walk, strand: &Strand<'_>, refused: &Tally, read: Vec<Read>) {
    let (mut asked, mut settled, mut waiting) = (Vec::new(), Vec::new(), 0);
    for (head, known) in read {
        match &known.want {
            Want::Lint(rank) if *rank < WAITS => {
                asked.push((*rank, head, known));
                continue;
            }
            Want::Lint(_) => waiting += 1,
            Want::Refused(halt) => drop(refused.add(&head.path, halt)),
            Want::Nothing => {}
        }
        settled.push(known);
    }
    asked.sort_by_key(|(rank, head, _)| (*rank, head.number));
    let left = asked.split_off(asked.len().min(MOST));
    let skipped = [
        (left.len(), "wait for the next look: it takes a request for each."),
        (waiting, "show no sign of AWS and no activity lately: their includes were not merged."),
    ];
    for (count, why) in skipped.into_iter().filter(|(count, _)| *count > 0) {
        let sentence = format!("{} {why}", plural(count, "project", "projects"));
        strand.gap(LINT, Blame::Skipped(sentence)).await;
    }
    settled.extend(left.into_iter().map(|(_, _, known)| known));
    show(walk, strand, settled).await;
    let unanswered: Mutex<BTreeMap<u64, Known>> =
        Mutex::new(asked.iter().map(|(_, head, known)| (head.number, known.clone())).collect());
    walk.each(asked, async |(_, head, known): (u8, Head, Known)| {
        let answered = one(walk, &head, known).await;
        if let Ok((known, _)) = &answered {
            unanswered.lock().unwrap_or_else(PoisonError::into_inner).remove(&head.number);
            show(walk, strand, vec![known.clone()]).await;
        }
        match answered {
            Ok((_, None)) => ControlFlow::Continue(()),
            Ok((_, Some(halt))) | Err(halt) => refused.add(&head.path, &halt),
        }
    })
    .await;
    // Their text was read, whatever became of the rest; the next look asks again.
    let unanswered = unanswered.into_inner().unwrap_or_else(PoisonError::into_inner);
    show(walk, strand, unanswered.into_values().collect()).await;
}

/// Keeps configurations for the next look, and shows them.
async fn show(walk: &Walk, strand: &Strand<'_>, known: Vec<Known>) {
    let mut known = known.into_iter().map(|one| walk.memory.keep(one)).peekable();
    while known.peek().is_some() {
        let page: Vec<Known> = known.by_ref().take(PAGE).collect();
        for one in page.iter().filter(|one| one.aws) {
            walk.roster.project(one.config.project, Holder { aws: true, ..Holder::default() });
        }
        strand.saw(page.into_iter().map(|one| one.config)).await;
    }
}

/// One project out of turn. A look that goes on beside this one knows what it brought.
pub(in super::super) async fn closer(walk: &Walk, project: u64) {
    let strand = walk.beside(SCOPE);
    let Ok(head) = heads::head_of(walk, project).await else { return };
    let known = walk.memory.at(project, head.sha.as_deref());
    if known
        .as_ref()
        .is_some_and(|known| !matches!(known.want, Want::Lint(_)) && known.config.valid.is_some())
    {
        return;
    }
    let unread = CiConfig { jobs: None, ..lint::blank(walk, &head) };
    let known = known.unwrap_or(Known { config: unread, want: Want::Lint(0), aws: false });
    match one(walk, &head, known).await {
        Ok((known, refusal)) => {
            show(walk, &strand, vec![known]).await;
            if let Some(blame) = refusal.and_then(|halt| blame(&halt, FIX)) {
                strand.note(format!("{LINT} of {}", head.path), blame).await;
            }
        }
        Err(halt) => strand.refused(format!("{LINT} of {}", head.path), &halt, FIX).await,
    }
}

/// Lints one project; where GitLab refuses that, reads its files and says why GitLab refused.
async fn one(walk: &Walk, head: &Head, known: Known) -> Result<(Known, Option<Halt>), Halt> {
    let Known { mut config, mut aws, .. } = known;
    let (linted, refusal) = match lint::merged(walk, head, &mut config).await {
        Ok(linted) => (linted, None),
        Err(halt @ Halt::Failed(Error::Refused { .. })) => (None, Some(halt)),
        Err(halt) => return Err(halt),
    };
    if let Some(read) = linted {
        aws |= read.shows_aws();
        config = lint::told(config, read, CiReading::Lint);
    } else if head.is_at_home() && !lint::is_told(&config) {
        let read = lint::local(walk, head).await?.unwrap_or_default();
        aws |= read.shows_aws();
        config = lint::told(config, read, CiReading::Local);
    }
    let want = refusal.clone().map_or(Want::Nothing, Want::Refused);
    Ok((Known { config, want, aws }, refusal))
}
