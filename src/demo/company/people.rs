//! The people at GitLab and their access tokens.

use super::Maker;
use crate::demo::{
    name,
    world::{GitLabToken, GitLabUser},
};

const PEOPLE: [(&str, &str); 12] = [
    ("ada", "Ada Okafor"),
    ("bruno", "Bruno Keller"),
    ("chen", "Chen Wei"),
    ("dilara", "Dilara Aydın"),
    ("emil", "Emil Söderberg"),
    ("farah", "Farah Nasser"),
    ("gwen", "Gwen Hughes"),
    ("hugo", "Hugo Marchetti"),
    ("ines", "Inês Carvalho"),
    ("project_101_bot", "infra automation"),
    ("renovate", "Renovate"),
    ("release-bot", "Release Bot"),
];

impl Maker {
    /// Returns the administrator's token.
    pub(super) fn people(&mut self) -> String {
        for (id, (login, full)) in (1..).zip(PEOPLE) {
            let user = GitLabUser { id, login: login.into(), name: full.into(), is_admin: login == "ada" };
            self.world.gitlab.users.insert(id, user);
        }
        let audit = self.token(1, "keytrail", &["api"], Some(180));
        let reader = self.token(2, "dashboards", &["read_api"], Some(90));
        let expired = self.token(1, "laptop", &["api"], Some(-30));
        let revoked = self.token(3, "old pipeline", &["api"], Some(60));
        let narrow = self.token(4, "sign-in", &["read_user"], Some(200));
        if let Some(token) = self.world.gitlab.tokens.iter_mut().find(|known| known.token == revoked) {
            token.revoked = true;
        }
        self.plant("token admin", audit.clone());
        self.plant("token read_api", reader);
        self.plant("token expired", expired);
        self.plant("token revoked", revoked);
        self.plant("token read_user", narrow);
        audit
    }

    /// GitLab demands an expiry since 16.0; `days` may lie in the past.
    fn token(&mut self, user: u64, title: &str, scopes: &[&str], days: Option<i64>) -> String {
        let token = name::token("glpat-", &mut self.rng);
        let tokens = &mut self.world.gitlab.tokens;
        tokens.push(GitLabToken {
            id: 900 + tokens.len() as u64,
            user,
            name: title.into(),
            token: token.clone(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            expires: days.map(|days| self.now.plus(days * 86_400)),
            revoked: false,
            created: self.now.minus(120 * 86_400),
        });
        token
    }
}
