//! Access keys, worst first: those that accounts list, and those that only a variable or an event speaks of.

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View, nothing_yet, read, severity_rank};
use crate::{
    app::{
        show::{Line, Tone},
        world::World,
    },
    base::{
        name::{Arn, KeyId},
        text::{plural, short_age},
        time::Age,
    },
    model::{
        aws::{AccessKey, KeyStatus, LastUse},
        entity::Entity,
        id::{Id, Kind},
        link::Relation,
    },
    rules::Limits,
};

pub struct KeysPane;

static COLUMNS: [ColumnDef; 9] = [
    ColumnDef::number(" ", "risk", (1, 1), 0),
    ColumnDef::text("KEY", "key", (11, 20), 0),
    ColumnDef::text("USER", "user", (12, 30), 0),
    ColumnDef::text("ACCOUNT", "account", (12, 24), 5),
    ColumnDef::age("AGE", "age", (5, 6), 0),
    ColumnDef::age("USED", "used", (5, 8), 1),
    ColumnDef::text("STATUS", "status", (8, 16), 3),
    ColumnDef::number("CARRIED BY", "carried", (11, 12), 2),
    ColumnDef::number("FROM", "from", (8, 10), 4),
];

/// How an age stands to the limit.
pub fn age_tone(age: Age, limits: &Limits) -> Tone {
    match age.days() {
        days if days > limits.key_age_days.saturating_mul(2) => Tone::Bad,
        days if days > limits.key_age_days => Tone::Warn,
        _ => Tone::Plain,
    }
}

impl Pane for KeysPane {
    fn id(&self) -> PaneId {
        PaneId::Keys
    }

    fn digit(&self) -> char {
        '1'
    }

    fn title(&self) -> &'static str {
        "Keys"
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::Key)
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["active", "carried", "unknown"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["id", "arn"]
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.estate.count(Kind::Key) + world.dangling_keys().len())
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        let listed = world.estate.ids(Kind::Key);
        listed.chain(world.dangling_keys()).cloned().map(RowId::Thing).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let world = view.world;
        let Some(id) = row.thing() else { return Record::default() };
        let key = read::<AccessKey>(world, row);
        let carriers = world.linked.origins(id, Relation::Carries).count();
        let (from, strangers) = addresses(world, id);
        let age = key.and_then(|key| key.created).map(|at| at.age(world.now));
        let short = KeyId::new(id.key_text()).map_or_else(|| id.key_text().to_owned(), |key| key.short());
        let user = key.and_then(|key| key.user.as_ref());
        let cells = vec![
            view.risk(id),
            Cell::text(&short, Tone::Strong),
            user.map_or_else(|| Cell::none(view.glyphs.dash), |arn| Cell::text(arn.name(), Tone::Plain)),
            account(user, id).map_or_else(|| Cell::none("not known"), |text| Cell::text(&text, Tone::Plain)),
            age.map_or_else(|| Cell::none("not seen"), |age| Cell::age(age, age_tone(age, &world.limits))),
            used(view, key),
            status(world, id, key),
            match carriers {
                0 => Cell::number(0, view.glyphs.dash, Tone::Dim),
                many => Cell::number(count(many), plural(many, "variable", "variables"), Tone::Plain),
            },
            match (from, strangers) {
                (0, _) => Cell::number(0, view.glyphs.dash, Tone::Dim),
                (_, 0) => Cell::count(from, Tone::Plain),
                _ => Cell::number(
                    count(from),
                    format!("{} {strangers} of {from}", view.glyphs.warn),
                    Tone::Bad,
                ),
            },
        ];
        Record {
            cells,
            flags: vec![
                key.and_then(|key| key.status).map(|status| status == KeyStatus::Active),
                Some(carriers > 0),
                Some(strangers > 0),
            ],
            extras: vec![id.key_text().to_owned(), user.map(Arn::to_string).unwrap_or_default()],
            rank: (severity_rank(world.worst(id)), age.map_or(-1, Age::seconds)),
            time: None,
        }
    }

    fn empty(&self, world: &World) -> Vec<Line> {
        nothing_yet(world, "access keys")
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many addresses a key was used from, and how many of them are nobody's we know.
fn addresses(world: &World, key: &Id) -> (usize, usize) {
    let (mut all, mut strangers) = (0, 0);
    for address in world.linked.targets(key, Relation::UsedFrom) {
        all += 1;
        let known = matches!(world.get(address), Some(Entity::Address(address)) if address.known);
        strangers += usize::from(!known);
    }
    (all, strangers)
}

fn account(user: Option<&Arn>, id: &Id) -> Option<String> {
    let encoded = || KeyId::new(id.key_text()).and_then(|key| key.account());
    user.and_then(Arn::account).or_else(encoded).map(|account| account.to_string())
}

fn used(view: &View<'_>, key: Option<&AccessKey>) -> Cell {
    match key.and_then(|key| key.last_use.as_ref()) {
        Some(LastUse::Never) => {
            Cell { span: super::Span::new("never", Tone::Notice), value: super::Value::None }
        }
        Some(LastUse::At { at, .. }) => {
            let age = at.age(view.world.now);
            Cell::number(age.seconds(), short_age(age), Tone::Plain)
        }
        None => Cell::none("not seen"),
    }
}

fn status(world: &World, id: &Id, key: Option<&AccessKey>) -> Cell {
    if let Some(key) = key {
        return match key.status {
            Some(KeyStatus::Active) => Cell::text("active", Tone::Plain),
            Some(KeyStatus::Inactive) => Cell::text("inactive", Tone::Dim),
            Some(KeyStatus::Expired) => Cell::text("expired", Tone::Dim),
            None => Cell::none("not seen"),
        };
    }
    let account = KeyId::new(id.key_text()).and_then(|key| key.account());
    match account.map(|account| world.account_read(account)) {
        Some(Some(true)) => Cell::text("not in IAM", Tone::Notice),
        Some(Some(false)) => Cell::text("not seen yet", Tone::Notice),
        Some(None) => Cell::text("account not read", Tone::Notice),
        None => Cell::text("account unknown", Tone::Notice),
    }
}
