//! Paints the meters: the strip below the header, the same in the side pane, money in the header,
//! what is said beside the message. It refuses figures of its own: all are read from the state. Whatever
//! a colour says, a sign says too: `!` from four fifths of a limit on, `!!` at the limit.
//!
//! ```text
//!  RPM ▕██░░░░░░▏ 12/200   TPM ▕█░░░░░░░▏ 9.1K/200K   TPD 88K ↺9h58   ctx ▕███░░▏ 41K/131K
//!  12 min ··▁▂▅█   cache 62 %   ¥0.002 saved   session ¥0.01   limits: seed 2026-05   this machine only
//! ```

mod ask;
mod panel;

use std::time::Duration;

use ratatui::buffer::Buffer;

use super::Scene;
use super::canvas::Pen;
use crate::domain::day::Day;
use crate::domain::meters::count::LimitKind;
use crate::domain::meters::governor::{Fit, percent};
use crate::domain::meters::limits::{Limit, Source};
use crate::domain::models::ModelId;
use crate::domain::money::{Currency, Money};
use crate::domain::notice::NoticeKind;
use crate::domain::settings::{Language, Pace};
use crate::layout::{Area, WIDE};
use crate::state::meters::{Gauge, Reading};
use crate::theme::Role;
use crate::words::meters::{Meters, Sums, amounts, short, span};

pub(super) use ask::{hints as ask_hints, paint as paint_ask};
pub(super) use panel::{habit, hints, paint};

/// Rows a screen needs for a second row of meters, and columns.
const TALL: (u16, u16) = (30, 100);

/// Rows of the strip: none where the side pane has it all.
pub(super) fn height(scene: &Scene<'_>, width: u16, height: u16) -> u16 {
    match height {
        _ if scene.state.columns() && width >= WIDE => 0,
        0..12 => 0,
        _ if height >= TALL.0 && width >= TALL.1 => 2,
        _ => 1,
    }
}

/// How near a limit looks, and its sign.
fn near(percent: Option<u64>) -> (Role, &'static str) {
    match percent {
        Some(100..) => (Role::Error, "!!"),
        Some(80..) => (Role::Warning, "!"),
        Some(_) | None => (Role::Text, ""),
    }
}

/// A bar of so many cells.
fn bar(percent: u64, cells: u16) -> String {
    let cells = u64::from(cells);
    let full = (percent * cells).div_ceil(100).min(cells) as usize;
    format!("▕{}{}▏", "█".repeat(full), "░".repeat(cells as usize - full))
}

/// Cells of most counts of tokens: `9.1K`, `178K`.
const USED: usize = 4;

/// One piece of the strip.
struct Item {
    label: String,
    percent: Option<u64>,
    figures: String,
    /// Cells its figures may come to: bars are as wide as leaves room for them, so that they stay.
    most: usize,
}

impl Item {
    fn gauge(gauge: &Gauge, language: Language) -> Self {
        let figures = match &gauge.limit {
            Some(limit) => format!("{}/{}", short(gauge.used), short(limit.rate.amount)),
            None => short(gauge.used),
        };
        let label = Meters::Short(gauge.kind).say(language);
        let limit = gauge.limit.as_ref().map(|limit| short(limit.rate.amount).len());
        let used = match gauge.kind {
            LimitKind::Requests | LimitKind::Running => limit.unwrap_or(0),
            LimitKind::Tokens | LimitKind::DayTokens => USED,
        };
        let most = used + limit.map_or(0, |limit| limit + 1);
        Self { label, percent: gauge.percent(), figures, most }
    }

    /// The parts with their looks; the bar has so many cells.
    fn parts(&self, cells: u16) -> Vec<(String, Role)> {
        let (role, sign) = near(self.percent);
        let mut parts = vec![(format!("{} ", self.label), Role::Muted)];
        if let Some(percent) = self.percent.filter(|_| cells > 0) {
            let role = if role == Role::Text { Role::Info } else { role };
            parts.push((format!("{} ", bar(percent, cells)), role));
        }
        parts.push((format!("{}{sign}", self.figures), role));
        parts
    }
}

/// What the strip shows, the most important first.
fn items(reading: &Reading, language: Language) -> Vec<Item> {
    let mut items =
        vec![Item::gauge(&reading.requests, language), Item::gauge(&reading.tokens, language)];
    let mut day = Item::gauge(&reading.day, language);
    // A day is seldom near its end: its figures are enough, unless it is.
    day.percent = day.percent.filter(|percent| *percent >= 80);
    let left = format!(" ↺{}", span(reading.day_left));
    day.most += left.chars().count();
    day.figures.push_str(&left);
    let (used, window) = reading.context;
    let of = window.map(|window| format!("/{}", short(window))).unwrap_or_default();
    let context = Item {
        label: Meters::Context.say(language),
        percent: window.map(|window| percent(used, window)),
        figures: format!("{}{of}", short(used)),
        most: USED + of.len(),
    };
    items.push(day);
    items.push(context);
    if reading.running.limit.is_some() || reading.running.used > 0 {
        items.push(Item::gauge(&reading.running, language));
    }
    items
}

/// Paints the strip. Before anything has happened the rows stay empty: the catalog is not read
/// before the first frame.
pub(super) fn strip(scene: &Scene<'_>, area: Area, buffer: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    for y in area.y..area.bottom() {
        Pen::row(buffer, area, y, scene.widths);
    }
    if scene.state.happened() == 0 {
        return;
    }
    let language = scene.state.settings().language;
    let reading = scene.state.reading(scene.now);
    let mut items = items(&reading, language);
    // Between two pieces; a narrow screen needs the cells for bars.
    let gap: u16 = if area.width >= 100 { 3 } else { 2 };
    let item_cells = |item: &Item, bar: u16| {
        let parts = item.parts(bar);
        let text: usize = parts.iter().map(|(text, _)| scene.widths.text(text)).sum();
        text + item.most.saturating_sub(scene.widths.text(&item.figures))
    };
    let cells = |items: &[Item], bar: u16| {
        let text: usize = items.iter().map(|item| item_cells(item, bar)).sum();
        text + usize::from(gap) * items.len().saturating_sub(1) + 1
    };
    let room = usize::from(area.width);
    let wide = [8, 6, 4, 3, 0].into_iter().find(|bar| cells(&items, *bar) <= room);
    while cells(&items, wide.unwrap_or(0)) > room && items.len() > 1 {
        // The window matters more than the day, which is last but for it.
        let at = if items.len() > 3 { items.len() - 2 } else { items.len() - 1 };
        items.remove(at);
    }
    let mut pen = Pen::row(buffer, area, area.y, scene.widths);
    pen.skip(1);
    for (at, item) in items.iter().enumerate() {
        pen.skip(if at > 0 { gap } else { 0 });
        for (text, role) in item.parts(wide.unwrap_or(0)) {
            pen.write(&text, scene.theme.style(role));
        }
    }
    if area.height > 1 {
        second(scene, &reading, area, buffer);
    }
}

/// The second row, as much of it as fits.
fn second(scene: &Scene<'_>, reading: &Reading, area: Area, buffer: &mut Buffer) {
    let language = scene.state.settings().language;
    let mut pieces = vec![(spark_text(reading, language), Role::Info)];
    pieces.extend(cache(reading, language).map(|text| (text, Role::Muted)));
    pieces.extend(sums(scene));
    let limit = reading.requests.limit.as_ref().or(reading.tokens.limit.as_ref());
    if let Some(limit) = limit {
        let source = source(scene, limit);
        pieces.push((Meters::LimitsFrom(&source).say(language), Role::Muted));
    }
    pieces.push((Meters::ThisMachine.say(language), Role::Muted));
    let mut pen = Pen::row(buffer, area, area.y + 1, scene.widths);
    pen.skip(1);
    for (at, (text, role)) in pieces.iter().enumerate() {
        let gap = if at > 0 { 3 } else { 0 };
        if scene.widths.text(text) + usize::from(gap) < usize::from(pen.left()) {
            pen.skip(gap).write(text, scene.theme.style(*role));
        }
    }
}

/// The small chart of tokens.
fn spark_text(reading: &Reading, language: Language) -> String {
    let minutes = Meters::LastMinutes(reading.spark.len()).say(language);
    format!("{minutes} {}", spark(&reading.spark))
}

/// One letter for each count, in eighths of the highest; nothing is a dot.
fn spark(counts: &[u64]) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let level = |count: u64| match count {
        0 => '·',
        count => LEVELS[(u128::from(count) * 7 / u128::from(most)) as usize],
    };
    counts.iter().map(|count| level(*count)).collect()
}

/// What the cache did, where somebody told.
fn cache(reading: &Reading, language: Language) -> Option<String> {
    let cache = reading.cache.as_ref()?;
    let hits = Meters::CacheHits(cache.percent).say(language);
    let saved = amounts(&cache.saved);
    if saved.is_empty() {
        return Some(hits);
    }
    Some(format!("{hits} · {}", Meters::Saved(&saved).say(language)))
}

/// An amount against a limit of the budget, and how near it is.
fn against(money: &[Money], limit: Option<rust_decimal::Decimal>) -> (String, Role) {
    let Some(limit) = limit else { return (amounts(money), Role::Muted) };
    let first = money.first().copied();
    let currency = first.map_or(Currency::default(), |money| money.currency);
    let spent = first.map(|money| money.amount).unwrap_or_default();
    let cap = Money { amount: limit, currency };
    let share = (spent * rust_decimal::Decimal::ONE_HUNDRED).checked_div(limit);
    let share = share.map_or(100, |share| u64::try_from(share.trunc()).unwrap_or(u64::MAX));
    let (role, sign) = near(Some(share));
    let role = if role == Role::Text { Role::Muted } else { role };
    let spent = if money.is_empty() {
        Money { amount: spent, currency }.to_string()
    } else {
        amounts(money)
    };
    (format!("{spent} / {cap}{sign}"), role)
}

/// Sums of money but that of the day, which is in the header.
fn sums(scene: &Scene<'_>) -> Vec<(String, Role)> {
    let mut all = spent(scene);
    let sums = scene.state.conversations().shown().sums();
    let costs: Vec<Money> =
        [Currency::Cny, Currency::Usd].into_iter().filter_map(|of| sums.cost(of)).collect();
    if !costs.is_empty() {
        let name = Meters::Of(Sums::Conversation).say(scene.state.settings().language);
        all.push((format!("{name} {}", amounts(&costs)), Role::Muted));
    }
    all
}

/// Those that are told of all conversations.
fn spent(scene: &Scene<'_>) -> Vec<(String, Role)> {
    let language = scene.state.settings().language;
    let budget = scene.state.settings().budget;
    let name = |sum: Sums| Meters::Of(sum).say(language);
    let mut all = Vec::new();
    if let Some(spent) = scene.state.meters().spent() {
        if !spent.session.is_empty() {
            all.push((format!("{} {}", name(Sums::Session), amounts(&spent.session)), Role::Muted));
        }
        if !spent.month.is_empty() || budget.month.is_some() {
            let (text, role) = against(&spent.month, budget.month);
            all.push((format!("{} {text}", name(Sums::Month)), role));
        }
    }
    all
}

/// What was spent today, for the header; `None` where nothing was told and there is no limit.
pub(super) fn money(scene: &Scene<'_>) -> Option<(String, Role)> {
    let language = scene.state.settings().language;
    let limit = scene.state.settings().budget.day;
    let spent = scene.state.meters().spent()?;
    if spent.day.is_empty() && limit.is_none() {
        return None;
    }
    let (text, role) = against(&spent.day, limit);
    Some((format!("{text} {}", Meters::Of(Sums::Day).say(language)), role))
}

/// Where a limit is from, and how old that is.
fn source(scene: &Scene<'_>, limit: &Limit) -> String {
    let language = scene.state.settings().language;
    let ago = |at_ms: i64| {
        let gone = scene.now.wall_ms.saturating_sub(at_ms);
        Duration::from_millis(u64::try_from(gone).unwrap_or(0))
    };
    match &limit.source {
        Source::Own => Meters::OwnSetting.say(language),
        Source::Learned { at_ms } => Meters::LearnedAgo(ago(*at_ms)).say(language),
        Source::Service { at_ms } => Meters::ServiceAgo(ago(*at_ms)).say(language),
        Source::Catalog { figures, as_of, .. } => {
            let said = Meters::Listed(*figures, as_of).say(language);
            let old = crate::state::models::is_old(as_of, Day::of(scene.now));
            if old { format!("{said}{}", Meters::OldShort.say(language)) } else { said }
        }
    }
}

/// What is said beside the message that is being written, as much as fits into so many cells.
pub(super) fn beside(scene: &Scene<'_>, room: u16) -> Option<(String, Role)> {
    let language = scene.state.settings().language;
    let fits = |text: &String| scene.widths.text(text) <= usize::from(room);
    if let Some(held) = scene.state.held() {
        let seconds = super::seconds_left(held.until, scene.now);
        let text = Meters::GoesIn(seconds, held.kind).say(language);
        return Some((text, Role::Warning)).filter(|(text, _)| fits(text));
    }
    let prospect = scene.state.prospect(scene.now)?;
    let (fit, role) = match prospect.fit {
        Fit::Now => (Some(Meters::FitsNow), Role::Muted),
        Fit::In { wait, kind } => {
            let seconds = wait.as_millis().div_ceil(1_000) as u64;
            (Some(Meters::FitsIn(seconds, kind)), Role::Warning)
        }
        Fit::WhenOneEnds => (Some(Meters::FitsWhenOneEnds), Role::Warning),
        Fit::Unknown => (None, Role::Muted),
    };
    let silent = scene.state.settings().limits.pace == Pace::Off;
    let (fit, role) = if silent { (None, Role::Muted) } else { (fit, role) };
    let cost = prospect.cost.map(|cost| Meters::Cost(cost, prospect.input_only).say(language));
    let tokens = Meters::Tokens(prospect.tokens).say(language);
    let tokens = if cost.is_some() { tokens } else { format!("≈ {tokens}") };
    let parts: Vec<String> =
        (fit.map(|fit| fit.say(language)).into_iter()).chain(cost).chain([tokens]).collect();
    // What matters least is last.
    let shorter = (1..=parts.len()).rev().map(|count| parts[..count].join(" · "));
    shorter.into_iter().find(fits).map(|text| (text, role))
}

/// Which limit an answer waits for, before the countdown.
pub(super) fn throttled(scene: &Scene<'_>, kind: &NoticeKind) -> std::borrow::Cow<'static, str> {
    let NoticeKind::Throttled { kind, .. } = kind else { return "".into() };
    let language = scene.state.settings().language;
    format!("{} · ", Meters::Throttled(*kind).say(language)).into()
}

/// The rows for the side pane: each limit with its bar, and below it where it is from.
pub(super) fn side(scene: &Scene<'_>, width: u16) -> Vec<Vec<(String, Role)>> {
    if scene.state.happened() == 0 {
        return Vec::new();
    }
    let language = scene.state.settings().language;
    let reading = scene.state.reading(scene.now);
    let cells = width.saturating_sub(30).clamp(4, 12);
    let gauges = [&reading.requests, &reading.tokens, &reading.day, &reading.running];
    let mut rows = Vec::new();
    for item in items(&reading, language) {
        rows.push(item.parts(cells));
        let of = gauges.iter().find(|of| Meters::Short(of.kind).say(language) == item.label);
        if let Some(limit) = of.and_then(|of| of.limit.as_ref()) {
            rows.push(vec![(format!("    {}", source(scene, limit)), Role::Muted)]);
        }
    }
    rows.push(vec![(spark_text(&reading, language), Role::Info)]);
    rows.extend(cache(&reading, language).map(|text| vec![(text, Role::Muted)]));
    rows.extend(spent(scene).into_iter().map(|sum| vec![sum]));
    rows.push(vec![(Meters::ThisMachine.say(language), Role::Muted)]);
    rows
}

/// How a model has done, in few cells: first token, tokens a second, money an answer.
pub(super) fn habit_short(scene: &Scene<'_>, model: &ModelId) -> String {
    let Some(habit) = scene.state.meters().habit(model) else { return String::new() };
    let parts = [
        habit.first_p50.map(|half| format!("{}s", crate::words::seconds(half))),
        habit.speed_p50.map(|speed| format!("{}/s", speed / 100)),
        habit.cost.map(|cost| cost.to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What is left of a model's limits, the scarcest; for the model picker. `None` while nothing of
/// them is used.
pub(super) fn headroom(scene: &Scene<'_>, model: &ModelId) -> Option<String> {
    let language = scene.state.settings().language;
    let limits = scene.state.limits_of(model, scene.now);
    let load = scene.state.load_of(model, scene.now);
    let now = scene.now.wall_ms;
    let used = |kind| match kind {
        LimitKind::Requests => load.requests.used(60, now),
        LimitKind::Tokens => load.tokens.used(60, now),
        LimitKind::DayTokens => load.day_tokens,
        LimitKind::Running => load.running,
    };
    let kinds = [LimitKind::Requests, LimitKind::Tokens, LimitKind::DayTokens, LimitKind::Running];
    let known = kinds.into_iter().filter_map(|kind| {
        let most = limits.of(kind)?.rate.amount;
        Some((percent(used(kind), most), most.saturating_sub(used(kind)), most, kind))
    });
    let scarce =
        known.max_by_key(|(percent, ..)| *percent).filter(|(_, left, most, _)| left < most);
    scarce.map(|(_, left, most, kind)| Meters::Headroom(left, most, kind).say(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_sparks_say_what_they_are() {
        assert_eq!(bar(0, 4), "▕░░░░▏");
        assert_eq!(bar(1, 4), "▕█░░░▏", "a little is something");
        assert_eq!(bar(50, 4), "▕██░░▏");
        assert_eq!(bar(250, 4), "▕████▏");
        assert_eq!(spark(&[0, 1, 50, 100]), "·▁▄█");
        assert_eq!(spark(&[]), "");
        assert_eq!(spark(&[u64::MAX, 1]), "█▁");
    }

    #[test]
    fn nearness_needs_no_colour() {
        assert_eq!(
            [near(None).1, near(Some(79)).1, near(Some(80)).1, near(Some(100)).1],
            ["", "", "!", "!!"]
        );
    }
}
