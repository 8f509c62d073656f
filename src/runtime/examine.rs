//! What the doctor is given: configuration, environment, clock, and what is in front of the user.
//! It refuses to look at anything for it.

use std::sync::Arc;

use super::clock::Clock;
use crate::api::proxy::Proxies;
use crate::cli::Cli;
use crate::cli::doctor::DoctorArgs;
use crate::command::{self, doctor::Page};
use crate::config::paths::Paths;
use crate::config::{self, Flags};
use crate::domain::doctor::{Depth, Screen};
use crate::domain::time::Now;
use crate::service::doctor::{Deps, Elsewhere, Gather, PATIENCE, system_resolver};
use crate::service::log::Hidden;
use crate::terminal::caps::{Caps, ColourChoice, Colours};
use crate::terminal::passthrough::Multiplexer;
use crate::{sim, terminal};

/// `lian doctor`.
pub(super) async fn headless(cli: &Cli, args: DoctorArgs, colour: ColourChoice) -> u8 {
    let mut flags = command::flags(cli);
    // The simulator lives as long as the examination.
    let _simulator = match simulator(&mut flags).await {
        Ok(simulator) => simulator,
        Err(sentence) => {
            super::launch::say(&sentence);
            return 5;
        }
    };
    let caps = Caps::read(colour, command::env);
    let there = terminal::is_terminal();
    let screen = screen(&caps, there);
    let utf8 = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| command::env(name));
    let utf8 =
        utf8.is_some_and(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"));
    let page = Page {
        columns: std::io::IsTerminal::is_terminal(&std::io::stdout())
            .then(|| terminal::size().width),
        ascii: !caps.full_screen || !utf8,
    };
    let mut deps = deps(&flags, screen, Hidden::default());
    deps.search = args.regions;
    command::doctor::run(args, deps, page).await
}

async fn simulator(flags: &mut Flags) -> Result<Option<sim::Server>, String> {
    if !flags.demo {
        return Ok(None);
    }
    let server = sim::start(sim::Options::default()).await.map_err(|error| error.to_string())?;
    flags.base_url = Some(server.origin());
    Ok(Some(server))
}

/// Everything the examination needs; the files are read anew.
fn deps(flags: &Flags, screen: Screen, hidden: Hidden) -> Deps {
    let program = std::env::current_exe().ok();
    Deps {
        loaded: config::load(flags, &command::env),
        paths: Paths::find(flags, &command::env),
        env: Arc::new(command::env),
        screen,
        now,
        resolve: system_resolver(),
        proxies: Proxies::of_system(),
        elsewhere: Elsewhere::Official,
        search: false,
        on_screen: false,
        hidden,
        beside: program.and_then(|program| program.parent().map(std::path::Path::to_owned)),
        cards: "/proc/asound/cards".into(),
        patience: PATIENCE,
        seed: super::launch::seed(),
    }
}

/// The same for the workbench, each time anew: the network may be another one by now.
pub(super) fn gather(flags: Flags, caps: Caps, hidden: Hidden) -> Gather {
    Arc::new(move || {
        let deps = deps(&flags, screen(&caps, true), hidden.clone());
        Deps { on_screen: true, ..deps }
    })
}

/// What is in front of the user, as its environment tells.
fn screen(caps: &Caps, there: bool) -> Screen {
    let size = terminal::size();
    Screen {
        there,
        draws: caps.full_screen,
        size: there.then_some((size.width, size.height)),
        colours: match caps.colours {
            Colours::None => Depth::None,
            Colours::Ansi16 => Depth::Ansi16,
            Colours::Ansi256 => Depth::Ansi256,
            Colours::True => Depth::True,
        },
        multiplexer: match caps.multiplexer {
            Multiplexer::None => None,
            Multiplexer::Tmux => Some("tmux"),
            Multiplexer::Screen => Some("screen"),
        },
        keys: caps.keyboard,
    }
}

fn now() -> Now {
    Clock::new().now()
}
