//! What is in front of the user: terminal, colours, letters, clipboard, sound. Everything is read
//! from the environment; it refuses to ask the terminal, which may be slow or not answer.

use super::machine::{on_path, runs};
use super::{Deps, Env};
use crate::domain::copy::Clipboard;
use crate::domain::doctor::finding::TerminalFinding;
use crate::domain::doctor::{Check, Depth, Name, Next, Screen};
use crate::text::sanitize;

/// On less the workbench shows next to nothing.
const SMALLEST: (u16, u16) = (40, 10);
/// Programs that play sound, the best first.
const PLAYERS: [&str; 4] = ["pw-play", "paplay", "aplay", "ffplay"];

pub(super) fn checks(deps: &Deps) -> [Check; 5] {
    let (env, screen) = (&deps.env, &deps.screen);
    let ssh = ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"].iter().any(|name| env(name).is_some());
    let way = deps.loaded.as_ref().ok().map(|config| config.settings.clipboard.clone());
    [
        terminal(env, screen, ssh),
        colours(env, screen),
        letters(env),
        clipboard(env, screen, way.unwrap_or_default(), ssh),
        sound(deps, ssh),
    ]
}

fn said(env: &Env, name: &str) -> Option<String> {
    env(name).map(|value| sanitize::line(&value))
}

fn terminal(env: &Env, screen: &Screen, ssh: bool) -> Check {
    let name = Name::Terminal;
    let term = said(env, "TERM").unwrap_or_default();
    if !screen.there {
        return Check::skipped(name, TerminalFinding::NoScreen);
    }
    if !screen.draws {
        return Check::warn(name, TerminalFinding::Dumb { term }).with_next(Next::OtherTerminal);
    }
    if let Some((columns, rows)) = screen.size
        && (columns < SMALLEST.0 || rows < SMALLEST.1)
    {
        return Check::warn(name, TerminalFinding::Small { columns, rows })
            .with_next(Next::Enlarge);
    }
    Check::ok(
        name,
        TerminalFinding::Screen {
            term,
            program: said(env, "TERM_PROGRAM"),
            size: screen.size,
            multiplexer: screen.multiplexer,
            ssh,
            keys: screen.keys,
        },
    )
}

fn colours(env: &Env, screen: &Screen) -> Check {
    let depth = screen.colours;
    let wishes = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLORTERM"];
    let by = wishes.into_iter().find(|name| env(name).is_some());
    let by = by.filter(|name| depth == Depth::None || *name != "NO_COLOR");
    if !screen.there {
        return Check::skipped(Name::Colours, TerminalFinding::NoScreen);
    }
    Check::ok(Name::Colours, TerminalFinding::Colours { depth, by })
}

/// Whether the locale is in UTF-8: the first of these variables that is set decides.
fn letters(env: &Env) -> Check {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| said(env, name));
    let locale = locale.unwrap_or_default();
    let lower = locale.to_ascii_lowercase();
    if lower.contains("utf-8") || lower.contains("utf8") {
        return Check::ok(Name::Letters, TerminalFinding::Letters { locale });
    }
    Check::warn(Name::Letters, TerminalFinding::NoUnicode { locale }).with_next(Next::SetLocale)
}

fn clipboard(env: &Env, screen: &Screen, way: Clipboard, ssh: bool) -> Check {
    let name = Name::Clipboard;
    let program = match &way {
        Clipboard::Terminal | Clipboard::Off => None,
        Clipboard::Tmux => Some("tmux".to_owned()),
        Clipboard::Command(words) => words.first().cloned(),
    };
    if let Some(program) = program
        && on_path(env, &program).is_none()
    {
        let program = sanitize::line(&program);
        let next = Next::InstallProgram { program: program.clone() };
        return Check::warn(name, TerminalFinding::ClipboardMissing { program }).with_next(next);
    }
    let through_tmux = way == Clipboard::Terminal && screen.multiplexer == Some("tmux");
    let check = Check::ok(name, TerminalFinding::Clipboard { way, ssh });
    if through_tmux { check.with_next(Next::TmuxClipboard) } else { check }
}

fn sound(deps: &Deps, ssh: bool) -> Check {
    let name = Name::Sound;
    let beside = deps.beside.as_ref().map(|dir| dir.join("lian-player"));
    let own = beside.filter(|path| runs(path)).map(|_| "lian-player");
    let own = own.or_else(|| on_path(&deps.env, "lian-player").map(|_| "lian-player"));
    let player =
        own.or_else(|| PLAYERS.into_iter().find(|program| on_path(&deps.env, program).is_some()));
    let Some(player) = player.map(str::to_owned) else {
        return Check::warn(name, TerminalFinding::NoPlayer).with_next(Next::InstallPlayer);
    };
    match outlet(deps) {
        Some(through) => Check::ok(name, TerminalFinding::Sound { player, through }),
        None => Check::warn(name, TerminalFinding::Silent { player, ssh }).with_next(if ssh {
            Next::ForwardSound
        } else {
            Next::StartSound
        }),
    }
}

/// What sound would be heard on: a server that was named, one that listens, a card.
fn outlet(deps: &Deps) -> Option<String> {
    if let Some(server) = said(&deps.env, "PULSE_SERVER") {
        return Some(format!("PULSE_SERVER={server}"));
    }
    let runtime = (deps.env)("XDG_RUNTIME_DIR").map(std::path::PathBuf::from);
    let listens = |below: &str| runtime.as_ref().is_some_and(|dir| dir.join(below).exists());
    if listens("pipewire-0") {
        return Some("PipeWire".to_owned());
    }
    if listens("pulse/native") {
        return Some("PulseAudio".to_owned());
    }
    if cfg!(target_os = "macos") {
        return Some("CoreAudio".to_owned());
    }
    // `/proc/asound/cards`: " 0 [PCH            ]: HDA-Intel - HDA Intel PCH", or "no soundcards".
    let cards = read(&deps.cards)?;
    let card = cards.lines().find(|line| line.contains("]:"))?;
    Some(format!("ALSA: {}", sanitize::line(card.rsplit("]:").next()?).trim()))
}

#[expect(clippy::disallowed_methods, reason = "a service may read files")]
fn read(path: &std::path::Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}
