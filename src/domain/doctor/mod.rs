//! An examination of everything that an answer needs, as values: what was looked at, how it
//! stands, what to do. It refuses to look at anything, and to hold a sentence.

mod facts;
pub mod finding;
pub mod machine;
pub mod next;

pub use facts::Fact;
pub use finding::Finding;
pub use next::Next;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: Name,
    /// How it stands.
    pub outcome: Outcome,
    /// What was found.
    pub finding: Finding,
    /// What to do. A finding that is a notice has a next step of its own.
    pub next: Option<Next>,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Well.
    Ok,
    /// It works, with a limit.
    Warn,
    /// It does not work.
    Fail(Trouble),
    /// It was not looked at: something else comes first, or there is nothing to look at.
    Skipped,
    /// It could not be found out.
    Unknown,
}

impl Outcome {
    /// Its word in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail(_) => "fail",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

/// Where to look for the cause of a failure: what an exit code tells (product.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// The key, or what it may do.
    Key,
    /// The way to the service, or the service.
    Network,
    /// The configuration, or the files of this machine.
    Setup,
}

impl Trouble {
    /// The exit code.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Key => 3,
            Self::Network => 5,
            Self::Setup => 6,
        }
    }
}

/// What checks are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// What the user has set.
    Settings,
    /// The key, and where it is sent.
    Key,
    /// The way to the service.
    Network,
    /// The service.
    Service,
    /// Files and programs of this machine.
    Machine,
    /// What is in front of the user.
    Terminal,
    /// Real requests.
    Probe,
}

/// What is looked at, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// The configuration's files and the profile.
    Config,
    /// The language in force.
    Language,
    /// Where the key was found, and what it looks like.
    Key,
    /// The plan that the key belongs to.
    Plan,
    /// Where requests go.
    Place,
    /// The proxy in force.
    Proxy,
    /// The addresses of the host.
    Dns,
    /// A connection to it.
    Connect,
    /// The certificates that are trusted beyond the system's.
    Authorities,
    /// The secured connection.
    Tls,
    /// A request and any answer.
    Http,
    /// This machine's clock against the service's.
    Clock,
    /// The compatible surface.
    Compat,
    /// The native surface.
    Native,
    /// The region that the key belongs to.
    Region,
    /// The workspace.
    Workspace,
    /// Whether the service tells limits.
    Limits,
    /// The model of new conversations.
    Model,
    /// The catalog.
    Catalog,
    /// The directories of the program.
    Directories,
    /// The database.
    Store,
    /// Room on the disk.
    Disk,
    /// The program that takes pictures out of videos.
    Posters,
    /// The terminal.
    Terminal,
    /// Its colours.
    Colours,
    /// Its letters.
    Letters,
    /// Where copied text goes.
    Clipboard,
    /// How sound is played.
    Sound,
    /// A real request on the compatible surface.
    ProbeCompat,
    /// A real request on the native surface.
    ProbeNative,
}

impl Name {
    /// All of them, in order.
    pub const ALL: [Self; 30] = [
        Self::Config,
        Self::Language,
        Self::Key,
        Self::Plan,
        Self::Place,
        Self::Proxy,
        Self::Dns,
        Self::Connect,
        Self::Authorities,
        Self::Tls,
        Self::Http,
        Self::Clock,
        Self::Compat,
        Self::Native,
        Self::Region,
        Self::Workspace,
        Self::Limits,
        Self::Model,
        Self::Catalog,
        Self::Directories,
        Self::Store,
        Self::Disk,
        Self::Posters,
        Self::Terminal,
        Self::Colours,
        Self::Letters,
        Self::Clipboard,
        Self::Sound,
        Self::ProbeCompat,
        Self::ProbeNative,
    ];

    /// Its stable name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Language => "language",
            Self::Key => "key",
            Self::Plan => "plan",
            Self::Place => "place",
            Self::Proxy => "proxy",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Authorities => "authorities",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Clock => "clock",
            Self::Compat => "compat",
            Self::Native => "native",
            Self::Region => "region",
            Self::Workspace => "workspace",
            Self::Limits => "limits",
            Self::Model => "model",
            Self::Catalog => "catalog",
            Self::Directories => "directories",
            Self::Store => "store",
            Self::Disk => "disk",
            Self::Posters => "posters",
            Self::Terminal => "terminal",
            Self::Colours => "colours",
            Self::Letters => "letters",
            Self::Clipboard => "clipboard",
            Self::Sound => "sound",
            Self::ProbeCompat => "probe_compat",
            Self::ProbeNative => "probe_native",
        }
    }

    /// What it is about.
    #[must_use]
    pub const fn group(self) -> Group {
        match self {
            Self::Config | Self::Language => Group::Settings,
            Self::Key | Self::Plan | Self::Place => Group::Key,
            Self::Proxy
            | Self::Dns
            | Self::Connect
            | Self::Authorities
            | Self::Tls
            | Self::Http
            | Self::Clock => Group::Network,
            Self::Compat
            | Self::Native
            | Self::Region
            | Self::Workspace
            | Self::Limits
            | Self::Model
            | Self::Catalog => Group::Service,
            Self::Directories | Self::Store | Self::Disk | Self::Posters => Group::Machine,
            Self::Terminal | Self::Colours | Self::Letters | Self::Clipboard | Self::Sound => {
                Group::Terminal
            }
            Self::ProbeCompat | Self::ProbeNative => Group::Probe,
        }
    }
}

impl Check {
    /// A check that came out like this.
    #[must_use]
    pub fn new(name: Name, outcome: Outcome, finding: impl Into<Finding>) -> Self {
        Self { name, outcome, finding: finding.into(), next: None }
    }

    /// It is well.
    #[must_use]
    pub fn ok(name: Name, finding: impl Into<Finding>) -> Self {
        Self::new(name, Outcome::Ok, finding)
    }

    /// It works, with a limit.
    #[must_use]
    pub fn warn(name: Name, finding: impl Into<Finding>) -> Self {
        Self::new(name, Outcome::Warn, finding)
    }

    /// It does not work.
    #[must_use]
    pub fn fail(name: Name, trouble: Trouble, finding: impl Into<Finding>) -> Self {
        Self::new(name, Outcome::Fail(trouble), finding)
    }

    /// It was not looked at.
    #[must_use]
    pub fn skipped(name: Name, finding: impl Into<Finding>) -> Self {
        Self::new(name, Outcome::Skipped, finding)
    }

    /// It could not be found out.
    #[must_use]
    pub fn unknown(name: Name, finding: impl Into<Finding>) -> Self {
        Self::new(name, Outcome::Unknown, finding)
    }

    /// It was not looked at, because this comes first and is not well.
    #[must_use]
    pub fn after(name: Name, first: Name) -> Self {
        Self::skipped(name, Finding::After(first))
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_next(mut self, next: Next) -> Self {
        self.next = Some(next);
        self
    }

    /// Where to look for the cause, if it failed.
    #[must_use]
    pub const fn trouble(&self) -> Option<Trouble> {
        match self.outcome {
            Outcome::Fail(trouble) => Some(trouble),
            Outcome::Ok | Outcome::Warn | Outcome::Skipped | Outcome::Unknown => None,
        }
    }
}

/// The exit code for an examination: that of the first failure, for later ones often follow from
/// it; 0 without any.
#[must_use]
pub fn exit_code(checks: &[Check]) -> u8 {
    checks.iter().find_map(Check::trouble).map_or(0, Trouble::exit_code)
}

/// Asks for an examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoctorCommand {
    /// Which one: what comes of it carries the number.
    pub run: u64,
}

/// What an examination says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DoctorEvent {
    /// Something was looked at.
    Found {
        /// By which examination.
        run: u64,
        /// What came out.
        check: Box<Check>,
    },
    /// Everything was looked at.
    Ended {
        /// By which examination.
        run: u64,
    },
}

/// What is in front of the user, as far as its environment tells; nobody asked it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Screen {
    /// There is a terminal.
    pub there: bool,
    /// It moves a cursor, so that the workbench can be drawn.
    pub draws: bool,
    /// Columns and rows.
    pub size: Option<(u16, u16)>,
    /// How many colours it gets.
    pub colours: Depth,
    /// tmux or screen, where one stands between.
    pub multiplexer: Option<&'static str>,
    /// Shift+Enter is known to be told from Enter.
    pub keys: bool,
}

/// How many colours are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Depth {
    /// None.
    #[default]
    None,
    /// The terminal's own sixteen.
    Ansi16,
    /// The fixed 256.
    Ansi256,
    /// 24 bits.
    True,
}

impl Depth {
    /// How many, in JSON and in sentences.
    #[must_use]
    pub const fn count(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Ansi16 => 16,
            Self::Ansi256 => 256,
            Self::True => 16_777_216,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use finding::NetworkFinding;

    #[test]
    fn the_first_failure_decides() {
        let ok = Check::ok(Name::Proxy, NetworkFinding::Direct);
        let warn = Check::warn(Name::Clock, NetworkFinding::ClockUnsaid);
        let fail = |name, trouble| Check::fail(name, trouble, NetworkFinding::Direct);
        assert_eq!(exit_code(&[ok.clone(), warn.clone(), Check::after(Name::Tls, Name::Dns)]), 0);
        let both = [ok, warn, fail(Name::Dns, Trouble::Network), fail(Name::Store, Trouble::Setup)];
        assert_eq!(exit_code(&both), 5);
        assert_eq!(exit_code(&both[3..]), 6);
        assert_eq!(exit_code(&[fail(Name::Key, Trouble::Key)]), 3);
    }

    #[test]
    fn names_are_told_apart_and_groups_stay_together() {
        let mut names: Vec<_> = Name::ALL.iter().map(|name| name.name()).collect();
        let mut groups: Vec<_> = Name::ALL.iter().map(|name| name.group()).collect();
        groups.dedup();
        assert_eq!(groups.len(), 7, "each group is one block");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Name::ALL.len());
    }
}
