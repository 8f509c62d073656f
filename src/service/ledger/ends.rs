//! How requests end, as far as the bill cares: from the error of a request to whether it is paid.
//! It refuses to guess in the user's favour: what may have been answered counts.

use crate::api::error::ApiError;
use crate::domain::ledger::Outcome;

/// How a request ended of which nothing came.
#[must_use]
pub const fn unanswered(error: &ApiError) -> Outcome {
    match error {
        ApiError::NoKey
        | ApiError::BadKey
        | ApiError::NoNative
        | ApiError::Setup { .. }
        | ApiError::Dns { .. }
        | ApiError::Refused { .. }
        | ApiError::Tls { .. }
        | ApiError::Connect { .. }
        | ApiError::ConnectTimeout { .. } => Outcome::Unsent,
        ApiError::Status(_)
        | ApiError::Stream(_)
        | ApiError::WebPage
        | ApiError::Redirect { .. } => Outcome::Refused,
        // It was taken, and perhaps answered to nobody.
        ApiError::FirstByte { .. }
        | ApiError::Idle { .. }
        | ApiError::Overall { .. }
        | ApiError::Cut { .. }
        | ApiError::Garbled { .. }
        | ApiError::TooLarge { .. } => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_may_have_been_answered_counts_and_what_never_left_does_not() {
        let after = Duration::from_secs(1);
        let host = || "h".to_owned();
        for (error, outcome) in [
            (ApiError::Dns { host: host(), detail: host() }, Outcome::Unsent),
            (ApiError::ConnectTimeout { host: host(), after }, Outcome::Unsent),
            (ApiError::NoKey, Outcome::Unsent),
            (ApiError::WebPage, Outcome::Refused),
            (ApiError::FirstByte { after }, Outcome::Unknown),
            (ApiError::Garbled { detail: host() }, Outcome::Unknown),
        ] {
            assert_eq!(unanswered(&error), outcome, "{error:?}");
        }
    }
}
