//! Next steps as sentences, each with a command that can be copied where there is one. It refuses
//! findings.

use super::list;
use crate::domain::doctor::{Check, Finding, Next};
use crate::domain::settings::Language;

/// The step of the check; else that of its notice.
pub(super) fn step(language: Language, check: &Check) -> Option<String> {
    if let Some(next) = &check.next {
        return Some(match language {
            Language::En => en(next),
            Language::ZhCn => zh_cn(next),
        });
    }
    let Finding::Told(notice) = &check.finding else { return None };
    let told = crate::words::tell(language, &notice.kind).next.into_owned();
    (!told.is_empty()).then_some(told)
}

fn en(next: &Next) -> String {
    let fixed = match next {
        Next::MendConfig => {
            "Mend it; `lian config check` tells whether it is right, `lian config show` who decides what."
        }
        Next::MakeKey => {
            "Make an API key in the console of Bailian (it begins with sk-) and put it into DASHSCOPE_API_KEY."
        }
        Next::NamePlan { profile } => {
            return format!(
                "Name the plan: `lian config set profiles.{profile}.plan coding` (or token)."
            );
        }
        Next::DropPlan => "Use the key of the plan, or take `plan` out of the profile.",
        Next::UseRegion { region, profile } => {
            return format!(
                "`lian config set profiles.{profile}.region {region}`, or `--region {region}` once."
            );
        }
        Next::Agree { setting } => {
            return format!("Make {setting} and base_url agree, or leave one of them out.");
        }
        Next::UseHttps => "Give the address with https.",
        Next::AskWorkspace => {
            "Check the id in the console, and that the key was made in this workspace."
        }
        Next::CheckProxy => {
            "Look at HTTPS_PROXY and ALL_PROXY (both letter cases count); NO_PROXY=.aliyuncs.com goes without the proxy."
        }
        Next::TrustAuthority => {
            "If a company's proxy opens connections, save its authority as a PEM file and set SSL_CERT_FILE to it."
        }
        Next::NameCertificates { variable } => {
            return format!("Let {variable} name a file that can be read, or unset it.");
        }
        Next::SignIn => {
            "Open any page in a browser and sign in to the network, then look again; or check base_url."
        }
        Next::SetClock => "Set the clock, e.g. `sudo timedatectl set-ntp true`.",
        Next::TakeModel { near } => {
            let near = list(Language::En, near);
            return format!("Take one of {near} (`lian config set chat.model ...`).");
        }
        Next::FindModel => "`lian models --for chat` lists models for conversations.",
        Next::RenewCatalog => {
            "Take a newer lian, or write newer rows into catalog/ beside the configuration file."
        }
        Next::Close { path, mode } => return format!("`chmod {mode:o} {path}`"),
        Next::MakeRoom => "Make room, or put the data elsewhere with --data-dir.",
        Next::InstallFfmpeg => "Install ffmpeg if you want pictures of videos.",
        Next::OtherTerminal => "Set TERM to what your terminal is, e.g. xterm-256color.",
        Next::Enlarge => "Make the window larger.",
        Next::SetLocale => "`export LANG=C.UTF-8`, or any other locale in UTF-8.",
        Next::TmuxClipboard => {
            "tmux passes it on after `set -s set-clipboard on`; clipboard = \"auto\" goes through tmux itself."
        }
        Next::InstallProgram { program } => {
            return format!("Install {program}, or set clipboard = \"auto\".");
        }
        Next::InstallPlayer => {
            "Put lian-player beside lian, or install PipeWire, PulseAudio, ALSA's or FFmpeg's player; sound can always be saved to files."
        }
        Next::StartSound => "Start PipeWire or PulseAudio; sound can always be saved to files.",
        Next::ForwardSound => {
            "Forward a sound server over SSH (`ssh -R /tmp/pulse:/run/user/1000/pulse/native`, then PULSE_SERVER=unix:/tmp/pulse); sound can always be saved to files."
        }
        Next::TryLater => "Look again in a while.",
    };
    fixed.to_owned()
}

fn zh_cn(next: &Next) -> String {
    let fixed = match next {
        Next::MendConfig => {
            "请改正；`lian config check` 检查是否正确，`lian config show` 显示每项由谁决定。"
        }
        Next::MakeKey => "请在百炼控制台创建 API Key（以 sk- 开头），放进 DASHSCOPE_API_KEY。",
        Next::NamePlan { profile } => {
            return format!(
                "请指明套餐：`lian config set profiles.{profile}.plan coding`（或 token）。"
            );
        }
        Next::DropPlan => "请使用套餐的密钥，或从配置里去掉 plan。",
        Next::UseRegion { region, profile } => {
            return format!(
                "`lian config set profiles.{profile}.region {region}`，或临时用 `--region {region}`。"
            );
        }
        Next::Agree { setting } => {
            return format!("请让 {setting} 与 base_url 一致，或去掉其中一个。");
        }
        Next::UseHttps => "请使用 https 地址。",
        Next::AskWorkspace => "请在控制台核对业务空间 ID，并确认密钥是在该业务空间创建的。",
        Next::CheckProxy => {
            "请检查 HTTPS_PROXY 和 ALL_PROXY（大小写都算）；NO_PROXY=.aliyuncs.com 可不经代理。"
        }
        Next::TrustAuthority => {
            "如果公司代理会解开加密连接，请把它的根证书存成 PEM 文件，并让 SSL_CERT_FILE 指向它。"
        }
        Next::NameCertificates { variable } => {
            return format!("请让 {variable} 指向可读的文件，或取消该变量。");
        }
        Next::SignIn => "请用浏览器打开任意网页并登录网络，然后重新检查；或核对 base_url。",
        Next::SetClock => "请校准时钟，例如 `sudo timedatectl set-ntp true`。",
        Next::TakeModel { near } => {
            let near = list(Language::ZhCn, near);
            return format!("可改用 {near}（`lian config set chat.model …`）。");
        }
        Next::FindModel => "`lian models --for chat` 列出对话模型。",
        Next::RenewCatalog => "请更新 lian，或在配置文件旁的 catalog/ 里写入新条目。",
        Next::Close { path, mode } => return format!("`chmod {mode:o} {path}`"),
        Next::MakeRoom => "请腾出空间，或用 --data-dir 把数据放到别处。",
        Next::InstallFfmpeg => "如需视频封面，请安装 ffmpeg。",
        Next::OtherTerminal => "请把 TERM 设为实际的终端类型，例如 xterm-256color。",
        Next::Enlarge => "请放大窗口。",
        Next::SetLocale => "`export LANG=zh_CN.UTF-8`，或其他 UTF-8 的 locale。",
        Next::TmuxClipboard => {
            "先在 tmux 里 `set -s set-clipboard on`；clipboard = \"auto\" 则直接交给 tmux。"
        }
        Next::InstallProgram { program } => {
            return format!("请安装 {program}，或设置 clipboard = \"auto\"。");
        }
        Next::InstallPlayer => {
            "请把 lian-player 放在 lian 旁边，或安装 PipeWire、PulseAudio、ALSA、FFmpeg 中任一个的播放器；声音总可以存成文件。"
        }
        Next::StartSound => "请启动 PipeWire 或 PulseAudio；声音总可以存成文件。",
        Next::ForwardSound => {
            "可经 SSH 转发声音服务（`ssh -R /tmp/pulse:/run/user/1000/pulse/native`，再设 PULSE_SERVER=unix:/tmp/pulse）；声音总可以存成文件。"
        }
        Next::TryLater => "请稍后再检查。",
    };
    fixed.to_owned()
}
