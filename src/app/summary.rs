//! What the overview shows, counted once for each world and away from the screen.

use crate::{
    base::time::Timestamp,
    join::Linked,
    model::estate::Estate,
    rules::{Finding, Limits},
};

#[derive(Clone, Debug, Default)]
pub struct Summary {}

impl Summary {
    pub fn of(_e: &Estate, _l: &Linked, _f: &[Finding], _li: &Limits, _n: Timestamp) -> Self {
        Self {}
    }
}
