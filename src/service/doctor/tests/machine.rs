//! What is looked at on this machine: settings, files, players, the terminal.

use super::*;

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
