//! `lian models`: the catalog in force, for eyes and for programs. It refuses the network: what it
//! prints is what the screen shows.

use serde_json::{Value, json};

use super::config::Answer;
use crate::catalog::limits::Limit;
use crate::catalog::models::{ModelRow, Stream};
use crate::catalog::prices::{Mode, Part, PriceRow};
use crate::catalog::{Basis, Catalog};
use crate::cli::models::ModelsArgs;
use crate::config::{self, Flags};
use crate::domain::day::Day;
use crate::domain::models::{Ability, ModelId, Surfaces, Thinking};
use crate::domain::money::Currency;
use crate::domain::settings::{Figures, Language};
use crate::service::models::notice;
use crate::text::width::Widths;
use crate::text::{fuzzy, sanitize};
use crate::words::models::Models as Words;
use crate::words::{self, grouped};

const NOTHING: u8 = 1;
const USAGE: u8 = 2;
const CONFIGURATION: u8 = 6;

/// Lists them; as a table if `table`, in which what ended before `today` is marked.
#[must_use]
pub fn run(args: &ModelsArgs, flags: &Flags, table: bool, today: Day) -> Answer {
    let config = match config::load(flags, &super::env) {
        Ok(config) => config,
        Err(error) => {
            return Answer {
                err: vec![error.to_string()],
                code: CONFIGURATION,
                ..Answer::default()
            };
        }
    };
    let (mine, faults) = config::models::catalog(&config.paths.config);
    let catalog = mine.map_or_else(Catalog::embedded, Into::into);
    let settings = &config.settings;
    let list =
        Listing { catalog: &catalog, figures: settings.figures, language: settings.language };
    let mut answer = list.answer(args, table, today);
    let broken = notice(&faults).map(|notice| words::line(settings.language, &notice));
    answer.err.splice(0..0, broken);
    answer
}

/// What is printed from.
struct Listing<'a> {
    catalog: &'a Catalog,
    figures: Figures,
    language: Language,
}

impl Listing<'_> {
    fn answer(&self, args: &ModelsArgs, table: bool, today: Day) -> Answer {
        if let Some(family) = args.family.as_deref().filter(|family| !self.has_family(family)) {
            let known = self.families().join(", ");
            let sentence = format!("unknown family {family:?}; the families are {known}");
            return Answer { err: vec![sentence], code: USAGE, ..Answer::default() };
        }
        let rows = self.found(args);
        if rows.is_empty() {
            return self.nothing(args);
        }
        let out = match (args.json, table) {
            (true, _) => rows.iter().map(|row| self.json(row).to_string() + "\n").collect(),
            (false, true) => self.table(&rows, today),
            (false, false) => rows.iter().map(|row| self.line(row)).collect(),
        };
        Answer { out, ..Answer::default() }
    }

    fn families(&self) -> Vec<&str> {
        let mut families: Vec<&str> =
            self.catalog.model_rows().iter().map(|row| row.family.as_str()).collect();
        families.sort_unstable();
        families.dedup();
        families
    }

    fn has_family(&self, family: &str) -> bool {
        self.families().contains(&family)
    }

    fn found(&self, args: &ModelsArgs) -> Vec<&ModelRow> {
        let can = |row: &ModelRow| {
            let able = |ability: &Ability| self.catalog.can(row, *ability) == Some(true);
            args.can
                .iter()
                .all(|name| Ability::ALL.iter().filter(|ability| ability.name() == name).any(able))
        };
        let fits = |row: &&ModelRow| {
            args.family.as_ref().is_none_or(|family| *family == row.family)
                && args.purpose.as_ref().is_none_or(|purpose| purpose == row.purpose().name())
                && can(row)
        };
        let rows: Vec<&ModelRow> = self.catalog.model_rows().iter().filter(fits).collect();
        let names: Vec<String> = rows.iter().map(|row| self.catalog.names(row)).collect();
        let texts = rows.iter().zip(&names).map(|(row, names)| (row.id.as_str(), names.as_str()));
        let query = args.words.join(" ");
        fuzzy::rank_named(&query, texts).into_iter().map(|hit| rows[hit.index]).collect()
    }

    fn nothing(&self, args: &ModelsArgs) -> Answer {
        let mut err = vec![Words::NoneFound.say(self.language).into_owned()];
        let near = self.catalog.near(&args.words.join("-"));
        if !near.is_empty() {
            err.push(Words::Near(&near.join(", ")).say(self.language).into_owned());
        }
        Answer { err, code: NOTHING, ..Answer::default() }
    }

    /// One line for programs: tabs between fields, nothing for what is not known.
    fn line(&self, row: &ModelRow) -> String {
        let model = self.catalog.model(&ModelId::new(&row.id));
        let size = |size: Option<u64>| size.map(|n| n.to_string()).unwrap_or_default();
        let tag = self.catalog.tag(self.figures, row);
        let amount = |amount: Option<rust_decimal::Decimal>| {
            amount.map(|amount| amount.normalize().to_string()).unwrap_or_default()
        };
        let can = Ability::ALL.into_iter().filter(|a| self.catalog.can(row, *a) == Some(true));
        let fields = [
            row.id.clone(),
            row.family.clone(),
            row.purpose().name().to_owned(),
            amount(tag.as_ref().and_then(|tag| tag.input)),
            amount(tag.as_ref().and_then(|tag| tag.output)),
            tag.as_ref().map(|tag| currency(tag.currency).to_owned()).unwrap_or_default(),
            tag.as_ref().map(|tag| tag.unit.name().to_owned()).unwrap_or_default(),
            size(model.as_ref().and_then(|model| model.context_tokens)),
            size(model.as_ref().and_then(|model| model.max_output)),
            can.map(Ability::name).collect::<Vec<_>>().join(","),
            row.regions.join(","),
            row.retires.clone().unwrap_or_default(),
        ];
        let fields = fields.map(|field| sanitize::line(&field).replace('\t', " "));
        format!("{}\n", fields.join("\t"))
    }

    /// Columns for eyes, as wide as what is in them.
    fn table(&self, rows: &[&ModelRow], today: Day) -> String {
        let widths = Widths::default();
        let mut lines: Vec<[String; 6]> = vec![self.head()];
        lines.extend(rows.iter().map(|row| self.cells(row, today)));
        let mut columns = [0; 6];
        for line in &lines {
            for (column, cell) in columns.iter_mut().zip(line) {
                *column = widths.text(cell).max(*column);
            }
        }
        let mut out = String::new();
        for line in &lines {
            let mut text = String::new();
            for (i, (cell, column)) in line.iter().zip(columns).enumerate() {
                let blanks = " ".repeat(column - widths.text(cell));
                // Figures end where those above and below them end.
                let right = (2..4).contains(&i);
                let (before, after) = if right { (blanks.as_str(), "") } else { ("", &*blanks) };
                text.extend([before, cell, after, "  "]);
            }
            out.push_str(text.trim_end());
            out.push('\n');
        }
        out
    }

    fn head(&self) -> [String; 6] {
        let head = |words: Words<'_>| words.say(self.language).into_owned();
        [
            Words::HeadModel,
            Words::HeadFamily,
            Words::HeadPrice,
            Words::HeadContext,
            Words::HeadCan,
            Words::HeadNote,
        ]
        .map(head)
    }

    fn cells(&self, row: &ModelRow, today: Day) -> [String; 6] {
        let say = |words: Words<'_>| words.say(self.language).into_owned();
        let family = self.catalog.family(&row.family);
        let family = family.map_or(row.family.as_str(), |family| match self.language {
            Language::En => &family.en,
            Language::ZhCn => &family.zh,
        });
        let price = self.catalog.tag(self.figures, row).map(|tag| {
            let amounts = [tag.input, tag.output].into_iter().flatten();
            let amounts: Vec<String> = amounts.map(|n| n.normalize().to_string()).collect();
            let about = if tag.borrowed { "≈" } else { "" };
            let unit = say(Words::PerShort(tag.unit));
            format!("{about}{}{}{unit}", tag.currency.sign(), amounts.join("/"))
        });
        let model = self.catalog.model(&ModelId::new(&row.id));
        let context = model.and_then(|model| model.context_tokens).map(grouped);
        let can = Ability::ALL.into_iter().filter(|a| self.catalog.can(row, *a) == Some(true));
        let can = can.map(|ability| say(Words::Can(ability))).collect::<Vec<_>>().join(", ");
        let mut notes = Vec::new();
        if let Some(last) = &row.retires {
            let over = Day::parse(last).is_some_and(|day| today.until(day) < 0);
            notes.push(if over { format!("† {last}") } else { format!("→ {last}") });
        }
        if row.purpose() != crate::domain::models::Purpose::Chat {
            notes.push(say(Words::For(row.purpose())));
        }
        notes.extend((!row.regions.is_empty()).then(|| row.regions.join(", ")));
        let cells = [
            row.id.clone(),
            family.to_owned(),
            price.unwrap_or_default(),
            context.unwrap_or_default(),
            can,
            notes.join("; "),
        ];
        cells.map(|cell| sanitize::line(&cell))
    }

    fn json(&self, row: &ModelRow) -> Value {
        let id = ModelId::new(&row.id);
        let model = self.catalog.model(&id);
        let abilities: serde_json::Map<String, Value> = Ability::ALL
            .into_iter()
            .map(|ability| (ability.name().to_owned(), json!(self.catalog.can(row, ability))))
            .collect();
        let (basis, prices) = self.catalog.price_list(self.figures, &id);
        let snapshots = self.catalog.snapshots(&row.id);
        json!({
            "id": row.id,
            "family": row.family,
            "purpose": row.purpose().name(),
            "surfaces": surfaces(row.surfaces()),
            "modality": row.modality,
            "context": model.as_ref().and_then(|model| model.context_tokens),
            "max_output": model.as_ref().and_then(|model| model.max_output),
            "thinking": thinking(row.thinking()),
            "stream": stream(row.stream),
            "async": row.async_only,
            "abilities": abilities,
            "alias": self.catalog.alias_of(&row.id).map(|alias| &alias.id),
            "snapshots": snapshots.iter().map(|row| &row.id).collect::<Vec<_>>(),
            "regions": row.regions,
            "retires": row.retires,
            "note": row.note,
            "source": row.source,
            "as_of": row.as_of,
            "prices": {
                "figures": figures(basis.figures),
                "alias": basis.alias.as_ref().map(ModelId::as_str),
                "rows": prices.iter().map(price).collect::<Vec<_>>(),
            },
            "limits": self.catalog.limits(self.figures, &id).map(|limit| limits(&limit)),
        })
    }
}

fn limits(limit: &Limit) -> Value {
    let Limit { row, basis: Basis { figures: set, alias } } = limit;
    json!({
        "figures": figures(*set),
        "alias": alias.as_ref().map(ModelId::as_str),
        "rpm": row.rpm,
        "tpm": row.tpm,
        "running": row.running,
        "note": row.note,
        "source": row.source,
        "as_of": row.as_of,
    })
}

fn price(row: &PriceRow) -> Value {
    let amount = |amount: Option<rust_decimal::Decimal>| amount.map(|n| n.normalize().to_string());
    json!({
        "above": row.above,
        "up_to": row.up_to,
        "thinking": row.thinking,
        "mode": match row.mode {
            Mode::Ordinary => "ordinary",
            Mode::Batch => "batch",
            Mode::ExplicitCache => "explicit-cache",
        },
        "part": match row.part {
            Part::All => "all",
            Part::Text => "text",
            Part::TextOfMixed => "text-of-mixed",
            Part::NoAudio => "no-audio",
            Part::Image => "image",
            Part::Audio => "audio",
        },
        "resolution": row.resolution,
        "quality": row.quality,
        "sound": row.sound,
        "unit": row.unit.name(),
        "input": amount(row.input),
        "output": amount(row.output),
        "cached": amount(row.cached),
        "currency": currency(row.currency()),
        "region": row.region,
        "note": row.note,
        "source": row.source,
        "as_of": row.as_of,
    })
}

const fn figures(figures: Figures) -> &'static str {
    match figures {
        Figures::Documented => "documented",
        Figures::Seed => "seed",
    }
}

const fn currency(currency: Currency) -> &'static str {
    match currency {
        Currency::Cny => "CNY",
        Currency::Usd => "USD",
    }
}

const fn surfaces(surfaces: Surfaces) -> &'static str {
    match surfaces {
        Surfaces::Compat => "compat",
        Surfaces::Native => "native",
        Surfaces::Both => "both",
        Surfaces::Socket => "socket",
    }
}

const fn thinking(thinking: Thinking) -> Option<&'static str> {
    match thinking {
        Thinking::Unknown => None,
        Thinking::Never => Some("never"),
        Thinking::Optional { on: false } => Some("off-by-default"),
        Thinking::Optional { on: true } => Some("on-by-default"),
        Thinking::Always => Some("always"),
    }
}

const fn stream(stream: Stream) -> &'static str {
    match stream {
        Stream::Free => "free",
        Stream::Thinking => "thinking",
        Stream::ThinkingByAudit => "thinking-by-audit",
        Stream::Always => "always",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(args: &ModelsArgs, table: bool, language: Language) -> Answer {
        let catalog = Catalog::embedded();
        let list = Listing { catalog: &catalog, figures: Figures::Documented, language };
        list.answer(args, table, Day::parse("2026-11-22").unwrap())
    }

    fn family(family: &str) -> ModelsArgs {
        ModelsArgs { family: Some(family.to_owned()), ..ModelsArgs::default() }
    }

    #[test]
    fn a_table_has_columns_whatever_is_in_them() {
        for language in [Language::En, Language::ZhCn] {
            let out = answer(&ModelsArgs::default(), true, language).out;
            let widths = Widths::default();
            // The family begins in the same cell of every row.
            let begins = |line: &str| {
                let id = line.split("  ").next().unwrap();
                let rest = line[id.len()..].trim_start();
                widths.text(&line[..line.len() - rest.len()])
            };
            let first = begins(out.lines().next().unwrap());
            assert!(out.lines().count() > 200);
            assert!(out.lines().all(|line| begins(line) == first), "{out}");
        }
        let out = answer(&family("qwen-vl"), true, Language::En).out;
        assert!(out.contains("† 2026-07-13"), "{out}");
        assert!(answer(&family("wan-video"), true, Language::ZhCn).out.contains("视频生成"));
    }

    #[test]
    fn filters_add_up() {
        let ids = |args: ModelsArgs| -> Vec<String> {
            let out = answer(&args, false, Language::En).out;
            out.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
        };
        let able = ids(ModelsArgs {
            can: vec!["vision".to_owned(), "search".to_owned()],
            purpose: Some("chat".to_owned()),
            ..ModelsArgs::default()
        });
        assert!(able.contains(&"qwen3.5-plus".to_owned()), "{able:?}");
        assert!(!able.iter().any(|id| id == "qwen-plus" || id == "qwen3-vl-plus"), "{able:?}");
        let words = |words: &str| ModelsArgs {
            words: words.split(' ').map(str::to_owned).collect(),
            ..ModelsArgs::default()
        };
        assert!(ids(words("万相 视频")).iter().all(|id| id.starts_with("wan")));
        assert_eq!(ids(words("qwen-plus"))[0], "qwen-plus");
        let nothing = answer(&words("qwen-plis"), false, Language::En);
        assert_eq!((nothing.code, nothing.out.as_str()), (1, ""));
        assert!(nothing.err[1].contains("qwen-plus"), "{nothing:?}");
        let unknown = answer(&family("gpt"), false, Language::En);
        assert!(unknown.code == 2 && unknown.err[0].contains("qwen-text"), "{unknown:?}");
    }
}
