//! What an examination finds, typed, with its arguments. It refuses sentences (`words`) and names
//! for machines (`facts`).

use std::time::Duration;

use crate::domain::models::{Purpose, Surface};
use crate::domain::notice::Notice;
use crate::domain::settings::Language;

use super::Name;
pub use super::machine::{MachineFinding, ProbeFinding, TerminalFinding};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// What the program says elsewhere too.
    Told(Box<Notice>),
    /// Nothing: this comes first, and it is not well or not there.
    After(Name),
    /// Not within so long.
    Late(Duration),
    /// On settings.
    Settings(SettingsFinding),
    /// On the key and where it goes.
    Key(KeyFinding),
    /// On the way to the service.
    Network(NetworkFinding),
    /// On the service.
    Service(ServiceFinding),
    /// On the model and the catalog.
    Model(ModelFinding),
    /// On this machine.
    Machine(MachineFinding),
    /// On the terminal.
    Terminal(TerminalFinding),
    /// On real requests.
    Probe(ProbeFinding),
}

/// On what the user has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsFinding {
    /// The files are right.
    Read {
        /// The configuration file.
        file: String,
        /// It exists; else the defaults hold.
        there: bool,
        /// The project's file that counts here.
        project: Option<String>,
        /// The profile in force.
        profile: String,
    },
    /// A file, a flag or a variable is wrong.
    Wrong {
        /// Place and reason.
        reason: String,
    },
    /// The language in force.
    Language {
        /// Which.
        language: Language,
        /// Who decided it.
        by: Option<String>,
    },
}

/// What a key looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// `sk-…`: pays as it goes.
    Ordinary,
    /// `sk-sp-…`: of a plan.
    Plan,
    /// Otherwise; other servers have such.
    Other,
}

/// On the key and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFinding {
    /// There is one.
    Found {
        /// Where it was found; never the key.
        source: String,
        /// What it looks like.
        kind: KeyKind,
    },
    /// It is the id of an access key of the cloud, no key of this service.
    AccessKey {
        /// Where it was found.
        source: String,
    },
    /// There is none, and where requests go none is needed.
    NotNeeded,
    /// The key pays as it goes, and requests go where such keys are good.
    PayAsYouGo,
    /// The key is of a plan, and requests go to the plan.
    OnPlan {
        /// `token` or `coding`.
        plan: &'static str,
    },
    /// The key is of a plan, and requests go elsewhere.
    PlanKeyElsewhere,
    /// Requests go to the plan, and the key is of none.
    OrdinaryKeyOnPlan {
        /// `token` or `coding`.
        plan: &'static str,
    },
    /// Another server: what its keys are is its own matter.
    OtherServer,
    /// Where requests go.
    At {
        /// Scheme, host and port.
        origin: String,
        /// The region, where the host tells.
        region: Option<String>,
        /// The workspace that was named.
        workspace: Option<String>,
    },
    /// The settings give no address.
    NoAddress {
        /// Why.
        reason: String,
    },
    /// The host is of another region than the one that was set.
    OtherRegion {
        /// Scheme, host and port.
        origin: String,
        /// The host's region.
        host: String,
        /// The region that was set.
        set: String,
    },
    /// The host is of another workspace than the one that was set.
    OtherWorkspace {
        /// Scheme, host and port.
        origin: String,
        /// The workspace that was set.
        set: String,
    },
    /// The key would travel in the open.
    Unencrypted {
        /// Scheme, host and port.
        origin: String,
    },
    /// The surfaces are at two places; both get the key.
    TwoPlaces {
        /// Origin of the compatible surface.
        compat: String,
        /// Origin of the native surface.
        native: String,
    },
}

/// On the way to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkFinding {
    /// No proxy is set.
    Direct,
    /// A proxy is set, but this host is reached without it.
    Spared,
    /// A proxy is in force.
    Proxy {
        /// Scheme, host and port, without name and password.
        proxy: String,
        /// It gets a name and a password.
        signs_in: bool,
    },
    /// The name has addresses.
    Resolved {
        /// The host.
        host: String,
        /// Its addresses, at most four.
        addresses: Vec<String>,
    },
    /// The place is named by its address.
    Address,
    /// A connection was made.
    Connected {
        /// Address and port.
        to: String,
        /// How long it took.
        took: Duration,
    },
    /// The system's authorities are trusted.
    SystemAuthorities,
    /// A variable names others.
    OwnAuthorities {
        /// The variable.
        variable: &'static str,
        /// File or directory.
        path: String,
    },
    /// A variable names what cannot be read.
    AuthoritiesUnreadable {
        /// The variable.
        variable: &'static str,
        /// File or directory.
        path: String,
    },
    /// The connection is secured.
    Certificate {
        /// Who issued the certificate.
        issuer: String,
        /// Its last day.
        until: String,
        /// Days until then.
        days: i64,
    },
    /// The connection is secured, and no more is known of it.
    Secured,
    /// The connection is not secured.
    Plain,
    /// Something answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// From the request to the head of the answer.
        took: Duration,
    },
    /// A web page answered.
    Page {
        /// The host.
        host: String,
    },
    /// The clocks were compared.
    Clock {
        /// So many seconds is this machine's clock ahead; negative is behind.
        ahead_s: i64,
    },
    /// The answer did not tell the time.
    ClockUnsaid,
}

/// On the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceFinding {
    /// A surface answers and takes the key.
    Answers {
        /// Which.
        surface: Surface,
        /// How long it took.
        took: Duration,
        /// Models in its list.
        models: Option<usize>,
    },
    /// A surface answers, but nothing that is free to ask is served there.
    NothingFree {
        /// Which.
        surface: Surface,
        /// The HTTP status.
        status: u16,
    },
    /// The place has no native surface.
    NoNative,
    /// The key is good where requests go.
    RegionHere {
        /// The region, where the host tells.
        region: Option<String>,
    },
    /// The key is good there, as those places say that were asked with it.
    RegionFound {
        /// Regions that know the key.
        regions: Vec<String>,
        /// The key is good where requests go, too.
        here: bool,
        /// Hosts that were shown the key.
        asked: Vec<String>,
    },
    /// No place knows the key.
    RegionNowhere {
        /// Hosts that were shown the key.
        asked: Vec<String>,
        /// Hosts of these that did not answer.
        silent: Vec<String>,
    },
    /// Other places were not asked: requests go to no host of the service.
    RegionPrivate {
        /// Where requests go.
        origin: String,
    },
    /// The workspace that was named takes the key.
    Workspace {
        /// Its id.
        id: String,
    },
    /// None is named: the key's own is used.
    WorkspaceOwn,
    /// The workspace does not take the key.
    WorkspaceRefused {
        /// Its id.
        id: String,
    },
    /// The service tells limits.
    Limits,
    /// The service does not; the catalog's are counted with.
    NoLimits {
        /// The HTTP status.
        status: u16,
    },
}

/// On the model of new conversations, and the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelFinding {
    /// The catalog knows the model.
    Known {
        /// Its id.
        model: String,
        /// The last day of its service, and the days until then.
        ends: Option<(String, i64)>,
    },
    /// The model was taken out of service.
    Ended {
        /// Its id.
        model: String,
        /// The last day.
        day: String,
    },
    /// The model is not served in the region requests go to.
    NotHere {
        /// Its id.
        model: String,
        /// Where it is served.
        regions: Vec<String>,
    },
    /// The model is none for conversations.
    NotForChat {
        /// Its id.
        model: String,
        /// What it is for.
        purpose: Purpose,
    },
    /// The catalog does not know the model; the service lists it.
    Listed {
        /// Its id.
        model: String,
    },
    /// Nobody knows the model.
    Unlisted {
        /// Its id.
        model: String,
    },
    /// How old the catalog is.
    Catalog {
        /// The date of its newest row.
        as_of: String,
        /// Days since then.
        days: i64,
        /// The user's own rows are in force.
        own: bool,
    },
}

macro_rules! from {
    ($($part:ident $kind:ident;)*) => {
        $(impl From<$kind> for Finding {
            fn from(finding: $kind) -> Self {
                Self::$part(finding)
            }
        })*
    };
}

from! {
    Settings SettingsFinding;
    Key KeyFinding;
    Network NetworkFinding;
    Service ServiceFinding;
    Model ModelFinding;
    Machine MachineFinding;
    Terminal TerminalFinding;
    Probe ProbeFinding;
}

impl From<Notice> for Finding {
    fn from(notice: Notice) -> Self {
        Self::Told(Box::new(notice))
    }
}
