//! What the meters say in English. It refuses figures: they are given to it.

use super::{Head, Hint, Meters, Sums, cap_en, hundredths, kind, set, short, span};
use crate::domain::ledger::Reached;
use crate::domain::meters::count::{By, LimitKind, Span};
use crate::domain::notice::Throttle;
use crate::domain::settings::Language;
use crate::words::{grouped, seconds};

impl Meters<'_> {
    pub(super) fn en(&self) -> String {
        let fixed = match self {
            Self::Short(of) => kind(*of, Language::En),
            Self::Cost(money, true) => return format!("≥ {money}"),
            Self::Cost(money, false) => return format!("≈ {money}"),
            Self::Tokens(tokens) => return format!("{} tok", grouped(*tokens)),
            Self::Title => "Use and limits",
            Self::Long(of) => long(*of),
            Self::Context => "ctx",
            Self::Left(tokens) => return format!("{} left", short(*tokens)),
            Self::CacheHits(percent) => return format!("cache {percent} %"),
            Self::Saved(money) => return format!("{money} saved"),
            Self::CacheLife => {
                "no fixed lifetime is documented for the automatic cache: there is nothing to count down"
            }
            Self::LastMinutes(minutes) => return format!("{minutes} min"),
            Self::ThisMachine => "this machine only",
            Self::ThisMachineOnly => {
                "Counted on this machine only, over all lian; the limits hold for the whole account."
            }
            Self::Of(of) => sum(*of),
            Self::NoLimit => "no limit is known",
            Self::OwnSetting => "own setting",
            Self::LearnedAgo(ago) => return format!("learned from a 429, {} ago", span(*ago)),
            Self::ServiceAgo(ago) => return format!("told by the service, {} ago", span(*ago)),
            Self::Listed(figures, as_of) => return format!("{} {as_of}", set(*figures)),
            Self::NotServed => "the service does not tell its limits",
            Self::LimitsFrom(source) => return format!("limits: {source}"),
            Self::Throttled(of) => throttled(*of),
            Self::Slice(used, most, seconds) => return format!("{used}/{most} in {seconds} s"),
            Self::FitsNow => "fits now",
            Self::FitsIn(seconds, of) => {
                return format!("fits in {seconds} s ({})", kind(*of, Language::En));
            }
            Self::FitsWhenOneEnds => "fits when a task ends",
            Self::GoesIn(seconds, of) => {
                return format!("goes out in {seconds} s ({})", kind(*of, Language::En));
            }
            Self::Limits => "Limits",
            Self::Hour => "Last hour, by minute",
            Self::Requests => "requests",
            Self::TokensWord => "tokens",
            Self::Peak(most) => return format!("most {most}"),
            Self::ByDay => "Money by day, this month",
            Self::By(of) => by(*of),
            Self::Span(of) => span_of(*of),
            Self::Head(of) => head(*of),
            Self::Nothing => "nothing was used",
            Self::Money => "Money",
            Self::Reading => "adding up …",
            Self::NoPrice(count) => return format!("{count} without a price"),
            Self::Guessed(count) => return format!("{count} estimated"),
            Self::Prices => "Price",
            Self::NoPriceKnown => "nobody knows a price: tokens are counted, money is not",
            Self::Old => "older than half a year: it may have changed",
            Self::OldShort => " (old)",
            Self::Free => "Free quota",
            Self::FreeUsed(tokens) => {
                return format!("{} tokens of this model used here in all", grouped(*tokens));
            }
            Self::FreeUnknown => {
                "what the account has left and until when is only in the console; after it, use is billed"
            }
            Self::Hint(of) => hint(*of),
            Self::AskTitle => "Not sent",
            Self::AskBudget(reached) => {
                let Reached { cap, spent, limit, asked } = reached;
                return format!(
                    "An answer for about {asked} would go beyond the limit of {limit} ({spent} spent {}). Type yes to send it all the same.",
                    cap_en(*cap)
                );
            }
            Self::AskLoop(times) => {
                return format!(
                    "The same was sent {times} times within a minute: that looks like a loop."
                );
            }
            Self::Leave => "Leave it in the composer",
            Self::SendTyped => "Type yes, then Enter: send it once, beyond the limit",
            Self::Send => "Send it all the same",
            Self::FirstTokens(half, most) => {
                let most = most.map(|most| format!(", 95 % within {} s", seconds(most)));
                let half = seconds(*half);
                return format!("first token {half} s{}", most.unwrap_or_default());
            }
            Self::Speed(speed) => return format!("{} tok/s", hundredths(*speed)),
            Self::AnAnswer(money) => return format!("{money} an answer"),
            Self::FromAnswers(count) => return format!("{count} answers"),
            Self::Headroom(left, limit, of) => {
                let of = kind(*of, Language::En);
                return format!("{} of {} {of} free", short(*left), short(*limit));
            }
            Self::Own => "Your own figures",
        };
        fixed.to_owned()
    }
}

const fn long(of: LimitKind) -> &'static str {
    match of {
        LimitKind::Requests => "requests a minute",
        LimitKind::Tokens => "tokens a minute",
        LimitKind::DayTokens => "tokens today",
        LimitKind::Running => "tasks at once",
    }
}

const fn throttled(of: Throttle) -> &'static str {
    match of {
        Throttle::Requests => "requests a minute",
        Throttle::Burst => "too sudden a rush",
        Throttle::Tokens => "tokens a minute",
        Throttle::Concurrency => "too many at once",
        Throttle::Capacity => "the service is full",
        Throttle::Generic => "throttled",
    }
}

const fn sum(of: Sums) -> &'static str {
    match of {
        Sums::Day => "today",
        Sums::Month => "month",
        Sums::Session => "session",
        Sums::Conversation => "conversation",
    }
}

const fn by(of: By) -> &'static str {
    match of {
        By::Model => "by model",
        By::Day => "by day",
        By::Profile => "by profile",
        By::Subject => "what cost most",
    }
}

const fn span_of(of: Span) -> &'static str {
    match of {
        Span::Today => "today",
        Span::Month => "this month",
        Span::All => "all",
    }
}

const fn head(of: Head) -> &'static str {
    match of {
        Head::Requests => "requests",
        Head::Input => "in",
        Head::Output => "out",
        Head::Cached => "cached",
        Head::Money => "money",
    }
}

const fn hint(of: Hint) -> &'static str {
    match of {
        Hint::By => "other rows",
        Hint::Span => "other span",
        Hint::Ask => "ask for limits",
        Hint::Scroll => "scroll",
        Hint::Choose => "choose",
    }
}
