//! The text that asks the service for a higher limit, in Chinese and in English, with the way to
//! where it is pasted. It refuses to invent figures: one that is not known is left to be filled in.

use super::grouped;
use crate::domain::notice::{OwnFigures, Throttle};

/// Stands where the user knows better.
const BLANK: &str = "____";

/// What a higher limit is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Which limit was met.
    pub kind: Throttle,
    /// The model.
    pub model: &'a str,
    /// The region, where it is known.
    pub region: Option<&'a str>,
    /// The workspace, where it is known.
    pub workspace: Option<&'a str>,
    /// Own figures.
    pub figures: OwnFigures,
}

fn figure(number: Option<u64>, unit: &str) -> String {
    number.map_or_else(|| format!("{BLANK} {unit}"), |number| format!("{} {unit}", grouped(number)))
}

/// The text; the Chinese part comes first, because a form in Chinese is where it goes.
#[must_use]
pub fn text(request: &Request<'_>) -> String {
    let Request { kind, model, region, workspace, figures } = *request;
    let (region, workspace) = (region.unwrap_or(BLANK), workspace.unwrap_or(BLANK));
    let tasks = kind == Throttle::Concurrency;
    let limits = |tasks_word: &str, rpm: Option<u64>, tpm: Option<u64>, at_once: Option<u64>| {
        if tasks {
            figure(at_once, tasks_word)
        } else {
            format!("{}, {}", figure(rpm, "RPM"), figure(tpm, "TPM"))
        }
    };
    let now = |word| limits(word, figures.limit_rpm, figures.limit_tpm, figures.limit_tasks);
    let peak = |word| limits(word, figures.peak_rpm, figures.peak_tpm, None);
    let wish = |word| limits(word, None, None, None);
    let zh = format!(
        "申请提升限流\n\
         步骤：打开 https://bailian.console.aliyun.com → API-KEY → 限流配置，选择模型，粘贴下面的内容并提交；\
         10 倍以内的申请通常 24 小时内批复。\n\
         模型：{model}\n\
         地域：{region}\n\
         业务空间：{workspace}\n\
         当前限额：{}\n\
         实测峰值：{}\n\
         典型提示词长度：{}\n\
         典型回答长度：{}\n\
         申请限额：{}\n\
         用途：{BLANK}",
        now("个并发任务"),
        peak("个并发任务"),
        figure(figures.prompt_tokens, "Token"),
        figure(figures.answer_tokens, "Token"),
        wish("个并发任务"),
    );
    let en = format!(
        "Request for a higher limit\n\
         Where: https://bailian.console.aliyun.com → API-KEY → 限流配置 (rate limits), choose the model, \
         paste what follows and submit; up to 10 times the limit is usually granted within 24 hours.\n\
         Model: {model}\n\
         Region: {region}\n\
         Workspace: {workspace}\n\
         Limit now: {}\n\
         Measured peak: {}\n\
         Typical prompt: {}\n\
         Typical answer: {}\n\
         Limit wanted: {}\n\
         Purpose: {BLANK}",
        now("tasks at once"),
        peak("tasks at once"),
        figure(figures.prompt_tokens, "tokens"),
        figure(figures.answer_tokens, "tokens"),
        wish("tasks at once"),
    );
    format!("{zh}\n\n{en}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(kind: Throttle, figures: OwnFigures) -> String {
        let (region, workspace) = (Some("cn-beijing"), None);
        text(&Request { kind, model: "qwen-plus", region, workspace, figures })
    }

    #[test]
    fn known_figures_are_filled_in_and_others_left_open() {
        let figures = OwnFigures {
            peak_rpm: Some(190),
            prompt_tokens: Some(1_234),
            limit_rpm: Some(200),
            limit_tpm: Some(200_000),
            ..OwnFigures::default()
        };
        let said = request(Throttle::Requests, figures);
        for part in [
            "模型：qwen-plus",
            "当前限额：200 RPM, 200,000 TPM",
            "实测峰值：190 RPM, ____ TPM",
            "典型提示词长度：1,234 Token",
            "业务空间：____",
            "限流配置",
            "用途：____",
            "Model: qwen-plus",
            "Limit now: 200 RPM, 200,000 TPM",
            "Measured peak: 190 RPM, ____ TPM",
            "Typical prompt: 1,234 tokens",
            "Purpose: ____",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn tasks_at_once_are_asked_for_as_such() {
        let figures = OwnFigures { limit_tasks: Some(5), ..OwnFigures::default() };
        let said = request(Throttle::Concurrency, figures);
        assert!(said.contains("当前限额：5 个并发任务"), "{said}");
        assert!(said.contains("Limit now: 5 tasks at once") && !said.contains("RPM"), "{said}");
    }
}
