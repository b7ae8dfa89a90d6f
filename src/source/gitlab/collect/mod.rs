//! The collectors, one a file. Each opens the sweeps of the scopes it reads and ends them.

pub(super) mod ci_configs;
pub(super) mod groups;
pub(super) mod instance;
pub(super) mod instance_variables;
pub(super) mod project_settings;
pub(super) mod projects;
pub(super) mod protected_branches;
pub(super) mod protected_tags;
pub(super) mod runner_jobs;
pub(super) mod runners;
pub(super) mod schedules;
pub(super) mod values;
