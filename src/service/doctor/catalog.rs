//! The model of new conversations and the age of the catalog. It refuses the network: the list of
//! models was asked for already.

use std::sync::Arc;

use super::{Deps, Ready};
use crate::catalog::Catalog;
use crate::config::models::{Fault, catalog};
use crate::config::paths::Paths;
use crate::domain::day::Day;
use crate::domain::doctor::finding::ModelFinding;
use crate::domain::doctor::{Check, Name, Next};
use crate::domain::models::{ModelId, Purpose};
use crate::service::models::notice;

/// Figures older than this have likely changed, in days.
const OLD: i64 = 183;
/// A model that ends sooner is worth a word, in days.
const SOON: i64 = 30;

/// The catalog in force, and what counts for nothing.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) catalog: Arc<Catalog>,
    own: bool,
    faults: Vec<Fault>,
}

/// Reads it; slow.
pub(super) fn load(paths: Option<&Paths>) -> Rows {
    let (mine, faults) = paths.map_or((None, Vec::new()), |paths| catalog(&paths.config));
    let own = mine.is_some();
    Rows { catalog: mine.map_or_else(Catalog::embedded, Arc::new), own, faults }
}

pub(super) fn checks(
    deps: &Deps,
    ready: &Ready,
    rows: &Rows,
    listed: Option<&[String]>,
) -> [Check; 2] {
    let today = Day::of((deps.now)());
    let region = ready.endpoint.region().map(|region| region.id);
    [model(&rows.catalog, &ready.model, region, listed, today), age(rows, today)]
}

fn model(
    catalog: &Catalog,
    id: &ModelId,
    region: Option<&str>,
    listed: Option<&[String]>,
    today: Day,
) -> Check {
    let name = Name::Model;
    let model = id.as_str().to_owned();
    let Some(row) = catalog.model_row(id) else {
        if listed.is_some_and(|ids| ids.contains(&model)) {
            return Check::ok(name, ModelFinding::Listed { model });
        }
        let near = catalog.near(&model);
        return Check::warn(name, ModelFinding::Unlisted { model }).with_next(if near.is_empty() {
            Next::FindModel
        } else {
            Next::TakeModel { near }
        });
    };
    let purpose = row.purpose();
    if purpose != Purpose::Chat {
        return Check::warn(name, ModelFinding::NotForChat { model, purpose })
            .with_next(Next::FindModel);
    }
    let ends = row.retires.as_ref().and_then(|day| Some((day, today.until(Day::parse(day)?))));
    let instead = || {
        let near = catalog.near(id.as_str());
        if near.is_empty() { Next::FindModel } else { Next::TakeModel { near } }
    };
    if let Some((day, days)) = ends
        && days < 0
    {
        return Check::warn(name, ModelFinding::Ended { model, day: day.clone() })
            .with_next(instead());
    }
    if let Some(region) = region
        && !row.regions.is_empty()
        && !row.regions.iter().any(|known| known == region)
    {
        let regions = row.regions.clone();
        return Check::warn(name, ModelFinding::NotHere { model, regions })
            .with_next(Next::FindModel);
    }
    let soon = ends.is_some_and(|(_, days)| days <= SOON);
    let ends = ends.map(|(day, days)| (day.clone(), days));
    let found = ModelFinding::Known { model, ends };
    if soon { Check::warn(name, found).with_next(instead()) } else { Check::ok(name, found) }
}

fn age(rows: &Rows, today: Day) -> Check {
    let name = Name::Catalog;
    if let Some(notice) = notice(&rows.faults) {
        return Check::warn(name, notice);
    }
    let dated = rows.catalog.model_rows().iter();
    let newest = dated.filter_map(|row| Some((Day::parse(&row.as_of)?, &row.as_of))).max();
    let Some((day, as_of)) = newest else {
        return Check::after(name, Name::Config);
    };
    let (days, own) = (day.until(today).max(0), rows.own);
    let found = ModelFinding::Catalog { as_of: as_of.clone(), days, own };
    if days > OLD {
        Check::warn(name, found).with_next(Next::RenewCatalog)
    } else {
        Check::ok(name, found)
    }
}
