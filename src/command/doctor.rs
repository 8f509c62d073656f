//! `lian doctor`: the examination on stdout, line by line as it goes, or as one JSON object. It
//! refuses to look at anything itself, and to print a key.

use std::io::{self, IsTerminal as _, Write as _};

use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::cli::doctor::DoctorArgs;
use crate::domain::doctor::finding::ProbeFinding;
use crate::domain::doctor::{Check, Fact, Group, Name, Outcome, exit_code};
use crate::domain::settings::Language;
use crate::service::doctor::{self, Deps, Probe};
use crate::text::sanitize;
use crate::text::width::Widths;
use crate::text::wrap::{Mode, next_line};
use crate::words::doctor::{Doctor as Words, mark, next, sentence};

/// The version of the JSON object; a field that goes or changes its meaning raises it.
const VERSION: u32 = 1;
/// Exit code where consent cannot be asked for.
const USAGE: u8 = 2;
/// Lines are not broken shorter than this, whatever the terminal says.
const NARROWEST: usize = 40;

/// Where it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page {
    /// Columns; `None` where lines are not broken, as in a pipe.
    pub columns: Option<u16>,
    /// Marks are in ASCII.
    pub ascii: bool,
}

/// Examines and prints. Returns the exit code.
pub async fn run(args: DoctorArgs, deps: Deps, page: Page) -> u8 {
    let language = doctor::language(&deps);
    let asks = io::stdin().is_terminal() && io::stderr().is_terminal();
    if args.probe && !args.yes && !asks {
        tell(&format!("lian: {}\n", Words::NoConsent.say(language)));
        return USAGE;
    }
    // As many as there can be: a slow reader of stdout does not hold up the examination.
    let (out, checks) = mpsc::channel(Name::ALL.len());
    let examination = tokio::spawn(async move { doctor::examine(deps, &out).await });
    let mut report = Report { page, language, group: None, all: Vec::new() };
    report.follow(checks, args.json).await;
    // An examination that broke off has told what it could.
    let probe = examination.await.ok().flatten();
    if args.probe {
        let (out, checks) = mpsc::channel(2);
        tokio::join!(real(probe, args.yes, language, out), report.follow(checks, args.json));
    }
    if args.json {
        print(&format!("{:#}\n", report.json()));
    } else {
        print(&report.verdict());
    }
    exit_code(&report.all)
}

/// Real requests, if the user wants to pay for them.
async fn real(probe: Option<Probe>, yes: bool, language: Language, out: Sender<Check>) {
    let names = [Name::ProbeCompat, Name::ProbeNative];
    let all = async |check: &dyn Fn(Name) -> Check| {
        for name in names {
            // The other end is held until this one is gone.
            drop(out.send(check(name)).await);
        }
    };
    let Some(probe) = probe else {
        return all(&|name| Check::after(name, Name::Compat)).await;
    };
    let price = probe.price().map(|price| price.to_string());
    let (model, times) = (probe.model().to_string(), probe.times());
    let words = Words::Price { model: &model, times, price: price.as_deref() };
    tell(&format!("{}\n", sanitize::line(&words.say(language))));
    if yes || agreed(language).await {
        probe.run(&out).await;
    } else {
        all(&|name| Check::skipped(name, ProbeFinding::Declined)).await;
    }
}

/// Asks for consent; anything but a yes is a no.
async fn agreed(language: Language) -> bool {
    tell(&Words::Consent.say(language));
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    let line = answer.await.ok().and_then(Result::ok).unwrap_or_default();
    ["y", "yes", "是", "好"].contains(&line.trim().to_lowercase().as_str())
}

/// A word on stderr. An error there has nobody left to hear it.
fn tell(text: &str) {
    drop(io::stderr().write_all(text.as_bytes()));
}

/// Writes to stdout. A reader that went away has what it wanted.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// What was found so far, and how it is told.
struct Report {
    page: Page,
    language: Language,
    /// The group that was printed last.
    group: Option<Group>,
    all: Vec<Check>,
}

impl Report {
    /// Takes checks as they come and prints each, unless all are printed at the end.
    async fn follow(&mut self, mut checks: Receiver<Check>, at_the_end: bool) {
        while let Some(check) = checks.recv().await {
            if !at_the_end {
                print(&self.line(&check));
            }
            self.all.push(check);
        }
    }

    /// The lines of one check, below the title of its group.
    fn line(&mut self, check: &Check) -> String {
        let mut text = String::new();
        let group = check.name.group();
        if self.group != Some(group) {
            if self.group.is_some() {
                text.push('\n');
            }
            text.push_str(&Words::Group(group).say(self.language));
            text.push('\n');
            self.group = Some(group);
        }
        let widths = Widths::default();
        let label = |name: Name| Words::Name(name).say(self.language);
        let column = Name::ALL.map(|name| widths.text(&label(name))).into_iter().max();
        let column = column.unwrap_or(0);
        let mark = mark(check.outcome, self.page.ascii);
        let label = label(check.name);
        let blanks = " ".repeat(column - widths.text(&label));
        let head = format!("  {mark} {label}{blanks}  ");
        let indent = widths.text(&head);
        self.wrapped(&mut text, &head, indent, &sentence(self.language, check));
        if let Some(next) = next(self.language, check).filter(|_| worth_a_step(check)) {
            let arrow = if self.page.ascii { "-> " } else { "→ " };
            let head = format!("{}{arrow}", " ".repeat(indent));
            let indent = widths.text(&head);
            self.wrapped(&mut text, &head, indent, &next);
        }
        text
    }

    /// A text behind its head; further rows begin below the text.
    fn wrapped(&self, out: &mut String, head: &str, indent: usize, text: &str) {
        let text = sanitize::line(text);
        let columns = self.page.columns.map_or(usize::MAX, usize::from);
        let width = columns.max(NARROWEST).saturating_sub(indent).max(NARROWEST / 2);
        let mut at = 0;
        out.push_str(head);
        loop {
            let row = next_line(&text, at, width, Widths::default(), Mode::Prose);
            out.push_str(&text[row.start..row.end]);
            out.push('\n');
            at = row.next;
            if at >= text.len() || row.next <= row.start {
                return;
            }
            out.push_str(&" ".repeat(indent));
        }
    }

    fn count(&self, is: impl Fn(Outcome) -> bool) -> usize {
        self.all.iter().filter(|check| is(check.outcome)).count()
    }

    /// The last line.
    fn verdict(&self) -> String {
        let failed = self.count(|outcome| matches!(outcome, Outcome::Fail(_)));
        let warned = self.count(|outcome| outcome == Outcome::Warn);
        let first = self.all.iter().find(|check| check.trouble().is_some());
        let first = first.map(|check| check.name);
        let words = Words::Verdict { failed, warned, first }.say(self.language);
        format!("\n{words}\n")
    }

    fn json(&self) -> Value {
        let checks: Vec<Value> = self.all.iter().map(|check| self.check(check)).collect();
        json!({"version": VERSION, "checks": checks, "exit": exit_code(&self.all)})
    }

    fn check(&self, check: &Check) -> Value {
        let (finding, facts) = check.finding.facts();
        let detail: Map<String, Value> =
            facts.into_iter().map(|(name, fact)| (name.to_owned(), value(fact))).collect();
        let next = next(self.language, check).filter(|_| worth_a_step(check));
        json!({
            "name": check.name.name(),
            "outcome": check.outcome.name(),
            "finding": finding,
            "message": sanitize::line(&sentence(self.language, check)),
            "detail": detail,
            "next": next.map(|next| sanitize::line(&next)),
        })
    }
}

/// What is well needs no step, unless the check itself names one.
fn worth_a_step(check: &Check) -> bool {
    match check.outcome {
        Outcome::Warn | Outcome::Fail(_) => true,
        Outcome::Ok | Outcome::Skipped | Outcome::Unknown => check.next.is_some(),
    }
}

fn value(fact: Fact) -> Value {
    match fact {
        Fact::Text(text) => sanitize::line(&text).into(),
        Fact::Number(number) => number.into(),
        Fact::Seconds(time) => time.as_secs_f64().into(),
        Fact::Flag(flag) => flag.into(),
        Fact::List(texts) => texts.iter().map(|text| sanitize::line(text)).collect(),
        Fact::None => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::doctor::finding::{KeyFinding, NetworkFinding};
    use crate::domain::doctor::{Next, Trouble};

    fn report(language: Language, page: Page) -> Report {
        Report { page, language, group: None, all: Vec::new() }
    }

    fn refused() -> Check {
        let found = KeyFinding::Unencrypted { origin: "http://h.example".to_owned() };
        Check::warn(Name::Place, found).with_next(Next::UseHttps)
    }

    #[test]
    fn lines_stand_in_columns_below_titles() {
        let mut english = report(Language::En, Page::default());
        let proxy = Check::ok(Name::Proxy, NetworkFinding::Direct);
        let text = english.line(&refused()) + &english.line(&proxy);
        let wanted = "\
Key
  ! address        http://h.example is not encrypted: the key travels in the open.
                   → Give the address with https.

Network
  ✓ proxy          None.
";
        assert_eq!(text, wanted);
        let mut chinese = report(Language::ZhCn, Page { ascii: true, columns: None });
        let text = chinese.line(&refused()) + &chinese.line(&proxy);
        let wanted = "\
密钥
  !! 地址        http://h.example 没有加密，密钥会明文传输。
                 -> 请使用 https 地址。

网络
  ok 代理        未使用。
";
        assert_eq!(text, wanted);
    }

    #[test]
    fn long_lines_are_broken_below_their_text() {
        let mut report = report(Language::En, Page { columns: Some(48), ascii: false });
        let text = report.line(&refused());
        let widths = Widths::default();
        assert!(text.lines().all(|line| widths.text(line) <= 48), "{text}");
        let second = text.lines().nth(2).expect("a second row");
        assert!(second.starts_with(&" ".repeat(19)) && text.ends_with("https.\n"), "{text}");
    }

    #[test]
    fn json_has_the_same_fields_for_every_check() {
        let mut report = report(Language::En, Page::default());
        let clock = NetworkFinding::Clock { ahead_s: 400 };
        report.all = vec![refused(), Check::fail(Name::Clock, Trouble::Setup, clock)];
        let value = report.json();
        assert_eq!((&value["version"], &value["exit"]), (&json!(1), &json!(6)));
        let clock = &value["checks"][1];
        assert_eq!(clock["name"], "clock");
        assert_eq!(clock["outcome"], "fail");
        assert_eq!(clock["detail"], json!({"ahead_s": 400}));
        assert_eq!(clock["next"], Value::Null, "none was named");
        assert_eq!(value["checks"][0]["next"], "Give the address with https.");
    }

    #[test]
    fn the_last_line_names_the_first_failure() {
        let mut report = report(Language::En, Page::default());
        assert_eq!(report.verdict(), "\nAll is well.\n");
        report.all = vec![refused()];
        assert_eq!(report.verdict(), "\nIt works, with one remark.\n");
        let late = NetworkFinding::ClockUnsaid;
        report.all.push(Check::fail(Name::Http, Trouble::Network, late));
        assert_eq!(report.verdict(), "\n1 thing does not work. Begin with: answer.\n");
    }
}
