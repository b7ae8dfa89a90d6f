//! The statement that makes a table of a trail's files: for whoever has the bucket and no table yet. It is printed, never sent.

use std::fmt::Write as _;

use super::{
    Word,
    name::{BadName, shown},
};
use crate::base::name::AccountId;

/// The folder of a trail: `s3://bucket/prefix/AWSLogs`, or `.../AWSLogs/o-abcdefghij` of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket(String);

impl Bucket {
    pub fn new(text: &str) -> Result<Self, BadName> {
        let bad = || BadName::Bucket(shown(text));
        let path = text.strip_prefix("s3://").ok_or_else(bad)?.trim_end_matches('/');
        let (bucket, folder) = path.split_once('/').ok_or_else(bad)?;
        let is_bucket = (3..=63).contains(&bucket.len())
            && bucket
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
        let is_folder =
            folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!-_.*()/=+@".contains(&byte));
        let is_trail = match folder.rsplit('/').next() {
            Some("AWSLogs") => true,
            Some(last) if last.starts_with("o-") => folder.trim_end_matches(last).ends_with("AWSLogs/"),
            _ => false,
        };
        if is_bucket && is_folder && is_trail { Ok(Self(format!("s3://{path}"))) } else { Err(bad()) }
    }
}

/// A table over a trail's files, with a partition for each account, region and day that nobody has to add.
#[derive(Clone, Debug)]
pub struct Ddl {
    bucket: Bucket,
    database: Word,
    table: Word,
    accounts: Vec<AccountId>,
    regions: Vec<String>,
}

impl Ddl {
    pub fn new(
        bucket: Bucket,
        (database, table): (Word, Word),
        accounts: Vec<AccountId>,
        regions: Vec<String>,
    ) -> Result<Self, BadName> {
        let is_region = |region: &String| {
            (6..=32).contains(&region.len())
                && region
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        match regions.iter().find(|region| !is_region(region)) {
            Some(bad) => Err(BadName::Region(shown(bad))),
            None => Ok(Self { bucket, database, table, accounts, regions }),
        }
    }

    /// The statement, without a semicolon: Athena takes one statement at a time.
    ///
    /// Source: Athena User Guide, "Create a table for CloudTrail logs in Athena using partition projection"; `identityprovider` and
    /// `sourceidentity` are added to it, and projection over accounts and regions. CloudTrail began on 13 November 2013; no day is asked for
    /// that no question is about.
    pub fn sql(&self) -> String {
        let accounts = self.accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let place = &self.bucket.0;
        let mut sql = format!("CREATE EXTERNAL TABLE `{}`.`{}` (\n", self.database, self.table);
        let columns = COLUMNS.map(|(name, kind)| format!("  {name} {kind}"));
        let _ = write!(
            sql,
            "{}\n)\nPARTITIONED BY (`account` STRING, `region` STRING, `timestamp` STRING)\n\
             ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'\n\
             STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'\n\
             OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n\
             LOCATION '{place}/'\n\
             TBLPROPERTIES (\n  'projection.enabled'='true',\n  \
             'projection.account.type'='enum',\n  'projection.account.values'='{accounts}',\n  \
             'projection.region.type'='enum',\n  'projection.region.values'='{}',\n  \
             'projection.timestamp.type'='date',\n  'projection.timestamp.format'='yyyy/MM/dd',\n  \
             'projection.timestamp.range'='2013/11/13,NOW',\n  'projection.timestamp.interval'='1',\n  \
             'projection.timestamp.interval.unit'='DAYS',\n  \
             'storage.location.template'='{place}/${{account}}/CloudTrail/${{region}}/${{timestamp}}'\n)\n",
            columns.join(",\n"),
            self.regions.join(","),
        );
        sql
    }
}

/// As AWS's own statement names them, and in its order.
const COLUMNS: [(&str, &str); 23] = [
    ("eventversion", "STRING"),
    (
        "useridentity",
        "STRUCT<type:STRING,principalid:STRING,arn:STRING,accountid:STRING,invokedby:STRING,accesskeyid:STRING,username:STRING,\
         identityprovider:STRING,sessioncontext:STRUCT<attributes:STRUCT<mfaauthenticated:STRING,creationdate:STRING>,\
         sessionissuer:STRUCT<type:STRING,principalid:STRING,arn:STRING,accountid:STRING,username:STRING>,ec2roledelivery:STRING,\
         webidfederationdata:STRUCT<federatedprovider:STRING,attributes:MAP<STRING,STRING>>,sourceidentity:STRING>>",
    ),
    ("eventtime", "STRING"),
    ("eventsource", "STRING"),
    ("eventname", "STRING"),
    ("awsregion", "STRING"),
    ("sourceipaddress", "STRING"),
    ("useragent", "STRING"),
    ("errorcode", "STRING"),
    ("errormessage", "STRING"),
    ("requestparameters", "STRING"),
    ("responseelements", "STRING"),
    ("additionaleventdata", "STRING"),
    ("requestid", "STRING"),
    ("eventid", "STRING"),
    ("readonly", "STRING"),
    ("resources", "ARRAY<STRUCT<arn:STRING,accountid:STRING,type:STRING>>"),
    ("eventtype", "STRING"),
    ("apiversion", "STRING"),
    ("recipientaccountid", "STRING"),
    ("serviceeventdetails", "STRING"),
    ("sharedeventid", "STRING"),
    ("vpcendpointid", "STRING"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::sql::Shape;

    fn ddl(bucket: &str, region: &str) -> Result<String, BadName> {
        let names = (Word::new("default")?, Word::new("keytrail_trail")?);
        let accounts = vec!["111111111111".parse().unwrap(), "222222222222".parse().unwrap()];
        Ok(Ddl::new(Bucket::new(bucket)?, names, accounts, vec![region.into(), "us-east-1".into()])?.sql())
    }

    #[test]
    fn a_table_lies_where_the_trail_does() {
        let sql = ddl("s3://acme-trail/all/AWSLogs/o-abcdefghij/", "eu-west-1").unwrap();
        for part in [
            "CREATE EXTERNAL TABLE `default`.`keytrail_trail` (",
            "LOCATION 's3://acme-trail/all/AWSLogs/o-abcdefghij/'",
            "'s3://acme-trail/all/AWSLogs/o-abcdefghij/${account}/CloudTrail/${region}/${timestamp}'",
            "'projection.account.values'='111111111111,222222222222'",
            "'projection.region.values'='eu-west-1,us-east-1'",
        ] {
            assert!(sql.contains(part), "{part}\n{sql}");
        }
    }

    #[test]
    fn what_could_be_more_than_a_name_is_refused() {
        for bucket in [
            "acme",
            "s3://acme",
            "s3://acme/logs",
            "s3://ac'me/AWSLogs",
            "s3://acme/a'b/AWSLogs",
            "s3://acme/${x}/AWSLogs",
        ] {
            assert!(ddl(bucket, "eu-west-1").is_err(), "{bucket}");
        }
        assert!(ddl("s3://acme/AWSLogs", "eu-west-1','x").is_err());
    }

    #[test]
    fn a_table_of_ours_has_what_the_questions_ask_for() {
        let identity = COLUMNS.iter().find(|(name, _)| *name == "useridentity").unwrap().1;
        let format = |name: &str| (name == "projection.timestamp.format").then(|| "yyyy/MM/dd".to_owned());
        assert_eq!(Shape::of(identity, &["account", "region", "timestamp"], format), Shape::own());
    }
}
