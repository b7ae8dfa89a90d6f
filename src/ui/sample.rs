//! Screens made by hand for the tests of this floor.

use crate::app::show::{
    Bar, Block, BlockBody, Body, Column, Detail, DetailKind, DetailLine, Focus, Footer, Line, List, Overlay,
    Overview, Prompt, Row, Screen, Span, Tab, Tone,
};

fn span(text: &str, tone: Tone) -> Span {
    Span::new(text, tone)
}

fn around(active: usize, body: Body) -> Screen {
    let titles = ["Overview", "Keys", "Roles", "Runners", "Variables", "Sessions", "Coverage"];
    let counts = [None, Some("41"), Some("63"), Some("24"), Some("96"), Some("1.2k"), None];
    let tabs = titles.iter().zip(counts).zip('0'..).enumerate().map(|(index, ((title, count), key))| Tab {
        key,
        title,
        count: count.map(str::to_owned),
        active: index == active,
    });
    let hints = [
        ("enter", "follow"),
        ("space", "mark"),
        ("/", "filter"),
        ("s", "sort"),
        ("y", "copy id"),
        (":", "command"),
        ("?", "help"),
        ("q", "quit"),
    ];
    Screen {
        bar: Bar {
            left: vec![
                span("keytrail", Tone::Strong),
                Span::plain("gitlab.acme.example"),
                Span::plain("3 accounts"),
                span("events 14 d", Tone::Dim),
            ],
            right: vec![
                span("READ-ONLY", Tone::Good),
                span("swept 12 s ago", Tone::Dim),
                span("2 gaps", Tone::Warn),
            ],
        },
        tabs: tabs.collect(),
        body,
        footer: Footer {
            hints: hints.iter().map(|(key, does)| ((*key).to_owned(), *does)).collect(),
            ..Footer::default()
        },
        overlay: None,
    }
}

fn columns() -> Vec<Column> {
    let column = |title, min, max, priority| Column { title, min, max, priority, right: false, sorted: None };
    vec![
        column("KEY", 12, 20, 0),
        column("USER", 12, 30, 0),
        Column { right: true, sorted: Some(false), ..column("AGE", 5, 5, 1) },
        Column { right: true, ..column("USED", 6, 6, 2) },
        column("CARRIED BY", 12, 24, 3),
        column("ACCOUNT", 12, 12, 4),
    ]
}

fn key_rows() -> Vec<Row> {
    let keys = [
        ("AKIA..RP6LN", "gitlab-deploy", "412d", "3h", "3 variables", Tone::Bad),
        ("AKIA..QK2MD", "ci-legacy", "388d", "never", "1 variable", Tone::Bad),
        ("AKIA..77TGA", "vault-root-with-a-very-long-user-name", "201d", "12m", "-", Tone::Warn),
        ("AKIA..漢字1", "größenwahn", "91d", "1m", "2 variables", Tone::Warn),
    ];
    let mut rows: Vec<Row> = keys
        .iter()
        .map(|(key, user, age, used, carried, tone)| Row {
            cells: vec![
                span(key, Tone::Strong),
                Span::plain(*user),
                span(age, *tone),
                Span::plain(*used),
                Span::plain(*carried),
                span("111111111111", Tone::Dim),
            ],
            marked: false,
            selected: false,
        })
        .collect();
    rows[0].selected = true;
    rows[1].marked = true;
    for number in 5..=18 {
        rows.push(Row {
            cells: vec![
                span(&format!("AKIA..{number:05}"), Tone::Strong),
                Span::plain(format!("service-{number}")),
                span(&format!("{}d", 90 - number), Tone::Good),
                Span::plain("2h"),
                span("-", Tone::Dim),
                span("222222222222", Tone::Dim),
            ],
            marked: false,
            selected: false,
        });
    }
    rows
}

fn link(text: &str, note: &str, to: &str, grade: &str) -> DetailLine {
    DetailLine {
        spans: vec![Span::plain(text), span(note, Tone::Dim)],
        kind: DetailKind::Link { to: to.parse().unwrap(), grade: serde_json::from_str(grade).unwrap() },
    }
}

fn detail() -> Detail {
    let line = |spans: Line, kind| DetailLine { spans, kind };
    let heading = |words: &str| line(vec![span(words, Tone::Plain)], DetailKind::Heading);
    Detail {
        title: "AKIARZPUZDIKNSFRP6LN".into(),
        breadcrumb: vec!["Findings".into(), "AKIA..RP6LN".into()],
        lines: vec![
            line(
                vec![Span::plain("gitlab-deploy · 111111111111 · "), span("active", Tone::Good)],
                DetailKind::Text,
            ),
            line(
                vec![span("412 d old (limit 90)", Tone::Bad), Span::plain(" · used 3 h ago, s3")],
                DetailKind::Text,
            ),
            line(vec![], DetailKind::Text),
            heading("CARRIED BY"),
            link("platform/infra AWS_ACCESS_KEY_ID", "  *", "key:AKIARZPUZDIKNSFRP6LN", "\"observed\""),
            line(vec![span("   unprotected, unmasked", Tone::Warn)], DetailKind::Text),
            heading("USED FROM"),
            link("10.0.3.17", "  runner linux-docker-3  812x", "key:AKIARZPUZDIKNSFRP6LN", "\"inferred\""),
            link("203.0.113.9", "  nobody we know  14x", "key:AKIARZPUZDIKNSFRP6LN", "null"),
            heading("MAY ASSUME"),
            link("deploy-prod", "  222222222222", "key:AKIARZPUZDIKNSFRP6LN", "\"configured\""),
        ],
        first: 0,
        cursor: Some(4),
    }
}

pub(super) fn keys() -> Screen {
    let list = List {
        title: "Keys, worst first".into(),
        filter: "age>90".into(),
        columns: columns(),
        rows: key_rows(),
        first: 0,
        total: 41,
        hidden: 12,
        empty: vec![],
    };
    around(1, Body::Table { list, detail: Some(detail()), focus: Focus::List })
}

/// A table of which a window in the middle is shown.
pub(super) fn long(count: usize) -> Screen {
    let mut screen = keys();
    if let Body::Table { list, .. } = &mut screen.body {
        let row = |number: usize| Row {
            cells: vec![span(&format!("AKIAROW{number}"), Tone::Strong), Span::plain("someone")],
            marked: number.is_multiple_of(3),
            selected: number == 4,
        };
        list.rows = (0..count).map(row).collect();
        list.first = 1000;
        list.total = 100_000;
    }
    screen
}

pub(super) fn nothing_collected() -> Screen {
    let mut screen = keys();
    if let Body::Table { list, detail, .. } = &mut screen.body {
        list.rows.clear();
        list.total = 0;
        list.hidden = 0;
        list.filter.clear();
        list.empty = vec![vec![
            Span::plain("Not looked at yet: "),
            Span::plain("gitlab.acme.example is still being read."),
        ]];
        *detail = None;
    }
    screen
}

fn bar(label: &str, value: u64, tone: Tone) -> (String, u64, Tone) {
    (label.to_owned(), value, tone)
}

fn block(title: &str, body: BlockBody) -> Block {
    Block { title: title.into(), body }
}

fn ages() -> Block {
    block(
        "Key ages, days",
        BlockBody::Histogram {
            buckets: vec![
                bar("<30", 9, Tone::Good),
                bar("<60", 6, Tone::Good),
                bar("<90", 12, Tone::Good),
                bar("<180", 8, Tone::Warn),
                bar("<365", 4, Tone::Warn),
                bar(">365", 2, Tone::Bad),
            ],
            limit: Some(3),
        },
    )
}

fn blocks() -> Vec<Block> {
    let day = |seed: u64| (0..14_u64).map(|hour| (hour * seed) % 17).collect::<Vec<_>>();
    let todo =
        |severity: &str, tone, text: &str| vec![span(severity, tone), Span::plain(format!("  {text}"))];
    vec![
        block(
            "Projects that reach AWS, by way",
            BlockBody::Bars(vec![
                bar("Static key in a variable", 23, Tone::Bad),
                bar("Web identity", 19, Tone::Good),
                bar("Runner's instance profile", 11, Tone::Warn),
                bar("Key in a schedule", 2, Tone::Bad),
            ]),
        ),
        block(
            "What to do first",
            BlockBody::Ranked {
                rows: vec![
                    todo("critical", Tone::Bad, "AKIA..RP6LN is used from 203.0.113.9, which nobody knows"),
                    todo("critical", Tone::Bad, "deploy-prod can be assumed from any branch of any project"),
                    todo("high", Tone::Warn, "AKIA..QK2MD was never used: delete it"),
                ],
                cursor: Some(1),
            },
        ),
        ages(),
        block(
            "AssumeRole, last 14 days",
            BlockBody::Sparks(vec![
                ("allowed".into(), day(5), Tone::Accent, "1.2k".into()),
                ("denied".into(), day(3), Tone::Bad, "37".into()),
            ]),
        ),
        block(
            "Findings",
            BlockBody::Bars(vec![
                bar("critical", 2, Tone::Bad),
                bar("high", 9, Tone::Warn),
                bar("medium", 26, Tone::Notice),
            ]),
        ),
        block(
            "Since the last review",
            BlockBody::Lines(vec![
                vec![span("+2", Tone::Bad), Span::plain(" keys")],
                vec![span("-1", Tone::Good), Span::plain(" role anyone may assume")],
            ]),
        ),
    ]
}

pub(super) fn overview() -> Screen {
    around(0, Body::Overview(Overview { blocks: blocks() }))
}

pub(super) fn help(scroll: usize) -> Screen {
    let group = |title, entries: &[(&str, &'static str)]| {
        (title, entries.iter().map(|(key, meaning)| ((*key).to_owned(), *meaning)).collect())
    };
    let groups = vec![
        group(
            "Move",
            &[
                ("j down", "one row down"),
                ("k up", "one row up"),
                ("g home", "first row"),
                ("G end", "last row"),
                ("ctrl-d pagedown", "half a page down"),
                ("ctrl-u pageup", "half a page up"),
                ("enter right", "follow the link"),
                ("esc left", "back"),
            ],
        ),
        group(
            "Look",
            &[("/", "filter"), ("n N", "next and previous match"), ("s", "sort by the next column")],
        ),
        group("Take", &[("space", "mark"), ("y", "copy the id"), ("Y", "copy the ARN or URL")]),
        group("keytrail", &[(":", "command"), ("?", "this help"), ("q", "quit")]),
    ];
    Screen { overlay: Some(Overlay::Help { groups, scroll }), ..keys() }
}

pub(super) fn palette(selected: usize) -> Screen {
    let item = |number: usize| {
        let name = vec![span("user ", Tone::Dim), Span::plain(format!("ci-deployer-{number}"))];
        (name, "111111111111".to_owned())
    };
    let prompt = Prompt { label: ":", text: "ci-dep".into(), cursor: 6, error: None };
    let overlay = Overlay::Palette { prompt, items: (0..30).map(item).collect(), selected, more: 12 };
    Screen { overlay: Some(overlay), ..keys() }
}

pub(super) fn record(scroll: usize) -> Screen {
    let entry = |name: &str, value: &str| {
        vec![span(&format!("  \"{name}\": "), Tone::Accent), Span::plain(format!("\"{value}\","))]
    };
    let lines = vec![
        vec![Span::plain("{")],
        entry("eventName", "AssumeRoleWithWebIdentity"),
        entry("roleArn", "arn:aws:iam::222222222222:role/deploy-prod"),
        entry("subject", "project_path:platform/infra:ref_type:branch:ref:main"),
        entry(
            "userAgent",
            "aws-cli/2.27.49 md/awscrt#0.26.1 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.4",
        ),
        vec![Span::plain("}")],
    ];
    Screen { overlay: Some(Overlay::Text { title: "Event".into(), lines, scroll }), ..keys() }
}

/// One of seven screens that between them draw everything.
pub(super) fn any(which: usize) -> Screen {
    match which {
        0 => overview(),
        1 => long(60),
        2 => nothing_collected(),
        3 => help(3),
        4 => palette(28),
        5 => record(2),
        _ => {
            let mut screen = keys();
            if let Body::Table { focus, .. } = &mut screen.body {
                *focus = Focus::Detail;
            }
            let error = Some((4, "`ninety` is not a number".into()));
            screen.footer.prompt = Some(Prompt { label: "/", text: "age>ninety".into(), cursor: 10, error });
            screen
        }
    }
}
