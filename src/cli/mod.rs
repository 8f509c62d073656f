//! The arguments of the program, one file per subcommand.

pub mod sim;
