//! As much of the shell's grammar as it takes to see which commands a script runs with which words: quotes, continuations, chains, pipes,
//! redirections, here-documents and commands in commands. Nothing is expanded, and nothing is ever wrong: what cannot be shell is words.

use std::{iter::Peekable, mem, str::Chars};

/// One command, as written.
#[derive(Debug, Default)]
pub(super) struct Command {
    /// Which of the script's items it begins in, counted from 1.
    pub item: usize,
    /// Quotes removed, nothing expanded. Assignments before the command are words too.
    pub words: Vec<String>,
    /// Where its output goes: `~/.aws/credentials`.
    pub outputs: Vec<String>,
    /// Its here-documents.
    pub documents: Vec<String>,
    /// Its output is the next command's input.
    pub piped: bool,
    /// It stands inside `$(...)`, so that its output is taken and not shown.
    pub inner: bool,
}

/// Commands inside commands inside commands: beyond this they are words.
const DEEPEST: usize = 32;
/// Characters of one script that are looked at.
const LONGEST: usize = 1 << 20;

/// The commands of a script whose items GitLab would put one below the other.
pub(super) fn commands<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<Command> {
    let (mut text, mut ends) = (String::new(), Vec::new());
    for item in items {
        if text.len() + item.len() > LONGEST {
            break;
        }
        text.push_str(item);
        text.push('\n');
        ends.push(text.len());
    }
    Lexer::over(&text, ends).run()
}

/// One level: the script itself, or the inside of a `$(...)`.
#[derive(Default)]
struct Frame {
    command: Command,
    word: Option<String>,
    quote: Option<char>,
    /// What closes this level.
    closes: Option<char>,
    /// The next word is the target of a redirection, or the delimiter of a here-document.
    expects: Expects,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Expects {
    #[default]
    Word,
    Output,
    Input,
    Delimiter,
}

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
    /// Bytes read.
    at: usize,
    /// Where each item of the script ends, in bytes.
    ends: Vec<usize>,
    stack: Vec<Frame>,
    frame: Frame,
    /// Delimiters of here-documents whose text begins on the next line.
    awaited: Vec<String>,
    found: Vec<Command>,
}

impl<'a> Lexer<'a> {
    fn over(text: &'a str, ends: Vec<usize>) -> Self {
        Self {
            rest: text.chars().peekable(),
            at: 0,
            ends,
            stack: Vec::new(),
            frame: Frame::default(),
            awaited: Vec::new(),
            found: Vec::new(),
        }
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.rest.next()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn next_is(&mut self, letter: char) -> bool {
        let is = self.rest.peek() == Some(&letter);
        if is {
            self.next();
        }
        is
    }

    fn run(mut self) -> Vec<Command> {
        while let Some(letter) = self.next() {
            match (self.frame.quote, letter) {
                (Some('\''), '\'') | (Some('"'), '"') => self.frame.quote = None,
                (Some('\''), _) => self.push(letter),
                (_, '\\') => self.escape(),
                (_, '$') if self.rest.peek() == Some(&'(') => self.dollar(),
                (_, '`') => self.backtick(),
                (Some(_), _) => self.push(letter),
                (None, quote @ ('"' | '\'')) => {
                    self.frame.quote = Some(quote);
                    self.frame.word.get_or_insert_default();
                }
                (None, _) => self.plain(letter),
            }
        }
        self.end_command();
        while self.stack.pop().map(|outer| self.frame = outer).is_some() {
            self.end_command();
        }
        self.found
    }

    /// Outside of quotes.
    fn plain(&mut self, letter: char) {
        match letter {
            '\n' => {
                self.end_command();
                self.read_documents();
            }
            ' ' | '\t' | '\r' => self.end_word(),
            '#' if self.frame.word.is_none() => {
                while self.rest.peek().is_some_and(|&next| next != '\n') {
                    self.next();
                }
            }
            ';' => self.end_command(),
            '&' => self.ampersand(),
            '|' => {
                let or = self.next_is('|');
                self.next_is('&');
                self.end_word();
                self.frame.command.piped = !or;
                self.end_command();
            }
            '>' => {
                self.redirect();
                self.next_is('>');
                self.next_is('|');
                self.frame.expects = Expects::Output;
            }
            '<' => self.input(),
            '(' => self.open(')', false),
            ')' => self.close(')'),
            _ => self.push(letter),
        }
    }

    /// `2>&1` and `&>file` belong to a redirection; else a command ends here.
    fn ampersand(&mut self) {
        if self.next_is('>') {
            self.end_word();
            self.frame.expects = Expects::Output;
        } else if self.frame.expects == Expects::Output && self.frame.word.is_none() {
            self.frame.expects = Expects::Input;
        } else {
            self.next_is('&');
            self.end_command();
        }
    }

    /// Before a redirection: a number stands for a channel and is no word.
    fn redirect(&mut self) {
        if self.frame.word.as_ref().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
            self.frame.word = None;
        }
        self.end_word();
    }

    fn input(&mut self) {
        self.redirect();
        if self.next_is('(') {
            return self.open(')', true);
        }
        self.frame.expects = Expects::Input;
        if self.next_is('<') {
            let string = self.next_is('<');
            self.next_is('-');
            self.frame.expects = if string { Expects::Word } else { Expects::Delimiter };
        }
    }

    fn escape(&mut self) {
        match self.next() {
            None | Some('\n') => {}
            Some(letter) => {
                if self.frame.quote.is_some() && !"\"\\$`".contains(letter) {
                    self.push('\\');
                }
                self.push(letter);
            }
        }
    }

    /// `$(...)` opens a level; `$((...))` is a sum, whose words nobody misses.
    fn dollar(&mut self) {
        self.next();
        self.open(')', true);
    }

    fn backtick(&mut self) {
        if self.frame.closes == Some('`') { self.close('`') } else { self.open('`', true) }
    }

    fn open(&mut self, closes: char, inner: bool) {
        if self.stack.len() >= DEEPEST {
            return self.push(' ');
        }
        let inner = inner || self.frame.command.inner;
        self.stack.push(mem::take(&mut self.frame));
        self.frame.closes = Some(closes);
        self.frame.command.inner = inner;
    }

    fn close(&mut self, closes: char) {
        self.end_command();
        if self.frame.closes == Some(closes)
            && let Some(outer) = self.stack.pop()
        {
            self.frame = outer;
            // Something stands here, though nobody knows what.
            self.frame.word.get_or_insert_default().push_str("$()");
        }
    }

    fn push(&mut self, letter: char) {
        self.frame.word.get_or_insert_default().push(letter);
    }

    fn end_word(&mut self) {
        let Some(word) = self.frame.word.take() else { return };
        let command = &mut self.frame.command;
        if command.item == 0 {
            // The letter just read belongs to the item still.
            command.item = self.ends.partition_point(|&end| end < self.at) + 1;
        }
        match mem::take(&mut self.frame.expects) {
            Expects::Word => command.words.push(word),
            Expects::Output => command.outputs.push(word),
            Expects::Input => {}
            Expects::Delimiter => self.awaited.push(word),
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        let inner = self.frame.command.inner;
        let command = mem::replace(&mut self.frame.command, Command { inner, ..Command::default() });
        if !command.words.is_empty() || !command.outputs.is_empty() {
            self.found.push(command);
        }
        self.frame.expects = Expects::Word;
    }

    /// After a line with `<<EOF`: the lines up to `EOF` are the text of the last command found.
    fn read_documents(&mut self) {
        for delimiter in mem::take(&mut self.awaited) {
            let mut document = String::new();
            loop {
                let mut line = String::new();
                let mut ended = true;
                while let Some(letter) = self.next() {
                    if letter == '\n' {
                        ended = false;
                        break;
                    }
                    line.push(letter);
                }
                if ended || line.trim() == delimiter {
                    break;
                }
                document.push_str(&line);
                document.push('\n');
            }
            if let Some(command) = self.found.last_mut() {
                command.documents.push(document);
            }
        }
    }
}

impl Command {
    /// The command's own words: without assignments, keywords and the commands that only run another.
    pub(super) fn call(&self) -> &[String] {
        const BEFORE: [&str; 24] = [
            "if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "sudo", "exec", "eval",
            "command", "nohup", "export", "npx", "yarn", "pnpm", "bunx", "uvx", "dlx", "--", "-E",
        ];
        const RUN: [&str; 3] = ["poetry", "pipenv", "uv"];
        let mut words = self.words.as_slice();
        loop {
            words = match words {
                [first, rest @ ..] if !rest.is_empty() && BEFORE.contains(&first.as_str()) => rest,
                [first, run, rest @ ..] if RUN.contains(&first.as_str()) && run == "run" => rest,
                [first, next, rest @ ..] if first == "env" && assignment(next).is_some() => rest,
                [first, rest @ ..]
                    if assignment(first).is_some() || first.ends_with("$()") && !rest.is_empty() =>
                {
                    rest
                }
                words => return words,
            }
        }
    }

    /// The program: `aws` for `/usr/local/bin/aws`.
    pub(super) fn program(&self) -> &str {
        self.call().first().and_then(|word| word.rsplit('/').next()).unwrap_or_default()
    }

    /// Every `NAME=value` among its words: before the command, or exported.
    pub(super) fn assignments(&self) -> impl Iterator<Item = (&str, &str)> {
        let exports = self
            .words
            .first()
            .is_some_and(|first| ["export", "declare", "local", "env"].contains(&first.as_str()));
        let skipped = usize::from(exports);
        let words = self.words.iter().skip(skipped).filter(|word| !word.starts_with('-'));
        words.map_while(|word| assignment(word))
    }

    /// Everything that was written: words, targets and here-documents.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.words.iter().chain(&self.outputs).chain(&self.documents).map(String::as_str)
    }
}

/// `NAME=value` comes apart.
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, value))
}

/// The variables a text takes: `$NAME`, `${NAME:-x}`, `$env:NAME`.
pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches(['{', '!', '#']);
        let rest = rest.strip_prefix("env:").unwrap_or(rest);
        let end = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}
