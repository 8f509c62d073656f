//! The real player before a real sound server with a sink of its own, whose monitor is recorded: what was
//! sent is what was heard. It refuses to believe what the player says of itself.

#![cfg(target_os = "linux")]
#![cfg_attr(feature = "audio", expect(clippy::cast_precision_loss, reason = "times are short"))]
#![expect(clippy::expect_used, reason = "a test that cannot set up its world has failed")]
#![expect(clippy::disallowed_methods, reason = "tests have clocks and files of their own")]

#[cfg(feature = "audio")]
#[path = "player/device.rs"]
mod device;
#[cfg(feature = "audio")]
#[path = "player/process.rs"]
mod process;
#[cfg(feature = "audio")]
#[path = "player/server.rs"]
mod server;
#[cfg(feature = "audio")]
#[path = "player/sinks.rs"]
mod sinks;
#[cfg(feature = "audio")]
#[path = "player/sound.rs"]
mod sound;
#[cfg(feature = "audio")]
#[path = "player/spoken.rs"]
mod spoken;
#[cfg(feature = "audio")]
#[path = "player/trouble.rs"]
mod trouble;

/// The name of the library that must not be on a server.
const LIBRARY: &[u8] = b"libasound.so";

fn names(program: &str) -> bool {
    let bytes = std::fs::read(program).expect("a program");
    bytes.windows(LIBRARY.len()).any(|part| part == LIBRARY)
}

#[test]
fn lian_needs_no_sound_library() {
    assert!(!names(env!("CARGO_BIN_EXE_lian")), "lian links a sound library");
}

#[cfg(feature = "audio")]
#[test]
fn its_player_does() {
    // Or the test above proves nothing.
    assert!(names(env!("CARGO_BIN_EXE_lian-player")), "the player does not link it by this name");
}
