//! The user's own rows of the catalog: `models.toml`, `prices.toml`, `limits.toml`, `voices.toml`,
//! `jobs.toml` and `embeddings.toml` beside the configuration file, or in `catalog/` there. A file
//! with a fault counts for nothing, and the rows it would have replaced stay.
#![expect(clippy::disallowed_methods, reason = "the room that reads configuration files")]

use std::io;
use std::path::Path;

use super::edit::{self, EditError};
use super::file::File;
use crate::catalog::{Catalog, CatalogError};

/// A file that counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// File and line.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

/// Reads the files of one kind into the catalog.
type Take = fn(&mut Catalog, &str, &str) -> Result<(), CatalogError>;

/// The files, and who reads them. Families and models come before what speaks of them.
const FILES: [(&str, Take); 6] = [
    ("models.toml", Catalog::override_models),
    ("prices.toml", Catalog::override_prices),
    ("limits.toml", Catalog::override_limits),
    ("voices.toml", Catalog::override_voices),
    ("jobs.toml", Catalog::override_jobs),
    ("embeddings.toml", Catalog::override_embeddings),
];

/// The catalog with the user's rows, if there are any, and what was wrong with their files.
/// `config` is the configuration file.
#[must_use]
pub fn catalog(config: &Path) -> (Option<Catalog>, Vec<Fault>) {
    let dir = config.parent().unwrap_or(Path::new(""));
    let mut mine: Option<Catalog> = None;
    let mut faults = Vec::new();
    for (name, take) in FILES {
        for path in [dir.join("catalog").join(name), dir.join(name)] {
            let shown = path.display().to_string();
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if is_absent(&error) => continue,
                Err(error) => {
                    faults.push(Fault { place: shown, reason: error.to_string() });
                    continue;
                }
            };
            let catalog = mine.get_or_insert_with(|| (*Catalog::embedded()).clone());
            if let Err(error) = take(catalog, &shown, &text) {
                faults.push(Fault { place: error.place(), reason: error.reason() });
            }
        }
    }
    (mine, faults)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Writes the model that new conversations begin with: where the profile names one, there, for
/// that is what counts; else for all profiles.
pub fn keep_model(config: &Path, profile: &str, model: &str) -> Result<bool, EditError> {
    let text = std::fs::read_to_string(config).unwrap_or_default();
    let file = File::parse(&text, &config.display().to_string())?;
    let own = file.get(&["profiles", profile, "model"]).is_some();
    if own {
        return edit::set(config, &["profiles", profile, "model"], model);
    }
    edit::set(config, &["chat", "model"], model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::models::ModelId;
    use crate::domain::settings::Figures;

    const MODEL: &str = "models = [ { id = \"mine\", family = \"f\", surfaces = \"compat\", modality = \"text->text\", source = \"me\", as_of = \"2027-01\" } ]";

    fn rpm(catalog: &Catalog) -> Option<u64> {
        catalog.limits(Figures::Documented, &ModelId::new("qwen-plus")).unwrap().row.rpm
    }

    #[test]
    fn without_files_nothing_is_other() {
        let dir = tempfile::tempdir().unwrap();
        let (catalog, faults) = catalog(&dir.path().join("config.toml"));
        assert!(catalog.is_none() && faults.is_empty());
    }

    #[test]
    fn files_in_both_places_count_and_those_beside_the_configuration_last() {
        let dir = tempfile::tempdir().unwrap();
        let limit = |rpm: u64| {
            format!(
                "documented = [ {{ model = \"qwen-plus\", rpm = {rpm}, source = \"me\", as_of = \"2027-01\" }} ]"
            )
        };
        std::fs::create_dir(dir.path().join("catalog")).unwrap();
        std::fs::write(dir.path().join("catalog/limits.toml"), limit(7)).unwrap();
        std::fs::write(dir.path().join("models.toml"), MODEL).unwrap();
        let config = dir.path().join("config.toml");
        let (found, faults) = catalog(&config);
        let found = found.unwrap();
        assert_eq!((rpm(&found), faults), (Some(7), vec![]));
        assert!(found.model(&ModelId::new("mine")).is_some());
        std::fs::write(dir.path().join("limits.toml"), limit(8)).unwrap();
        assert_eq!(rpm(&catalog(&config).0.unwrap()), Some(8));
    }

    #[test]
    fn voices_of_the_user_s_own_count_too() {
        let dir = tempfile::tempdir().unwrap();
        let row = "models = [ { model = \"mine\", voices = [\"Me\"], default = \"Me\", source = \"me\", as_of = \"2027-01\" } ]";
        std::fs::write(dir.path().join("voices.toml"), row).unwrap();
        let (found, faults) = catalog(&dir.path().join("config.toml"));
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(found.unwrap().voices(&ModelId::new("mine"))[0].id, "Me");
    }

    #[test]
    fn a_broken_file_is_named_with_its_line_and_the_others_count() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("models.toml"), MODEL).unwrap();
        std::fs::write(dir.path().join("limits.toml"), "# mine\n\ndocumented = [ 1 ]\n").unwrap();
        std::fs::create_dir(dir.path().join("prices.toml")).unwrap();
        let (found, faults) = catalog(&dir.path().join("config.toml"));
        let found = found.unwrap();
        assert!(found.model(&ModelId::new("mine")).is_some());
        assert_eq!(rpm(&found), Some(30_000), "the shipped rows stay");
        let places: Vec<_> = faults.iter().map(|fault| fault.place.as_str()).collect();
        let at = |name: &str| dir.path().join(name).display().to_string();
        assert_eq!(places, [at("prices.toml"), at("limits.toml") + ":3"]);
        assert!(!faults[1].reason.is_empty());
    }

    #[test]
    fn the_default_is_written_where_it_counts() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config.toml");
        keep_model(&config, "default", "qwen-max").unwrap();
        let text = || std::fs::read_to_string(&config).unwrap();
        assert_eq!(text(), "[chat]\nmodel = \"qwen-max\"\n");
        std::fs::write(&config, "[profiles.work]\nmodel = \"a\" # mine\n").unwrap();
        keep_model(&config, "work", "b").unwrap();
        assert_eq!(text(), "[profiles.work]\nmodel = \"b\" # mine\n");
        keep_model(&config, "other", "c").unwrap();
        assert!(text().ends_with("[chat]\nmodel = \"c\"\n"), "{}", text());
    }
}
