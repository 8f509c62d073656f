//! The arguments of `lian doctor`. They refuse nothing that costs nothing.

use clap::Args;

/// Look at everything an answer needs: settings, key, network, service, files, terminal, sound.
///
/// It costs nothing and changes nothing. Each line that is not well names its next step. The key is
/// sent to where requests go; to the service's own hosts of other regions only if it was refused
/// there, or with --regions, and the line says so. Exit code: 0 it works, 2 usage, 3 the key or what
/// it may do, 5 the network or the service, 6 the configuration or the files of this machine; the
/// first failure decides.
#[derive(Debug, Clone, Copy, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags are independent switches")]
pub struct DoctorArgs {
    /// Ask the service's hosts of all regions about the key, even if it is good
    #[arg(long)]
    pub regions: bool,
    /// Then send one small real request on each surface, after showing the price
    #[arg(long)]
    pub probe: bool,
    /// Do not ask before real requests
    #[arg(long, requires = "probe")]
    pub yes: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}
