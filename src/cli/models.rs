//! The arguments of `lian models`.

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::domain::models::{Ability, Purpose};

/// List the models with prices, limits and abilities; works offline.
///
/// On a terminal a table, into a pipe one line for each model with tabs between its fields: id,
/// family, purpose, price of input, price of output, currency, unit, context, largest answer,
/// abilities, regions, last day. Exit code: 0 something was found, 1 nothing, 2 usage, 6
/// configuration.
#[derive(Debug, Clone, Default, Args)]
pub struct ModelsArgs {
    /// Only models that these words fit: letters of the id, family, Chinese or English names
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    /// Only models of this family, e.g. qwen-text
    #[arg(long, value_name = "FAMILY")]
    pub family: Option<String>,
    /// Only models for this purpose
    #[arg(long = "for", value_name = "PURPOSE",
          value_parser = PossibleValuesParser::new(Purpose::ALL.map(Purpose::name)))]
    pub purpose: Option<String>,
    /// Only models that can do this; several times for all of them
    #[arg(long, value_name = "ABILITY",
          value_parser = PossibleValuesParser::new(Ability::ALL.map(Ability::name)))]
    pub can: Vec<String>,
    /// One JSON object per line, with every price and limit
    #[arg(long)]
    pub json: bool,
}
