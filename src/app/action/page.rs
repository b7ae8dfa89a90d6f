//! Lines of a page that is read from top to bottom, broken between words. Some of them belong to a step.

use crate::{
    app::{
        detail::wrap,
        show::{Line, Span, Tone},
    },
    base::text::{clean, width},
};

/// Everything that is said comes out cleaned.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Page {
    columns: usize,
    pub(in crate::app) lines: Vec<Line>,
    /// Which step each line belongs to, counted from 0.
    steps: Vec<Option<usize>>,
    /// The step that is told now.
    pub(super) step: Option<usize>,
}

impl Page {
    pub(in crate::app) fn new(columns: usize) -> Self {
        Self { columns: columns.max(20), ..Self::default() }
    }

    fn push(&mut self, line: Line) {
        self.lines.push(line);
        self.steps.push(self.step);
    }

    /// The step a line belongs to.
    pub(in crate::app) fn step_at(&self, line: usize) -> Option<usize> {
        self.steps.get(line).copied().flatten()
    }

    /// Does a step begin with this line?
    pub(in crate::app) fn begins(&self, line: usize) -> bool {
        let before = line.checked_sub(1).and_then(|before| self.step_at(before));
        self.step_at(line).is_some_and(|step| before != Some(step))
    }

    pub(super) fn heading(&mut self, text: &str, tone: Tone) {
        self.push(Vec::new());
        self.push(vec![Span::new(clean(text).into_owned(), tone)]);
    }

    pub(in crate::app) fn say(&mut self, text: &str, tone: Tone, indent: usize) {
        let room = self.columns.saturating_sub(indent);
        for line in wrap(&clean(text), room) {
            self.push(vec![Span::new(format!("{}{line}", " ".repeat(indent)), tone)]);
        }
    }

    /// As it is laid out; a line that is too long goes on below.
    pub(in crate::app) fn verbatim(&mut self, text: &str, tone: Tone, indent: usize) {
        let room = self.columns.saturating_sub(indent).max(1);
        let mut rest: Vec<char> = clean(text).chars().collect();
        loop {
            let mut taken = 0;
            let mut used = 0;
            while let Some(letter) = rest.get(taken) {
                used += width(letter.encode_utf8(&mut [0; 4]));
                if used > room && taken > 0 {
                    break;
                }
                taken += 1;
            }
            let line: String = rest.drain(..taken).collect();
            self.push(vec![Span::new(format!("{}{line}", " ".repeat(indent)), tone)]);
            if rest.is_empty() {
                return;
            }
        }
    }

    pub(super) fn says(&mut self, said: Option<Span>, indent: usize) {
        if let Some(span) = said {
            self.say(&span.text, span.tone, indent);
        }
    }

    /// ` 3  done  iam DeleteAccessKey ...`.
    pub(super) fn numbered(&mut self, number: usize, mark: &str, text: &str, tone: Tone) {
        let mark = if mark.is_empty() { String::new() } else { format!("{mark}  ") };
        let head = format!("{number:>3}  ");
        let indent = width(&head) + width(&mark);
        for (index, line) in wrap(&clean(text), self.columns.saturating_sub(indent)).into_iter().enumerate() {
            let lead = if index == 0 {
                vec![Span::new(head.clone(), Tone::Dim), Span::new(mark.clone(), tone)]
            } else {
                vec![Span::plain(" ".repeat(indent))]
            };
            self.push([lead, vec![Span::new(line, tone)]].concat());
        }
    }
}
