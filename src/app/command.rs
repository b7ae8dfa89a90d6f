//! THE table of commands. Dispatch, help, footer hints, the palette, `keytrail keys` and the README all come from it.

use super::pane::PaneId;

/// Something the user can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Down,
    Up,
    Top,
    Bottom,
    PageDown,
    PageUp,
    HalfDown,
    HalfUp,
    NextMatch,
    PreviousMatch,
    Follow,
    Back,
    Clear,
    HistoryBack,
    HistoryForward,
    SwitchSide,
    GoTo(PaneId),
    NextPane,
    PreviousPane,
    Filter,
    FindInDetail,
    Sort,
    Reverse,
    Mark,
    MarkRange,
    CopyId,
    CopyAddress,
    Open,
    Record,
    Around,
    Policy,
    Map,
    Tree,
    Timeline,
    ZoomIn,
    ZoomOut,
    Visit,
    ToLeft,
    ToRight,
    Fold,
    Turn,
    Close,
    Save,
    Refresh,
    StopSweep,
    Palette,
    Help,
    Mouse,
    Act,
    Confirm,
    Override,
    SavePlan,
    Resume,
    Undo,
    UndoRun,
    LeaveOut,
    WatchRun,
    StopRun,
    Leave,
    Quit,
}

/// Where a command means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Overview,
    List,
    Detail,
    Map,
    Tree,
    Timeline,
    Plan,
    Run,
}

pub const EVERYWHERE: &[Place] = &[
    Place::Overview,
    Place::List,
    Place::Detail,
    Place::Map,
    Place::Tree,
    Place::Timeline,
    Place::Plan,
    Place::Run,
];
/// Where there is a thing under the cursor.
const THINGS: &[Place] =
    &[Place::Overview, Place::List, Place::Detail, Place::Map, Place::Tree, Place::Timeline];
const PANES: &[Place] = &[Place::Overview, Place::List, Place::Detail];
const CHARTS: &[Place] = &[Place::Map, Place::Tree, Place::Timeline];
const CLOSED: &[Place] = &[Place::Map, Place::Tree, Place::Timeline, Place::Plan, Place::Run];
const PLAN: &[Place] = &[Place::Plan];
const RUN: &[Place] = &[Place::Run];
const TREE: &[Place] = &[Place::Tree];
const TIME: &[Place] = &[Place::Timeline];
const TABLES: &[Place] = &[Place::List, Place::Detail];
const LIST: &[Place] = &[Place::List];
const DETAIL: &[Place] = &[Place::Detail];

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct CommandRow {
    pub command: Command,
    /// What the configuration and the palette call it.
    pub name: &'static str,
    /// As written in the configuration; the first is shown in the footer.
    pub keys: &'static [&'static str],
    pub group: &'static str,
    /// One line for the help.
    pub help: &'static str,
    pub places: &'static [Place],
    /// A word or two for the footer, when the command is shown there.
    pub hint: Option<&'static str>,
}

/// Every command, in the order of the help.
pub const fn table() -> &'static [CommandRow] {
    TABLE
}

const fn row(
    command: Command,
    name: &'static str,
    keys: &'static [&'static str],
    group: &'static str,
    help: &'static str,
) -> CommandRow {
    CommandRow { command, name, keys, group, help, places: EVERYWHERE, hint: None }
}

impl CommandRow {
    const fn at(self, places: &'static [Place]) -> Self {
        Self { places, ..self }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

const MOVE: &str = "Moving";
const GO: &str = "Going somewhere";
const LOOK: &str = "Finding";
const TAKE: &str = "Taking along";
const DO: &str = "Doing";
const REST: &str = "keytrail";

static TABLE: &[CommandRow] = &[
    row(
        Command::Follow,
        "follow",
        &["enter", "right", "l"],
        MOVE,
        "open the thing under the cursor, follow a link",
    )
    .at(PANES)
    .hint("follow"),
    row(
        Command::Visit,
        "visit",
        &["enter"],
        MOVE,
        "from the map, the tree or the timeline to the thing itself",
    )
    .at(CHARTS)
    .hint("open"),
    row(
        Command::Close,
        "close",
        &["esc"],
        MOVE,
        "leave the map, the tree, the timeline, a plan; the map's filter goes first",
    )
    .at(CLOSED)
    .hint("back"),
    row(
        Command::ToLeft,
        "to-left",
        &["h", "left"],
        MOVE,
        "a column to the left; the calls before; fold, or to what this hangs on",
    )
    .at(CHARTS),
    row(
        Command::ToRight,
        "to-right",
        &["l", "right"],
        MOVE,
        "a column to the right; the calls after; unfold",
    )
    .at(CHARTS)
    .hint("across"),
    row(Command::Fold, "fold", &["space"], MOVE, "unfold a branch of the tree, or fold it")
        .at(TREE)
        .hint("fold"),
    row(Command::Turn, "turn", &["tab"], MOVE, "turn the tree: what this reaches, or who can get here")
        .at(TREE)
        .hint("turn"),
    row(Command::ZoomIn, "zoom-in", &["+", "="], MOVE, "a closer look at the timeline")
        .at(TIME)
        .hint("closer"),
    row(Command::ZoomOut, "zoom-out", &["-", "_"], MOVE, "a wider look at the timeline")
        .at(TIME)
        .hint("wider"),
    row(Command::Back, "back", &["esc", "left", "h"], MOVE, "come back the way one came")
        .at(DETAIL)
        .hint("back"),
    row(
        Command::Clear,
        "clear",
        &["esc"],
        MOVE,
        "give up the range, the filter, the marks, one after the other",
    )
    .at(LIST),
    row(Command::Down, "down", &["j", "down"], MOVE, "one down"),
    row(Command::Up, "up", &["k", "up"], MOVE, "one up"),
    row(Command::Top, "top", &["g", "home"], MOVE, "to the first"),
    row(Command::Bottom, "bottom", &["G", "end"], MOVE, "to the last"),
    row(Command::HalfDown, "half-down", &["ctrl-d"], MOVE, "half a page down"),
    row(Command::HalfUp, "half-up", &["ctrl-u"], MOVE, "half a page up"),
    row(Command::PageDown, "page-down", &["pagedown", "ctrl-f"], MOVE, "a page down"),
    row(Command::PageUp, "page-up", &["pageup", "ctrl-b"], MOVE, "a page up"),
    row(Command::SwitchSide, "switch-side", &["tab"], MOVE, "from the list to the detail and back")
        .at(PANES)
        .hint("side"),
    row(Command::HistoryBack, "history-back", &["["], MOVE, "the thing looked at before").at(TABLES),
    row(Command::HistoryForward, "history-forward", &["]"], MOVE, "the thing looked at after").at(TABLES),
    row(Command::GoTo(PaneId::Overview), "overview", &["0"], GO, "the overview"),
    row(Command::GoTo(PaneId::Keys), "keys", &["1"], GO, "access keys"),
    row(Command::GoTo(PaneId::Roles), "roles", &["2"], GO, "roles"),
    row(Command::GoTo(PaneId::Runners), "runners", &["3"], GO, "runners"),
    row(Command::GoTo(PaneId::Variables), "variables", &["4"], GO, "CI/CD variables"),
    row(Command::GoTo(PaneId::Paths), "paths", &["5"], GO, "ways into AWS, the riskiest first"),
    row(Command::GoTo(PaneId::Sessions), "sessions", &["6"], GO, "role sessions"),
    row(Command::GoTo(PaneId::Runs), "runs", &["8"], GO, "what was done from here, and what is left of it"),
    row(Command::GoTo(PaneId::Coverage), "coverage", &["9"], GO, "what was looked at, and what was not"),
    row(Command::Map, "map", &["m"], GO, "the map of all ways into AWS, at this thing")
        .at(THINGS)
        .hint("map"),
    row(Command::Tree, "tree", &["x"], GO, "the tree of this thing: what it reaches, who can get to it")
        .at(THINGS)
        .hint("tree"),
    row(
        Command::Timeline,
        "timeline",
        &["t"],
        GO,
        "when this key, role, session or address was used; elsewhere when anything was",
    )
    .at(THINGS)
    .hint("when"),
    row(Command::NextPane, "next-pane", &["}", "ctrl-n"], GO, "the next pane"),
    row(Command::PreviousPane, "previous-pane", &["{", "ctrl-p"], GO, "the pane before"),
    row(
        Command::Filter,
        "filter",
        &["/"],
        LOOK,
        "show matching rows only: words, column:value, age>90, -flag",
    )
    .at(&[Place::List, Place::Map])
    .hint("filter"),
    row(Command::FindInDetail, "find", &["/"], LOOK, "find a text in the detail").at(DETAIL).hint("find"),
    row(Command::NextMatch, "next-match", &["n"], LOOK, "the next match").at(TABLES),
    row(Command::PreviousMatch, "previous-match", &["N"], LOOK, "the match before").at(TABLES),
    row(Command::Sort, "sort", &["s"], LOOK, "sort by the next column").at(LIST).hint("sort"),
    row(Command::Reverse, "reverse", &["S"], LOOK, "sort the other way round").at(LIST),
    row(
        Command::Palette,
        "palette",
        &[":", "ctrl-k"],
        LOOK,
        "any command or object by name, id, ARN, path or address",
    )
    .hint("command"),
    row(
        Command::Act,
        "act",
        &["a"],
        DO,
        "what can be done to this, or to all that is marked; a plan is shown first",
    )
    .at(THINGS)
    .hint("act"),
    row(Command::Confirm, "confirm", &["y"], DO, "carry the plan out; what cannot be undone asks for a name")
        .at(PLAN)
        .hint("carry out"),
    row(Command::Override, "override", &["o"], DO, "go on in spite of what speaks against it, with a reason")
        .at(PLAN)
        .hint("override"),
    row(Command::SavePlan, "save-plan", &["ctrl-s"], DO, "write the plan to a file: .json, .md or .sh")
        .at(PLAN)
        .hint("write"),
    row(
        Command::LeaveOut,
        "leave-out",
        &["space"],
        DO,
        "leave a step of a ladder out of the plan, or take it in again",
    )
    .at(PLAN)
    .hint("leave out"),
    row(Command::StopRun, "cancel", &["c"], DO, "stop the run before its next step; it can be resumed")
        .at(RUN)
        .hint("cancel"),
    row(Command::Resume, "resume", &["R"], DO, "carry on with this run; its plan is shown first")
        .at(TABLES)
        .hint("resume"),
    row(Command::Undo, "undo", &["u"], DO, "take back the step under the cursor, or in a list the whole run")
        .at(TABLES)
        .hint("undo"),
    row(Command::UndoRun, "undo-run", &["U"], DO, "take back the whole run; the plan is shown first")
        .at(TABLES),
    row(Command::WatchRun, "watch", &["W"], DO, "the run that was started last, call by call; then the next"),
    row(Command::Mark, "mark", &["space"], TAKE, "mark the row, or unmark it").at(LIST),
    row(Command::MarkRange, "mark-range", &["V"], TAKE, "mark from here to where V is pressed again")
        .at(LIST),
    row(Command::CopyId, "copy-id", &["y"], TAKE, "copy the id; in a list with marks, of all marked rows")
        .at(THINGS)
        .hint("copy"),
    row(
        Command::CopyAddress,
        "copy-address",
        &["Y"],
        TAKE,
        "copy the ARN or, where there is none, the web address",
    )
    .at(THINGS),
    row(Command::Open, "open", &["o"], TAKE, "open its page at GitLab or AWS").at(THINGS).hint("open"),
    row(
        Command::Record,
        "record",
        &["e"],
        TAKE,
        "read the record of an event or session, a trust policy, a policy",
    )
    .at(TABLES),
    row(
        Command::Around,
        "around",
        &["w"],
        TAKE,
        "what happened around this event or session, in all accounts",
    )
    .at(TABLES),
    row(Command::Policy, "policy", &["P"], TAKE, "read a role's trust policy, what decides marked")
        .at(TABLES),
    row(Command::Save, "save", &["ctrl-s"], TAKE, "write these rows to a file: .csv or .md").at(LIST),
    row(Command::Refresh, "refresh", &["r"], REST, "look again at everything").hint("refresh"),
    row(Command::StopSweep, "stop", &["c"], REST, "stop looking; what was read stays").at(THINGS),
    row(Command::Mouse, "mouse", &["M"], REST, "use the mouse, or leave it to the terminal"),
    row(Command::Help, "help", &["?", "f1"], REST, "this help").hint("help"),
    row(Command::Leave, "leave", &["q"], REST, "close what is on top, then quit"),
    row(Command::Quit, "quit", &["ctrl-c"], REST, "quit at once"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::app::key::Key;

    #[test]
    fn every_command_has_one_row_and_a_key_that_can_be_typed() {
        let names: BTreeSet<&str> = table().iter().map(|row| row.name).collect();
        assert_eq!(names.len(), table().len());
        for row in table() {
            assert!(!row.keys.is_empty(), "{}", row.name);
            assert!(!row.help.is_empty() && row.help.len() < 80, "{}", row.name);
            for key in row.keys {
                assert!(key.parse::<Key>().is_ok(), "{key}");
            }
        }
    }

    #[test]
    fn every_pane_is_a_digit_away() {
        for pane in PaneId::ALL {
            let digit = pane.pane().digit().to_string();
            let row = table().iter().find(|row| row.command == Command::GoTo(pane)).unwrap();
            assert_eq!(row.keys, [digit.as_str()]);
        }
    }
}
