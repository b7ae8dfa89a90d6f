//! Reading and changing IAM.

use std::collections::BTreeSet;

use aws_sdk_iam::types::{EntityType, User};
use percent_encoding::percent_decode_str;

use super::{AUDIT, Town, code, inline, role, user, world};
use crate::demo::aws::mint::Mint;

#[tokio::test]
async fn authorization_details_come_in_pages_and_encoded() {
    let mut world = world();
    let mint = Mint::new("crowd");
    let account = world.accounts.get_mut(&AUDIT).unwrap();
    for number in 0..40 {
        let mut role = role(&mint, &format!("role-{number:02}"), r#"{"Statement":[]}"#);
        role.inline = vec![inline("a b", "Allow", "s3:*", "*")];
        account.roles.insert(role.name.clone(), role);
    }
    let town = Town::of(world).await;
    let mut pages =
        town.iam("audit").get_account_authorization_details().into_paginator().page_size(7).send();
    let (mut names, mut walked, mut policies) = (BTreeSet::new(), 0, BTreeSet::new());
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        walked += 1;
        names.extend(page.user_detail_list().iter().map(|user| user.user_name().unwrap().to_owned()));
        names.extend(page.group_detail_list().iter().map(|group| group.group_name().unwrap().to_owned()));
        for role in page.role_detail_list() {
            assert!(names.insert(role.role_name().unwrap().to_owned()), "shown twice");
            let document = role.role_policy_list()[0].policy_document().unwrap();
            assert!(document.starts_with("%7B%22Version"), "{document}");
            let decoded = percent_decode_str(document).decode_utf8().unwrap();
            assert_eq!(decoded, inline("", "Allow", "s3:*", "*").document);
        }
        policies.extend(page.policies().iter().map(|policy| policy.arn().unwrap().to_owned()));
    }
    assert_eq!(names.len(), 3 + 1 + 40);
    assert!(policies.contains("arn:aws:iam::111111111111:policy/deploy-boundary"));
    assert!(policies.contains("arn:aws:iam::aws:policy/SecurityAudit"));
    assert_eq!(walked, (44 + policies.len()).div_ceil(7));
}

#[tokio::test]
async fn filters_and_details_of_one_kind() {
    let town = Town::open().await;
    let found = town
        .iam("audit")
        .get_account_authorization_details()
        .filter(EntityType::User)
        .max_items(1000)
        .send()
        .await
        .unwrap();
    assert!(found.role_detail_list().is_empty() && found.policies().is_empty());
    assert!(!found.is_truncated());
    let admin = &found.user_detail_list()[0];
    assert_eq!((admin.user_name(), admin.group_list()), (Some("admin"), &["admins".to_owned()][..]));
    assert_eq!(admin.tags()[0].value(), "a&b");
}

#[tokio::test]
async fn the_largest_account_takes_eight_quick_pages() {
    let mut world = world();
    let mint = Mint::new("crowd");
    let account = world.accounts.get_mut(&AUDIT).unwrap();
    for number in 0..2000 {
        let name = format!("user-{number}");
        account.users.insert(name.clone(), user(&mint, &name));
    }
    for number in 0..5000 {
        let name = format!("role-{number}");
        account.roles.insert(name.clone(), role(&mint, &name, r#"{"Statement":[]}"#));
    }
    let town = Town::of(world).await;
    let found: Vec<_> = town
        .iam("audit")
        .get_account_authorization_details()
        .into_paginator()
        .page_size(1000)
        .send()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 8);
    assert_eq!(found.iter().map(|page| page.role_detail_list().len()).sum::<usize>(), 5000);
    assert_eq!(found.iter().map(|page| page.user_detail_list().len()).sum::<usize>(), 2003);
}

#[tokio::test]
async fn lists_are_really_cut() {
    let town = Town::open().await;
    let audit = town.iam("audit");
    let first = audit.list_users().max_items(2).send().await.unwrap();
    assert!(first.is_truncated());
    let rest = audit.list_users().marker(first.marker().unwrap()).send().await.unwrap();
    let names: Vec<_> = first.users().iter().chain(rest.users()).map(User::user_name).collect();
    assert_eq!(names, ["admin", "audit", "deploy"]);
    assert!(!rest.is_truncated());
    assert_eq!(audit.list_account_aliases().send().await.unwrap().account_aliases(), ["acme-audit"]);
}

#[tokio::test]
async fn the_credential_report_is_made_first() {
    let town = Town::open().await;
    let audit = town.iam("audit");
    let early = audit.get_credential_report().send().await;
    assert!(early.unwrap_err().as_service_error().unwrap().is_credential_report_not_present_exception());
    let state =
        || async { audit.generate_credential_report().send().await.unwrap().state().unwrap().clone() };
    assert_eq!(state().await.as_str(), "STARTED");
    assert_eq!(state().await.as_str(), "COMPLETE");
    let report = audit.get_credential_report().send().await.unwrap();
    let text = String::from_utf8(report.content().unwrap().as_ref().to_vec()).unwrap();
    let mut table = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(table.headers().unwrap().len(), 22);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!((&rows[0][0], &rows[0][7]), ("<root_account>", "true"));
    let deploy = rows.iter().find(|row| &row[0] == "deploy").unwrap();
    assert_eq!(
        (&deploy[1], &deploy[8], &deploy[9], &deploy[10]),
        ("arn:aws:iam::111111111111:user/ci/deploy", "true", "2025-10-04T12:00:00+00:00", "N/A")
    );
}

#[tokio::test]
async fn inline_policies_are_put_read_and_removed() {
    let town = Town::open().await;
    let admin = town.iam("admin");
    let deny = inline("", "Deny", "*", "*").document;
    let put = |document: &str| {
        admin.put_user_policy().user_name("deploy").policy_name("stop").policy_document(document).send()
    };
    put(&deny).await.unwrap();
    let names = admin.list_user_policies().user_name("deploy").send().await.unwrap();
    assert_eq!(names.policy_names(), ["s3", "stop"]);
    let read = || admin.get_user_policy().user_name("deploy").policy_name("stop").send();
    let found = read().await.unwrap();
    assert_eq!(percent_decode_str(found.policy_document()).decode_utf8().unwrap(), deny);
    assert_eq!(code(put("{").await), "MalformedPolicyDocument");
    admin.delete_user_policy().user_name("deploy").policy_name("stop").send().await.unwrap();
    let gone = read().await.unwrap_err();
    assert_eq!(
        gone.into_service_error().to_string(),
        "NoSuchEntityException: The user policy with name stop cannot be found."
    );
}

#[tokio::test]
async fn absent_things_have_their_sentences() {
    let town = Town::open().await;
    let admin = town.iam("admin");
    assert_eq!(code(admin.get_role().role_name("nobody").send().await), "NoSuchEntity");
    assert_eq!(code(admin.get_user().user_name("nobody").send().await), "NoSuchEntity");
    assert_eq!(
        code(admin.get_policy().policy_arn("arn:aws:iam::111111111111:policy/none").send().await),
        "NoSuchEntity"
    );
    assert_eq!(code(admin.list_virtual_mfa_devices().send().await), "InvalidAction");
    let policy =
        admin.get_policy().policy_arn("arn:aws:iam::111111111111:policy/deploy-boundary").send().await;
    assert_eq!(policy.unwrap().policy().unwrap().default_version_id(), Some("v1"));
}

#[tokio::test]
async fn roles_and_providers_are_made_and_deleted_as_iam_does_it() {
    let town = Town::open().await;
    let admin = town.iam("admin");
    let url = "https://gitlab.acme.example";
    let provide = || admin.create_open_id_connect_provider().url(url).client_id_list("https://aws").send();
    let made = provide().await.unwrap();
    let provider = made.open_id_connect_provider_arn().unwrap().to_owned();
    assert_eq!(provider, "arn:aws:iam::111111111111:oidc-provider/gitlab.acme.example");
    assert_eq!(code(provide().await), "EntityAlreadyExists");
    let plain = admin.create_open_id_connect_provider().url("http://gitlab.acme.example").send().await;
    assert_eq!(code(plain), "InvalidInput");

    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":"sts:AssumeRoleWithWebIdentity",
        "Condition":{{"StringEquals":{{"gitlab.acme.example:sub":"project_path:acme/infra:ref_type:branch:ref:main"}}}}}}]}}"#
    );
    let create = |name: &str, trust: &str| {
        admin.create_role().role_name(name).assume_role_policy_document(trust).send()
    };
    let role = create("ci-jobs", &trust).await.unwrap();
    let role = role.role().unwrap();
    assert_eq!(role.arn(), "arn:aws:iam::111111111111:role/ci-jobs");
    assert!(role.role_id().starts_with("AROA") && role.role_id().len() == 21, "{}", role.role_id());
    assert_eq!(
        code(create("CI-jobs", &trust).await),
        "EntityAlreadyExists",
        "names differ in more than case"
    );
    assert_eq!(code(create("a b", &trust).await), "ValidationError");
    assert_eq!(code(create("other", "{}").await), "MalformedPolicyDocument");
    assert_eq!(
        code(
            town.iam("deploy").create_role().role_name("x").assume_role_policy_document(&trust).send().await
        ),
        "AccessDenied"
    );

    // It may do nothing yet, and what it is given must go before it does.
    let boundary = "arn:aws:iam::111111111111:policy/deploy-boundary";
    let attach = |policy: &str| admin.attach_role_policy().role_name("ci-jobs").policy_arn(policy).send();
    attach(boundary).await.unwrap();
    attach(boundary).await.unwrap();
    assert_eq!(code(attach("arn:aws:iam::111111111111:policy/none").await), "NoSuchEntity");
    let listed = admin.list_attached_role_policies().role_name("ci-jobs").send().await.unwrap();
    assert_eq!(listed.attached_policies().len(), 1, "twice is once");
    let document = inline("", "Allow", "s3:*", "*").document;
    admin
        .put_role_policy()
        .role_name("ci-jobs")
        .policy_name("own")
        .policy_document(document)
        .send()
        .await
        .unwrap();
    let delete = || admin.delete_role().role_name("ci-jobs").send();
    assert_eq!(code(delete().await), "DeleteConflict");
    admin.detach_role_policy().role_name("ci-jobs").policy_arn(boundary).send().await.unwrap();
    assert_eq!(
        code(admin.detach_role_policy().role_name("ci-jobs").policy_arn(boundary).send().await),
        "NoSuchEntity"
    );
    assert_eq!(code(delete().await), "DeleteConflict");
    admin.delete_role_policy().role_name("ci-jobs").policy_name("own").send().await.unwrap();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NoSuchEntity");
    let away = || admin.delete_open_id_connect_provider().open_id_connect_provider_arn(&provider).send();
    away().await.unwrap();
    assert_eq!(code(away().await), "NoSuchEntity");
}
