//! Finds every path in a source that leads to another room or another crate, with its line.
//! It knows how modules and macros are written; what is allowed is not its business.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, Path, UseTree};

/// What a source mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mention {
    /// Something of this crate; the path begins with the room.
    Room { path: Vec<String>, line: usize, test: bool },
    /// Something of another crate; the path begins with its name.
    Crate { path: Vec<String>, line: usize, test: bool },
    /// A macro that writes to stdout or stderr.
    Print { name: String, line: usize, test: bool },
}

impl Mention {
    /// The line, from 1.
    pub(crate) fn line(&self) -> usize {
        match self {
            Self::Room { line, .. } | Self::Crate { line, .. } | Self::Print { line, .. } => *line,
        }
    }
}

/// A file of `src`, by its path from the root of the project.
pub(crate) struct Source {
    path: String,
    /// The module the file is, from the root of its crate.
    module: Vec<String>,
    /// It holds nothing but tests.
    test: bool,
}

impl Source {
    pub(crate) fn new(path: &str) -> Self {
        let inside = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
        let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        if ["lib", "main"].contains(&inside) {
            module.clear();
        }
        let test = inside.split('/').any(|part| part == "tests");
        Self { path: inside.to_owned(), module, test }
    }

    /// Marks the file as one of tests if `declared` holds it or a module around it.
    pub(crate) fn mark(&mut self, declared: &[Vec<String>]) {
        self.test |= declared.iter().any(|module| self.module.starts_with(module));
    }

    /// The modules in files of their own that `text` declares for tests only
    /// (`#[cfg(test)] mod tricks;`).
    pub(crate) fn declared_for_tests(&self, text: &str) -> Vec<Vec<String>> {
        let items = syn::parse_file(text).map(|file| file.items).unwrap_or_default();
        let declared = items.iter().filter_map(|item| match item {
            syn::Item::Mod(found) if found.content.is_none() && is_test(&found.attrs) => {
                let mut module = self.module.clone();
                module.push(found.ident.to_string());
                Some(module)
            }
            _ => None,
        });
        declared.collect()
    }

    /// Whether it holds nothing but tests.
    pub(crate) fn is_test(&self) -> bool {
        self.test
    }

    /// The path from the root of the project.
    pub(crate) fn name(&self) -> String {
        format!("src/{}.rs", self.path)
    }

    /// The first name below `src`.
    pub(crate) fn room(&self) -> String {
        self.path.split('/').next().unwrap_or_default().to_owned()
    }

    /// Whether the file is `place` or lies in it, where `place` is a room or a path in one.
    pub(crate) fn is_in(&self, place: &str) -> bool {
        self.path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Another program than the library: `crate` is itself, `lian` the library.
    fn is_program(&self) -> bool {
        self.path == "main" || self.is_in("bin")
    }
}

/// Whether `name` is a crate that Cargo.toml lists, or the standard library.
pub(crate) fn is_dependency(name: &str) -> bool {
    let manifest = include_str!("../../Cargo.toml");
    ["std", "core", "alloc"].contains(&name)
        || manifest
            .lines()
            .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim()))
            .any(|key| key.replace('-', "_") == name)
}

/// Every mention in `text`, in the order of the source.
pub(crate) fn read(source: &Source, text: &str) -> Result<Vec<Mention>, syn::Error> {
    let file = syn::parse_file(text)?;
    let mut reader =
        Reader { source, module: source.module.clone(), test: source.test, found: Vec::new() };
    reader.visit_file(&file);
    reader.found.sort_by_key(Mention::line);
    Ok(reader.found)
}

/// Whether the attributes keep an item out of the program: `#[cfg(test)]`, `#[test]` and the
/// like (`#[tokio::test]`).
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        if path.is_ident("cfg") {
            let Ok(list) = attribute.meta.require_list() else { return false };
            let words = list.tokens.to_string();
            let has = |word: &str| {
                words.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
            };
            has("test") && !has("not")
        } else {
            path.segments.last().is_some_and(|last| last.ident == "test")
        }
    })
}

/// The attributes of an item, whatever it is.
pub(crate) fn attributes(item: &syn::Item) -> &[Attribute] {
    use syn::Item;
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::ExternCrate(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::ForeignMod(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::TraitAlias(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Union(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

struct Reader<'a> {
    source: &'a Source,
    module: Vec<String>,
    test: bool,
    found: Vec<Mention>,
}

impl Reader<'_> {
    /// Notes a path as written. Names that lead neither to the root of the crate nor to another
    /// crate stay in the room.
    fn note(&mut self, segments: &[String], span: Span) {
        let Some(first) = segments.first() else { return };
        let (line, test) = (span.start().line, self.test);
        let rest = |from: usize| segments[from..].to_vec();
        let path = match first.as_str() {
            "crate" if self.source.is_program() => return,
            "lian" if self.source.is_program() => rest(1),
            "crate" => rest(1),
            "self" | "super" => match self.resolve(segments) {
                Some(path) => path,
                None => return,
            },
            name if is_dependency(name) => {
                self.found.push(Mention::Crate { path: rest(0), line, test });
                return;
            }
            _ => return,
        };
        if !path.is_empty() {
            self.found.push(Mention::Room { path, line, test });
        }
    }

    /// `self::a` and `super::super::b`, from the root of the crate.
    fn resolve(&self, segments: &[String]) -> Option<Vec<String>> {
        if self.source.is_program() {
            return None;
        }
        let mut path = self.module.clone();
        let mut rest = segments;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "self" => {}
                "super" => {
                    path.pop()?;
                }
                _ => break,
            }
            rest = others;
        }
        path.extend_from_slice(rest);
        Some(path)
    }

    fn imports(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &Ident| {
            let mut path = before.to_vec();
            path.push(name.to_string());
            path
        };
        match tree {
            UseTree::Path(path) => self.imports(&path.tree, &with(&path.ident)),
            UseTree::Name(name) if name.ident == "self" => self.note(before, name.ident.span()),
            UseTree::Name(name) => self.note(&with(&name.ident), name.ident.span()),
            UseTree::Rename(rename) if rename.ident == "self" => {
                self.note(before, rename.ident.span());
            }
            UseTree::Rename(rename) => self.note(&with(&rename.ident), rename.ident.span()),
            UseTree::Glob(glob) => self.note(before, glob.star_token.spans[0]),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.imports(tree, before);
                }
            }
        }
    }

    /// Paths in what a macro is given: syn leaves it unread, so names joined by `::` are taken.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut path = vec![first.to_string()];
                    while is_colons(&tokens, at + 1) {
                        match tokens.get(at + 3) {
                            Some(TokenTree::Ident(next)) => path.push(next.to_string()),
                            Some(TokenTree::Group(group))
                                if group.delimiter() == Delimiter::Brace =>
                            {
                                self.group(&path, group.stream());
                                break;
                            }
                            _ => break,
                        }
                        at += 3;
                    }
                    let bang = matches!(tokens.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == '!');
                    if bang {
                        self.print(&path, first.span());
                    }
                    if path.len() > 1 {
                        self.note(&path, first.span());
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }

    /// `use crate::{a, b::c}` inside a macro.
    fn group(&mut self, before: &[String], tokens: TokenStream) {
        let mut start = true;
        for token in tokens {
            match token {
                TokenTree::Ident(name) if start => {
                    let mut path = before.to_vec();
                    path.push(name.to_string());
                    self.note(&path, name.span());
                    start = false;
                }
                TokenTree::Punct(p) if p.as_char() == ',' => start = true,
                _ => {}
            }
        }
    }

    fn print(&mut self, path: &[String], span: Span) {
        let name = path.last().map_or("", String::as_str);
        let plain = path.len() == 1 || path[0] == "std";
        if plain && ["print", "println", "eprint", "eprintln", "dbg"].contains(&name) {
            let (name, line) = (name.to_owned(), span.start().line);
            self.found.push(Mention::Print { name, line, test: self.test });
        }
    }

    fn within(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let before = self.test;
        self.test |= is_test(attributes);
        visit(self);
        self.test = before;
    }
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(at) && colon(at + 1)
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.within(attributes(item), |reader| visit::visit_item(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(&item.attrs, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.imports(&item.tree, &[]);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.note(&[item.ident.to_string()], item.ident.span());
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if segments.len() > 1 {
            self.note(&segments, path.segments[0].ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let path: Vec<String> = mac.path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.print(&path, mac.path.segments[0].ident.span());
        self.tokens(mac.tokens.clone());
        visit::visit_macro(self, mac);
    }
}
