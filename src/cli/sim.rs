//! The arguments of `lian sim`. They are checked here as far as their form goes; the rest is the
//! simulator's to refuse.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

/// Run the simulator: a local server that answers as the service does, without a key or a cost.
///
/// Any key that begins with `sk-` is good; one that contains `bad` or `wrong` plays a wrong one.
/// It prints one line when it is ready and ends with 0 on SIGTERM or Ctrl-C.
#[derive(Debug, Clone, Args)]
pub struct SimArgs {
    /// Where to listen: ADDRESS:PORT or PORT; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787", value_parser = address)]
    pub listen: SocketAddr,
    /// Allow an address that other machines can reach
    #[arg(long)]
    pub allow_remote: bool,
    /// Faults by script: a TOML file, described in the README
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Divide every delay by this number
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub time_scale: f64,
    /// Make every answer this many tokens of mixed markdown, for measuring
    #[arg(long, value_name = "N")]
    pub tokens: Option<u32>,
    /// Send this many tokens a second, evenly and from the start; 0 is as fast as possible
    #[arg(long, value_name = "TOKENS_PER_S")]
    pub rate: Option<f64>,
    /// Another seed gives other answers
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Let the program espeak-ng read speech aloud, where there is one
    #[arg(long)]
    pub espeak: bool,
    /// Enforce limits: off, documented (the service's market data), seed (a fresh workspace), or a TOML file
    #[arg(long, value_name = "WHICH", default_value = "off")]
    pub limits: String,
    /// Do not tell the limits at /api/v1/quotas
    #[arg(long)]
    pub no_quotas: bool,
    /// Accept this key only
    #[arg(long, value_name = "KEY", env = "LIAN_SIM_KEY", hide_env_values = true)]
    pub accept_key: Option<String>,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    let text =
        text.strip_prefix("localhost").map_or(text.to_owned(), |port| format!("127.0.0.1{port}"));
    text.parse().map_err(|_| "expected ADDRESS:PORT such as 127.0.0.1:8787, or a port".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        args: SimArgs,
    }

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("9000", "127.0.0.1:9000"),
            ("localhost:9000", "127.0.0.1:9000"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(address(text), Ok(expected.parse().unwrap()), "{text}");
        }
        assert!(address("example.com:80").is_err());
        assert!(address("127.0.0.1").is_err());
    }

    #[test]
    fn defaults_and_the_ways_to_measure() {
        let args = Program::parse_from(["sim"]).args;
        assert_eq!((args.listen.to_string().as_str(), args.seed), ("127.0.0.1:8787", 1));
        let args = Program::parse_from(["sim", "--rate", "0", "--tokens", "20000"]).args;
        assert_eq!((args.rate, args.tokens), (Some(0.0), Some(20_000)));
    }
}
