//! Comrak's reading of a whole source, in the form of ours.

use super::*;

/// A container of the oracle: its mark and whether that is shown already.
type Path = Vec<(Mark, Option<bool>, bool)>;

fn oracle(source: &str) -> Vec<(Vec<Mark>, Body)> {
    let mut options = inline::options();
    options.extension.table = true;
    options.extension.tasklist = true;
    let arena = Arena::new();
    let root = parse_document(&arena, source, &options);
    let mut out = Vec::new();
    let mut reader = Oracle { out: &mut out, path: Vec::new(), codes: 0 };
    reader.children(root);
    out
}

struct Oracle<'o> {
    out: &'o mut Vec<(Vec<Mark>, Body)>,
    path: Path,
    codes: usize,
}

impl Oracle<'_> {
    fn emit(&mut self, body: Body) {
        let mut marks = Vec::new();
        for (mark, task, led) in &mut self.path {
            match mark {
                Mark::Quote => marks.push(Mark::Quote),
                _ if *led => {
                    let number =
                        if let Mark::Number(n, _) = mark { n.to_string().len() + 2 } else { 0 };
                    let boxed = if task.is_some() && number > 0 { 2 } else { 0 };
                    marks.push(Mark::Indent((number + boxed).max(2) as u8));
                }
                Mark::Bullet if task.is_some() => {}
                _ => marks.push(*mark),
            }
            if !*led && *mark != Mark::Quote {
                marks.extend(task.map(Mark::Task));
            }
            *led = true;
        }
        self.out.push((marks, body));
    }

    fn children(&mut self, node: Node<'_>) {
        let mut number = None;
        for child in node.children() {
            let value = child.data().value.clone();
            match value {
                NodeValue::BlockQuote => {
                    self.path.push((Mark::Quote, None, false));
                    self.children(child);
                    self.path.pop();
                }
                NodeValue::List(_) => self.children(child),
                NodeValue::Item(_) | NodeValue::TaskItem(_) => {
                    let NodeValue::List(list) = node.data().value.clone() else {
                        panic!("no list")
                    };
                    let next = number.map_or(list.start as u32, |n: u32| n + 1);
                    number = Some(next);
                    let after = if list.delimiter == ListDelimType::Paren { ')' } else { '.' };
                    let mark = match list.list_type {
                        ListType::Bullet => Mark::Bullet,
                        ListType::Ordered => Mark::Number(next, after),
                    };
                    let task = if let NodeValue::TaskItem(it) = value {
                        Some(it.symbol.is_some())
                    } else {
                        None
                    };
                    self.path.push((mark, task, false));
                    self.children(child);
                    if self.path.last().is_some_and(|(_, _, led)| !led) {
                        self.emit(Body::Paragraph(Flow::default()));
                    }
                    self.path.pop();
                }
                _ => self.leaf(child, &value),
            }
        }
    }

    fn leaf(&mut self, node: Node<'_>, value: &NodeValue) {
        match value {
            NodeValue::Paragraph => {
                let flow = inline::flow_of(node, Ink::default(), true);
                if !flow.text().is_empty() {
                    self.emit(Body::Paragraph(flow));
                }
            }
            NodeValue::Heading(heading) => {
                let level = heading.level;
                let ink = Ink {
                    role: InkRole::Heading(level),
                    bold: true,
                    italic: level > 3,
                    underline: level == 2,
                    strike: false,
                };
                self.emit(Body::Heading { level, flow: inline::flow_of(node, ink, true) });
            }
            NodeValue::ThematicBreak => self.emit(Body::Rule),
            NodeValue::CodeBlock(code) => {
                let block = self.codes;
                self.codes += 1;
                let language = code.info.split(' ').next().unwrap_or_default().into();
                self.emit(Body::CodeHead { block, language });
                for (line, text) in code.literal.lines().enumerate() {
                    let text = if code.fenced { text } else { text.trim_end() };
                    self.emit(Body::CodeLine { block, line, text: text.into(), colours: None });
                }
                self.emit(Body::CodeFoot { block });
            }
            NodeValue::HtmlBlock(html) => {
                for line in html.literal.lines() {
                    self.emit(Body::Paragraph(Flow::of(line.trim_end(), Ink::default())));
                }
            }
            NodeValue::Table(table) => {
                let aligns = table.alignments.iter().map(|a| match a {
                    TableAlignment::Center => Align::Center,
                    TableAlignment::Right => Align::Right,
                    TableAlignment::Left | TableAlignment::None => Align::Left,
                });
                let head = Ink { bold: true, ..Ink::of(InkRole::TableHead) };
                let mut rows = node.children().map(|row| {
                    let NodeValue::TableRow(header) = row.data().value else { panic!("no row") };
                    let ink = if header { head } else { Ink::default() };
                    row.children().map(|cell| inline::flow_of(cell, ink, true)).collect::<Cells>()
                });
                let head = rows.next().unwrap();
                self.emit(Body::Table(std::sync::Arc::new(Table {
                    aligns: aligns.collect(),
                    head,
                    rows: rows.collect(),
                    natural: Vec::new(),
                    goes_on: false,
                })));
            }
            other => panic!("unexpected {other:?}"),
        }
    }
}

/// Our pieces in the oracle's form: widths of columns left out, short rows filled up, blanks at
/// the end of indented code gone.
fn comparable(doc: &Document) -> Vec<(Vec<Mark>, Body)> {
    let mut indented = false;
    let form = |piece: &Piece| {
        let body = match &piece.body {
            Body::Table(table) => {
                let mut table = Table::clone(table);
                table.natural.clear();
                for row in &mut table.rows {
                    let mut cells = row.to_vec();
                    cells.resize(table.head.len(), Flow::default());
                    *row = cells.into();
                }
                Body::Table(table.into())
            }
            Body::CodeHead { language, .. } => {
                indented = language.is_empty();
                piece.body.clone()
            }
            Body::CodeLine { block, line, text, .. } if indented => {
                let text = text.trim_end().into();
                Body::CodeLine { block: *block, line: *line, text, colours: None }
            }
            other => other.clone(),
        };
        (piece.marks.to_vec(), body)
    };
    doc.pieces().iter().map(form).collect()
}

/// Blanks that comrak keeps of lazy lines, in code spans and at the end of code lines, are no
/// difference.
fn loosen(mut pieces: Vec<(Vec<Mark>, Body)>) -> Vec<(Vec<Mark>, Body)> {
    for (_, body) in &mut pieces {
        match body {
            Body::CodeLine { text, .. } => *text = text.trim_end().into(),
            Body::Paragraph(flow) | Body::Heading { flow, .. } => {
                let mut loose = Flow::default();
                let mut at = 0;
                for run in flow.runs() {
                    let end = at + run.len as usize;
                    let mut text = flow.text()[at..end].to_owned();
                    while run.ink.role == InkRole::InlineCode && text.contains("  ") {
                        text = text.replace("  ", " ");
                    }
                    let code = run.ink.role == InkRole::InlineCode;
                    loose.push(if code { text.trim() } else { &text }, run.ink);
                    at = end;
                }
                *flow = loose;
            }
            _ => {}
        }
    }
    pieces
}

pub(super) fn assert_as_comrak(source: &str) {
    let ours = loosen(comparable(&whole(source)));
    let theirs = loosen(oracle(source));
    assert_eq!(ours, theirs, "{source:?}");
}
