//! Paints the meters over the whole screen: limits with their sources, money, the last hour, money
//! by day, a table of use, price, free quota, own figures. It refuses to fit everything: what does
//! not is scrolled.

use ratatui::buffer::Buffer;

use super::{against, bar, cache, near, source, spark_text, sums};
use crate::action::{Action, Context, List as ListAction, Meters as Wish};
use crate::catalog::tag::Tag;
use crate::domain::day::Day;
use crate::domain::meters::Quotas;
use crate::domain::meters::count::{By, LimitKind, Span, Sum};
use crate::domain::meters::governor::percent;
use crate::domain::money::Money;
use crate::layout::Area;
use crate::state::meters::panel::Panel;
use crate::state::meters::{Gauge, Reading};
use crate::text::rows::{Ink, plain};
use crate::text::sanitize;
use crate::theme::Role;
use crate::view::Scene;
use crate::view::canvas::{Pen, cut};
use crate::words::grouped;
use crate::words::meters::{Head, Hint, Meters, Sums, amounts, short};
use crate::words::models::Models;

/// One row: pieces that begin at a column.
type Line = Vec<(u16, String, Role)>;

/// Cells of the names of limits.
const NAMES: u16 = 19;
/// Where charts begin.
const CHART: u16 = 15;
/// Rows of money by day.
const DAYS: usize = 10;
/// Rows of a chart.
const TALL: usize = 3;

/// Paints it and tells the last row that can be the first.
pub(in crate::view) fn paint(
    scene: &Scene<'_>,
    area: Area,
    panel: Panel,
    buffer: &mut Buffer,
) -> usize {
    let language = scene.state.settings().language;
    let lines = lines(scene, area.width, panel);
    let body = Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let last = lines.len().saturating_sub(usize::from(body.height));
    let top = panel.top.min(last);
    let line = scene.theme.style(Role::LineFocused);
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.write("─ ", line).write(&Meters::Title.say(language), scene.theme.style(Role::Accent));
    let of = &scene.state.conversations().shown().conversation().model;
    let of = format!("  {of} · {} ", scene.state.settings().place.profile);
    pen.write(&of, scene.theme.style(Role::Muted));
    let more = if last > 0 { format!(" {}/{} ─", top + 1, last + 1) } else { String::new() };
    pen.fill(area.width.saturating_sub(more.len() as u16), "─", line).write(&more, line);
    for (i, y) in (body.y..body.bottom()).enumerate() {
        let mut pen = Pen::row(buffer, body, y, scene.widths);
        for (column, text, role) in lines.get(top + i).into_iter().flatten() {
            let at = body.width - pen.left();
            pen.skip(column.saturating_sub(at));
            let room = pen.left().saturating_sub(1);
            pen.write_cut(text, room, scene.theme.style(*role));
        }
    }
    last
}

/// A sentence, in as many rows as it needs.
fn sentence(scene: &Scene<'_>, width: u16, text: &str, role: Role) -> Vec<Line> {
    let mut rows = Vec::new();
    let room = width.saturating_sub(2).max(8);
    plain(&sanitize::block(text), room, scene.widths, Ink::default(), &mut rows);
    rows.into_iter().map(|row| vec![(1, row.text.into_string(), role)]).collect()
}

fn heading(text: String) -> [Line; 2] {
    [Vec::new(), vec![(1, text, Role::Heading)]]
}

/// All rows.
fn lines(scene: &Scene<'_>, width: u16, panel: Panel) -> Vec<Line> {
    let language = scene.state.settings().language;
    let reading = scene.state.reading(scene.now);
    let mut lines: Vec<Line> = vec![vec![(1, Meters::Limits.say(language), Role::Heading)]];
    lines.extend(limits(scene, &reading, width));
    lines.extend(money(scene, &reading, width));
    lines.extend(heading(Meters::Hour.say(language)));
    let model = &scene.state.conversations().shown().conversation().model;
    let (requests, tokens) = scene.state.hour_of(model, scene.now);
    lines.extend(chart(&requests, &Meters::Requests.say(language), scene));
    lines.extend(chart(&tokens, &Meters::TokensWord.say(language), scene));
    lines.extend(days(scene, width));
    lines.extend(table(scene, width, panel));
    lines.extend(price(scene, width));
    lines.extend(free(scene, width));
    lines.extend(own(scene, width));
    lines
}

fn limits(scene: &Scene<'_>, reading: &Reading, width: u16) -> Vec<Line> {
    let language = scene.state.settings().language;
    let running = reading.running.limit.is_some() || reading.running.used > 0;
    let gauges = [Some(&reading.requests), Some(&reading.tokens), Some(&reading.day)];
    let gauges = gauges.into_iter().chain([running.then_some(&reading.running)]).flatten();
    let mut lines: Vec<Line> = gauges.map(|of| gauge(scene, of, width)).collect();
    let (used, window) = reading.context;
    if let Some(window) = window {
        let (role, sign) = near(Some(percent(used, window)));
        let left = Meters::Left(window.saturating_sub(used)).say(language);
        lines.push(vec![
            (1, Meters::Context.say(language), Role::Muted),
            (NAMES + 2, bar(percent(used, window), 10), Role::Info),
            (NAMES + 15, format!("{}/{}{sign}", short(used), short(window)), role),
            (NAMES + 32, left, Role::Muted),
        ]);
    }
    if let Some((Quotas::NotServed, _)) = scene.state.meters().quotas() {
        lines.push(vec![(1, Meters::NotServed.say(language), Role::Muted)]);
    }
    let only = Meters::ThisMachineOnly.say(language);
    lines.extend(sentence(scene, width, &only, Role::Muted));
    lines
}

/// A limit: how much is used, and who says so.
fn gauge(scene: &Scene<'_>, gauge: &Gauge, width: u16) -> Line {
    let language = scene.state.settings().language;
    let (role, sign) = near(gauge.percent());
    let mut line: Line = vec![(1, Meters::Long(gauge.kind).say(language), Role::Muted)];
    let Some(limit) = &gauge.limit else {
        line.push((NAMES + 15, short(gauge.used), Role::Text));
        line.push((NAMES + 32, Meters::NoLimit.say(language), Role::Muted));
        return line;
    };
    let share = gauge.percent().unwrap_or(0);
    let colour = if role == Role::Text { Role::Info } else { role };
    line.push((NAMES + 2, bar(share, 10), colour));
    let figures = format!("{}/{}{sign}", short(gauge.used), short(limit.rate.amount));
    line.push((NAMES + 15, figures, role));
    let mut said = source(scene, limit);
    if let Some(slice) = limit.slice.filter(|_| gauge.kind != LimitKind::Running) {
        let within = Meters::Slice(gauge.in_slice, slice.amount, slice.seconds).say(language);
        said = format!("{said} · {within}");
    }
    let room = width.saturating_sub(NAMES + 33);
    line.push((NAMES + 32, cut(&said, room, scene.widths), Role::Muted));
    line
}

fn money(scene: &Scene<'_>, reading: &Reading, width: u16) -> Vec<Line> {
    let language = scene.state.settings().language;
    let mut parts: Vec<(String, Role)> = Vec::new();
    if let Some(spent) = scene.state.meters().spent() {
        let (text, role) = against(&spent.day, scene.state.settings().budget.day);
        if !text.is_empty() {
            parts.push((format!("{} {text}", Meters::Of(Sums::Day).say(language)), role));
        }
    }
    parts.extend(sums(scene));
    let mut lines: Vec<Line> = Vec::new();
    if !parts.is_empty() {
        lines.extend(heading(Meters::Money.say(language)));
        // Amounts stand below each other: the row never runs out of cells.
        lines.extend(parts.into_iter().map(|(text, role)| vec![(1, text, role)]));
    }
    lines.push(Vec::new());
    let mut spark = spark_text(reading, language);
    if let Some(cache) = cache(reading, language) {
        spark = format!("{spark}   {cache}");
    }
    lines.push(vec![(1, spark, Role::Info)]);
    let life = Meters::CacheLife.say(language);
    lines.extend(sentence(scene, width, &life, Role::Muted));
    lines
}

/// A chart of blocks, some rows high, with what it is of and its highest bar.
fn chart(counts: &[u64], name: &str, scene: &Scene<'_>) -> Vec<Line> {
    const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let language = scene.state.settings().language;
    let most = counts.iter().copied().max().unwrap_or(0);
    let eighths = |count: u64| {
        let all = u128::from(count) * (TALL as u128 * 8);
        let eighths = all.div_ceil(u128::from(most.max(1)));
        eighths as usize
    };
    let row = |from: usize| -> String {
        let level = |count: &u64| LEVELS[eighths(*count).saturating_sub(from * 8).min(8)];
        counts.iter().map(level).collect()
    };
    let mut lines: Vec<Line> =
        (0..TALL).rev().map(|from| vec![(CHART, row(from), Role::Info)]).collect();
    let peak = Meters::Peak(&short(most)).say(language);
    if let Some(first) = lines.first_mut() {
        first.insert(0, (1, cut(name, CHART - 2, scene.widths), Role::Muted));
    }
    if let Some(second) = lines.get_mut(1) {
        second.insert(0, (1, cut(&peak, CHART - 2, scene.widths), Role::Muted));
    }
    lines.push(vec![(CHART, "▔".repeat(counts.len()), Role::Line)]);
    lines
}

/// Money by day, the latest first.
fn days(scene: &Scene<'_>, width: u16) -> Vec<Line> {
    let language = scene.state.settings().language;
    let Some(rows) = scene.state.meters().table(By::Day, Span::Month) else { return Vec::new() };
    if rows.is_empty() {
        return Vec::new();
    }
    let mut lines: Vec<Line> = heading(Meters::ByDay.say(language)).into();
    let amount = |row: &Sum| row.money.first().map(|money| money.amount).unwrap_or_default();
    let most = rows.iter().take(DAYS).map(amount).max().unwrap_or_default();
    let cells = width.saturating_sub(40).clamp(8, 40);
    for row in rows.iter().take(DAYS) {
        let share = (amount(row) * rust_decimal::Decimal::from(cells)).checked_div(most);
        let full = share.and_then(|share| u16::try_from(share.ceil()).ok()).unwrap_or(0);
        lines.push(vec![
            (1, sanitize::line(&row.key), Role::Muted),
            (13, "█".repeat(usize::from(full.min(cells))), Role::Info),
            (14 + cells, amounts(&row.money), Role::Text),
        ]);
    }
    lines
}

/// The table that was chosen.
fn table(scene: &Scene<'_>, width: u16, panel: Panel) -> Vec<Line> {
    let language = scene.state.settings().language;
    let (by, span) = (Meters::By(panel.by).say(language), Meters::Span(panel.span).say(language));
    let mut lines: Vec<Line> = heading(format!("{by} · {span}")).into();
    let Some(rows) = scene.state.meters().table(panel.by, panel.span) else {
        lines.push(vec![(1, Meters::Reading.say(language), Role::Muted)]);
        return lines;
    };
    if rows.is_empty() {
        lines.push(vec![(1, Meters::Nothing.say(language), Role::Muted)]);
        return lines;
    }
    let columns = columns(scene, width);
    let mut head: Line = Vec::new();
    for (what, end) in &columns {
        let text = Meters::Head(*what).say(language);
        head.push((end.saturating_sub(scene.widths.text(&text) as u16), text, Role::Muted));
    }
    lines.push(head);
    lines.extend(rows.iter().flat_map(|row| table_row(scene, row, &columns)));
    lines
}

/// The columns that fit, each with the cell it ends before; money is first to stay.
fn columns(_: &Scene<'_>, width: u16) -> Vec<(Head, u16)> {
    let (key, all) = (26, [Head::Requests, Head::Input, Head::Output, Head::Cached]);
    let mut end = key;
    let mut columns = Vec::new();
    for head in all {
        if end + 9 + 12 <= width {
            end += 9;
            columns.push((head, end));
        }
    }
    columns.push((Head::Money, end + 12));
    columns
}

/// A row of the table, and below it what is not sure about it.
fn table_row(scene: &Scene<'_>, row: &Sum, columns: &[(Head, u16)]) -> Vec<Line> {
    let language = scene.state.settings().language;
    let mut line: Line = vec![(1, cut(&sanitize::line(&row.key), 24, scene.widths), Role::Model)];
    for (what, end) in columns {
        let text = match what {
            Head::Requests => grouped(row.requests),
            Head::Input => row.units.input.map(short).unwrap_or_default(),
            Head::Output => row.units.output.map(short).unwrap_or_default(),
            Head::Cached => row.units.cached.map(short).unwrap_or_default(),
            Head::Money => amounts(&row.money),
        };
        line.push((end.saturating_sub(scene.widths.text(&text) as u16), text, Role::Text));
    }
    let notes = [
        (row.unpriced > 0).then(|| Meters::NoPrice(row.unpriced).say(language)),
        (row.estimated > 0).then(|| Meters::Guessed(row.estimated).say(language)),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    let mut lines = vec![line];
    if !notes.is_empty() {
        lines.push(vec![(3, notes.join(" · "), Role::Muted)]);
    }
    lines
}

/// The price of the model that is shown, whose it is and how old.
fn price(scene: &Scene<'_>, width: u16) -> Vec<Line> {
    let language = scene.state.settings().language;
    let catalog = scene.state.catalog();
    let figures = scene.state.settings().figures;
    let model = &scene.state.conversations().shown().conversation().model;
    let mut lines: Vec<Line> = heading(Meters::Prices.say(language)).into();
    let (basis, rows) = catalog.price_list(figures, model);
    let tag = catalog.model_row(model).and_then(|row| catalog.tag(figures, row));
    let Some(first) = rows.first() else {
        let unknown = Meters::NoPriceKnown.say(language);
        lines.extend(sentence(scene, width, &unknown, Role::Muted));
        return lines;
    };
    let set = Meters::Listed(basis.figures, &first.as_of).say(language);
    let amounts = tag.as_ref().map(amounts_of).unwrap_or_default();
    let unit = tag.map(|tag| Models::Per(tag.unit).say(language).into_owned());
    let unit = unit.unwrap_or_default();
    lines.push(vec![(1, format!("{amounts} {unit} · {set}"), Role::Text)]);
    let said = catalog.source(&first.source);
    lines.extend(sentence(scene, width, said, Role::Muted));
    if crate::state::models::is_old(&first.as_of, Day::of(scene.now)) {
        lines.push(vec![(1, Meters::Old.say(language), Role::Warning)]);
    }
    lines
}

/// `¥0.8/2`: a million tokens in and out.
fn amounts_of(tag: &Tag) -> String {
    let amounts = [tag.input, tag.output].into_iter().flatten();
    let amounts: Vec<String> = amounts.map(|amount| amount.normalize().to_string()).collect();
    format!("{}{}", tag.currency.sign(), amounts.join("/"))
}

/// What is known of the free quota of the model that is shown.
fn free(scene: &Scene<'_>, width: u16) -> Vec<Line> {
    let language = scene.state.settings().language;
    let model = &scene.state.conversations().shown().conversation().model;
    let mut lines: Vec<Line> = heading(Meters::Free.say(language)).into();
    if let Some(rows) = scene.state.meters().table(By::Model, Span::All) {
        let row = rows.iter().find(|row| row.key == model.as_str());
        let tokens = row.map_or(0, |row| {
            row.units.input.unwrap_or(0).saturating_add(row.units.output.unwrap_or(0))
        });
        lines.push(vec![(1, Meters::FreeUsed(tokens).say(language), Role::Text)]);
    }
    let unknown = Meters::FreeUnknown.say(language);
    lines.extend(sentence(scene, width, &unknown, Role::Muted));
    lines
}

/// How the model that is shown has done for this user.
fn own(scene: &Scene<'_>, width: u16) -> Vec<Line> {
    let language = scene.state.settings().language;
    let model = &scene.state.conversations().shown().conversation().model;
    let Some(said) = habit(scene, model) else { return Vec::new() };
    let mut lines: Vec<Line> = heading(Meters::Own.say(language)).into();
    lines.extend(sentence(scene, width, &said, Role::Text));
    lines
}

/// How a model has done, in one line; `None` where it was not asked yet.
pub(in crate::view) fn habit(
    scene: &Scene<'_>,
    model: &crate::domain::models::ModelId,
) -> Option<String> {
    let language = scene.state.settings().language;
    let habit = scene.state.meters().habit(model)?;
    let parts = [
        habit.first_p50.map(|half| Meters::FirstTokens(half, habit.first_p95).say(language)),
        habit.speed_p50.map(|speed| Meters::Speed(speed).say(language)),
        habit.cost.map(|cost: Money| Meters::AnAnswer(cost).say(language)),
        Some(Meters::FromAnswers(habit.answers).say(language)),
    ];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// The hints of the footer.
pub(in crate::view) fn hints(scene: &Scene<'_>) -> Vec<(Context, Action, String)> {
    let language = scene.state.settings().language;
    let wish =
        |wish, hint| (Context::Meters, Action::Meters(wish), Meters::Hint(hint).say(language));
    let scroll = Meters::Hint(Hint::Scroll).say(language);
    vec![
        wish(Wish::By, Hint::By),
        wish(Wish::Span, Hint::Span),
        wish(Wish::Ask, Hint::Ask),
        (Context::Meters, Action::List(ListAction::Down), scroll),
    ]
}
