//! Waits, so that whoever still needs what was taken away can say so.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Back, Deed};
use crate::{
    act::{
        need::Right,
        note::Receipt,
        outside::Answer,
        request::Request,
        scene::{Scene, Sight},
        vault::Vault,
    },
    base::{text::long_age, time::Age},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Soak {
    pub seconds: i64,
}

/// Seconds in which a change has spread at AWS; nobody is heard in so short a time.
const SPREADS: i64 = 60;

#[async_trait]
impl Deed for Soak {
    fn about(&self) -> Option<String> {
        None
    }

    fn request(&self) -> Request {
        Request { service: "", operation: "wait".into(), place: String::new(), parameters: vec![] }
    }

    fn command(&self) -> String {
        format!("# {}", self.says())
    }

    fn says(&self) -> String {
        let time = long_age(Age::from_seconds(self.seconds));
        if self.seconds < SPREADS {
            return format!("waits {time}, until AWS knows of it everywhere");
        }
        format!("waits {time}, for whoever still needs it to be heard")
    }

    fn needs(&self) -> Vec<Right> {
        Vec::new()
    }

    fn way_back(&self, _: Option<&Receipt>) -> Back {
        Back::Nothing
    }

    fn is_wait(&self) -> bool {
        true
    }

    async fn look(&self, scene: &Scene<'_>, _: &mut Vault) -> Answer<Sight> {
        let until = scene.progress.since.plus(self.seconds);
        Ok(if scene.now >= until {
            Sight::After(Receipt::Waited)
        } else {
            Sight::Later { until, why: "soaking".to_owned() }
        })
    }
}
