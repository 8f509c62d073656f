//! What is said of files that the service cannot read, or that do not get to its storage and back,
//! in every language. It refuses to blame the file where its host or time is the reason.

use super::{Language, Told, grouped, told};
use crate::domain::notice::{FileFault, MediaNotice};

/// Says it.
#[must_use]
pub fn tell(language: Language, notice: &MediaNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

fn en(notice: &MediaNotice) -> Told {
    const ELSEWHERE: &str =
        "The file's host is the reason: host it elsewhere, or give the file itself to be uploaded.";
    match notice {
        MediaNotice::BadUrl => told(
            "The service cannot read an address in the request.",
            "Give the http or https address of a public file, or the file itself to be uploaded.",
        ),
        MediaNotice::HostSlow => {
            told("The host of the file did not answer the service in time.", ELSEWHERE)
        }
        MediaNotice::HostRefused => told("The host of the file refused the service.", ELSEWHERE),
        MediaNotice::Unreadable => told(
            "The service could not fetch the file to inspect it.",
            "Make the address public, or give the file itself; an upload is kept for 48 hours.",
        ),
        MediaNotice::InlineTooLarge { most } => told(
            match most {
                Some(most) => format!(
                    "A file inside the request is larger than the service takes there ({} bytes at most).",
                    grouped(*most)
                ),
                None => {
                    "A file inside the request is larger than the service takes there.".to_owned()
                }
            },
            "Give the file by its path, so that it is uploaded; if it was given so, please report it.",
        ),
        MediaNotice::File { fault } => told(
            match fault {
                FileFault::Size => "The service does not take a file of this size.",
                FileFault::Format => "The service does not read this format of file.",
                FileFault::Duration => "The service does not take a file of this duration.",
                FileFault::Resolution => "The service does not take this width and height.",
                FileFault::Content => "The service cannot use what is in the file.",
                FileFault::Other => "The service cannot use this file.",
            },
            "What it wants is in brackets; convert the file or take another.",
        ),
        MediaNotice::UploadExpired => told(
            "The leave to upload ran out before the file had arrived.",
            "Try again; it holds for some minutes, so a smaller file or a faster network helps.",
        ),
        MediaNotice::LinkExpired => told(
            "The address of the file has run out.",
            "Results can be fetched for 24 hours; after that they have to be made again.",
        ),
        MediaNotice::FileGone => told(
            "The storage does not have this file.",
            "Results are kept for 24 hours and uploads for 48; make or upload it again.",
        ),
        MediaNotice::Clock => told(
            "The storage says that the clock of this machine is wrong.",
            "Set the clock and try again.",
        ),
        MediaNotice::StorageRefused { status: 0 } => told(
            "The storage refuses the file.",
            "Try again; if it stays, quote the request id to the service's support.",
        ),
        MediaNotice::StorageRefused { status } => told(
            format!("The storage refuses the file (HTTP {status})."),
            "Try again; if it stays, quote the request id to the service's support.",
        ),
    }
}

fn zh_cn(notice: &MediaNotice) -> Told {
    const ELSEWHERE: &str =
        "原因在文件所在的服务器：请换一个地方存放，或直接提供文件由 lian 上传。";
    match notice {
        MediaNotice::BadUrl => told(
            "服务方无法识别请求里的文件地址。",
            "请提供可公开访问的 http 或 https 地址，或直接提供文件由 lian 上传。",
        ),
        MediaNotice::HostSlow => told("服务方下载文件超时。", ELSEWHERE),
        MediaNotice::HostRefused => told("文件所在的服务器拒绝了服务方的连接。", ELSEWHERE),
        MediaNotice::Unreadable => told(
            "服务方在内容检查时无法下载这个文件。",
            "请让地址可公开访问，或直接提供文件；上传的文件保留 48 小时。",
        ),
        MediaNotice::InlineTooLarge { most } => told(
            match most {
                Some(most) => {
                    format!("请求中内嵌的文件超过了上限（最多 {} 字节）。", grouped(*most))
                }
                None => "请求中内嵌的文件超过了上限。".to_owned(),
            },
            "请用路径提供文件，由 lian 上传；如果本来就是这样提供的，请告诉我们。",
        ),
        MediaNotice::File { fault } => told(
            match fault {
                FileFault::Size => "服务方不接受这个大小的文件。",
                FileFault::Format => "服务方不支持这种文件格式。",
                FileFault::Duration => "服务方不接受这个时长的文件。",
                FileFault::Resolution => "服务方不接受这样的宽高。",
                FileFault::Content => "服务方无法使用这个文件的内容。",
                FileFault::Other => "服务方无法使用这个文件。",
            },
            "要求见括号；请转换文件，或换一个文件。",
        ),
        MediaNotice::UploadExpired => told(
            "文件还没传完，上传凭证就过期了。",
            "请重试；凭证只有几分钟有效，文件小一些或网络快一些会有帮助。",
        ),
        MediaNotice::LinkExpired => {
            told("文件的地址已过期。", "结果只能在 24 小时内下载；过后需要重新生成。")
        }
        MediaNotice::FileGone => told(
            "存储里没有这个文件。",
            "结果保留 24 小时，上传的文件保留 48 小时；请重新生成或上传。",
        ),
        MediaNotice::Clock => told("存储服务说这台机器的时钟不准。", "请校准时钟后重试。"),
        MediaNotice::StorageRefused { status: 0 } => {
            told("存储服务拒绝了这个文件。", "请重试；若一直如此，请把请求 ID 告诉服务方。")
        }
        MediaNotice::StorageRefused { status } => told(
            format!("存储服务拒绝了这个文件（HTTP {status}）。"),
            "请重试；若一直如此，请把请求 ID 告诉服务方。",
        ),
    }
}
