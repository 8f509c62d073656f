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
    /// A badge: the simulator, a production profile.
    Badge = "badge",
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

/// A look for every role.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    styles: Vec<Style>,
}

/// The themes that are shipped, by name.
pub const SHIPPED: &[(&str, &str)] = &[
    ("default", include_str!("../themes/default.toml")),
    ("dark", include_str!("../themes/dark.toml")),
    ("light", include_str!("../themes/light.toml")),
    ("mono", include_str!("../themes/mono.toml")),
];

/// Why a theme cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// It is not TOML, or a value is of another type.
    #[error("{0}")]
    Syntax(String),
    /// A role nobody knows.
    #[error("unknown role {name:?}; the roles are: {known}")]
    UnknownRole {
        /// As written.
        name: String,
        /// All roles.
        known: String,
    },
    /// Roles without a look.
    #[error("no look for: {0}")]
    Missing(String),
    /// A word in a look that means nothing.
    #[error(
        "{role}: unknown word {word:?}; a look is a colour (red, brightblue, #rrggbb, 0-255), \
         `on` and a colour, and any of: bold dim italic underline reverse strike"
    )]
    UnknownWord {
        /// The role.
        role: String,
        /// As written.
        word: String,
    },
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

    /// A theme from a file's text: a table from role to look, where a look is words such as
    /// `"brightblue bold"` or `"black on #ffcc00"`.
    pub fn parse(text: &str) -> Result<Self, ThemeError> {
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| ThemeError::Syntax(error.to_string()))?;
        let mut styles = vec![None; Role::ALL.len()];
        for (name, value) in &table {
            let Some(role) = Role::ALL.iter().find(|role| role.name() == name) else {
                let known: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
                let known = known.join(", ");
                return Err(ThemeError::UnknownRole { name: name.clone(), known });
            };
            let look = value.as_str().ok_or_else(|| {
                ThemeError::Syntax(format!("{name}: a look is written in quotes"))
            })?;
            styles[*role as usize] = Some(style(name, look)?);
        }
        let missing: Vec<_> =
            Role::ALL.iter().filter(|r| styles[**r as usize].is_none()).map(|r| r.name()).collect();
        if !missing.is_empty() {
            return Err(ThemeError::Missing(missing.join(", ")));
        }
        Ok(Self { styles: styles.into_iter().flatten().collect() })
    }

    /// The look of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
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

fn style(role: &str, look: &str) -> Result<Style, ThemeError> {
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
                let unknown =
                    || ThemeError::UnknownWord { role: role.to_owned(), word: colour.to_owned() };
                let colour = Color::from_str(colour).map_err(|_| unknown())?;
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
        let theme = Theme::shipped("default").unwrap();
        for style in theme.styles {
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour}");
            }
        }
    }

    #[test]
    fn mistakes_are_named() {
        let wrong = |text: &str| Theme::parse(text).unwrap_err().to_string();
        assert!(wrong("txet = \"red\"").contains("unknown role \"txet\""));
        assert!(wrong("text = \"blod\"").contains("unknown word \"blod\""));
        assert!(wrong("text = 3").contains("in quotes"));
        assert!(wrong("").contains("no look for: text"));
        assert!(Theme::shipped("nope").unwrap_err().to_string().contains("default, dark"));
    }
}
