//! Counters under a clock that the test moves.

use axum::http::HeaderMap;

use super::*;

fn account(key: &str) -> Account {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {key}").parse().unwrap());
    Account::of(&headers)
}

fn rows(text: &str) -> Guards {
    Guards::new(Limits::parse("test", &format!("[[limit]]\nmodel = \"*\"\n{text}")).unwrap(), 1.0)
}

struct Clock {
    guards: Guards,
    now: Instant,
}

impl Clock {
    fn new(guards: Guards) -> Self {
        // Far enough from the start that an hour ago is a moment, too.
        Self { guards, now: Instant::now() + 100 * MINUTE }
    }

    fn call(&self) -> Result<(), String> {
        self.guards
            .admit(account("sk-a"), "qwen-plus", Surface::Native, self.now)
            .map_err(|refusal| refusal.native.to_string())
    }

    fn pass(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
    }
}

const RATE: &str = "Throttling.RateQuota";

#[test]
fn a_minute_slides() {
    let mut clock = Clock::new(rows("rpm = 3\ncalls = \"3/60\""));
    for _ in 0..3 {
        assert_eq!(clock.call(), Ok(()));
        clock.pass(10_000);
    }
    assert_eq!(clock.call(), Err(RATE.to_owned()));
    clock.pass(29_999);
    assert_eq!(clock.call(), Err(RATE.to_owned()), "what was refused did not count");
    clock.pass(1);
    assert_eq!(clock.call(), Ok(()));
    assert_eq!(clock.call(), Err(RATE.to_owned()));
}

#[test]
fn a_slice_is_enforced_within_the_minute() {
    let mut clock = Clock::new(rows("rpm = 300\ncalls = \"5/1\""));
    for _ in 0..5 {
        assert_eq!(clock.call(), Ok(()));
    }
    assert_eq!(clock.call(), Err(RATE.to_owned()));
    clock.pass(1000);
    assert_eq!(clock.call(), Ok(()));
    assert_eq!(slice(60, 10), Slice { most: 10, seconds: 10 });
    assert_eq!(slice(30_000, 10), Slice { most: 500, seconds: 1 });
    assert_eq!(slice(3, 10), Slice { most: 3, seconds: 60 });
    assert_eq!(slice(1_000_000, 100_000), Slice { most: 100_000, seconds: 6 });
}

#[test]
fn tokens_are_refused_once_they_are_spent() {
    let mut clock = Clock::new(rows("tpm = 1000"));
    assert_eq!(clock.call(), Ok(()));
    clock.guards.spend(account("sk-a"), "qwen-plus", 999, clock.now);
    assert_eq!(clock.call(), Ok(()));
    clock.guards.spend(account("sk-a"), "qwen-plus", 1, clock.now);
    assert_eq!(clock.call(), Err("Throttling.AllocationQuota".to_owned()));
    assert_eq!(
        Excess::Tokens.refusal(Surface::Native).message.as_ref(),
        "Allocated quota exceeded, please increase your quota limit."
    );
    assert_eq!(Excess::Tokens.refusal(Surface::Compat).compat.as_ref(), "insufficient_quota");
    clock.pass(60_000);
    assert_eq!(clock.call(), Ok(()));
}

#[test]
fn a_sudden_rise_is_a_burst_and_a_slow_one_is_not() {
    let clock = Clock::new(rows("rpm = 100000\ncalls = \"5000/1\""));
    for _ in 0..50 {
        assert_eq!(clock.call(), Ok(()));
    }
    assert_eq!(clock.call(), Err("Throttling.BurstRate".to_owned()));
    let mut clock = Clock::new(rows("rpm = 100000\ncalls = \"5000/1\""));
    // 40 a second for ten seconds, then 80.
    for _ in 0..400 {
        assert_eq!(clock.call(), Ok(()));
        clock.pass(25);
    }
    for _ in 0..80 {
        assert_eq!(clock.call(), Ok(()));
        clock.pass(12);
    }
}

#[test]
fn accounts_and_models_are_counted_apart_and_the_scale_shortens_spans() {
    let limits = Limits::parse("test", "[[limit]]\nmodel = \"qwen-plus\"\nrpm = 1").unwrap();
    let guards = Guards::new(limits, 60.0);
    let now = Instant::now() + MINUTE;
    let ask =
        |key: &str, model, now| guards.admit(account(key), model, Surface::Compat, now).is_ok();
    assert!(ask("sk-a", "qwen-plus", now));
    assert!(!ask("sk-a", "qwen-plus", now + Duration::from_millis(999)));
    assert!(ask("sk-a", "qwen-max", now) && ask("sk-a", "qwen-max", now));
    assert!(ask("sk-b", "qwen-plus", now));
    assert!(ask("sk-a", "qwen-plus", now + SECOND));
}

#[test]
fn doors_have_their_own_rates() {
    let guards = rows("rpm = 1");
    let now = Instant::now() + MINUTE;
    let knock = |door, of: &str, now| guards.knock(account("sk-a"), door, of, now);
    for (door, most) in
        [(Door::Query, 20), (Door::List, 20), (Door::Cancel, 20), (Door::Policy, 100)]
    {
        for _ in 0..most {
            assert!(knock(door, "", now).is_ok());
        }
        let refusal = knock(door, "", now).unwrap_err();
        assert_eq!((refusal.status, refusal.native.as_ref()), (429, RATE));
        assert_eq!(
            refusal.message.as_ref(),
            "Requests rate limit exceeded, please try again later."
        );
        assert!(knock(door, "", now + SECOND).is_ok());
    }
    assert!(knock(Door::Policy, "another model", now).is_ok());
    let off = Guards::new(Limits::Off, 1.0);
    assert!((0..1000).all(|_| off.knock(account("sk-a"), Door::Query, "", now).is_ok()));
    assert!(
        (0..1000).all(|_| off.admit(account("sk-a"), "qwen-plus", Surface::Compat, now).is_ok())
    );
    assert_eq!((off.width("wan2.5-t2v-plus"), off.width("wan2.2-i2v-plus")), (5, 2));
}
