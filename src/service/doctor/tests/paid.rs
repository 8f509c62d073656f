//! Real requests: priced, counted, stopped by the budget.

use super::*;

/// Makes the real requests.
async fn run(probe: Probe) -> Vec<Check> {
    let (out, mut checks) = mpsc::channel(2);
    tokio::time::timeout(CAP * 2, probe.run(&out)).await.expect("no wait without an end");
    drop(out);
    let mut all = Vec::new();
    while let Some(check) = checks.recv().await {
        all.push(check);
    }
    all
}

#[tokio::test]
async fn real_requests_are_priced_small_and_counted() {
    let place = Place::good().await;
    let home = Home::new();
    let (_, probe) = probing(home.deps(Some(place.origin()))).await;
    let probe = probe.expect("the key is good");
    assert_eq!((probe.model().as_str(), probe.times()), ("qwen-flash", 2));
    let price = probe.price().expect("a price").amount;
    assert!(price > rust_decimal::Decimal::ZERO && price < "0.0001".parse().expect("an amount"));
    assert_eq!(place.heard().len(), 3, "nothing was sent yet");
    let checks = run(probe).await;
    let names: Vec<Name> = checks.iter().map(|check| check.name).collect();
    assert_eq!(names, [Name::ProbeCompat, Name::ProbeNative]);
    let mut paid = rust_decimal::Decimal::ZERO;
    for check in &checks {
        let Finding::Probe(ProbeFinding::Answered { model, cost: Some(cost), .. }) = &check.finding
        else {
            panic!("{check:?}")
        };
        assert_eq!(model, "qwen-flash");
        paid += cost.amount;
    }
    let heard = place.heard().split_off(3);
    assert!(heard[0].starts_with("POST /compatible-mode/v1/chat/completions "), "{}", heard[0]);
    assert!(heard[1].starts_with("POST /api/v1/services/aigc/text-generation/generation "));
    assert!(heard.iter().all(|request| request.contains("\"max_tokens\":1")), "{heard:?}");
    // Both are in the ledger, with what they really cost.
    let store = store::spawn(
        store::Deps { dir: home.path(".local/share/lian"), now: probe::wall_ms },
        mpsc::channel(1).0,
    );
    let ledger = crate::service::ledger::Ledger::new(store.desk());
    let currency = crate::domain::money::Currency::Cny;
    let spent = ledger.standing("default".to_owned(), currency).await.expect("it is read");
    assert_eq!(spent.day, paid, "{spent:?}");
}

#[tokio::test]
async fn the_budget_stops_real_requests_before_they_are_sent() {
    let place = Place::good().await;
    let home = Home::new();
    let budget = "[profiles.default.budget]\nday = \"0.000000001\"\n";
    home.write(".config/lian/config.toml", budget, 0o600);
    let (_, probe) = probing(home.deps(Some(place.origin()))).await;
    let checks = run(probe.expect("the key is good")).await;
    for check in &checks {
        let over = matches!(check.finding, Finding::Probe(ProbeFinding::OverBudget { .. }));
        assert!(over && check.outcome == Outcome::Warn, "{check:?}");
    }
    assert_eq!(place.heard().len(), 3, "nothing that costs was sent");
}

#[tokio::test]
async fn without_a_good_key_there_are_no_real_requests() {
    let place = Place::refusing().await;
    let (_, probe) = probing(Home::new().deps(Some(place.origin()))).await;
    assert!(probe.is_none());
}
