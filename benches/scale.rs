//! How long the screen's work takes at 1,000, 10,000 and 100,000 rows: taking in pages, joining, judging, listing and
//! drawing. No network and no terminal; the estate is made up and the same every time.

mod estate;

use std::{hint::black_box, sync::Arc, time::Duration};

use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, measurement::WallTime};
use keytrail::{
    app::{
        App, Effect, Msg, Settings, World,
        filter::Filter,
        find,
        key::Key,
        list::{self, ListRequest, Sort},
        pane::PaneId,
        update,
    },
    join,
    model::{estate::Estate, observe::Report},
    rules::{self, Limits},
    ui::{self, theme::Theme},
};
use ratatui::{buffer::Buffer, layout::Rect};

use estate::NOW;

/// Rows of the pane that is listed and drawn: CI/CD variables.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// A large terminal.
const SCREEN: Rect = Rect::new(0, 0, 200, 60);

/// What a person looking for unprotected keys might type.
const FILTER: &str = "carries:akia* -protected service";

/// One size with what its later steps begin from.
struct Subject {
    rows: usize,
    reports: Vec<Report>,
    world: Arc<World>,
}

impl Subject {
    fn of(rows: usize) -> Self {
        let reports = estate::reports(rows);
        let world = Arc::new(World::build(absorbed(reports.clone()), Limits::default(), NOW));
        Self { rows, reports, world }
    }
}

fn absorbed(reports: Vec<Report>) -> Estate {
    let mut estate = Estate::default();
    for report in reports {
        estate.absorb(report);
    }
    estate
}

/// A dashboard and what performs its orders: worlds, lists and searches, at once and on this thread.
struct Dashboard {
    app: App,
}

impl Dashboard {
    /// The whole estate was reported and the variables are shown. `None` if its own keys were refused.
    fn on(subject: &Subject) -> Option<Self> {
        let app = App::new(Settings { now: NOW, ..Settings::default() }).ok()?;
        let mut dashboard = Self { app };
        dashboard.tell(Msg::Resized { columns: SCREEN.width, lines: SCREEN.height });
        dashboard.tell(Msg::Reported(subject.reports.clone()));
        dashboard.tell(Msg::Swept);
        dashboard.tell(Msg::Key(Key::char(PaneId::Variables.pane().digit())));
        Some(dashboard)
    }

    fn tell(&mut self, msg: Msg) {
        let mut orders = update(&mut self.app, msg);
        while let Some(order) = orders.pop() {
            let answer = match order {
                Effect::Digest { estate, limits, now } => {
                    Msg::Digested { world: Arc::new(World::build(estate, limits, now)), cost_ms: 1 }
                }
                Effect::List(request) => Msg::Listed(list::list(&request)),
                Effect::Find(request) => Msg::Found(find::find(&request)),
                // Nothing else is part of what is measured.
                _ => continue,
            };
            orders.extend(update(&mut self.app, answer));
        }
    }

    fn draw(&self, theme: &Theme, buffer: &mut Buffer) {
        let screen = self.app.show();
        ui::draw(&screen, theme, false, SCREEN, buffer);
    }
}

/// Pages of a hundred things into an empty estate.
fn absorb(group: &mut BenchmarkGroup<'_, WallTime>, subject: &Subject) {
    group.bench_function(id("absorb", subject), |bench| {
        bench.iter_batched(|| subject.reports.clone(), absorbed, BatchSize::PerIteration);
    });
}

fn join(group: &mut BenchmarkGroup<'_, WallTime>, subject: &Subject) {
    group.bench_function(id("join", subject), |bench| {
        bench.iter_with_large_drop(|| {
            let estate = black_box(&subject.world.estate);
            join::link(estate, &join::Policies::of(estate))
        });
    });
}

/// Trust policies against the subjects of every project they could mean.
fn tokens(group: &mut BenchmarkGroup<'_, WallTime>, subject: &Subject) {
    let estate = &subject.world.estate;
    let policies = join::Policies::of(estate);
    let linked = join::link(estate, &policies);
    group.bench_function(id("tokens", subject), |bench| {
        bench.iter_with_large_drop(|| join::Tokens::of(black_box(estate), &linked, &policies));
    });
}

/// Everything that follows from an estate: links, id tokens, role chains, ways, findings.
fn conclude(group: &mut BenchmarkGroup<'_, WallTime>, subject: &Subject) {
    let World { estate, limits, now, .. } = &*subject.world;
    group.bench_function(id("conclude", subject), |bench| {
        bench.iter_with_large_drop(|| rules::Conclusions::of(black_box(estate), limits, *now));
    });
}

/// All rows in the pane's own order, and those that pass a filter.
fn list(group: &mut BenchmarkGroup<'_, WallTime>, subject: &Subject) {
    let pane = PaneId::Variables;
    let filters =
        [("list", Some(Filter::default())), ("list filtered", Filter::parse(FILTER, pane.pane()).ok())];
    for (name, filter) in filters {
        let Some(filter) = filter else { continue };
        let world = subject.world.clone();
        let request = ListRequest { pane, world, filter, sort: Sort::default(), generation: 1 };
        group.bench_function(id(name, subject), |bench| {
            bench.iter_with_large_drop(|| list::list(black_box(&request)));
        });
    }
}

/// A frame; and a key press, all that follows from it, and its frame.
fn draw(group: &mut BenchmarkGroup<'_, WallTime>, subject: &Subject) {
    let theme = Theme::default();
    let mut buffer = Buffer::empty(SCREEN);
    let Some(mut dashboard) = Dashboard::on(subject) else { return };
    group.bench_function(id("draw", subject), |bench| {
        bench.iter(|| dashboard.draw(&theme, black_box(&mut buffer)));
    });
    let mut keys = "jk".chars().cycle();
    group.bench_function(id("key and draw", subject), |bench| {
        bench.iter(|| {
            dashboard.tell(Msg::Key(Key::char(keys.next().unwrap_or('j'))));
            dashboard.draw(&theme, black_box(&mut buffer));
        });
    });
}

fn id(name: &str, subject: &Subject) -> BenchmarkId {
    BenchmarkId::new(name, subject.rows)
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for rows in SIZES {
        let subject = Subject::of(rows);
        let mut group = criterion.benchmark_group("scale");
        group.throughput(Throughput::Elements(rows as u64));
        // The largest take a second an iteration: ten are enough to see a change.
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(3));
        for bench in [absorb, join, tokens, conclude, list, draw] {
            bench(&mut group, &subject);
        }
        group.finish();
    }
    criterion.final_summary();
}
