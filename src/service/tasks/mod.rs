//! Tasks that run at the service: sent once, followed to their end, fetched, kept. It owns the
//! pace and the search for lost answers; it refuses to send anything a second time by itself.

#[expect(dead_code, reason = "asked by the actor")]
mod orphan;
#[expect(dead_code, reason = "asked by the actor")]
mod pace;
