//! Tests of the whole and across floors, in one binary because each links everything: the program in a pseudo-terminal,
//! the demo company, other people's clients and servers.

// Marked as tests once more, because clippy knows no other way that everything in here is one.
#[cfg(test)]
mod aws;
#[cfg(test)]
mod bucket;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod company;
#[cfg(test)]
mod compute;
#[cfg(test)]
mod contain;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod engines;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod gitlab;
#[cfg(test)]
mod gitlab_actions;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod journey_act;
#[cfg(test)]
mod keyboard;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod moto;
#[cfg(test)]
mod moto_roles;
#[cfg(test)]
mod moto_rotation;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod pipeline;
mod pivot;
#[cfg(test)]
mod pty;
#[cfg(test)]
mod python;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod scale;
#[cfg(test)]
mod screens;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod secrets_run;
#[cfg(test)]
mod served;
#[cfg(test)]
mod simulate;
#[cfg(test)]
mod sql;
#[cfg(test)]
mod svg;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod town;
#[cfg(test)]
mod truth;
mod watch;
