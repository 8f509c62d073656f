//! What the tests stand on: a terminal without a screen, a home of its own for each program, the
//! simulator in this process, and what the kernel tells of a process. It refuses to know what the
//! workbench shows.

pub(crate) mod fake;
pub(crate) mod process;
pub(crate) mod term;
pub(crate) mod wire;
pub(crate) mod world;

use std::time::Duration;

/// How long anything may take before a test gives up: far longer than it takes on a busy machine.
pub(crate) const CAP: Duration = Duration::from_secs(60);
