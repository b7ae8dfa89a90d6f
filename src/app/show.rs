//! What one frame shows, as data: words and tones, no colours and no coordinates. `ui` draws it; tests read it.

use crate::model::{id::Id, link::Grade};

/// What a text means; the theme says how that looks. Meaning never rests on the colour alone: a word or glyph goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    #[default]
    Plain,
    /// Less important.
    Dim,
    /// Headings and the thing itself.
    Strong,
    /// keytrail's own colour: active tab, key hints, links.
    Accent,
    Good,
    Notice,
    Warn,
    Bad,
}

/// A run of text in one tone. The text is already cleaned of control characters.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Span {
    pub text: String,
    pub tone: Tone,
}

impl Span {
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Tone::Plain)
    }
}

pub type Line = Vec<Span>;

/// One frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    pub bar: Bar,
    pub tabs: Vec<Tab>,
    pub body: Body,
    pub footer: Footer,
    pub overlay: Option<Overlay>,
}

/// The top line: what is looked at on the left; mode, age and gaps on the right. Parts are dropped from the end of
/// `left` when the line is short, never from `right`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Bar {
    pub left: Vec<Span>,
    pub right: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// The digit that jumps there.
    pub key: char,
    pub title: &'static str,
    /// Shown small behind the title: `41`, `1.2k`.
    pub count: Option<String>,
    pub active: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Overview(Overview),
    /// A table with a detail beside it, or, when the terminal is narrow, whichever has the focus.
    Table {
        list: List,
        detail: Option<Detail>,
        focus: Focus,
    },
    Map(MapShown),
    Tree(TreeShown),
    Timeline(TimelineShown),
    /// A plan or a run.
    Page(PageShown),
    /// Smaller than keytrail can use; what it would need, as a sentence.
    TooSmall(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Focus {
    #[default]
    List,
    Detail,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub title: &'static str,
    /// Columns at least, and at most; the surplus goes to the columns that can still grow, left to right.
    pub min: u16,
    pub max: u16,
    /// When the table is too narrow the highest number goes first; 0 stays always.
    pub priority: u8,
    pub right: bool,
    /// `Some(true)` ascending, `Some(false)` descending.
    pub sorted: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// `Keys, worst first`.
    pub title: String,
    /// The filter in force, as typed; shown in the frame.
    pub filter: String,
    pub columns: Vec<Column>,
    /// Only the rows of the window.
    pub rows: Vec<Row>,
    /// Index of the first row of the window.
    pub first: usize,
    /// Rows that pass the filter.
    pub total: usize,
    /// Rows the filter hides.
    pub hidden: usize,
    /// What to say when there is no row: "no rows" never looks like "not looked".
    pub empty: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub cells: Vec<Span>,
    pub marked: bool,
    pub selected: bool,
}

/// Everything about one thing. The lines are all of it; `first` is where the window begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    pub title: String,
    /// The way here, oldest first, when links were followed.
    pub breadcrumb: Vec<String>,
    pub lines: Vec<DetailLine>,
    pub first: usize,
    /// Index into `lines` of the line under the cursor.
    pub cursor: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DetailLine {
    pub spans: Line,
    pub kind: DetailKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DetailKind {
    Text,
    /// The heading of a group.
    Heading,
    /// A link that enter follows. The grade is drawn at the right edge.
    Link {
        to: Id,
        grade: Option<Grade>,
    },
}

/// Three columns of things, those lit that the thing under the cursor touches.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MapShown {
    pub columns: Vec<MapColumn>,
    /// The column with the cursor.
    pub active: usize,
    pub filter: String,
    /// How it touches them, the worst first.
    pub how: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct MapColumn {
    pub title: String,
    /// Only the rows of the window.
    pub rows: Vec<MapRow>,
    pub first: usize,
    pub total: usize,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct MapRow {
    pub spans: Line,
    /// The cursor's thing touches it; all others are dimmed.
    pub lit: bool,
    pub cursor: bool,
}

/// The unfolded lines of a tree, as far as the window shows them.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TreeShown {
    pub title: String,
    pub rows: Vec<TreeRow>,
    pub first: usize,
    pub total: usize,
    /// What to say when nothing hangs on the root.
    pub empty: Option<Line>,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct TreeRow {
    /// Indented already.
    pub spans: Line,
    pub grade: Option<Grade>,
    pub cursor: bool,
}

/// Use over time, in columns, and the calls of one of them.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TimelineShown {
    pub title: String,
    /// Calls, and refused ones among them, of each column.
    pub bars: Vec<(u64, u64)>,
    /// Columns and the times they begin at.
    pub labels: Vec<(usize, String)>,
    /// The column under the cursor.
    pub cursor: usize,
    /// What it holds.
    pub says: Line,
    /// Its calls that were kept, as far as the window shows them.
    pub rows: Vec<TreeRow>,
    pub first: usize,
    pub total: usize,
}

/// Lines to read, as far as the window shows them.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PageShown {
    pub title: String,
    pub lines: Vec<Line>,
    pub first: usize,
    pub total: usize,
    /// The line one stands on, counted among all, where one stands somewhere.
    pub cursor: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Overview {
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub title: String,
    pub body: BlockBody,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BlockBody {
    /// Label, value, tone; drawn as horizontal bars scaled to the largest value.
    Bars(Vec<(String, u64, Tone)>),
    /// Bars one can move in; enter goes where the bar stands for.
    Choice {
        bars: Vec<(String, u64, Tone)>,
        cursor: Option<usize>,
    },
    /// Vertical bars with labels; a mark stands before the bucket with index `limit`.
    Histogram {
        buckets: Vec<(String, u64, Tone)>,
        limit: Option<usize>,
    },
    /// Series over time: label, values oldest first, tone, caption at the end.
    Sparks(Vec<(String, Vec<u64>, Tone, String)>),
    Lines(Vec<Line>),
    /// A ranked list one can move in; enter goes to the row's thing.
    Ranked {
        rows: Vec<Line>,
        cursor: Option<usize>,
    },
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Footer {
    /// Key and what it does, most useful first; the end is dropped when the line is short.
    pub hints: Vec<(String, &'static str)>,
    /// A message that takes the place of the hints for a while.
    pub message: Option<Span>,
    pub prompt: Option<Prompt>,
}

/// A line being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    pub label: &'static str,
    pub text: String,
    /// In characters.
    pub cursor: usize,
    /// What is wrong with it, and at which character.
    pub error: Option<(usize, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// Groups of key and text.
    Help {
        groups: Vec<(&'static str, Vec<(String, &'static str)>)>,
        scroll: usize,
    },
    Palette {
        prompt: Prompt,
        items: Vec<(Line, String)>,
        selected: usize,
        more: usize,
    },
    /// What can be done; `says` is about the selected item.
    Menu {
        title: String,
        items: Vec<Line>,
        selected: usize,
        says: Vec<Line>,
    },
    /// A record pretty-printed.
    Text {
        title: String,
        lines: Vec<Line>,
        scroll: usize,
    },
}
