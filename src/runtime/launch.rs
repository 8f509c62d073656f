//! From the command line to a running program: configuration, log, simulator, panic hook; then the
//! workbench or a headless command. It refuses to end the process.

use std::io::Write as _;

use secrecy::ExposeSecret as _;

use crate::api::client::install_crypto;
use crate::cli::{Cli, Command, When};
use crate::config::{self, Config};
use crate::service::connect;
use crate::service::log;
use crate::terminal::caps::{Caps, ColourChoice};
use crate::{command, sim, terminal};

const USAGE: u8 = 2;
const CONFIGURATION: u8 = 6;

/// Does what the command line asks for and tells the exit code.
pub async fn launch(mut cli: Cli) -> u8 {
    install_crypto();
    match cli.command.take() {
        Some(Command::Sim(args)) => command::sim::run(args).await,
        Some(Command::Chat(args)) => headless(&cli, args).await,
        None => workbench(cli).await,
    }
}

/// A sentence on stderr. An error there has nobody left to hear it.
fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "lian: {text}"));
}

/// Configuration and address, with the simulator running if it is asked for.
struct Ready {
    config: Config,
    deps: crate::service::chat::Deps,
    simulator: Option<sim::Server>,
    log: log::Log,
}

async fn ready(cli: &Cli, flags: config::Flags) -> Result<Ready, u8> {
    let mut flags = flags;
    let mut simulator = None;
    if flags.demo {
        let server = sim::start(sim::Options::default()).await.map_err(|error| {
            say(&error.to_string());
            5
        })?;
        flags.base_url = Some(server.origin());
        simulator = Some(server);
    }
    let demo = flags.demo;
    let mut config = config::load(&flags, &command::env).map_err(|error| {
        say(&error.to_string());
        CONFIGURATION
    })?;
    if demo {
        // The simulator takes any key; a real one has no business there.
        config.target.key = Some("sk-simulator".to_owned().into());
        config.target.compat_base_url = None;
    }
    let log = log::start(&log::Options {
        dir: config.paths.state.clone(),
        spec: command::env("LIAN_LOG"),
        verbose: cli.global.verbose,
        now_ms: super::clock::wall_ms(),
    });
    if let Some(key) = &config.target.key {
        // A key need not look like one.
        log.hidden().add(key.expose_secret());
    }
    let deps = connect::chat_deps(&config.target, config.deadlines, seed()).map_err(|error| {
        say(&error.to_string());
        CONFIGURATION
    })?;
    Ok(Ready { config, deps, simulator, log })
}

async fn headless(cli: &Cli, mut args: crate::cli::chat::ChatArgs) -> u8 {
    args.plain = cli.global.plain;
    let question = match command::chat::prompt(&args) {
        Ok(Some(question)) => question,
        Ok(None) => {
            say("there is no question: lian chat \"...\", or pipe it in");
            return USAGE;
        }
        Err(error) => {
            say(&format!("stdin: {error}"));
            return 1;
        }
    };
    let flags = config::Flags {
        system: args.system.clone(),
        thinking: args.think,
        search: args.search,
        ..command::flags(cli)
    };
    match ready(cli, flags).await {
        Ok(ready) => command::chat::run(&ready.config, ready.deps, &args, question).await,
        Err(code) => code,
    }
}

async fn workbench(cli: Cli) -> u8 {
    let colour = match cli.global.color {
        When::Auto => ColourChoice::Auto,
        When::Always => ColourChoice::Always,
        When::Never => ColourChoice::Never,
    };
    let caps = Caps::read(colour, command::env);
    let plain = cli.global.plain || command::env("ACCESSIBLE").is_some_and(|value| value != "0");
    if !terminal::is_terminal() || !(caps.full_screen || plain) {
        return without_a_screen(&cli).await;
    }
    let Ready { config, deps, simulator, log } = match ready(&cli, command::flags(&cli)).await {
        Ok(ready) => ready,
        Err(code) => return code,
    };
    install_panic_hook(&config, log.hidden().clone());
    let start =
        super::Start { config, deps, caps, prompt: cli.prompt, simulator, seed: seed(), plain };
    match super::run(start).await {
        Ok(ended) => {
            if let Some(farewell) = ended.farewell {
                say(&farewell);
            }
            ended.code
        }
        Err(error) => {
            terminal::rescue::restore();
            say(&format!("the terminal cannot be used: {error}"));
            1
        }
    }
}

/// There is no terminal to draw on: the demo holds one conversation, everything else names the
/// subcommand to use.
async fn without_a_screen(cli: &Cli) -> u8 {
    if !cli.demo {
        say("this is no terminal to draw on; for one question use: lian chat \"...\"");
        return USAGE;
    }
    let args = crate::cli::chat::ChatArgs::default();
    let question = cli.prompt.clone().unwrap_or_else(|| "What is lian?".to_owned());
    match ready(cli, command::flags(cli)).await {
        Ok(ready) => command::chat::run(&ready.config, ready.deps, &args, question).await,
        Err(code) => code,
    }
}

/// A panic gives the terminal back, leaves a report and ends the loop.
fn install_panic_hook(config: &Config, hidden: log::Hidden) {
    let state = config.paths.state.clone();
    // The highlight worker catches its own panics and goes on without colours.
    let caught = || std::thread::current().name() == Some(crate::service::highlight::THREAD);
    terminal::rescue::install_panic_hook(caught, move |info| {
        let crash = log::Crash {
            panic: &info.to_string(),
            backtrace: &std::backtrace::Backtrace::force_capture().to_string(),
            version: env!("CARGO_PKG_VERSION"),
            now_ms: super::clock::wall_ms(),
        };
        let report = log::write_crash_report(&state, &crash, &hidden);
        match report {
            Ok(path) => say(&format!(
                "a part of lian failed; what had arrived is kept. Report: {}",
                path.display()
            )),
            Err(error) => say(&format!("a part of lian failed ({info}); no report: {error}")),
        }
        super::signals::note_panic();
    });
}

/// Random enough for ids and jitter: the standard library's hasher keys are.
fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}
