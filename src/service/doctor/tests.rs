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

mod home;
mod machine;
mod paid;
mod place;

use home::Home;
use place::{Place, Say};

/// 2026-11-22 12:00:00 UTC.
const NOON_S: i64 = 1_795_348_800;

fn noon() -> Now {
    Now { wall_ms: NOON_S * 1000, ..Now::default() }
}

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
