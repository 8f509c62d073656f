//! `lian embed`: texts in, vectors on stdout as they come, tokens and cost on stderr. It refuses to
//! keep anything, and to send what the model is known not to take.

mod books;

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::time::Duration;

use serde_json::json;

use books::Books;

use super::chat::{BROKEN_PIPE, Delivered, Signals, deliver};
use crate::api::diagnose::{self, Asked, diagnose};
use crate::api::embeddings::{Batches, surface};
use crate::api::region::Endpoint;
use crate::api::retry::{Decision, Tried, decide};
use crate::catalog::Catalog;
use crate::catalog::embeddings::EmbeddingRow;
use crate::cli::embed::EmbedArgs;
use crate::config::Config;
use crate::domain::embeddings::{
    EmbedRequest, EmbedUsage, Embedded, TextType, Vector, VectorKind, cosine,
};
use crate::domain::models::{ModelId, Purpose};
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::{Figures, Language};
use crate::service::chat::Deps;
use crate::service::ledger::alone::Alone;
use crate::text::width::Widths;
use crate::text::{estimate, sanitize};
use crate::words::embeddings::Embeddings as Words;
use crate::words::{self, Phrase};

/// Exit code for what cannot be asked.
const USAGE: u8 = 2;
/// Exit code for a key that a named place does not give.
const CONFIGURATION: u8 = 6;

/// Columns of a text beside its row of the table.
const TEXT_COLUMNS: usize = 40;

/// The texts of the file or of stdin, one a line without blank ones. `None`: nothing was named and
/// nothing comes through a pipe.
pub fn texts(args: &EmbedArgs) -> io::Result<Option<Vec<String>>> {
    let bytes = match args.file.as_deref() {
        Some(path) if path.as_os_str() != "-" => read_file(path)?,
        None if io::stdin().is_terminal() => return Ok(None),
        Some(_) | None => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes)?;
            bytes
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    Ok((!lines.is_empty()).then_some(lines))
}

#[expect(clippy::disallowed_methods, reason = "a command reads the file that was named")]
fn read_file(path: &std::path::Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// What was asked for, or a sentence why it cannot be.
fn request(
    args: &EmbedArgs,
    texts: Vec<String>,
    catalog: &Catalog,
    language: Language,
) -> Result<EmbedRequest, String> {
    let model = match &args.model {
        Some(model) => ModelId::new(model),
        None => catalog.default_embedding(),
    };
    let name = model.as_str();
    let say = |words: Words<'_>| words.say(language).into_owned();
    // Of a model that no row knows nothing is refused: a list is older than the service.
    if let Some(row) = catalog.model_row(&model) {
        if row.purpose() != Purpose::Embedding {
            let others = catalog.embedding_models().join(", ");
            return Err(say(Words::NoEmbedding { model: name, others: &others }));
        }
        if row.async_only {
            return Err(say(Words::AsTask { model: name }));
        }
    }
    if let Some(row) = catalog.embedding(&model) {
        allowed(args, row).map_err(say)?;
    }
    let text_type = args.text_type.as_deref();
    let types = [TextType::Query, TextType::Document];
    Ok(EmbedRequest {
        texts,
        dimensions: args.dimensions,
        text_type: types.into_iter().find(|kind| Some(kind.name()) == text_type),
        kind: if args.sparse { VectorKind::Both } else { VectorKind::Dense },
        instruct: args.instruct.clone(),
        model,
    })
}

/// Whether the model's row allows what was asked for.
fn allowed<'a>(args: &EmbedArgs, row: &'a EmbeddingRow) -> Result<(), Words<'a>> {
    let model = row.model.as_str();
    if let Some(wanted) = args.dimensions
        && !row.dimensions.is_empty()
        && !row.dimensions.contains(&wanted)
    {
        return Err(Words::NoDimensions { model, choices: &row.dimensions });
    }
    let options = [
        (args.sparse && !row.sparse, "--sparse"),
        (args.instruct.is_some() && !row.instruct, "--instruct"),
        (args.text_type.is_some() && !row.query, "--text-type"),
    ];
    match options.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, option)) => Err(Words::NoOption { model, option }),
        None => Ok(()),
    }
}

/// Makes the vectors and prints them. Returns the exit code.
pub async fn run(config: &Config, deps: Deps, args: &EmbedArgs, texts: Vec<String>) -> u8 {
    let language = config.settings.language;
    let catalog = deps.catalog.get();
    let request = match request(args, texts, &catalog, language) {
        Ok(request) => request,
        Err(sentence) => {
            tell(&sentence);
            return USAGE;
        }
    };
    let endpoint = match deps.keys.unlock(&deps.endpoint).await {
        Ok(endpoint) => endpoint,
        Err(fault) => {
            tell(&words::line(language, &Notice::new(NoticeKind::Key(fault))));
            return CONFIGURATION;
        }
    };
    let row = catalog.embedding(&request.model);
    let figures = config.settings.figures;
    if !args.plain && !args.json {
        forecast(&request, row, &catalog, figures, language);
    }
    let cap = row.map_or(1, |row| row.texts);
    let alone = Alone::in_dir(config.paths.data.clone());
    let purse = super::chat::purse(&config.settings, args.over_budget);
    let asked = (request.model.clone(), surface(&request));
    let mut work = Work {
        books: Books::new((alone.ledger(), purse), catalog.clone(), asked, deps.seed),
        deps: &deps,
        endpoint,
        language,
        request: &request,
        waited: Duration::ZERO,
        random: deps.seed,
        signals: Signals::new(),
        usage: EmbedUsage::default(),
        vectors: Vec::new(),
        done: 0,
    };
    let code = work.all(Batches::new(&request, surface(&request), cap), args).await;
    work.books.left().await;
    if work.done > 0 && !args.plain {
        let tokens = work.usage.tokens;
        let cost = tokens.and_then(|n| catalog.embedding_cost(figures, &request.model, n));
        tell(&Words::Used { texts: work.done as u64, tokens, cost }.say(language));
    }
    drop(work);
    alone.close().await;
    code
}

/// What it will be about, before anything is sent.
fn forecast(
    request: &EmbedRequest,
    row: Option<&EmbeddingRow>,
    catalog: &Catalog,
    figures: Figures,
    language: Language,
) {
    let counts: Vec<u64> = request.texts.iter().map(|text| estimate::tokens(text)).collect();
    let tokens = counts.iter().sum();
    let cost = catalog.embedding_cost(figures, &request.model, tokens);
    let texts = counts.len() as u64;
    tell(&Words::Estimate { texts, tokens, cost }.say(language));
    let most = row.map_or(u64::MAX, |row| row.tokens);
    for (index, tokens) in counts.into_iter().enumerate().filter(|(_, tokens)| *tokens > most) {
        tell(&Words::TooLong { index: index as u64, tokens, most }.say(language));
    }
}

/// What runs until all vectors are there.
struct Work<'a> {
    deps: &'a Deps,
    endpoint: Endpoint,
    language: Language,
    request: &'a EmbedRequest,
    /// Waits before tries, together.
    waited: Duration,
    random: u64,
    signals: Signals,
    books: Books,
    usage: EmbedUsage,
    /// Kept where all of them are needed at the end.
    vectors: Vec<Vector>,
    /// Texts whose vectors are out.
    done: usize,
}

impl Work<'_> {
    async fn all(&mut self, mut batches: Batches<'_>, args: &EmbedArgs) -> u8 {
        let mut tries = 0;
        loop {
            tries += 1;
            if let Err(code) = self.reserve(&batches, tries > 1).await {
                return code;
            }
            let next = tokio::select! {
                biased;
                signal = self.signals.next() => return signal,
                next = batches.next(&self.deps.client, &self.endpoint) => next,
            };
            match next {
                None => break,
                Some(Ok(embedded)) => {
                    tries = 0;
                    self.books.done(&embedded).await;
                    if let Err(code) = self.take(embedded, args).await {
                        return code;
                    }
                }
                Some(Err(error)) => {
                    self.books.failed(&error).await;
                    let random = self.random();
                    let so_far = Tried { tries, waited: self.waited, output: false, random };
                    let decision = decide(&error, so_far);
                    let model = &self.request.model;
                    let asked = Asked {
                        purpose: diagnose::Purpose::Embedding,
                        tries: if decision == Decision::GiveUp { tries } else { 0 },
                        ..Asked::chat(model, &self.endpoint, &self.deps.catalog)
                    };
                    let notice = diagnose(&error, &asked);
                    match decision {
                        Decision::GiveUp => {
                            tell(&words::line(self.language, &notice));
                            return notice.kind.exit_code(self.done > 0);
                        }
                        Decision::After(wait) => {
                            if let Err(signal) = self.wait(&notice, wait, tries + 1, args).await {
                                return signal;
                            }
                        }
                    }
                }
            }
        }
        if args.similar {
            let table = likeness(&self.request.texts, &self.vectors, args.json);
            return self.print(table.into_bytes()).await.err().unwrap_or(0);
        }
        0
    }

    /// Counts the part that is next, if there is one. The exit code where it may not be sent.
    async fn reserve(&mut self, batches: &Batches<'_>, again: bool) -> Result<(), u8> {
        let texts = &self.request.texts;
        let begin = texts.len() - batches.left();
        let part = &texts[begin..(begin + batches.cap()).min(texts.len())];
        if part.is_empty() {
            return Ok(());
        }
        match self.books.reserve(part, again).await {
            Ok(notice) => {
                if let Some(notice) = notice {
                    tell(&words::line(self.language, &notice));
                }
                Ok(())
            }
            Err(notice) => {
                tell(&words::line(self.language, &notice));
                Err(notice.kind.exit_code(self.done > 0))
            }
        }
    }

    /// Prints what has come, or keeps it until all is there.
    async fn take(&mut self, embedded: Embedded, args: &EmbedArgs) -> Result<(), u8> {
        self.usage = self.usage.plus(embedded.usage);
        self.done += embedded.vectors.len();
        if args.similar {
            self.vectors.extend(embedded.vectors);
            return Ok(());
        }
        let mut out = String::new();
        for vector in &embedded.vectors {
            let text = self.request.texts.get(vector.index).map_or("", String::as_str);
            out.push_str(&if args.json { json_line(text, vector) } else { line(text, vector) });
            out.push('\n');
        }
        self.print(out.into_bytes()).await
    }

    async fn print(&mut self, bytes: Vec<u8>) -> Result<(), u8> {
        let mut code = None;
        match deliver(bytes, &mut self.signals, &mut code).await {
            Delivered::Whole => code.map_or(Ok(()), Err),
            Delivered::Not => Err(code.unwrap_or(BROKEN_PIPE)),
        }
    }

    /// Waits before the next try, and says so.
    async fn wait(
        &mut self,
        notice: &Notice,
        wait: Duration,
        attempt: u32,
        args: &EmbedArgs,
    ) -> Result<(), u8> {
        if !args.plain {
            let seconds = wait.as_millis().div_ceil(1000) as u64;
            let again = words::say(self.language, Phrase::TryAgainIn { seconds, attempt });
            tell(&format!("{} {again}", words::line(self.language, notice)));
        }
        self.waited += wait;
        tokio::select! {
            biased;
            signal = self.signals.next() => Err(signal),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// From 0 up to below 1.
    fn random(&mut self) -> f64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        f64::from((self.random >> 33) as u32) / f64::from(1_u32 << 31)
    }
}

fn tell(text: &str) {
    drop(writeln!(io::stderr(), "lian: {text}"));
}

/// A text that cannot break out of its column.
fn one_line(text: &str) -> String {
    sanitize::line(text).replace('\t', " ")
}

/// Number, text, vector, weights; tabs between them.
fn line(text: &str, vector: &Vector) -> String {
    let mut out = format!("{}\t{}\t", vector.index, one_line(text));
    for (n, number) in vector.dense.iter().enumerate() {
        let blank = if n == 0 { "" } else { " " };
        let _ = write!(out, "{blank}{number}");
    }
    if !vector.sparse.is_empty() {
        out.push('\t');
        for (n, term) in vector.sparse.iter().enumerate() {
            let blank = if n == 0 { "" } else { " " };
            let _ = write!(out, "{blank}{}:{}", term.index, term.value);
        }
    }
    out
}

fn json_line(text: &str, vector: &Vector) -> String {
    let mut value = json!({"index": vector.index, "text": text, "embedding": vector.dense});
    if !vector.sparse.is_empty() {
        let term = |term: &crate::domain::embeddings::SparseTerm| json!({"index": term.index, "value": term.value, "token": term.token});
        value["sparse"] = vector.sparse.iter().map(term).collect();
    }
    value.to_string()
}

/// How alike all texts are: a table for eyes, or one JSON object for each text.
fn likeness(texts: &[String], vectors: &[Vector], json: bool) -> String {
    let near = |a: &Vector, b: &Vector| cosine(&a.dense, &b.dense);
    if json {
        let row = |a: &Vector| {
            let text = texts.get(a.index).map_or("", String::as_str);
            let all: Vec<Option<f64>> = vectors.iter().map(|b| near(a, b)).collect();
            format!("{}\n", json!({"index": a.index, "text": text, "similar": all}))
        };
        return vectors.iter().map(row).collect();
    }
    let last = vectors.len().saturating_sub(1).to_string();
    // A cell is as wide as `-0.12`, or as the largest number above it.
    let cell = last.len().max(5);
    let mut out = " ".repeat(last.len());
    for column in vectors {
        let _ = write!(out, "  {:>cell$}", column.index);
    }
    out.push('\n');
    for row in vectors {
        let _ = write!(out, "{:>width$}", row.index, width = last.len());
        for column in vectors {
            let _ = match near(row, column) {
                Some(cosine) => write!(out, "  {cosine:>cell$.2}"),
                None => write!(out, "  {:>cell$}", "-"),
            };
        }
        let text = texts.get(row.index).map_or("", String::as_str);
        out.push_str("  ");
        out.push_str(&shortened(&one_line(text)));
        out.push('\n');
    }
    out
}

/// The beginning of a text that fits beside a table.
fn shortened(text: &str) -> String {
    let widths = Widths::default();
    if widths.text(text) <= TEXT_COLUMNS {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut columns = 1;
    for cluster in widths.clusters(text) {
        columns += cluster.cells;
        if columns > TEXT_COLUMNS {
            break;
        }
        out.push_str(cluster.text);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests;
