//! The examination against servers that say what they are told to, a resolver and a clock of the
//! test's own, and homes on a disk.

#![expect(clippy::disallowed_methods, reason = "tests have files of their own")]

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::api::testing::{CAP, KEY};
use crate::config::{Flags, load};
use crate::domain::doctor::finding::{
    Finding, KeyFinding, MachineFinding, ModelFinding, NetworkFinding, ProbeFinding,
    ServiceFinding, TerminalFinding,
};
use crate::domain::doctor::{Depth, Next, Outcome, exit_code};
use crate::service::store;

/// 2026-11-22 12:00:00 UTC.
const NOON_S: i64 = 1_795_348_800;

fn noon() -> Now {
    Now { wall_ms: NOON_S * 1000, ..Now::default() }
}

/// A server that answers by path and remembers what it was asked.
struct Place {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

/// Status, further headers, body.
type Say = (u16, &'static str, &'static str);

const DATE: &str = "date: Sun, 22 Nov 2026 12:00:00 GMT\r\n";
const LIST: Say =
    (200, DATE, r#"{"object":"list","data":[{"id":"qwen-plus"},{"id":"new-model"}]}"#);
const TASKS: Say = (200, "", r#"{"total":0,"data":[],"page_no":1,"page_size":1,"request_id":"r"}"#);
const NO_KEY: Say = (
    401,
    DATE,
    r#"{"error":{"message":"Incorrect API key provided. ","type":"invalid_request_error","param":null,"code":"invalid_api_key"},"request_id":"r-1"}"#,
);
const NATIVE_NO_KEY: Say = (
    401,
    "",
    r#"{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"r-2"}"#,
);
const NOT_FOUND: Say =
    (404, "", r#"{"code":"NotFound","message":"Not found!","request_id":"r-3"}"#);

impl Place {
    async fn serving(models: Say, tasks: Say, quotas: Say) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let all = Arc::clone(&all);
                tokio::spawn(async move {
                    let mut bytes = Vec::new();
                    let mut piece = [0; 1024];
                    while !text(&bytes).contains("\r\n\r\n") {
                        match socket.read(&mut piece).await {
                            Ok(n) if n > 0 => bytes.extend_from_slice(&piece[..n]),
                            _ => return,
                        }
                    }
                    let head = text(&bytes);
                    let end = head.find("\r\n\r\n").expect("it is there") + 4;
                    let head = head[..end].to_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default();
                    let body = length(&head);
                    while bytes.len() < head.len() + body {
                        match socket.read(&mut piece).await {
                            Ok(n) if n > 0 => bytes.extend_from_slice(&piece[..n]),
                            _ => return,
                        }
                    }
                    if let Some(stream) = streamed(path) {
                        all.lock().expect("no panic").push(text(&bytes));
                        let answer = format!(
                            "HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{stream}"
                        );
                        drop(socket.write_all(answer.as_bytes()).await);
                        return;
                    }
                    let (status, headers, body) = match Some(path) {
                        Some(path) if path.ends_with("/models") => models,
                        Some(path) if path.contains("/tasks") => tasks,
                        Some(path) if path.contains("/quotas") => quotas,
                        _ => (500, "", ""),
                    };
                    all.lock().expect("no panic").push(head);
                    let length = body.len();
                    let answer = format!(
                        "HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                    );
                    drop(socket.write_all(answer.as_bytes()).await);
                });
            }
        });
        Self { port, heard }
    }

    async fn good() -> Self {
        Self::serving(LIST, TASKS, NOT_FOUND).await
    }

    async fn refusing() -> Self {
        Self::serving(NO_KEY, NATIVE_NO_KEY, NATIVE_NO_KEY).await
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::at_origin(&self.origin(), None, "").expect("a URL")
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The length of a body, as its head says.
fn length(head: &str) -> usize {
    let lower = head.to_ascii_lowercase();
    let found =
        lower.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    found.unwrap_or(0)
}

/// The recorded answer of a paid path.
fn streamed(path: &str) -> Option<String> {
    let name = if path.ends_with("/chat/completions") {
        "compat-chat-stream.sse"
    } else if path.ends_with("/text-generation/generation") {
        "native-chat-stream-incremental.sse"
    } else {
        return None;
    };
    Some(text(&crate::api::testing::sample(name)))
}

/// A home with what its environment says.
struct Home {
    dir: TempDir,
    env: HashMap<String, String>,
    deps: fn(&mut Deps),
}

impl Home {
    fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        let env = [("HOME", dir.path().display().to_string()), ("LANG", "C.UTF-8".to_owned())];
        let env = env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { dir, env, deps: |_| {} }.with("DASHSCOPE_API_KEY", KEY)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    fn path(&self, below: &str) -> std::path::PathBuf {
        self.dir.path().join(below)
    }

    fn write(&self, below: &str, text: &str, mode: u32) {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("it is made");
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    }

    fn deps(&self, origin: Option<String>) -> Deps {
        let env = self.env.clone();
        let env: Env = Arc::new(move |name| env.get(name).cloned());
        let flags = Flags { base_url: origin, ..Flags::default() };
        let mut deps = Deps {
            loaded: load(&flags, &*env),
            paths: Paths::find(&flags, &*env),
            env,
            screen: Screen {
                there: true,
                draws: true,
                size: Some((80, 24)),
                colours: Depth::Ansi256,
                ..Screen::default()
            },
            now: noon,
            resolve: Arc::new(|_, port| {
                Box::pin(async move { Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))]) })
            }),
            proxies: Proxies::of("", ""),
            elsewhere: Elsewhere::Official,
            search: false,
            on_screen: false,
            hidden: Hidden::default(),
            beside: None,
            cards: self.path("cards"),
            patience: CAP,
            seed: 1,
        };
        (self.deps)(&mut deps);
        deps
    }

    async fn examine(&self, origin: Option<String>) -> Vec<Check> {
        examined(self.deps(origin)).await
    }
}

async fn examined(deps: Deps) -> Vec<Check> {
    probing(deps).await.0
}

/// The same, with the real requests that could be made now.
async fn probing(deps: Deps) -> (Vec<Check>, Option<Probe>) {
    let (out, mut checks) = mpsc::channel(Name::ALL.len());
    let work = examine(deps, &out);
    let probe = tokio::time::timeout(CAP * 2, work).await.expect("no wait without an end");
    drop(out);
    let mut all = Vec::new();
    while let Some(check) = checks.recv().await {
        all.push(check);
    }
    let names: Vec<Name> = all.iter().map(|check| check.name).collect();
    assert_eq!(names, Name::ALL[..28], "every check once and in order");
    assert!(!format!("{all:?}").contains(KEY), "the key is in no finding");
    (all, probe)
}

fn of(checks: &[Check], name: Name) -> &Check {
    checks.iter().find(|check| check.name == name).expect("a check of this name")
}

/// The notice of a check.
fn kind(check: &Check) -> Option<&NoticeKind> {
    match &check.finding {
        Finding::Told(notice) => Some(&notice.kind),
        _ => None,
    }
}

#[tokio::test]
async fn all_is_well_with_a_good_key() {
    let place = Place::good().await;
    let checks = Home::new().examine(Some(place.origin())).await;
    assert_eq!(exit_code(&checks), 0, "{checks:?}");
    let found = |name, finding: Finding| assert_eq!(of(&checks, name).finding, finding);
    found(Name::Proxy, NetworkFinding::Direct.into());
    found(Name::Dns, NetworkFinding::Address.into());
    found(Name::Tls, NetworkFinding::Plain.into());
    found(Name::Clock, NetworkFinding::Clock { ahead_s: 0 }.into());
    found(Name::Region, ServiceFinding::RegionHere { region: None }.into());
    found(Name::Workspace, ServiceFinding::WorkspaceOwn.into());
    found(Name::Limits, ServiceFinding::NoLimits { status: 404 }.into());
    assert_eq!(of(&checks, Name::Limits).outcome, Outcome::Unknown);
    let Finding::Service(ServiceFinding::Answers { models, .. }) =
        of(&checks, Name::Compat).finding
    else {
        panic!("{checks:?}")
    };
    assert_eq!(models, Some(2));
    let heard = place.heard();
    assert_eq!(heard.len(), 3);
    assert!(heard.iter().all(|head| head.starts_with("GET ")), "nothing that costs: {heard:?}");
    assert!(heard.iter().all(|head| head.contains(KEY)));
}

#[tokio::test]
async fn the_region_of_a_refused_key_is_found_where_the_key_may_go() {
    let here = Place::refusing().await;
    let (other, right) = (Place::refusing().await, Place::good().await);
    let home = Home::new();
    let search = |places: Vec<(&str, &Place)>| {
        let mut deps = home.deps(Some(here.origin()));
        let place = |(id, place): (&str, &Place)| (id.to_owned(), place.endpoint());
        deps.elsewhere = Elsewhere::These(places.into_iter().map(place).collect());
        deps
    };
    let checks = examined(search(vec![("us-east-1", &other), ("ap-southeast-1", &right)])).await;
    assert_eq!(exit_code(&checks), 3);
    assert!(matches!(kind(of(&checks, Name::Compat)), Some(NoticeKind::KeyRejected { .. })));
    let region = of(&checks, Name::Region);
    let asked = vec![format!("127.0.0.1:{}", other.port), format!("127.0.0.1:{}", right.port)];
    let regions = vec!["ap-southeast-1".to_owned()];
    assert_eq!(region.finding, ServiceFinding::RegionFound { regions, here: false, asked }.into());
    let profile = "default".to_owned();
    let next = Next::UseRegion { region: "ap-southeast-1".to_owned(), profile };
    assert_eq!(region.next, Some(next));
    assert!(right.heard()[0].starts_with("GET /api/v1/tasks?page_size=1 "));

    let checks = examined(search(vec![("us-east-1", &other)])).await;
    let Finding::Service(ServiceFinding::RegionNowhere { asked, silent }) =
        &of(&checks, Name::Region).finding
    else {
        panic!("{checks:?}")
    };
    assert_eq!((asked.len(), silent.len()), (1, 0));
}

#[tokio::test]
async fn a_good_key_is_shown_elsewhere_only_when_that_was_asked_for() {
    let (here, other) = (Place::good().await, Place::good().await);
    let home = Home::new();
    let deps = |search| {
        let mut deps = home.deps(Some(here.origin()));
        deps.elsewhere = Elsewhere::These(vec![("us-east-1".to_owned(), other.endpoint())]);
        deps.search = search;
        deps
    };
    examined(deps(false)).await;
    assert!(other.heard().is_empty());
    let checks = examined(deps(true)).await;
    assert_eq!(other.heard().len(), 1);
    let found = &of(&checks, Name::Region).finding;
    assert!(matches!(found, Finding::Service(ServiceFinding::RegionFound { here: true, .. })));
}

#[tokio::test]
async fn a_private_server_is_the_only_one_that_sees_the_key() {
    let here = Place::refusing().await;
    let home = Home { deps: |deps| deps.search = true, ..Home::new() };
    let checks = home.examine(Some(here.origin())).await;
    let origin = here.origin();
    let region = of(&checks, Name::Region);
    assert_eq!(region.finding, ServiceFinding::RegionPrivate { origin }.into());
    assert_eq!(region.outcome, Outcome::Skipped);
}

#[tokio::test]
async fn without_a_key_nothing_is_asked_with_one() {
    let home = Home::new().with("DASHSCOPE_API_KEY", "");
    let mut deps = home.deps(None);
    // The service itself, which is not there: names go nowhere.
    deps.resolve = Arc::new(|_, _| {
        Box::pin(async { Err(io::Error::other("Name or service not known\u{1b}[2J")) })
    });
    let checks = examined(deps).await;
    assert!(matches!(kind(of(&checks, Name::Key)), Some(NoticeKind::KeyMissing { .. })));
    assert_eq!(exit_code(&checks), 3, "the first failure is the key");
    let dns = of(&checks, Name::Dns);
    let Finding::Told(notice) = &dns.finding else { panic!("{dns:?}") };
    assert_eq!(notice.detail.as_deref(), Some("Name or service not known[2J"));
    assert_eq!(of(&checks, Name::Connect).finding, Finding::After(Name::Dns));
    assert_eq!(of(&checks, Name::Http).finding, Finding::After(Name::Dns));
    assert_eq!(of(&checks, Name::Compat).finding, Finding::After(Name::Dns));
    assert_eq!(of(&checks, Name::Plan).finding, Finding::After(Name::Key));
}

#[tokio::test]
async fn a_dead_port_is_told_at_the_connection() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let checks = Home::new().examine(Some(origin)).await;
    assert_eq!(exit_code(&checks), 5);
    let connect = of(&checks, Name::Connect);
    assert!(matches!(kind(connect), Some(NoticeKind::ConnectionRefused { .. })), "{connect:?}");
    assert_eq!(of(&checks, Name::Native).finding, Finding::After(Name::Connect));
}

#[tokio::test]
async fn a_proxy_is_looked_at_in_the_place_of_the_host() {
    let mut deps = Home::new().deps(None);
    deps.proxies = Proxies::of("http://me:pass@proxy.invalid:3128", "");
    deps.resolve = Arc::new(|host, _| {
        assert_eq!(host, "proxy.invalid");
        Box::pin(async { Err(io::Error::other("no such host")) })
    });
    let checks = examined(deps).await;
    let proxy = "http://proxy.invalid:3128".to_owned();
    let found = NetworkFinding::Proxy { proxy, signs_in: true };
    assert_eq!(of(&checks, Name::Proxy).finding, found.into());
    assert_eq!(of(&checks, Name::Dns).next, Some(Next::CheckProxy));
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_with_its_seconds() {
    for (header, outcome, ahead) in [
        ("date: Sun, 22 Nov 2026 11:59:45 GMT\r\n", Outcome::Ok, 15),
        ("date: Sun, 22 Nov 2026 11:58:00 GMT\r\n", Outcome::Warn, 120),
        ("date: Sun, 22 Nov 2026 12:10:00 GMT\r\n", Outcome::Fail(Trouble::Setup), -600),
    ] {
        let (status, _, body) = LIST;
        let place = Place::serving((status, header, body), TASKS, NOT_FOUND).await;
        let checks = Home::new().examine(Some(place.origin())).await;
        let clock = of(&checks, Name::Clock);
        assert_eq!(
            (clock.outcome, &clock.finding),
            (outcome, &NetworkFinding::Clock { ahead_s: ahead }.into())
        );
        assert_eq!(clock.next.is_some(), outcome != Outcome::Ok);
    }
    let (status, _, body) = LIST;
    let place = Place::serving((status, "date: today\r\n", body), TASKS, NOT_FOUND).await;
    let checks = Home::new().examine(Some(place.origin())).await;
    assert_eq!(of(&checks, Name::Clock).outcome, Outcome::Unknown);
}

#[tokio::test]
async fn a_page_in_the_place_of_an_answer_is_the_network() {
    let page = (200, "content-type: text/html\r\n", "<html><title>Sign in</title></html>");
    let away = (302, "location: http://portal.example/login?key=x\r\n", "");
    for say in [page, away] {
        let place = Place::serving(say, say, say).await;
        let checks = Home::new().examine(Some(place.origin())).await;
        assert_eq!(exit_code(&checks), 5, "{checks:?}");
        assert_eq!(of(&checks, Name::Http).next, Some(Next::SignIn));
        assert_eq!(of(&checks, Name::Compat).finding, Finding::After(Name::Http));
    }
}

#[tokio::test]
async fn a_wrong_path_and_a_server_of_another_kind_are_told_apart() {
    let nothing = (404, "", "404 page not found");
    let place = Place::serving(nothing, nothing, nothing).await;
    let checks = Home::new().examine(Some(place.origin())).await;
    assert_eq!(exit_code(&checks), 6, "{checks:?}");
    assert!(matches!(kind(of(&checks, Name::Compat)), Some(NoticeKind::NotTheService { .. })));
    let place = Place::serving(NOT_FOUND, NOT_FOUND, NOT_FOUND).await;
    let checks = Home::new().examine(Some(place.origin())).await;
    assert_eq!(of(&checks, Name::Compat).outcome, Outcome::Warn);
    assert_eq!(exit_code(&checks), 0);
}

#[tokio::test]
async fn the_workspace_is_judged_by_what_the_service_says() {
    let no = (
        401,
        "",
        r#"{"code":"NOT AUTHORIZED","message":"Access denied: Either you are not authorized to access this workspace, or the workspace does not exist.","request_id":"r"}"#,
    );
    let home = Home::new().with("BAILIAN_WORKSPACE_ID", "llm-1");
    let place = Place::serving(no, no, no).await;
    let checks = home.examine(Some(place.origin())).await;
    let workspace = of(&checks, Name::Workspace);
    assert_eq!(workspace.finding, ServiceFinding::WorkspaceRefused { id: "llm-1".into() }.into());
    assert_eq!(exit_code(&checks), 3);
    assert!(
        matches!(
            of(&checks, Name::Region).finding,
            Finding::Service(ServiceFinding::RegionHere { .. })
        ),
        "the key was known"
    );
    let place = Place::good().await;
    let checks = home.examine(Some(place.origin())).await;
    let workspace = of(&checks, Name::Workspace);
    assert_eq!(workspace.finding, ServiceFinding::Workspace { id: "llm-1".into() }.into());
    assert!(place.heard().iter().all(|head| head.contains("x-dashscope-workspace: llm-1")));
}

#[tokio::test]
async fn keys_are_told_apart_by_their_looks() {
    let home = |key: &str| {
        let home = Home::new().with("DASHSCOPE_API_KEY", key);
        let mut deps = home.deps(None);
        deps.resolve = Arc::new(|_, _| Box::pin(async { Err(io::Error::other("no")) }));
        (home, deps)
    };
    let (_home, deps) = home("LTAI5tExampleExample");
    let checks = examined(deps).await;
    let source = "DASHSCOPE_API_KEY".to_owned();
    assert_eq!(of(&checks, Name::Key).finding, KeyFinding::AccessKey { source }.into());
    assert_eq!(of(&checks, Name::Key).next, Some(Next::MakeKey));
    let (_home, deps) = home("sk-sp-0123456789");
    let checks = examined(deps).await;
    assert_eq!(of(&checks, Name::Plan).finding, KeyFinding::PlanKeyElsewhere.into());
    assert_eq!(exit_code(&checks), 3);
    let (home, _) = home("sk-0123456789");
    home.write(".config/lian/config.toml", "[profiles.default]\nplan = \"coding\"\n", 0o600);
    let mut deps = home.deps(None);
    deps.resolve = Arc::new(|host, _| {
        assert_eq!(host, "coding.dashscope.aliyuncs.com");
        Box::pin(async { Err(io::Error::other("no")) })
    });
    let checks = examined(deps).await;
    let plan = of(&checks, Name::Plan);
    assert_eq!(plan.finding, KeyFinding::OrdinaryKeyOnPlan { plan: "coding" }.into());
    assert_eq!(plan.outcome, Outcome::Warn);
}

#[tokio::test]
async fn region_workspace_and_address_must_agree() {
    for (profile, finding) in [
        (
            "region = \"us-east-1\"\nbase_url = \"https://dashscope-intl.aliyuncs.com\"",
            KeyFinding::OtherRegion {
                origin: "https://dashscope-intl.aliyuncs.com".into(),
                host: "ap-southeast-1".into(),
                set: "us-east-1".into(),
            },
        ),
        (
            "workspace = \"llm-1\"\nbase_url = \"https://llm-2.cn-beijing.maas.aliyuncs.com\"",
            KeyFinding::OtherWorkspace {
                origin: "https://llm-2.cn-beijing.maas.aliyuncs.com".into(),
                set: "llm-1".into(),
            },
        ),
        (
            "base_url = \"http://gateway.example\"",
            KeyFinding::Unencrypted { origin: "http://gateway.example".into() },
        ),
        (
            "native_base_url = \"https://n.example/api/v1\"",
            KeyFinding::TwoPlaces {
                compat: "https://dashscope.aliyuncs.com".into(),
                native: "https://n.example".into(),
            },
        ),
        (
            "workspace = \"llm-1\"",
            KeyFinding::At {
                origin: "https://llm-1.cn-beijing.maas.aliyuncs.com".into(),
                region: Some("cn-beijing".into()),
                workspace: Some("llm-1".into()),
            },
        ),
    ] {
        let home = Home::new();
        home.write(".config/lian/config.toml", &format!("[profiles.default]\n{profile}\n"), 0o600);
        let mut deps = home.deps(None);
        deps.resolve = Arc::new(|_, _| Box::pin(async { Err(io::Error::other("no")) }));
        let checks = examined(deps).await;
        assert_eq!(of(&checks, Name::Place).finding, finding.into(), "{profile}");
    }
}

#[tokio::test]
async fn a_wrong_configuration_stops_the_network_and_nothing_else() {
    let home = Home::new();
    home.write(".config/lian/config.toml", "theme = \n", 0o600);
    let checks = home.examine(None).await;
    assert_eq!(exit_code(&checks), 6);
    assert_eq!(of(&checks, Name::Config).next, Some(Next::MendConfig));
    assert_eq!(of(&checks, Name::Http).finding, Finding::After(Name::Config));
    assert_eq!(of(&checks, Name::Catalog).finding, Finding::After(Name::Config));
    assert!(matches!(
        of(&checks, Name::Store).finding,
        Finding::Machine(MachineFinding::StoreAbsent { .. })
    ));
    let home = Home::new();
    home.write(".config/lian/config.toml", "[profiles.default]\nregion = \"moon\"\n", 0o600);
    let checks = home.examine(None).await;
    assert!(matches!(of(&checks, Name::Place).finding, Finding::Key(KeyFinding::NoAddress { .. })));
    assert_eq!(
        (exit_code(&checks), &of(&checks, Name::Dns).finding),
        (6, &Finding::After(Name::Place))
    );
}

#[tokio::test]
async fn an_open_secrets_file_is_the_configuration() {
    let home = Home::new().with("DASHSCOPE_API_KEY", "");
    home.write(".config/lian/secrets.toml", &format!("default = \"{KEY}\"\n"), 0o644);
    let mut deps = home.deps(None);
    deps.resolve = Arc::new(|_, _| Box::pin(async { Err(io::Error::other("no")) }));
    let checks = examined(deps).await;
    assert!(matches!(kind(of(&checks, Name::Key)), Some(NoticeKind::Key(_))));
    assert_eq!(exit_code(&checks), 6);
}

#[tokio::test]
async fn models_are_looked_up_in_catalog_and_list() {
    let place = Place::good().await;
    for (model, finding, next) in [
        ("qwen-plus", ModelFinding::Known { model: "qwen-plus".into(), ends: None }, None),
        ("new-model", ModelFinding::Listed { model: "new-model".into() }, None),
        ("qwen-plis", ModelFinding::Unlisted { model: "qwen-plis".into() }, Some("qwen-plus")),
    ] {
        let checks = Home::new().with("LIAN_MODEL", model).examine(Some(place.origin())).await;
        let found = of(&checks, Name::Model);
        assert_eq!(found.finding, finding.into());
        let near = match &found.next {
            Some(Next::TakeModel { near }) => near.first().map(String::as_str),
            _ => None,
        };
        assert_eq!(near, next, "{found:?}");
    }
    let checks =
        Home::new().with("LIAN_MODEL", "qwen3-tts-flash").examine(Some(place.origin())).await;
    assert!(matches!(
        of(&checks, Name::Model).finding,
        Finding::Model(ModelFinding::NotForChat { .. })
    ));
    let home = Home::new();
    home.write(".config/lian/prices.toml", "documented = [", 0o600);
    let checks = home.examine(Some(place.origin())).await;
    assert_eq!(of(&checks, Name::Catalog).outcome, Outcome::Warn);
}

#[tokio::test]
async fn directories_and_files_open_to_others_are_told() {
    let place = Place::good().await;
    let home = Home::new();
    let data = home.path(".local/share/lian");
    std::fs::create_dir_all(&data).expect("a directory");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let checks = home.examine(Some(place.origin())).await;
    let path = data.display().to_string();
    let found = of(&checks, Name::Directories);
    assert_eq!(found.next, Some(Next::Close { path: path.clone(), mode: 0o700 }));
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).expect("a mode");
    std::fs::write(data.join("lian.db"), "not a database, and long enough").expect("a file");
    let checks = home.examine(Some(place.origin())).await;
    assert_eq!(of(&checks, Name::Directories).outcome, Outcome::Ok);
    assert!(matches!(kind(of(&checks, Name::Store)), Some(NoticeKind::StoreUnreadable { .. })));
    assert_eq!(exit_code(&checks), 6);
    let none = Home { deps: |deps| deps.paths = None, ..Home::new() };
    let checks = none.examine(Some(place.origin())).await;
    assert_eq!(of(&checks, Name::Store).finding, Finding::After(Name::Config));
}

/// Makes a file that looks like a program.
fn program(home: &Home, below: &str) {
    home.write(below, "#!/bin/sh\n", 0o755);
}

#[tokio::test]
async fn players_and_what_they_play_on_are_looked_for() {
    let place = Place::good().await;
    let sound = async |home: &Home| {
        let checks = home.examine(Some(place.origin())).await;
        of(&checks, Name::Sound).clone()
    };
    let path = |home: Home| {
        let bin = home.path("bin").display().to_string();
        home.with("PATH", &bin)
    };
    let home = path(Home::new());
    assert_eq!(sound(&home).await.finding, TerminalFinding::NoPlayer.into());
    program(&home, "bin/aplay");
    let silent = sound(&home).await;
    let player = "aplay".to_owned();
    let found = TerminalFinding::Silent { player: player.clone(), ssh: false };
    assert_eq!((silent.finding, silent.next), (found.into(), Some(Next::StartSound)));
    home.write("cards", "--- no soundcards ---\n", 0o644);
    assert_eq!(sound(&home).await.outcome, Outcome::Warn);
    home.write("cards", " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n", 0o644);
    let through = "ALSA: HDA-Intel - HDA Intel PCH".to_owned();
    let found = TerminalFinding::Sound { player, through };
    assert_eq!(sound(&home).await.finding, found.into());
    program(&home, "bin/lian-player");
    program(&home, "bin/pw-play");
    let home = home.with("PULSE_SERVER", "unix:/tmp/pulse").with("SSH_TTY", "/dev/pts/0");
    let found = TerminalFinding::Sound {
        player: "lian-player".to_owned(),
        through: "PULSE_SERVER=unix:/tmp/pulse".to_owned(),
    };
    assert_eq!(sound(&home).await.finding, found.into());
}

#[tokio::test]
async fn the_terminal_is_told_by_its_environment() {
    let place = Place::good().await;
    let dumb = Home { deps: |deps| deps.screen.draws = false, ..Home::new() };
    let dumb = dumb.with("TERM", "dumb").with("LANG", "C").with("NO_COLOR", "1");
    let checks = dumb.examine(Some(place.origin())).await;
    assert_eq!(
        of(&checks, Name::Terminal).finding,
        TerminalFinding::Dumb { term: "dumb".into() }.into()
    );
    let locale = "C".to_owned();
    assert_eq!(of(&checks, Name::Letters).finding, TerminalFinding::NoUnicode { locale }.into());
    let small = Home { deps: |deps| deps.screen.size = Some((30, 8)), ..Home::new() };
    let checks = small.examine(Some(place.origin())).await;
    assert_eq!(of(&checks, Name::Terminal).next, Some(Next::Enlarge));
    let tmux = Home { deps: |deps| deps.screen.multiplexer = Some("tmux"), ..Home::new() };
    let tmux = tmux.with("TMUX", "/tmp/tmux").with("PATH", "/nowhere");
    let checks = tmux.examine(Some(place.origin())).await;
    let program = "tmux".to_owned();
    let found = TerminalFinding::ClipboardMissing { program };
    assert_eq!(of(&checks, Name::Clipboard).finding, found.into());
}

#[test]
fn certificates_named_by_a_variable_must_be_readable() {
    let home = Home::new();
    home.write("ca.pem", "x", 0o600);
    let ca = home.path("ca.pem").display().to_string();
    let url = |text: &str| url::Url::parse(text).expect("a URL");
    let deps = |path: &str| {
        let env = HashMap::from([("SSL_CERT_FILE".to_owned(), path.to_owned())]);
        let env: Env = Arc::new(move |name| env.get(name).cloned());
        Deps { env, ..home.deps(None) }
    };
    let check = |path: &str| network::authorities(&deps(path), &url("https://h.example"));
    assert_eq!(check(&ca).outcome, Outcome::Ok);
    assert_eq!(check("/no/such/ca.pem").outcome, Outcome::Warn);
    let plain = network::authorities(&deps(&ca), &url("http://h.example"));
    assert_eq!(plain.outcome, Outcome::Skipped);
    assert!(Path::new(&ca).exists());
}

/// Makes the real requests.
async fn run(probe: Probe) -> Vec<Check> {
    let (out, mut checks) = mpsc::channel(2);
    tokio::time::timeout(CAP * 2, probe.run(&out)).await.expect("no wait without an end");
    drop(out);
    let mut all = Vec::new();
    while let Some(check) = checks.recv().await {
        all.push(check);
    }
    all
}

#[tokio::test]
async fn real_requests_are_priced_small_and_counted() {
    let place = Place::good().await;
    let home = Home::new();
    let (_, probe) = probing(home.deps(Some(place.origin()))).await;
    let probe = probe.expect("the key is good");
    assert_eq!((probe.model().as_str(), probe.times()), ("qwen-flash", 2));
    let price = probe.price().expect("a price").amount;
    assert!(price > rust_decimal::Decimal::ZERO && price < "0.0001".parse().expect("an amount"));
    assert_eq!(place.heard().len(), 3, "nothing was sent yet");
    let checks = run(probe).await;
    let names: Vec<Name> = checks.iter().map(|check| check.name).collect();
    assert_eq!(names, [Name::ProbeCompat, Name::ProbeNative]);
    let mut paid = rust_decimal::Decimal::ZERO;
    for check in &checks {
        let Finding::Probe(ProbeFinding::Answered { model, cost: Some(cost), .. }) = &check.finding
        else {
            panic!("{check:?}")
        };
        assert_eq!(model, "qwen-flash");
        paid += cost.amount;
    }
    let heard = place.heard().split_off(3);
    assert!(heard[0].starts_with("POST /compatible-mode/v1/chat/completions "), "{}", heard[0]);
    assert!(heard[1].starts_with("POST /api/v1/services/aigc/text-generation/generation "));
    assert!(heard.iter().all(|request| request.contains("\"max_tokens\":1")), "{heard:?}");
    // Both are in the ledger, with what they really cost.
    let store = store::spawn(
        store::Deps { dir: home.path(".local/share/lian"), now: probe::wall_ms },
        mpsc::channel(1).0,
    );
    let ledger = crate::service::ledger::Ledger::new(store.desk());
    let currency = crate::domain::money::Currency::Cny;
    let spent = ledger.standing("default".to_owned(), currency).await.expect("it is read");
    assert_eq!(spent.day, paid, "{spent:?}");
}

#[tokio::test]
async fn the_budget_stops_real_requests_before_they_are_sent() {
    let place = Place::good().await;
    let home = Home::new();
    let budget = "[profiles.default.budget]\nday = \"0.000000001\"\n";
    home.write(".config/lian/config.toml", budget, 0o600);
    let (_, probe) = probing(home.deps(Some(place.origin()))).await;
    let checks = run(probe.expect("the key is good")).await;
    for check in &checks {
        let over = matches!(check.finding, Finding::Probe(ProbeFinding::OverBudget { .. }));
        assert!(over && check.outcome == Outcome::Warn, "{check:?}");
    }
    assert_eq!(place.heard().len(), 3, "nothing that costs was sent");
}

#[tokio::test]
async fn without_a_good_key_there_are_no_real_requests() {
    let place = Place::refusing().await;
    let (_, probe) = probing(Home::new().deps(Some(place.origin()))).await;
    assert!(probe.is_none());
}

#[tokio::test]
async fn the_workbench_gets_each_finding_as_an_event_and_an_end() {
    use crate::domain::doctor::{DoctorCommand, DoctorEvent};
    use crate::event::ServiceEvent;

    let place = Place::good().await;
    let home = Arc::new(Home::new());
    let origin = place.origin();
    let gather: Gather = Arc::new(move || home.deps(Some(origin.clone())));
    let (out, mut events) = mpsc::channel(64);
    let doctor = spawn(gather, out, tokio_util::sync::CancellationToken::new());
    doctor.try_send(DoctorCommand { run: 7 }).expect("there is room");
    let mut names = Vec::new();
    loop {
        let event = tokio::time::timeout(CAP, events.recv()).await.expect("in time");
        match event.expect("it goes on") {
            ServiceEvent::Doctor(DoctorEvent::Found { run: 7, check }) => names.push(check.name),
            ServiceEvent::Doctor(DoctorEvent::Ended { run: 7 }) => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(names, Name::ALL[..28]);
    assert_eq!(place.heard().len(), 3, "nothing that costs");
}
