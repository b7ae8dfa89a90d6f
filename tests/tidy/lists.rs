//! Every list that has one file an entry, and where both are.

/// A list with one file an entry: the file that holds it and the words that open it, how an entry names its file, the
/// folder of those files and their ending, and which files of the folder are no entries.
pub(crate) struct List {
    pub(crate) file: &'static str,
    pub(crate) opens: &'static str,
    pub(crate) entry: Entry,
    pub(crate) folder: &'static str,
    pub(crate) ending: &'static str,
    pub(crate) others: &'static [&'static str],
}

#[derive(Clone, Copy)]
pub(crate) enum Entry {
    /// By its module: `old_key::RULE`.
    Module,
    /// By the name in quotation marks after these words.
    Name(&'static str),
}

pub(crate) const LISTS: &[List] = &[
    List {
        file: "src/rules/mod.rs",
        opens: "pub const RULES",
        entry: Entry::Module,
        folder: "src/rules",
        ending: "rs",
        others: &["mod", "conclude"],
    },
    List {
        file: "src/join/mod.rs",
        opens: "pub const JOINS",
        entry: Entry::Module,
        folder: "src/join",
        ending: "rs",
        others: &["mod", "graph", "linked", "names", "news", "policies", "reach", "rights", "tokens"],
    },
    List {
        file: "src/way/mod.rs",
        opens: "pub const WAYS",
        entry: Entry::Module,
        folder: "src/way",
        ending: "rs",
        others: &["mod", "carried", "effective", "key", "proxy", "risk", "sessions", "start", "walls"],
    },
    List {
        file: "src/app/pane/mod.rs",
        opens: "pub static PANES",
        entry: Entry::Module,
        folder: "src/app/pane",
        ending: "rs",
        others: &["mod"],
    },
    List {
        file: "src/source/gitlab/mod.rs",
        opens: "pub static COLLECTORS",
        entry: Entry::Name("name: "),
        folder: "src/source/gitlab/collect",
        ending: "rs",
        others: &["mod"],
    },
    // What every collector stands on lies beside them.
    List {
        file: "src/source/aws/mod.rs",
        opens: "pub const COLLECTORS",
        entry: Entry::Name("name: "),
        folder: "src/source/aws",
        ending: "rs",
        others: &[
            "mod",
            "assumed",
            "budget",
            "carried",
            "change",
            "client",
            "credential_report",
            "decode",
            "identity",
            "lookup",
            "managed_policies",
            "named",
            "pin",
            "recall",
            "refusal",
            "retry",
            "visit",
            "walk",
        ],
    },
    List {
        file: "src/act/action/mod.rs",
        opens: "pub const ACTIONS",
        entry: Entry::Module,
        folder: "src/act/action",
        ending: "rs",
        others: &["mod", "drawn", "fleet", "held"],
    },
    List {
        file: "src/act/call/mod.rs",
        opens: "\ncalls![",
        entry: Entry::Module,
        folder: "src/act/call",
        ending: "rs",
        others: &["mod", "key", "place", "shows", "setting"],
    },
    List {
        file: "src/ui/theme.rs",
        opens: "pub const THEMES",
        entry: Entry::Name(" ("),
        folder: "themes",
        ending: "toml",
        others: &[],
    },
];
