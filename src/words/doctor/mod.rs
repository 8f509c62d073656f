//! What `lian doctor` says, in every language: names, titles, the last line, what is asked before
//! a real request. Findings and next steps have files of their own; it refuses marks and columns.

mod finding;
mod machine;
mod next;

use std::time::Duration;

use super::Language;
use crate::domain::doctor::{Check, Group, Name, Outcome};

/// What an action does, by its name, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    (name == "doctor").then_some("检查一切是否正常：密钥、网络、服务、文件")
}

/// Short texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doctor<'a> {
    /// Title of the list.
    Title,
    /// A group's title.
    Group(Group),
    /// What a line is about.
    Name(Name),
    /// The last line.
    Verdict {
        /// Lines that failed.
        failed: usize,
        /// Lines that work with a limit.
        warned: usize,
        /// The first that failed.
        first: Option<Name>,
    },
    /// It is still being looked.
    Looking,
    /// What real requests will cost, before they are made.
    Price {
        /// Which model is asked.
        model: &'a str,
        /// How often.
        times: usize,
        /// The price of all of them, where it is known.
        price: Option<&'a str>,
    },
    /// Asks for consent, after the price.
    Consent,
    /// Nobody can be asked for consent.
    NoConsent,
    /// Footer: copy the finding.
    Copy,
}

/// English and Chinese; the language chooses.
type Pair = (String, String);

fn pair(en: &str, zh: &str) -> Pair {
    (en.to_owned(), zh.to_owned())
}

/// Goes on in both languages.
fn add(both: &mut Pair, en: &str, zh: &str) {
    both.0.push_str(en);
    both.1.push_str(zh);
}

fn choose(language: Language, (en, zh): Pair) -> String {
    match language {
        Language::En => en,
        Language::ZhCn => zh,
    }
}

/// What was found, as a sentence.
#[must_use]
pub fn sentence(language: Language, check: &Check) -> String {
    finding::sentence(language, &check.finding)
}

/// What to do, where there is something to do: the notice's own step, then that of the check.
#[must_use]
pub fn next(language: Language, check: &Check) -> Option<String> {
    next::step(language, check)
}

impl Doctor<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> String {
        choose(language, self.both())
    }

    fn both(self) -> Pair {
        match self {
            Self::Title => pair("Is all well?", "检查"),
            Self::Group(group) => title(group),
            Self::Name(name) => label(name),
            Self::Verdict { failed: 0, warned: 0, .. } => pair("All is well.", "一切正常。"),
            Self::Verdict { failed: 0, warned: 1, .. } => {
                pair("It works, with one remark.", "可以使用，有 1 处需要留意。")
            }
            Self::Verdict { failed: 0, warned, .. } => (
                format!("It works, with {warned} remarks."),
                format!("可以使用，有 {warned} 处需要留意。"),
            ),
            Self::Verdict { failed, first, .. } => {
                let first = first.map(label).unwrap_or_default();
                let things = if failed == 1 { "thing does" } else { "things do" };
                (
                    format!("{failed} {things} not work. Begin with: {}.", first.0),
                    format!("有 {failed} 处不正常，请先看“{}”。", first.1),
                )
            }
            Self::Looking => pair("Looking …", "正在检查……"),
            Self::Price { model, times, price } => match price {
                Some(price) => (
                    format!("{times} real requests to {model} cost about {price} together."),
                    format!("将向 {model} 发出 {times} 次真实请求，合计约 {price}。"),
                ),
                None => (
                    format!("{times} real requests to {model}; their price is not known."),
                    format!("将向 {model} 发出 {times} 次真实请求，价格未知。"),
                ),
            },
            Self::Consent => pair("Go on? [y/N] ", "继续吗？[y/N] "),
            Self::NoConsent => pair(
                "--probe asks before it spends money, and nobody is here to be asked: add --yes.",
                "--probe 在花钱之前要先征得同意，而这里没有人可问：请加上 --yes。",
            ),
            Self::Copy => pair("copy", "复制"),
        }
    }
}

fn title(group: Group) -> Pair {
    match group {
        Group::Settings => pair("Settings", "设置"),
        Group::Key => pair("Key", "密钥"),
        Group::Network => pair("Network", "网络"),
        Group::Service => pair("Service", "服务"),
        Group::Machine => pair("This machine", "本机"),
        Group::Terminal => pair("Terminal and sound", "终端与声音"),
        Group::Probe => pair("Real requests", "真实请求"),
    }
}

fn label(name: Name) -> Pair {
    match name {
        Name::Config => pair("configuration", "配置"),
        Name::Language => pair("language", "语言"),
        Name::Key => pair("key", "密钥"),
        Name::Plan => pair("plan", "套餐"),
        Name::Place => pair("address", "地址"),
        Name::Proxy => pair("proxy", "代理"),
        Name::Dns => pair("DNS", "DNS"),
        Name::Connect => pair("connection", "连接"),
        Name::Authorities => pair("authorities", "证书颁发者"),
        Name::Tls => pair("TLS", "TLS"),
        Name::Http => pair("answer", "应答"),
        Name::Clock => pair("clock", "时钟"),
        Name::Compat | Name::ProbeCompat => pair("compatible", "兼容接口"),
        Name::Native | Name::ProbeNative => pair("native", "原生接口"),
        Name::Region => pair("region", "地域"),
        Name::Workspace => pair("workspace", "业务空间"),
        Name::Limits => pair("limits", "限额"),
        Name::Model => pair("model", "模型"),
        Name::Catalog => pair("catalog", "模型目录"),
        Name::Directories => pair("directories", "文件夹"),
        Name::Store => pair("store", "对话存储"),
        Name::Disk => pair("disk", "磁盘"),
        Name::Posters => pair("ffmpeg", "ffmpeg"),
        Name::Terminal => pair("terminal", "终端"),
        Name::Colours => pair("colours", "颜色"),
        Name::Letters => pair("letters", "字符"),
        Name::Clipboard => pair("clipboard", "剪贴板"),
        Name::Sound => pair("sound", "声音"),
    }
}

/// The mark before a line, and its stand-in where only ASCII is shown.
#[must_use]
pub const fn mark(outcome: Outcome, ascii: bool) -> &'static str {
    match (outcome, ascii) {
        (Outcome::Ok, false) => "✓",
        (Outcome::Ok, true) => "ok",
        (Outcome::Warn, false) => "!",
        (Outcome::Warn, true) => "!!",
        (Outcome::Fail(_), false) => "✗",
        (Outcome::Fail(_), true) => "XX",
        (Outcome::Skipped | Outcome::Unknown, false) => "·",
        (Outcome::Skipped | Outcome::Unknown, true) => "--",
    }
}

/// A short time: milliseconds below a second.
fn time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{} s", super::seconds(time))
    }
}

/// A size as disks are sold: a thousand to the step.
fn size(bytes: u64) -> String {
    const STEPS: [(&str, u64); 4] =
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    let step = STEPS.into_iter().find(|(_, step)| bytes >= *step);
    step.map_or_else(
        || format!("{bytes} B"),
        |(unit, step)| {
            let tenths = bytes / (step / 10);
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        },
    )
}

/// Texts one after the other.
fn list(language: Language, texts: &[String]) -> String {
    texts.join(match language {
        Language::En => ", ",
        Language::ZhCn => "、",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::doctor::finding::NetworkFinding;

    #[test]
    fn every_name_has_words_of_its_own_in_its_group() {
        for language in [Language::En, Language::ZhCn] {
            for name in Name::ALL {
                let said = Doctor::Name(name).say(language);
                let same = |other: &Name| {
                    other.group() == name.group() && Doctor::Name(*other).say(language) == said
                };
                assert_eq!(Name::ALL.iter().filter(|other| same(other)).count(), 1, "{said}");
            }
        }
    }

    #[test]
    fn the_verdict_counts() {
        let say = |failed, warned, language| {
            Doctor::Verdict { failed, warned, first: Some(Name::Dns) }.say(language)
        };
        assert_eq!(say(0, 0, Language::En), "All is well.");
        assert_eq!(say(0, 2, Language::En), "It works, with 2 remarks.");
        assert_eq!(say(1, 2, Language::En), "1 thing does not work. Begin with: DNS.");
        assert!(say(2, 0, Language::ZhCn).contains("DNS"));
    }

    #[test]
    fn times_and_sizes_are_short() {
        assert_eq!(time(Duration::from_millis(42)), "42 ms");
        assert_eq!(time(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(
            [size(12), size(1_500), size(12_345_678), size(1_999_999_999)],
            ["12 B", "1.5 kB", "12.3 MB", "1.9 GB"]
        );
    }

    #[test]
    fn nothing_is_left_in_english() {
        let check = Check::ok(Name::Proxy, NetworkFinding::Direct);
        assert!(!sentence(Language::ZhCn, &check).is_ascii());
        assert_eq!(next(Language::En, &check), None);
    }
}
