//! Everything the program can say, in both languages: nothing is empty, nothing stays
//! untranslated, nothing is forgotten when a kind is added.

use std::time::Duration;

use lian::action::{Action, Context};
use lian::domain::attachments::{AttachNotice, Medium, Misfit, Unfitting};
use lian::domain::audio::{FaultKind, SinkName};
use lian::domain::copy::{Copied, CopyNotice};
use lian::domain::export::ExportNotice;
use lian::domain::keys::KeyFault;
use lian::domain::ledger::{Cap, Reached};
use lian::domain::money::{Currency, Money};
use lian::domain::notice::{
    AccountNotice, BudgetNotice, Demand, DownloadNotice, ErrandNotice, FileFault, InputNotice,
    MediaNotice, Notice, NoticeKind, RequestNotice, RouteNotice, Secret, SecretKind, Side,
    SpeechNotice, TaskNotice, Throttle,
};
use lian::domain::settings::{Language, SettingsNotice};
use lian::domain::speech::PcmFormat;
use lian::words::{self, Hint, Phrase, say, tell};
use rust_decimal::Decimal;

fn chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Signs of Chinese typing that have no business in an English sentence.
fn foreign(text: &str) -> bool {
    chinese(text) || text.chars().any(|c| "，。；：？！（）“”、".contains(c))
}

/// One notice of every kind, with every argument that changes the sentence.
#[expect(clippy::too_many_lines, reason = "one line a notice")]
pub(crate) fn every_notice() -> Vec<NoticeKind> {
    use NoticeKind as N;
    let (host, path) = ("dashscope.aliyuncs.com:443", "/data/lian");
    let (host, path, model) = (host.to_owned(), path.to_owned(), "qwen-plus".to_owned());
    let (origin, after) = ("https://dashscope.aliyuncs.com".to_owned(), Duration::from_secs(60));
    let mut all = vec![
        N::KeyMissing { origin: origin.clone(), variable: "WORK_KEY".to_owned() },
        N::KeyRejected { origin: origin.clone(), source: "DASHSCOPE_API_KEY".to_owned() },
        N::PermissionDenied,
        N::Arrears { source: "WORK_KEY".to_owned() },
        N::Arrears { source: String::new() },
        N::FreeQuotaUsedUp { model: model.clone() },
        N::ModelUnknown { model: model.clone(), near: Vec::new() },
        N::ModelUnknown { model: model.clone(), near: vec!["qwen-max".to_owned()] },
        N::ModelNotOnSurface { model: model.clone() },
        N::RequestRefused { status: 0 },
        N::RequestRefused { status: 400 },
        N::TooLong { model },
        N::NotTheService { url: origin.clone() },
        N::ServerFailed { status: 0 },
        N::ServerFailed { status: 503 },
        N::DnsFailed { host: host.clone() },
        N::ConnectionRefused { host: host.clone() },
        N::TlsFailed { host: host.clone() },
        N::ConnectFailed { host: host.clone() },
        N::ConnectTimeout { host, after },
        N::FirstByteTimeout { after },
        N::Stalled { after },
        N::OverallTimeout { after },
        N::Cut,
        N::Garbled,
        N::TooLarge { cap: 1 << 20 },
        N::EmptyAnswer,
        N::Redirected { to: origin },
        N::StoreUnwritable { path: path.clone() },
        N::DiskFull { path: path.clone() },
        N::StoreUnreadable { path: path.clone() },
        N::StoreFailed,
        N::StoreRecovered,
        N::StoreOnNetwork { path: path.clone() },
        N::Stopped,
        N::Interrupted,
        N::QuitAgain { answering: false },
        N::QuitAgain { answering: true },
        N::NothingThere,
        N::Mouse { on: true },
        N::Mouse { on: false },
        N::TooNarrow { columns: 140 },
        N::StillAnswering,
        N::MovedOn,
        N::ArrivingElsewhere,
        N::Deleted { title: "SSE".to_owned() },
        N::ConversationGone,
        N::Forked,
        N::Resumed { messages: 12 },
        N::Crashed { report: path },
        N::Busy,
    ];
    let what = Copied::Message;
    all.extend(
        [
            CopyNotice::Sent { what, characters: 1 },
            CopyNotice::Sent { what: Copied::Code, characters: 1_234 },
            CopyNotice::Given { what: Copied::Link, characters: 9, to: "tmux".to_owned() },
            CopyNotice::TooLarge { bytes: 80_000 },
            CopyNotice::Failed { to: "wl-copy".to_owned() },
            CopyNotice::Off,
            CopyNotice::Nothing { what: Copied::Conversation },
            CopyNotice::Nothing { what: Copied::Notice },
        ]
        .map(N::Copy),
    );
    let written = |hidden| ExportNotice::Written { path: "/tmp/a.md".to_owned(), hidden };
    let failed = ExportNotice::Failed { path: "/tmp/a.md".to_owned() };
    all.extend([written(0), written(1), written(7), failed, ExportNotice::Empty].map(N::Export));
    all.extend(input_notices().into_iter().map(N::Input));
    all.extend(key_faults().into_iter().map(N::Key));
    all.extend(attach_notices().into_iter().map(N::Attach));
    all.extend(task_notices().map(N::Task));
    all.extend(download_notices().map(N::Download));
    let (title, path) = (|| "a boat".to_owned(), || "/f/boat.mp4".to_owned());
    all.extend(
        [
            ErrandNotice::InLine { count: 1 },
            ErrandNotice::InLine { count: 3 },
            ErrandNotice::Saved { title: title(), path: path() },
            ErrandNotice::NotMade { title: title() },
            ErrandNotice::Undecided { title: title() },
            ErrandNotice::NotNow,
            ErrandNotice::NotOurs,
            ErrandNotice::NoFile,
            ErrandNotice::NoDesktop { path: path() },
            ErrandNotice::Program { program: "xdg-open".to_owned() },
            ErrandNotice::NoModel,
        ]
        .map(N::Errand),
    );
    all.extend(budget_notices().map(N::Budget));
    all.extend(crate::speech::every_notice().into_iter().map(N::Aloud));
    all.extend(speech_notices().map(N::Speech));
    all.extend(settings_notices().into_iter().map(N::Settings));
    all.extend([Side::Input, Side::Output, Side::Unknown].map(|side| N::ContentRefused { side }));
    for kind in [
        Throttle::Requests,
        Throttle::Burst,
        Throttle::Tokens,
        Throttle::Capacity,
        Throttle::Generic,
    ] {
        all.extend([0, 1, 4].map(|tries| N::Throttled { kind, tries }));
    }
    all.push(N::Throttled { kind: Throttle::Concurrency, tries: 1 });
    all.extend(account_notices().into_iter().map(N::Account));
    all.extend(request_notices().into_iter().map(N::Request));
    all.extend(route_notices().into_iter().map(N::Route));
    all.extend(media_notices().into_iter().map(N::Media));
    all
}

fn account_notices() -> Vec<AccountNotice> {
    use AccountNotice as A;
    let origin = || "https://dashscope.aliyuncs.com".to_owned();
    let (source, id) = (|| "WORK_KEY".to_owned(), || Some("llm-1".to_owned()));
    let others = ["ap-southeast-1".to_owned(), "us-east-1".to_owned()].into();
    vec![
        A::KeyRegion { source: source(), region: "cn-beijing".into(), others },
        A::PlanKey { origin: origin(), source: source() },
        A::PlanHost { origin: origin(), source: source() },
        A::WorkspaceDenied { id: id() },
        A::WorkspaceDenied { id: None },
        A::WorkspaceUnknown { id: id() },
        A::WorkspaceUnknown { id: None },
        A::Ram { workspace: id() },
        A::Ram { workspace: None },
        A::AppDenied,
        A::Unpurchased { model: "qwen-plus".into() },
        A::FreeTierOnly { model: "qwen-plus".into() },
    ]
}

fn request_notices() -> Vec<RequestNotice> {
    use RequestNotice as R;
    let name = || "top_p".to_owned();
    let model = || "qwen3-tts-flash".to_owned();
    let mut all = vec![
        R::JsonWord,
        R::JsonWhileThinking,
        R::NoQuestion,
        R::Voice { voice: Some("Chery".into()), model: model(), near: ["Cherry".into()].into() },
        R::Voice { voice: None, model: model(), near: Box::default() },
        R::Batch { most: Some(10) },
        R::Batch { most: None },
        R::TextTooLong { model: model(), most: Some(600) },
        R::TextTooLong { model: model(), most: None },
        R::BodyTooLarge,
        R::Gone,
        R::NotPending,
        R::Unsupported,
        R::Conflict,
        R::Rule { faq: false },
        R::Rule { faq: true },
        R::TimedOut,
        R::TaskTimedOut,
        R::Disconnected,
    ];
    all.extend(
        [
            Demand::Range("(0.0, 1.0]".into()),
            Demand::Only("True".into()),
            Demand::Nothing,
            Demand::Some,
            Demand::Other,
        ]
        .map(|demand| R::Parameter { name: name(), demand }),
    );
    all.extend([Side::Input, Side::Output, Side::Unknown].map(|side| R::Infringement { side }));
    all
}

fn route_notices() -> Vec<RouteNotice> {
    use RouteNotice as W;
    let (model, origin) = (|| "wan2.5-t2v-plus".to_owned(), || "https://h.example".to_owned());
    let elsewhere = |served: &[&str]| W::ModelElsewhere {
        model: model(),
        region: "us-east-1".into(),
        served: served.iter().map(|id| (*id).to_owned()).collect(),
    };
    vec![
        elsewhere(&[]),
        elsewhere(&["cn-beijing", "ap-southeast-1"]),
        W::NativeOnly { model: model() },
        W::SocketOnly { model: model() },
        W::TaskOnly { model: model() },
        W::NoNative { model: model(), origin: origin() },
        W::WrongPath { model: model(), url: origin() },
        W::AsyncMissing { model: model(), origin: origin() },
        W::AsyncUnwanted { model: model(), origin: origin() },
        W::Unstreamed { model: model() },
        W::Malformed { url: origin() },
        W::ToolOrder,
    ]
}

fn media_notices() -> Vec<MediaNotice> {
    use MediaNotice as M;
    let faults = [
        FileFault::Size,
        FileFault::Format,
        FileFault::Duration,
        FileFault::Resolution,
        FileFault::Content,
        FileFault::Other,
    ];
    let mut all = vec![
        M::BadUrl,
        M::HostSlow,
        M::HostRefused,
        M::Unreadable,
        M::InlineTooLarge { most: Some(10_485_760) },
        M::InlineTooLarge { most: None },
        M::UploadExpired,
        M::LinkExpired,
        M::FileGone,
        M::Clock,
        M::StorageRefused { status: 0 },
        M::StorageRefused { status: 403 },
    ];
    all.extend(faults.map(|fault| M::File { fault }));
    all
}

/// The notices of writing a message.
/// Whatever can become of a task.
fn task_notices() -> [TaskNotice; 12] {
    [
        TaskNotice::NoSchema { model: "wan9".to_owned() },
        TaskNotice::NoId,
        TaskNotice::NotUploaded { path: "/tmp/cat.png".to_owned() },
        TaskNotice::FailedWithoutWord,
        TaskNotice::NoFile,
        TaskNotice::TooLateToCancel,
        TaskNotice::Found,
        TaskNotice::Interrupted,
        TaskNotice::Vanished,
        TaskNotice::Expired,
        TaskNotice::Partly { made: 3, of: 4 },
        TaskNotice::StillPending { minutes: 31 },
    ]
}

/// Whatever can become of a file on its way.
fn download_notices() -> [DownloadNotice; 7] {
    let dir = || "/mnt/films".to_owned();
    [
        DownloadNotice::NoRoom { dir: dir(), bytes: 1_234_567 },
        DownloadNotice::Unwritable { dir: dir() },
        DownloadNotice::WrongLength { got: 7, told: 1_000 },
        DownloadNotice::WrongSum,
        DownloadNotice::Empty,
        DownloadNotice::Elsewhere { to: "http://10.0.0.1".to_owned() },
        DownloadNotice::Interrupted { why: "reset".to_owned() },
    ]
}

/// What goes wrong with a task or its file has a sentence and a next step, on the screen's details
/// too, in both languages.
#[test]
fn what_becomes_of_a_task_is_one_sentence_and_a_next_step() {
    let tasks = task_notices().map(NoticeKind::Task).into_iter();
    let files = download_notices().map(NoticeKind::Download).into_iter();
    for kind in tasks.chain(files) {
        for language in [Language::En, Language::ZhCn] {
            let told = tell(language, &kind);
            let end = if language == Language::En { '.' } else { '。' };
            for part in [&told.sentence, &told.next] {
                assert!(part.ends_with(end), "{language:?} {kind:?}: {part}");
            }
            let sentences =
                told.sentence.matches(". ").count() + told.sentence.matches('。').count();
            assert!(sentences <= 1, "{kind:?}: more than one sentence: {}", told.sentence);
        }
    }
}

fn input_notices() -> Vec<InputNotice> {
    use SecretKind as S;
    let program = || "vim".to_owned();
    let kinds = [S::ApiKey, S::AlibabaAccessKey, S::AwsAccessKey, S::PrivateKey, S::Variable];
    let found = kinds.map(|kind| Secret { kind, shown: "sk-…ef".to_owned() }).to_vec();
    vec![
        InputNotice::Secrets { found },
        InputNotice::NoPaste,
        InputNotice::PasteTooLong,
        InputNotice::NoEditor { said: None },
        InputNotice::NoEditor { said: Some("vim 'x".to_owned()) },
        InputNotice::EditorNotFound { program: program() },
        InputNotice::EditorFailed { program: program(), code: Some(1) },
        InputNotice::EditorFailed { program: program(), code: None },
        InputNotice::EditorNotHere,
        InputNotice::EditorEmpty,
        InputNotice::EditorFile,
    ]
}

fn attach_notices() -> Vec<AttachNotice> {
    let (name, path, model) =
        (|| "a.png".to_owned(), || "/h/a.png".to_owned(), || "qwen-plus".to_owned());
    let misfit = |why, others: &[&str]| {
        let others = others.iter().map(|id| (*id).to_owned()).collect();
        AttachNotice::Misfit(Box::new(Unfitting { name: name(), model: model(), why, others }))
    };
    vec![
        AttachNotice::NotThere { path: path() },
        AttachNotice::Unreadable { path: path() },
        AttachNotice::UnknownKind { name: name() },
        AttachNotice::TooLarge { name: name(), bytes: 9_000_000, most: 7_500_000 },
        AttachNotice::NotUploaded { name: name() },
        AttachNotice::TooMany { most: 32 },
        misfit(Misfit::NotTaken(Medium::Image), &["qwen3-vl-plus"]),
        misfit(Misfit::NotTaken(Medium::Audio), &[]),
        misfit(Misfit::NotTaken(Medium::Video), &[]),
        misfit(Misfit::Mixed, &[]),
        misfit(Misfit::TooSmall, &[]),
        misfit(Misfit::TooNarrow, &[]),
        misfit(Misfit::Frames { have: 2, least: 4, most: 80 }, &[]),
        misfit(Misfit::TooLong { most: Duration::from_secs(150) }, &[]),
    ]
}

fn key_faults() -> Vec<KeyFault> {
    let (program, path) = (|| "pass".to_owned(), || "/h/secrets.toml".to_owned());
    vec![
        KeyFault::CommandMissing { program: program() },
        KeyFault::CommandFailed { program: program(), code: Some(2) },
        KeyFault::CommandFailed { program: program(), code: None },
        KeyFault::CommandHung { program: program(), seconds: 10 },
        KeyFault::CommandSilent { program: program() },
        KeyFault::CommandTalkative { program: program(), lines: 2 },
        KeyFault::NotAKey { source: program() },
        KeyFault::FileOpen { path: path(), mode: 0o644 },
        KeyFault::FileUnreadable { path: path() },
        KeyFault::FileWrong { path: path(), line: 3 },
        KeyFault::Keyring,
    ]
}

fn speech_notices() -> impl Iterator<Item = SpeechNotice> {
    let aplay = Box::new(SinkName::Program { name: "aplay".to_owned() });
    [
        SpeechNotice::NoPlace { from: Some(aplay), why: FaultKind::Ended },
        SpeechNotice::NoPlace { from: None, why: FaultKind::NoSink },
        SpeechNotice::Format(PcmFormat { rate: 48_000, ..PcmFormat::SERVICE }),
        SpeechNotice::TooLong,
    ]
    .into_iter()
}

fn budget_notices() -> impl Iterator<Item = BudgetNotice> {
    let money = |cents| Money { amount: Decimal::new(cents, 2), currency: Currency::Cny };
    let reached = move |cap, spent| {
        Box::new(Reached { cap, spent: money(spent), limit: money(2_000), asked: money(25) })
    };
    let of = move |cap| {
        let over = [1_990, 2_001].map(|spent| BudgetNotice::Over(reached(cap, spent)));
        over.into_iter().chain([BudgetNotice::Near(reached(cap, 1_990))])
    };
    let more = [BudgetNotice::Loop { times: 3 }, BudgetNotice::Uncounted];
    Cap::ALL.into_iter().flat_map(of).chain(more)
}

fn settings_notices() -> Vec<SettingsNotice> {
    let name = || "paper".to_owned();
    let (found, usual) = ("QWEN_API_KEY".to_owned(), "DASHSCOPE_API_KEY".to_owned());
    vec![
        SettingsNotice::KeyVariable { found, usual },
        SettingsNotice::Wrong,
        SettingsNotice::CatalogWrong,
        SettingsNotice::DefaultModel { model: "qwen-max".to_owned() },
        SettingsNotice::Changed { later: false },
        SettingsNotice::Changed { later: true },
        SettingsNotice::Theme { name: name(), held_by: None },
        SettingsNotice::Theme { name: name(), held_by: Some("LIAN_THEME".to_owned()) },
        SettingsNotice::Unwritten,
    ]
}

/// A name for every kind, and how many kinds there are. Whoever adds one is led here by the compiler and on to the list above by
/// the test.
fn name(kind: &NoticeKind) -> (&'static str, usize) {
    macro_rules! names {
        ($($name:ident)*) => {
            (match kind { $(NoticeKind::$name { .. } => stringify!($name),)* },
             [$(stringify!($name)),*].len())
        };
    }
    names!(
        Key Settings Input KeyMissing KeyRejected PermissionDenied Arrears FreeQuotaUsedUp ModelUnknown
        ModelNotOnSurface RequestRefused TooLong ContentRefused NotTheService Throttled
        ServerFailed DnsFailed ConnectionRefused TlsFailed ConnectFailed ConnectTimeout
        FirstByteTimeout Stalled OverallTimeout Cut Garbled TooLarge EmptyAnswer Redirected
        StoreUnwritable DiskFull StoreUnreadable StoreFailed StoreRecovered StoreOnNetwork
        Stopped Interrupted QuitAgain NothingThere Mouse TooNarrow StillAnswering MovedOn
        ArrivingElsewhere Deleted ConversationGone Forked Resumed Crashed Busy Copy Export Attach
        Account Aloud Budget Request Route Media Task Download Errand Speech
    )
}

#[test]
fn every_kind_of_notice_is_in_the_list() {
    let names: std::collections::BTreeSet<_> = every_notice().iter().map(name).collect();
    let kinds = names.first().map(|(_, kinds)| *kinds);
    assert_eq!(Some(names.len()), kinds, "{names:?}");
}

#[test]
fn every_notice_is_a_sentence_in_both_languages() {
    for kind in every_notice() {
        let (en, zh) = (tell(Language::En, &kind), tell(Language::ZhCn, &kind));
        // A file's name at the end takes no full stop: it is there to be copied.
        let named = matches!(kind, NoticeKind::Crashed { .. });
        assert!(named || en.sentence.ends_with('.'), "{kind:?}: {}", en.sentence);
        assert!(named || zh.sentence.ends_with('。'), "{kind:?}: {}", zh.sentence);
        assert!(chinese(&zh.sentence), "{kind:?}: {}", zh.sentence);
        assert!(!foreign(&en.sentence) && !foreign(&en.next), "{kind:?}: {en:?}");
        assert_eq!(en.next.is_empty(), zh.next.is_empty(), "{kind:?}: {en:?} {zh:?}");
        if !en.next.is_empty() {
            assert!(en.next.ends_with(['.', '?']), "{kind:?}: {}", en.next);
            assert!(chinese(&zh.next) && zh.next.ends_with(['。', '？']), "{kind:?}: {}", zh.next);
        }
        for told in [en, zh] {
            for text in [told.sentence, told.next] {
                assert_eq!(text.trim(), text, "{kind:?}");
                assert!(!text.contains("  ") && !text.contains("{}"), "{kind:?}: {text}");
            }
        }
    }
}

#[test]
fn every_error_says_what_to_do() {
    use lian::domain::notice::Level;
    for kind in every_notice().into_iter().filter(|kind| kind.level() == Level::Error) {
        assert!(!tell(Language::En, &kind).next.is_empty(), "{kind:?}");
    }
}

#[test]
fn arguments_reach_the_sentence() {
    for language in [Language::En, Language::ZhCn] {
        for kind in every_notice() {
            let line = words::line(language, &Notice::new(kind.clone()));
            let debug = format!("{kind:?}");
            for argument in debug.split('"').skip(1).step_by(2) {
                assert!(line.contains(argument), "{argument} is missing in {line}");
            }
        }
    }
}

fn yuan(amount: i64) -> lian::domain::money::Money {
    let currency = lian::domain::money::Currency::Cny;
    lian::domain::money::Money { amount: amount.into(), currency }
}

#[test]
fn the_meters_speak_both_languages() {
    use lian::domain::ledger::{Cap, Reached};
    use lian::domain::meters::count::{By, LimitKind, Span};
    use lian::domain::notice::Throttle;
    use lian::domain::settings::Figures;
    use lian::words::meters::{Head, Hint, Meters, Sums};
    let reached = Reached { cap: Cap::Day, spent: yuan(1), limit: yuan(2), asked: yuan(3) };
    let long = [LimitKind::Requests, LimitKind::Tokens, LimitKind::DayTokens, LimitKind::Running];
    let mut all = vec![
        Meters::Title,
        Meters::Context,
        Meters::Left(7),
        Meters::CacheHits(62),
        Meters::Saved("¥1.00"),
        Meters::CacheLife,
        Meters::LastMinutes(12),
        Meters::ThisMachine,
        Meters::ThisMachineOnly,
        Meters::NoLimit,
        Meters::OwnSetting,
        Meters::LearnedAgo(Duration::from_secs(90)),
        Meters::ServiceAgo(Duration::from_secs(90)),
        Meters::NotServed,
        Meters::LimitsFrom("x"),
        Meters::Slice(2, 10, 3),
        Meters::FitsNow,
        Meters::FitsIn(7, LimitKind::Requests),
        Meters::FitsWhenOneEnds,
        Meters::GoesIn(7, LimitKind::Tokens),
        Meters::Limits,
        Meters::Hour,
        Meters::Requests,
        Meters::Peak("12"),
        Meters::ByDay,
        Meters::Nothing,
        Meters::Reading,
        Meters::Money,
        Meters::NoPrice(3),
        Meters::Guessed(3),
        Meters::Prices,
        Meters::NoPriceKnown,
        Meters::Old,
        Meters::OldShort,
        Meters::Free,
        Meters::FreeUsed(7),
        Meters::FreeUnknown,
        Meters::AskTitle,
        Meters::AskBudget(&reached),
        Meters::AskLoop(3),
        Meters::Leave,
        Meters::SendTyped,
        Meters::Send,
        Meters::FirstTokens(Duration::from_millis(400), Some(Duration::from_secs(1))),
        Meters::AnAnswer(yuan(1)),
        Meters::FromAnswers(200),
        Meters::Headroom(1, 2, LimitKind::Running),
        Meters::Own,
    ];
    all.extend(long.map(Meters::Long));
    all.extend([Sums::Day, Sums::Month, Sums::Session, Sums::Conversation].map(Meters::Of));
    all.extend([By::Model, By::Day, By::Profile, By::Subject].map(Meters::By));
    all.extend([Span::Today, Span::Month, Span::All].map(Meters::Span));
    let heads = [Head::Requests, Head::Input, Head::Output, Head::Cached, Head::Money];
    all.extend(heads.map(Meters::Head));
    let hints = [Hint::By, Hint::Span, Hint::Ask, Hint::Scroll, Hint::Choose];
    all.extend(hints.map(Meters::Hint));
    let throttles = [
        Throttle::Requests,
        Throttle::Burst,
        Throttle::Tokens,
        Throttle::Concurrency,
        Throttle::Capacity,
        Throttle::Generic,
    ];
    all.extend(throttles.map(Meters::Throttled));
    for words in all {
        let (en, zh) = (words.say(Language::En), words.say(Language::ZhCn));
        assert!(!en.is_empty() && !foreign(&en), "{words:?}: {en}");
        assert!(chinese(&zh), "{words:?}: {zh}");
    }
    // Names of the service and figures are the same everywhere.
    for words in [
        Meters::Short(LimitKind::Requests),
        Meters::Cost(yuan(1), true),
        Meters::Tokens(7),
        Meters::Speed(5_830),
        Meters::Listed(Figures::Seed, "2026-05"),
    ] {
        assert_eq!(words.say(Language::En), words.say(Language::ZhCn));
    }
}

fn every_phrase() -> Vec<Phrase<'static>> {
    let mut all = vec![
        Phrase::You,
        Phrase::Message,
        Phrase::Placeholder,
        Phrase::WelcomeTitle,
        Phrase::WelcomeLines { model: "qwen-plus", simulator: false },
        Phrase::WelcomeLines { model: "qwen-plus", simulator: true },
        Phrase::Asking,
        Phrase::Answering,
        Phrase::FirstToken(Duration::from_millis(420)),
        Phrase::Speed(58.3),
        Phrase::Tokens(1_412),
        Phrase::Cached(256),
        Phrase::Unfinished,
        Phrase::NoAnswer,
        Phrase::CutAtLimit,
        Phrase::WantsTool,
        Phrase::GoOn { key: "Alt+C" },
        Phrase::AskAgain { key: "Alt+C" },
        Phrase::TryAgainIn { seconds: 3, attempt: 2 },
        Phrase::MoreBelow,
        Phrase::Simulator,
        Phrase::SeedPrices,
        Phrase::Help,
        Phrase::RequestId("0f5b-11"),
        Phrase::Which(2, 3),
        Phrase::TooSmall,
    ];
    for (running, open) in [(false, false), (false, true), (true, false), (true, true)] {
        all.push(Phrase::Reasoning { chars: 1_234, running, open });
    }
    all.extend(Context::ALL.iter().map(|context| Phrase::ContextTitle(context.name())));
    let hints = [
        Hint::Copy,
        Hint::Send,
        Hint::Newline,
        Hint::Stop,
        Hint::Help,
        Hint::Quit,
        Hint::New,
        Hint::Scroll,
        Hint::End,
        Hint::Write,
        Hint::Questions,
        Hint::Reasoning,
        Hint::Close,
        Hint::SendNow,
    ];
    all.extend(hints.map(Phrase::Hint));
    all
}

#[test]
fn every_phrase_is_there_in_both_languages() {
    for phrase in every_phrase() {
        let (en, zh) = (say(Language::En, phrase), say(Language::ZhCn, phrase));
        assert!(!en.is_empty() && !foreign(&en), "{phrase:?}: {en}");
        // `tok` is what both languages write after a number.
        let unit = matches!(phrase, Phrase::Tokens(_));
        assert!(chinese(&zh) || unit, "{phrase:?}: {zh}");
    }
}

#[test]
fn settings_are_said_in_both_languages() {
    use lian::words::settings::{Phrase, say};
    for phrase in [Phrase::Production, Phrase::KeyFrom("pass")] {
        assert!(!foreign(&say(Language::En, phrase)) && chinese(&say(Language::ZhCn, phrase)));
    }
    assert!(say(Language::ZhCn, Phrase::KeyFrom("pass")).contains("pass"));
}

#[test]
fn every_context_has_a_title_of_its_own() {
    for language in [Language::En, Language::ZhCn] {
        let title = |context: &Context| say(language, Phrase::ContextTitle(context.name()));
        let titles: std::collections::BTreeSet<_> = Context::ALL.iter().map(title).collect();
        assert_eq!(titles.len(), Context::ALL.len(), "{titles:?}");
    }
}

#[test]
fn every_action_is_explained_in_both_languages() {
    for action in Action::named() {
        let (name, doc) = (action.name().unwrap(), action.doc().unwrap());
        assert_eq!(words::action(Language::En, name, doc), doc);
        let zh = words::action(Language::ZhCn, name, doc);
        assert!(zh != doc && chinese(zh), "{name}: {zh}");
    }
}

#[test]
fn what_surrounds_a_notice_is_said_in_both_languages() {
    use lian::domain::notice::Fault;
    use lian::words::notices::Notices;
    for fault in [Fault::You, Fault::Account, Fault::Service, Fault::Network, Fault::Program] {
        let [en, zh] = [Language::En, Language::ZhCn].map(|l| words::support::side(l, fault));
        assert!(!en.is_empty() && !foreign(&en) && chinese(&zh), "{fault:?}: {en} {zh}");
    }
    for word in [
        Notices::Surface,
        Notices::Address,
        Notices::Region,
        Notices::Workspace,
        Notices::Status,
        Notices::Code,
        Notices::Said,
        Notices::Side,
        Notices::Program,
    ] {
        let (en, zh) = (word.say(Language::En), word.say(Language::ZhCn));
        assert!(!en.is_empty() && !foreign(en) && chinese(zh), "{word:?}: {en} {zh}");
    }
}
