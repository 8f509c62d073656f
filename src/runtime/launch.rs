//! From the command line to a running program: configuration, log, simulator, panic hook; then the
//! workbench or a headless command. It refuses to end the process.

use std::io::{IsTerminal as _, Write as _};

use crate::api::client::install_crypto;
use crate::cli::{Cli, Command, When};
use crate::config::{self, Config};
use crate::domain::day::Day;
use crate::domain::notice::{Notice, NoticeKind};
use crate::service::attachments::uploads::Uploads;
use crate::service::connect;
use crate::service::keys::{self, Keys};
use crate::service::log;
use crate::service::models;
use crate::terminal::caps::{Background, Caps, ColourChoice};
use crate::theme::Ground;
use crate::{command, sim, terminal, words};

const USAGE: u8 = 2;
const CONFIGURATION: u8 = 6;

/// Does what the command line asks for and tells the exit code.
pub async fn launch(mut cli: Cli) -> u8 {
    install_crypto();
    cli.demo |= command::env("LIAN_DEMO").is_some_and(|word| word != "0" && word != "false");
    match cli.command.take() {
        Some(Command::Sim(args)) => command::sim::run(args).await,
        Some(Command::Config(args)) => {
            answered(&command::config::run(&args.what, &command::flags(&cli)).await)
        }
        Some(Command::Models(args)) => {
            let table = std::io::stdout().is_terminal();
            let now = super::clock::Clock::new().now();
            answered(&command::models::run(&args, &command::flags(&cli), table, Day::of(now)))
        }
        Some(Command::Doctor(args)) => match colour(cli.global.color) {
            Ok(colour) => super::examine::headless(&cli, args, colour).await,
            Err(reason) => {
                say(&reason);
                CONFIGURATION
            }
        },
        Some(Command::Completions(args)) => print(&command::shell::completions(args.shell)),
        Some(Command::Man(args)) => manual(args.dir.as_deref()),
        Some(Command::Chat(args)) => headless(&cli, args).await,
        Some(Command::Embed(args)) => embed(&cli, args).await,
        Some(Command::Speak(args)) => speak(&cli, args).await,
        // The largest future of the program, made once.
        None => Box::pin(workbench(cli)).await,
    }
}

/// A sentence on stderr. An error there has nobody left to hear it.
pub(super) fn say(text: &str) {
    drop(writeln!(std::io::stderr(), "lian: {text}"));
}

/// A result on stdout. A reader that went away has what it wanted.
fn print(bytes: &[u8]) -> u8 {
    let mut out = std::io::stdout().lock();
    drop(out.write_all(bytes).and_then(|()| out.flush()));
    0
}

fn answered(answer: &command::config::Answer) -> u8 {
    print(answer.out.as_bytes());
    answer.err.iter().for_each(|sentence| say(sentence));
    answer.code
}

fn manual(dir: Option<&std::path::Path>) -> u8 {
    let done = match dir {
        None => command::shell::man().map(|page| print(&page)),
        Some(dir) => command::shell::man_pages(dir).map(|()| 0),
    };
    done.unwrap_or_else(|error| {
        let dir = dir.map(|dir| format!("{}: ", dir.display())).unwrap_or_default();
        say(&format!("{dir}{error}"));
        1
    })
}

/// Flag, then `LIAN_COLOR`, then what the rest of the environment says.
fn colour(flag: Option<When>) -> Result<ColourChoice, String> {
    let word = command::env("LIAN_COLOR");
    match (flag, word.as_deref()) {
        (Some(When::Always), _) | (None, Some("always")) => Ok(ColourChoice::Always),
        (Some(When::Never), _) | (None, Some("never")) => Ok(ColourChoice::Never),
        (Some(When::Auto), _) | (None, None | Some("auto")) => Ok(ColourChoice::Auto),
        (None, Some(word)) => {
            Err(format!("LIAN_COLOR: unknown {word:?}; it is \"auto\", \"always\" or \"never\""))
        }
    }
}

/// Configuration and address, with the simulator running if it is asked for.
struct Ready {
    config: Config,
    flags: config::Flags,
    deps: crate::service::chat::Deps,
    simulator: Option<sim::Server>,
    log: log::Log,
}

async fn ready(cli: &Cli, mut flags: config::Flags, on_screen: bool) -> Result<Ready, u8> {
    let mut simulator = None;
    if flags.demo {
        // A fresh workspace's limits, so that the meters have something to show.
        let options = sim::Options { limits: sim::Limits::Seed, ..sim::Options::default() };
        let server = sim::start(options).await.map_err(|error| {
            say(&error.to_string());
            5
        })?;
        flags.base_url = Some(server.origin());
        simulator = Some(server);
    }
    let config = config::load(&flags, &command::env).map_err(|error| {
        say(&error.to_string());
        CONFIGURATION
    })?;
    let log = log::start(&log::Options {
        dir: config.paths.state.clone(),
        spec: command::env("LIAN_LOG"),
        verbose: cli.global.verbose,
        now_ms: super::clock::wall_ms(),
    });
    let keys = Keys::of(config.target.keys.clone(), log.hidden().clone(), on_screen);
    let mut deps = connect::chat_deps(&config.target, keys, seed()).map_err(|error| {
        say(&error.to_string());
        CONFIGURATION
    })?;
    if let Some(dir) = &config.paths.cache {
        deps.uploads = Uploads::in_dir(dir);
    }
    Ok(Ready { config, flags, deps, simulator, log })
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
    ask(cli, flags, &args, question).await
}

/// One question without a screen. A key that cannot be had is told before anything is sent.
async fn ask(
    cli: &Cli,
    flags: config::Flags,
    args: &crate::cli::chat::ChatArgs,
    question: String,
) -> u8 {
    // The simulator and the log live as long as the question.
    let Ready { config, deps, simulator: _simulator, log: _log, .. } =
        match ready(cli, flags, false).await {
            Ok(ready) => ready,
            Err(code) => return code,
        };
    let language = config.settings.language;
    match deps.keys.get().await {
        Ok(Some(key)) if !args.json && !args.plain => {
            if let Some(notice) = keys::remark(&key.source) {
                say(&words::line(language, &notice));
            }
        }
        Ok(_) => {}
        Err(fault) => {
            say(&words::line(language, &Notice::new(NoticeKind::Key(fault))));
            return CONFIGURATION;
        }
    }
    let (mine, faults) = config::models::catalog(&config.paths.config);
    if let Some(catalog) = mine {
        deps.catalog.put(catalog);
    }
    if let Some(notice) = models::notice(&faults) {
        say(&words::line(language, &notice));
    }
    command::chat::run(&config, deps, args, question).await
}

/// Texts into vectors. What cannot be read is told before anything is set up.
async fn embed(cli: &Cli, mut args: crate::cli::embed::EmbedArgs) -> u8 {
    args.model.clone_from(&cli.global.model);
    args.plain = cli.global.plain;
    let texts = command::embed::texts(&args);
    // The simulator and the log live as long as the work.
    let Ready { config, deps, simulator: _simulator, log: _log, .. } =
        match ready(cli, command::flags(cli), false).await {
            Ok(ready) => ready,
            Err(code) => return code,
        };
    let language = config.settings.language;
    let texts = match texts {
        Ok(Some(texts)) => texts,
        Ok(None) => {
            say(&words::embeddings::Embeddings::NoTexts.say(language));
            return USAGE;
        }
        Err(error) => {
            let file = args.file.as_deref().map(|file| file.display().to_string());
            say(&format!("{}: {error}", file.as_deref().unwrap_or("stdin")));
            return 1;
        }
    };
    let (mine, faults) = config::models::catalog(&config.paths.config);
    if let Some(catalog) = mine {
        deps.catalog.put(catalog);
    }
    if let Some(notice) = models::notice(&faults) {
        say(&words::line(language, &notice));
    }
    command::embed::run(&config, deps, &args, texts).await
}

/// A text read aloud.
async fn speak(cli: &Cli, mut args: crate::cli::speak::SpeakArgs) -> u8 {
    args.model.clone_from(&cli.global.model);
    args.plain = cli.global.plain;
    // The simulator and the log live as long as the work.
    let Ready { config, deps, simulator: _simulator, log: _log, .. } =
        match ready(cli, command::flags(cli), false).await {
            Ok(ready) => ready,
            Err(code) => return code,
        };
    let (mine, faults) = config::models::catalog(&config.paths.config);
    if let Some(catalog) = mine {
        deps.catalog.put(catalog);
    }
    if let Some(notice) = models::notice(&faults) {
        say(&words::line(config.settings.language, &notice));
    }
    command::speak::run(&config, deps, &args, super::clock::wall_ms).await
}

async fn workbench(cli: Cli) -> u8 {
    let colour = match colour(cli.global.color) {
        Ok(colour) => colour,
        Err(reason) => {
            say(&reason);
            return CONFIGURATION;
        }
    };
    let caps = Caps::read(colour, command::env);
    let plain = cli.global.plain || command::env("ACCESSIBLE").is_some_and(|value| value != "0");
    if !terminal::is_terminal() || !(caps.full_screen || plain) {
        return without_a_screen(&cli).await;
    }
    let mut flags = command::flags(&cli);
    flags.ground = caps.background.map(|background| match background {
        Background::Light => Ground::Light,
        Background::Dark => Ground::Dark,
    });
    let ready = ready(&cli, flags, true).await;
    let Ready { config, flags, deps, simulator, log } = match ready {
        Ok(ready) => ready,
        Err(code) => return code,
    };
    install_panic_hook(&config, log.hidden().clone());
    let start = super::Start {
        config,
        flags,
        deps,
        caps,
        prompt: cli.prompt,
        simulator,
        seed: seed(),
        plain,
        hidden: log.hidden().clone(),
    };
    match Box::pin(super::run(start)).await {
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
    ask(cli, command::flags(cli), &args, question).await
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
pub(super) fn seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}
