//! A fire drill for tests of the real binary: the environment variable `LIAN_PANIC` makes the next
//! repaint (Ctrl+L) panic, `loop` in the loop itself, `service` in a task beside it. It refuses to
//! exist in a build without debug assertions.

/// Panics where the environment asks for it.
pub(super) fn panic_if_asked() {
    match crate::command::env("LIAN_PANIC").as_deref() {
        Some("loop") => fall("the loop"),
        Some("service") => drop(tokio::spawn(async { fall("a service") })),
        Some(_) | None => {}
    }
}

#[expect(clippy::panic, reason = "a panic is what is wanted here")]
fn fall(who: &str) {
    panic!("LIAN_PANIC asked {who} to panic");
}
