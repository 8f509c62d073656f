//! How a file of the house looks: it says first what it is, and it is short enough to read.

use syn::spanned::Spanned;

use crate::reader::{attributes, is_test};
use crate::{list, sources};

/// Lines a file may have without its tests.
const MOST: usize = 500;

/// Lines without the items that exist only for tests.
fn length(text: &str) -> usize {
    let file = syn::parse_file(text).expect("a source that parses");
    let tests: usize = file
        .items
        .iter()
        .filter(|item| is_test(attributes(item)))
        .map(|item| {
            let span = item.span();
            span.end().line - span.start().line + 1
        })
        .sum();
    text.lines().count() - tests
}

#[test]
fn every_file_says_first_what_it_is() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(source, _)| source.name())
        .map(|path| format!("{path}:1: begin with `//!`: what the file owns and refuses"))
        .collect();
    assert!(silent.is_empty(), "files without a header:\n{}", list(&silent));
}

#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(source, _)| !source.is_test())
        .map(|(source, text)| (length(&text), source.name()))
        .filter(|(lines, _)| *lines > MOST)
        .map(|(lines, path)| format!("{path}: {lines} lines without its tests, at most {MOST}"))
        .collect();
    assert!(long.is_empty(), "files to split:\n{}", list(&long));
}

#[test]
fn tests_do_not_count() {
    let text = "//! x\nfn a() {}\n\n/// doc\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
    assert_eq!(length(text), 3);
    assert_eq!(length("//! x\n#[cfg(test)]\nmod tests;\nfn a() {}\n"), 2);
    assert_eq!(length("//! x\n#[cfg(not(test))]\nmod a;\n"), 3);
}
