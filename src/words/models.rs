//! What the model picker and `lian models` say, in every language. It refuses figures' own
//! spelling and the names of families, which are data of the catalog.

use std::borrow::Cow;

use super::lanes::Lanes;
use super::{Language, grouped};
use crate::domain::models::{Ability, Purpose, Thinking};
use crate::domain::money::Unit;
use crate::domain::settings::Figures;

/// What the actions on models do, in Chinese.
pub(super) fn action_zh(name: &str) -> Option<&'static str> {
    Some(match name {
        "choose_model" => "选择模型",
        "pin_model" => "把模型固定到某个日期",
        "default_model" => "使用这个模型并设为默认",
        "model_kinds" => "只列对话模型，或全部",
        _ => return None,
    })
}

/// Short texts about models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Models<'a> {
    /// Title of the picker.
    Title,
    /// The same while only chat models are listed.
    TitleChat,
    /// Title of the snapshots of an alias.
    TitlePin(&'a str),
    /// In the empty query.
    Placeholder,
    /// No snapshot fits what was typed.
    Nothing,
    /// Footer: take the marked row.
    Accept,
    /// Footer: list the snapshots.
    Pin,
    /// Footer: back to all models.
    Unpin,
    /// Footer: use it for new conversations too.
    Keep,
    /// Footer: chat models or all.
    Kinds,
    /// The row that takes what was typed as an id.
    Use(&'a str),
    /// What a typed id is.
    Unlisted,
    /// Ids that look like it.
    Near(&'a str),
    /// What a model is for.
    For(Purpose),
    /// One or two letters for an ability.
    Mark(Ability),
    /// An ability in a word.
    Can(Ability),
    /// What the marks mean.
    Legend,
    /// How it reasons.
    Thinking(Thinking),
    /// Tokens of the context.
    Context(u64),
    /// Tokens of the largest answer.
    Answer(u64),
    /// It answers streams only.
    StreamOnly,
    /// Jobs run as tasks.
    Tasks,
    /// Heads the limits.
    Limits,
    /// Requests a minute.
    Requests(u64),
    /// Tokens a minute.
    Tokens(u64),
    /// Tasks at once.
    Running(u32),
    /// The regions that serve it.
    Regions(&'a str),
    /// It is not served where requests go.
    NotHere {
        /// Where requests go.
        here: &'a str,
        /// Where it is served.
        regions: &'a str,
    },
    /// It was taken out of service.
    Ended(&'a str),
    /// It will be, in so many days.
    Ends(&'a str, i64),
    /// What could take its place.
    Instead(&'a str),
    /// Heads the prices.
    Prices,
    /// No price is known.
    NoPrice,
    /// What an amount is for.
    Per(Unit),
    /// The same in a narrow column.
    PerShort(Unit),
    /// Input.
    Input,
    /// Output.
    Output,
    /// Input from the cache.
    Cached,
    /// With reasoning.
    WithThinking,
    /// Without reasoning.
    WithoutThinking,
    /// Half-price files.
    Batch,
    /// A cache asked for.
    ExplicitCache,
    /// Videos with sound.
    WithSound,
    /// Videos without sound.
    WithoutSound,
    /// A price for text, in answers to nothing but text.
    OfText,
    /// A price for text written about more than text.
    OfMixed,
    /// A price for everything but sound.
    OfSilent,
    /// A price for pictures and videos.
    OfPictures,
    /// A price for sound.
    OfSound,
    /// Which set of figures.
    Set(Figures),
    /// The row is that of this model.
    As(&'a str),
    /// Who says so, and when.
    Source(&'a str, &'a str),
    /// The date of a row is more than half a year ago.
    Old,
    /// Rows that found no room.
    More(usize),
    /// The model of the conversation.
    Current,
    /// The model is no chat model.
    NotForChat(&'a str, Purpose),
    /// There are no snapshots of it.
    NoSnapshots(&'a str),
    /// Two to four models are compared.
    MarkSome,
    /// Heads the column of ids.
    HeadModel,
    /// Heads the column of families.
    HeadFamily,
    /// Heads the column of prices.
    HeadPrice,
    /// Heads the column of contexts.
    HeadContext,
    /// Heads the column of abilities.
    HeadCan,
    /// Heads the column of what else there is to say.
    HeadNote,
    /// Headless: nothing fits.
    NoneFound,
}

impl Models<'_> {
    /// Says it.
    #[must_use]
    pub fn say(self, language: Language) -> Cow<'static, str> {
        match language {
            Language::En => self.en(),
            Language::ZhCn => self.zh_cn(),
        }
    }

    fn en(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Title => "Models",
            Self::TitleChat => "Models for chat",
            Self::TitlePin(alias) => return format!("Pin {alias} to a date").into(),
            Self::Placeholder => "Id, family or what it is for; any other id can be typed",
            Self::Nothing => "No snapshot is called that",
            Self::Accept => "use it",
            Self::Pin => "pin to a date",
            Self::Unpin => "back to all models",
            Self::Keep => "and as default",
            Self::Kinds => "chat or all",
            Self::Use(id) => return format!("use \"{id}\"").into(),
            Self::Unlisted => "The catalog does not know this id. It is sent as it stands here.",
            Self::Near(ids) => return format!("Spelled much the same: {ids}").into(),
            Self::For(purpose) => for_en(purpose),
            Self::Mark(ability) => mark_en(ability),
            Self::Can(ability) => can_en(ability),
            Self::Legend => "T thinks  V sees  A hears or speaks  J JSON  S searches  ? unknown",
            Self::Thinking(Thinking::Unknown) => "thinking unknown",
            Self::Thinking(Thinking::Never) => "does not think",
            Self::Thinking(Thinking::Optional { on: true }) => "thinks unless told not to",
            Self::Thinking(Thinking::Optional { on: false }) => "thinks when told to",
            Self::Thinking(Thinking::Always) => "always thinks",
            Self::Context(tokens) => return format!("context {} tokens", grouped(tokens)).into(),
            Self::Answer(tokens) => return format!("answer up to {}", grouped(tokens)).into(),
            Self::StreamOnly => "streams only",
            Self::Tasks => "runs as tasks",
            Self::Limits => "Limits",
            Self::Requests(n) => return format!("{} requests/min", grouped(n)).into(),
            Self::Tokens(n) => return format!("{} tokens/min", grouped(n)).into(),
            Self::Running(1) => "one task at once",
            Self::Running(n) => return format!("{n} tasks at once").into(),
            Self::Regions(ids) => return format!("only in {ids}").into(),
            Self::NotHere { here, regions } => {
                return format!("Not served in {here}, where requests go; only in {regions}.")
                    .into();
            }
            Self::Ended(day) => return format!("Retired on {day}.").into(),
            Self::Ends(day, 0) => return format!("Retires today, {day}.").into(),
            Self::Ends(day, 1) => return format!("Retires tomorrow, {day}.").into(),
            Self::Ends(day, days) => return format!("Retires on {day}, in {days} days.").into(),
            Self::Instead(ids) => return format!("Instead: {ids}").into(),
            Self::Prices => "Prices",
            Self::NoPrice => "no price known",
            Self::Per(Unit::MillionTokens) => "per 1M tokens",
            Self::Per(Unit::TenThousandCharacters) => "per 10k characters",
            Self::Per(Unit::Image) => "per image",
            Self::Per(Unit::Second) => "per second",
            Self::Per(Unit::Call) => "per call",
            Self::PerShort(Unit::MillionTokens) => "",
            Self::PerShort(Unit::TenThousandCharacters) => "/10kc",
            Self::PerShort(Unit::Image) => "/img",
            Self::PerShort(Unit::Second) => "/s",
            Self::PerShort(Unit::Call) => "/call",
            Self::Input => "in",
            Self::Output => "out",
            Self::Cached => "cached",
            Self::WithThinking => "thinking",
            Self::WithoutThinking => "not thinking",
            Self::Batch => "batch file",
            Self::ExplicitCache => "explicit cache (in: write, cached: read)",
            Self::WithSound => "with sound",
            Self::WithoutSound => "without sound",
            Self::OfText => "text",
            Self::OfMixed => "text about more than text",
            Self::OfSilent => "all but sound",
            Self::OfPictures => "pictures and video",
            Self::OfSound => "sound",
            Self::Set(Figures::Documented) => "documented",
            Self::Set(Figures::Seed) => "seed",
            Self::As(alias) => return format!("as {alias}").into(),
            Self::Source(source, as_of) => return format!("{source}, {as_of}").into(),
            Self::Old => "more than half a year old",
            Self::More(rows) => {
                return format!("{rows} more; `lian models --json` prints them all").into();
            }
            Self::Current => "in use",
            Self::NotForChat(id, purpose) => {
                return format!(
                    "{id} is for something else: {}. Choose a chat model.",
                    for_en(purpose)
                )
                .into();
            }
            Self::NoSnapshots(id) => {
                return format!("No snapshots of {id} are known; type the dated id to use one.")
                    .into();
            }
            Self::MarkSome => return Lanes::MarkSome.say(Language::En).into(),
            Self::HeadModel => "MODEL",
            Self::HeadFamily => "FAMILY",
            Self::HeadPrice => "IN/OUT",
            Self::HeadContext => "CONTEXT",
            Self::HeadCan => "CAN",
            Self::HeadNote => "NOTE",
            Self::NoneFound => "no model fits",
        })
    }

    fn zh_cn(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Title | Self::HeadModel => "模型",
            Self::TitleChat => "对话模型",
            Self::TitlePin(alias) => return format!("把 {alias} 固定到某个日期").into(),
            Self::Placeholder => "输入 ID、系列或用途；也可以输入任何其他 ID",
            Self::Nothing => "没有这样的快照",
            Self::Accept => "使用",
            Self::Pin => "固定日期",
            Self::Unpin => "返回全部模型",
            Self::Keep => "并设为默认",
            Self::Kinds => "对话/全部",
            Self::Use(id) => return format!("使用“{id}”").into(),
            Self::Unlisted => "目录里没有这个 ID，会原样发送。",
            Self::Near(ids) => return format!("写法相近：{ids}").into(),
            Self::For(purpose) => for_zh(purpose),
            Self::Mark(ability) => mark_zh(ability),
            Self::Can(ability) => can_zh(ability),
            Self::Legend => "思：思考  视：看图  听：听或说  J：JSON  搜：联网搜索  ?：未知",
            Self::Thinking(Thinking::Unknown) => "是否思考未知",
            Self::Thinking(Thinking::Never) => "不思考",
            Self::Thinking(Thinking::Optional { on: true }) => "默认思考，可关闭",
            Self::Thinking(Thinking::Optional { on: false }) => "可开启思考",
            Self::Thinking(Thinking::Always) => "始终思考",
            Self::Context(tokens) => return format!("上下文 {} token", grouped(tokens)).into(),
            Self::Answer(tokens) => return format!("回答最多 {}", grouped(tokens)).into(),
            Self::StreamOnly => "只支持流式",
            Self::Tasks => "以任务方式运行",
            Self::Limits => "限额",
            Self::Requests(n) => return format!("每分钟 {} 次请求", grouped(n)).into(),
            Self::Tokens(n) => return format!("每分钟 {} token", grouped(n)).into(),
            Self::Running(n) => return format!("同时 {n} 个任务").into(),
            Self::Regions(ids) => return format!("仅限 {ids}").into(),
            Self::NotHere { here, regions } => {
                return format!("请求发往 {here}，那里没有这个模型；仅限 {regions}。").into();
            }
            Self::Ended(day) => return format!("已于 {day} 下线。").into(),
            Self::Ends(day, 0) => return format!("今天（{day}）下线。").into(),
            Self::Ends(day, days) => return format!("{day} 下线，还有 {days} 天。").into(),
            Self::Instead(ids) => return format!("可改用：{ids}").into(),
            Self::Prices => "价格",
            Self::NoPrice => "价格未知",
            Self::Per(Unit::MillionTokens) => "每百万 token",
            Self::Per(Unit::TenThousandCharacters) => "每万字符",
            Self::Per(Unit::Image) => "每张",
            Self::Per(Unit::Second) => "每秒",
            Self::Per(Unit::Call) => "每次",
            Self::PerShort(Unit::MillionTokens) => "",
            Self::PerShort(Unit::TenThousandCharacters) => "/万字",
            Self::PerShort(Unit::Image) => "/张",
            Self::PerShort(Unit::Second) => "/秒",
            Self::PerShort(Unit::Call) => "/次",
            Self::Input => "输入",
            Self::Output => "输出",
            Self::Cached => "缓存命中",
            Self::WithThinking => "思考时",
            Self::WithoutThinking => "不思考时",
            Self::Batch => "批量文件",
            Self::ExplicitCache => "显式缓存（输入为写入，缓存命中为读取）",
            Self::WithSound => "有声",
            Self::WithoutSound => "无声",
            Self::OfText => "文本",
            Self::OfMixed => "多模态输入时的文本",
            Self::OfSilent => "音频以外",
            Self::OfPictures => "图像和视频",
            Self::OfSound => "音频",
            Self::Set(Figures::Documented) => "文档",
            Self::Set(Figures::Seed) => "seed",
            Self::As(alias) => return format!("同 {alias}").into(),
            Self::Source(source, as_of) => return format!("{source}，{as_of}").into(),
            Self::Old => "已超过半年",
            Self::More(rows) => {
                return format!("还有 {rows} 行；`lian models --json` 可全部列出").into();
            }
            Self::Current => "使用中",
            Self::NotForChat(id, purpose) => {
                return format!("{id} 的用途是{}，不能对话。请选对话模型。", for_zh(purpose))
                    .into();
            }
            Self::NoSnapshots(id) => {
                return format!("目录里没有 {id} 的快照；可以直接输入带日期的 ID。").into();
            }
            Self::MarkSome => return Lanes::MarkSome.say(Language::ZhCn).into(),
            Self::HeadFamily => "系列",
            Self::HeadPrice => "输入/输出",
            Self::HeadContext => "上下文",
            Self::HeadCan => "能力",
            Self::HeadNote => "说明",
            Self::NoneFound => "没有合适的模型",
        })
    }
}

const fn for_en(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Chat => "chat",
        Purpose::Native => "text, but not on the chat surface",
        Purpose::Realtime => "live sound over a WebSocket",
        Purpose::Image => "making pictures",
        Purpose::Video => "making videos",
        Purpose::Speech => "reading text aloud",
        Purpose::Voice => "making voices",
        Purpose::Transcription => "writing down speech",
        Purpose::Embedding => "vectors",
        Purpose::Scoring => "ranking and checking",
    }
}

const fn for_zh(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Chat => "对话",
        Purpose::Native => "文本（不在对话接口上）",
        Purpose::Realtime => "实时语音（WebSocket）",
        Purpose::Image => "图像生成",
        Purpose::Video => "视频生成",
        Purpose::Speech => "语音合成",
        Purpose::Voice => "音色制作",
        Purpose::Transcription => "语音识别",
        Purpose::Embedding => "向量",
        Purpose::Scoring => "排序与检测",
    }
}

const fn mark_en(ability: Ability) -> &'static str {
    match ability {
        Ability::Thinking => "T",
        Ability::Vision => "V",
        Ability::Audio => "A",
        Ability::Json => "J",
        Ability::Search => "S",
        Ability::Tools => "C",
        Ability::Prefix => "P",
    }
}

const fn mark_zh(ability: Ability) -> &'static str {
    match ability {
        Ability::Thinking => "思",
        Ability::Vision => "视",
        Ability::Audio => "听",
        Ability::Json => "J",
        Ability::Search => "搜",
        Ability::Tools => "具",
        Ability::Prefix => "续",
    }
}

const fn can_en(ability: Ability) -> &'static str {
    match ability {
        Ability::Thinking => "thinking",
        Ability::Vision => "vision",
        Ability::Audio => "audio",
        Ability::Json => "JSON answers",
        Ability::Search => "web search",
        Ability::Tools => "tools",
        Ability::Prefix => "goes on from a beginning",
    }
}

const fn can_zh(ability: Ability) -> &'static str {
    match ability {
        Ability::Thinking => "思考",
        Ability::Vision => "看图",
        Ability::Audio => "音频",
        Ability::Json => "JSON 回答",
        Ability::Search => "联网搜索",
        Ability::Tools => "工具",
        Ability::Prefix => "续写",
    }
}
