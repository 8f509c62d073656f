//! What the terminal can do, read from the environment alone: asking the terminal itself would make
//! the start wait for a slow link. It refuses to touch the process: variables come through a closure.

use super::images;
use super::notify::Way;
use super::passthrough::Multiplexer;

/// How many colours may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Colours {
    /// None; bold, underline and reverse stay.
    None,
    /// The sixteen that every theme of the terminal defines.
    Ansi16,
    /// The fixed palette of 256.
    Ansi256,
    /// 24 bits.
    True,
}

/// What the user asked of colours on the command line or in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColourChoice {
    /// By the environment.
    #[default]
    Auto,
    /// Colours even where the environment says no.
    Always,
    /// Never.
    Never,
}

/// Whether the terminal's background is light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Background {
    /// Dark letters on light.
    Light,
    /// Light letters on dark.
    Dark,
}

/// What this terminal can do, as far as its environment tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a terminal, no states")]
pub struct Caps {
    /// It moves a cursor, so the workbench can be drawn (not `TERM=dumb`).
    pub full_screen: bool,
    /// Colours that may be sent; every style is mapped down to them.
    pub colours: Colours,
    /// Italics are shown as such (the Linux console colours the text instead).
    pub italic: bool,
    /// `CSI ? 2026 h/l` is worth its 16 bytes. Terminals that do not know it ignore it.
    pub synchronized: bool,
    /// There is an alternate screen to go to.
    pub alternate: bool,
    /// The kitty keyboard protocol is known to work, so Shift+Enter can be told from Enter.
    pub keyboard: bool,
    /// Light or dark, where the environment says so.
    pub background: Option<Background>,
    /// What stands between the program and the terminal.
    pub multiplexer: Multiplexer,
    /// How this terminal tells somebody who is looking elsewhere.
    pub notify: Way,
    /// How this terminal takes pictures, where it is known to.
    pub pictures: Option<images::Way>,
}

impl Default for Caps {
    /// A terminal like xterm with sixteen colours.
    fn default() -> Self {
        Self {
            full_screen: true,
            colours: Colours::Ansi16,
            italic: true,
            synchronized: true,
            alternate: true,
            keyboard: false,
            background: None,
            multiplexer: Multiplexer::None,
            notify: Way::Bell,
            pictures: None,
        }
    }
}

impl Caps {
    /// Reads the capabilities from the environment through `get`, which answers with a variable's value.
    pub fn read(choice: ColourChoice, get: impl Fn(&str) -> Option<String>) -> Self {
        let env = |name: &str| get(name).filter(|value| !value.is_empty());
        let term = env("TERM").unwrap_or_default();
        let program = env("TERM_PROGRAM").unwrap_or_default();
        let dumb = term == "dumb";
        let console = term == "linux" || term.starts_with("linux-");
        let multiplexed =
            env("TMUX").is_some() || ["tmux", "screen"].iter().any(|name| term.starts_with(name));
        // tmux calls itself screen too, and knows synchronized output.
        let gnu_screen = term.starts_with("screen") && env("TMUX").is_none();
        Self {
            full_screen: !dumb,
            colours: colours(choice, &env, &term, &program),
            italic: !dumb && !console,
            synchronized: !dumb && !console && !gnu_screen && program != "Apple_Terminal",
            alternate: !dumb && !console,
            keyboard: !multiplexed
                && (keyboard_term(&term)
                    || keyboard_program(&program)
                    || env("KITTY_WINDOW_ID").is_some()),
            background: env("COLORFGBG").and_then(|value| background(&value)),
            multiplexer: Multiplexer::read(&env),
            notify: Way::read(&env),
            pictures: if multiplexed || dumb { None } else { pictures(&env, &term, &program) },
        }
    }
}

fn colours(
    choice: ColourChoice,
    env: &impl Fn(&str) -> Option<String>,
    term: &str,
    program: &str,
) -> Colours {
    let able = ability(env, term, program);
    let at_least_16 = able.max(Colours::Ansi16);
    match choice {
        ColourChoice::Never => return Colours::None,
        ColourChoice::Always => return at_least_16,
        ColourChoice::Auto => {}
    }
    if env("NO_COLOR").is_some() {
        return Colours::None;
    }
    match env("FORCE_COLOR").as_deref() {
        Some("0" | "false") => return Colours::None,
        Some("2") => return Colours::Ansi256,
        Some("3") => return Colours::True,
        Some(_) => return at_least_16,
        None => {}
    }
    if env("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return at_least_16;
    }
    if env("CLICOLOR").is_some_and(|value| value == "0") {
        return Colours::None;
    }
    able
}

fn ability(env: &impl Fn(&str) -> Option<String>, term: &str, program: &str) -> Colours {
    let deep = env("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
    if term == "dumb" || term.ends_with("-m") || term.ends_with("-mono") || term == "vt100" {
        Colours::None
    } else if deep
        || term.ends_with("-direct")
        || env("WT_SESSION").is_some()
        || matches!(program, "iTerm.app" | "WezTerm" | "ghostty" | "vscode")
        || matches!(term, "xterm-kitty" | "xterm-ghostty" | "alacritty")
    {
        Colours::True
    } else if term.contains("256color") || program == "Apple_Terminal" {
        Colours::Ansi256
    } else {
        Colours::Ansi16
    }
}

/// Terminals whose `TERM` promises the kitty keyboard protocol.
fn keyboard_term(term: &str) -> bool {
    matches!(term, "xterm-kitty" | "xterm-ghostty" | "wezterm" | "rio" | "alacritty")
        || term == "foot"
        || term.starts_with("foot-")
}

/// Terminals that pass a generic `TERM` but name themselves beside it.
fn keyboard_program(program: &str) -> bool {
    matches!(program, "ghostty" | "WezTerm" | "iTerm.app" | "rio" | "kitty")
}

/// How pictures are taken, as far as names tell. `TERM` comes first: a terminal that was started
/// within another one inherits the other's variables. A program within a multiplexer is not asked:
/// what it writes is not what the terminal sees.
fn pictures(
    env: &impl Fn(&str) -> Option<String>,
    term: &str,
    program: &str,
) -> Option<images::Way> {
    use images::Way::{Iterm2, Kitty, Sixel};
    let named = |name: &str| {
        term == name || term.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))
    };
    match term {
        "xterm-kitty" | "xterm-ghostty" => return Some(Kitty),
        "wezterm" => return Some(Iterm2),
        _ if ["foot", "mlterm", "contour", "yaft"].into_iter().any(named) => return Some(Sixel),
        "linux" | "alacritty" | "vt100" => return None,
        _ => {}
    }
    match program {
        "ghostty" | "kitty" => return Some(Kitty),
        "iTerm.app" | "WezTerm" => return Some(Iterm2),
        "contour" | "mintty" | "mlterm" => return Some(Sixel),
        "" => {}
        _ => return None,
    }
    if env("KITTY_WINDOW_ID").is_some() {
        return Some(Kitty);
    }
    // This one comes along over SSH.
    env("LC_TERMINAL").filter(|name| name == "iTerm2").map(|_| Iterm2)
}

/// Reads `COLORFGBG`: foreground, perhaps more, and last the background's number among the sixteen.
fn background(value: &str) -> Option<Background> {
    match value.rsplit(';').next()?.trim().parse::<u8>().ok()? {
        0..=6 | 8 => Some(Background::Dark),
        7 | 9..=15 => Some(Background::Light),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(choice: ColourChoice, vars: &[(&str, &str)]) -> Caps {
        Caps::read(choice, |name| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn colours_of(vars: &[(&str, &str)]) -> Colours {
        read(ColourChoice::Auto, vars).colours
    }

    #[test]
    fn colours_follow_terminal_and_wishes() {
        let xterm = ("TERM", "xterm-256color");
        assert_eq!(colours_of(&[("TERM", "xterm")]), Colours::Ansi16);
        assert_eq!(colours_of(&[]), Colours::Ansi16);
        assert_eq!(colours_of(&[xterm]), Colours::Ansi256);
        assert_eq!(colours_of(&[xterm, ("COLORTERM", "truecolor")]), Colours::True);
        assert_eq!(colours_of(&[("TERM", "xterm-kitty")]), Colours::True);
        assert_eq!(colours_of(&[xterm, ("NO_COLOR", "1")]), Colours::None);
        assert_eq!(colours_of(&[xterm, ("NO_COLOR", "")]), Colours::Ansi256, "empty is not set");
        assert_eq!(
            colours_of(&[xterm, ("NO_COLOR", "1"), ("FORCE_COLOR", "3")]),
            Colours::None,
            "NO_COLOR wins"
        );
        assert_eq!(colours_of(&[("TERM", "dumb")]), Colours::None);
        assert_eq!(colours_of(&[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]), Colours::Ansi16);
        assert_eq!(colours_of(&[xterm, ("FORCE_COLOR", "0")]), Colours::None);
        assert_eq!(colours_of(&[("TERM", "xterm"), ("FORCE_COLOR", "2")]), Colours::Ansi256);
        assert_eq!(colours_of(&[xterm, ("CLICOLOR", "0")]), Colours::None);
        let never = read(ColourChoice::Never, &[xterm, ("FORCE_COLOR", "1")]);
        assert_eq!(never.colours, Colours::None);
        let always = read(ColourChoice::Always, &[("TERM", "dumb"), ("NO_COLOR", "1")]);
        assert_eq!(always.colours, Colours::Ansi16);
    }

    #[test]
    fn poor_terminals_are_spared() {
        let dumb = read(ColourChoice::Auto, &[("TERM", "dumb")]);
        assert!(!dumb.full_screen && !dumb.synchronized && !dumb.keyboard);
        let console = read(ColourChoice::Auto, &[("TERM", "linux")]);
        assert!(console.full_screen);
        assert!(!console.italic && !console.synchronized && !console.alternate);
        assert_eq!(console.colours, Colours::Ansi16);
        assert!(!read(ColourChoice::Auto, &[("TERM", "screen-256color")]).synchronized);
        assert!(
            read(ColourChoice::Auto, &[("TERM", "screen-256color"), ("TMUX", "x")]).synchronized
        );
    }

    #[test]
    fn kitty_keys_only_where_known() {
        for term in ["xterm-kitty", "xterm-ghostty", "foot", "foot-extra", "alacritty"] {
            assert!(read(ColourChoice::Auto, &[("TERM", term)]).keyboard, "{term}");
            let inside = read(ColourChoice::Auto, &[("TERM", term), ("TMUX", "/tmp/tmux")]);
            assert!(!inside.keyboard, "{term} in tmux");
        }
        for program in ["ghostty", "WezTerm", "iTerm.app"] {
            let vars = [("TERM", "xterm-256color"), ("TERM_PROGRAM", program)];
            assert!(read(ColourChoice::Auto, &vars).keyboard, "{program}");
        }
        for term in ["xterm", "xterm-256color", "linux", "footloose", "tmux-256color"] {
            assert!(!read(ColourChoice::Auto, &[("TERM", term)]).keyboard, "{term}");
        }
    }

    #[test]
    fn pictures_go_the_way_the_terminal_takes_them() {
        use images::Way::{Iterm2, Kitty, Sixel};
        type Case = (&'static [(&'static str, &'static str)], Option<images::Way>);
        const XTERM: (&str, &str) = ("TERM", "xterm-256color");
        let of = |vars: &[(&str, &str)]| read(ColourChoice::Auto, vars).pictures;
        let table: &[Case] = &[
            (&[("TERM", "xterm-kitty")], Some(Kitty)),
            (&[("TERM", "xterm-ghostty")], Some(Kitty)),
            (&[XTERM, ("TERM_PROGRAM", "ghostty")], Some(Kitty)),
            (&[XTERM, ("KITTY_WINDOW_ID", "3")], Some(Kitty)),
            (&[XTERM, ("TERM_PROGRAM", "iTerm.app")], Some(Iterm2)),
            (&[XTERM, ("LC_TERMINAL", "iTerm2")], Some(Iterm2)),
            (&[XTERM, ("TERM_PROGRAM", "WezTerm")], Some(Iterm2)),
            (&[("TERM", "foot")], Some(Sixel)),
            (&[("TERM", "foot-extra")], Some(Sixel)),
            (&[("TERM", "mlterm-256color")], Some(Sixel)),
            (&[XTERM, ("TERM_PROGRAM", "contour")], Some(Sixel)),
            // Unknown, poor, or started within another terminal.
            (&[], None),
            (&[XTERM], None),
            (&[("TERM", "footloose")], None),
            (&[("TERM", "dumb"), ("KITTY_WINDOW_ID", "3")], None),
            (&[("TERM", "linux"), ("TERM_PROGRAM", "iTerm.app")], None),
            (&[("TERM", "alacritty"), ("KITTY_WINDOW_ID", "3")], None),
            (&[XTERM, ("TERM_PROGRAM", "vscode"), ("KITTY_WINDOW_ID", "3")], None),
            (&[XTERM, ("TERM_PROGRAM", "Apple_Terminal"), ("LC_TERMINAL", "iTerm2")], None),
            // Within a multiplexer.
            (&[("TERM", "tmux-256color"), ("TMUX", "x"), ("KITTY_WINDOW_ID", "3")], None),
            (&[("TERM", "xterm-kitty"), ("TMUX", "x")], None),
            (&[("TERM", "screen"), ("LC_TERMINAL", "iTerm2")], None),
        ];
        for (vars, expected) in table {
            assert_eq!(of(vars), *expected, "{vars:?}");
        }
    }

    #[test]
    fn background_is_the_last_number() {
        for (value, expected) in [
            ("15;0", Some(Background::Dark)),
            ("0;15", Some(Background::Light)),
            ("12;default;8", Some(Background::Dark)),
            ("0;default", None),
            ("", None),
            ("0;7", Some(Background::Light)),
            ("0;99", None),
        ] {
            let caps = read(ColourChoice::Auto, &[("COLORFGBG", value)]);
            assert_eq!(caps.background, expected, "{value}");
        }
    }
}
