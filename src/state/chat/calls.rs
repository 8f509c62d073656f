//! Calls of tools as they arrive: each is shown with its name and its arguments set in, one after the
//! other, however their pieces are mixed. It refuses to run any of them.

use crate::text::json::Printer;

/// The calls of one answer.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// In the order they began.
    all: Vec<Call>,
    /// How many of them are begun on the screen; the last of these is open.
    begun: usize,
    /// The last one begun has not been closed.
    open: bool,
}

#[derive(Debug)]
struct Call {
    index: u32,
    name: String,
    /// What has come and is not shown.
    waiting: String,
    printer: Printer,
    /// Only blanks stand before the next character in its line.
    at_head: bool,
}

/// What a line that could be taken for the end of the code block is set in by.
const APART: &str = "    ";

impl Calls {
    /// Takes a piece of a call; answers with the markdown to add. `empty` tells that nothing stands
    /// before it.
    pub(super) fn piece(
        &mut self,
        index: u32,
        name: Option<&str>,
        arguments: &str,
        empty: bool,
    ) -> String {
        // A second name is another call, even where a server numbers them all alike.
        let same = |call: &Call| call.index == index && (name.is_none() || call.name.is_empty());
        let at = self.all.iter().rposition(same);
        let at = at.unwrap_or_else(|| {
            let (name, waiting, printer) = (String::new(), String::new(), Printer::default());
            self.all.push(Call { index, name, waiting, printer, at_head: true });
            self.all.len() - 1
        });
        let at = self.again(at, arguments);
        let call = &mut self.all[at];
        if let Some(name) = name {
            name.clone_into(&mut call.name);
        }
        call.waiting.push_str(arguments);
        let mut out = String::new();
        self.show(empty, false, &mut out);
        out
    }

    /// More of a call whose block is closed goes into another one.
    fn again(&mut self, at: usize, arguments: &str) -> usize {
        let closed = at + 1 < self.begun || (at + 1 == self.begun && !self.open);
        if !closed || arguments.is_empty() {
            return at;
        }
        let Call { index, name, .. } = &self.all[at];
        let (index, name) = (*index, name.clone());
        let (waiting, printer) = (String::new(), Printer::default());
        self.all.push(Call { index, name, waiting, printer, at_head: true });
        self.all.len() - 1
    }

    /// Something else comes, or nothing any more: all that waited is shown.
    pub(super) fn finish(&mut self) -> String {
        let mut out = String::new();
        self.show(self.begun == 0, true, &mut out);
        *self = Self::default();
        out
    }

    /// Shows what may be shown now: of calls that are mixed the first until it is whole.
    fn show(&mut self, empty: bool, finish: bool, out: &mut String) {
        loop {
            let next = self.begun < self.all.len();
            if self.open
                && let Some(call) = self.all.get_mut(self.begun - 1)
            {
                call.show(out);
                if !(finish || next && call.printer.is_whole()) {
                    return;
                }
                out.push_str("\n```");
                self.open = false;
            }
            let Some(call) = self.all.get(self.begun) else { return };
            // A name with backticks in it would end its own code.
            let name = call.name.replace('`', "'");
            let between = if empty && self.begun == 0 { "" } else { "\n\n" };
            out.extend([between, "`", &name, "`\n\n```json\n"]);
            self.begun += 1;
            self.open = true;
        }
    }
}

impl Call {
    /// Shows what waited. Arguments that are no JSON may hold anything, fences of code too.
    fn show(&mut self, out: &mut String) {
        let text = self.printer.push(&std::mem::take(&mut self.waiting));
        for c in text.chars() {
            if c == '`' && self.at_head {
                out.push_str(APART);
            }
            self.at_head = c == '\n' || (self.at_head && c == ' ');
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown::Document;
    use proptest::prelude::*;

    /// The markdown of pieces, and the code blocks it makes.
    fn shown(pieces: &[(u32, Option<&str>, &str)]) -> (String, Vec<String>) {
        let mut calls = Calls::default();
        let mut text = String::new();
        for (index, name, arguments) in pieces {
            text.push_str(&calls.piece(*index, *name, arguments, text.is_empty()));
        }
        text.push_str(&calls.finish());
        let mut document = Document::new();
        document.push(&text);
        document.finish();
        let lines = |at| document.code_lines(at, 0).collect::<Vec<_>>().join("\n");
        let blocks = (0..document.code_blocks().len()).map(lines).collect();
        (text, blocks)
    }

    #[test]
    fn arguments_are_set_in_while_they_come() {
        let mut calls = Calls::default();
        let head = calls.piece(0, Some("get_weather"), "", true);
        assert_eq!(head, "`get_weather`\n\n```json\n");
        assert_eq!(calls.piece(0, None, "{\"city\": \"Hang", false), "{\n  \"city\": \"Hang");
        assert_eq!(calls.piece(0, None, "zhou\"}", false), "zhou\"\n}");
        assert_eq!(calls.finish(), "\n```");
        assert_eq!(calls.finish(), "", "there is nothing left");
    }

    #[test]
    fn mixed_pieces_come_out_call_by_call() {
        let (text, blocks) = shown(&[
            (0, Some("a"), "{\"x\":"),
            (1, Some("b"), "{\"y\":"),
            (0, None, "1}"),
            (2, Some("c"), ""),
            (1, None, "2}"),
            (2, None, "{}"),
        ]);
        assert_eq!(blocks, ["{\n  \"x\": 1\n}", "{\n  \"y\": 2\n}", "{}"], "{text}");
        let names: Vec<_> = ["`a`", "`b`", "`c`"].iter().map(|name| text.find(name)).collect();
        assert!(names.is_sorted() && names[0].is_some(), "{text}");
    }

    #[test]
    fn fences_in_arguments_break_nothing() {
        for arguments in [
            "```\nrm -rf /\n```\n# loud",
            "{\"a\": \"```\\n```\"}",
            "{\n```\n```json\n",
            "plain\n   ```\n`x`",
        ] {
            let (text, blocks) = shown(&[(0, Some("a`b"), arguments), (1, Some("next"), "{}")]);
            assert_eq!(blocks.len(), 2, "{text}");
            assert_eq!(blocks[1], "{}");
            let bare = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(bare(&blocks[0]), bare(arguments));
            assert!(text.starts_with("`a'b`"));
        }
    }

    proptest! {
        /// Whatever the arguments are and however they are cut and mixed: nothing is lost and nothing
        /// leaves its block.
        #[test]
        fn nothing_is_lost(
            arguments in prop::collection::vec("[ \n`{}\":,a~#1-]{0,20}", 1..4),
            every in 1_usize..6,
        ) {
            let mut pieces = Vec::new();
            for (index, text) in (0..).zip(&arguments) {
                let mut chars = text.chars().collect::<Vec<_>>();
                let rest = chars.split_off(every.min(chars.len()));
                pieces.push((index, Some("f"), chars.iter().collect::<String>()));
                for piece in rest.chunks(every) {
                    pieces.push((index, None, piece.iter().collect::<String>()));
                }
            }
            // Mixed, but each call in order.
            let (early, late): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|p| p.1.is_some());
            let (odd, even): (Vec<_>, Vec<_>) = late.into_iter().partition(|p| p.0 % 2 == 1);
            let mixed: Vec<_> = early.into_iter().chain(odd).chain(even).collect();
            let mixed: Vec<_> = mixed.iter().map(|(i, n, a)| (*i, *n, a.as_str())).collect();
            let (text, blocks) = shown(&mixed);
            // What goes on after its end has a second block; else there is one for each.
            prop_assert!(blocks.len() >= arguments.len(), "{}", text);
            let letters = |texts: &[String]| {
                let mut letters: Vec<_> = texts.concat().replace([' ', '\n'], "").chars().collect();
                letters.sort_unstable();
                letters
            };
            prop_assert_eq!(letters(&blocks), letters(&arguments), "{}", text);
        }
    }
}
