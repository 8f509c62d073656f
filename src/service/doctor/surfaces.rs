//! The two surfaces, the workspace and the limits, by calls that cost nothing. It refuses to ask
//! any other place; `regions` does.

use tokio::time::timeout;

use super::{Deps, OF_KEY, Out, Ready, regions, trouble};
use crate::api::doctor::{Looked, Verdict, listed, quotas, tasks, verdict, workspace_refused};
use crate::api::error::ApiError;
use crate::domain::doctor::finding::{Finding, ServiceFinding};
use crate::domain::doctor::{Check, Name, Next, Trouble};
use crate::domain::models::Surface;
use crate::domain::notice::NoticeKind;

/// What came of a question.
enum Asked {
    Answered(Looked),
    /// No answer came.
    Failed(ApiError),
    Late,
}

/// What the service let be seen.
#[derive(Default)]
pub(super) struct Seen {
    /// The models it lists.
    pub(super) models: Option<Vec<String>>,
    /// A surface takes the key.
    pub(super) known: bool,
}

/// Looks at what the compatible surface answered, asks the native one, and tells both.
pub(super) async fn examine(deps: &Deps, ready: &Ready, compat: &Looked, out: &Out<'_>) -> Seen {
    if !ready.may_ask() {
        out.after(&OF_KEY, Name::Key).await;
        return Seen::default();
    }
    out.tell(surface(ready, Surface::Compat, compat)).await;
    let models = compat.answer.as_ref().ok().map(listed);
    let ask =
        async |call| match timeout(deps.patience, ready.client.look(&ready.endpoint, call)).await {
            Ok(Ok(looked)) => Asked::Answered(looked),
            Ok(Err(error)) => Asked::Failed(error),
            Err(_) => Asked::Late,
        };
    let mut verdicts = vec![verdict(&compat.answer)];
    let mut answers = vec![compat];
    let (native, limits) = if ready.endpoint.native().is_some() {
        let (native, limits) = tokio::join!(ask(tasks()), ask(quotas()));
        (Some(native), Some(limits))
    } else {
        (None, None)
    };
    match &native {
        None => out.tell(Check::skipped(Name::Native, ServiceFinding::NoNative)).await,
        Some(Asked::Answered(looked)) => {
            verdicts.push(verdict(&looked.answer));
            answers.push(looked);
            out.tell(surface(ready, Surface::Native, looked)).await;
        }
        Some(Asked::Failed(error)) => {
            let notice = ready.notice(error);
            out.tell(Check::fail(Name::Native, trouble(&notice), notice)).await;
        }
        Some(Asked::Late) => {
            let late = Finding::Late(deps.patience);
            let check = Check::fail(Name::Native, Trouble::Network, late);
            out.tell(check.with_next(Next::TryLater)).await;
        }
    }
    out.tell(regions::check(deps, ready, &verdicts).await).await;
    out.tell(workspace(ready, &answers, &verdicts)).await;
    out.tell(limits_check(deps, limits.as_ref(), &verdicts)).await;
    Seen { models, known: verdicts.contains(&Verdict::Known) }
}

/// What a surface's answer says.
fn surface(ready: &Ready, surface: Surface, looked: &Looked) -> Check {
    let name = match surface {
        Surface::Compat => Name::Compat,
        Surface::Native => Name::Native,
    };
    let error = match &looked.answer {
        Ok(document) => {
            let models = (surface == Surface::Compat).then(|| listed(document).len());
            let took = looked.head.took;
            return Check::ok(name, ServiceFinding::Answers { surface, took, models });
        }
        Err(error) => error,
    };
    let status = looked.head.status;
    let notice = ready.notice(error);
    // The path is not served, but an API answered: other servers list no models and have no tasks.
    let api = error.refusal().is_some_and(|refusal| refusal.envelope);
    if api && matches!(status, 404 | 405) {
        return Check::warn(name, ServiceFinding::NothingFree { surface, status });
    }
    match notice.kind {
        NoticeKind::Throttled { .. } => Check::warn(name, notice).with_next(Next::TryLater),
        _ => Check::fail(name, trouble(&notice), notice),
    }
}

/// Whether the workspace that was named takes the key.
fn workspace(ready: &Ready, answers: &[&Looked], verdicts: &[Verdict]) -> Check {
    let name = Name::Workspace;
    let Some(id) = ready.endpoint.workspace().map(str::to_owned) else {
        return Check::skipped(name, ServiceFinding::WorkspaceOwn);
    };
    let refused = |looked: &&Looked| {
        let error = looked.answer.as_ref().err();
        error.and_then(ApiError::refusal).is_some_and(workspace_refused)
    };
    if answers.iter().any(refused) {
        return Check::fail(name, Trouble::Key, ServiceFinding::WorkspaceRefused { id })
            .with_next(Next::AskWorkspace);
    }
    if verdicts.contains(&Verdict::Known) {
        return Check::ok(name, ServiceFinding::Workspace { id });
    }
    Check::after(name, Name::Compat)
}

/// Whether the service tells limits. Where it does not, nothing is missing.
fn limits_check(deps: &Deps, asked: Option<&Asked>, verdicts: &[Verdict]) -> Check {
    let name = Name::Limits;
    match asked {
        None => Check::skipped(name, ServiceFinding::NoNative),
        Some(_) if !verdicts.contains(&Verdict::Known) => Check::after(name, Name::Compat),
        Some(Asked::Answered(looked)) if looked.answer.is_ok() => {
            Check::ok(name, ServiceFinding::Limits)
        }
        Some(Asked::Answered(looked)) => {
            Check::unknown(name, ServiceFinding::NoLimits { status: looked.head.status })
        }
        Some(Asked::Failed(_)) => Check::after(name, Name::Native),
        Some(Asked::Late) => Check::unknown(name, Finding::Late(deps.patience)),
    }
}
