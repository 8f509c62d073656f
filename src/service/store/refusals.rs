//! What is kept of refusals of the service, with the names they have on disk. It refuses every
//! other fact (`facts`).

use serde::{Deserialize, Serialize};

use crate::domain::models::Surface;
use crate::domain::notice::{
    AccountNotice, Demand, DownloadNotice, Exchange, FileFault, MediaNotice, RequestNotice,
    RouteNotice, Side, TaskNotice,
};

/// Sides of an exchange; the compiler checks that it is complete, as with all of these.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Side", rename_all = "snake_case")]
pub(super) enum SideRow {
    Input,
    Output,
    Unknown,
}

/// Keys, permissions, bills.
#[derive(Serialize, Deserialize)]
#[serde(remote = "AccountNotice", tag = "account", rename_all = "snake_case")]
pub(super) enum AccountRow {
    KeyRegion { source: String, region: Box<str>, others: Box<[String]> },
    PlanKey { origin: String, source: String },
    PlanHost { origin: String, source: String },
    WorkspaceDenied { id: Option<String> },
    WorkspaceUnknown { id: Option<String> },
    Ram { workspace: Option<String> },
    AppDenied,
    Unpurchased { model: String },
    FreeTierOnly { model: String },
}

/// Demands on a parameter.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Demand", rename_all = "snake_case")]
pub(super) enum DemandRow {
    Range(String),
    Only(String),
    Nothing,
    Some,
    Other,
}

/// Requests that are not taken.
#[derive(Serialize, Deserialize)]
#[serde(remote = "RequestNotice", tag = "request", rename_all = "snake_case")]
pub(super) enum RequestRow {
    Parameter {
        name: String,
        #[serde(with = "DemandRow")]
        demand: Demand,
    },
    JsonWord,
    JsonWhileThinking,
    NoQuestion,
    Voice {
        voice: Option<Box<str>>,
        model: String,
        near: Box<[String]>,
    },
    Batch {
        most: Option<u64>,
    },
    TextTooLong {
        model: String,
        most: Option<u64>,
    },
    BodyTooLarge,
    Gone,
    NotPending,
    Unsupported,
    Conflict,
    Infringement {
        #[serde(with = "SideRow")]
        side: Side,
    },
    Rule {
        faq: bool,
    },
    TimedOut,
    TaskTimedOut,
    Disconnected,
}

/// Requests that went the wrong way.
#[derive(Serialize, Deserialize)]
#[serde(remote = "RouteNotice", tag = "route", rename_all = "snake_case")]
pub(super) enum RouteRow {
    ModelElsewhere { model: String, region: Box<str>, served: Box<[String]> },
    NativeOnly { model: String },
    SocketOnly { model: String },
    TaskOnly { model: String },
    WrongPath { model: String, url: String },
    AsyncMissing { model: String, origin: String },
    AsyncUnwanted { model: String, origin: String },
    Unstreamed { model: String },
    Malformed { url: String },
    NoNative { model: String, origin: String },
    ToolOrder,
}

/// Faults of files.
#[derive(Serialize, Deserialize)]
#[serde(remote = "FileFault", rename_all = "snake_case")]
pub(super) enum FileRow {
    Size,
    Format,
    Duration,
    Resolution,
    Content,
    Other,
}

/// Files on their way.
#[derive(Serialize, Deserialize)]
#[serde(remote = "MediaNotice", tag = "media", rename_all = "snake_case")]
pub(super) enum MediaRow {
    BadUrl,
    HostSlow,
    HostRefused,
    Unreadable,
    InlineTooLarge {
        most: Option<u64>,
    },
    File {
        #[serde(with = "FileRow")]
        fault: FileFault,
    },
    UploadExpired,
    LinkExpired,
    FileGone,
    Clock,
    StorageRefused {
        status: u16,
    },
}

/// Tasks.
#[derive(Serialize, Deserialize)]
#[serde(remote = "TaskNotice", tag = "task", rename_all = "snake_case")]
pub(super) enum TaskRow {
    NoSchema { model: String },
    NoId,
    NotUploaded { path: String },
    FailedWithoutWord,
    NoFile,
    TooLateToCancel,
    Found,
    Interrupted,
    Vanished,
    Expired,
    Partly { made: u64, of: u64 },
    StillPending { minutes: u64 },
}

/// Files that tasks made.
#[derive(Serialize, Deserialize)]
#[serde(remote = "DownloadNotice", tag = "download", rename_all = "snake_case")]
pub(super) enum DownloadRow {
    NoRoom { dir: String, bytes: u64 },
    Unwritable { dir: String },
    WrongLength { got: u64, told: u64 },
    WrongSum,
    Empty,
    Elsewhere { to: String },
    Interrupted { why: String },
}

/// A request and its answer. Every field may be missing: a newer program may know it otherwise.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct ExchangeRow {
    url: String,
    surface: Option<String>,
    region: Option<String>,
    workspace: Option<String>,
    status: u16,
    code: String,
    message: String,
}

impl From<&Exchange> for ExchangeRow {
    fn from(exchange: &Exchange) -> Self {
        Self {
            url: exchange.url.clone(),
            surface: exchange.surface.map(|surface| surface.name().to_owned()),
            region: exchange.region.clone(),
            workspace: exchange.workspace.clone(),
            status: exchange.status,
            code: exchange.code.clone(),
            message: exchange.message.clone(),
        }
    }
}

impl From<ExchangeRow> for Exchange {
    fn from(row: ExchangeRow) -> Self {
        let known = |word: String| {
            [Surface::Compat, Surface::Native].into_iter().find(|surface| surface.name() == word)
        };
        Self {
            url: row.url,
            surface: row.surface.and_then(known),
            region: row.region,
            workspace: row.workspace,
            status: row.status,
            code: row.code,
            message: row.message,
        }
    }
}
