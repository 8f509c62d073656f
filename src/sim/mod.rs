//! The simulator: an HTTP server on loopback that speaks as the service does, for demos, tests and
//! measuring. It is written from the wire facts alone and refuses to share anything with the client
//! in `api`, so that a mistake in one is not hidden by the same mistake in the other.
//!
//! The way of a chat request: `conn` (the socket) -> `visit` (scenario, key, body) -> `chat` or
//! `native` (the surface) -> `request` (rules) -> `tell` -> `answer` (words) -> `script` (tokens and
//! limits) -> `stream` (time, faults) -> `wire` (bytes). Only `request` and `wire` know which surface
//! it was.
#![expect(clippy::disallowed_methods, reason = "the simulator has a clock of its own")]

mod answer;
mod ask;
mod bomb;
mod cache;
mod chat;
mod clock;
mod conn;
mod embed;
mod film;
mod guest;
mod limits;
mod listing;
mod media;
mod models;
mod native;
mod ordered;
mod pace;
mod refusal;
mod request;
mod results;
mod rng;
mod scenario;
mod script;
mod seen;
mod speech;
mod stream;
mod tasks;
mod tell;
mod tokens;
mod tts;
mod uploads;
mod usage;
mod visit;
mod voice;
mod voices;
mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::{any, get, post};
use secrecy::SecretString;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use limits::{Limits, LimitsError};
pub use scenario::{Scenario, ScenarioError};
pub use seen::Seen;

/// How long open connections may take to notice the end.
const GRACE: Duration = Duration::from_millis(500);

/// How the simulator behaves.
#[derive(Debug)]
pub struct Options {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// Allows an address that other machines can reach.
    pub allow_remote: bool,
    /// Faults by script.
    pub scenario: Option<Scenario>,
    /// Every delay is divided by this; above 0.
    pub time_scale: f64,
    /// Every answer is this many tokens long.
    pub tokens: Option<u32>,
    /// Tokens a second, 0 for as fast as possible; without it each model has its own pace.
    pub rate: Option<f64>,
    /// Other seeds give other answers.
    pub seed: u64,
    /// Speech is read by the program `espeak-ng` where there is one.
    pub espeak: bool,
    /// The only key that is accepted; without it every `sk-...` that is not `bad` or `wrong`.
    pub accept_key: Option<SecretString>,
    /// Which limits are enforced.
    pub limits: Limits,
    /// Whether `GET /api/v1/quotas` answers; it is 404 if not.
    pub quotas: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            allow_remote: false,
            scenario: None,
            time_scale: 1.0,
            tokens: None,
            rate: None,
            seed: 1,
            espeak: false,
            accept_key: None,
            limits: Limits::Off,
            quotas: true,
        }
    }
}

/// Why the simulator did not start.
#[derive(Debug, Error)]
pub enum SimError {
    /// The address is not of this machine alone, and that was not asked for.
    #[error(
        "{0} can be reached from other machines; the simulator listens there only with --allow-remote"
    )]
    NotLoopback(SocketAddr),
    /// Another program has the port.
    #[error("{0} is in use by another program; choose another port with --listen")]
    InUse(SocketAddr),
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address as it was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The time scale is zero, negative or no number.
    #[error("the time scale must be above 0")]
    TimeScale,
    /// The rate is negative or no number.
    #[error("the rate must be 0 (as fast as possible) or more tokens a second")]
    Rate,
}

/// What every request can see.
#[derive(Debug)]
struct Shared {
    options: Options,
    /// Where it listens, port and all.
    addr: SocketAddr,
    clock: clock::Clock,
    ids: rng::Ids,
    results: results::Results,
    limits: limits::Guards,
    tasks: tasks::Tasks,
    uploads: uploads::Uploads,
    seen: seen::Ring,
    cache: cache::Cache,
    active: Arc<AtomicUsize>,
}

impl Shared {
    fn scaled(&self, pause: Duration) -> Duration {
        let seconds = pause.as_secs_f64() / self.options.time_scale;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    async fn pause(&self, pause: Duration) {
        if !pause.is_zero() {
            tokio::time::sleep(self.scaled(pause)).await;
        }
    }
}

/// Now, in seconds since 1970.
fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A running simulator. When it is dropped its connections end; [`Server::shutdown`] also waits.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    shared: Arc<Shared>,
    closing: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Scheme, host and port, without a path.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The last requests, oldest first; at most 256.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.all()
    }

    /// How many requests came in all.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.shared.seen.count()
    }

    /// How many answers are on their way now.
    #[must_use]
    pub fn active(&self) -> usize {
        self.shared.active.load(Ordering::Relaxed)
    }

    /// Ends all connections, streams in their midst too, and the server; well below a second.
    pub async fn shutdown(mut self) {
        self.closing.cancel();
        if let Some(mut task) = self.task.take()
            && tokio::time::timeout(GRACE, &mut task).await.is_err()
        {
            task.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

/// Starts the simulator on the running tokio runtime.
pub async fn start(options: Options) -> Result<Server, SimError> {
    if !options.listen.ip().is_loopback() && !options.allow_remote {
        return Err(SimError::NotLoopback(options.listen));
    }
    if !(options.time_scale.is_finite() && options.time_scale > 0.0) {
        return Err(SimError::TimeScale);
    }
    if options.rate.is_some_and(|rate| !rate.is_finite() || rate < 0.0) {
        return Err(SimError::Rate);
    }
    let address = options.listen;
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => SimError::InUse(address),
        _ => SimError::Listen { address, source },
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    let ids = rng::Ids::new();
    let limits = limits::Guards::new(options.limits.clone(), options.time_scale);
    let shared = Arc::new(Shared {
        options,
        limits,
        tasks: tasks::Tasks::default(),
        uploads: uploads::Uploads::default(),
        addr: reachable(addr),
        clock: clock::Clock::start(),
        results: results::Results::new(&ids),
        ids,
        seen: seen::Ring::default(),
        cache: cache::Cache::default(),
        active: Arc::default(),
    });
    let closing = CancellationToken::new();
    let door = conn::Door::new(listener, closing.clone());
    let service = router(Arc::clone(&shared)).into_make_service_with_connect_info::<conn::Line>();
    let ended = closing.clone();
    let task = tokio::spawn(async move {
        let serve = axum::serve(door, service);
        // It only ends when told to; there is nobody left to tell of an error then.
        let _ = serve.with_graceful_shutdown(async move { ended.cancelled().await }).await;
    });
    Ok(Server { addr, shared, closing, task: Some(task) })
}

/// An address that this machine can connect to: a server on all interfaces is on loopback too.
fn reachable(mut addr: SocketAddr) -> SocketAddr {
    match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => addr.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => addr.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    addr
}

/// Every path there is.
fn router(shared: Arc<Shared>) -> Router {
    const COMPAT: &str = "/compatible-mode/v1";
    Router::new()
        .route(
            &format!("{COMPAT}/chat/completions"),
            post(chat::completions).fallback(chat::wrong_method),
        )
        .route(&format!("{COMPAT}/models"), get(chat::list).fallback(chat::wrong_method))
        .route(&format!("{COMPAT}/models/{{id}}"), get(chat::one).fallback(chat::wrong_method))
        .route("/results/{*path}", any(results::serve))
        .merge(tasks::routes())
        .merge(uploads::routes())
        .merge(limits::routes())
        .merge(native::routes())
        .merge(tts::routes())
        .merge(embed::routes())
        .merge(listing::routes())
        .fallback(chat::not_found)
        .with_state(shared)
}

#[cfg(test)]
mod tests;
