//! The palette: any command, and any object by name, id, ARN, path or address. Commands are matched here; objects, of
//! which there may be very many, by [`super::find`] away from the screen.

use std::sync::Arc;

use super::{
    Effect,
    command::{CommandRow, Place, table},
    find::{FindRequest, Found, Hit, spot},
    name,
    perform::moved,
    prompt::{Purpose, Typing},
    show::{Overlay, Span, Tone},
    state::App,
};

#[derive(Clone, Debug, Default)]
pub(super) struct Palette {
    commands: Vec<&'static CommandRow>,
    hits: Vec<Hit>,
    more: usize,
    selected: usize,
    generation: u64,
    under_way: bool,
    stale: bool,
}

impl Palette {
    pub(super) fn typed(&mut self, text: &str, place: Place) {
        self.commands = commands(text.trim(), place);
        self.selected = 0;
        self.stale = true;
    }

    pub(super) fn step(&mut self, by: i64) {
        self.selected = moved(self.selected, by, (self.commands.len() + self.hits.len()).saturating_sub(1));
    }
}

/// The commands that mean something here and match; all of them while nothing is typed.
fn commands(text: &str, place: Place) -> Vec<&'static CommandRow> {
    let rows: Vec<&CommandRow> = table().iter().filter(|row| row.places.contains(&place)).collect();
    if text.is_empty() {
        return rows;
    }
    let named: Vec<&CommandRow> = rows.iter().copied().filter(|row| row.name.starts_with(text)).collect();
    let texts: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let matches = frizbee::Matcher::from_query(text, &frizbee::Config::default()).match_list(&texts);
    let fuzzy = matches.iter().filter_map(|hit| rows.get(hit.index as usize).copied());
    let others = fuzzy.filter(|row| !named.iter().any(|known| known.name == row.name));
    named.iter().copied().chain(others).collect()
}

impl App {
    fn palette(&mut self) -> Option<(&str, &mut Palette)> {
        match self.typing.as_mut()? {
            Typing { purpose: Purpose::Palette(palette), input, .. } => Some((input.value(), palette)),
            _ => None,
        }
    }

    /// The search to order now, if the text changed and none is under way.
    pub(super) fn find_request(&mut self) -> Option<FindRequest> {
        let world = Arc::clone(&self.world);
        let next = self.searches + 1;
        let (text, palette) = self.palette()?;
        if !palette.stale || palette.under_way {
            return None;
        }
        palette.stale = false;
        palette.generation = next;
        if text.trim().is_empty() {
            palette.hits.clear();
            palette.more = 0;
            return None;
        }
        palette.under_way = true;
        let text = text.to_owned();
        self.searches = next;
        Some(FindRequest { world, text, generation: next })
    }

    pub(super) fn found(&mut self, found: Found) {
        if let Some((_, palette)) = self.palette()
            && palette.under_way
            && found.generation == palette.generation
        {
            palette.under_way = false;
            palette.hits = found.hits;
            palette.more = found.more;
            palette.step(0);
            self.dirty = true;
        }
    }

    /// Enter was pressed in the palette.
    pub(super) fn chosen(&mut self, palette: &Palette, text: &str) -> Vec<Effect> {
        if let Some(id) = spot(text) {
            self.jump(&id);
            return Vec::new();
        }
        if let Some(row) = palette.commands.get(palette.selected) {
            return self.perform(row.command);
        }
        match palette.hits.get(palette.selected - palette.commands.len()) {
            Some(hit) => self.jump(&hit.id),
            None => self.say(Span::new("No command and no object of that name.", Tone::Notice)),
        }
        Vec::new()
    }

    pub(super) fn palette_shown(&self) -> Option<Overlay> {
        let typing = self.typing.as_ref()?;
        let Purpose::Palette(palette) = &typing.purpose else { return None };
        let commands = palette.commands.iter().map(|row| {
            let line =
                vec![Span::new(row.name, Tone::Accent), Span::new(format!("  {}", row.help), Tone::Dim)];
            (line, self.keys_text(row))
        });
        let hits = palette.hits.iter().map(|hit| {
            let mut line = vec![Span::plain(hit.name.clone())];
            if let Some(context) = name::context(&self.world, &hit.id) {
                line.push(Span::new(format!("  {context}"), Tone::Dim));
            }
            (line, hit.id.kind().word().to_owned())
        });
        Some(Overlay::Palette {
            prompt: typing.prompt(),
            items: commands.chain(hits).collect(),
            selected: palette.selected,
            more: palette.more,
        })
    }
}
