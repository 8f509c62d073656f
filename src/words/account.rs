//! What is said of keys, workspaces, permissions and bills that the service refuses, in every
//! language. It refuses to name a key: where it came from is enough.

use super::{Language, Told, told};
use crate::domain::notice::AccountNotice;

/// Says it.
#[must_use]
pub fn tell(language: Language, notice: &AccountNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

/// The policy that lets a RAM user call the models of a workspace, in one line. The resource is
/// written as the seed article has it; without a workspace its place is left to be filled in.
#[must_use]
pub fn ram_policy(workspace: Option<&str>) -> String {
    let id = workspace.unwrap_or("<workspace_id>");
    format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"bailian:*","Resource":"acs:bailian:*:*:workspace/{id}"}}]}}"#
    )
}

fn en(notice: &AccountNotice) -> Told {
    match notice {
        AccountNotice::KeyRegion { source, region, others } => told(
            format!("The key from {source} is not accepted in {region}."),
            format!(
                "A key works only in the region it was made in: if that is another one, name it with --region ({}); otherwise check the key.",
                others.join(", ")
            ),
        ),
        AccountNotice::PlanKey { origin, source } => told(
            format!(
                "The key from {source} is a subscription's (sk-sp-), and {origin} takes only keys that are billed by use."
            ),
            "Set plan = \"token\" or plan = \"coding\" in the profile, or use another key.",
        ),
        AccountNotice::PlanHost { origin, source } => told(
            format!(
                "{origin} takes only keys of a subscription (sk-sp-), and the one from {source} is billed by use."
            ),
            "Take `plan` out of the profile, or use the subscription's key.",
        ),
        AccountNotice::WorkspaceDenied { id } => told(
            match id {
                Some(id) => {
                    format!("The key may not act in workspace {id}, or there is no such workspace.")
                }
                None => "The key may not act in this workspace.".to_owned(),
            },
            "Compare the profile's workspace with the id in the console's address bar, or make a key in that workspace.",
        ),
        AccountNotice::WorkspaceUnknown { id } => told(
            match id {
                Some(id) => format!("There is no workspace {id}."),
                None => "The service does not find the workspace.".to_owned(),
            },
            "Compare the profile's workspace with the id in the console's address bar; it belongs to one region.",
        ),
        AccountNotice::Ram { workspace } => told(
            match workspace {
                Some(id) => {
                    format!("The RAM user of this key has no permission for workspace {id}.")
                }
                None => "The RAM user of this key has no permission for its workspace.".to_owned(),
            },
            format!(
                "In the RAM console give it the policy {} or AliyunBailianFullAccess.",
                ram_policy(workspace.as_deref())
            ),
        ),
        AccountNotice::AppDenied => told(
            "The key is valid but may not use this application.",
            "Grant the application to the key's workspace in the console.",
        ),
        AccountNotice::Unpurchased { model } => told(
            format!("{model} is not activated for this account."),
            "Activate it in the console (bailian.console.aliyun.com); the key then works as it is.",
        ),
        AccountNotice::FreeTierOnly { model } => told(
            format!(
                "The free quota of {model} is used up, and the account is set to use nothing but free quota."
            ),
            "Use another model, or switch off \"use free tier only\" in the console to pay for this one.",
        ),
    }
}

fn zh_cn(notice: &AccountNotice) -> Told {
    match notice {
        AccountNotice::KeyRegion { source, region, others } => told(
            format!("{region} 地域不接受来自 {source} 的 Key。"),
            format!(
                "Key 只在创建它的地域有效：如果是在别的地域创建的，请用 --region 指定（{}）；否则请检查 Key。",
                others.join("、")
            ),
        ),
        AccountNotice::PlanKey { origin, source } => told(
            format!(
                "来自 {source} 的 Key 属于订阅套餐（sk-sp-），而 {origin} 只接受按量付费的 Key。"
            ),
            "请在配置里设置 plan = \"token\" 或 plan = \"coding\"，或换一个 Key。",
        ),
        AccountNotice::PlanHost { origin, source } => told(
            format!(
                "{origin} 只接受订阅套餐的 Key（sk-sp-），而来自 {source} 的 Key 是按量付费的。"
            ),
            "请去掉配置里的 plan，或使用套餐的 Key。",
        ),
        AccountNotice::WorkspaceDenied { id } => told(
            match id {
                Some(id) => format!("这个 Key 无权访问业务空间 {id}，或者该业务空间不存在。"),
                None => "这个 Key 无权访问该业务空间。".to_owned(),
            },
            "请核对配置里的 workspace 与控制台地址栏里的 ID，或在该业务空间里创建 Key。",
        ),
        AccountNotice::WorkspaceUnknown { id } => told(
            match id {
                Some(id) => format!("没有业务空间 {id}。"),
                None => "服务方找不到这个业务空间。".to_owned(),
            },
            "请核对配置里的 workspace 与控制台地址栏里的 ID；业务空间只属于一个地域。",
        ),
        AccountNotice::Ram { workspace } => told(
            match workspace {
                Some(id) => format!("这个 Key 的 RAM 用户没有业务空间 {id} 的权限。"),
                None => "这个 Key 的 RAM 用户没有所属业务空间的权限。".to_owned(),
            },
            format!(
                "请在 RAM 控制台为其授予权限策略 {} 或 AliyunBailianFullAccess。",
                ram_policy(workspace.as_deref())
            ),
        ),
        AccountNotice::AppDenied => {
            told("Key 有效，但无权使用这个应用。", "请在控制台把该应用授权给 Key 所在的业务空间。")
        }
        AccountNotice::Unpurchased { model } => told(
            format!("当前账户尚未开通 {model}。"),
            "请在控制台（bailian.console.aliyun.com）开通；开通后 Key 无需更换。",
        ),
        AccountNotice::FreeTierOnly { model } => told(
            format!("{model} 的免费额度已用完，而账户设置为仅使用免费额度。"),
            "请换一个模型，或在控制台关闭“仅使用免费额度”后付费使用。",
        ),
    }
}
