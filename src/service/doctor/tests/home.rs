//! A home on a disk with what its environment says.

use super::*;

/// A home with what its environment says.
pub(super) struct Home {
    pub(super) dir: TempDir,
    pub(super) env: HashMap<String, String>,
    pub(super) deps: fn(&mut Deps),
}

impl Home {
    pub(super) fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        let env = [("HOME", dir.path().display().to_string()), ("LANG", "C.UTF-8".to_owned())];
        let env = env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { dir, env, deps: |_| {} }.with("DASHSCOPE_API_KEY", KEY)
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn path(&self, below: &str) -> std::path::PathBuf {
        self.dir.path().join(below)
    }

    pub(super) fn write(&self, below: &str, text: &str, mode: u32) {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("it is made");
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    }

    pub(super) fn deps(&self, origin: Option<String>) -> Deps {
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

    pub(super) async fn examine(&self, origin: Option<String>) -> Vec<Check> {
        examined(self.deps(origin)).await
    }
}
