//! Scenario files that are right, and ones whose mistakes must be named.

use super::*;

fn parse(text: &str) -> Scenario {
    Scenario::parse("faults.toml", text).unwrap()
}

fn error(text: &str) -> String {
    Scenario::parse("faults.toml", text).unwrap_err().to_string()
}

#[test]
fn rules_match_by_model_path_and_call() {
    let scenario = parse(
        r#"
[[rule]]
model = "qwen3-*"
call = "2-3"
status = 429

[[rule]]
path = "*/chat/completions"
every = 2
status = 500

[[rule]]
path = "*/models"
call = "2-"
status = 503
"#,
    );
    let chat = "/compatible-mode/v1/chat/completions";
    let status = |model: &str, path: &str| {
        scenario.pick(model, path).and_then(|rule| rule.refusal()).map(|refusal| refusal.status)
    };
    assert_eq!(status("qwen3-max", chat), None);
    // Both match; the first wins, and the second has counted this call too.
    assert_eq!(status("qwen3-max", chat), Some(429));
    assert_eq!(status("qwen3-max", chat), Some(429));
    assert_eq!(status("qwen3-max", chat), Some(500));
    assert_eq!(status("qwen-plus", chat), None);
    assert_eq!(status("qwen-plus", chat), Some(500));
    let models = "/compatible-mode/v1/models";
    assert_eq!(
        [status("", models), status("", models), status("", models)],
        [None, Some(503), Some(503)]
    );
}

#[test]
fn patterns() {
    for (pattern, text, fits) in [
        ("*", "", true),
        ("qwen-plus", "qwen-plus", true),
        ("qwen-plus", "qwen-plus-2025", false),
        ("qwen*plus", "qwen3.5-plus", true),
        ("*plus*", "qwen-plus-us", true),
        ("qw?n", "qwen", true),
        ("qw?n", "qwn", false),
        ("*a*b", "xxaxxbxxb", true),
        ("*a*b", "xxaxxbxxc", false),
    ] {
        assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
    }
}

#[test]
fn every_documented_code_has_its_status_and_text_and_can_be_changed() {
    for kind in refusal::ALL {
        let rule = parse(&format!("[[rule]]\ncode = {:?}\nretry_after = 7", kind.compat));
        let refusal = rule.pick("m", "p").unwrap().refusal().unwrap();
        assert_eq!((refusal.status, &*refusal.compat), (kind.status, kind.compat));
        assert_eq!(&*refusal.message, kind.message);
        assert_eq!(refusal.retry_after.as_deref(), Some("7"));
    }
    let rule = parse("[[rule]]\nstatus = 418\ncode = \"teapot\"\nmessage = \"short and stout\"");
    let refusal = rule.pick("m", "p").unwrap().refusal().unwrap();
    assert_eq!(
        (refusal.status, &*refusal.compat, &*refusal.message),
        (418, "teapot", "short and stout")
    );
}

#[test]
fn errors_name_the_line_and_the_choices() {
    let stray = error("[[rule]]\nstauts = 429\n");
    assert!(stray.starts_with("faults.toml, line 2: unknown field `stauts`"), "{stray}");
    assert!(stray.contains("`status`") && stray.contains("`garbage`"), "{stray}");

    let choice = error("[[rule]]\nmodel = \"x\"\ngarbage = \"htlm\"\n");
    assert!(choice.starts_with("faults.toml, line 3: unknown variant `htlm`"), "{choice}");
    assert!(choice.contains("`html`") && choice.contains("`bad_utf8`"), "{choice}");

    let code = error("[[rule]]\nstatus = 429\n\n[[rule]]\n# why\ncode = \"limit_request\"\n");
    assert!(
        code.starts_with("faults.toml, line 6: `limit_request` is not a documented code"),
        "{code}"
    );
    assert!(code.contains("`limit_requests`"), "{code}");

    for (text, line, word) in [
        ("[[rule]]\ncall = \"4-2\"", 2, "range"),
        ("[[rule]]\ncall = 0", 2, "range"),
        ("[[rule]]\ncall = true", 2, "range"),
        ("[[rule]]\nstatus = 200", 2, "400 to 599"),
        ("[[rule]]\nevery = 0", 2, "1 and above"),
        ("[[rule]]\ncut = \"gently\"", 2, "`reset`, `drop`, `clean`"),
        ("[[rule]]\nerror_event = \"boom\"", 2, "`data_inspection_failed`"),
        ("[[rule]]\nrate = -1.0", 2, "tokens a second"),
        ("[[rule]]\nslow_bytes_per_s = 0", 2, "stall_after_tokens"),
        ("[[rules]]\nstatus = 429", 1, "`rule`"),
        ("[[rule]\n", 1, ""),
    ] {
        let error = error(text);
        assert!(error.starts_with(&format!("faults.toml, line {line}: ")), "{text}: {error}");
        assert!(error.contains(word) && !error.contains('\n'), "{text}: {error}");
    }
}

#[test]
fn a_missing_file_is_a_sentence() {
    let error =
        Scenario::read(std::path::Path::new("/no/such/faults.toml")).unwrap_err().to_string();
    assert!(error.starts_with("cannot read the scenario /no/such/faults.toml:"), "{error}");
}

#[test]
fn fates_of_tasks_are_read_and_their_mistakes_named() {
    let rule = parse(
        "[[rule]]\ntask = \"vanishes\"\nlose = \"after\"\ntask_s = 2.5\npartly = 2\nusage = \"documented\"",
    );
    let rule = rule.pick("m", "p").unwrap();
    assert_eq!((rule.task, rule.lose), (Some(Fate::Vanishes), Some(Lost::After)));
    assert_eq!(
        (rule.task_s, rule.partly, rule.usage),
        (Some(2.5), Some(2), Some(UsageForm::Documented))
    );
    for (code, message) in [
        ("DataInspectionFailed", "Input data may contain inappropriate content."),
        ("Strange", "The task failed."),
    ] {
        let rule = parse(&format!("[[rule]]\ntask_code = {code:?}"));
        assert_eq!(
            rule.pick("m", "p").unwrap().task_failure(),
            (code.to_owned(), message.to_owned())
        );
    }
    for (text, line, word) in [
        ("[[rule]]\ntask = \"lost\"", 2, "`pending`, `running`, `vanishes`"),
        ("[[rule]]\nlose = true", 2, ""),
        ("[[rule]]\naccept_first = true", 2, "status or code"),
        ("[[rule]]\ntask_s = -1.0", 2, "0 or more"),
        ("[[rule]]\n\nurl_field = \"\"", 3, "no_url"),
        ("[[rule]]\nfile_name = \"\"", 2, "no_url"),
    ] {
        let error = error(text);
        assert!(error.starts_with(&format!("faults.toml, line {line}: ")), "{text}: {error}");
        assert!(error.contains(word) && !error.contains('\n'), "{text}: {error}");
    }
}

#[test]
fn asking_for_limits_is_no_call_of_a_rule_without_a_path() {
    let text = "[[rule]]\ncall = 2\nstatus = 500\n[[rule]]\npath = \"*/quotas\"\nstatus = 403";
    let scenario = Scenario::parse("f", text).unwrap();
    let pick = |path: &str| scenario.pick("", path).map(|rule| rule.status);
    assert_eq!(pick("/compatible-mode/v1/chat/completions"), None);
    assert_eq!(pick("/api/v1/quotas"), Some(Some(403)));
    assert_eq!(pick("/api/v1/models/limits"), None);
    assert_eq!(pick("/compatible-mode/v1/chat/completions"), Some(Some(500)));
}
