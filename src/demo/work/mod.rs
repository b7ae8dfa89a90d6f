//! What the company's jobs do all day: which project runs what on which runner, and how it gets into AWS. `company` plays
//! fourteen days of it, `life` goes on with it.

mod credentials;
mod job;
mod lanes;

pub(super) use credentials::{Visit, use_it, who_am_i};
pub(super) use job::{finish, lane_tags, open};
pub(super) use lanes::{LANES, Lane, Way};

/// The AWS command line, as its user agent says.
pub(super) const AWS_CLI: &str =
    "aws-cli/2.31.4 md/awscrt#0.27.6 ua/2.1 os/linux#6.1.0 md/arch#x86_64 lang/python#3.13.7";
pub(super) const TERRAFORM: &str =
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.14.1";
pub(super) const BOTO: &str = "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.0 lang/python#3.12.3";
