//! Pages: by keyset, by offset, and where each of them ends.

use serde_json::Value;

use super::{Bench, project};
use crate::demo::{gitlab::PER_MINUTE, world::GitLab};

fn many(number: u64) -> GitLab {
    let mut gitlab = super::company();
    gitlab.projects = (1..=number).map(|id| (id, project(id, 5, &format!("acme/p{id}")))).collect();
    gitlab
}

fn ids(page: &Value) -> Vec<u64> {
    page.as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn keyset_paging_ends_with_the_missing_link() {
    let bench = Bench::of(many(25), PER_MINUTE).await;
    let cases = [("asc", (1..=25).collect::<Vec<u64>>()), ("desc", (1..=25).rev().collect())];
    for (sort, wanted) in cases {
        let mut url =
            Some(format!("/projects?pagination=keyset&order_by=id&sort={sort}&per_page=10&membership=true"));
        let mut seen = Vec::new();
        let mut pages = 0;
        while let Some(address) = url {
            let told = bench.get(&address).await;
            assert!(told.header("x-total").is_none());
            seen.extend(ids(&told.json()));
            url = told.next();
            pages += 1;
            if let Some(next) = &url {
                assert!(next.starts_with(&format!("{}/api/v4/projects?", bench.url)), "{next}");
                assert!(next.contains("membership=true") && next.contains("pagination=keyset"), "{next}");
            }
        }
        assert_eq!((seen, pages), (wanted, 3));
    }
    let told = bench.get("/projects?pagination=keyset&order_by=name").await;
    assert_eq!(told.status, 405);
    let told = bench.get("/projects?pagination=keyset&order_by=id&sort=asc&id_after=20").await;
    assert_eq!((ids(&told.json()), told.next()), (vec![21, 22, 23, 24, 25], None));
}

#[tokio::test]
async fn offset_paging_has_its_headers() {
    let bench = Bench::of(many(25), PER_MINUTE).await;
    let told = bench.get("/projects?order_by=id&sort=asc&page=2&per_page=10").await;
    assert_eq!(ids(&told.json()), (11..=20).collect::<Vec<u64>>());
    for (name, value) in [
        ("x-page", "2"),
        ("x-per-page", "10"),
        ("x-prev-page", "1"),
        ("x-next-page", "3"),
        ("x-total", "25"),
        ("x-total-pages", "3"),
    ] {
        assert_eq!(told.header(name), Some(value), "{name}");
    }
    assert!(told.header("link").unwrap().contains("rel=\"last\""));
    let last = bench.get(&told.next().unwrap()).await;
    assert_eq!((ids(&last.json()).len(), last.header("x-next-page"), last.next()), (5, Some(""), None));
    assert_eq!(bench.get("/projects?per_page=500").await.header("x-per-page"), Some("100"));
    assert_eq!(bench.get("/projects?per_page=0").await.status, 400);
}

#[tokio::test]
async fn far_and_many_are_bounded() {
    let bench = Bench::of(many(10_001), PER_MINUTE).await;
    let told = bench.get("/projects?per_page=100&simple=true").await;
    assert_eq!((told.header("x-total"), told.header("x-next-page")), (None, Some("2")));
    assert!(!told.header("link").unwrap().contains("rel=\"last\""));
    assert_eq!(bench.get("/projects?per_page=100&page=501").await.status, 200);
    let told = bench.get("/projects?per_page=100&page=502").await;
    assert_eq!(told.status, 405);
    assert!(told.json()["error"].as_str().unwrap().contains("maximum allowed offset of 50000"));
}

#[tokio::test]
async fn jobs_page_by_cursor_newest_first() {
    let bench = Bench::open().await;
    for path in ["/projects/42/jobs", "/runners/3/jobs"] {
        let first = bench.get(&format!("{path}?pagination=keyset&per_page=4")).await;
        let second = bench.get(&first.next().unwrap()).await;
        let mut seen = ids(&first.json());
        seen.extend(ids(&second.json()));
        let newest = if path.starts_with("/projects") { 106 } else { 105 };
        assert_eq!(seen, (101..=newest).rev().collect::<Vec<u64>>(), "{path}");
        assert_eq!(second.next(), None);
    }
    let failed = bench.get("/projects/42/jobs?scope[]=failed&scope[]=running").await.json();
    assert_eq!(ids(&failed), [105, 103, 101]);
    let told = bench.get("/runners/3/jobs?per_page=2&page=2&order_by=id").await;
    assert_eq!((ids(&told.json()), told.header("x-total")), (vec![103, 102], Some("5")));
}

#[tokio::test]
async fn a_job_that_is_picked_up_later_joins_its_runner() {
    let bench = Bench::open().await;
    assert_eq!(ids(&bench.get("/runners/1/jobs").await.json()), [0_u64; 0]);
    {
        let mut world = bench.world.write().unwrap();
        let jobs = &mut world.gitlab.jobs;
        jobs.get_mut(&106).unwrap().runner = Some(1);
        jobs.insert(107, super::job(107, 44, Some(1)));
        jobs.get_mut(&107).unwrap().status = "running";
    }
    assert_eq!(ids(&bench.get("/runners/1/jobs").await.json()), [107, 106]);
    assert_eq!(bench.get("/runners/1").await.json()["job_execution_status"], "active");
    bench.world.write().unwrap().gitlab.jobs.remove(&107);
    assert_eq!(ids(&bench.get("/runners/1/jobs").await.json()), [106]);
}
