//! Themes that are tried and chosen, settings that change under way, the badge of a profile in
//! which mistakes are expensive, the place of the key. Files stay outside.

use lian::domain::notice::{Notice, NoticeKind};
use lian::domain::settings::{Language, Place, Settings, SettingsEvent, SettingsNotice};
use lian::effect::{Effect, SettingsCommand};
use lian::event::ServiceEvent;
use lian::theme::{Role, SHIPPED, Theme};
use ratatui::style::Color;

use crate::harness::{Harness, settings};

fn commands(h: &mut Harness) -> Vec<SettingsCommand> {
    let of = |effect| match effect {
        Effect::Settings(command) => Some(command),
        _ => None,
    };
    h.effects().into_iter().filter_map(of).collect()
}

fn show(name: &str) -> SettingsCommand {
    SettingsCommand::ShowTheme(name.to_owned())
}

fn keep(name: &str) -> SettingsCommand {
    SettingsCommand::KeepTheme(name.to_owned())
}

fn changed(settings: Settings) -> ServiceEvent {
    let settings = Box::new(settings);
    ServiceEvent::Settings(SettingsEvent::Changed { settings, later: false, more: false })
}

#[test]
fn a_key_shows_the_next_theme_at_once_and_the_last_one_is_kept() {
    let mut h = Harness::new();
    h.effects();
    h.keys("<alt+y>");
    assert_eq!(commands(&mut h), [show("dark")]);
    assert!(h.screen().contains("Theme: dark."), "{}", h.screen());
    let ground = Theme::shipped("dark").unwrap().ground().unwrap();
    assert!(h.buffer().content.iter().all(|cell| cell.bg != Color::Reset), "no cell is left out");
    assert_eq!(h.buffer()[(0, 10)].bg, ground);
    h.pass(500).keys("<alt+y>");
    assert_eq!(commands(&mut h), [show("night")]);
    h.pass(700);
    assert_eq!(commands(&mut h), [], "whoever goes on looking has not chosen");
    h.pass(200);
    assert_eq!(commands(&mut h), [keep("night")]);
    h.pass(5_000);
    assert_eq!(commands(&mut h), []);
}

#[test]
fn the_themes_go_round() {
    let mut h = Harness::new();
    h.exchange("a question", "an **answer** with `code`\n\n```rust\nfn f() {}\n```\n");
    for turn in 1..=SHIPPED.len() {
        h.keys("<alt+y>");
        let name = SHIPPED[turn % SHIPPED.len()].0;
        assert_eq!(h.state.settings().theme, name);
        let wanted = Theme::shipped(name).unwrap();
        let cell = &h.buffer()[(1, 0)];
        assert_eq!(cell.fg, wanted.style(Role::Accent).fg.unwrap_or(Color::Reset), "{name}");
    }
}

#[test]
fn a_choice_is_kept_at_the_end_too() {
    let mut h = Harness::new();
    h.keys("<alt+y>");
    let last = h.state.last_words(h.now);
    assert!(last.contains(&Effect::Settings(keep("dark"))), "{last:?}");
}

#[test]
fn who_decides_at_the_next_start_is_said() {
    let held = Settings { theme_held_by: Some("LIAN_THEME".to_owned()), ..settings() };
    let mut h = Harness::with(held, (100, 24));
    h.keys("<alt+y>");
    assert!(h.screen().contains("At the next start LIAN_THEME decides again."), "{}", h.screen());
}

#[test]
fn production_is_red_and_the_last_to_make_room() {
    let place = Place { production: true, profile: "work".to_owned(), ..settings().place };
    for (language, badge) in [(Language::En, " prod "), (Language::ZhCn, "生产环境")] {
        for width in [120, 80, 40] {
            let place = place.clone();
            let mut h = Harness::with(Settings { place, language, ..settings() }, (width, 24));
            h.exchange("first", "done").keys("<ctrl+n>");
            assert!(h.row(0).contains(badge.trim()), "{width}: {}", h.row(0));
            let at = (0..width).find(|x| h.buffer()[(*x, 0)].bg == Color::Red);
            assert!(at.is_some(), "{width}: the badge is red");
        }
    }
    let mut h = Harness::new();
    h.keys("x");
    assert!(!h.row(0).contains("prod"), "{}", h.row(0));
}

#[test]
fn the_place_of_the_key_is_shown_once_it_is_known() {
    let mut h = Harness::with(settings(), (120, 24));
    assert!(!h.row(0).contains("key:"));
    let source = "pass".to_owned();
    h.says(ServiceEvent::Settings(SettingsEvent::KeyFound { source }));
    assert!(h.row(0).contains("default · cn-beijing · key: pass"), "{}", h.row(0));
}

#[test]
fn settings_that_are_read_again_count_at_once() {
    let mut h = Harness::with(settings(), (120, 24));
    h.exchange("a question", "an answer");
    assert!(h.screen().contains("You") && h.screen().contains("Message"));
    let place = Place { profile: "other".to_owned(), ..settings().place };
    let model = lian::domain::models::ModelId::new("qwen-max");
    h.says(changed(Settings { language: Language::ZhCn, place, model, ..settings() }));
    let screen = h.screen();
    assert!(screen.contains("已重新读取设置"), "{screen}");
    assert!(h.row(0).contains("default · cn-beijing"), "where requests go stays: {}", h.row(0));
    assert!(h.row(0).contains("qwen-plus"), "a conversation keeps its model: {}", h.row(0));
    h.keys("<ctrl+n>");
    assert!(h.row(0).contains("qwen-max"), "a new one begins with the new model: {}", h.row(0));
}

#[test]
fn a_theme_that_is_being_tried_beats_the_file() {
    let mut h = Harness::new();
    h.keys("<alt+y>");
    h.says(changed(Settings { theme: "paper".to_owned(), ..settings() }));
    assert_eq!(h.state.settings().theme, "dark");
    h.pass(1_000);
    assert!(commands(&mut h).contains(&keep("dark")));
    h.says(changed(Settings { theme: "paper".to_owned(), ..settings() }));
    assert_eq!(h.state.settings().theme, "paper");
}

#[test]
fn a_wrong_file_is_told_until_it_is_mended() {
    let mut h = Harness::with(settings(), (120, 24));
    // Another error is being told: it must not hide this one.
    h.says(ServiceEvent::Notice(Notice::new(NoticeKind::StoreFailed)));
    let notice = Notice::new(NoticeKind::Settings(SettingsNotice::Wrong));
    h.says(ServiceEvent::Notice(notice.with_detail("config.toml:3: unknown theme \"pink\"")));
    h.pass(60_000);
    assert!(h.screen().contains("(config.toml:3: unknown theme \"pink\")"), "{}", h.screen());
    let settings = Box::new(settings());
    h.says(ServiceEvent::Settings(SettingsEvent::Changed { settings, later: false, more: true }));
    assert!(h.screen().contains("The settings were read again."), "{}", h.screen());
    h.pass(10_000);
    assert!(!h.screen().contains("settings"), "{}", h.screen());
}
