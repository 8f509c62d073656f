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

fn target(text: &str, flags: &Flags, env: Env<'_>) -> Target {
    let user = File::parse(text, "c.toml").unwrap();
    let layers = Layers { flags, env, project: None, user: &user, profile: "default" };
    let elsewhere = layers.text("profiles.*.compat_base_url").unwrap().is_some();
    let keys = KeyPlan::of(&layers, elsewhere, "/nowhere".into()).unwrap();
    Target::resolve(&layers, keys).unwrap()
}

/// Everything in force, from a user's file and a project's.
fn both(user: &str, project: &str, pairs: &'static [(&str, &str)]) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("config.toml"), user).unwrap();
    if !project.is_empty() {
        std::fs::write(dir.path().join(".lian.toml"), project).unwrap();
    }
    let flags = Flags {
        config: Some(dir.path().join("config.toml")),
        directory: Some(dir.path().to_owned()),
        ..Flags::default()
    };
    load(&flags, &|name| {
        if name == "HOME" { Some("/h".to_owned()) } else { env(pairs)(name) }
    })
}

fn source(config: &Config, key: &str) -> String {
    config.shown.iter().find(|row| row.key == key).unwrap().source.clone()
}

#[test]
fn the_example_is_the_default() {
    File::parse(EXAMPLE, "example").unwrap();
    let example = both(EXAMPLE, "", &[("DASHSCOPE_API_KEY", "sk-1")]).unwrap();
    let empty = both("", "", &[("DASHSCOPE_API_KEY", "sk-1")]).unwrap();
    assert_eq!(example.settings, empty.settings);
    assert_eq!(example.keys, empty.keys);
    assert_eq!(example.target.deadlines, empty.target.deadlines);
    for config in [&example, &empty] {
        let Target { region, keys, base_url, .. } = &config.target;
        assert_eq!((region.as_str(), base_url), ("cn-beijing", &None));
        assert_eq!(keys.environment.as_ref().unwrap().1, "DASHSCOPE_API_KEY");
    }
}

#[test]
fn the_example_holds_every_setting() {
    for setting in options::SETTINGS {
        let name = setting.key.rsplit('.').next().unwrap();
        let bare = format!("\n{name} = ");
        let commented = format!("\n# {name} = ");
        assert!(EXAMPLE.contains(&bare) || EXAMPLE.contains(&commented), "{}", setting.key);
    }
}

#[test]
fn each_layer_beats_the_next_and_is_named() {
    let user = "theme = \"dark\"\n[chat]\nmodel = \"m-user\"\ntemperature = 0.1\nseed = 3\n";
    let project = "theme = \"light\"\n[chat]\nmodel = \"m-project\"\ntemperature = 0.2\n";
    let config = both(user, project, &[("LIAN_MODEL", "m-env"), ("LIAN_TOP_P", "0.5")]).unwrap();
    let Settings { model, params, theme, theme_held_by, .. } = &config.settings;
    assert_eq!((model.to_string().as_str(), theme.as_str()), ("m-env", "light"));
    assert_eq!((params.temperature, params.top_p, params.seed), (Some(0.2), Some(0.5), Some(3)));
    assert!(theme_held_by.as_ref().unwrap().ends_with(".lian.toml:1"));
    assert_eq!(source(&config, "chat.model"), "LIAN_MODEL");
    assert!(source(&config, "chat.temperature").ends_with(".lian.toml:4"));
    assert!(source(&config, "chat.seed").ends_with("config.toml:5"));
    assert_eq!(source(&config, "highlight"), "default");
    assert_eq!(source(&config, "chat.max_tokens"), "not set");
    let profile = "[chat]\nmodel = \"m-user\"\n[profiles.default]\nmodel = \"m-profile\"";
    let model = |project: &str| both(profile, project, &[]).unwrap().settings.model.to_string();
    assert_eq!(model(""), "m-profile");
    assert_eq!(model("[chat]\nmodel = \"m-project\""), "m-project");
}

#[test]
fn every_variable_is_read_and_judged() {
    for (variable, value, reason) in [
        ("LIAN_TEMPERATURE", "hot", "temperature is \"hot\"; it must be a number from 0 to 2"),
        ("LIAN_HIGHLIGHT", "maybe", "highlight is \"maybe\"; it must be true or false"),
        ("LIAN_FIGURES", "guess", "unknown figures \"guess\""),
        ("LIAN_PROFILE", "work", "unknown profile \"work\"; the profiles are default"),
        ("LIAN_THEME", "pink", "unknown theme \"pink\"; the themes are: default, dark"),
        ("LIAN_IDLE_SECONDS", "0", "idle is 0; it must be"),
        ("LIAN_PLAN", "gold", "it is \"token\" or \"coding\""),
    ] {
        let env = |name: &str| match name {
            "HOME" => Some("/h".to_owned()),
            name => (name == variable).then(|| value.to_owned()),
        };
        let said = load(&Flags::default(), &env).unwrap_err().to_string();
        assert!(said.starts_with(&format!("{variable}: ")) && said.contains(reason), "{said}");
    }
}

#[test]
fn limits_and_figures_belong_to_a_profile() {
    let text = "[limits]\npace = \"enforce\"\n[profiles.default.limits]\nrpm = 60\ntpd = 1000000\n\
         [profiles.default]\nfigures = \"seed\"\n";
    let settings = both(text, "", &[]).unwrap().settings;
    let own = settings.limits.own;
    assert_eq!((own.requests, own.tokens, own.day_tokens), (Some(60), None, Some(1_000_000)));
    assert_eq!(settings.limits.pace, crate::domain::settings::Pace::Enforce);
    assert_eq!(settings.figures, Figures::Seed, "the profile's is nearer");
    let by_env = both(text, "", &[("LIAN_FIGURES", "documented"), ("LIAN_PACE", "off")]).unwrap();
    assert_eq!(by_env.settings.figures, Figures::Documented);
    assert_eq!(by_env.settings.limits.pace, crate::domain::settings::Pace::Off);
    let plain = both("", "", &[]).unwrap();
    assert_eq!(plain.settings.limits, crate::domain::settings::Limits::default());
    assert!(!plain.target.queue);
    assert!(both("[limits]\nqueue = true\n", "", &[]).unwrap().target.queue);
    let wrong = both("[profiles.default.limits]\nrpm = 0\n", "", &[]).unwrap_err().to_string();
    assert!(wrong.contains("limits.rpm is 0; it must be a whole number from 1"), "{wrong}");
}

#[test]
fn budgets_are_exact() {
    let text = "[profiles.default.budget]\nday = \"20.10\"\nmonth = 300\n";
    let budget = both(text, "", &[]).unwrap().settings.budget;
    assert_eq!(budget.day.unwrap().to_string(), "20.10");
    assert_eq!(budget.month.unwrap().to_string(), "300");
}

#[test]
fn a_profiles_own_limits_come_before_those_of_all() {
    let all = "[budget]\nsession = \"1.5\"\nday = 20\nloop_after = 7\n";
    let own = format!("{all}[profiles.default.budget]\nday = \"0.10\"\nloop_after = 0\n");
    let of =
        |text: &str, more: &'static [(&str, &str)]| both(text, "", more).unwrap().settings.budget;
    let text = |amount: Option<rust_decimal::Decimal>| amount.map(|amount| amount.to_string());
    assert_eq!(of("", &[]).loop_after, Some(20), "the default");
    let budget = of(all, &[]);
    assert_eq!((text(budget.session), text(budget.day)), (Some("1.5".into()), Some("20".into())));
    assert_eq!((budget.month, budget.loop_after), (None, Some(7)));
    let budget = of(&own, &[]);
    assert_eq!((text(budget.session), text(budget.day)), (Some("1.5".into()), Some("0.10".into())));
    assert_eq!(budget.loop_after, None, "0 never is a loop");
    let budget = of(&own, &[("LIAN_BUDGET_SESSION", "3"), ("LIAN_LOOP_AFTER", "4")]);
    assert_eq!((text(budget.session), budget.loop_after), (Some("3".into()), Some(4)));
    let wrong = both("[budget]\nday = 1.5\n", "", &[]).unwrap_err().to_string();
    assert!(wrong.contains(":2:") && wrong.contains("in quotes"), "{wrong}");
}

#[test]
fn auto_follows_the_terminals_ground() {
    let of = |ground| {
        let flags = Flags { ground, ..Flags::default() };
        let config = load(&flags, &env(&[("HOME", "/h"), ("LIAN_THEME", "auto")])).unwrap();
        (config.theme, config.settings.theme)
    };
    let light = Theme::shipped("light").unwrap();
    assert_eq!(of(Some(Ground::Light)), (light, "auto".to_owned()));
    assert_eq!(of(None).0, Theme::shipped("default").unwrap());
}

#[test]
fn themes_of_files_lie_beside_the_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    put("config.toml", "theme = \"mine.toml\"");
    let flags = Flags { config: Some(dir.path().join("config.toml")), ..Flags::default() };
    let read = || load(&flags, &env(&[("HOME", "/h")]));
    assert!(read().unwrap_err().to_string().contains("mine.toml: "));
    put("mine.toml", "text = \"red\"\ntxet = \"red\"");
    let said = read().unwrap_err().to_string();
    assert!(said.contains("mine.toml:2: unknown role \"txet\""), "{said}");
    put("mine.toml", SHIPPED[1].1);
    let config = read().unwrap();
    assert_eq!(config.settings.themes.last().unwrap(), "mine.toml");
    assert_eq!(config.files, [dir.path().join("config.toml"), dir.path().join("mine.toml")]);
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
    assert!(wrong("[chat]\nmodle = \"x\"").starts_with("c.toml:2: unknown setting `modle`"));
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
    let text = "[profiles.default]\nbase_url = \"http://file:1\"";
    let none = env(&[]);
    let some = env(&[("DASHSCOPE_BASE_URL", "http://env:1")]);
    let flags = Flags { base_url: Some("http://flag:1".into()), ..Flags::default() };
    let of = |flags: &Flags, env: Env<'_>| target(text, flags, env).place();
    assert_eq!(of(&Flags::default(), &none), "file:1");
    assert_eq!(of(&Flags::default(), &some), "env:1");
    assert_eq!(of(&flags, &some), "flag:1");
}

#[test]
fn another_chat_server_gets_only_a_key_of_its_own() {
    let with = env(&[("DASHSCOPE_API_KEY", "sk-real"), ("LOCAL_KEY", "k")]);
    let local = "[profiles.default]\ncompat_base_url = \"http://127.0.0.1:11434/v1\"";
    assert!(target(local, &Flags::default(), &with).keys.environment.is_none());
    let named =
        "[profiles.default]\ncompat_base_url = \"http://h/v1\"\napi_key_env = \"LOCAL_KEY\"";
    let found = target(named, &Flags::default(), &with).keys.environment.unwrap();
    assert_eq!(found.1, "LOCAL_KEY");
}

#[test]
fn other_variables_count_where_nothing_was_named() {
    let with = env(&[("QWEN_API_KEY", "sk-qwen"), ("BAILIAN_API_KEY", " ")]);
    let found =
        |text: &str| target(text, &Flags::default(), &with).keys.environment.map(|(_, from)| from);
    assert_eq!(found("").as_deref(), Some("QWEN_API_KEY"));
    assert_eq!(found("[profiles.default]\napi_key_env = \"MINE\""), None);
    assert_eq!(found("[profiles.default]\napi_key_command = [\"pass\"]"), None);
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
