//! Why a question went to one of the service's two surfaces, in every language.
//! It refuses to choose one.

use super::Language;
use crate::domain::surface::{Via, Why};

/// The surface and the reason in one short clause; `None` where there is nothing to tell.
#[must_use]
pub fn via(language: Language, via: Via) -> Option<String> {
    let because = match language {
        Language::En => en(via.why)?,
        Language::ZhCn => zh_cn(via.why)?,
    };
    let colon = match language {
        Language::En => ": ",
        Language::ZhCn => "：",
    };
    Some(format!("{}{colon}{because}", via.surface.name()))
}

/// Titles of the list of pages below an answer.
#[must_use]
pub const fn sources(language: Language) -> &'static str {
    match language {
        Language::En => "Sources",
        Language::ZhCn => "来源",
    }
}

/// The row that stands for sources that are not listed.
#[must_use]
pub fn more_sources(language: Language, more: usize) -> String {
    match language {
        Language::En => format!("and {more} more"),
        Language::ZhCn => format!("另有 {more} 个"),
    }
}

const fn en(why: Why) -> Option<&'static str> {
    Some(match why {
        Why::Usual => return None,
        Why::NativeModel => "the model is served only there",
        Why::CompatModel => "the model is served only there, without sources",
        Why::Sources => "search sources exist only there",
        Why::Parameters => "the other surface drops these parameters",
        Why::Voice => "the voice comes only there",
        Why::GoOn => "an answer is continued only there",
        Why::NoNative => "this server has no native surface",
        Why::Profile => "the profile says so",
        Why::CompatRefused => "the compatible surface does not serve the model",
        Why::NativeRefused => "the native surface is not served at this address",
    })
}

const fn zh_cn(why: Why) -> Option<&'static str> {
    Some(match why {
        Why::Usual => return None,
        Why::NativeModel => "该模型只在此接口提供",
        Why::CompatModel => "该模型只在此接口提供，没有搜索来源",
        Why::Sources => "只有此接口返回搜索来源",
        Why::Parameters => "另一接口会忽略这些参数",
        Why::Voice => "只有此接口返回语音",
        Why::GoOn => "只有此接口支持续写",
        Why::NoNative => "该服务器没有原生接口",
        Why::Profile => "由配置指定",
        Why::CompatRefused => "兼容接口不提供该模型",
        Why::NativeRefused => "该地址没有原生接口",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::models::Surface;

    #[test]
    fn every_reason_but_the_usual_is_told_in_every_language() {
        for language in [Language::En, Language::ZhCn] {
            for why in Why::ALL {
                let said = via(language, Via { surface: Surface::Native, why });
                assert_eq!(said.is_none(), why == Why::Usual, "{why:?}");
            }
        }
        let said = via(Language::En, Via { surface: Surface::Native, why: Why::Sources });
        assert_eq!(said.as_deref(), Some("native: search sources exist only there"));
    }
}
