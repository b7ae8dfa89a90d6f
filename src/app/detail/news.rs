//! What a role was lately assumed with for the first time. Of a key its finding tells that.

use super::facts::Facts;
use crate::{
    app::show::{Span, Tone},
    base::text::{clean, long_age, short_age},
    model::{
        id::{Id, Kind},
        news::News,
    },
};

pub(super) fn tell(facts: &mut Facts<'_>, id: &Id) {
    if id.kind() != Kind::Role {
        return;
    }
    let world = facts.view.world;
    let news: Vec<&News> = world.linked.news(id).iter().filter(|news| news.is_fresh(world.now)).collect();
    let Some(since) = news.iter().map(|news| news.since).min() else { return };
    let known = format!("  in {} of use", long_age(since.age(world.now)));
    facts.heading(vec![Span::plain("NEW"), Span::new(known, Tone::Dim)]);
    for news in news {
        let ago = short_age(news.first.age(world.now));
        let text = format!("{} {}, first {ago} ago", news.sort.word(), clean(news.short()));
        facts.say(&text, Tone::Notice, 1);
    }
}
