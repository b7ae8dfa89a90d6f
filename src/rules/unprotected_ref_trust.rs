//! A role that refs may assume which anybody who may push can make.

use super::{Case, Finding, Rule, Severity};
use crate::{
    base::text::{clean, plural},
    join::{Admitted, AdmittedRef, Beyond, TokenTrust},
    model::{gitlab::Project, link::Grade},
};

pub(super) const RULE: Rule = Rule {
    name: "unprotected-ref-trust",
    about: "A role's trust policy lets in id tokens of branches or tags that are not protected: every developer of the project can push \
            one and change the pipeline on it. Merge request pipelines present their source branch. A pattern that asks for `ref:main` \
            and not for `ref_type:branch` lets in a tag of that name.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    // Where anybody gets in, that is what there is to say.
    let closed = case.tokens.all().iter().filter(|trust| !trust.beyond.contains(&Beyond::AnyProject));
    closed.filter_map(|trust| judge(case, trust)).collect()
}

fn judge(case: &Case, trust: &TokenTrust) -> Option<Finding> {
    let open: Vec<&Admitted> = trust.admits.iter().filter(|admitted| admitted.unprotected()).collect();
    let first = open.first()?;
    let sure = open.iter().any(|admitted| unprotected(admitted).any(|reference| reference.sure));
    let example = unprotected(first).max_by_key(|reference| (reference.all, reference.sure))?;
    let kind = if example.kind.is_tag() { "tag" } else { "branch" };
    let path = path_of(case, first);
    let (name, path) = (clean(&example.name), clean(&path));
    let says = match (example.all, open.len()) {
        (true, 1) => format!("any {kind} of {path} may assume it, {name} for one"),
        (false, 1) => format!("{kind} {name} of {path} may assume it and is not protected"),
        (_, several) => {
            format!(
                "unprotected refs of {} may assume it, {kind} {name} of {path} for one",
                plural(several, "project", "projects")
            )
        }
    };
    Some(Finding {
        rule: RULE.name,
        about: trust.role.clone(),
        severity: if case.is_mighty(&trust.role) { Severity::High } else { Severity::Medium },
        confidence: if sure { Grade::Configured } else { Grade::Inferred },
        says,
        evidence: open.iter().take(10).map(|admitted| evidence(case, admitted)).collect(),
        remedy: "Protect the ref, or name the protected one in the trust policy, with `ref_type:branch`.",
    })
}

fn unprotected(admitted: &Admitted) -> impl Iterator<Item = &AdmittedRef> {
    admitted.refs.iter().filter(|reference| reference.kind.protection() == Some(false))
}

fn evidence(case: &Case, admitted: &Admitted) -> String {
    let names: Vec<String> =
        unprotected(admitted).map(|reference| clean(&reference.name).into_owned()).collect();
    let path = path_of(case, admitted);
    format!("trust policy statement {}: {} of {}", admitted.statement + 1, names.join(", "), clean(&path))
}

fn path_of(case: &Case, admitted: &Admitted) -> String {
    let project = case.estate.find::<Project>(&admitted.project);
    let path = project.and_then(|project| project.path.clone());
    path.unwrap_or_else(|| admitted.project.to_string())
}
