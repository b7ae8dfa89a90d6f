//! Tests of the whole from outside, in one binary because each links everything: the program in a pseudo-terminal,
//! and what a terminal receives as a picture.

// Marked as tests once more, because clippy knows no other way that everything in here is one.
#[cfg(test)]
mod pty;
#[cfg(test)]
mod svg;
#[cfg(test)]
mod terminal;
