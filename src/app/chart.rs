//! What keys do on the map, in the tree and on the timeline: they stand in the place of a pane until one leaves them for a thing or goes back.

use std::sync::Arc;

use super::{
    map::MapState,
    pane::View,
    show::{Body, Span, Tone},
    state::{App, Chart},
    tree::TreeState,
};
use crate::model::id::{Id, Kind};

impl App {
    /// The map at the thing under the cursor; at the worst way where there is none or it is on no path.
    pub(super) fn open_map(&mut self) {
        if matches!(self.chart, Some(Chart::Map(_))) {
            self.chart = None;
            return;
        }
        let world = Arc::clone(&self.world);
        let about = self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        let here = self.thing_here().or(about);
        let centre = here.as_ref().and_then(|id| self.on_map(id));
        if let (Some(id), None) = (&here, &centre) {
            let name = super::name::of(&world, id);
            self.say(Span::new(format!("No way into AWS that is known leads through {name}."), Tone::Notice));
        }
        self.chart = Some(Chart::Map(MapState::on(&world, centre.as_ref(), self.fits.map_rows)));
    }

    /// The thing itself where it is on the map; otherwise the beginning of a path that leads through it or that its jobs can take.
    fn on_map(&self, id: &Id) -> Option<Id> {
        let world = &self.world;
        if world.map().find(id).is_some() {
            return Some(id.clone());
        }
        if let Some(path) = world.path(id).or_else(|| world.paths_through(id).next()) {
            return Some(path.from.clone());
        }
        let project = Some(id).filter(|id| id.kind() == Kind::Project)?;
        world.paths_of_project(project).next().map(|path| path.from.clone())
    }

    pub(super) fn open_tree(&mut self) {
        let about = self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        let Some(root) = self.thing_here().or(about) else {
            self.say(Span::new("Choose a thing first: the tree begins at it.", Tone::Notice));
            return;
        };
        if let Some(Chart::Tree(tree)) = &self.chart
            && *tree.root() == root
        {
            self.chart = None;
            return;
        }
        // A path is no thing that reaches anything: its beginning is.
        let root = self.world.path(&root).map_or(root, |path| path.from.clone());
        self.chart = Some(Chart::Tree(TreeState::on(&self.world, root)));
    }

    /// To the thing under the cursor, in its own pane.
    pub(super) fn visit(&mut self) {
        match (self.thing_here(), &self.chart) {
            (Some(id), _) => self.jump(&id),
            (None, Some(Chart::Timeline(_))) => self.no_call_here(),
            (None, _) => {}
        }
    }

    pub(super) fn close_chart(&mut self) {
        match &self.chart {
            Some(Chart::Map(map)) if !map.filter.is_empty() => self.filter_map(""),
            _ => self.chart = None,
        }
    }

    pub(super) fn filter_map(&mut self, text: &str) {
        let (world, window) = (Arc::clone(&self.world), self.fits.map_rows);
        if let Some(Chart::Map(map)) = &mut self.chart
            && map.filter != text
        {
            text.clone_into(&mut map.filter);
            map.renew(&world, window);
        }
    }

    pub(super) fn step_chart(&mut self, by: i64) {
        let (world, fits) = (Arc::clone(&self.world), self.fits);
        match &mut self.chart {
            Some(Chart::Map(map)) => map.step(&world, by, fits.map_rows),
            Some(Chart::Tree(tree)) => tree.step(by, fits.detail_rows),
            Some(Chart::Timeline(timeline)) => timeline.step(by, fits.time_rows),
            Some(Chart::Preview(preview)) => preview.step(by, fits.page_columns, fits.detail_rows),
            Some(Chart::Run(view)) => {
                if let Some(live) = self.fleet.of(view.order) {
                    view.step(by, live, (fits.page_columns, fits.detail_rows), self.now);
                }
            }
            None => {}
        }
    }

    pub(super) fn sideways(&mut self, right: bool) {
        let (world, fits) = (Arc::clone(&self.world), self.fits);
        match &mut self.chart {
            Some(Chart::Map(map)) => map.turn(&world, right, fits.map_rows),
            Some(Chart::Tree(tree)) => tree.sideways(&world, right, fits.detail_rows),
            Some(Chart::Timeline(timeline)) => timeline.sideways(right),
            Some(Chart::Preview(_) | Chart::Run(_)) | None => {}
        }
    }

    pub(super) fn fold_tree(&mut self) {
        let (world, window) = (Arc::clone(&self.world), self.fits.detail_rows);
        if let Some(Chart::Tree(tree)) = &mut self.chart {
            tree.fold(&world);
            tree.scroll(window);
        }
    }

    pub(super) fn turn_tree(&mut self) {
        let world = Arc::clone(&self.world);
        if let Some(Chart::Tree(tree)) = &mut self.chart {
            tree.turn(&world);
        }
    }

    /// The world or the room changed under the map or the tree.
    pub(super) fn renew_chart(&mut self) {
        let (world, fits) = (Arc::clone(&self.world), self.fits);
        match &mut self.chart {
            Some(Chart::Map(map)) => map.renew(&world, fits.map_rows),
            Some(Chart::Tree(tree)) => {
                tree.renew(&world);
                tree.scroll(fits.detail_rows);
            }
            Some(Chart::Timeline(timeline)) => timeline.renew(&world, fits.time_cells, fits.time_rows),
            // A plan stays what it was when it was made: whether it still fits is asked before it is carried out.
            Some(Chart::Preview(_) | Chart::Run(_)) | None => {}
        }
    }

    pub(super) fn chart_shown(&self, view: &View<'_>) -> Option<Body> {
        let fits = self.fits;
        Some(match self.chart.as_ref()? {
            Chart::Map(_) if fits.cramped => {
                Body::TooSmall("The map needs at least 60 columns and 16 lines; esc goes back.".to_owned())
            }
            Chart::Map(map) => Body::Map(map.shown(view, fits.map_rows, fits.how_rows)),
            Chart::Tree(tree) => Body::Tree(tree.shown(view, fits.detail_rows)),
            Chart::Timeline(timeline) => Body::Timeline(timeline.shown(view, fits.time_rows)),
            Chart::Preview(preview) => {
                Body::Page(preview.shown(fits.page_columns, fits.detail_rows, self.now))
            }
            Chart::Run(run) => Body::Page(run.shown(
                self.fleet.of(run.order)?,
                (fits.page_columns, fits.detail_rows),
                self.now,
            )),
        })
    }
}
