//! Configurations that are right, and ones that are wrong in ways that must be named.

use super::*;

fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    move |name| {
        let found = pairs.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

fn wrong(text: &str) -> String {
    File::parse(text, "c.toml").unwrap_err().to_string()
}

#[test]
fn the_example_is_the_default() {
    let example = File::parse(EXAMPLE, "example").unwrap();
    let empty = File::parse("", "empty").unwrap();
    assert_eq!(example.profile, empty.profile);
    assert_eq!(example.language, empty.language);
    assert_eq!(example.theme, empty.theme);
    assert_eq!(example.figures, empty.figures);
    assert_eq!(example.highlight, empty.highlight);
    assert_eq!(example.chat, empty.chat);
    assert_eq!(example.deadlines, empty.deadlines);
    let usual = env(&[("HOME", "/h"), ("DASHSCOPE_API_KEY", "sk-1")]);
    for file in [&example, &empty] {
        let target = Target::resolve(&Flags::default(), &usual, file).unwrap();
        assert_eq!(
            (target.region.as_str(), target.key_source.as_str()),
            ("cn-beijing", "DASHSCOPE_API_KEY")
        );
        assert!(target.key.is_some() && target.base_url.is_none());
    }
}

#[test]
fn every_commented_setting_of_the_example_is_valid() {
    let mut text = String::new();
    for line in EXAMPLE.lines() {
        let bare = line.strip_prefix("# ").filter(|rest| {
            rest.split_once(" = ")
                .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        });
        text.push_str(bare.unwrap_or(line));
        text.push('\n');
    }
    File::parse(&text, "example").unwrap();
    assert!(text.contains("\nthinking = true") && text.contains("\nsend = "));
}

#[test]
fn mistakes_have_a_line_and_the_valid_choices() {
    assert_eq!(
        wrong("\nlanguage = \"fr\""),
        "c.toml:2: unknown language \"fr\"; it is \"auto\", \"en\" or \"zh-CN\""
    );
    assert!(wrong("figures = \"guess\"").contains("\"documented\" or \"seed\""));
    assert!(wrong("[chat]\nmodle = \"x\"").starts_with("c.toml:2: unknown field `modle`"));
    assert!(wrong("a = ").starts_with("c.toml:1:"));
    assert!(
        wrong("[keys.nowhere]\nsend = []").starts_with("c.toml:1: unknown context \"nowhere\"")
    );
    assert!(wrong("[keys.composer]\nsned = []").contains("unknown action \"sned\""));
    assert!(wrong("[keys.composer]\nsend = [\"entre\"]").starts_with("c.toml:2: unknown key"));
    let twice = "[keys.composer]\nsend = [\"ctrl+o\"]\nnewline = [\"ctrl+o\"]";
    assert!(wrong(twice).contains("ctrl+o is bound to both"), "{}", wrong(twice));
}

#[test]
fn a_flag_beats_the_environment_beats_the_file() {
    let text = "[profiles.default]\nbase_url = \"http://file:1\"\nmodel = \"from-file\"";
    let file = File::parse(text, "c.toml").unwrap();
    let none = env(&[]);
    let some = env(&[("DASHSCOPE_BASE_URL", "http://env:1")]);
    let flags = Flags { base_url: Some("http://flag:1".into()), ..Flags::default() };
    let of = |flags: &Flags, env: Env<'_>| Target::resolve(flags, env, &file).unwrap().place();
    assert_eq!(of(&Flags::default(), &none), "file:1");
    assert_eq!(of(&Flags::default(), &some), "env:1");
    assert_eq!(of(&flags, &some), "flag:1");
}

#[test]
fn another_chat_server_gets_only_a_key_of_its_own() {
    let with = env(&[("DASHSCOPE_API_KEY", "sk-real"), ("LOCAL_KEY", "k")]);
    let file = |text: &str| File::parse(text, "c.toml").unwrap();
    let local = file("[profiles.default]\ncompat_base_url = \"http://127.0.0.1:11434/v1\"");
    assert!(Target::resolve(&Flags::default(), &with, &local).unwrap().key.is_none());
    let named =
        file("[profiles.default]\ncompat_base_url = \"http://h/v1\"\napi_key_env = \"LOCAL_KEY\"");
    let target = Target::resolve(&Flags::default(), &with, &named).unwrap();
    assert!(target.key.is_some() && target.key_source == "LOCAL_KEY");
}

#[test]
fn no_debug_output_holds_the_key() {
    let with = env(&[("HOME", "/h"), ("DASHSCOPE_API_KEY", "sk-very-secret")]);
    let config = load(&Flags::default(), &with).unwrap();
    assert!(!format!("{config:?}").contains("very-secret"));
}

#[test]
fn unknown_profiles_name_the_known_ones() {
    let flags = Flags { profile: Some("prod".into()), ..Flags::default() };
    let error = load(&flags, &env(&[("HOME", "/h")])).unwrap_err().to_string();
    assert_eq!(error, "--profile: unknown profile \"prod\"; the profiles are default");
}

#[test]
fn the_language_follows_the_environment() {
    let of = |pairs| load(&Flags::default(), &env(pairs)).unwrap().settings.language;
    assert_eq!(of(&[("HOME", "/h"), ("LANG", "zh_CN.UTF-8")]), Language::ZhCn);
    assert_eq!(of(&[("HOME", "/h"), ("LANG", "zh_CN"), ("LC_ALL", "C")]), Language::En);
    assert_eq!(of(&[("HOME", "/h"), ("LIAN_LANGUAGE", "zh-CN")]), Language::ZhCn);
}

#[test]
fn demo_conversations_have_a_place_of_their_own() {
    let flags = Flags { demo: true, ..Flags::default() };
    let config = load(&flags, &env(&[("HOME", "/h")])).unwrap();
    assert_eq!(config.paths.data, PathBuf::from("/h/.local/share/lian/demo"));
    assert_eq!(config.settings.figures, Figures::Seed);
    assert!(load(&flags, &env(&[])).is_err());
}
