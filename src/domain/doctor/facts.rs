//! Findings for machines: a stable name and named values for each. It refuses sentences and any
//! format; the command writes JSON of it.

use std::time::Duration;

use super::finding::{
    Finding, KeyFinding, KeyKind, MachineFinding, ModelFinding, NetworkFinding, ProbeFinding,
    ServiceFinding, SettingsFinding, TerminalFinding,
};
use crate::domain::copy::Clipboard;
use crate::domain::settings::Language;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Seconds.
    Seconds(Duration),
    /// Yes or no.
    Flag(bool),
    /// Texts.
    List(Vec<String>),
    /// Not there.
    None,
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Fact {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&Vec<String>> for Fact {
    fn from(texts: &Vec<String>) -> Self {
        Self::List(texts.clone())
    }
}

impl From<bool> for Fact {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Fact {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u64> for Fact {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u16> for Fact {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<Duration> for Fact {
    fn from(time: Duration) -> Self {
        Self::Seconds(time)
    }
}

impl<T: Into<Self>> From<Option<T>> for Fact {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// Named values.
type Facts = Vec<(&'static str, Fact)>;

fn mode(mode: u32) -> Fact {
    Fact::Text(format!("{mode:04o}"))
}

impl Finding {
    /// Its stable name and its values.
    #[must_use]
    pub fn facts(&self) -> (&'static str, Facts) {
        match self {
            // The notice's own parts are written beside the sentence.
            Self::Told(_) => ("told", Vec::new()),
            Self::After(name) => ("after", vec![("first", name.name().into())]),
            Self::Late(after) => ("late", vec![("after_s", (*after).into())]),
            Self::Settings(finding) => settings(finding),
            Self::Key(finding) => key(finding),
            Self::Network(finding) => network(finding),
            Self::Service(finding) => service(finding),
            Self::Model(finding) => model(finding),
            Self::Machine(finding) => machine(finding),
            Self::Terminal(finding) => terminal(finding),
            Self::Probe(finding) => probe(finding),
        }
    }
}

fn settings(finding: &SettingsFinding) -> (&'static str, Facts) {
    match finding {
        SettingsFinding::Read { file, there, project, profile } => (
            "read",
            vec![
                ("file", file.into()),
                ("there", (*there).into()),
                ("project", project.as_ref().into()),
                ("profile", profile.into()),
            ],
        ),
        SettingsFinding::Wrong { reason } => ("wrong", vec![("reason", reason.into())]),
        SettingsFinding::Language { language, by } => {
            let word = match language {
                Language::En => "en",
                Language::ZhCn => "zh-CN",
            };
            ("language", vec![("language", word.into()), ("by", by.as_ref().into())])
        }
    }
}

fn key(finding: &KeyFinding) -> (&'static str, Facts) {
    match finding {
        KeyFinding::Found { source, kind } => {
            let kind = match kind {
                KeyKind::Ordinary => "ordinary",
                KeyKind::Plan => "plan",
                KeyKind::Other => "other",
            };
            ("found", vec![("source", source.into()), ("kind", kind.into())])
        }
        KeyFinding::AccessKey { source } => ("access_key", vec![("source", source.into())]),
        KeyFinding::NotNeeded => ("not_needed", Vec::new()),
        KeyFinding::PayAsYouGo => ("pay_as_you_go", Vec::new()),
        KeyFinding::OnPlan { plan } => ("on_plan", vec![("plan", (*plan).into())]),
        KeyFinding::PlanKeyElsewhere => ("plan_key_elsewhere", Vec::new()),
        KeyFinding::OrdinaryKeyOnPlan { plan } => {
            ("ordinary_key_on_plan", vec![("plan", (*plan).into())])
        }
        KeyFinding::OtherServer => ("other_server", Vec::new()),
        KeyFinding::At { origin, region, workspace } => (
            "at",
            vec![
                ("origin", origin.into()),
                ("region", region.as_ref().into()),
                ("workspace", workspace.as_ref().into()),
            ],
        ),
        KeyFinding::NoAddress { reason } => ("no_address", vec![("reason", reason.into())]),
        KeyFinding::OtherRegion { origin, host, set } => (
            "other_region",
            vec![("origin", origin.into()), ("region", host.into()), ("set", set.into())],
        ),
        KeyFinding::OtherWorkspace { origin, set } => {
            ("other_workspace", vec![("origin", origin.into()), ("set", set.into())])
        }
        KeyFinding::Unencrypted { origin } => ("unencrypted", vec![("origin", origin.into())]),
        KeyFinding::TwoPlaces { compat, native } => {
            ("two_places", vec![("compat", compat.into()), ("native", native.into())])
        }
    }
}

fn network(finding: &NetworkFinding) -> (&'static str, Facts) {
    match finding {
        NetworkFinding::Direct => ("direct", Vec::new()),
        NetworkFinding::Spared => ("spared", Vec::new()),
        NetworkFinding::Proxy { proxy, signs_in } => {
            ("proxy", vec![("proxy", proxy.into()), ("signs_in", (*signs_in).into())])
        }
        NetworkFinding::Resolved { host, addresses } => {
            ("resolved", vec![("host", host.into()), ("addresses", addresses.into())])
        }
        NetworkFinding::Address => ("address", Vec::new()),
        NetworkFinding::Connected { to, took } => {
            ("connected", vec![("to", to.into()), ("took_s", (*took).into())])
        }
        NetworkFinding::SystemAuthorities => ("system_authorities", Vec::new()),
        NetworkFinding::OwnAuthorities { variable, path } => {
            ("own_authorities", vec![("variable", (*variable).into()), ("path", path.into())])
        }
        NetworkFinding::AuthoritiesUnreadable { variable, path } => (
            "authorities_unreadable",
            vec![("variable", (*variable).into()), ("path", path.into())],
        ),
        NetworkFinding::Certificate { issuer, until, days } => (
            "certificate",
            vec![("issuer", issuer.into()), ("until", until.into()), ("days", (*days).into())],
        ),
        NetworkFinding::Secured => ("secured", Vec::new()),
        NetworkFinding::Plain => ("plain", Vec::new()),
        NetworkFinding::Answered { status, took } => {
            ("answered", vec![("status", (*status).into()), ("took_s", (*took).into())])
        }
        NetworkFinding::Page { host } => ("page", vec![("host", host.into())]),
        NetworkFinding::Clock { ahead_s } => ("clock", vec![("ahead_s", (*ahead_s).into())]),
        NetworkFinding::ClockUnsaid => ("clock_unsaid", Vec::new()),
    }
}

fn service(finding: &ServiceFinding) -> (&'static str, Facts) {
    match finding {
        ServiceFinding::Answers { surface, took, models } => (
            "answers",
            vec![
                ("surface", surface.name().into()),
                ("took_s", (*took).into()),
                ("models", models.map(|models| models as u64).into()),
            ],
        ),
        ServiceFinding::NothingFree { surface, status } => {
            ("nothing_free", vec![("surface", surface.name().into()), ("status", (*status).into())])
        }
        ServiceFinding::NoNative => ("no_native", Vec::new()),
        ServiceFinding::RegionHere { region } => {
            ("region_here", vec![("region", region.as_ref().into())])
        }
        ServiceFinding::RegionFound { regions, here, asked } => (
            "region_found",
            vec![("regions", regions.into()), ("here", (*here).into()), ("asked", asked.into())],
        ),
        ServiceFinding::RegionNowhere { asked, silent } => {
            ("region_nowhere", vec![("asked", asked.into()), ("silent", silent.into())])
        }
        ServiceFinding::RegionPrivate { origin } => {
            ("region_private", vec![("origin", origin.into())])
        }
        ServiceFinding::Workspace { id } => ("workspace", vec![("workspace", id.into())]),
        ServiceFinding::WorkspaceOwn => ("workspace_own", Vec::new()),
        ServiceFinding::WorkspaceRefused { id } => {
            ("workspace_refused", vec![("workspace", id.into())])
        }
        ServiceFinding::Limits => ("limits", Vec::new()),
        ServiceFinding::NoLimits { status } => ("no_limits", vec![("status", (*status).into())]),
    }
}

fn model(finding: &ModelFinding) -> (&'static str, Facts) {
    let model = |name: &'static str, model: &String, more: Facts| {
        let mut facts = vec![("model", model.into())];
        facts.extend(more);
        (name, facts)
    };
    match finding {
        ModelFinding::Known { model: id, ends } => {
            let (day, days) = match ends {
                Some((day, days)) => (Some(day), Some(*days)),
                None => (None, None),
            };
            model("model", id, vec![("ends", day.into()), ("days", days.into())])
        }
        ModelFinding::Ended { model: id, day } => {
            model("model_ended", id, vec![("ended", day.into())])
        }
        ModelFinding::NotHere { model: id, regions } => {
            model("model_not_here", id, vec![("regions", regions.into())])
        }
        ModelFinding::NotForChat { model: id, purpose } => {
            model("model_not_for_chat", id, vec![("purpose", purpose.name().into())])
        }
        ModelFinding::Listed { model: id } => model("model_listed", id, Vec::new()),
        ModelFinding::Unlisted { model: id } => model("model_unlisted", id, Vec::new()),
        ModelFinding::Catalog { as_of, days, own } => (
            "catalog",
            vec![("as_of", as_of.into()), ("days", (*days).into()), ("own", (*own).into())],
        ),
    }
}

fn machine(finding: &MachineFinding) -> (&'static str, Facts) {
    match finding {
        MachineFinding::Directories { data, state } => {
            ("directories", vec![("data", data.into()), ("state", state.into())])
        }
        MachineFinding::DirectoryOpen { path, mode: found } => {
            ("directory_open", vec![("path", path.into()), ("mode", mode(*found))])
        }
        MachineFinding::FileOpen { path, mode: found } => {
            ("file_open", vec![("path", path.into()), ("mode", mode(*found))])
        }
        MachineFinding::Store { path, bytes, version, journal } => (
            "store",
            vec![
                ("path", path.into()),
                ("bytes", (*bytes).into()),
                ("version", (*version).into()),
                ("journal", journal.into()),
            ],
        ),
        MachineFinding::StoreAbsent { path } => ("store_absent", vec![("path", path.into())]),
        MachineFinding::StoreOlder { found, known } => {
            ("store_older", vec![("version", (*found).into()), ("known", (*known).into())])
        }
        MachineFinding::StoreBusy { path } => ("store_busy", vec![("path", path.into())]),
        MachineFinding::Disk { path, bytes } => {
            ("disk", vec![("path", path.into()), ("free_bytes", (*bytes).into())])
        }
        MachineFinding::DiskUnknown { path } => ("disk_unknown", vec![("path", path.into())]),
        MachineFinding::Ffmpeg { path } => ("ffmpeg", vec![("path", path.into())]),
        MachineFinding::NoFfmpeg => ("no_ffmpeg", Vec::new()),
    }
}

fn terminal(finding: &TerminalFinding) -> (&'static str, Facts) {
    match finding {
        TerminalFinding::Screen { term, program, size, multiplexer, ssh, keys } => (
            "screen",
            vec![
                ("term", term.into()),
                ("program", program.as_ref().into()),
                ("columns", size.map(|(columns, _)| columns).into()),
                ("rows", size.map(|(_, rows)| rows).into()),
                ("multiplexer", (*multiplexer).into()),
                ("ssh", (*ssh).into()),
                ("kitty_keys", (*keys).into()),
            ],
        ),
        TerminalFinding::Small { columns, rows } => {
            ("small", vec![("columns", (*columns).into()), ("rows", (*rows).into())])
        }
        TerminalFinding::Dumb { term } => ("dumb", vec![("term", term.into())]),
        TerminalFinding::NoScreen => ("no_screen", Vec::new()),
        TerminalFinding::Colours { depth, by } => {
            ("colours", vec![("colours", i64::from(depth.count()).into()), ("by", (*by).into())])
        }
        TerminalFinding::Letters { locale } => ("letters", vec![("locale", locale.into())]),
        TerminalFinding::NoUnicode { locale } => ("no_unicode", vec![("locale", locale.into())]),
        TerminalFinding::Clipboard { way, ssh } => {
            let word = match way {
                Clipboard::Terminal => "osc52",
                Clipboard::Tmux => "tmux",
                Clipboard::Command(_) => "command",
                Clipboard::Off => "off",
            };
            ("clipboard", vec![("way", word.into()), ("ssh", (*ssh).into())])
        }
        TerminalFinding::ClipboardMissing { program } => {
            ("clipboard_missing", vec![("program", program.into())])
        }
        TerminalFinding::Sound { player, through } => {
            ("sound", vec![("player", player.into()), ("through", through.into())])
        }
        TerminalFinding::Silent { player, ssh } => {
            ("silent", vec![("player", player.into()), ("ssh", (*ssh).into())])
        }
        TerminalFinding::NoPlayer => ("no_player", Vec::new()),
    }
}

fn probe(finding: &ProbeFinding) -> (&'static str, Facts) {
    match finding {
        ProbeFinding::Answered { model, first_token, cost } => (
            "answered",
            vec![
                ("model", model.into()),
                ("first_token_s", (*first_token).into()),
                ("cost", cost.map(|cost| cost.amount.to_string()).as_ref().into()),
                ("currency", cost.map(|cost| cost.currency.sign()).into()),
            ],
        ),
        ProbeFinding::OverBudget { spent, limit } => (
            "over_budget",
            vec![
                ("spent", (&spent.amount.to_string()).into()),
                ("limit", (&limit.amount.to_string()).into()),
                ("currency", limit.currency.sign().into()),
            ],
        ),
        ProbeFinding::Declined => ("declined", Vec::new()),
    }
}
