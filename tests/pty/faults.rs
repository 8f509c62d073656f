//! Whatever goes wrong is one clear sentence with the next step, the program goes on, and a second
//! question works where that is possible.

use crate::harness::fake::Fake;
use crate::harness::term::Term;
use crate::harness::world::{Home, Sim, Start};

/// Asks once, waits for each of the sentences, and once more: what was wrong the first time only
/// must then work. Ends well.
fn expect(mut term: Term, sentences: &[&str], second: Option<&str>) {
    term.ask("first question");
    for sentence in sentences {
        term.wait_for(sentence);
    }
    term.wait_for_end();
    term.keys("second question");
    term.wait_for("second question");
    term.keys("\r");
    term.wait_for("Ask something");
    if let Some(answer) = second {
        term.wait_for(answer);
    }
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}

/// The first request goes wrong as `rule` says, the next ones are answered.
fn once(rule: &str, sentences: &[&str]) {
    once_with("", rule, sentences);
}

fn once_with(config: &str, rule: &str, sentences: &[&str]) {
    let home = Home::new();
    if !config.is_empty() {
        home.configure(config);
    }
    let rate = if rule.contains("rate =") { "" } else { "rate = 0" };
    let sim = Sim::with(&format!(
        "[[rule]]\ncall = 1\n{rate}\n{rule}\n[[rule]]\nrate = 0\nanswer = \"all is well\""
    ));
    expect(Start::new(&home, &sim).size(100, 40).ready(), sentences, Some("all is well"));
}

#[test]
fn a_wrong_key() {
    let (home, sim) = (Home::new(), Sim::saying("never"));
    let term = Start::new(&home, &sim).env("DASHSCOPE_API_KEY", "sk-wrong").ready();
    let told = format!("{} does not accept the key from DASHSCOPE_API_KEY.", sim.origin());
    expect(term, &[&told, "Check the key; keys work only in their own region"], Some(&told));
}

#[test]
fn no_key() {
    let (home, sim) = (Home::new(), Sim::saying("never"));
    let term = Start::bare(&home).without("DASHSCOPE_API_KEY").ready();
    let told = "There is no API key for https://dashscope.aliyuncs.com";
    expect(term, &[told, "Set DASHSCOPE_API_KEY, or try `lian --demo`"], Some(told));
    assert!(sim.seen().is_empty());
}

#[test]
fn an_unknown_model() {
    let (home, sim) = (Home::new(), Sim::saying("never"));
    let term = Start::new(&home, &sim).args(&["-m", "qwen-plsu"]).ready();
    let told = "There is no model qwen-plsu at this address.";
    expect(term, &[told, "Did you mean qwen-plus"], Some(told));
}

#[test]
fn a_refused_connection() {
    let home = Home::new();
    // A port that was free a moment ago and that nobody listens on.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let term = Start::at(&home, &format!("http://{address}")).ready();
    let told = format!("Nothing answers at {address}.");
    expect(term, &[&told, "check the port in --base-url"], Some(&told));
}

#[test]
fn a_name_that_nobody_knows() {
    let home = Home::new();
    let term = Start::at(&home, "http://nowhere.invalid").ready();
    let told = "The name nowhere.invalid cannot be resolved.";
    expect(term, &[told, "the spelling of --base-url"], Some(told));
}

#[test]
fn a_server_without_tls() {
    let (home, sim) = (Home::new(), Sim::saying("never"));
    let term = Start::at(&home, &format!("https://{}", sim.address())).ready();
    let told = "No secure connection to 127.0.0.1";
    expect(term, &[told, "set SSL_CERT_FILE"], Some(told));
}

#[test]
fn a_stall() {
    once_with(
        "[deadlines]\nidle = 1\n",
        "answer = \"one two three four\"\nstall_after_tokens = 3",
        &["one two", "unfinished", "The answer stopped coming for 1.0 s. What arrived is kept."],
    );
}

#[test]
fn silence_before_the_answer() {
    once_with(
        "[deadlines]\nfirst_byte = 1\n",
        "delay_ms = 60000",
        &["did not begin to answer within 1.0 s", "the request may have been charged"],
    );
}

#[test]
fn an_answer_without_end() {
    once_with(
        "[deadlines]\noverall = 2\n",
        "tokens = 100000\nrate = 20",
        &["unfinished", "The answer was not finished within 2.0 s. What arrived is kept."],
    );
}

#[test]
fn cuts() {
    for cut in ["reset", "drop", "clean"] {
        once(
            &format!("answer = \"one two three four\"\ncut_after_tokens = 3\ncut = \"{cut}\""),
            &[
                "one two",
                "unfinished",
                "The connection ended before the answer did.",
                "What arrived is kept.",
                "Alt+C goes on from here",
            ],
        );
    }
}

#[test]
fn an_error_in_the_midst() {
    once(
        "answer = \"one two three four\"\nerror_event = \"data_inspection_failed\"",
        &[
            "one two",
            "unfinished",
            "content inspection stopped the answer",
            "Say it in another way",
        ],
    );
}

#[test]
fn a_refused_question() {
    once(
        "code = \"data_inspection_failed\"",
        &["content inspection refused the question", "Say it in another way"],
    );
}

#[test]
fn a_request_that_is_refused_as_it_is() {
    once(
        "status = 400\nmessage = \"the moon is too bright\"",
        &["The service refuses the request as it is (HTTP 400). (the moon is too bright"],
    );
}

#[test]
fn throttling_counts_down_and_can_be_skipped() {
    let home = Home::new();
    let sim = Sim::with(
        "[[rule]]\ncall = 1\ncode = \"limit_requests\"\nretry_after = 60\n\
         [[rule]]\nrate = 0\nanswer = \"all is well\"",
    );
    let term = Start::new(&home, &sim).ready();
    term.ask("first question");
    term.wait_for("The service asks to wait");
    term.wait_for("next try (2) in");
    term.wait_for("Alt+N send now");
    // The countdown moves by itself.
    term.wait_until("two counts", {
        let mut counts = std::collections::BTreeSet::new();
        move |screen| {
            let text = screen.contents();
            let count = text.split("next try (2) in ").nth(1);
            counts.extend(count.and_then(|rest| rest.split(' ').next()).map(str::to_owned));
            counts.len() >= 2
        }
    });
    term.keys("\x1bn");
    term.wait_for("all is well");
    term.wait_without("next try");
}

#[test]
fn garbage() {
    for (kind, sentences) in [
        ("not_json", &["unfinished", "What came is not an answer of this service."][..]),
        ("html", &["no answer", "is not there. Check --base-url"][..]),
        // These are odd, but an answer.
        ("binary", &["one two"][..]),
        ("bad_utf8", &["one two", "caf"][..]),
        ("long_line", &["lian lian lian", "five"][..]),
    ] {
        once(&format!("answer = \"one two three four five\"\ngarbage = \"{kind}\""), sentences);
    }
}

#[test]
fn an_empty_answer() {
    once("empty = true", &["The service said it was done without a word.", "Try again"]);
}

#[test]
fn a_redirect() {
    once(
        "redirect = \"http://elsewhere.example/v1\"",
        &["sends the request on to http://elsewhere.example", "the key stays here"],
    );
}

#[test]
fn a_small_answer_that_unpacks_to_much() {
    once("gzip_bomb_mb = 40", &["larger than", "What arrived before is kept."]);
}

#[test]
fn a_server_that_is_none_of_ours() {
    let home = Home::new();
    let server = Fake::saying("SSH-2.0-OpenSSH_9.9\r\n");
    let term = Start::at(&home, &server.origin()).ready();
    expect(term, &["no answer", "What came is not an answer of this service."], None);
    let home = Home::new();
    let server = Fake::saying(
        "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\nconnection: close\r\n\r\nnot found",
    );
    let term = Start::at(&home, &server.origin()).ready();
    expect(term, &["/compatible-mode/v1/chat/completions is not there.", "Check --base-url"], None);
    let home = Home::new();
    let server = Fake::telling("from elsewhere");
    let term = Start::at(&home, &server.origin()).ready();
    expect(term, &["from elsewhere"], None);
}
