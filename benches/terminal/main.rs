//! Measures the real program in a terminal of 120x40 against the simulator, with a floor beside
//! it in the same run, and prints a table. It refuses to judge: no figure is asserted, and on a
//! machine that is shared only counts and ratios mean much.
//!
//! `cargo bench --bench terminal -- [--quick] [ROW...] [SUBJECT...]`; rows and subjects are
//! named in `plan`, all are measured if none is named. `--program FILE` measures another build
//! of lian, `--save DIR` keeps what streamed to the terminal.
//! Processor time is the process's own clock, bytes and reads are what the terminal took.

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod floor;
#[cfg(target_os = "linux")]
mod log;
#[cfg(target_os = "linux")]
mod plan;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod rows;
#[cfg(target_os = "linux")]
mod simulator;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    if let Some(origin) = floor::asked_for() {
        return floor::run(&origin);
    }
    let plan = plan::Plan::from_args(std::env::args().skip(1))?;
    report::print(&plan, &rows::measure(&plan)?)
}

#[cfg(not(target_os = "linux"))]
fn main() {
    use std::io::Write as _;
    let text = "this bench reads /proc: it measures on Linux only";
    drop(writeln!(std::io::stderr(), "{text}"));
}
