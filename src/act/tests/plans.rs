//! Plans as data: what they say, what they refuse, and that they come back from a file as they were.

use super::*;

#[test]
fn a_rotation_says_every_call_and_who_is_affected() {
    let world = World::new(2, 1, true);
    let plan = world.plan("rotate-key", OLD).unwrap();
    assert_eq!(plan.title, format!("Rotate {OLD} of deploy"));
    let operations: Vec<String> = plan.steps.iter().map(|step| step.request().operation).collect();
    let variable = |project: u64, key: &str| format!("PUT projects/{project}/variables/{key}");
    assert_eq!(
        operations,
        [
            "CreateAccessKey",
            "GetCallerIdentity",
            "PUT groups/9/variables/AWS_CREDENTIALS",
            &variable(1, "AWS_SECRET_ACCESS_KEY"),
            &variable(1, "AWS_ACCESS_KEY_ID"),
            &variable(2, "AWS_SECRET_ACCESS_KEY"),
            &variable(2, "AWS_ACCESS_KEY_ID"),
            "GetAccessKeyLastUsed",
            "UpdateAccessKey",
            "wait",
            "DeleteAccessKey",
        ]
    );
    assert_eq!(plan.consumers.carriers.len(), 3);
    // Twenty seconds of rest prove nothing.
    assert!(
        plan.blocks.len() == 1 && plan.blocks[0].says.contains("quarter of an hour"),
        "{:?}",
        plan.blocks
    );
    assert_eq!(plan.confirm.as_deref(), Some("deploy"));
    let needs: Vec<String> = plan.needs.iter().map(ToString::to_string).collect();
    assert!(needs.iter().any(|need| need.starts_with("iam:CreateAccessKey")), "{:?}", plan.needs);
    assert!(needs.iter().any(|need| need.contains("Owner of group 9")), "{:?}", plan.needs);
    let text = markdown(&plan);
    for part in ["## Steps", "11. ", "AKIARZPUZDIKNSFRP6LN", "cannot be undone", "## Who uses it"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let text = commands(&plan);
    assert!(text.contains("aws iam create-access-key --user-name deploy"), "{text}");
    assert!(text.contains("'projects/1/variables/AWS_ACCESS_KEY_ID?filter[environment_scope]=*'"), "{text}");
    assert!(!text.contains(OLD_SECRET));
}

#[test]
fn a_plan_comes_back_from_its_file() {
    let world = World::new(2, 1, true);
    for action in ["rotate-key", "deactivate-key"] {
        let plan = world.plan(action, OLD).unwrap();
        let json = serde_json::to_string_pretty(&plan).unwrap();
        assert!(!json.contains(OLD_SECRET));
        assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
    }
}

#[test]
fn what_does_not_apply_says_why() {
    let world = World::new(1, 0, false);
    let why = |action: &str, target: &str| world.plan(action, target).unwrap_err().to_string();
    assert!(why("rotate-key", "AKIARZPUZDIKSTRANGER").contains("no account"));
    assert!(why("reactivate-key", OLD).contains("not inactive"));
    assert!(why("delete-key", OLD).contains("deactivate it first"));
    let bare = World::new(0, 0, false);
    assert!(bare.plan("rotate-key", OLD).unwrap_err().to_string().contains("no place to write"));
    {
        let mut state = world.state();
        let other = state.keys[OLD].clone();
        state.keys.insert("AKIARZPUZDIKSECONDXX".into(), Key { is_active: false, ..other });
    }
    let full = why("rotate-key", OLD);
    assert!(full.contains("two access keys") && full.contains("AKIARZPUZDIKSECONDXX"), "{full}");
    let id = Id::user(&user());
    let estate = world.estate();
    let linked = join::link(&estate, &Policies::of(&estate));
    let ground = Ground { estate: &estate, linked: &linked, now: world.now() };
    let why = ACTIONS[0].plan(&ground, &id, &Wishes::default()).unwrap_err();
    assert!(why.to_string().contains("acts on a key"), "{why}");
}

#[test]
fn what_jobs_need_speaks_against_taking_it_away() {
    let world = World::new(2, 0, false);
    let mut plan = world.plan("deactivate-key", OLD).unwrap();
    assert!(plan.open_blocks().any(|block| block.says.contains("2 projects")), "{:?}", plan.blocks);
    plan.accept("it leaked");
    assert_eq!(plan.open_blocks().count(), 0);
    assert!(markdown(&plan).contains("accepted: it leaked"));
}
