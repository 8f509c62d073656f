//! The facts of an answer as JSON, and the words for roles and states: the store's own names,
//! which stay when the domain's change. It refuses to fail on what a newer program wrote:
//! an unknown word is left out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::refusals::{
    AccountRow, DownloadRow, ExchangeRow, MediaRow, RequestRow, RouteRow, SideRow, TaskRow,
};
use super::settings::{KeyRow, SettingsRow};
use super::surface::{MediaTokensRow, SourceRow, ViaRow};
use crate::domain::attachments::AttachNotice;
use crate::domain::chat::{AnswerFacts, FinishReason, MediaTokens, MessageState, Role, Usage};
use crate::domain::conversations::{Part, Spot};
use crate::domain::copy::CopyNotice;
use crate::domain::export::ExportNotice;
use crate::domain::ids::MessageId;
use crate::domain::keys::KeyFault;
use crate::domain::models::ModelId;
use crate::domain::money::{Currency, Money};
use crate::domain::notice::{
    AccountNotice, AloudNotice, BudgetNotice, DownloadNotice, ErrandNotice, InputNotice,
    MediaNotice, Notice, NoticeKind, RequestNotice, RouteNotice, Side, SpeechNotice, TaskNotice,
    Throttle,
};
use crate::domain::settings::SettingsNotice;
use crate::domain::surface::WebSource;

/// The word for a role.
pub(super) const fn role_word(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// The role of a word.
pub(super) fn role(word: &str) -> Role {
    match word {
        "system" => Role::System,
        "user" => Role::User,
        _ => Role::Assistant,
    }
}

/// The word for a message that is arriving.
pub(super) const STREAMING: &str = "streaming";

/// The word for a state.
pub(super) const fn state_word(state: MessageState) -> &'static str {
    match state {
        MessageState::Complete => "complete",
        MessageState::Streaming => STREAMING,
        MessageState::Partial => "partial",
        MessageState::Failed => "failed",
    }
}

/// The state of a word.
pub(super) fn state(word: &str) -> MessageState {
    match word {
        "complete" => MessageState::Complete,
        STREAMING => MessageState::Streaming,
        "failed" => MessageState::Failed,
        _ => MessageState::Partial,
    }
}

/// The word for a part of a message.
const fn part_word(part: Part) -> &'static str {
    match part {
        Part::Head => "head",
        Part::Reasoning => "reasoning",
        Part::Body => "body",
        Part::Foot => "foot",
    }
}

/// A reader's place in one line: message, part, piece, letters, rows.
pub(super) fn spot_text(spot: &Spot) -> String {
    let Spot { message, part, piece, letters, rows } = spot;
    format!("{} {} {piece} {letters} {rows}", message.0, part_word(*part))
}

/// The place of such a line; none if it is not understood.
pub(super) fn spot(text: &str) -> Option<Spot> {
    let mut words = text.split(' ');
    let message = MessageId(words.next()?.parse().ok()?);
    let part = match words.next()? {
        "head" => Part::Head,
        "reasoning" => Part::Reasoning,
        "body" => Part::Body,
        "foot" => Part::Foot,
        _ => return None,
    };
    let mut number = || words.next()?.parse().ok();
    let (piece, letters, rows) = (number()?, number()?, number()?);
    Some(Spot { message, part, piece, letters, rows })
}

/// Facts to JSON.
pub(super) fn to_json(facts: &AnswerFacts) -> Option<String> {
    serde_json::to_string(&FactsRow::from(facts)).ok()
}

/// JSON to facts; what cannot be understood is left out.
pub(super) fn from_json(json: &str) -> AnswerFacts {
    serde_json::from_str::<FactsRow>(json).map(AnswerFacts::from).unwrap_or_default()
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct FactsRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_token_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    streaming_ns: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<NoticeRow>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    json: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<ViaRow>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceRow>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct UsageRow {
    input: u64,
    output: u64,
    cached: Option<u64>,
    reasoning: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<MediaTokensRow>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct CostRow {
    amount: String,
    currency: String,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct NoticeRow {
    // Read as any JSON first, so that an unknown kind costs the kind and not the facts.
    kind: serde_json::Value,
    request_id: Option<String>,
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<ExchangeRow>,
}

impl From<&Notice> for NoticeRow {
    fn from(notice: &Notice) -> Self {
        Self {
            kind: serde_json::to_value(Kind(&notice.kind)).unwrap_or_default(),
            request_id: notice.request_id.clone(),
            detail: notice.detail.clone(),
            exchange: notice.exchange.as_deref().map(ExchangeRow::from),
        }
    }
}

impl NoticeRow {
    /// The notice, unless a newer program wrote a kind that is not known here.
    fn notice(self) -> Option<Notice> {
        Some(Notice {
            kind: serde_json::from_value::<OwnedKind>(self.kind).ok()?.0,
            request_id: self.request_id,
            detail: self.detail,
            exchange: self.exchange.map(|row| Box::new(row.into())),
        })
    }
}

/// A notice to JSON.
pub(in crate::service) fn notice_to_json(notice: &Notice) -> Option<String> {
    serde_json::to_string(&NoticeRow::from(notice)).ok()
}

/// JSON to a notice; none where a newer program wrote what is not understood.
pub(in crate::service) fn notice_from_json(json: &str) -> Option<Notice> {
    serde_json::from_str::<NoticeRow>(json).ok()?.notice()
}

impl From<&AnswerFacts> for FactsRow {
    fn from(facts: &AnswerFacts) -> Self {
        Self {
            model: facts.model.as_ref().map(|model| model.as_str().to_owned()),
            first_token_ns: facts.first_token.map(nanos),
            streaming_ns: facts.streaming.map(nanos),
            usage: facts.usage.map(|usage| UsageRow {
                input: usage.input,
                output: usage.output,
                cached: usage.cached,
                reasoning: usage.reasoning,
                media: MediaTokensRow::of(usage.media),
            }),
            cost: facts.cost.map(|cost| CostRow {
                amount: cost.amount.to_string(),
                currency: currency_word(cost.currency).to_owned(),
            }),
            request_id: facts.request_id.clone(),
            finish: facts.finish.as_ref().map(|finish| finish_word(finish).to_owned()),
            notice: facts.notice.as_ref().map(NoticeRow::from),
            json: facts.json,
            seed: facts.seed,
            via: facts.via.map(ViaRow::from),
            sources: facts.sources.iter().map(SourceRow::from).collect(),
        }
    }
}

impl From<FactsRow> for AnswerFacts {
    fn from(row: FactsRow) -> Self {
        Self {
            model: row.model.map(|model| ModelId::new(&model)),
            first_token: row.first_token_ns.map(Duration::from_nanos),
            streaming: row.streaming_ns.map(Duration::from_nanos),
            usage: row.usage.map(|usage| Usage {
                input: usage.input,
                output: usage.output,
                cached: usage.cached,
                reasoning: usage.reasoning,
                media: usage.media.map(MediaTokens::from).unwrap_or_default(),
            }),
            cost: row.cost.and_then(|cost| {
                Some(Money {
                    amount: cost.amount.parse().ok()?,
                    currency: currency(&cost.currency)?,
                })
            }),
            request_id: row.request_id,
            finish: row.finish.map(|word| finish(&word)),
            notice: row.notice.and_then(NoticeRow::notice),
            json: row.json,
            seed: row.seed,
            via: row.via.and_then(ViaRow::via),
            sources: row.sources.into_iter().map(WebSource::from).collect(),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

const fn currency_word(currency: Currency) -> &'static str {
    match currency {
        Currency::Cny => "cny",
        Currency::Usd => "usd",
    }
}

fn currency(word: &str) -> Option<Currency> {
    match word {
        "cny" => Some(Currency::Cny),
        "usd" => Some(Currency::Usd),
        _ => None,
    }
}

fn finish_word(finish: &FinishReason) -> &str {
    match finish {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::Other(word) => word,
    }
}

fn finish(word: &str) -> FinishReason {
    match word {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        "tool_calls" => FinishReason::ToolCalls,
        other => FinishReason::Other(other.to_owned()),
    }
}

#[derive(Serialize)]
struct Kind<'a>(#[serde(with = "KindRow")] &'a NoticeKind);

#[derive(Deserialize)]
struct OwnedKind(#[serde(with = "KindRow")] NoticeKind);

/// The domain's kinds with the names they have on disk. The compiler checks that it is complete;
/// a name that was ever released is never changed (`#[serde(rename)]` keeps it).
#[derive(Serialize, Deserialize)]
#[serde(remote = "NoticeKind", tag = "kind", rename_all = "snake_case")]
enum KindRow {
    /// Said on the screen alone: no answer ends so.
    #[serde(skip)]
    Copy(CopyNotice),
    /// Said on the screen alone.
    #[serde(skip)]
    Errand(ErrandNotice),
    #[serde(skip)]
    Aloud(AloudNotice),
    #[serde(skip)]
    Speech(SpeechNotice),
    #[serde(skip)]
    Export(ExportNotice),
    Attach(#[serde(with = "super::attachments::notice")] AttachNotice),
    KeyMissing {
        origin: String,
        #[serde(default)]
        variable: String,
    },
    KeyRejected {
        origin: String,
        source: String,
    },
    Key(#[serde(with = "KeyRow")] KeyFault),
    Settings(#[serde(with = "SettingsRow")] SettingsNotice),
    PermissionDenied,
    StillAnswering,
    Arrears {
        #[serde(default)]
        source: String,
    },
    FreeQuotaUsedUp {
        model: String,
    },
    ModelUnknown {
        model: String,
        near: Vec<String>,
    },
    ModelNotOnSurface {
        model: String,
    },
    RequestRefused {
        status: u16,
    },
    TooLong {
        model: String,
    },
    ContentRefused {
        #[serde(with = "SideRow")]
        side: Side,
    },
    NotTheService {
        url: String,
    },
    Throttled {
        #[serde(with = "ThrottleRow", rename = "throttle")]
        kind: Throttle,
        tries: u32,
    },
    ServerFailed {
        status: u16,
    },
    DnsFailed {
        host: String,
    },
    ConnectionRefused {
        host: String,
    },
    TlsFailed {
        host: String,
    },
    ConnectFailed {
        host: String,
    },
    ConnectTimeout {
        host: String,
        #[serde(with = "millis")]
        after: Duration,
    },
    FirstByteTimeout {
        #[serde(with = "millis")]
        after: Duration,
    },
    Stalled {
        #[serde(with = "millis")]
        after: Duration,
    },
    OverallTimeout {
        #[serde(with = "millis")]
        after: Duration,
    },
    Cut,
    Garbled,
    TooLarge {
        cap: u64,
    },
    EmptyAnswer,
    Redirected {
        to: String,
    },
    StoreUnwritable {
        path: String,
    },
    DiskFull {
        path: String,
    },
    StoreUnreadable {
        path: String,
    },
    StoreFailed,
    StoreRecovered,
    StoreOnNetwork {
        path: String,
    },
    Stopped,
    Interrupted,
    QuitAgain {
        answering: bool,
    },
    NothingThere,
    MovedOn,
    ArrivingElsewhere,
    Deleted {
        title: String,
    },
    ConversationGone,
    Forked,
    Mouse {
        on: bool,
    },
    TooNarrow {
        columns: u16,
    },
    Resumed {
        messages: usize,
    },
    Crashed {
        report: String,
    },
    Busy,
    /// Said while a message is written; no message ends with it.
    #[serde(skip)]
    Input(InputNotice),
    Account(#[serde(with = "AccountRow")] AccountNotice),
    Request(#[serde(with = "RequestRow")] RequestNotice),
    Route(#[serde(with = "RouteRow")] RouteNotice),
    Media(#[serde(with = "MediaRow")] MediaNotice),
    Task(#[serde(with = "TaskRow")] TaskNotice),
    Download(#[serde(with = "DownloadRow")] DownloadNotice),
    Budget(#[serde(with = "super::budget::notice")] BudgetNotice),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Throttle", rename_all = "snake_case")]
enum ThrottleRow {
    Requests,
    Burst,
    Tokens,
    Concurrency,
    Capacity,
    Generic,
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(after: &Duration, to: S) -> Result<S::Ok, S::Error> {
        u64::try_from(after.as_millis()).unwrap_or(u64::MAX).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::models::Surface;
    use crate::domain::notice::{Demand, Exchange, FileFault};
    use crate::domain::surface::{Via, Why};

    fn facts() -> AnswerFacts {
        AnswerFacts {
            model: Some(ModelId::new("qwen-plus")),
            first_token: Some(Duration::new(1, 234_567_891)),
            streaming: Some(Duration::from_millis(3)),
            usage: Some(Usage {
                input: 1,
                output: 2,
                cached: Some(0),
                reasoning: None,
                media: MediaTokens { image: Some(3), ..MediaTokens::default() },
            }),
            cost: Some(Money { amount: "0.0012".parse().unwrap(), currency: Currency::Usd }),
            request_id: Some("abc".into()),
            finish: Some(FinishReason::Other("odd".into())),
            notice: Some(
                Notice::new(NoticeKind::Throttled { kind: Throttle::Burst, tries: 4 })
                    .with_detail("慢")
                    .with_exchange(Exchange {
                        url: "https://h/compatible-mode/v1/chat/completions".into(),
                        surface: Some(Surface::Compat),
                        region: Some("cn-beijing".into()),
                        workspace: None,
                        status: 429,
                        code: "limit_burst_rate".into(),
                        message: "慢".into(),
                    })
                    .with_request_id(Some("r".into())),
            ),
            json: true,
            seed: Some(7),
            via: Some(Via { surface: Surface::Native, why: Why::Sources }),
            sources: vec![WebSource {
                index: 1,
                title: "标题".into(),
                url: "https://h.example/a".into(),
            }],
        }
    }

    #[test]
    fn facts_come_back_as_they_were() {
        let json = to_json(&facts()).unwrap();
        assert_eq!(from_json(&json), facts());
        assert_eq!(from_json(&to_json(&AnswerFacts::default()).unwrap()), AnswerFacts::default());
    }

    #[test]
    fn notices_with_arguments_come_back() {
        let money = |text: &str| Money { amount: text.parse().unwrap(), currency: Currency::Usd };
        let reached = crate::domain::ledger::Reached {
            cap: crate::domain::ledger::Cap::Month,
            spent: money("19.000000125"),
            limit: money("20"),
            asked: money("1.5"),
        };
        for kind in [
            NoticeKind::Interrupted,
            NoticeKind::ContentRefused { side: Side::Output },
            NoticeKind::ConnectTimeout { host: "h:1".into(), after: Duration::from_millis(1500) },
            NoticeKind::ModelUnknown { model: "q".into(), near: vec!["a".into(), "b".into()] },
            NoticeKind::TooLarge { cap: 1 << 40 },
            NoticeKind::Resumed { messages: 3 },
            NoticeKind::Attach(AttachNotice::NotThere { path: "/a".into() }),
            NoticeKind::Attach(AttachNotice::TooLarge { name: "a".into(), bytes: 9, most: 8 }),
            NoticeKind::Arrears { source: "K".into() },
            NoticeKind::Account(AccountNotice::Ram { workspace: Some("llm-1".into()) }),
            NoticeKind::Request(RequestNotice::Parameter {
                name: "top_p".into(),
                demand: Demand::Range("(0.0, 1.0]".into()),
            }),
            NoticeKind::Request(RequestNotice::Infringement { side: Side::Input }),
            NoticeKind::Request(RequestNotice::JsonWord),
            NoticeKind::Route(RouteNotice::ToolOrder),
            NoticeKind::Media(MediaNotice::File { fault: FileFault::Duration }),
            NoticeKind::Media(MediaNotice::InlineTooLarge { most: None }),
            NoticeKind::Budget(BudgetNotice::Over(Box::new(reached))),
            NoticeKind::Budget(BudgetNotice::Near(Box::new(reached))),
            NoticeKind::Budget(BudgetNotice::Loop { times: 3 }),
            NoticeKind::Budget(BudgetNotice::Uncounted),
        ] {
            let facts = AnswerFacts { notice: Some(Notice::new(kind)), ..AnswerFacts::default() };
            assert_eq!(from_json(&to_json(&facts).unwrap()), facts);
        }
    }

    #[test]
    fn what_older_programs_wrote_is_read() {
        let read = from_json(r#"{"notice":{"kind":{"kind":"arrears"},"detail":"d"}}"#);
        let notice = read.notice.unwrap();
        assert_eq!(notice.kind, NoticeKind::Arrears { source: String::new() });
        assert_eq!(notice.exchange, None);
    }

    #[test]
    fn words_of_a_newer_program_are_left_out() {
        let json = r#"{"model":"m","colour":"red","cost":{"amount":"1","currency":"btc"},
            "notice":{"kind":{"kind":"abducted","by":"aliens"},"detail":"d"}}"#;
        let read = from_json(json);
        assert_eq!(read.model, Some(ModelId::new("m")));
        assert_eq!((read.cost, read.notice), (None, None));
        assert_eq!(from_json("nonsense"), AnswerFacts::default());
    }

    #[test]
    fn places_come_back() {
        for part in [Part::Head, Part::Reasoning, Part::Body, Part::Foot] {
            let known =
                Spot { message: MessageId(1 << 60), part, piece: 3, letters: 1_000_000, rows: 2 };
            assert_eq!(spot(&spot_text(&known)), Some(known));
        }
        assert_eq!(spot("12 tail 0 0 0"), None);
        assert_eq!(spot("12 body 0"), None);
    }

    #[test]
    fn roles_and_states_come_back() {
        for known in [Role::System, Role::User, Role::Assistant] {
            assert_eq!(role(role_word(known)), known);
        }
        for known in [
            MessageState::Complete,
            MessageState::Streaming,
            MessageState::Partial,
            MessageState::Failed,
        ] {
            assert_eq!(state(state_word(known)), known);
        }
    }
}
