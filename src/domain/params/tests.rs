//! The rules as a table, and what may be typed.

use super::*;

const NEVER: Able = Able { thinking: Thinking::Never, search: Some(false), max_output: Some(100) };
const OFF: Able = able(Thinking::Optional { on: false });
const ON: Able = able(Thinking::Optional { on: true });
const ALWAYS: Able = able(Thinking::Always);
const UNKNOWN: Able = able(Thinking::Unknown);

const fn able(thinking: Thinking) -> Able {
    Able { thinking, search: None, max_output: None }
}

type Change = fn(&mut ChatParams);

#[test]
fn the_table_of_conflicts() {
    use Conflict::{
        BudgetWithoutThinking, JsonWithoutWord, NotTaken, OutOfRange, ThinkingAlways,
        ThinkingWithJson,
    };
    let table: &[(&str, Able, Change, bool, &[Conflict])] = &[
        ("nothing", NEVER, |_| {}, false, &[]),
        ("json, word", OFF, |p| p.json = true, true, &[]),
        ("json, no word", OFF, |p| p.json = true, false, &[JsonWithoutWord]),
        ("json, default thinking", ON, |p| p.json = true, true, &[ThinkingWithJson]),
        ("json, unknown model", UNKNOWN, |p| p.json = true, true, &[]),
        ("json, always thinking", ALWAYS, |p| p.json = true, false, &[NotTaken(Param::Json)]),
        ("json, thinking off", ON, |p| (p.json, p.thinking) = (true, Some(false)), true, &[]),
        (
            "json, thinking, no word",
            UNKNOWN,
            |p| (p.json, p.thinking) = (true, Some(true)),
            false,
            &[ThinkingWithJson, JsonWithoutWord],
        ),
        ("thinking", OFF, |p| p.thinking = Some(true), false, &[]),
        (
            "thinking, never",
            NEVER,
            |p| p.thinking = Some(true),
            false,
            &[NotTaken(Param::Thinking)],
        ),
        ("no thinking, never", NEVER, |p| p.thinking = Some(false), false, &[]),
        ("no thinking, always", ALWAYS, |p| p.thinking = Some(false), false, &[ThinkingAlways]),
        ("budget, off", OFF, |p| p.thinking_budget = Some(9), false, &[BudgetWithoutThinking]),
        ("budget, on", ON, |p| p.thinking_budget = Some(9), false, &[]),
        ("budget, always", ALWAYS, |p| p.thinking_budget = Some(9), false, &[]),
        ("budget, unknown", UNKNOWN, |p| p.thinking_budget = Some(9), false, &[]),
        (
            "budget, never",
            NEVER,
            |p| p.thinking_budget = Some(9),
            false,
            &[NotTaken(Param::ThinkingBudget)],
        ),
        (
            "budget 0",
            ON,
            |p| p.thinking_budget = Some(0),
            false,
            &[OutOfRange(Param::ThinkingBudget)],
        ),
        ("search, cannot", NEVER, |p| p.search = Some(true), false, &[NotTaken(Param::Search)]),
        ("search, unknown", OFF, |p| p.search = Some(true), false, &[]),
        (
            "temperature 2",
            OFF,
            |p| p.temperature = Some(2.0),
            false,
            &[OutOfRange(Param::Temperature)],
        ),
        ("temperature 0", OFF, |p| p.temperature = Some(0.0), false, &[]),
        ("top_p 0", OFF, |p| p.top_p = Some(0.0), false, &[OutOfRange(Param::TopP)]),
        ("top_p 1", OFF, |p| p.top_p = Some(1.0), false, &[]),
        ("top_p nan", OFF, |p| p.top_p = Some(f64::NAN), false, &[OutOfRange(Param::TopP)]),
        ("too much", NEVER, |p| p.max_tokens = Some(101), false, &[OutOfRange(Param::MaxTokens)]),
        ("a lot, unknown", UNKNOWN, |p| p.max_tokens = Some(u32::MAX), false, &[]),
        (
            "penalties",
            OFF,
            |p| (p.presence_penalty, p.repetition_penalty) = (Some(-2.1), Some(0.0)),
            false,
            &[OutOfRange(Param::PresencePenalty), OutOfRange(Param::RepetitionPenalty)],
        ),
        ("seed", OFF, |p| p.seed = Some(1 << 40), false, &[OutOfRange(Param::Seed)]),
    ];
    for (name, able, change, says, expected) in table {
        let mut params = ChatParams::default();
        change(&mut params);
        assert_eq!(conflicts(&params, able, || *says), *expected, "{name}");
    }
}

/// Whatever stands in the way, the first way out of each conflict leads to a request without one.
#[test]
fn every_first_way_leads_out() {
    let mut params = ChatParams {
        thinking: Some(true),
        thinking_budget: Some(0),
        search: Some(true),
        temperature: Some(3.0),
        json: true,
        ..ChatParams::default()
    };
    for able in [NEVER, OFF, ON, ALWAYS, UNKNOWN] {
        let mut says = false;
        for _ in 0..10 {
            let found = conflicts(&params, &able, || says);
            let Some(first) = found.first() else { break };
            let way = first.ways()[0];
            assert_eq!(first.ways().last(), Some(&Way::AsItIs));
            says |= way == Way::AddWord;
            way.apply(&mut params);
        }
        assert_eq!(conflicts(&params, &able, || says), []);
    }
}

#[test]
fn what_is_set_is_got() {
    let mut params = ChatParams::default();
    assert_eq!(params.set_ones().count(), 0);
    for (param, value) in [
        (Param::Thinking, Value::Flag(false)),
        (Param::ThinkingBudget, Value::Whole(4096)),
        (Param::Search, Value::Flag(true)),
        (Param::Json, Value::Flag(true)),
        (Param::Temperature, Value::Real(0.7)),
        (Param::TopP, Value::Real(0.9)),
        (Param::TopK, Value::Whole(20)),
        (Param::MaxTokens, Value::Whole(100)),
        (Param::Seed, Value::Whole(7)),
        (Param::Stop, Value::Texts(vec!["END".into()])),
        (Param::PresencePenalty, Value::Real(-1.0)),
        (Param::RepetitionPenalty, Value::Real(1.1)),
        (Param::Extra, Value::Text("{}".into())),
    ] {
        params.set(param, Some(value.clone()));
        assert_eq!(params.get(param), Some(value), "{param:?}");
    }
    assert_eq!(params.set_ones().count(), 13);
    for param in Param::ALL {
        params.set(param, None);
    }
    assert_eq!(params, ChatParams::default());
}

#[test]
fn what_is_typed_is_read_or_refused() {
    let object = |text: &str| if text == "{}" { Ok(()) } else { Err(Fault::NotObject) };
    let read = |param: Param, typed: &str| param.kind(&NEVER).read(typed, object);
    let real = |n| Ok(Some(Value::Real(n)));
    let whole = |n| Ok(Some(Value::Whole(n)));
    assert_eq!(read(Param::Temperature, " 0.7 "), real(0.7));
    assert_eq!(read(Param::Temperature, "0"), real(0.0));
    assert_eq!(read(Param::Temperature, "2"), Err(Fault::Range));
    assert_eq!(read(Param::Temperature, "-0.1"), Err(Fault::Range));
    assert_eq!(read(Param::Temperature, "warm"), Err(Fault::NotNumber));
    assert_eq!(read(Param::Temperature, "inf"), Err(Fault::NotNumber));
    assert_eq!(read(Param::Temperature, ""), Ok(None));
    assert_eq!(read(Param::TopP, "0"), Err(Fault::Range));
    assert_eq!(read(Param::MaxTokens, "1_0"), whole(10));
    assert_eq!(read(Param::MaxTokens, "101"), Err(Fault::Range));
    assert_eq!(read(Param::MaxTokens, "-1"), Err(Fault::Range));
    assert_eq!(read(Param::MaxTokens, "1.5"), Err(Fault::NotWhole));
    assert_eq!(read(Param::Seed, "99999999999999999999999"), Err(Fault::Range));
    let stops = vec!["END".to_owned(), " 。".to_owned()];
    assert_eq!(read(Param::Stop, "END\n\n 。\n"), Ok(Some(Value::Texts(stops))));
    assert_eq!(read(Param::System, "be short\n\n"), Ok(Some(Value::Text("be short".into()))));
    assert_eq!(read(Param::Extra, " {} "), Ok(Some(Value::Text("{}".into()))));
    assert_eq!(read(Param::Extra, "[]"), Err(Fault::NotObject));
}

#[test]
fn the_word_is_found_however_it_is_written() {
    assert!(says_json("as JSON please") && says_json("用Json回答") && says_json("json"));
    assert!(!says_json("as j-son") && !says_json("jso") && !says_json(""));
}
