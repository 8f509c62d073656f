//! The service's limits as they are kept for a day: names of our own, which stay when the domain's
//! change. It refuses what it cannot read whole: then the service is asked again.

use serde::{Deserialize, Serialize};

use crate::domain::meters::{Quota, Quotas, Rate};
use crate::domain::models::ModelId;

/// So long they are good, in milliseconds.
pub(super) const DAY: i64 = 24 * 3_600_000;

#[derive(Serialize, Deserialize)]
struct Row {
    model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    requests: Option<(u64, u64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tokens: Option<(u64, u64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    running: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queued: Option<u64>,
}

/// As JSON: a list, or `null` where the service does not tell.
pub(super) fn to_json(quotas: &Quotas) -> String {
    let pair = |rate: Option<Rate>| rate.map(|rate| (rate.amount, rate.seconds));
    let row = |quota: &Quota| Row {
        model: quota.model.as_str().to_owned(),
        requests: pair(quota.requests),
        tokens: pair(quota.tokens),
        day_tokens: quota.day_tokens,
        running: quota.running,
        queued: quota.queued,
    };
    let rows = match quotas {
        Quotas::Told(all) => Some(all.iter().map(row).collect::<Vec<_>>()),
        Quotas::NotServed => None,
    };
    // Texts and numbers: nothing that could fail to become JSON.
    serde_json::to_string(&rows).unwrap_or_else(|_| "null".to_owned())
}

/// Back from JSON.
pub(super) fn from_json(text: &str) -> Option<Quotas> {
    let rate = |pair: Option<(u64, u64)>| pair.map(|(amount, seconds)| Rate { amount, seconds });
    let quota = |row: Row| Quota {
        model: ModelId::new(&row.model),
        requests: rate(row.requests),
        tokens: rate(row.tokens),
        day_tokens: row.day_tokens,
        running: row.running,
        queued: row.queued,
    };
    let rows: Option<Vec<Row>> = serde_json::from_str(text).ok()?;
    Some(rows.map_or(Quotas::NotServed, |rows| Quotas::Told(rows.into_iter().map(quota).collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_come_back() {
        let quota = Quota {
            model: ModelId::new("qwen-plus"),
            requests: Some(Rate { amount: 600, seconds: 60 }),
            tokens: None,
            day_tokens: Some(9),
            running: None,
            queued: Some(3),
        };
        for quotas in [Quotas::Told(vec![quota]), Quotas::Told(vec![]), Quotas::NotServed] {
            assert_eq!(from_json(&to_json(&quotas)), Some(quotas));
        }
        assert_eq!(from_json("nonsense"), None);
        assert_eq!(from_json(r#"[{"model":7}]"#), None);
    }
}
