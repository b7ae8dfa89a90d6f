//! GraphQL text as a row of tokens.

use serde_json::{Value, json};

use super::ast::At;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `{`, `}`, `(`, `)`, `[`, `]`, `:`, `=`, `!`, `$`, `@`, `|`
    Mark(char),
    /// `...`
    Spread,
    Name(String),
    Number(Value),
    Text(String),
    End,
}

/// The tokens, each with its place; the last is `End`.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, At)>, Value> {
    let mut lexer = Lexer { letters: text.chars().collect(), place: 0, at: At { line: 1, column: 1 } };
    let mut found = Vec::new();
    loop {
        lexer.skip_blanks();
        let at = lexer.at;
        let token = lexer.token()?;
        let is_end = token == Token::End;
        found.push((token, at));
        if is_end {
            return Ok(found);
        }
    }
}

/// A parse error in GitLab's form.
pub(super) fn error(what: &str, at: At) -> Value {
    json!({
        "message": format!("{what} at [{}, {}]", at.line, at.column),
        "locations": [{ "line": at.line, "column": at.column }],
    })
}

struct Lexer {
    letters: Vec<char>,
    place: usize,
    at: At,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.place).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.place += 1;
        if letter == '\n' {
            self.at = At { line: self.at.line + 1, column: 1 };
        } else {
            self.at.column += 1;
        }
        Some(letter)
    }

    /// Blanks, commas and comments mean nothing.
    fn skip_blanks(&mut self) {
        while let Some(letter) = self.peek() {
            if letter == '#' {
                while self.peek().is_some_and(|letter| letter != '\n') {
                    self.next();
                }
            } else if letter.is_whitespace() || letter == ',' || letter == '\u{feff}' {
                self.next();
            } else {
                return;
            }
        }
    }

    fn token(&mut self) -> Result<Token, Value> {
        let at = self.at;
        let Some(letter) = self.peek() else { return Ok(Token::End) };
        match letter {
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '=' | '!' | '$' | '@' | '|' => {
                self.next();
                Ok(Token::Mark(letter))
            }
            '.' => {
                let dots = self.take_while(|letter| letter == '.');
                if dots == "..." { Ok(Token::Spread) } else { Err(error("Parse error on \".\"", at)) }
            }
            '"' => self.text(at),
            '-' | '0'..='9' => {
                let digits = self.take_while(|letter| letter.is_ascii_digit() || "-+.eE".contains(letter));
                let number = serde_json::from_str(&digits).map_err(|_| error("Malformed number", at))?;
                Ok(Token::Number(number))
            }
            '_' | 'a'..='z' | 'A'..='Z' => {
                Ok(Token::Name(self.take_while(|letter| letter == '_' || letter.is_ascii_alphanumeric())))
            }
            other => Err(error(&format!("Parse error on \"{other}\" (error)"), at)),
        }
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(letter) = self.peek().filter(|letter| fits(*letter)) {
            text.push(letter);
            self.next();
        }
        text
    }

    /// A quoted text on one line, with JSON's escapes.
    fn text(&mut self, at: At) -> Result<Token, Value> {
        let mut quoted = String::new();
        quoted.extend(self.next());
        loop {
            match self.next() {
                None | Some('\n') => return Err(error("Unterminated string", at)),
                Some('\\') => {
                    quoted.push('\\');
                    quoted.extend(self.next());
                }
                Some('"') => {
                    quoted.push('"');
                    break;
                }
                Some(letter) => quoted.push(letter),
            }
        }
        serde_json::from_str(&quoted).map(Token::Text).map_err(|_| error("Bad escape in string", at))
    }
}
