//! What is said of tasks and of the files they made, in every language. It refuses to promise what
//! only the service knows.

use super::{Language, Told, grouped, told};
use crate::domain::notice::{DownloadNotice, TaskNotice};

/// Says what there is to say of a task.
#[must_use]
pub fn tell(language: Language, notice: &TaskNotice) -> Told {
    match language {
        Language::En => task_en(notice),
        Language::ZhCn => task_zh_cn(notice),
    }
}

/// Says what there is to say of a file on its way.
#[must_use]
pub fn download(language: Language, notice: &DownloadNotice) -> Told {
    match language {
        Language::En => download_en(notice),
        Language::ZhCn => download_zh_cn(notice),
    }
}

fn task_en(notice: &TaskNotice) -> Told {
    match notice {
        TaskNotice::NoSchema { model } => told(
            format!("Nobody says what {model} can be told."),
            "`lian models --for video` lists the models; a jobs.toml of your own can add one.",
        ),
        TaskNotice::NoId => told(
            "The service accepted the request and named no task.",
            "It may run and be paid. lian looks for it in the account's list before anything is sent again.",
        ),
        TaskNotice::NotUploaded { path } => told(
            format!("{path} could not be brought to the service."),
            "Check that the file is there and can be read; nothing was sent and nothing is paid.",
        ),
        TaskNotice::FailedWithoutWord => told(
            "The task failed, and the service did not say why.",
            "Nothing is paid for it. Try again, perhaps with another seed or a shorter prompt.",
        ),
        TaskNotice::NoFile => told(
            "The task is done, and no file is anywhere in the answer.",
            "The whole answer is kept with the task (J shows it); give its request id to support.",
        ),
        TaskNotice::TooLateToCancel => told(
            "The task has begun already: the service cancels only what still waits.",
            "It goes on and is paid; its file is saved as usual.",
        ),
        TaskNotice::Found => told(
            "The answer to the request was lost; the task was found in the account's list.",
            "It was sent once and is paid once.",
        ),
        TaskNotice::Interrupted => told(
            "lian ended while the request was under way: the task may exist.",
            "It is looked for in the account's list; nothing is sent again by itself.",
        ),
        TaskNotice::Vanished => told(
            "The service does not know this task any more, and no end of it was seen.",
            "It may have been made and paid; what was reserved for it stays counted. Look at the \
             account's bill before it is made again.",
        ),
        TaskNotice::Expired => told(
            "The file was not fetched in time: the service keeps files for 24 hours.",
            "It is paid and gone there. Make it again with the same seed, and let `lian task watch` \
             run so that files are fetched at once.",
        ),
        TaskNotice::Partly { made, of } => told(
            format!("{made} of {of} parts were made, the others failed."),
            "Only what was made is paid, and it is saved. Send the task again for the rest.",
        ),
        TaskNotice::StillPending { minutes } => told(
            format!("The service has let this task wait for {minutes} minutes."),
            "It is followed as before and costs nothing while it waits; it can still be canceled.",
        ),
    }
}

fn task_zh_cn(notice: &TaskNotice) -> Told {
    match notice {
        TaskNotice::NoSchema { model } => told(
            format!("不知道 {model} 接受哪些参数。"),
            "`lian models --for video` 会列出可用模型；也可以用自己的 jobs.toml 补充。",
        ),
        TaskNotice::NoId => told(
            "服务方接受了请求，却没有给出任务编号。",
            "任务可能已在运行并计费。lian 会先在账号的任务列表里查找，不会自行重发。",
        ),
        TaskNotice::NotUploaded { path } => told(
            format!("无法把 {path} 上传给服务方。"),
            "请确认文件存在且可读；请求没有发出，也不会计费。",
        ),
        TaskNotice::FailedWithoutWord => told(
            "任务失败，服务方没有说明原因。",
            "失败的任务不计费。请重试，可以换一个种子或缩短提示词。",
        ),
        TaskNotice::NoFile => told(
            "任务已完成，但回复里找不到任何文件。",
            "完整回复已随任务保存（按 J 查看）；请把请求 ID 告诉服务方。",
        ),
        TaskNotice::TooLateToCancel => told(
            "任务已经开始：服务方只能取消还在排队的任务。",
            "它会继续运行并计费，结果照常保存。",
        ),
        TaskNotice::Found => told(
            "请求的回复丢失了，但在账号的任务列表里找到了这个任务。",
            "它只发送过一次，也只计费一次。",
        ),
        TaskNotice::Interrupted => told(
            "请求还在途中时 lian 退出了：任务可能已经创建。",
            "正在账号的任务列表里查找；不会自行重发。",
        ),
        TaskNotice::Vanished => told(
            "服务方已查不到这个任务，也没有见到它的结果。",
            "它可能已生成并计费，预留的金额仍计入花费。重新提交之前请先核对账单。",
        ),
        TaskNotice::Expired => told(
            "文件没有及时下载：服务方只保留 24 小时。",
            "任务已计费，文件已被清除。请用相同的种子重新生成，并保持 `lian task watch` 运行，以便及时下载。",
        ),
        TaskNotice::Partly { made, of } => told(
            format!("{of} 个结果中生成了 {made} 个，其余失败。"),
            "只对生成的部分计费，并已保存。其余部分请重新提交。",
        ),
        TaskNotice::StillPending { minutes } => told(
            format!("服务方已让这个任务排队 {minutes} 分钟。"),
            "会继续跟踪；排队期间不计费，也仍可取消。",
        ),
    }
}

fn download_en(notice: &DownloadNotice) -> Told {
    match notice {
        DownloadNotice::NoRoom { dir, bytes } => told(
            format!("There is no room for {} bytes in {dir}.", grouped(*bytes)),
            "Free some space: it is tried again by itself as long as the service keeps it, 24 hours.",
        ),
        DownloadNotice::Unwritable { dir } => told(
            format!("Nothing can be written to {dir}."),
            "Check the directory (tasks.dir in the configuration): it is tried again by itself, for 24 \
             hours.",
        ),
        DownloadNotice::WrongLength { got, told: expected } => told(
            format!(
                "The file ended after {} bytes instead of {}.",
                grouped(*got),
                grouped(*expected)
            ),
            "It is fetched again.",
        ),
        DownloadNotice::WrongSum => {
            told("The file did not arrive as it was sent.", "It is fetched again.")
        }
        DownloadNotice::Empty => told("The file is empty.", "It is fetched again."),
        DownloadNotice::Elsewhere { to } => told(
            format!("The file is said to be at {to}, where lian does not follow."),
            "The address is kept with the task; fetch it yourself if you trust it.",
        ),
        DownloadNotice::Interrupted { why } => told(
            format!("The download stopped ({why})."),
            "It goes on from where it was, by itself.",
        ),
    }
}

fn download_zh_cn(notice: &DownloadNotice) -> Told {
    match notice {
        DownloadNotice::NoRoom { dir, bytes } => told(
            format!("{dir} 的剩余空间放不下 {} 字节。", grouped(*bytes)),
            "请腾出空间：在服务方保留文件的 24 小时内会自动重试。",
        ),
        DownloadNotice::Unwritable { dir } => told(
            format!("无法写入 {dir}。"),
            "请检查该目录（配置中的 tasks.dir）：24 小时内会自动重试。",
        ),
        DownloadNotice::WrongLength { got, told: expected } => told(
            format!("文件在 {} 字节处结束，应为 {} 字节。", grouped(*got), grouped(*expected)),
            "会重新下载。",
        ),
        DownloadNotice::WrongSum => told("收到的文件与发送的不一致。", "会重新下载。"),
        DownloadNotice::Empty => told("文件是空的。", "会重新下载。"),
        DownloadNotice::Elsewhere { to } => told(
            format!("文件被指向 {to}，lian 不会跟随过去。"),
            "地址已随任务保存；如果你信任它，可以自行下载。",
        ),
        DownloadNotice::Interrupted { why } => {
            told(format!("下载中断（{why}）。"), "会自动从断点继续。")
        }
    }
}
