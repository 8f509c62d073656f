//! What each piece of a line of code is: lines in, runs of roles out, one line at a time.
//! It refuses colours, whole documents and threads; how long it may take is `service`'s business.

use std::collections::HashMap;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use crate::domain::chat::CodeRole;

/// A line of code as runs of (length in bytes, role) that cover it from its start to its end.
pub type Runs = Vec<(u32, CodeRole)>;

/// A grammar cannot go on with a text.
#[derive(Debug, thiserror::Error)]
pub enum HighlightError {
    /// The grammar refers to something that is not there.
    #[error(transparent)]
    Grammar(#[from] syntect::parsing::ParsingError),
    /// The grammar closed more than it had opened.
    #[error(transparent)]
    Scopes(#[from] syntect::parsing::ScopeError),
}

/// Words after a fence that no grammar lists as its name or file extension, and languages whose
/// own grammar costs more than it shows: compiled, those of TypeScript and TSX take more than a
/// hundred megabytes, and that of JavaScript reads the same text nearly as well.
const ALIASES: &[(&str, &str)] = &[
    ("bash", "Bourne Again Shell (bash)"),
    ("shell", "Bourne Again Shell (bash)"),
    ("console", "Bourne Again Shell (bash)"),
    ("shell-session", "Bourne Again Shell (bash)"),
    ("ksh", "Bourne Again Shell (bash)"),
    ("typescript", "JavaScript"),
    ("ts", "JavaScript"),
    ("mts", "JavaScript"),
    ("cts", "JavaScript"),
    ("tsx", "JavaScript"),
    ("typescriptreact", "JavaScript"),
    ("jsx", "JavaScript"),
    ("javascriptreact", "JavaScript"),
    ("node", "JavaScript"),
    ("jsonc", "JSON"),
    ("json5", "JSON"),
    ("jsonl", "JSON"),
    ("ndjson", "JSON"),
    ("golang", "Go"),
    ("csharp", "C#"),
    ("c#", "C#"),
    ("cpp", "C++"),
    ("objective-c", "Objective-C"),
    ("objc", "Objective-C"),
    ("docker", "Dockerfile"),
    ("make", "Makefile"),
    ("patch", "Diff"),
    ("udiff", "Diff"),
    ("python3", "Python"),
    ("py3", "Python"),
    ("ipython", "Python"),
    ("postgresql", "SQL"),
    ("mysql", "SQL"),
    ("sqlite", "SQL"),
    ("viml", "VimL"),
    ("protobuf", "Protocol Buffer"),
    ("proto", "Protocol Buffer"),
    ("tex", "LaTeX"),
];

/// The words above that mean TypeScript.
const TYPED: &[&str] = &["typescript", "ts", "mts", "cts", "tsx", "typescriptreact"];

/// Words of TypeScript that JavaScript does not know.
const TYPED_KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "declare",
    "enum",
    "implements",
    "infer",
    "interface",
    "is",
    "keyof",
    "namespace",
    "override",
    "private",
    "protected",
    "public",
    "readonly",
    "satisfies",
    "type",
];

/// Types of TypeScript that JavaScript does not know.
const TYPED_TYPES: &[&str] =
    &["any", "bigint", "boolean", "never", "number", "object", "string", "unknown", "void"];

/// Words that ask for no colours.
const PLAIN: &[&str] = &["", "text", "txt", "plain", "plaintext", "none", "output", "nohighlight"];

/// The grammars. Loading them takes some milliseconds and three megabytes; each grammar that is
/// used takes megabytes more, which are only given back by dropping the engine. A [`Parser`] of
/// one engine goes on in another.
#[derive(Debug)]
pub struct Engine {
    grammars: SyntaxSet,
    roles: HashMap<Scope, Meaning>,
    words: Words,
}

/// Where a block of code has got to. Small, and cheap to clone.
#[derive(Debug, Clone)]
pub struct Parser {
    state: ParseState,
    scopes: ScopeStack,
    /// The text is TypeScript, read by the grammar of JavaScript.
    typed: bool,
}

/// What one scope says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// This is it.
    Role(CodeRole),
    /// Ask the scope around it.
    Silent,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// Loads the grammars.
    #[must_use]
    pub fn new() -> Self {
        Self {
            grammars: two_face::syntax::extra_newlines(),
            roles: HashMap::new(),
            words: Words::new(),
        }
    }

    /// The name of the grammar for the word after a fence; `None` if it stays plain.
    #[must_use]
    pub fn grammar(&self, word: &str) -> Option<&str> {
        self.find(word).map(|syntax| syntax.name.as_str())
    }

    /// Begins a block; `None` if there is no grammar for the word.
    #[must_use]
    pub fn begin(&self, word: &str) -> Option<Parser> {
        let syntax = self.find(word)?;
        let typed = TYPED.contains(&first_word(word).as_str());
        Some(Parser { state: ParseState::new(syntax), scopes: ScopeStack::new(), typed })
    }

    fn find(&self, word: &str) -> Option<&SyntaxReference> {
        let word = first_word(word);
        if PLAIN.contains(&word.as_str()) {
            return None;
        }
        let alias = ALIASES.iter().find(|(alias, _)| *alias == word);
        match alias {
            Some((_, name)) => self.grammars.find_syntax_by_name(name),
            None => self.grammars.find_syntax_by_token(&word),
        }
    }

    /// Reads the next line of a block, without its line end. The runs cover all of it.
    ///
    /// # Errors
    /// The grammar is broken for this text; the block should stay plain from here.
    pub fn line(&mut self, parser: &mut Parser, line: &str) -> Result<Runs, HighlightError> {
        let mut text = String::with_capacity(line.len() + 1);
        text.push_str(line);
        text.push('\n');
        let changes = parser.state.parse_line(&text, &self.grammars)?;
        let mut runs = RunList::default();
        let mut from = 0;
        for (at, change) in changes {
            let at = at.min(line.len());
            if at > from {
                self.piece(&mut runs, parser, &line[from..], at - from);
                from = at;
            }
            parser.scopes.apply(&change)?;
        }
        if from < line.len() {
            self.piece(&mut runs, parser, &line[from..], line.len() - from);
        }
        Ok(runs.0)
    }

    /// Adds the first `length` bytes of `rest`, which lie within one set of scopes.
    fn piece(&mut self, runs: &mut RunList, parser: &Parser, rest: &str, length: usize) {
        let (text, after) = rest.split_at(length);
        match self.role(parser.scopes.as_slice(), text) {
            CodeRole::Plain if parser.typed => typed(runs, text, after),
            role => runs.push(length, role),
        }
    }

    /// The innermost scope that says something decides.
    fn role(&mut self, scopes: &[Scope], text: &str) -> CodeRole {
        if text.trim().is_empty() {
            return CodeRole::Plain;
        }
        let inner = scopes.iter().rev().find_map(|scope| match self.meaning(*scope) {
            Meaning::Role(role) => Some(role),
            Meaning::Silent => None,
        });
        let role = inner.unwrap_or(CodeRole::Plain);
        // A key in JSON is a string by its innermost scope and a key by one around it.
        let is_key = role == CodeRole::String
            && scopes.iter().any(|scope| self.words.key.is_prefix_of(*scope));
        if is_key { CodeRole::Attribute } else { role }
    }

    fn meaning(&mut self, scope: Scope) -> Meaning {
        let words = &self.words.meanings;
        *self.roles.entry(scope).or_insert_with(|| {
            words
                .iter()
                .find(|(prefix, _)| prefix.is_prefix_of(scope))
                .map_or(Meaning::Silent, |(_, meaning)| *meaning)
        })
    }
}

/// A line without colours, as runs.
#[must_use]
pub fn plain(line: &str) -> Runs {
    let mut runs = RunList::default();
    runs.push(line.len(), CodeRole::Plain);
    runs.0
}

/// Adds text that JavaScript finds plain, with the words that TypeScript knows; `beyond` is the
/// rest of the line.
fn typed(runs: &mut RunList, text: &str, beyond: &str) {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let here = in_word(first);
        let end = rest.bytes().position(|byte| in_word(byte) != here).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        // `type: 1` and `type = 1` use the word as a name.
        let follows = after.trim_start().chars().next().or(beyond.trim_start().chars().next());
        let is_name = follows.is_some_and(|sign| ":=.?,)".contains(sign));
        let role = if TYPED_KEYWORDS.contains(&word) && !is_name {
            CodeRole::Keyword
        } else if TYPED_TYPES.contains(&word) {
            CodeRole::Type
        } else {
            CodeRole::Plain
        };
        runs.push(word.len(), role);
        rest = after;
    }
}

/// Runs, neighbours of one role joined.
#[derive(Default)]
struct RunList(Runs);

impl RunList {
    fn push(&mut self, length: usize, role: CodeRole) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        match self.0.last_mut() {
            _ if length == 0 => {}
            Some((before, last)) if *last == role => *before = before.saturating_add(length),
            Some(_) | None => self.0.push((length, role)),
        }
    }
}

/// The language in what follows a fence: `rust,ignore`, `{.python}` and `js title="x"` name one.
fn first_word(info: &str) -> String {
    info.trim_start_matches(['{', '.', ' '])
        .split([',', ' ', '\t', '{', '}', ':'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// Names of scopes and what they say.
#[derive(Debug)]
struct Words {
    key: Scope,
    meanings: Vec<(Scope, Meaning)>,
}

/// The first prefix that fits decides, so exceptions stand above their rules.
const MEANINGS: &[(&str, Option<CodeRole>)] = &[
    ("comment", Some(CodeRole::Comment)),
    ("punctuation.definition", None),
    ("punctuation.section.embedded", Some(CodeRole::Operator)),
    ("punctuation.section.interpolation", Some(CodeRole::Operator)),
    ("punctuation", Some(CodeRole::Operator)),
    ("string.unquoted", None),
    ("string", Some(CodeRole::String)),
    ("constant.character.escape", Some(CodeRole::Constant)),
    ("constant", Some(CodeRole::Constant)),
    ("keyword.operator.word", Some(CodeRole::Keyword)),
    ("keyword.operator.logical.python", Some(CodeRole::Keyword)),
    ("keyword.operator", Some(CodeRole::Operator)),
    ("keyword", Some(CodeRole::Keyword)),
    ("storage", Some(CodeRole::Keyword)),
    ("variable.language", Some(CodeRole::Keyword)),
    ("variable.function", Some(CodeRole::Function)),
    ("variable.annotation", Some(CodeRole::Attribute)),
    ("variable.parameter.option", Some(CodeRole::Attribute)),
    ("support.function", Some(CodeRole::Function)),
    ("support.macro", Some(CodeRole::Function)),
    ("support.constant", Some(CodeRole::Constant)),
    ("support.type.property-name", Some(CodeRole::Attribute)),
    ("support", Some(CodeRole::Type)),
    ("entity.name.function", Some(CodeRole::Function)),
    ("entity.name.macro", Some(CodeRole::Function)),
    ("entity.name.tag", Some(CodeRole::Attribute)),
    ("entity.name.section", Some(CodeRole::Keyword)),
    ("entity.name.constant", Some(CodeRole::Constant)),
    ("entity.name", Some(CodeRole::Type)),
    ("entity.other.attribute-name", Some(CodeRole::Attribute)),
    ("entity.other", Some(CodeRole::Type)),
    ("meta.annotation", Some(CodeRole::Attribute)),
    ("markup.inserted", Some(CodeRole::Inserted)),
    ("markup.deleted", Some(CodeRole::Deleted)),
    ("markup.heading", Some(CodeRole::Keyword)),
    ("markup.raw", Some(CodeRole::String)),
    ("meta.diff.header", Some(CodeRole::Attribute)),
    ("meta.diff.range", Some(CodeRole::Attribute)),
];

impl Words {
    fn new() -> Self {
        let scope = |name: &str| Scope::new(name).ok();
        let meanings = MEANINGS.iter().filter_map(|(name, role)| {
            Some((scope(name)?, role.map_or(Meaning::Silent, Meaning::Role)))
        });
        Self {
            // Without the name no scope can be a key.
            key: scope("meta.mapping.key").unwrap_or_default(),
            meanings: meanings.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// Each line as `Role‹text›` pieces, plain text as it is.
    fn shown(engine: &mut Engine, word: &str, text: &str) -> String {
        let mut parser = engine.begin(word).expect("a grammar");
        let lines = text.lines().map(|line| {
            let runs = engine.line(&mut parser, line).expect("it can be read");
            show(line, &runs)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn show(line: &str, runs: &[(u32, CodeRole)]) -> String {
        let mut rest = line;
        let mut out = String::new();
        for (length, role) in runs {
            let (text, after) = rest.split_at(*length as usize);
            match role {
                CodeRole::Plain => out.push_str(text),
                role => write!(out, "{role:?}‹{text}›").expect("a string takes all"),
            }
            rest = after;
        }
        assert_eq!(rest, "", "the runs cover the line");
        out
    }

    #[test]
    fn rust() {
        let found = shown(
            &mut Engine::new(),
            "rust",
            "fn main() -> Result<()> {\n    let s = \"你好\\n\"; // 问候\n    go(1.5, true);",
        );
        assert_eq!(
            found,
            "Keyword‹fn› Function‹main›Operator‹()› Operator‹->› Type‹Result›<Operator‹()›> \
             Operator‹{›\n    Keyword‹let› s Operator‹=› String‹\"你好›Constant‹\\n›String‹\"›\
             Operator‹;› Comment‹// 问候›\n    Function‹go›Operator‹(›Constant‹1.5›Operator‹,› \
             Constant‹true›Operator‹);›"
        );
    }

    #[test]
    fn python() {
        let found =
            shown(&mut Engine::new(), "py", "@deco\ndef f(a: int = 3):\n    return 'x' # c");
        assert_eq!(
            found,
            "Attribute‹@deco›\nKeyword‹def› Function‹f›Operator‹(›aOperator‹:› Type‹int› \
             Operator‹=› Constant‹3›Operator‹):›\n    Keyword‹return› String‹'x'› Comment‹# c›"
        );
    }

    #[test]
    fn json_tells_keys_from_texts() {
        let found = shown(&mut Engine::new(), "json", r#"{"a": ["b", 1, null]}"#);
        assert_eq!(
            found,
            "Operator‹{›Attribute‹\"a\"›Operator‹:› Operator‹[›String‹\"b\"›Operator‹,› \
             Constant‹1›Operator‹,› Constant‹null›Operator‹]}›"
        );
    }

    #[test]
    fn bash() {
        let found = shown(&mut Engine::new(), "sh", "for f in a; do\n  echo \"$f\" | wc -l # c");
        assert_eq!(
            found,
            "Keyword‹for› f Keyword‹in› aOperator‹;› Keyword‹do›\n  Function‹echo› \
             String‹\"$f\"› Operator‹|› Function‹wc›Attribute‹ -l ›Comment‹# c›"
        );
    }

    #[test]
    fn diff() {
        let found = shown(&mut Engine::new(), "diff", "--- a/x\n+++ b/x\n-old\n+new\n same");
        assert_eq!(
            found,
            "Attribute‹--- a/x›\nAttribute‹+++ b/x›\nDeleted‹-old›\nInserted‹+new›\n same"
        );
    }

    #[test]
    fn typescript_is_read_by_the_grammar_of_javascript() {
        let mut engine = Engine::new();
        assert_eq!(engine.grammar("tsx"), Some("JavaScript"));
        let found = shown(&mut engine, "ts", "let n = x as string\ntype A = B\nx = {type: 1}");
        assert_eq!(
            found,
            "Keyword‹let› n Operator‹=› x Keyword‹as› Type‹string›\n\
             Keyword‹type› A Operator‹=› B\nx Operator‹=› Operator‹{›typeOperator‹:› \
             Constant‹1›Operator‹}›"
        );
    }

    #[test]
    fn words_after_the_fence() {
        let engine = Engine::new();
        for (word, name) in [
            ("rs", "Rust"),
            ("rust,ignore", "Rust"),
            ("{.python .numberLines}", "Python"),
            ("JS title=\"a.js\"", "JavaScript"),
            ("yml", "YAML"),
            ("c++", "C++"),
            ("c#", "C#"),
            ("jsonc", "JSON"),
            ("Dockerfile", "Dockerfile"),
            ("console", "Bourne Again Shell (bash)"),
            ("toml", "TOML"),
        ] {
            assert_eq!(engine.grammar(word), Some(name), "{word}");
        }
        for word in ["", "plaintext", "text", "没有这种语言", "nosuchlanguage"] {
            assert_eq!(engine.grammar(word), None, "{word}");
            assert!(engine.begin(word).is_none());
        }
        for (alias, name) in ALIASES {
            assert!(engine.grammars.find_syntax_by_name(name).is_some(), "{alias}");
        }
        assert_eq!(engine.words.meanings.len(), MEANINGS.len());
    }

    #[test]
    fn a_parser_goes_on_in_another_engine() {
        let (mut one, mut two) = (Engine::new(), Engine::new());
        let mut parser = one.begin("rust").expect("a grammar");
        one.line(&mut parser, "/* a comment").expect("it can be read");
        let runs = two.line(&mut parser, "goes on */ fn").expect("it can be read");
        assert_eq!(show("goes on */ fn", &runs), "Comment‹goes on */› Keyword‹fn›");
    }

    #[test]
    fn a_plain_line_is_one_run() {
        assert_eq!(plain("你好"), [(6, CodeRole::Plain)]);
        assert_eq!(plain(""), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
        #[test]
        fn any_lines_are_covered_and_a_checkpoint_changes_nothing(
            lines in prop::collection::vec("[a-z{}()\"'/*# 字=<>@$`\\\\]{0,30}", 1..8),
            cut in 0_usize..8,
        ) {
            let mut engine = Engine::new();
            for word in ["json", "toml", "diff"] {
                let mut parser = engine.begin(word).expect("a grammar");
                let mut whole = Vec::new();
                let mut checkpoint = parser.clone();
                for (number, line) in lines.iter().enumerate() {
                    if number == cut {
                        checkpoint = parser.clone();
                    }
                    let runs = engine.line(&mut parser, line).expect("it can be read");
                    show(line, &runs);
                    whole.push(runs);
                }
                for (line, runs) in lines.iter().zip(&whole).skip(cut) {
                    let again = engine.line(&mut checkpoint, line).expect("it can be read");
                    prop_assert_eq!(&again, runs);
                }
            }
        }
    }
}
