//! 简体中文界面。 The interface in Simplified Chinese.

use std::borrow::Cow;
use std::time::Duration;

use super::{Hint, Phrase, grouped, seconds};
use crate::domain::notice::{NoticeKind, Side, Throttle};

pub(super) fn phrase(phrase: Phrase<'_>) -> Cow<'static, str> {
    Cow::Borrowed(match phrase {
        Phrase::You => "你",
        Phrase::Message => "消息",
        Phrase::Placeholder => "想问点什么",
        Phrase::WelcomeTitle => "新对话",
        Phrase::WelcomeLines { model, simulator: false } => {
            return format!(
                "你的问题会发给 {model}。\nEnter 发送，Alt+Enter 换行，? 查看全部按键。"
            )
            .into();
        }
        Phrase::WelcomeLines { model, simulator: true } => {
            return format!(
                "这里是模拟器：它扮演 {model}，不花钱，也没有真知识。\nEnter 发送，Alt+Enter 换行，? 查看全部按键。"
            )
            .into();
        }
        Phrase::Asking => "等待第一个字",
        Phrase::Answering => "正在回答",
        Phrase::Reasoning { chars, running, open } => {
            let mark = if open { '▾' } else { '▸' };
            let state = if running { "正在思考" } else { "思考过程" };
            return format!("{mark} {state} {} 字", grouped(chars as u64)).into();
        }
        Phrase::FirstToken(time) => return format!("首字 {} 秒", seconds(time)).into(),
        Phrase::Speed(rate) => return format!("{rate:.0} tok/秒").into(),
        Phrase::Tokens(tokens) => return format!("{} tok", grouped(tokens)).into(),
        Phrase::Cached(tokens) => return format!("缓存 {}", grouped(tokens)).into(),
        Phrase::Unfinished => "未完成",
        Phrase::NoAnswer => "没有回答",
        Phrase::CutAtLimit => "已到输出上限",
        Phrase::WantsTool => "请求调用工具（lian 不会执行）",
        Phrase::AskAgain { key } => return format!("按 {key} 再问一次").into(),
        Phrase::GoOn { key } => return format!("按 {key} 接着回答").into(),
        Phrase::TryAgainIn { seconds, attempt } => {
            return format!("{seconds} 秒后第 {attempt} 次尝试").into();
        }
        Phrase::MoreBelow => "下面还有",
        Phrase::Simulator => "模拟器",
        Phrase::SeedPrices => "价格：seed",
        Phrase::Help => "按键",
        Phrase::ContextTitle(name) => match name {
            "composer" => "写消息时",
            "empty_composer" => "消息为空时",
            "transcript" => "在对话里",
            "help" => "在本帮助里",
            "params" => "在参数里",
            "list" => "在列表里",
            "notices" => "提示列表中",
            "history" => "在提问历史里",
            "paste" => "查看粘贴内容时",
            "vi_insert" => "vi 键位的输入模式（editing = \"vi\"）",
            "vi_normal" => "vi 键位的命令模式（editing = \"vi\"）；前面加数字表示次数",
            "models" => "选模型时",
            "conversations" => "在对话列表里",
            "queue" => "在排队列表里",
            "tasks" => "在任务列表里",
            "task_form" => "在任务表单里",
            "task_review" => "逐个看结果时",
            _ => "任何地方",
        },
        Phrase::RequestId(id) => return format!("请求 ID {id}").into(),
        Phrase::Estimate(tokens) => return format!("≈ {} tok", grouped(tokens)).into(),
        Phrase::Which(at, of) => return format!("对话 {at}/{of}").into(),
        Phrase::TooSmall => "窗口太小",
        Phrase::Hint(hint) => match hint {
            Hint::Send => "发送",
            Hint::Newline => "换行",
            Hint::Stop => "停止",
            Hint::Help => "帮助",
            Hint::Quit => "退出",
            Hint::New => "新对话",
            Hint::Scroll => "滚动",
            Hint::End => "到末尾",
            Hint::Write => "写消息",
            Hint::Questions => "前后问题",
            Hint::Reasoning => "思考过程",
            Hint::Close => "关闭",
            Hint::SendNow => "立即发送",
            Hint::Queue => "排队",
            Hint::Again => "再答一次",
            Hint::Change => "修改",
            Hint::Conversations => "所有对话",
            Hint::Palette => "命令",
            Hint::Copy => "复制",
        },
    })
}

/// What an action does, by its name.
pub(super) fn action(name: &str) -> Option<&'static str> {
    Some(match name {
        "interrupt" => "停止回答；连按两次退出",
        "quit" => "退出",
        "redraw" => "重画屏幕",
        "suspend" => "挂起，回到 shell",
        "help" => "显示或收起帮助",
        "toggle_mouse" => "把鼠标交给终端，或收回",
        "toggle_layout" => "侧栏与对话并列，或上下排列",
        "palette" => "搜索并执行任何操作",
        "commands" => "按名字执行命令",
        "parameters" => "对话的参数",
        "parameter_scope" => "对本对话设置，或仅对下一条消息",
        "instructions" => "本对话的系统提示",
        "toggle_thinking" => "让模型先思考，或不思考",
        "toggle_search" => "让服务联网搜索，或不搜索",
        "row_up" => "上一行",
        "row_down" => "下一行",
        "rows_up" => "上一页",
        "rows_down" => "下一页",
        "first_row" => "第一行",
        "last_row" => "最后一行",
        "accept" => "选定这一行",
        "choose_model" => "选择模型",
        "pin_model" => "把模型固定到某个日期",
        "default_model" => "使用这个模型并设为默认",
        "model_kinds" => "只列对话模型，或全部",
        "back" => "关闭当前浮层，或停止回答",
        "next_theme" => "换下一个主题",
        "focus_next" => "到下一个窗格",
        "focus_previous" => "到上一个窗格",
        "focus_conversation" => "到对话窗格",
        "focus_message" => "到消息窗格",
        "stop_answer" => "停止正在到来的回答",
        "continue_answer" => "接着未完成的回答",
        "send_now" => "不再等待，立即发送",
        "toggle_reasoning" => "展开或收起思考过程",
        "line_up" => "上移一行",
        "line_down" => "下移一行",
        "half_page_up" => "上移半页",
        "half_page_down" => "下移半页",
        "page_up" => "上移一页",
        "page_down" => "下移一页",
        "to_beginning" => "到开头",
        "to_end" => "到末尾并跟随",
        "question_before" => "到前一个问题",
        "question_after" => "到后一个问题",
        "message_before" => "标记前一条消息",
        "message_after" => "标记后一条消息",
        "copy_message" => "复制消息",
        "copy_code" => "复制最后一段代码",
        "copy_link" => "复制链接",
        "copy_conversation" => "复制整个对话",
        "toggle_source" => "按原文显示消息，便于用鼠标选取",
        "export_markdown" => "把对话写入 Markdown 文件",
        "export_json" => "把对话写入 JSON 文件",
        "notices" => "lian 说过的话",
        "copy_notice" => "复制提示，以便交给技术支持",
        "new_conversation" => "开始新对话",
        "conversation_before" => "到前一个对话",
        "conversation_after" => "到后一个对话",
        "conversations" => "所有对话：搜索、打开",
        "rename_conversation" => "给选中的对话改标题",
        "delete_conversation" => "删除选中的对话",
        "undelete_conversation" => "取回刚删除的对话",
        "send" => "发送消息",
        "newline" => "换行",
        "delete_before" => "删除光标前的字",
        "delete_after" => "删除光标后的字",
        "delete_word_before" => "删除前一个词",
        "delete_word_after" => "删除后一个词",
        "delete_to_line_begin" => "删到行首",
        "delete_to_line_end" => "删到行尾",
        "left" => "左移",
        "right" => "右移",
        "up" => "上移，或取前一个问题",
        "down" => "下移，或取后一个问题",
        "word_left" => "左移一个词",
        "word_right" => "右移一个词",
        "line_begin" => "到行首",
        "line_end" => "到行尾",
        "message_begin" => "到消息开头",
        "message_end" => "到消息末尾",
        "undo" => "撤销",
        "redo" => "重做",
        "put_back" => "放回刚删除的内容",
        _ => return elsewhere(name),
    })
}

/// Actions that are said where their feature is.
fn elsewhere(name: &str) -> Option<&'static str> {
    super::vi::action(name)
        .or_else(|| super::input::action(name))
        .or_else(|| super::tasks_pane::action(name))
        .or_else(|| super::attachments::action_zh(name))
        .or_else(|| super::doctor::action_zh(name))
        .or_else(|| super::turns::action_zh(name))
}

fn after(limit: Duration) -> String {
    format!("{} 秒", seconds(limit))
}

type Sentence = (Cow<'static, str>, Cow<'static, str>);

fn fixed(sentence: &'static str, next: &'static str) -> Sentence {
    (sentence.into(), next.into())
}

fn with(sentence: String, next: &'static str) -> Sentence {
    (sentence.into(), next.into())
}

fn said((sentence, next): (String, String)) -> Sentence {
    (sentence.into(), next.into())
}

pub(super) fn notice(kind: &NoticeKind) -> Sentence {
    match kind {
        NoticeKind::Key(fault) => return said(super::keys::zh_cn(fault)),
        NoticeKind::Settings(notice) => return said(super::settings::zh_cn(notice)),
        _ => {}
    }
    service(kind).or_else(|| network(kind)).or_else(|| store(kind)).unwrap_or_else(|| machine(kind))
}

fn service(kind: &NoticeKind) -> Option<Sentence> {
    Some(match kind {
        NoticeKind::KeyMissing { origin, variable } => (
            format!("没有用于 {origin} 的 API Key。").into(),
            format!(
                "请设置 {}；或者先试试不需要 Key 的 `lian --demo`。",
                super::keys::variable(variable)
            )
            .into(),
        ),
        NoticeKind::KeyRejected { origin, source } => with(
            format!("{origin} 不接受来自 {source} 的 Key。"),
            "请检查 Key；Key 只在自己的地域（--region）和套餐内有效。",
        ),
        NoticeKind::PermissionDenied => fixed(
            "Key 有效，但无权使用这个模型。",
            "请在控制台为业务空间开通该模型，或用 -m 换一个模型。",
        ),
        NoticeKind::Arrears { source } => (
            "服务方说账户状态异常。".into(),
            format!(
                "请在控制台结清欠费并等几分钟；如果没有欠费，{}可能属于另一个账户。",
                if source.is_empty() {
                    "这个 Key ".to_owned()
                } else {
                    format!("来自 {source} 的 Key ")
                }
            )
            .into(),
        ),
        NoticeKind::FreeQuotaUsedUp { model } => {
            with(format!("{model} 的免费额度已用完。"), "请换一个模型，或在控制台开通付费使用。")
        }
        NoticeKind::ModelUnknown { model, near } if near.is_empty() => {
            with(format!("这个地址没有模型 {model}。"), "请检查模型名和地域，各地域的模型不同。")
        }
        NoticeKind::ModelUnknown { model, near } => (
            format!("这个地址没有模型 {model}。").into(),
            format!("是不是 {}？各地域的模型不同。", near.join("、")).into(),
        ),
        NoticeKind::ModelNotOnSurface { model } => with(
            format!("{model} 存在，但不能通过这个接口对话。"),
            "请用 -m 选择对话模型，例如 qwen-plus。",
        ),
        NoticeKind::RequestRefused { status: 0 } => {
            fixed("服务方拒绝了这个请求。", "原因见括号，修改后再发送。")
        }
        NoticeKind::RequestRefused { status } => {
            with(format!("服务方拒绝了这个请求（HTTP {status}）。"), "原因见括号，修改后再发送。")
        }
        NoticeKind::TooLong { model } => with(
            format!("对话长度超出了 {model} 的上下文。"),
            "请开始新对话（Ctrl+N），或换上下文更长的模型。",
        ),
        NoticeKind::ContentRefused { side } => with(
            match side {
                Side::Input => "内容安全检查拒绝了这个问题。",
                Side::Output => "内容安全检查中止了回答。",
                Side::Unknown => "内容安全检查没有通过。",
            }
            .to_owned(),
            "请换一种说法；原样重发没有用。",
        ),
        NoticeKind::NotTheService { url } => with(
            format!("{url} 不存在。"),
            "请检查 --base-url：应是 DashScope 或兼容 OpenAI 的服务的协议、主机和端口。",
        ),
        NoticeKind::Throttled { kind, tries } => throttled(*kind, *tries),
        NoticeKind::ServerFailed { status: 0 } => {
            fixed("服务方在回答途中出错。", "请重试；若一直如此，请把请求 ID 告诉服务方。")
        }
        NoticeKind::ServerFailed { status } => with(
            format!("服务方内部出错（HTTP {status}）。"),
            "请重试；若一直如此，请把请求 ID 告诉服务方。",
        ),
        _ => return None,
    })
}

fn throttled(kind: Throttle, tries: u32) -> Sentence {
    let what = match kind {
        Throttle::Requests => "这一分钟请求太多",
        Throttle::Burst => "请求增长太快",
        Throttle::Tokens => "这一分钟 token 太多",
        Throttle::Concurrency => {
            return fixed(
                "账户同时运行的任务或请求太多。",
                "请等其中一个结束；lian 不会自动重试。",
            );
        }
        Throttle::Capacity => "服务方暂时没有余量",
        Throttle::Generic => "请求太多",
    };
    let next = match kind {
        Throttle::Capacity => "请过几分钟再试，或换一个模型；这不是账户的限额。",
        Throttle::Requests
        | Throttle::Burst
        | Throttle::Tokens
        | Throttle::Concurrency
        | Throttle::Generic => "请等一分钟，或换一个模型；限额由整个账户共用。",
    };
    match tries {
        0 => with(format!("服务方要求等待：{what}。"), ""),
        1 => with(format!("服务方暂时拒绝：{what}。"), next),
        tries => with(format!("尝试 {tries} 次后仍被限流：{what}。"), next),
    }
}

fn network(kind: &NoticeKind) -> Option<Sentence> {
    Some(match kind {
        NoticeKind::DnsFailed { host } => {
            with(format!("无法解析域名 {host}。"), "请检查网络、代理变量和 --base-url 的拼写。")
        }
        NoticeKind::ConnectionRefused { host } => {
            with(format!("{host} 没有服务在监听。"), "请启动那里的服务，或检查 --base-url 的端口。")
        }
        NoticeKind::TlsFailed { host } => with(
            format!("无法与 {host} 建立安全连接。"),
            "如果公司代理使用自己的证书，请用 SSL_CERT_FILE 指定它。",
        ),
        NoticeKind::ConnectFailed { host } => {
            with(format!("连不上 {host}。"), "请检查网络和代理变量。")
        }
        NoticeKind::ConnectTimeout { host, after: limit } => {
            with(format!("{}内没有连上 {host}。", after(*limit)), "请检查网络、防火墙和代理变量。")
        }
        NoticeKind::FirstByteTimeout { after: limit } => with(
            format!("服务方收下了请求，但 {}内没有开始回答。", after(*limit)),
            "请重试；这个请求可能已计费。",
        ),
        NoticeKind::Stalled { after: limit } => {
            with(format!("回答中断了 {}。", after(*limit)), "已收到的部分保留着。")
        }
        NoticeKind::OverallTimeout { after: limit } => {
            with(format!("回答在 {}内没有结束。", after(*limit)), "已收到的部分保留着。")
        }
        NoticeKind::Cut => fixed("回答没说完，连接就断了。", "已收到的部分保留着。"),
        NoticeKind::Garbled => {
            fixed("收到的不是这个服务的回答。", "请检查 --base-url 和中间的代理。")
        }
        NoticeKind::TooLarge { cap } => with(
            format!("回答中有一段超过 {} 字节，没有读取。", grouped(*cap)),
            "之前收到的部分保留着。",
        ),
        NoticeKind::EmptyAnswer => fixed("服务方一个字没说就结束了。", "请重试，或换一种问法。"),
        NoticeKind::Redirected { to } => with(
            format!("服务器要把请求转到 {to}；lian 不跟随，Key 不会离开这里。"),
            "如果那个地址是对的，请用 --base-url 指定。",
        ),
        _ => return None,
    })
}

fn store(kind: &NoticeKind) -> Option<Sentence> {
    Some(match kind {
        NoticeKind::StoreUnwritable { path } => with(
            format!("无法写入 {path}；对话暂时只在内存里。"),
            "请让目录可写，或用 --data-dir 另选一个。",
        ),
        NoticeKind::DiskFull { path } => with(
            format!("{path} 所在的磁盘已满；对话暂时只在内存里。"),
            "请腾出空间，lian 会自动重新写入。",
        ),
        NoticeKind::StoreUnreadable { path } => with(
            format!("{path} 无法读取，或由更新版本的 lian 创建；保持原样未动。"),
            "请更新 lian，或用 --data-dir 另选目录。",
        ),
        NoticeKind::StoreFailed => {
            fixed("对话没能保存，暂时只在内存里。", "下次改动时 lian 会再试。")
        }
        NoticeKind::StoreRecovered => fixed("对话又能保存了。", ""),
        NoticeKind::StoreOnNetwork { path } => with(
            format!("{path} 在网络文件系统上，同时运行多个 lian 可能较慢。"),
            "本地目录更稳妥：--data-dir。",
        ),
        _ => return None,
    })
}

fn machine(kind: &NoticeKind) -> Sentence {
    match kind {
        NoticeKind::Stopped => fixed("已停止。", ""),
        NoticeKind::Interrupted => fixed("这个回答到来时 lian 退出了。", ""),
        NoticeKind::QuitAgain { answering: false } => fixed("再按一次 Ctrl+C 退出。", ""),
        NoticeKind::QuitAgain { answering: true } => {
            fixed("另一个回答还在到来。再按一次 Ctrl+C 退出。", "")
        }
        NoticeKind::NothingThere => fixed("这里没有可以继续的内容。", ""),
        NoticeKind::Input(notice) => super::input::zh_cn(notice),
        NoticeKind::Mouse { on: true } => {
            fixed("鼠标归 lian：滚轮滚动，点击选择。按住 Shift 可选取文字。", "")
        }
        NoticeKind::Mouse { on: false } => fixed("鼠标归终端：拖动即可选取文字。", ""),
        NoticeKind::TooNarrow { columns } => {
            with(format!("并列布局需要 {columns} 列宽的屏幕；现在上下排列。"), "")
        }
        NoticeKind::StillAnswering => fixed("回答还在到来。请等它结束，或按 Esc 停止。", ""),
        NoticeKind::MovedOn => fixed(
            "另一个 lian 也在写这个对话；两边写的都保存着。",
            "从对话列表（Alt+S）重新打开就能看到全部。",
        ),
        NoticeKind::ArrivingElsewhere => fixed("这个回答正在另一个 lian 里到来。", ""),
        NoticeKind::Deleted { title } => {
            with(format!("已删除“{title}”。在对话列表（Alt+S）里按 Alt+U 可以取回。"), "")
        }
        NoticeKind::ConversationGone => fixed("这个对话已经读不到了。", ""),
        NoticeKind::Forked => fixed("已从这里复制出一个新对话，原来的不变。", ""),
        NoticeKind::Resumed { messages } => {
            with(format!("回到上次的对话（{messages} 条消息）。Ctrl+N 开始新对话。"), "")
        }
        NoticeKind::Crashed { report } => with(
            format!("lian 的一部分出错了，你写的内容都在。报告：{report}"),
            "请把报告发给我们；其中没有 Key，也没有对话。",
        ),
        NoticeKind::Busy => fixed("lian 正忙，什么都没有发送。", "请稍后再试。"),
        // 以上函数已处理。
        NoticeKind::StoreUnwritable { .. }
        | NoticeKind::DiskFull { .. }
        | NoticeKind::StoreUnreadable { .. }
        | NoticeKind::StoreFailed
        | NoticeKind::StoreRecovered
        | NoticeKind::StoreOnNetwork { .. }
        | NoticeKind::Key(_)
        | NoticeKind::Settings(_)
        | NoticeKind::KeyMissing { .. }
        | NoticeKind::KeyRejected { .. }
        | NoticeKind::PermissionDenied
        | NoticeKind::Arrears { .. }
        | NoticeKind::FreeQuotaUsedUp { .. }
        | NoticeKind::ModelUnknown { .. }
        | NoticeKind::ModelNotOnSurface { .. }
        | NoticeKind::RequestRefused { .. }
        | NoticeKind::TooLong { .. }
        | NoticeKind::ContentRefused { .. }
        | NoticeKind::NotTheService { .. }
        | NoticeKind::Throttled { .. }
        | NoticeKind::ServerFailed { .. }
        | NoticeKind::DnsFailed { .. }
        | NoticeKind::ConnectionRefused { .. }
        | NoticeKind::TlsFailed { .. }
        | NoticeKind::ConnectFailed { .. }
        | NoticeKind::ConnectTimeout { .. }
        | NoticeKind::FirstByteTimeout { .. }
        | NoticeKind::Stalled { .. }
        | NoticeKind::OverallTimeout { .. }
        | NoticeKind::Cut
        | NoticeKind::Garbled
        | NoticeKind::TooLarge { .. }
        | NoticeKind::EmptyAnswer
        | NoticeKind::Redirected { .. }
        // These have files of their own.
        | NoticeKind::Account(_)
        | NoticeKind::Request(_)
        | NoticeKind::Route(_)
        | NoticeKind::Media(_)
        | NoticeKind::Task(_)
        | NoticeKind::Download(_)
        | NoticeKind::Errand(_)
        | NoticeKind::Budget(_)
        | NoticeKind::Speech(_)
        | NoticeKind::Copy(_)
        | NoticeKind::Export(_)
        | NoticeKind::Attach(_) => fixed("", ""),
    }
}
