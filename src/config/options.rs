//! The table of settings: the name of each in the file, its variables, its flag, what it may be.
//! Files, environment, `lian config` and the README derive from it. It refuses to look anything up.

use super::{file, sound};

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its place in the file, with dots; `profiles.*.` is the profile in force.
    pub key: &'static str,
    /// Environment variables that set it, strongest first.
    pub variables: &'static [&'static str],
    /// The flag that sets it.
    pub flag: Option<&'static str>,
    /// What it may be.
    pub kind: Kind,
}

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text of this form; the function says what is wrong.
    Form(fn(&str) -> Result<(), String>),
    /// Yes or no.
    Switch,
    /// A whole number between two.
    Whole(i64, i64),
    /// A number between two.
    Number(f64, f64),
    /// One of these.
    Choice(&'static [&'static str]),
    /// An amount of money.
    Amount,
    /// A program with its arguments.
    Words,
    /// One of these, or a program with its arguments.
    ChoiceOrWords(&'static [&'static str]),
    /// Some texts.
    Texts,
    /// Places where sound goes: names, or programs with their arguments.
    Sinks,
}

const fn row(
    key: &'static str,
    variables: &'static [&'static str],
    flag: Option<&'static str>,
    kind: Kind,
) -> Setting {
    Setting { key, variables, flag, kind }
}

/// The plans with hosts of their own.
const PLANS: &[&str] = &["token", "coding"];
/// The most tokens anybody can ask for.
const TOKENS: i64 = 10_000_000;
/// The most times anybody can mean.
const TIMES: i64 = 1_000_000;
/// A day in seconds: no request takes longer.
const DAY: i64 = 86_400;

/// All of them, in the order of the file.
pub const SETTINGS: &[Setting] = &[
    row("profile", &["LIAN_PROFILE"], Some("--profile"), Kind::Text),
    row("language", &["LIAN_LANGUAGE"], None, Kind::Form(file::check_language)),
    row("theme", &["LIAN_THEME"], None, Kind::Text),
    row("figures", &["LIAN_FIGURES"], None, Kind::Choice(&["documented", "seed"])),
    row("highlight", &["LIAN_HIGHLIGHT"], None, Kind::Switch),
    row("editing", &["LIAN_EDITING"], None, Kind::Choice(&["emacs", "vi"])),
    row("mouse", &["LIAN_MOUSE"], None, Kind::Switch),
    row("layout", &["LIAN_LAYOUT"], None, Kind::Choice(&["rows", "columns"])),
    row("clipboard", &["LIAN_CLIPBOARD"], None, Kind::ChoiceOrWords(&["auto", "osc52", "off"])),
    row(
        "notify",
        &["LIAN_NOTIFY"],
        None,
        Kind::Choice(&["auto", "osc9", "osc99", "osc777", "bell", "off"]),
    ),
    row("notify_after", &["LIAN_NOTIFY_AFTER"], None, Kind::Whole(0, DAY)),
    row(
        "pictures",
        &["LIAN_PICTURES"],
        None,
        Kind::Choice(&["auto", "blocks", "kitty", "iterm2", "sixel", "off"]),
    ),
    row("chat.model", &["LIAN_MODEL"], Some("--model"), Kind::Form(file::check_filled)),
    row("chat.system", &["LIAN_SYSTEM"], Some("--system"), Kind::Text),
    row("chat.thinking", &["LIAN_THINKING"], Some("--think"), Kind::Switch),
    row(
        "chat.thinking_budget",
        &["LIAN_THINKING_BUDGET"],
        Some("--think-budget"),
        Kind::Whole(1, TOKENS),
    ),
    row("chat.search", &["LIAN_SEARCH"], Some("--search"), Kind::Switch),
    row("chat.temperature", &["LIAN_TEMPERATURE"], Some("--temperature"), Kind::Number(0.0, 2.0)),
    row("chat.top_p", &["LIAN_TOP_P"], Some("--top-p"), Kind::Number(0.0, 1.0)),
    row("chat.top_k", &["LIAN_TOP_K"], None, Kind::Whole(0, TOKENS)),
    row("chat.max_tokens", &["LIAN_MAX_TOKENS"], Some("--max-tokens"), Kind::Whole(1, TOKENS)),
    row("chat.seed", &["LIAN_SEED"], Some("--seed"), Kind::Whole(0, i64::MAX)),
    row("chat.stop", &["LIAN_STOP"], Some("--stop"), Kind::Texts),
    row("chat.presence_penalty", &["LIAN_PRESENCE_PENALTY"], None, Kind::Number(-2.0, 2.0)),
    row("chat.repetition_penalty", &["LIAN_REPETITION_PENALTY"], None, Kind::Number(0.0, 10.0)),
    row("chat.json", &["LIAN_JSON"], Some("--json-mode"), Kind::Switch),
    row("chat.extra", &["LIAN_EXTRA"], Some("--param"), Kind::Form(file::check_object)),
    row("tasks.dir", &["LIAN_TASKS_DIR"], None, Kind::Text),
    row("tasks.template", &["LIAN_TASKS_TEMPLATE"], None, Kind::Text),
    row("tasks.on_done", &["LIAN_TASKS_ON_DONE"], None, Kind::Words),
    row("budget.session", &[], None, Kind::Amount),
    row("budget.day", &[], None, Kind::Amount),
    row("budget.month", &[], None, Kind::Amount),
    row("budget.loop_after", &[], None, Kind::Whole(0, TIMES)),
    row("limits.pace", &["LIAN_PACE"], None, Kind::Choice(&["off", "advise", "enforce"])),
    row("limits.queue", &["LIAN_QUEUE"], None, Kind::Switch),
    row("speech.model", &["LIAN_SPEECH_MODEL"], None, Kind::Form(file::check_filled)),
    row("speech.voice", &["LIAN_SPEECH_VOICE"], None, Kind::Text),
    row("speech.language", &["LIAN_SPEECH_LANGUAGE"], None, Kind::Text),
    row("speech.auto", &["LIAN_SPEECH_AUTO"], None, Kind::Switch),
    row("speech.favourites", &[], None, Kind::Texts),
    row("speech.code", &["LIAN_SPEECH_CODE"], None, Kind::Choice(&["skip", "announce"])),
    row("speech.sinks", &["LIAN_SPEECH_SINKS"], None, Kind::Sinks),
    row("speech.dir", &["LIAN_SPEECH_DIR"], None, Kind::Text),
    row("speech.cache_mb", &["LIAN_SPEECH_CACHE_MB"], None, Kind::Whole(0, 1_000_000)),
    row("deadlines.connect", &["LIAN_CONNECT_SECONDS"], None, Kind::Whole(1, DAY)),
    row("deadlines.first_byte", &["LIAN_FIRST_BYTE_SECONDS"], None, Kind::Whole(1, DAY)),
    row("deadlines.idle", &["LIAN_IDLE_SECONDS"], None, Kind::Whole(1, DAY)),
    row("deadlines.overall", &["LIAN_OVERALL_SECONDS"], None, Kind::Whole(1, DAY)),
    row("profiles.*.region", &["LIAN_REGION"], Some("--region"), Kind::Text),
    row("profiles.*.workspace", &["LIAN_WORKSPACE", "BAILIAN_WORKSPACE_ID"], None, Kind::Text),
    row("profiles.*.plan", &["LIAN_PLAN"], None, Kind::Choice(PLANS)),
    row(
        "profiles.*.base_url",
        &["LIAN_BASE_URL", "DASHSCOPE_BASE_URL", "DASHSCOPE_HTTP_BASE_URL"],
        Some("--base-url"),
        Kind::Text,
    ),
    row("profiles.*.compat_base_url", &["LIAN_COMPAT_BASE_URL"], None, Kind::Text),
    row("profiles.*.native_base_url", &["LIAN_NATIVE_BASE_URL"], None, Kind::Text),
    row("profiles.*.surface", &["LIAN_SURFACE"], None, Kind::Choice(&["auto", "compat", "native"])),
    row("profiles.*.model", &[], None, Kind::Form(file::check_filled)),
    row("profiles.*.figures", &[], None, Kind::Choice(&["documented", "seed"])),
    row("profiles.*.production", &[], None, Kind::Switch),
    row("profiles.*.api_key_env", &[], None, Kind::Form(file::check_variable)),
    row("profiles.*.api_key_command", &[], None, Kind::Words),
    row("profiles.*.budget.session", &["LIAN_BUDGET_SESSION"], Some("--budget"), Kind::Amount),
    row("profiles.*.limits.rpm", &[], None, Kind::Whole(1, TOKENS)),
    row("profiles.*.limits.tpm", &[], None, Kind::Whole(1, i64::MAX)),
    row("profiles.*.limits.tpd", &[], None, Kind::Whole(1, i64::MAX)),
    row("profiles.*.limits.running", &[], None, Kind::Whole(1, TOKENS)),
    row("profiles.*.budget.day", &["LIAN_BUDGET_DAY"], None, Kind::Amount),
    row("profiles.*.budget.month", &["LIAN_BUDGET_MONTH"], None, Kind::Amount),
    row("profiles.*.budget.loop_after", &["LIAN_LOOP_AFTER"], None, Kind::Whole(0, TIMES)),
];

/// The setting at this place of the file; any profile's name stands for `*`.
#[must_use]
pub fn setting(path: &[&str]) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.names().count() == path.len() && setting.leads(path))
}

/// The names that may stand in the table at this place; empty where there is no such table.
#[must_use]
pub fn below(path: &[&str]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for setting in SETTINGS.iter().filter(|setting| setting.leads(path)) {
        let name = setting.names().nth(path.len());
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}

impl Setting {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.key.split('.')
    }

    /// The path leads to this setting, or is it.
    fn leads(&self, path: &[&str]) -> bool {
        let mut names = self.names();
        path.iter().all(|part| names.next().is_some_and(|name| name == "*" || name == *part))
    }

    /// Its last name, for sentences.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let name = self.key.strip_prefix("profiles.*.").unwrap_or(self.key);
        let name = name.strip_prefix("speech.").unwrap_or(name);
        name.strip_prefix("chat.").unwrap_or(name)
    }

    /// Its place in the file, for this profile.
    #[must_use]
    pub fn path<'a>(&self, profile: &'a str) -> Vec<&'a str> {
        self.names().map(|name| if name == "*" { profile } else { name }).collect()
    }

    /// A project's file may set it.
    #[must_use]
    pub fn for_projects(&self) -> bool {
        self.key == "theme" || self.key.starts_with("chat.")
    }

    /// A text from the environment or the command line as a value.
    pub fn read(&self, text: &str) -> Result<toml::Value, String> {
        let text = text.trim();
        let value = match self.kind {
            Kind::Text | Kind::Form(_) | Kind::Choice(_) | Kind::Amount => toml::Value::from(text),
            Kind::Switch => match text.to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" | "on" => toml::Value::from(true),
                "0" | "false" | "no" | "off" => toml::Value::from(false),
                _ => toml::Value::from(text),
            },
            Kind::Whole(..) => {
                text.replace('_', "").parse::<i64>().map_or_else(|_| text.into(), Into::into)
            }
            Kind::Number(..) => text.parse::<f64>().map_or_else(|_| text.into(), Into::into),
            Kind::ChoiceOrWords(of) if of.contains(&text) => toml::Value::from(text),
            // A variable holds one text a line.
            Kind::Texts => {
                let lines = text.lines().filter(|line| !line.is_empty());
                lines.map(toml::Value::from).collect::<Vec<_>>().into()
            }
            Kind::Sinks => sound::of_lines(text),
            Kind::Words | Kind::ChoiceOrWords(_) => {
                text.split_whitespace().map(toml::Value::from).collect::<Vec<_>>().into()
            }
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Says what is wrong with a value, with the valid choices.
    pub fn check(&self, value: &toml::Value) -> Result<(), String> {
        let name = self.name();
        let wanted = |what: &str| Err(format!("{name} is {}; it must be {what}", shown(value)));
        match (self.kind, value) {
            (Kind::Text, toml::Value::String(_)) | (Kind::Switch, toml::Value::Boolean(_)) => {
                Ok(())
            }
            (Kind::Form(form), toml::Value::String(text)) => form(text),
            (Kind::Choice(of), toml::Value::String(text)) if of.contains(&text.as_str()) => Ok(()),
            (Kind::Choice(of), toml::Value::String(text)) => {
                Err(format!("unknown {name} {text:?}; it is {}", one_of(of)))
            }
            (Kind::Whole(least, most), toml::Value::Integer(n)) if (least..=most).contains(n) => {
                Ok(())
            }
            (Kind::Number(least, most), _)
                if number(value).is_some_and(|n| (least..=most).contains(&n)) =>
            {
                Ok(())
            }
            (Kind::Amount, _) if amount(value).is_some() => Ok(()),
            (Kind::Words | Kind::ChoiceOrWords(_), toml::Value::Array(words)) if program(words) => {
                Ok(())
            }
            (Kind::ChoiceOrWords(of), toml::Value::String(text)) if of.contains(&text.as_str()) => {
                Ok(())
            }
            (Kind::ChoiceOrWords(of), _) => {
                wanted(&format!("{}, or a program and its arguments", one_of(of)))
            }
            (Kind::Sinks, value) => sound::check(value),
            (Kind::Texts, toml::Value::Array(texts)) if texts.iter().all(filled) => Ok(()),
            (Kind::Texts, _) => wanted("a list of texts: [\"END\"]"),
            (Kind::Text | Kind::Form(_), _) => wanted("text in quotes"),
            (Kind::Choice(of), _) => wanted(&one_of(of)),
            (Kind::Switch, _) => wanted("true or false"),
            (Kind::Whole(least, i64::MAX), _) => wanted(&format!("a whole number from {least}")),
            (Kind::Whole(least, most), _) => {
                wanted(&format!("a whole number from {least} to {most}"))
            }
            (Kind::Number(least, most), _) => wanted(&format!("a number from {least} to {most}")),
            (Kind::Amount, _) => wanted("an amount from 0, in quotes: \"20.00\""),
            (Kind::Words, _) => Err(format!(
                "{name} must be a program and its arguments: [\"pass\", \"show\", \"bailian\"]"
            )),
        }
    }
}

fn filled(word: &toml::Value) -> bool {
    word.as_str().is_some_and(|word| !word.is_empty())
}

/// A program with its arguments.
pub(super) fn program(words: &[toml::Value]) -> bool {
    words.first().is_some_and(filled) && words.iter().all(toml::Value::is_str)
}

/// A number, whole or not.
#[must_use]
pub fn number(value: &toml::Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "settings are small numbers")]
    value.as_float().or_else(|| value.as_integer().map(|n| n as f64))
}

/// An amount of money: a text such as "20.00" or a whole number. A float has lost its last digit
/// already and is none.
#[must_use]
pub fn amount(value: &toml::Value) -> Option<rust_decimal::Decimal> {
    let amount: rust_decimal::Decimal = match value {
        toml::Value::String(text) => text.trim().parse().ok()?,
        toml::Value::Integer(n) => (*n).into(),
        _ => return None,
    };
    (!amount.is_sign_negative()).then_some(amount)
}

fn one_of(choices: &[&str]) -> String {
    let quoted: Vec<_> = choices.iter().map(|choice| format!("{choice:?}")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// A value as it is written, short.
fn shown(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => format!("{text:?}"),
        toml::Value::Table(_) => "a table".to_owned(),
        toml::Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_variables_are_said_once() {
        let mut seen = std::collections::HashSet::new();
        for setting in SETTINGS {
            assert!(seen.insert(setting.key), "{} twice", setting.key);
            for variable in setting.variables {
                assert!(seen.insert(variable), "{variable} twice");
            }
        }
    }

    #[test]
    fn values_of_the_environment_are_read_and_judged() {
        let at = |key: &'static str| setting(&key.split('.').collect::<Vec<_>>()).unwrap();
        let read = |key: &'static str, text: &str| at(key).read(text);
        assert_eq!(read("chat.thinking", "on"), Ok(true.into()));
        assert_eq!(read("chat.max_tokens", "4_096"), Ok(4096.into()));
        assert_eq!(read("chat.temperature", "1"), Ok(1.0.into()));
        assert_eq!(
            read("chat.temperature", "warm").unwrap_err(),
            "temperature is \"warm\"; it must be a number from 0 to 2"
        );
        assert_eq!(
            read("profiles.work.plan", "gold").unwrap_err(),
            "unknown plan \"gold\"; it is \"token\" or \"coding\""
        );
        assert!(read("profiles.x.budget.day", "20.50").is_ok());
        assert!(read("profiles.x.budget.day", "-1").unwrap_err().contains("from 0"));
        assert!(at("profiles.x.budget.day").check(&1.5.into()).is_err());
    }
}
