//! The text a user hands to the service's support: everything they ask for, nothing that is secret.
//! It refuses keys (the caller takes out what looks like one) and the words of the conversation.

use super::notices::Notices as Words;
use super::{Language, tell};
use crate::domain::models::Surface;
use crate::domain::notice::{AccountNotice, Exchange, Fault, Notice, NoticeKind};

/// What happened, and around it what the notice does not know.
#[derive(Debug, Clone, Copy)]
pub struct Incident<'a> {
    /// What the user was told.
    pub notice: &'a Notice,
    /// The model, if it was about one.
    pub model: Option<&'a str>,
    /// When, with its zone.
    pub time: &'a str,
    /// The version of this program.
    pub version: &'a str,
}

/// The text: the sentence in the user's language, then a line for each fact. Where the language is
/// not English the English words stand beside, because whoever reads it may speak either.
#[must_use]
pub fn text(language: Language, incident: &Incident<'_>) -> String {
    let notice = incident.notice;
    let mut lines = vec![tell(language, &notice.kind).sentence.into_owned()];
    if language != Language::En {
        lines.push(tell(Language::En, &notice.kind).sentence.into_owned());
    }
    let mut facts = vec![(Words::Time, incident.time.to_owned())];
    facts.extend(incident.model.map(|model| (Words::Model, model.to_owned())));
    facts.extend(notice.exchange.as_deref().map(of_exchange).unwrap_or_default());
    if let Some(detail) = &notice.detail
        && notice.exchange.as_deref().is_none_or(|exchange| exchange.message.is_empty())
    {
        facts.push((Words::Cause, detail.clone()));
    }
    facts.extend(notice.request_id.clone().map(|id| (Words::RequestId, id)));
    facts.extend(notice.kind.fault().map(|fault| (Words::Side, side(language, fault))));
    facts.push((Words::Program, format!("lian {}", incident.version)));
    lines.extend(
        facts.into_iter().map(|(name, value)| format!("{}: {value}", label(language, name))),
    );
    if let NoticeKind::Account(AccountNotice::Ram { workspace }) = &notice.kind {
        lines.push(super::account::ram_policy(workspace.as_deref()));
    }
    lines.join("\n")
}

fn of_exchange(exchange: &Exchange) -> Vec<(Words, String)> {
    let surface = match exchange.surface {
        Some(Surface::Compat) => "OpenAI-compatible",
        Some(Surface::Native) => "native (DashScope)",
        None => "other",
    };
    let mut facts =
        vec![(Words::Surface, surface.to_owned()), (Words::Address, exchange.url.clone())];
    facts.extend(exchange.region.clone().map(|region| (Words::Region, region)));
    facts.extend(exchange.workspace.clone().map(|id| (Words::Workspace, id)));
    if exchange.status > 0 {
        facts.push((Words::Status, exchange.status.to_string()));
    }
    for (name, value) in [(Words::Code, &exchange.code), (Words::Said, &exchange.message)] {
        if !value.is_empty() {
            facts.push((name, value.clone()));
        }
    }
    facts
}

fn label(language: Language, name: Words) -> String {
    let english = name.say(Language::En);
    match language {
        Language::En => english.to_owned(),
        Language::ZhCn => format!("{} ({english})", name.say(language)),
    }
}

/// On whose side something has to change, for people.
#[must_use]
pub fn side(language: Language, fault: Fault) -> String {
    match (language, fault) {
        (Language::En, Fault::You) => "the request or the settings",
        (Language::En, Fault::Account) => "the account",
        (Language::En, Fault::Service) => "the service",
        (Language::En, Fault::Network) => "the network",
        (Language::En, Fault::Program) => "lian, or a gateway behind the base URL",
        (Language::ZhCn, Fault::You) => "请求或设置",
        (Language::ZhCn, Fault::Account) => "账户",
        (Language::ZhCn, Fault::Service) => "服务方",
        (Language::ZhCn, Fault::Network) => "网络",
        (Language::ZhCn, Fault::Program) => "lian，或 base URL 后面的网关",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::notice::Throttle;

    fn notice(kind: NoticeKind) -> Notice {
        Notice::new(kind)
            .with_detail("Requests rate limit exceeded (limit_requests)")
            .with_request_id(Some("req-7".into()))
            .with_exchange(Exchange {
                url:
                    "https://llm-1.cn-beijing.maas.aliyuncs.com/compatible-mode/v1/chat/completions"
                        .into(),
                surface: Some(Surface::Compat),
                region: Some("cn-beijing".into()),
                workspace: Some("llm-1".into()),
                status: 429,
                code: "limit_requests".into(),
                message: "Requests rate limit exceeded".into(),
            })
    }

    fn say(language: Language, notice: &Notice) -> String {
        let time = "2026-11-28T12:00:00+08:00";
        text(language, &Incident { notice, model: Some("qwen-plus"), time, version: "0.1.0" })
    }

    #[test]
    fn support_reads_every_fact_in_both_languages() {
        let notice = notice(NoticeKind::Throttled { kind: Throttle::Requests, tries: 4 });
        for language in [Language::En, Language::ZhCn] {
            let said = say(language, &notice);
            for part in [
                "2026-11-28T12:00:00+08:00",
                "qwen-plus",
                "OpenAI-compatible",
                "/compatible-mode/v1/chat/completions",
                "cn-beijing",
                "llm-1",
                "429",
                "limit_requests",
                "Requests rate limit exceeded",
                "req-7",
                "lian 0.1.0",
                "Time",
                "Request id",
            ] {
                assert!(said.contains(part), "{part}: {said}");
            }
        }
        let zh = say(Language::ZhCn, &notice);
        assert!(zh.contains("请求 ID (Request id): req-7"), "{zh}");
        assert!(zh.contains("The service still refuses"), "{zh}");
    }

    #[test]
    fn a_missing_policy_comes_with_its_text() {
        let ram = AccountNotice::Ram { workspace: Some("llm-1".into()) };
        let said = say(Language::En, &notice(NoticeKind::Account(ram)));
        let policy = said.lines().last().unwrap();
        let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
        assert_eq!(policy["Statement"][0]["Resource"], "acs:bailian:*:*:workspace/llm-1");
    }

    #[test]
    fn a_notice_of_no_request_says_what_there_is() {
        let said = say(Language::En, &Notice::new(NoticeKind::StoreFailed).with_detail("EIO"));
        assert!(said.contains("Cause: EIO") && !said.contains("HTTP"), "{said}");
    }
}
