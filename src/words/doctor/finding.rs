//! Findings as sentences. Where one is a notice, its own sentence is said; it refuses next steps.

use super::machine::{machine, probe, terminal};
use super::{Pair, add, choose, list, pair, time};
use crate::domain::doctor::finding::{
    Finding, KeyFinding, KeyKind, ModelFinding, NetworkFinding, ServiceFinding, SettingsFinding,
};
use crate::domain::models::Surface;
use crate::domain::notice::Notice;
use crate::domain::settings::Language;
use crate::words::models::Models;

pub(super) fn sentence(language: Language, finding: &Finding) -> String {
    let both = match finding {
        Finding::Told(notice) => return told(language, notice),
        Finding::After(name) => {
            let (en, zh) = super::label(*name);
            (format!("Not looked at: {en} comes first."), format!("未检查：要先解决“{zh}”。"))
        }
        Finding::Late(after) => (
            format!("No answer within {}.", time(*after)),
            format!("{} 内没有应答。", time(*after)),
        ),
        Finding::Settings(finding) => settings(finding),
        Finding::Key(finding) => key(finding),
        Finding::Network(finding) => network(finding),
        Finding::Service(finding) => service(finding),
        Finding::Model(finding) => model(finding),
        Finding::Machine(finding) => machine(finding),
        Finding::Terminal(finding) => terminal(finding),
        Finding::Probe(finding) => probe(finding),
    };
    choose(language, both)
}

/// A notice without its next step, which has a line of its own.
fn told(language: Language, notice: &Notice) -> String {
    let mut text = crate::words::tell(language, &notice.kind).sentence.into_owned();
    let brackets = match language {
        Language::En => [" (", ")", " [", "]"],
        Language::ZhCn => ["（", "）", "［", "］"],
    };
    if let Some(detail) = &notice.detail {
        text.extend([brackets[0], detail, brackets[1]]);
    }
    if let Some(id) = &notice.request_id {
        let id = crate::words::say(language, crate::words::Phrase::RequestId(id));
        text.extend([brackets[2], &id, brackets[3]]);
    }
    text
}

fn settings(finding: &SettingsFinding) -> Pair {
    match finding {
        SettingsFinding::Read { file, there, project, profile } => {
            let mut both = if *there {
                (format!("{file}, profile {profile}"), format!("{file}，配置名 {profile}"))
            } else {
                (
                    format!("{file} is not there; the defaults hold. Profile {profile}"),
                    format!("没有 {file}，使用默认值。配置名 {profile}"),
                )
            };
            if let Some(project) = project {
                let zh = format!("；此处还有 {project}");
                add(&mut both, &format!("; here also {project}"), &zh);
            }
            add(&mut both, ".", "。");
            both
        }
        SettingsFinding::Wrong { reason } => (reason.clone(), reason.clone()),
        SettingsFinding::Language { language, by } => {
            let (en, zh) = match language {
                Language::En => ("English", "英文"),
                Language::ZhCn => ("Chinese", "简体中文"),
            };
            match by {
                Some(by) => (format!("{en}, by {by}."), format!("{zh}，依据 {by}。")),
                None => (format!("{en}, the default."), format!("{zh}，默认。")),
            }
        }
    }
}

fn key(finding: &KeyFinding) -> Pair {
    match finding {
        KeyFinding::Found { source, kind } => {
            let (en, zh) = match kind {
                KeyKind::Ordinary => ("sk-..., a key that pays as it goes", "sk-…，按量付费的密钥"),
                KeyKind::Plan => ("sk-sp-..., the key of a plan", "sk-sp-…，套餐密钥"),
                KeyKind::Other => ("it does not begin with sk-", "不以 sk- 开头"),
            };
            (format!("From {source}: {en}."), format!("来自 {source}：{zh}。"))
        }
        KeyFinding::AccessKey { source } => (
            format!(
                "{source} holds the id of a cloud access key (LTAI...), no key of this service."
            ),
            format!("{source} 里是云账号的 AccessKey ID（LTAI…），不是百炼的 API Key。"),
        ),
        KeyFinding::NotNeeded => {
            pair("None, and none is needed there.", "没有密钥，该地址也不需要。")
        }
        KeyFinding::PayAsYouGo => pair("None: the key pays as it goes.", "无套餐：按量付费。"),
        KeyFinding::OnPlan { plan } => (
            format!("The key is of a plan, and requests go to the {plan} plan."),
            format!("套餐密钥，请求发往 {plan} 套餐。"),
        ),
        KeyFinding::PlanKeyElsewhere => pair(
            "The key is of a plan, but requests do not go to a plan: it is refused there.",
            "这是套餐密钥，但请求没有发往套餐地址，会被拒绝。",
        ),
        KeyFinding::OrdinaryKeyOnPlan { plan } => (
            format!(
                "Requests go to the {plan} plan, but the key does not look like that of a plan."
            ),
            format!("请求发往 {plan} 套餐，但密钥看起来不是套餐密钥。"),
        ),
        KeyFinding::OtherServer => {
            pair("Another server: its keys are its own matter.", "其他服务器，密钥由它自己规定。")
        }
        KeyFinding::At { origin, region, workspace } => {
            let mut both = (origin.clone(), origin.clone());
            if let Some(region) = region {
                add(&mut both, &format!(", region {region}"), &format!("，地域 {region}"));
            }
            if let Some(workspace) = workspace {
                let zh = format!("，业务空间 {workspace}");
                add(&mut both, &format!(", workspace {workspace}"), &zh);
            }
            add(&mut both, ".", "。");
            both
        }
        KeyFinding::NoAddress { reason } => (reason.clone(), reason.clone()),
        KeyFinding::OtherRegion { origin, host, set } => (
            format!("{origin} is in {host}, but the region is set to {set}."),
            format!("{origin} 属于 {host}，而设置的地域是 {set}。"),
        ),
        KeyFinding::OtherWorkspace { origin, set } => (
            format!("{origin} is the host of another workspace than {set}."),
            format!("{origin} 不是业务空间 {set} 的域名。"),
        ),
        KeyFinding::Unencrypted { origin } => (
            format!("{origin} is not encrypted: the key travels in the open."),
            format!("{origin} 没有加密，密钥会明文传输。"),
        ),
        KeyFinding::TwoPlaces { compat, native } => (
            format!("Chat goes to {compat}, everything else to {native}; both get the key."),
            format!("对话发往 {compat}，其余发往 {native}，两处都会收到密钥。"),
        ),
    }
}

fn network(finding: &NetworkFinding) -> Pair {
    match finding {
        NetworkFinding::Direct => pair("None.", "未使用。"),
        NetworkFinding::Spared => pair(
            "One is set, but this host is reached without it.",
            "已设置代理，但访问该主机不经过它。",
        ),
        NetworkFinding::Proxy { proxy, signs_in: false } => {
            (format!("{proxy}."), format!("{proxy}。"))
        }
        NetworkFinding::Proxy { proxy, signs_in: true } => {
            (format!("{proxy}, with name and password."), format!("{proxy}，带用户名和密码。"))
        }
        NetworkFinding::Resolved { host, addresses } => (
            format!("{host}: {}.", list(Language::En, addresses)),
            format!("{host}：{}。", list(Language::ZhCn, addresses)),
        ),
        NetworkFinding::Address => {
            pair("Not needed: the host is named by its address.", "不需要：主机以地址给出。")
        }
        NetworkFinding::Connected { to, took } => {
            (format!("{to} answers in {}.", time(*took)), format!("{to}，用时 {}。", time(*took)))
        }
        NetworkFinding::SystemAuthorities => pair("Those of the system.", "系统自带的证书颁发者。"),
        NetworkFinding::OwnAuthorities { variable, path } => {
            (format!("{variable}={path}."), format!("{variable}={path}。"))
        }
        NetworkFinding::AuthoritiesUnreadable { variable, path } => (
            format!("{variable} names {path}, which cannot be read."),
            format!("{variable} 指向的 {path} 无法读取。"),
        ),
        NetworkFinding::Certificate { issuer, until, days } => (
            format!("Secured. Certificate by {issuer}, until {until} ({days} days)."),
            format!("已加密。证书由 {issuer} 颁发，有效期至 {until}（还有 {days} 天）。"),
        ),
        NetworkFinding::Secured => pair("Secured.", "已加密。"),
        NetworkFinding::Plain => pair("Plain http: nothing is encrypted.", "http 明文，没有加密。"),
        NetworkFinding::Answered { status, took } => (
            format!("Status {status} after {}.", time(*took)),
            format!("状态码 {status}，用时 {}。", time(*took)),
        ),
        NetworkFinding::Page { host } => (
            format!(
                "A web page answers in the place of {host}: the network wants a sign-in first, or the address is wrong."
            ),
            format!("代替 {host} 应答的是一个网页：可能要先登录网络，或者地址不对。"),
        ),
        NetworkFinding::Clock { ahead_s } => match ahead_s {
            -2..=2 => pair("Right.", "准确。"),
            3.. => (
                format!("This machine's clock is {ahead_s} s ahead."),
                format!("本机时钟快了 {ahead_s} 秒。"),
            ),
            _ => (
                format!("This machine's clock is {} s behind.", -ahead_s),
                format!("本机时钟慢了 {} 秒。", -ahead_s),
            ),
        },
        NetworkFinding::ClockUnsaid => {
            pair("The answer does not tell the time.", "应答里没有时间。")
        }
    }
}

/// A surface by its name.
fn of(surface: Surface) -> (&'static str, &'static str) {
    match surface {
        Surface::Compat => ("compatible", "兼容接口"),
        Surface::Native => ("native", "原生接口"),
    }
}

fn service(finding: &ServiceFinding) -> Pair {
    match finding {
        ServiceFinding::Answers { took, models: Some(models), .. } => (
            format!("Takes the key and lists {models} models ({}).", time(*took)),
            format!("接受密钥，列出 {models} 个模型（{}）。", time(*took)),
        ),
        ServiceFinding::Answers { took, models: None, .. } => {
            (format!("Takes the key ({}).", time(*took)), format!("接受密钥（{}）。", time(*took)))
        }
        ServiceFinding::NothingFree { surface, status } => {
            let (en, zh) = of(*surface);
            (
                format!(
                    "Answers, but serves nothing that is free to ask (status {status}); the {en} surface may work all the same."
                ),
                format!("有应答，但没有可免费询问的内容（状态码 {status}）；{zh}仍可能可用。"),
            )
        }
        ServiceFinding::NoNative => pair("There is none at this address.", "该地址没有原生接口。"),
        ServiceFinding::RegionHere { region: Some(region) } => {
            (format!("The key belongs to {region}."), format!("密钥属于 {region}。"))
        }
        ServiceFinding::RegionHere { region: None } => {
            pair("The key is good where requests go.", "密钥在请求所到之处有效。")
        }
        ServiceFinding::RegionFound { regions, here, asked } => region(regions, *here, asked),
        ServiceFinding::RegionNowhere { asked, silent } => {
            let mut both = (
                format!("No region knows the key. It was shown to {}.", list(Language::En, asked)),
                format!("没有地域认得这个密钥。已用它询问 {}。", list(Language::ZhCn, asked)),
            );
            if !silent.is_empty() {
                let en = list(Language::En, silent);
                let zh = list(Language::ZhCn, silent);
                let en = format!(" Of these, nothing clear came from {en}.");
                add(&mut both, &en, &format!("其中 {zh} 没有明确答复。"));
            }
            both
        }
        ServiceFinding::RegionPrivate { origin } => (
            format!(
                "Not searched: {origin} is no host of the service, and the key is shown to nobody else."
            ),
            format!("未查找：{origin} 不是官方主机，密钥不会发给别处。"),
        ),
        ServiceFinding::Workspace { id } => {
            (format!("{id} takes the key."), format!("{id} 接受密钥。"))
        }
        ServiceFinding::WorkspaceOwn => {
            pair("None is named: the key's own.", "未指定：使用密钥自己的业务空间。")
        }
        ServiceFinding::WorkspaceRefused { id } => (
            format!("{id} does not exist, or does not take this key."),
            format!("业务空间 {id} 不存在，或不接受这个密钥。"),
        ),
        ServiceFinding::Limits => pair("The service tells them.", "服务会告知限额。"),
        ServiceFinding::NoLimits { status } => (
            format!(
                "The service does not tell them (status {status}); those of the catalog are counted with."
            ),
            format!("服务不提供限额（状态码 {status}），按模型目录里的数字计算。"),
        ),
    }
}

/// Where the key belongs, with the hosts that were shown it.
fn region(regions: &[String], here: bool, asked: &[String]) -> Pair {
    let (found_en, found_zh) = (list(Language::En, regions), list(Language::ZhCn, regions));
    let (asked_en, asked_zh) = (list(Language::En, asked), list(Language::ZhCn, asked));
    if here {
        (
            format!("The key is good here, and in {found_en} too. It was shown to {asked_en}."),
            format!("密钥在这里有效，在 {found_zh} 也有效。已用它询问 {asked_zh}。"),
        )
    } else {
        (
            format!(
                "The key belongs to {found_en}, not to where requests go. It was shown to {asked_en}."
            ),
            format!("密钥属于 {found_zh}，而请求没有发往那里。已用它询问 {asked_zh}。"),
        )
    }
}

fn model(finding: &ModelFinding) -> Pair {
    match finding {
        ModelFinding::Known { model, ends: None } => {
            (format!("{model} is in the catalog."), format!("{model} 在模型目录中。"))
        }
        ModelFinding::Known { model, ends: Some((day, days)) } => (
            format!("{model} retires on {day}, in {days} days."),
            format!("{model} 将于 {day} 下线，还有 {days} 天。"),
        ),
        ModelFinding::Ended { model, day } => {
            (format!("{model} retired on {day}."), format!("{model} 已于 {day} 下线。"))
        }
        ModelFinding::NotHere { model, regions } => (
            format!("{model} is served only in {}.", list(Language::En, regions)),
            format!("{model} 只在 {} 提供。", list(Language::ZhCn, regions)),
        ),
        ModelFinding::NotForChat { model, purpose } => {
            let purpose = |language| Models::For(*purpose).say(language);
            (
                format!("{model} is no model for conversations ({}).", purpose(Language::En)),
                format!("{model} 不是对话模型（{}）。", purpose(Language::ZhCn)),
            )
        }
        ModelFinding::Listed { model } => (
            format!("The catalog does not know {model}; the service lists it."),
            format!("模型目录里没有 {model}，但服务列出了它。"),
        ),
        ModelFinding::Unlisted { model } => (
            format!("Neither the catalog nor the service lists {model}."),
            format!("模型目录和服务都没有列出 {model}。"),
        ),
        ModelFinding::Catalog { as_of, days, own } => {
            let (en, zh) = if *own {
                (", with rows of your own", "，含你自己的条目")
            } else {
                ("", "")
            };
            (
                format!("Its newest row is of {as_of}, {days} days ago{en}."),
                format!("最新条目日期 {as_of}，{days} 天前{zh}。"),
            )
        }
    }
}
