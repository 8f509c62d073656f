//! What is said of requests that went the wrong way: to a region, a surface or a path that does not
//! serve the model, or in a shape the service does not read; in every language. It refuses to blame
//! the user where a gateway or lian itself may be the reason.

use super::{Language, Told, told};
use crate::domain::notice::RouteNotice;

/// Says it.
#[must_use]
pub fn tell(language: Language, notice: &RouteNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

fn en(notice: &RouteNotice) -> Told {
    match notice {
        RouteNotice::ModelElsewhere { model, region, served } => told(
            format!("{model} is not served in {region}, or not to this account."),
            if served.is_empty() {
                "Check in the console which models the key's workspace may use, or try another region (--region).".to_owned()
            } else {
                format!(
                    "It is served in {}: use --region and a key of that region.",
                    served.join(", ")
                )
            },
        ),
        RouteNotice::NativeOnly { model } => told(
            format!(
                "{model} is not served by the OpenAI-compatible surface, only by the native one."
            ),
            "To chat, choose another model with -m; speech, pictures and videos have commands of their own.",
        ),
        RouteNotice::SocketOnly { model } => told(
            format!("{model} answers only over a WebSocket, not to a plain request."),
            "Use its relative without \"realtime\" in the name, or another model.",
        ),
        RouteNotice::TaskOnly { model } => told(
            format!("{model} works only as a task, not in a chat."),
            "Use `lian video create` or `lian image create`, or choose a chat model with -m.",
        ),
        RouteNotice::NoNative { model, origin } => told(
            format!(
                "{model} needs the native surface, and {origin} is known to have only the compatible one."
            ),
            "Set native_base_url in the profile, or use a profile of the service itself.",
        ),
        RouteNotice::WrongPath { model, url } => told(
            format!("{url} is not the address for {model}."),
            "Check the base URL and any gateway behind it; if there is none, it is a mistake of lian: please report it.",
        ),
        RouteNotice::AsyncMissing { model, origin } => told(
            format!(
                "{model} works only as a task, and the header X-DashScope-Async did not reach {origin}."
            ),
            "lian sends it: look for a gateway that drops headers; if there is none, please report it.",
        ),
        RouteNotice::AsyncUnwanted { model, origin } => told(
            format!(
                "{model} is not for tasks, but {origin} received the header X-DashScope-Async."
            ),
            "Look for a gateway that adds headers; if there is none, it is a mistake of lian: please report it.",
        ),
        RouteNotice::Unstreamed { model } => told(
            format!("{model} answers only as a stream, which is not what {model} was asked for."),
            "lian always asks for a stream: take `stream` out of raw JSON, or look for a gateway that changes requests.",
        ),
        RouteNotice::Malformed { url } => told(
            format!("{url} does not understand the request."),
            "If raw JSON is laid over it, take that out; else it is a mistake of lian or of a gateway: please report it.",
        ),
        RouteNotice::ToolOrder => told(
            "The result of a tool does not follow the message that asked for it.",
            "Ask in a new conversation (Ctrl+N); if raw JSON replaces the messages, take that out.",
        ),
    }
}

fn zh_cn(notice: &RouteNotice) -> Told {
    match notice {
        RouteNotice::ModelElsewhere { model, region, served } => told(
            format!("{region} 地域没有 {model}，或当前账户不能使用它。"),
            if served.is_empty() {
                "请在控制台查看 Key 所在的业务空间可用哪些模型，或换一个地域（--region）。"
                    .to_owned()
            } else {
                format!("它在 {} 提供：请用 --region 和该地域的 Key。", served.join("、"))
            },
        ),
        RouteNotice::NativeOnly { model } => told(
            format!("{model} 不支持 OpenAI 兼容接口，只支持原生接口。"),
            "要对话请用 -m 换一个模型；语音、图片和视频有各自的命令。",
        ),
        RouteNotice::SocketOnly { model } => told(
            format!("{model} 只能通过 WebSocket 调用，不接受普通请求。"),
            "请用名字里没有 realtime 的同系列模型，或换一个模型。",
        ),
        RouteNotice::TaskOnly { model } => told(
            format!("{model} 只能以任务方式调用，不能对话。"),
            "请用 `lian video create` 或 `lian image create`，或用 -m 选择对话模型。",
        ),
        RouteNotice::NoNative { model, origin } => told(
            format!("{model} 需要原生接口，而 {origin} 只设置了兼容接口。"),
            "请在配置里设置 native_base_url，或使用百炼自己的配置。",
        ),
        RouteNotice::WrongPath { model, url } => told(
            format!("{url} 不是 {model} 的调用地址。"),
            "请检查 base URL 和它后面的网关；如果没有网关，这就是 lian 的错误，请告诉我们。",
        ),
        RouteNotice::AsyncMissing { model, origin } => told(
            format!("{model} 只能以任务方式调用，而 {origin} 没有收到 X-DashScope-Async 请求头。"),
            "lian 已发送该请求头：请检查是否有网关去掉了它；如果没有网关，请告诉我们。",
        ),
        RouteNotice::AsyncUnwanted { model, origin } => told(
            format!("{model} 不支持任务方式，而 {origin} 收到了 X-DashScope-Async 请求头。"),
            "请检查是否有网关添加了它；如果没有网关，这就是 lian 的错误，请告诉我们。",
        ),
        RouteNotice::Unstreamed { model } => told(
            format!("{model} 只支持流式输出，而收到的请求不是。"),
            "lian 总是请求流式输出：请从原始 JSON 里去掉 stream，或检查是否有网关改动了请求。",
        ),
        RouteNotice::Malformed { url } => told(
            format!("{url} 无法理解这个请求。"),
            "如果叠加了原始 JSON，请去掉它；否则是 lian 或网关的错误，请告诉我们。",
        ),
        RouteNotice::ToolOrder => told(
            "工具的结果没有紧跟在请求它的消息之后。",
            "请在新对话（Ctrl+N）里再问；如果原始 JSON 覆盖了 messages，请去掉它。",
        ),
    }
}
