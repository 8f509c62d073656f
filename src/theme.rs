//! Roles and how they look. A theme names roles, never places; the default uses nothing but the
//! terminal's own colours and attributes, so it is readable on light and dark. It refuses to
//! know panes. The only file that makes a style.
#![expect(clippy::disallowed_methods, reason = "the room of colours")]

use std::str::FromStr as _;

use ratatui::style::{Color, Modifier, Style};

use crate::domain::chat::CodeRole;
use crate::text::rows::{Ink, InkRole};

/// Defines the roles with their names in theme files.
macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $name:literal,)*) => {
        /// What a piece of the screen is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Role { $($(#[$doc])* $role,)* }

        impl Role {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$role,)*];

            /// The name in theme files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$role => $name,)* }
            }
        }
    };
}

roles! {
    /// Text.
    Text = "text",
    /// What stands back: times, figures, reasoning.
    Muted = "muted",
    /// The program's name, the focused title.
    Accent = "accent",
    /// Lines between panes.
    Line = "line",
    /// The line of the pane that has the focus.
    LineFocused = "line_focused",
    /// The name before a question.
    You = "you",
    /// The text of a question.
    Question = "question",
    /// The model's name before an answer.
    Model = "model",
    /// Information.
    Info = "info",
    /// Warnings.
    Warning = "warning",
    /// Errors.
    Error = "error",
    /// Keys in hints and help.
    Key = "key",
    /// The marked row of a list.
    Marked = "marked",
    /// Letters of a row that were searched for.
    Found = "found",
    /// A badge: the simulator.
    Badge = "badge",
    /// A badge that warns: a production profile.
    BadgeAlert = "badge_alert",
    /// Headings.
    Heading = "heading",
    /// Code within a sentence.
    InlineCode = "inline_code",
    /// Links.
    Link = "link",
    /// Where a link leads.
    LinkTarget = "link_target",
    /// Quotes.
    Quote = "quote",
    /// Bullets and numbers of lists.
    Marker = "marker",
    /// Frames of tables.
    TableFrame = "table_frame",
    /// Heads of tables.
    TableHead = "table_head",
    /// Rules across the page.
    Rule = "rule",
    /// A task that is done.
    TaskDone = "task_done",
    /// A task that is open.
    TaskOpen = "task_open",
    /// The language above a code block.
    CodeFrame = "code_frame",
    /// Code without a colour of its own.
    Code = "code",
    /// Comments.
    CodeComment = "code_comment",
    /// Strings.
    CodeString = "code_string",
    /// Numbers and constants.
    CodeConstant = "code_constant",
    /// Words of the language.
    CodeKeyword = "code_keyword",
    /// Functions.
    CodeFunction = "code_function",
    /// Types.
    CodeType = "code_type",
    /// Attributes, tags, keys.
    CodeAttribute = "code_attribute",
    /// Operators.
    CodeOperator = "code_operator",
    /// Lines a diff adds.
    CodeInserted = "code_inserted",
    /// Lines a diff removes.
    CodeDeleted = "code_deleted",
}

/// A look for every role, and what is behind them all.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    styles: Vec<Style>,
    ground: Option<Color>,
}

/// The themes that are shipped, by name, in the order of choosing.
pub const SHIPPED: &[(&str, &str)] = &[
    ("default", include_str!("../themes/default.toml")),
    ("dark", include_str!("../themes/dark.toml")),
    ("night", include_str!("../themes/night.toml")),
    ("light", include_str!("../themes/light.toml")),
    ("paper", include_str!("../themes/paper.toml")),
    ("contrast", include_str!("../themes/contrast.toml")),
    ("mono", include_str!("../themes/mono.toml")),
];

/// What is behind the text of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ground {
    /// Something light.
    Light,
    /// Something dark.
    Dark,
}

/// The entry of a theme file that is no role.
const GROUND: &str = "ground";

/// Why a theme cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// Something in a line: no TOML, a role nobody knows, a word that means nothing.
    #[error("line {line}: {reason}")]
    At {
        /// The line, from 1.
        line: usize,
        /// What, with the valid choices.
        reason: String,
    },
    /// Roles without a look.
    #[error("no look for: {0}")]
    Missing(String),
    /// No theme of that name.
    #[error("unknown theme {name:?}; the themes are: {known}")]
    UnknownTheme {
        /// As written.
        name: String,
        /// All shipped ones.
        known: String,
    },
}

impl Theme {
    /// A shipped theme.
    pub fn shipped(name: &str) -> Result<Self, ThemeError> {
        let found = SHIPPED.iter().find(|(known, _)| *known == name);
        let Some((_, text)) = found else {
            let known: Vec<_> = SHIPPED.iter().map(|(name, _)| *name).collect();
            return Err(ThemeError::UnknownTheme {
                name: name.to_owned(),
                known: known.join(", "),
            });
        };
        Self::parse(text)
    }

    /// A shipped theme, or `auto`: the one that suits what is behind the text, and the default
    /// where nobody knows.
    pub fn named(name: &str, ground: Option<Ground>) -> Result<Self, ThemeError> {
        match (name, ground) {
            ("auto", Some(Ground::Light)) => Self::shipped("light"),
            ("auto", Some(Ground::Dark)) => Self::shipped("dark"),
            ("auto", None) => Self::shipped("default"),
            (name, _) => Self::shipped(name),
        }
    }

    /// A theme from a file's text: a table from role to look, where a look is words such as
    /// `"brightblue bold"` or `"black on #ffcc00"`; `ground` is a colour for everything behind.
    pub fn parse(text: &str) -> Result<Self, ThemeError> {
        let at = |offset: usize, reason: String| {
            let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
            ThemeError::At { line, reason }
        };
        let table = toml::de::DeTable::parse(text).map_err(|error| {
            at(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let mut styles = vec![None; Role::ALL.len()];
        let mut ground = None;
        for (name, value) in table.get_ref() {
            let (here, name) = (name.span().start, name.get_ref().as_ref());
            let look = value.get_ref().as_str();
            let look = look.ok_or_else(|| at(here, format!("{name}: a look is written in quotes")));
            if name == GROUND {
                let wrong = |_| at(here, "ground is one colour, such as \"#1d1b18\"".to_owned());
                ground = Some(Color::from_str(look?.trim()).map_err(wrong)?);
                continue;
            }
            let Some(role) = Role::ALL.iter().find(|role| role.name() == name) else {
                let known: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
                let known = known.join(", ");
                let reason = format!("unknown role {name:?}; the roles are: ground, {known}");
                return Err(at(here, reason));
            };
            let style = style(look?).map_err(|word| {
                let reason = format!(
                    "{name}: unknown word {word:?}; a look is a colour (red, brightblue, #rrggbb, \
                     0-255), `on` and a colour, and any of: bold dim italic underline reverse strike"
                );
                at(here, reason)
            })?;
            styles[*role as usize] = Some(style);
        }
        let missing: Vec<_> =
            Role::ALL.iter().filter(|r| styles[**r as usize].is_none()).map(|r| r.name()).collect();
        if !missing.is_empty() {
            return Err(ThemeError::Missing(missing.join(", ")));
        }
        Ok(Self { styles: styles.into_iter().flatten().collect(), ground })
    }

    /// The colour behind everything; `None` leaves the terminal's own.
    #[must_use]
    pub const fn ground(&self) -> Option<Color> {
        self.ground
    }

    /// The look of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// What is laid over the looks of a sentence that is read aloud: underlined in every theme, so
    /// that it is seen without colours too.
    #[must_use]
    pub fn heard(&self) -> Style {
        self.style(Role::Found).add_modifier(Modifier::UNDERLINED)
    }

    /// The look of a cell whose upper half is one colour and whose lower half another, as pictures
    /// are painted with `▀`: three bytes each (red, green, blue).
    #[must_use]
    pub fn halves([r, g, b]: [u8; 3], [r2, g2, b2]: [u8; 3]) -> Style {
        Style::new().fg(Color::Rgb(r, g, b)).bg(Color::Rgb(r2, g2, b2))
    }

    /// The look of a run of text.
    #[must_use]
    pub fn ink(&self, ink: Ink) -> Style {
        let mut style = self.style(role_of(ink.role));
        for (on, modifier) in [
            (ink.bold, Modifier::BOLD),
            (ink.italic, Modifier::ITALIC),
            (ink.underline, Modifier::UNDERLINED),
            (ink.strike, Modifier::CROSSED_OUT),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

const fn role_of(ink: InkRole) -> Role {
    match ink {
        InkRole::Text => Role::Text,
        InkRole::Muted => Role::Muted,
        InkRole::Heading(_) => Role::Heading,
        InkRole::InlineCode => Role::InlineCode,
        InkRole::Link => Role::Link,
        InkRole::LinkTarget => Role::LinkTarget,
        InkRole::Quote => Role::Quote,
        InkRole::Marker => Role::Marker,
        InkRole::TableFrame => Role::TableFrame,
        InkRole::TableHead => Role::TableHead,
        InkRole::Rule => Role::Rule,
        InkRole::TaskDone => Role::TaskDone,
        InkRole::TaskOpen => Role::TaskOpen,
        InkRole::CodeFrame => Role::CodeFrame,
        InkRole::Code(code) => match code {
            CodeRole::Plain => Role::Code,
            CodeRole::Comment => Role::CodeComment,
            CodeRole::String => Role::CodeString,
            CodeRole::Constant => Role::CodeConstant,
            CodeRole::Keyword => Role::CodeKeyword,
            CodeRole::Function => Role::CodeFunction,
            CodeRole::Type => Role::CodeType,
            CodeRole::Attribute => Role::CodeAttribute,
            CodeRole::Operator => Role::CodeOperator,
            CodeRole::Inserted => Role::CodeInserted,
            CodeRole::Deleted => Role::CodeDeleted,
        },
    }
}

/// A look from its words; the error is the word that means nothing.
fn style(look: &str) -> Result<Style, &str> {
    let mut style = Style::new();
    let mut ground = false;
    for word in look.split_whitespace() {
        let modifier = match word {
            "on" => {
                ground = true;
                continue;
            }
            "default" => {
                ground = false;
                continue;
            }
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            "strike" => Modifier::CROSSED_OUT,
            colour => {
                let colour = Color::from_str(colour).map_err(|_| colour)?;
                style =
                    if std::mem::take(&mut ground) { style.bg(colour) } else { style.fg(colour) };
                continue;
            }
        };
        style = style.add_modifier(modifier);
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_theme_fills_every_role() {
        for (name, _) in SHIPPED {
            Theme::shipped(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn the_default_uses_only_the_terminals_own_colours() {
        for name in ["default", "mono"] {
            let theme = Theme::shipped(name).unwrap();
            assert_eq!(theme.ground(), None);
            for style in theme.styles {
                for colour in [style.fg, style.bg].into_iter().flatten() {
                    assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour}");
                }
            }
        }
    }

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(colour: Color) -> f64 {
        let Color::Rgb(r, g, b) = colour else { panic!("{colour} is no mixed colour") };
        let [r, g, b] = [r, g, b].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color, b: Color) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Lines and frames carry no text.
    const LINES: [Role; 4] = [Role::Line, Role::LineFocused, Role::TableFrame, Role::Rule];

    #[test]
    fn text_stands_out_from_its_ground() {
        assert!((contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
        let mut faint = Vec::new();
        let mut mixed = 0;
        for (name, _) in SHIPPED {
            let theme = Theme::shipped(name).unwrap();
            let Some(ground) = theme.ground() else { continue };
            mixed += 1;
            let least = if *name == "contrast" { 7.0 } else { 4.5 };
            for role in Role::ALL {
                let style = theme.style(*role);
                let behind = style.bg.unwrap_or(ground);
                let ink = style.fg.expect("a theme with a ground names every colour");
                let least = if LINES.contains(role) { 1.5 } else { least };
                let found = contrast(ink, behind);
                if found < least {
                    faint.push(format!("{name}: {} has {found:.2}", role.name()));
                }
                assert!(!style.add_modifier.contains(Modifier::DIM), "{name}: dim is unmeasured");
            }
        }
        assert!(mixed >= 5, "two dark, two light, one of high contrast");
        assert!(faint.is_empty(), "{}", faint.join("\n"));
    }

    #[test]
    fn auto_follows_what_is_behind_the_text() {
        let of = |ground| Theme::named("auto", ground).unwrap();
        assert_eq!(of(Some(Ground::Light)), Theme::shipped("light").unwrap());
        assert_eq!(of(Some(Ground::Dark)), Theme::shipped("dark").unwrap());
        assert_eq!(of(None), Theme::shipped("default").unwrap());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let wrong = |text: &str| Theme::parse(text).unwrap_err().to_string();
        assert!(wrong("\ntxet = \"red\"").starts_with("line 2: unknown role \"txet\""));
        assert!(wrong("text = \"blod\"").contains("text: unknown word \"blod\""));
        assert!(wrong("text = 3").contains("in quotes"));
        assert!(wrong("ground = \"on red\"").contains("one colour"));
        assert!(wrong("").contains("no look for: text"));
        assert!(Theme::shipped("nope").unwrap_err().to_string().contains("default, dark"));
    }
}
