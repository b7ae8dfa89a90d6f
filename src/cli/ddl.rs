//! `keytrail ddl`: what to tell Athena, so that it can be asked about a trail's files. Nothing is sent.

use anyhow::Context;

use super::{arguments::Ddl, say};
use crate::trail::sql::{self, Bucket, Word};

/// The statement goes to standard output; what to do with it, to standard error.
pub(super) fn print(asked: &Ddl) -> anyhow::Result<()> {
    let (database, table) = asked.table.split_once('.').context("--table is DATABASE.TABLE")?;
    let names = (Word::new(database)?, Word::new(table)?);
    let bucket = Bucket::new(&asked.folder)?;
    let ddl = sql::Ddl::new(bucket, names, asked.accounts.clone(), asked.regions.clone())?;
    say::data(&ddl.sql())?;
    say::talk(
        "Run this once in Athena, in the bucket's region. It makes a table and copies nothing; new days, and days long past, are found by \
         themselves, further accounts and regions are not. `keytrail sample` shows how the table is then named in the configuration.",
    );
    Ok(())
}
