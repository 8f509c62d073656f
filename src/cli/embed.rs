//! The arguments of `lian embed`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::domain::embeddings::TextType;

/// Turn texts into vectors, one text a line; blank lines are passed over.
///
/// On stdout one line for each text: its number from 0, the text, the numbers with blanks between
/// them, and with --sparse the weights as number:weight; tabs between the four. Tokens and cost go to
/// stderr. Exit code: 0 all vectors, 1 it failed, 2 usage, 3 key or permission, 4 throttled, 5
/// network, 6 configuration, 7 content refused, 8 the budget does not allow it.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct EmbedArgs {
    /// The file of texts; `-`, or nothing with a pipe, reads them from stdin
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Numbers of a vector, e.g. 1024; the model's own choice without
    #[arg(long, value_name = "N")]
    pub dimensions: Option<u32>,
    /// What the texts are for
    #[arg(long, value_name = "TYPE",
          value_parser = PossibleValuesParser::new([TextType::Query.name(), TextType::Document.name()]))]
    pub text_type: Option<String>,
    /// What is searched for, in words; for questions and models that take it
    #[arg(long, value_name = "TEXT")]
    pub instruct: Option<String>,
    /// The weights of words too
    #[arg(long)]
    pub sparse: bool,
    /// A table of how alike the texts are, from -1 to 1, instead of their vectors
    #[arg(long)]
    pub similar: bool,
    /// Send them even if it goes beyond a limit of the budget or looks like a loop
    #[arg(long)]
    pub over_budget: bool,
    /// One JSON object per line: index, text, embedding; with --similar the likeness to each text
    #[arg(long)]
    pub json: bool,
    /// The model, from the option that holds everywhere.
    #[arg(skip)]
    pub model: Option<String>,
    /// No estimate before it begins, from the option that holds everywhere.
    #[arg(skip)]
    pub plain: bool,
}
