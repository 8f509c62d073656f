//! The tasks on the screen in Chinese.

use std::borrow::Cow;

use super::super::{Language, jobs};
use super::{Hint, Label, Pane, age, price, size, span};
use crate::domain::ledger::Cap;
use crate::domain::tasks::TaskStatus;
use crate::domain::tasks::book::{Review, Stage};

fn state_zh(stage: Stage, status: Option<&TaskStatus>) -> Cow<'static, str> {
    match stage {
        Stage::Waiting => "排队中".into(),
        Stage::Paused => "已暂缓".into(),
        Stage::Sending => "提交中".into(),
        Stage::Maybe => "待确认".into(),
        Stage::Refused => "未提交".into(),
        Stage::Following => match status {
            None => "已提交".into(),
            Some(status) => jobs::Jobs::Status(status).say(Language::ZhCn),
        },
        Stage::Saving => "下载中".into(),
        Stage::Saved => "已保存".into(),
        Stage::Failed => "失败".into(),
        Stage::Canceled => "已取消".into(),
        Stage::Expired => "已过期".into(),
        Stage::Lost => "查无此任务".into(),
    }
}

const fn cap_zh(cap: Cap) -> &'static str {
    match cap {
        Cap::Session => "本次运行",
        Cap::Day => "今日",
        Cap::Month => "本月",
    }
}

pub(super) fn say(said: Pane<'_>) -> Cow<'static, str> {
    Cow::Owned(match said {
        Pane::Title => return "任务".into(),
        Pane::Placeholder(by, backwards) => {
            format!("按{by}排序{}", if backwards { "（倒序）" } else { "" })
        }
        Pane::Nothing => return "还没有任务：用 /video 或 /image 创建".into(),
        Pane::NothingFits => return "没有任务包含这些字词".into(),
        Pane::Reading => return "正在读取…".into(),
        Pane::State(stage, status) => return state_zh(stage, status),
        Pane::Running(count) => format!("{count} 个生成中"),
        Pane::Waiting(count) => format!("{count} 个排队"),
        Pane::Paused(count) => format!("{count} 个暂缓"),
        Pane::Undecided(count) => format!("{count} 个待确认"),
        Pane::Saved(count) => format!("{count} 个已保存"),
        Pane::Failed(count) => format!("{count} 个失败"),
        Pane::Canceled(count) => format!("{count} 个已取消"),
        Pane::Left(left) => format!("约剩 {}", span(Language::ZhCn, left)),
        Pane::AnyMoment => return "即将完成".into(),
        Pane::Expires(left) => format!("还剩 {}", span(Language::ZhCn, left)),
        Pane::Gone => return "服务端已清除".into(),
        Pane::Arrived(percent) => format!("{percent}%"),
        Pane::Marked(count) => format!("已标记 {count} 个"),
        Pane::Label(label) => return label_zh(label).into(),
        Pane::Waited(wait) => format!("等待 {}", age(Language::ZhCn, wait)),
        Pane::Bytes(bytes) => size(bytes),
        Pane::Judged(Review::Accepted) => return "采用".into(),
        Pane::Judged(Review::Rejected) => return "不采用".into(),
        Pane::Adopted => return "由别的程序创建".into(),
        Pane::RawTitle => return "服务方最近一次回复".into(),
        Pane::NoRaw => return "服务方还没有回复".into(),
        Pane::AccountTitle => return "账号里不在此处的任务".into(),
        Pane::AccountHint => return "Enter 收下一个，空格标记，a 收下全部".into(),
        Pane::AccountNone => return "最近 24 小时的任务都已在此".into(),
        Pane::ReviewTitle(at, of) => format!("结果 {at}/{of}"),
        Pane::NoPoster => return "没有预览图；按 o 打开文件".into(),
        Pane::Before => return "先请确认".into(),
        Pane::AskCancel(count, 0) => format!("取消排队中的 {count} 个任务？它们还没有提交。"),
        Pane::AskCancel(count, _) => {
            format!("取消 {count} 个任务？服务方只能取消还没开始的，其余会继续。")
        }
        Pane::AskForget(count) => {
            format!("从列表移除 {count} 个任务？文件会保留，运行中的会继续。")
        }
        Pane::AskAgain(count, cost) => {
            format!("换新种子重做 {count} 个任务？{}", price(cost, "约 "))
        }
        Pane::AskBatch(count, cost) => {
            format!("共 {count} 行：作为 {count} 个任务提交？{}", price(cost, "合计约 "))
        }
        Pane::AskBudget(reached, count) => format!(
            "再花 {} 会超出{}预算 {}（已用 {}）。输入“是”仍然提交 {count} 个任务。",
            reached.asked,
            cap_zh(reached.cap),
            reached.limit,
            reached.spent
        ),
        Pane::AskLoop(times) => format!("一分钟内已提交相同的任务 {times} 次，还要再来一次吗？"),
        Pane::AskWhatItIs(title) => {
            format!("“{title}”已发出，但回复丢失，可能已经创建。它是哪一个？")
        }
        Pane::AskSendAgain(title, cost) => {
            format!("如果“{title}”其实已创建，会生成并计费两次{}。仍要重发？", price(cost, "："))
        }
        Pane::Leave => return "保持原样".into(),
        Pane::Do => return "确定".into(),
        Pane::DoTyped => return "是，仍然提交".into(),
        Pane::DoBatch(count, cost) => format!("{count} 个任务{}", price(cost, " · ")),
        Pane::OneTask(cost) => format!("所有行合为一个任务{}", price(cost, " · ")),
        Pane::IsThis(row) => format!("就是 {row}"),
        Pane::SendAgain => return "都不是：重新提交".into(),
        Pane::Drop => return "都不是：不再处理".into(),
        Pane::Ended { title, well: true } => format!("lian：已保存 - {title}"),
        Pane::Ended { title, well: false } => format!("lian：未生成 - {title}"),
        Pane::GoOn { running, waiting, first } => {
            let mut parts = Vec::new();
            match running {
                0 => {}
                1 => parts.push(format!("1 个任务（{first}）在服务方继续运行")),
                _ => parts.push(format!("{running} 个任务（{first} 等）在服务方继续运行")),
            }
            if waiting > 0 {
                parts.push(format!("排队中的 {waiting} 个下次启动时提交"));
            }
            if running > 0 {
                parts.push("下次启动时下载文件（24 小时内）".to_owned());
            }
            format!("{}。", parts.join("；"))
        }
        Pane::Hint(hint) => return hint_zh(hint).into(),
    })
}

const fn label_zh(label: Label) -> &'static str {
    match label {
        Label::State => "状态",
        Label::Model => "模型",
        Label::Prompt => "提示词",
        Label::Rewritten => "改写后",
        Label::Age => "时间",
        Label::Eta => "剩余",
        Label::Price => "价格",
        Label::Expiry => "保留",
        Label::File => "文件",
        Label::Created => "记录",
        Label::Sent => "发出",
        Label::Submitted => "提交",
        Label::Scheduled => "开始",
        Label::Done => "完成",
        Label::Saved => "保存",
        Label::Expected => "预计",
        Label::Cost => "费用",
        Label::TaskId => "任务 ID",
        Label::RequestId => "请求 ID",
        Label::Origin => "地址",
        Label::Fields => "参数",
        Label::Files => "文件",
        Label::Sum => "sha256",
        Label::Cause => "原因",
        Label::Judgement => "评价",
    }
}

const fn hint_zh(hint: Hint) -> &'static str {
    match hint {
        Hint::Details => "详情",
        Hint::Filter => "筛选",
        Hint::Mark => "标记",
        Hint::Cancel => "取消",
        Hint::Retry => "换种子",
        Hint::Edit => "改提示词",
        Hint::View => "打开",
        Hint::CopyPath => "复制路径",
        Hint::Forget => "移出列表",
        Hint::Raw => "JSON",
        Hint::Adopt => "账号任务",
        Hint::Take => "收下",
        Hint::TakeAll => "全部收下",
        Hint::Review => "逐个看",
        Hint::Accept => "采用",
        Hint::Reject => "不采用",
        Hint::Next => "下一个",
        Hint::Video => "新视频",
        Hint::Choose => "选择",
        Hint::All => "全部",
        Hint::Pause => "暂缓",
    }
}

/// What an action on tasks does, in Chinese.
pub(in crate::words) fn action(name: &str) -> Option<&'static str> {
    Some(match name {
        "tasks" => "所有任务",
        "new_video" => "生成视频",
        "new_image" => "生成图片",
        "submit_task" => "提交表单",
        "task_details" => "任务详情，或返回",
        "task_json" => "服务方最近一次回复的原文，或返回",
        "filter_tasks" => "只看包含这些字词的任务",
        "mark_task" => "标记任务，或取消标记",
        "mark_tasks" => "标记全部，或全部取消",
        "cancel_task" => "取消任务",
        "retry_task" => "换新种子重做",
        "edit_task" => "种子不变，换提示词重做",
        "open_file" => "打开文件",
        "open_directory" => "打开文件所在目录",
        "copy_path" => "复制文件路径",
        "forget_task" => "移出列表，文件保留",
        "download_task" => "重新下载文件",
        "pause_task" => "暂缓排队的任务，或让它继续",
        "task_first" => "排到最前",
        "adopt_tasks" => "账号里不在此处的任务；在那里：全部收下",
        "review_tasks" => "逐个看结果",
        "sort_by_state" => "按状态排序，或倒序",
        "sort_by_model" => "按模型排序，或倒序",
        "sort_by_age" => "按时间排序，或倒序",
        "sort_by_price" => "按价格排序，或倒序",
        "sort_by_expiry" => "按到期先后排序，或倒序",
        "accept_result" => "采用",
        "reject_result" => "不采用，但保留文件",
        "unjudge_result" => "撤回评价",
        _ => return None,
    })
}
