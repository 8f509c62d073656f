//! A task for tests. It refuses to be like any real one.

use crate::domain::ids::TaskKey;
use crate::domain::jobs::Form;
use crate::domain::models::ModelId;
use crate::domain::tasks::book::{Stage, TaskRecord, Times};

/// One that waits in line.
pub(super) fn record(key: i64) -> TaskRecord {
    TaskRecord {
        key: TaskKey(key),
        profile: "default".to_owned(),
        origin: "http://127.0.0.1:1".to_owned(),
        model: ModelId::new("wan2.5-t2v-preview"),
        title: "a paper boat".to_owned(),
        form: Form::default(),
        batch: None,
        position: 1,
        stage: Stage::Waiting,
        remote: None,
        status: None,
        times: Times::default(),
        request_id: None,
        price: None,
        cost: None,
        entry: None,
        adopted: false,
        rewritten: None,
        assets: Vec::new(),
        notice: None,
        review: None,
        raw: String::new(),
    }
}
