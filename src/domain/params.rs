//! The parameters of a request: which there are, what each may hold, what does not go together.
//! It refuses wire names and sentences, and to know which model takes what: that is an argument.

use super::models::Thinking;

/// What can be set for one request. `None` and empty leave the choice to the service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChatParams {
    /// Reason before answering.
    pub thinking: Option<bool>,
    /// At most this many tokens of reasoning.
    pub thinking_budget: Option<u32>,
    /// Let the service search the web.
    pub search: Option<bool>,
    /// Randomness, 0 up to below 2.
    pub temperature: Option<f64>,
    /// Nucleus, above 0 up to 1.
    pub top_p: Option<f64>,
    /// Candidates for each token.
    pub top_k: Option<u32>,
    /// Largest answer in tokens.
    pub max_tokens: Option<u32>,
    /// For repeatable answers.
    pub seed: Option<u64>,
    /// Texts before which the answer ends.
    pub stop: Vec<String>,
    /// Against words that were said already, -2 to 2.
    pub presence_penalty: Option<f64>,
    /// Against repetition, above 0; 1 does nothing.
    pub repetition_penalty: Option<f64>,
    /// The answer is one JSON object.
    pub json: bool,
    /// A JSON object merged over the request last.
    pub extra: Option<String>,
    /// Speak the answer as well, in this voice.
    pub voice: Option<String>,
}

/// One parameter, in the order they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Param {
    /// [`ChatParams::thinking`].
    Thinking,
    /// [`ChatParams::thinking_budget`].
    ThinkingBudget,
    /// [`ChatParams::search`].
    Search,
    /// [`ChatParams::json`].
    Json,
    /// [`ChatParams::temperature`].
    Temperature,
    /// [`ChatParams::top_p`].
    TopP,
    /// [`ChatParams::top_k`].
    TopK,
    /// [`ChatParams::max_tokens`].
    MaxTokens,
    /// [`ChatParams::seed`].
    Seed,
    /// [`ChatParams::stop`].
    Stop,
    /// [`ChatParams::presence_penalty`].
    PresencePenalty,
    /// [`ChatParams::repetition_penalty`].
    RepetitionPenalty,
    /// The instructions above the conversation; they are no part of [`ChatParams`].
    System,
    /// [`ChatParams::extra`].
    Extra,
}

/// What a parameter holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// On or off.
    Flag(bool),
    /// A whole number.
    Whole(u64),
    /// Any number.
    Real(f64),
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

/// What a parameter may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// On, off, or the service's choice.
    Switch,
    /// A whole number in this range.
    Whole {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// A number in this range.
    Real {
        /// The lower end; `above` tells whether it is outside.
        min: f64,
        /// The lower end itself is not allowed.
        above: bool,
        /// The upper end; `below` tells whether it is outside.
        max: f64,
        /// The upper end itself is not allowed.
        below: bool,
    },
    /// A text of any number of lines.
    Text,
    /// One text a line.
    Lines,
    /// A JSON object.
    Object,
}

/// The largest seed that the service documents for every surface.
const MAX_SEED: u64 = i32::MAX as u64;

impl Param {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 14] = [
        Self::Thinking,
        Self::ThinkingBudget,
        Self::Search,
        Self::Json,
        Self::Temperature,
        Self::TopP,
        Self::TopK,
        Self::MaxTokens,
        Self::Seed,
        Self::Stop,
        Self::PresencePenalty,
        Self::RepetitionPenalty,
        Self::System,
        Self::Extra,
    ];

    /// The name used in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Thinking => "thinking",
            Self::ThinkingBudget => "thinking_budget",
            Self::Search => "search",
            Self::Json => "json",
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::TopK => "top_k",
            Self::MaxTokens => "max_tokens",
            Self::Seed => "seed",
            Self::Stop => "stop",
            Self::PresencePenalty => "presence_penalty",
            Self::RepetitionPenalty => "repetition_penalty",
            Self::System => "system",
            Self::Extra => "extra",
        }
    }

    /// What it may hold; `able` knows the largest answer of the model.
    #[must_use]
    pub fn kind(self, able: &Able) -> Kind {
        let tokens = |max| Kind::Whole { min: 1, max };
        let most = u64::from(u32::MAX);
        match self {
            Self::Thinking | Self::Search | Self::Json => Kind::Switch,
            Self::ThinkingBudget => tokens(most),
            Self::MaxTokens => tokens(able.max_output.unwrap_or(most).clamp(1, most)),
            Self::Temperature => Kind::Real { min: 0.0, above: false, max: 2.0, below: true },
            Self::TopP => Kind::Real { min: 0.0, above: true, max: 1.0, below: false },
            Self::TopK => Kind::Whole { min: 0, max: most },
            Self::Seed => Kind::Whole { min: 0, max: MAX_SEED },
            Self::PresencePenalty => Kind::Real { min: -2.0, above: false, max: 2.0, below: false },
            Self::RepetitionPenalty => {
                Kind::Real { min: 0.0, above: true, max: f64::MAX, below: false }
            }
            Self::Stop => Kind::Lines,
            Self::System => Kind::Text,
            Self::Extra => Kind::Object,
        }
    }
}

/// Why what was typed is no value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is no whole number.
    NotWhole,
    /// It is no number.
    NotNumber,
    /// It is outside of the range.
    Range,
    /// It is no JSON; where it stops being so, from 1.
    NotJson {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// It is JSON, but no object.
    NotObject,
}

impl Kind {
    /// A number in range.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        match (*self, value) {
            (Self::Whole { min, max }, Value::Whole(n)) => (min..=max).contains(n),
            (Self::Real { min, above, max, below }, Value::Real(n)) => {
                n.is_finite()
                    && (if above { *n > min } else { *n >= min })
                    && (if below { *n < max } else { *n <= max })
            }
            (
                Self::Switch
                | Self::Whole { .. }
                | Self::Real { .. }
                | Self::Text
                | Self::Lines
                | Self::Object,
                _,
            ) => true,
        }
    }

    /// Reads what was typed; blank is the service's choice. `object` tells whether a text is a
    /// JSON object.
    pub fn read(
        &self,
        typed: &str,
        object: impl Fn(&str) -> Result<(), Fault>,
    ) -> Result<Option<Value>, Fault> {
        let bare = typed.trim();
        if bare.is_empty() {
            return Ok(None);
        }
        let value = match self {
            Self::Switch => Value::Flag(matches!(bare, "true" | "on" | "1" | "开")),
            Self::Whole { .. } => {
                // People write 8,192 and 8_192.
                let digits = bare.replace([',', '_', '，'], "");
                match digits.parse() {
                    Ok(number) => Value::Whole(number),
                    // A number of any other kind is outside of every range of whole numbers.
                    Err(_) if digits.parse::<i128>().is_ok() => return Err(Fault::Range),
                    Err(_) => return Err(Fault::NotWhole),
                }
            }
            Self::Real { .. } => {
                let number: f64 = bare.parse().map_err(|_| Fault::NotNumber)?;
                if !number.is_finite() {
                    return Err(Fault::NotNumber);
                }
                Value::Real(number)
            }
            Self::Text => Value::Text(typed.trim_end().to_owned()),
            Self::Lines => {
                let lines = typed.lines().filter(|line| !line.is_empty());
                Value::Texts(lines.map(str::to_owned).collect())
            }
            Self::Object => {
                object(bare)?;
                Value::Text(bare.to_owned())
            }
        };
        if self.holds(&value) { Ok(Some(value)) } else { Err(Fault::Range) }
    }
}

impl ChatParams {
    /// What a parameter holds; `None` leaves the choice to the service.
    #[must_use]
    pub fn get(&self, param: Param) -> Option<Value> {
        let whole = |n: Option<u32>| n.map(|n| Value::Whole(u64::from(n)));
        match param {
            Param::Thinking => self.thinking.map(Value::Flag),
            Param::ThinkingBudget => whole(self.thinking_budget),
            Param::Search => self.search.map(Value::Flag),
            Param::Json => self.json.then_some(Value::Flag(true)),
            Param::Temperature => self.temperature.map(Value::Real),
            Param::TopP => self.top_p.map(Value::Real),
            Param::TopK => whole(self.top_k),
            Param::MaxTokens => whole(self.max_tokens),
            Param::Seed => self.seed.map(Value::Whole),
            Param::Stop => (!self.stop.is_empty()).then(|| Value::Texts(self.stop.clone())),
            Param::PresencePenalty => self.presence_penalty.map(Value::Real),
            Param::RepetitionPenalty => self.repetition_penalty.map(Value::Real),
            Param::System => None,
            Param::Extra => self.extra.clone().map(Value::Text),
        }
    }

    /// Sets a parameter; a value of another kind leaves the choice to the service.
    pub fn set(&mut self, param: Param, value: Option<Value>) {
        let flag = if let Some(Value::Flag(on)) = value { Some(on) } else { None };
        let real = match value {
            Some(Value::Real(n)) => Some(n),
            #[expect(clippy::cast_precision_loss, reason = "these are small")]
            Some(Value::Whole(n)) => Some(n as f64),
            Some(Value::Flag(_) | Value::Text(_) | Value::Texts(_)) | None => None,
        };
        let whole = if let Some(Value::Whole(n)) = value { Some(n) } else { None };
        let small = whole.and_then(|n| u32::try_from(n).ok());
        match param {
            Param::Thinking => self.thinking = flag,
            Param::ThinkingBudget => self.thinking_budget = small,
            Param::Search => self.search = flag,
            Param::Json => self.json = flag == Some(true),
            Param::Temperature => self.temperature = real,
            Param::TopP => self.top_p = real,
            Param::TopK => self.top_k = small,
            Param::MaxTokens => self.max_tokens = small,
            Param::Seed => self.seed = whole,
            Param::PresencePenalty => self.presence_penalty = real,
            Param::RepetitionPenalty => self.repetition_penalty = real,
            Param::Stop => {
                self.stop = if let Some(Value::Texts(texts)) = value { texts } else { Vec::new() };
            }
            Param::Extra => {
                self.extra = if let Some(Value::Text(text)) = value { Some(text) } else { None };
            }
            Param::System => {}
        }
    }

    /// The parameters that are set, in the order they are shown.
    pub fn set_ones(&self) -> impl Iterator<Item = (Param, Value)> {
        Param::ALL.into_iter().filter_map(|param| Some((param, self.get(param)?)))
    }
}

/// What a model takes, as far as the catalog tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Able {
    /// Reasoning.
    pub thinking: Thinking,
    /// Searching the web; `None` if nobody tells.
    pub search: Option<bool>,
    /// Largest answer in tokens, where known.
    pub max_output: Option<u64>,
}

impl Able {
    /// The model is known not to take a parameter at all.
    #[must_use]
    pub fn refuses(&self, param: Param) -> bool {
        match param {
            Param::Thinking | Param::ThinkingBudget => self.thinking == Thinking::Never,
            Param::Search => self.search == Some(false),
            // A model that always reasons has no JSON mode.
            Param::Json => self.thinking == Thinking::Always,
            Param::Temperature
            | Param::TopP
            | Param::TopK
            | Param::MaxTokens
            | Param::Seed
            | Param::Stop
            | Param::PresencePenalty
            | Param::RepetitionPenalty
            | Param::System
            | Param::Extra => false,
        }
    }

    /// Whether an answer will begin with reasoning; `None` if nobody tells.
    #[must_use]
    pub fn thinks(&self, params: &ChatParams) -> Option<bool> {
        match self.thinking {
            Thinking::Never => Some(false),
            Thinking::Always => Some(true),
            Thinking::Optional { on } => Some(params.thinking.unwrap_or(on)),
            Thinking::Unknown => params.thinking,
        }
    }
}

/// Something the service would refuse, known before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The model does not take this at all.
    NotTaken(Param),
    /// The value is outside of the range.
    OutOfRange(Param),
    /// The model always reasons and cannot be told not to.
    ThinkingAlways,
    /// A budget of reasoning while there is no reasoning.
    BudgetWithoutThinking,
    /// Reasoning and JSON mode together.
    ThinkingWithJson,
    /// JSON mode, and nothing that is sent has the word in it.
    JsonWithoutWord,
}

/// A way out of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Leave the choice to the service.
    LeaveOut(Param),
    /// Switch reasoning off.
    ThinkingOff,
    /// Switch reasoning on.
    ThinkingOn,
    /// Add a sentence that has the word JSON in it.
    AddWord,
    /// Send it all the same.
    AsItIs,
}

impl Conflict {
    /// The ways out, the likeliest first.
    #[must_use]
    pub fn ways(self) -> Vec<Way> {
        match self {
            Self::NotTaken(param) | Self::OutOfRange(param) => {
                vec![Way::LeaveOut(param), Way::AsItIs]
            }
            Self::ThinkingAlways => vec![Way::LeaveOut(Param::Thinking), Way::AsItIs],
            Self::BudgetWithoutThinking => {
                vec![Way::ThinkingOn, Way::LeaveOut(Param::ThinkingBudget), Way::AsItIs]
            }
            Self::ThinkingWithJson => {
                vec![Way::ThinkingOff, Way::LeaveOut(Param::Json), Way::AsItIs]
            }
            Self::JsonWithoutWord => vec![Way::AddWord, Way::LeaveOut(Param::Json), Way::AsItIs],
        }
    }
}

impl Way {
    /// Changes the parameters; the other ways change none.
    pub fn apply(self, params: &mut ChatParams) {
        match self {
            Self::LeaveOut(param) => params.set(param, None),
            Self::ThinkingOff => params.thinking = Some(false),
            Self::ThinkingOn => params.thinking = Some(true),
            Self::AddWord | Self::AsItIs => {}
        }
    }
}

/// What the service would refuse, in the order it is best mended. `says_json` is asked only when
/// it matters: whether anything that is sent has the word JSON in it.
pub fn conflicts(
    params: &ChatParams,
    able: &Able,
    says_json: impl FnOnce() -> bool,
) -> Vec<Conflict> {
    let mut found = Vec::new();
    for (param, value) in params.set_ones() {
        // To be told not to reason suits a model that cannot; it is not sent.
        let moot = param == Param::Thinking && value == Value::Flag(false);
        if able.refuses(param) && !moot {
            found.push(Conflict::NotTaken(param));
        } else if !param.kind(able).holds(&value) {
            found.push(Conflict::OutOfRange(param));
        }
    }
    let thinks = able.thinks(params);
    if able.thinking == Thinking::Always && params.thinking == Some(false) {
        found.push(Conflict::ThinkingAlways);
    }
    let budget = params.thinking_budget.is_some() && !able.refuses(Param::ThinkingBudget);
    if budget && thinks == Some(false) {
        found.push(Conflict::BudgetWithoutThinking);
    }
    if params.json && !able.refuses(Param::Json) {
        if thinks == Some(true) {
            found.push(Conflict::ThinkingWithJson);
        }
        if !says_json() {
            found.push(Conflict::JsonWithoutWord);
        }
    }
    found
}

/// Both ways of steering randomness are set; the service advises against it.
#[must_use]
pub fn steers_twice(params: &ChatParams) -> bool {
    params.temperature.is_some() && params.top_p.is_some()
}

/// Whether a text has the word JSON in it, however it is written.
#[must_use]
pub fn says_json(text: &str) -> bool {
    text.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"json"))
}

#[cfg(test)]
mod tests;
