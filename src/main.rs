//! Parses the command line, starts what was asked for, ends with its exit code. It refuses to
//! know how anything is done; the only place where the process ends.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use lian::api::client::install_crypto;
use lian::cli::{Cli, Command, When};
use lian::config::{self, Config};
use lian::runtime;
use lian::service::connect;
use lian::service::log;
use lian::terminal::caps::{Caps, ColourChoice};
use lian::{command, sim, terminal};
use secrecy::ExposeSecret as _;

const USAGE: u8 = 2;
const CONFIGURATION: u8 = 6;

fn main() -> ExitCode {
    install_crypto();
    let cli = Cli::parse();
    // One thread for the loop, one for the services: a large answer that is being parsed never
    // makes a key wait.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("cannot start: {error}"));
            return ExitCode::from(1);
        }
    };
    let code = runtime.block_on(dispatch(cli));
    // A thread that hangs in the system must not hold up the end.
    runtime.shutdown_background();
    ExitCode::from(code)
}

async fn dispatch(mut cli: Cli) -> u8 {
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
    deps: lian::service::chat::Deps,
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
        now_ms: runtime::wall_ms(),
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

async fn headless(cli: &Cli, args: lian::cli::chat::ChatArgs) -> u8 {
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
    if !terminal::is_terminal() || !caps.full_screen {
        return without_a_screen(&cli).await;
    }
    let Ready { config, deps, simulator, log } = match ready(&cli, command::flags(&cli)).await {
        Ok(ready) => ready,
        Err(code) => return code,
    };
    install_panic_hook(&config, log.hidden().clone());
    let start = runtime::Start { config, deps, caps, prompt: cli.prompt, simulator, seed: seed() };
    match runtime::run(start).await {
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
    let args = lian::cli::chat::ChatArgs::default();
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
    let caught = || std::thread::current().name() == Some(lian::service::highlight::THREAD);
    terminal::rescue::install_panic_hook(caught, move |info| {
        let crash = log::Crash {
            panic: &info.to_string(),
            backtrace: &std::backtrace::Backtrace::force_capture().to_string(),
            version: env!("CARGO_PKG_VERSION"),
            now_ms: runtime::wall_ms(),
        };
        let report = log::write_crash_report(&state, &crash, &hidden);
        match report {
            Ok(path) => say(&format!(
                "a part of lian failed; what had arrived is kept. Report: {}",
                path.display()
            )),
            Err(error) => say(&format!("a part of lian failed ({info}); no report: {error}")),
        }
        runtime::note_panic();
    });
}

/// Random enough for ids and jitter: the standard library's hasher keys are.
fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}
