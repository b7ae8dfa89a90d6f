//! Where the company's trails can be asked in SQL.

/// Tables of log files in Athena, and event data stores of CloudTrail Lake.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    /// By `database.table`.
    pub tables: Vec<Log>,
    /// By id.
    pub stores: Vec<Log>,
}

/// One table, or one store.
#[derive(Clone, Debug)]
pub struct Log {
    /// Whose it is, and where it can be asked.
    pub account: u64,
    pub region: String,
    pub name: String,
    /// The accounts whose records lie there.
    pub of: Vec<u64>,
    /// The bucket Athena may write answers to: `s3://acme-athena`.
    pub output: String,
}

impl Logs {
    /// The table or store of this name in an account and region.
    pub fn find<'l>(list: &'l [Log], account: u64, region: &str, name: &str) -> Option<&'l Log> {
        list.iter().find(|log| log.account == account && log.region == region && log.name == name)
    }
}
