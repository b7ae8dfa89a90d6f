//! One id token and one trust policy: which statements let it in, and what subject the token of a ref has.

use super::issuer::Issuers;
use crate::{
    base::name::Arn,
    model::{estate::Estate, gitlab::Project},
    policy::{
        self, Document, Request, WebCaller, can_assume_with_token,
        document::Effect,
        subject::{DEFAULT_COMPONENTS, Part, Presenter, RefKind, classes},
    },
};

/// A token as it was, or would be, presented. What is `None` is not known.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The ARN of the provider in the role's account.
    pub provider: &'a Arn,
    pub subject: &'a str,
    pub audience: Option<&'a str>,
    /// The project's number.
    pub project: Option<u64>,
}

impl Presented<'_> {
    /// Allow statements that let it in as far as can be known, counted from 0, whatever others deny. None where the text is no policy.
    pub fn let_in_by(&self, trust: &str) -> Vec<usize> {
        let Ok(document) = Document::parse(trust) else { return Vec::new() };
        let numbered = document.statements.iter().enumerate();
        let allows = numbered.filter(|(_, statement)| statement.effect == Effect::Allow);
        let alone = allows.filter(|(_, statement)| {
            let one = Document { version: document.version, statements: vec![Clone::clone(*statement)] };
            self.grade(&one) > policy::Grade::Denied
        });
        alone.map(|(index, _)| index).collect()
    }

    /// Does the whole policy let it in as far as can be known?
    pub fn is_let_in(&self, trust: &str) -> bool {
        Document::parse(trust).is_ok_and(|document| self.grade(&document) > policy::Grade::Denied)
    }

    fn grade(&self, trust: &Document) -> policy::Grade {
        let mut claims = Request::default().with("sub", self.subject);
        if let Some(audience) = self.audience {
            claims = claims.with("aud", audience);
        }
        if let Some(project) = self.project {
            claims = claims.with("project_id", project.to_string());
        }
        // Which audiences the provider takes is not the policy's business, and one that came was taken.
        let own = self.audience.map(|audience| vec![audience.to_owned()]);
        let caller =
            WebCaller { provider: self.provider.as_str(), audiences: own.as_deref(), claims: &claims };
        can_assume_with_token(&caller, trust).grade
    }
}

/// A project as its tokens present it, and one of its refs.
#[derive(Clone, Copy, Debug)]
pub struct Presents<'a> {
    pub project: &'a Project,
    pub name: &'a str,
    pub is_tag: bool,
}

impl Presents<'_> {
    /// The subject of the ref's token. `None` where it is made of claims that cannot be told from the ref.
    pub fn subject(self) -> Option<String> {
        let (head, tail) = self.parts()?;
        tail.into_iter().try_fold(head, |mut subject, part| {
            match part {
                Part::Text(text) => subject.push_str(&text),
                Part::Ref => subject.push_str(self.name),
                Part::Choice { .. } | Part::Free { .. } | Part::Path => return None,
            }
            Some(subject)
        })
    }

    /// What the subjects of all refs of the project begin with: `project_path:acme/web`; empty where nothing is common to them.
    pub fn head(self) -> Option<String> {
        self.parts().map(|(head, _)| head)
    }

    /// Is the ref protected? `None` where that was not read.
    pub fn protection(self) -> Option<bool> {
        self.kind()?.protection()
    }

    fn kind(self) -> Option<RefKind> {
        let project = self.project;
        let (branches, tags) = (project.protected_branches.as_deref(), project.protected_tags.as_deref());
        let mut classes = classes(branches, tags).into_iter();
        classes
            .find(|class| class.kind.is_tag() == self.is_tag && class.names.has(self.name))
            .map(|class| class.kind)
    }

    fn parts(self) -> Option<(String, Vec<Part>)> {
        let defaults = DEFAULT_COMPONENTS.map(str::to_owned);
        let chosen = self.project.id_token_components.as_deref().filter(|list| !list.is_empty());
        let presenter = Presenter {
            path: self.project.path.as_deref()?,
            number: self.project.number,
            namespace: None,
            components: chosen.unwrap_or(&defaults),
        };
        Some((presenter.head().0, presenter.tail(self.kind()?)))
    }
}

/// How an instance's id tokens name their issuer, without the scheme; `None` where AWS could not reach it.
pub fn issuer_of_instance(estate: &Estate, instance: &str) -> Option<String> {
    Issuers::of(estate).of_instance(estate, instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDER: &str = "arn:aws:iam::111111111111:oidc-provider/gitlab.acme.example";

    #[test]
    fn a_token_is_held_against_each_statement() {
        let statement = |operator: &str, subject: &str| {
            format!(
                r#"{{"Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},"Action":"sts:AssumeRoleWithWebIdentity",
                "Condition":{{"{operator}":{{"gitlab.acme.example:sub":"{subject}"}}}}}}"#
            )
        };
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{},{},{}]}}"#,
            statement("StringEquals", "project_path:a/b:ref_type:branch:ref:main"),
            statement("StringLike", "project_path:a/*"),
            statement("StringEquals", "project_path:a/*"),
        );
        let provider = Arn::new(PROVIDER).unwrap();
        let token =
            |subject| Presented { provider: &provider, subject, audience: Some("aws"), project: Some(7) };
        assert_eq!(token("project_path:a/b:ref_type:branch:ref:main").let_in_by(&trust), [0, 1]);
        assert_eq!(token("project_path:a/c:ref_type:tag:ref:v1").let_in_by(&trust), [1]);
        assert!(token("project_path:a/c:x").is_let_in(&trust));
        assert!(!token("project_path:b/c:x").is_let_in(&trust));
        assert!(token("x").let_in_by("no policy").is_empty());
    }

    const fn of<'p>(project: &'p Project, name: &'p str, is_tag: bool) -> Presents<'p> {
        Presents { project, name, is_tag }
    }

    #[test]
    fn subjects_are_made_of_the_projects_own_components() {
        let mut project = Project { number: 20, path: Some("a/b".into()), ..Project::default() };
        project.protected_branches = Some(vec!["main".into(), "release/*".into()]);
        project.protected_tags = Some(Vec::new());
        let subject_of = |project: &Project, name: &str, is_tag| of(project, name, is_tag).subject();
        assert_eq!(of(&project, "release/1", false).protection(), Some(true));
        assert_eq!(of(&project, "main", true).protection(), Some(false), "a tag of that name");
        assert_eq!(of(&project, "x", false).head().as_deref(), Some("project_path:a/b"));
        assert_eq!(
            subject_of(&project, "feature/x", false).as_deref(),
            Some("project_path:a/b:ref_type:branch:ref:feature/x")
        );
        assert_eq!(subject_of(&project, "v1", true).as_deref(), Some("project_path:a/b:ref_type:tag:ref:v1"));
        let own = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        project.id_token_components = own(&["project_id", "ref_protected", "ref"]);
        assert_eq!(
            subject_of(&project, "release/1", false).as_deref(),
            Some("project_id:20:ref_protected:true:ref:release/1")
        );
        project.id_token_components = own(&["project_id", "deployment_tier"]);
        assert_eq!(subject_of(&project, "main", false), None, "the job's environment decides");
    }
}
