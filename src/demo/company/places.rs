//! Groups and projects.

use std::collections::BTreeMap;

use super::{HOST, Maker};
use crate::demo::world::{Group, Project};

const GROUPS: [&str; 15] = [
    "acme",
    "acme/platform",
    "acme/shop",
    "acme/payments",
    "acme/data",
    "acme/mobile",
    "acme/sandbox",
    "acme/platform/modules",
    "acme/shop/backend",
    "acme/shop/web",
    "acme/payments/core",
    "acme/payments/risk",
    "acme/data/pipelines",
    "acme/data/ml",
    "acme/sandbox/hackweek",
];

/// The first twelve are in every company: what is planted stands in them.
const PROJECTS: [&str; 60] = [
    "acme/platform/infra",
    "acme/platform/ci-templates",
    "acme/platform/runner-images",
    "acme/shop/storefront",
    "acme/shop/checkout",
    "acme/payments/ledger",
    "acme/payments/gateway",
    "acme/data/warehouse",
    "acme/data/ingest",
    "acme/mobile/ios-app",
    "acme/mobile/android-app",
    "acme/sandbox/playground",
    "acme/platform/kubernetes-clusters",
    "acme/platform/observability",
    "acme/platform/dns",
    "acme/platform/secrets-broker",
    "acme/platform/developer-portal",
    "acme/platform/modules/terraform-vpc",
    "acme/platform/modules/terraform-eks",
    "acme/platform/modules/terraform-rds",
    "acme/platform/modules/terraform-iam-roles",
    "acme/shop/backend/catalog",
    "acme/shop/backend/cart",
    "acme/shop/backend/search",
    "acme/shop/backend/pricing",
    "acme/shop/backend/inventory",
    "acme/shop/backend/orders",
    "acme/shop/backend/recommendations",
    "acme/shop/web/design-system",
    "acme/shop/web/admin-console",
    "acme/shop/web/landing-pages",
    "acme/shop/email-templates",
    "acme/shop/load-tests",
    "acme/payments/core/settlement",
    "acme/payments/core/payouts",
    "acme/payments/core/card-vault",
    "acme/payments/core/reconciliation",
    "acme/payments/risk/fraud-scoring",
    "acme/payments/risk/sanctions-screening",
    "acme/payments/pci-evidence",
    "acme/payments/statements",
    "acme/data/pipelines/clickstream",
    "acme/data/pipelines/orders-to-lake",
    "acme/data/pipelines/gdpr-erasure",
    "acme/data/pipelines/backfill-runner",
    "acme/data/ml/feature-store",
    "acme/data/ml/demand-forecast",
    "acme/data/dbt-models",
    "acme/data/dashboards",
    "acme/mobile/shared-kotlin",
    "acme/mobile/push-gateway",
    "acme/mobile/fastlane-config",
    "acme/mobile/device-farm",
    "acme/sandbox/terraform-drill",
    "acme/sandbox/chen-scratch",
    "acme/sandbox/hackweek/carbon-meter",
    "acme/sandbox/hackweek/chat-ops",
    "acme/sandbox/hackweek/lunch-bot",
    "acme/shop/legacy-monolith",
    "acme/data/etl-classic",
];

/// How the paths of the teams begin that are there once the named projects are used up.
pub(super) const TEAM: &str = "acme/team-";
/// Projects a team has.
const TEAM_PROJECTS: usize = 40;
const KINDS: [&str; 10] =
    ["api", "worker", "web", "jobs", "terraform", "charts", "client", "schema", "docs", "tools"];
const THEMES: [&str; 16] = [
    "billing", "search", "ledger", "orders", "stock", "quotes", "tax", "loyalty", "returns", "routing",
    "notices", "reports", "media", "profile", "audit", "labels",
];

impl Maker {
    pub(super) fn places(&mut self) {
        self.world.gitlab.external_url = format!("https://{HOST}");
        self.world.gitlab.version = "19.4.1".into();
        for path in GROUPS {
            self.group(path);
        }
        for index in 0..self.size.projects {
            let path = match PROJECTS.get(index) {
                Some(path) => (*path).to_owned(),
                None => self.team_project(index - PROJECTS.len()),
            };
            self.project(index, &path);
        }
    }

    /// The path of one of the many projects without a name of their own; its team is made with the first.
    fn team_project(&mut self, rest: usize) -> String {
        let team = format!("{TEAM}{:03}", rest / TEAM_PROJECTS + 1);
        self.group(&team);
        let theme = THEMES[(rest / KINDS.len()) % THEMES.len()];
        let kind = KINDS[rest % KINDS.len()];
        format!("{team}/{theme}-{kind}-{rest:04}")
    }

    /// Makes a group unless it is there.
    fn group(&mut self, path: &str) {
        if self.paths.contains_key(path) {
            return;
        }
        let id = 10 + self.world.gitlab.groups.len() as u64;
        let (parent, title) = path.rsplit_once('/').unwrap_or(("", path));
        let title = match path {
            // A name is whatever a group owner typed: this one tries to clear the screen and to reverse the line.
            "acme/sandbox/hackweek" => "hackweek\u{1b}[2J\u{202e}seirtne".to_owned(),
            _ => title.to_owned(),
        };
        let parent = self.paths.get(parent).copied();
        let group = Group { id, name: title, full_path: path.into(), parent, variables: Vec::new() };
        self.world.gitlab.groups.insert(id, group);
        self.paths.insert(path.into(), id);
    }

    fn project(&mut self, index: usize, path: &str) {
        let id = 101 + index as u64;
        let (group, title) = path.rsplit_once('/').unwrap_or(("acme", path));
        let legacy = matches!(path, "acme/shop/legacy-monolith" | "acme/data/etl-classic");
        let default_branch = if legacy { "master" } else { "main" };
        let sandbox = path.starts_with("acme/sandbox/");
        let mut branches = vec![default_branch.to_owned()];
        branches.extend(["develop", "feature/retry-budget", "release/2026-11"].map(String::from));
        let mut protected = vec![default_branch.to_owned(), "release/*".to_owned()];
        if sandbox {
            protected.pop();
        }
        let activity = if legacy { self.around(230) } else { self.now.minus(self.rng.between(600, 900_000)) };
        let age = self.rng.between(120, 1900);
        let project = Project {
            id,
            name: title.into(),
            full_path: path.into(),
            group: self.id(group),
            default_branch: default_branch.into(),
            visibility: if sandbox { "internal" } else { "private" },
            archived: legacy,
            ci_config_path: (index % 9 == 4).then(|| "ci/pipeline.yml".to_owned()),
            id_token_components: ["project_path", "ref_type", "ref"].map(String::from).to_vec(),
            shared_runners_enabled: !path.starts_with("acme/payments/"),
            group_runners_enabled: index < 12 || index % 11 != 7,
            protected_branches: protected,
            protected_tags: if sandbox { Vec::new() } else { vec!["v*".to_owned()] },
            branches,
            last_activity: activity,
            created: self.around(age.max(240)),
            variables: Vec::new(),
            schedules: Vec::new(),
            files: BTreeMap::new(),
        };
        self.world.gitlab.projects.insert(id, project);
        self.paths.insert(path.into(), id);
    }
}
