//! Which region the key belongs to, found with a free call at the documented host of each. The key
//! is shown there only if it was refused where requests go or the user asks for it; it refuses any
//! host that is not the service's own.

use futures_util::future::join_all;
use tokio::time::timeout;

use super::{Deps, Elsewhere, Ready, key};
use crate::api::doctor::{Verdict, of_key, verdict};
use crate::api::error::host_port;
use crate::api::region::{Endpoint, elsewhere, is_official};
use crate::domain::doctor::finding::{KeyKind, ServiceFinding};
use crate::domain::doctor::{Check, Name, Next, Trouble};

/// `verdicts` are those of the surfaces where requests go.
pub(super) async fn check(deps: &Deps, ready: &Ready, verdicts: &[Verdict]) -> Check {
    let name = Name::Region;
    let here = verdicts.contains(&Verdict::Known);
    let region = ready.endpoint.region().map(|region| region.id.to_owned());
    if here && !deps.search {
        return Check::ok(name, ServiceFinding::RegionHere { region });
    }
    if !here && !verdicts.contains(&Verdict::Unknown) && !deps.search {
        // Nobody has said anything about the key.
        return Check::after(name, Name::Compat);
    }
    let Some(found) = &ready.key else { return Check::after(name, Name::Key) };
    if key::kind(found) == KeyKind::Plan {
        // Plans are sold in one region; no other place can know the key.
        return Check::after(name, Name::Plan);
    }
    let Some(places) = places(deps, &ready.endpoint) else {
        let origin = ready.endpoint.origin();
        return Check::skipped(name, ServiceFinding::RegionPrivate { origin });
    };
    let asked: Vec<String> = places.iter().map(|(_, place)| host_port(place.compat())).collect();
    let answers = join_all(places.iter().map(async |(_, place)| {
        let place = place.with_key(found.secret.clone(), found.source.clone());
        let look = ready.client.look(&place, of_key(&place));
        match timeout(deps.patience, look).await {
            Ok(Ok(looked)) => Some(verdict(&looked.answer)),
            Ok(Err(_)) | Err(_) => None,
        }
    }))
    .await;
    let with = |wanted: &[Option<Verdict>]| {
        let told = places.iter().zip(&asked).zip(&answers);
        let of = told.filter(|(_, answer)| wanted.contains(answer));
        of.map(|((place, host), _)| (place.0.clone(), host.clone())).collect::<Vec<_>>()
    };
    let regions: Vec<String> =
        with(&[Some(Verdict::Known)]).into_iter().map(|(region, _)| region).collect();
    let silent = with(&[None, Some(Verdict::Unclear)]).into_iter().map(|(_, host)| host).collect();
    match (regions.first().cloned(), here) {
        (None, true) => Check::ok(name, ServiceFinding::RegionHere { region }),
        (Some(_), true) => Check::ok(name, ServiceFinding::RegionFound { regions, here, asked }),
        (Some(first), false) => {
            let found = ServiceFinding::RegionFound { regions, here, asked };
            let profile = ready.profile.clone();
            Check::fail(name, Trouble::Key, found)
                .with_next(Next::UseRegion { region: first, profile })
        }
        (None, false) => {
            let found = ServiceFinding::RegionNowhere { asked, silent };
            Check::fail(name, Trouble::Key, found).with_next(Next::MakeKey)
        }
    }
}

/// Where else the key may be shown; `None` where it may go nowhere else.
fn places(deps: &Deps, endpoint: &Endpoint) -> Option<Vec<(String, Endpoint)>> {
    match &deps.elsewhere {
        Elsewhere::These(places) => Some(places.clone()),
        Elsewhere::Official => is_official(endpoint.compat()).then(|| {
            let places = elsewhere(endpoint).into_iter();
            places.map(|(region, place)| (region.to_owned(), place)).collect()
        }),
    }
}
