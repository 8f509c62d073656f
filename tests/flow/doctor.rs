//! `/doctor`: the list of findings as they come, what is typed, what is copied, late findings of a
//! list that was closed.

use lian::domain::doctor::finding::{KeyFinding, NetworkFinding};
use lian::domain::doctor::{Check, DoctorCommand, DoctorEvent, Name, Next, Trouble};
use lian::domain::notice::{Notice, NoticeKind};
use lian::domain::settings::{Language, Settings};
use lian::effect::{Effect, TerminalCommand};
use lian::event::ServiceEvent;

use crate::harness::{Harness, settings};

/// The number of the examination that was asked for.
fn asked(h: &mut Harness) -> u64 {
    let run = |effect| match effect {
        Effect::Doctor(DoctorCommand { run }) => Some(run),
        _ => None,
    };
    h.effects().into_iter().find_map(run).expect("an examination")
}

fn found(h: &mut Harness, run: u64, check: Check) {
    let check = Box::new(check);
    h.says(ServiceEvent::Doctor(DoctorEvent::Found { run, check }));
}

fn unencrypted() -> Check {
    let found = KeyFinding::Unencrypted { origin: "http://h.example".to_owned() };
    Check::warn(Name::Place, found).with_next(Next::UseHttps)
}

fn refused() -> Check {
    let notice = Notice::new(NoticeKind::ConnectionRefused { host: "h.example:80".to_owned() });
    Check::fail(Name::Connect, Trouble::Network, notice)
}

fn open(settings: Settings) -> (Harness, u64) {
    let mut h = Harness::with(settings, (80, 24));
    h.effects();
    h.keys("/doctor<enter>");
    let run = asked(&mut h);
    (h, run)
}

#[test]
fn findings_come_one_by_one_and_the_verdict_last() {
    let (mut h, run) = open(settings());
    assert!(h.find("Is all well?").is_some() && h.find("Looking …").is_some(), "{}", h.screen());
    found(&mut h, run, Check::ok(Name::Proxy, NetworkFinding::Direct));
    found(&mut h, run, refused());
    assert!(h.find("✓ proxy").is_some() && h.find("✗ connection").is_some(), "{}", h.screen());
    assert!(h.find("Looking …").is_some());
    h.says(ServiceEvent::Doctor(DoctorEvent::Ended { run }));
    let verdict = "1 thing does not work. Begin with: connection.";
    assert!(h.find(verdict).is_some() && h.find("Looking").is_none(), "{}", h.screen());
    h.keys("<down>");
    // The next step of the marked one stands below the list.
    assert!(h.find("--base-url").is_some(), "{}", h.screen());
    h.keys("<esc>");
    assert!(h.find("Is all well?").is_none());
}

#[test]
fn words_narrow_the_list_and_a_row_is_copied_with_its_step() {
    let (mut h, run) = open(settings());
    found(&mut h, run, refused());
    found(&mut h, run, unencrypted());
    h.says(ServiceEvent::Doctor(DoctorEvent::Ended { run }));
    h.keys("encrypted");
    assert!(h.find("✗ connection").is_none() && h.find("! address").is_some(), "{}", h.screen());
    h.effects();
    h.keys("<enter>");
    let text = |effect| match effect {
        Effect::Terminal(TerminalCommand::Clipboard(text)) => Some(text),
        _ => None,
    };
    let sent: Vec<String> = h.effects().into_iter().filter_map(text).collect();
    let wanted = "address: http://h.example is not encrypted: the key travels in the open.\n\
                  Give the address with https.";
    assert_eq!(sent, [wanted]);
    assert!(h.find("! address").is_some(), "the list stays");
}

#[test]
fn what_an_earlier_examination_says_is_not_shown() {
    let (mut h, first) = open(settings());
    h.keys("<esc>");
    found(&mut h, first, unencrypted());
    h.keys("/doctor<enter>");
    let second = asked(&mut h);
    assert_ne!(first, second);
    found(&mut h, first, unencrypted());
    h.says(ServiceEvent::Doctor(DoctorEvent::Ended { run: first }));
    assert!(h.find("address").is_none() && h.find("Looking …").is_some(), "{}", h.screen());
}

#[test]
fn chinese_is_spoken() {
    let (mut h, run) = open(Settings { language: Language::ZhCn, ..settings() });
    found(&mut h, run, unencrypted());
    assert!(h.find("http://h.example 没有加密").is_some(), "{}", h.screen());
    assert!(h.find("请使用 https 地址。").is_some(), "{}", h.screen());
}
