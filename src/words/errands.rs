//! What is said of tasks that move on while one looks elsewhere, and of programs that are run for
//! them, in every language. It refuses the list of tasks itself.

use super::{Language, Told, told};
use crate::domain::notice::ErrandNotice;

/// Says a notice.
#[must_use]
pub fn tell(language: Language, notice: &ErrandNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

fn en(notice: &ErrandNotice) -> Told {
    match notice {
        ErrandNotice::InLine { count: 1 } => told("The task is in line.", ""),
        ErrandNotice::InLine { count } => told(format!("{count} tasks are in line."), ""),
        ErrandNotice::Saved { title, path } => told(format!("\"{title}\" is saved as {path}."), ""),
        ErrandNotice::NotMade { title } => {
            told(format!("\"{title}\" was not made."), "Its details say what to do.")
        }
        ErrandNotice::Undecided { title } => told(
            format!("\"{title}\" may have been made: the answer to its request was lost."),
            "Nothing is sent again by itself. Enter on it in the list of tasks decides.",
        ),
        ErrandNotice::NotNow => told("That cannot be done with this task now.", ""),
        ErrandNotice::NotOurs => told(
            "Another program made this task: what it was made from is not known here.",
            "Its files are saved all the same.",
        ),
        ErrandNotice::NoFile => told("No file of this task is on disk.", ""),
        ErrandNotice::NoDesktop { path } => told(
            format!("There is no desktop here to show {path}."),
            "y copies the path; scp or an editor's file browser brings it over.",
        ),
        ErrandNotice::Program { program } => told(
            format!("{program} could not do its work."),
            "Check that it is there and try again.",
        ),
        ErrandNotice::NoModel => told(
            "No model is known that makes this.",
            "`lian models --for video` lists them; a jobs.toml of your own can add one.",
        ),
    }
}

fn zh_cn(notice: &ErrandNotice) -> Told {
    match notice {
        ErrandNotice::InLine { count: 1 } => told("任务已排队。", ""),
        ErrandNotice::InLine { count } => told(format!("{count} 个任务已排队。"), ""),
        ErrandNotice::Saved { title, path } => told(format!("“{title}”已保存为 {path}。"), ""),
        ErrandNotice::NotMade { title } => {
            told(format!("“{title}”没有生成。"), "详情里说明了该怎么办。")
        }
        ErrandNotice::Undecided { title } => told(
            format!("“{title}”可能已经创建：请求的回复丢失了。"),
            "不会自行重发。在任务列表里对它按 Enter 来决定。",
        ),
        ErrandNotice::NotNow => told("这个任务现在不能这样做。", ""),
        ErrandNotice::NotOurs => {
            told("这个任务由别的程序创建，这里不知道它的参数。", "它的文件照常保存。")
        }
        ErrandNotice::NoFile => told("这个任务还没有文件保存到磁盘。", ""),
        ErrandNotice::NoDesktop { path } => {
            told(format!("这里没有桌面可以打开 {path}。"), "按 y 复制路径，再用 scp 等工具取回。")
        }
        ErrandNotice::Program { program } => {
            told(format!("{program} 没有成功运行。"), "请确认程序存在后重试。")
        }
        ErrandNotice::NoModel => told(
            "没有已知的模型能生成它。",
            "`lian models --for video` 会列出可用模型；也可以用自己的 jobs.toml 补充。",
        ),
    }
}
