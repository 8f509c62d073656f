//! What the user has set: files, profile, language. It refuses to read a file itself; `config` did.

use super::Deps;
use crate::domain::doctor::finding::SettingsFinding;
use crate::domain::doctor::{Check, Name, Next, Trouble};
use crate::text::sanitize;

pub(super) fn checks(deps: &Deps) -> [Check; 2] {
    [config(deps), language(deps)]
}

fn config(deps: &Deps) -> Check {
    match &deps.loaded {
        Ok(config) => {
            let file = &config.paths.config;
            let project = config.files.iter().find(|path| path.ends_with(".lian.toml"));
            Check::ok(
                Name::Config,
                SettingsFinding::Read {
                    file: file.display().to_string(),
                    there: file.exists(),
                    project: project.map(|path| path.display().to_string()),
                    profile: config.target.profile.clone(),
                },
            )
        }
        Err(error) => {
            let reason = sanitize::line(&error.to_string());
            Check::fail(Name::Config, Trouble::Setup, SettingsFinding::Wrong { reason })
                .with_next(Next::MendConfig)
        }
    }
}

fn language(deps: &Deps) -> Check {
    let set = deps.loaded.as_ref().ok().and_then(|config| {
        let row = config.shown.iter().find(|row| row.key == "language")?;
        let auto = row.value.as_ref().and_then(toml::Value::as_str) == Some("auto");
        (row.value.is_some() && !auto).then(|| row.source.clone())
    });
    let variable = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| {
        let value = (deps.env)(name)?;
        Some(format!("{name}={}", sanitize::line(&value)))
    });
    let language = super::language(deps);
    Check::ok(Name::Language, SettingsFinding::Language { language, by: set.or(variable) })
}
