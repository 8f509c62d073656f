//! Findings on this machine, on what is in front of the user, and on real requests, as sentences.
//! It refuses next steps.

use super::{Pair, add, list, pair, size, time};
use crate::domain::copy::Clipboard;
use crate::domain::doctor::Depth;
use crate::domain::doctor::finding::{MachineFinding, ProbeFinding, TerminalFinding};
use crate::domain::settings::Language;

pub(super) fn machine(finding: &MachineFinding) -> Pair {
    match finding {
        MachineFinding::Directories { data, state } => (
            format!("Data in {data}, logs in {state}."),
            format!("数据在 {data}，日志在 {state}。"),
        ),
        MachineFinding::DirectoryOpen { path, mode } | MachineFinding::FileOpen { path, mode } => (
            format!("{path} is open to others on this machine (mode {mode:04o})."),
            format!("本机其他用户可以访问 {path}（权限 {mode:04o}）。"),
        ),
        MachineFinding::Store { path, bytes, version, journal } => (
            format!(
                "{path} opens and can be written: {}, version {version}, {journal}.",
                size(*bytes)
            ),
            format!("{path} 可以读写：{}，版本 {version}，{journal}。", size(*bytes)),
        ),
        MachineFinding::StoreAbsent { path } => (
            format!("{path} will be made at the first start."),
            format!("{path} 将在首次启动时创建。"),
        ),
        MachineFinding::StoreOlder { found, known } => (
            format!(
                "Of version {found}; the next start brings it to {known}, with a copy beside it."
            ),
            format!("版本 {found}；下次启动时升级到 {known}，并在旁边保留副本。"),
        ),
        MachineFinding::StoreBusy { path } => (
            format!("{path} opens; another lian is writing to it just now."),
            format!("{path} 可以打开，另一个 lian 正在写入。"),
        ),
        MachineFinding::Disk { path, bytes } => (
            format!("{} free for {path}.", size(*bytes)),
            format!("{path} 所在磁盘还有 {}。", size(*bytes)),
        ),
        MachineFinding::DiskUnknown { path } => (
            format!("The system does not say how much is free for {path}."),
            format!("系统没有给出 {path} 的剩余空间。"),
        ),
        MachineFinding::Ffmpeg { path } => {
            (format!("{path}: videos get a picture."), format!("{path}：视频会有封面。"))
        }
        MachineFinding::NoFfmpeg => {
            pair("Not there: videos get no picture.", "未安装：视频没有封面。")
        }
    }
}

pub(super) fn terminal(finding: &TerminalFinding) -> Pair {
    match finding {
        TerminalFinding::Screen { term, program, size, multiplexer, ssh, keys } => {
            let mut words = vec![term.clone()];
            words.extend(program.clone());
            words.extend(size.map(|(columns, rows)| format!("{columns}x{rows}")));
            words.extend(multiplexer.map(str::to_owned));
            words.extend(ssh.then(|| "SSH".to_owned()));
            let (en, zh) = if *keys {
                ("Shift+Enter makes a new line", "Shift+Enter 可换行")
            } else {
                ("Alt+Enter makes a new line", "用 Alt+Enter 换行")
            };
            (
                format!("{}; {en}.", list(Language::En, &words)),
                format!("{}；{zh}。", list(Language::ZhCn, &words)),
            )
        }
        TerminalFinding::Small { columns, rows } => (
            format!("{columns}x{rows} is too small to work on."),
            format!("{columns}x{rows} 太小，无法使用。"),
        ),
        TerminalFinding::Dumb { term } => (
            format!(
                "TERM={term} cannot move a cursor: no workbench, but `lian --plain` and `lian chat`."
            ),
            format!(
                "TERM={term} 不能移动光标：无法显示界面，但可以用 `lian --plain` 和 `lian chat`。"
            ),
        ),
        TerminalFinding::NoScreen => pair("There is none here.", "这里没有终端。"),
        TerminalFinding::Colours { depth, by } => {
            let (en, zh) = match depth {
                Depth::None => ("none".to_owned(), "无".to_owned()),
                Depth::Ansi16 | Depth::Ansi256 => {
                    (depth.count().to_string(), format!("{} 色", depth.count()))
                }
                Depth::True => ("24 bits".to_owned(), "24 位真彩色".to_owned()),
            };
            match by {
                Some(by) => (format!("{en}, by {by}."), format!("{zh}，依据 {by}。")),
                None => (format!("{en}."), format!("{zh}。")),
            }
        }
        TerminalFinding::Letters { locale } => {
            (format!("UTF-8 ({locale})."), format!("UTF-8（{locale}）。"))
        }
        TerminalFinding::NoUnicode { locale } if locale.is_empty() => pair(
            "No locale is set: Chinese may not be shown.",
            "没有设置 locale，中文可能无法显示。",
        ),
        TerminalFinding::NoUnicode { locale } => (
            format!("The locale {locale} is not in UTF-8: Chinese may not be shown."),
            format!("locale {locale} 不是 UTF-8，中文可能无法显示。"),
        ),
        TerminalFinding::Clipboard { way, ssh } => clipboard(way, *ssh),
        TerminalFinding::ClipboardMissing { program } => (
            format!("Copied text goes to {program}, which is not there."),
            format!("复制的文字交给 {program}，但找不到它。"),
        ),
        TerminalFinding::Sound { player, through } => {
            (format!("{player}, on {through}."), format!("{player}，通过 {through}。"))
        }
        TerminalFinding::Silent { player, ssh: false } => (
            format!("{player} is there, but neither a sound server nor a card."),
            format!("有 {player}，但没有声音服务，也没有声卡。"),
        ),
        TerminalFinding::Silent { player, ssh: true } => (
            format!(
                "{player} is there, but this machine makes no sound, and none is forwarded over SSH."
            ),
            format!("有 {player}，但本机没有声音设备，SSH 也没有转发声音。"),
        ),
        TerminalFinding::NoPlayer => {
            pair("No program that plays sound was found.", "没有找到播放声音的程序。")
        }
    }
}

fn clipboard(way: &Clipboard, ssh: bool) -> Pair {
    match way {
        Clipboard::Terminal if ssh => pair(
            "Through the terminal (OSC 52), to the machine in front of you.",
            "经终端（OSC 52）送到你面前的电脑。",
        ),
        Clipboard::Terminal => pair("Through the terminal (OSC 52).", "经终端（OSC 52）。"),
        Clipboard::Tmux => pair("Through tmux.", "经 tmux。"),
        Clipboard::Command(words) => {
            let program = words.first().cloned().unwrap_or_default();
            (format!("Through {program}."), format!("经 {program}。"))
        }
        Clipboard::Off => pair("Off.", "已关闭。"),
    }
}

pub(super) fn probe(finding: &ProbeFinding) -> Pair {
    match finding {
        ProbeFinding::Answered { model, first_token, cost } => {
            let mut both = (
                format!("{model}: first token after {}", time(*first_token)),
                format!("{model}：首个 token 用时 {}", time(*first_token)),
            );
            if let Some(cost) = cost {
                add(&mut both, &format!(", cost {cost}"), &format!("，花费 {cost}"));
            }
            add(&mut both, ".", "。");
            both
        }
        ProbeFinding::OverBudget { spent, limit } => (
            format!("Not sent: {spent} of the budget of {limit} are spent."),
            format!("没有发出：预算 {limit} 已用 {spent}。"),
        ),
        ProbeFinding::Declined => pair("Not sent: nobody agreed.", "未同意，没有发出。"),
    }
}
