//! What lies beside each other belongs together: a system id beside its `config.toml`, the Fargate driver's file where an entry names it.

use std::{collections::BTreeMap, sync::Arc};

use super::{Read, What};
use crate::model::runner_config::{FargateSettings, RunnerConfig};

/// A file that was read, and where it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub path: Arc<str>,
    pub read: Read,
}

/// The entries of all files, completed by what lies beside them.
pub fn assemble(files: Vec<File>) -> Vec<RunnerConfig> {
    let mut system_ids: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let mut drivers: Vec<(Arc<str>, FargateSettings)> = Vec::new();
    let mut configs: Vec<RunnerConfig> = Vec::new();
    for file in files {
        match file.read.what {
            What::SystemId(id) if !id.is_empty() => {
                system_ids.insert(folder(&file.path).to_owned(), id);
            }
            What::Fargate(driver) => drivers.push((file.path, driver)),
            What::Runners(found) => configs.extend(found),
            What::SystemId(_) | What::Other => {}
        }
    }
    for config in &mut configs {
        config.system_id = system_ids.get(folder(&config.file)).cloned();
        let Some(fargate) = &mut config.fargate else { continue };
        let named = fargate.file.clone().unwrap_or_default();
        if let Some(driver) = driver_of(&config.file, &named, &drivers) {
            *fargate = FargateSettings { file: fargate.file.take(), ..driver.clone() };
        }
    }
    configs
}

/// Where drivers' files may lie that entries name and that are not among the files: beside the entry's file first, since files are often
/// copies from another machine, then where the entry says.
pub fn missing(files: &[File]) -> Vec<String> {
    let have = |path: &str| files.iter().any(|file| &*file.path == path);
    let mut missing = Vec::new();
    for file in files {
        let What::Runners(configs) = &file.read.what else { continue };
        for named in configs.iter().filter_map(|config| config.fargate.as_ref()?.file.as_deref()) {
            let beside = beside(&file.path, named);
            if !have(&beside) && !have(named) {
                missing.extend([beside, named.to_owned()]);
            }
        }
    }
    missing.sort();
    missing.dedup();
    missing
}

/// The driver's file that an entry means: beside the entry's own, at the very path, or the only one of that name.
fn driver_of<'d>(
    config: &str,
    named: &str,
    drivers: &'d [(Arc<str>, FargateSettings)],
) -> Option<&'d FargateSettings> {
    let at = |wanted: &str| drivers.iter().find(|(path, _)| &**path == wanted).map(|(_, driver)| driver);
    let only = || {
        let mut same = drivers.iter().filter(|(path, _)| base(path) == base(named));
        same.next().filter(|_| same.next().is_none()).map(|(_, driver)| driver)
    };
    at(&beside(config, named)).or_else(|| at(named)).or_else(only)
}

fn beside(config: &str, named: &str) -> String {
    match folder(config) {
        "" => base(named).to_owned(),
        "/" => format!("/{}", base(named)),
        folder => format!("{folder}/{}", base(named)),
    }
}

fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => "",
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
