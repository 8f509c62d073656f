//! Sentences on keys that cannot be had, in every language. It refuses to name a key, and to
//! repeat what a command printed.

use crate::domain::keys::KeyFault;

/// The variable to set; the usual one where none was named.
pub(super) fn variable(named: &str) -> &str {
    if named.is_empty() || named == "none" { "DASHSCOPE_API_KEY" } else { named }
}

/// Sentence and next step in English.
pub(super) fn en(fault: &KeyFault) -> (String, String) {
    match fault {
        KeyFault::CommandMissing { program } => (
            format!("The key command {program} cannot be started."),
            "Check api_key_command: a program and its arguments, found through PATH.".to_owned(),
        ),
        KeyFault::CommandFailed { program, code } => (
            match code {
                Some(code) => format!("The key command {program} failed (exit code {code})."),
                None => format!("The key command {program} was ended by a signal."),
            },
            "Run it by hand to see why; lian does not show what it prints.".to_owned(),
        ),
        KeyFault::CommandHung { program, seconds } => (
            format!("The key command {program} did not end within {seconds} s and was stopped."),
            "It may be waiting for a password: unlock it in another terminal and send again."
                .to_owned(),
        ),
        KeyFault::CommandSilent { program } => (
            format!("The key command {program} printed nothing."),
            "It must print the key, and nothing else, on its standard output.".to_owned(),
        ),
        KeyFault::CommandTalkative { program, lines } => (
            format!("The key command {program} printed {lines} lines; a key is one."),
            "Give it arguments that make it print the key alone.".to_owned(),
        ),
        KeyFault::NotAKey { source } => (
            format!("What {source} holds is no key: there are spaces or foreign letters in it."),
            "Copy the key again, without quotes and line breaks.".to_owned(),
        ),
        KeyFault::FileOpen { path, mode } => (
            format!("Others on this machine may read {path} (mode {mode:04o}); it is not used."),
            format!("Close it to others with `chmod 600 {path}`."),
        ),
        KeyFault::FileUnreadable { path } => {
            (format!("{path} cannot be read."), "Check whom it belongs to.".to_owned())
        }
        KeyFault::FileWrong { path, line } => (
            format!("{path}:{line} is not a profile and its key."),
            "Each line is the name of a profile and its key, as in `default = \"sk-...\"`."
                .to_owned(),
        ),
        KeyFault::Keyring => (
            "The system's keyring does not give the key.".to_owned(),
            "Unlock it and send again.".to_owned(),
        ),
    }
}

/// Sentence and next step in Chinese.
pub(super) fn zh_cn(fault: &KeyFault) -> (String, String) {
    match fault {
        KeyFault::CommandMissing { program } => (
            format!("密钥命令 {program} 无法启动。"),
            "请检查 api_key_command：程序名和参数，程序要能在 PATH 里找到。".to_owned(),
        ),
        KeyFault::CommandFailed { program, code } => (
            match code {
                Some(code) => format!("密钥命令 {program} 失败了（退出码 {code}）。"),
                None => format!("密钥命令 {program} 被信号终止。"),
            },
            "请手动运行看看原因；lian 不会显示它的输出。".to_owned(),
        ),
        KeyFault::CommandHung { program, seconds } => (
            format!("密钥命令 {program} 在 {seconds} 秒内没有结束，已被停止。"),
            "它可能在等密码：请在另一个终端里解锁，然后重新发送。".to_owned(),
        ),
        KeyFault::CommandSilent { program } => (
            format!("密钥命令 {program} 什么也没有输出。"),
            "它应当在标准输出上只打印密钥。".to_owned(),
        ),
        KeyFault::CommandTalkative { program, lines } => (
            format!("密钥命令 {program} 输出了 {lines} 行，而密钥只有一行。"),
            "请调整参数，让它只打印密钥。".to_owned(),
        ),
        KeyFault::NotAKey { source } => (
            format!("{source} 里的内容不是密钥：其中有空格或其他不合法的字符。"),
            "请重新复制密钥，不要带引号和换行。".to_owned(),
        ),
        KeyFault::FileOpen { path, mode } => (
            format!("本机其他用户也能读取 {path}（权限 {mode:04o}），因此不使用它。"),
            format!("请用 `chmod 600 {path}` 收紧权限。"),
        ),
        KeyFault::FileUnreadable { path } => {
            (format!("无法读取 {path}。"), "请检查它属于哪个用户。".to_owned())
        }
        KeyFault::FileWrong { path, line } => (
            format!("{path}:{line} 不是“配置名 = 密钥”的形式。"),
            "每行写一个配置名和它的密钥，例如 `default = \"sk-...\"`。".to_owned(),
        ),
        KeyFault::Keyring => {
            ("系统密钥环没有给出密钥。".to_owned(), "请解锁后重新发送。".to_owned())
        }
    }
}
