//! What is told of reading aloud: prices before, voices that are none of a model's, sound that goes
//! elsewhere; in every language. It refuses to know keys: those are remapped.

use super::speak::{fault, place};
use super::speech::rate;
use super::{Language, Told, told};
use crate::domain::notice::{AloudNotice, Before, FellBack, OtherVoice};

/// Says it.
#[must_use]
pub fn tell(language: Language, notice: &AloudNotice) -> Told {
    match language {
        Language::En => en(notice),
        Language::ZhCn => zh_cn(notice),
    }
}

fn en(notice: &AloudNotice) -> Told {
    match notice {
        AloudNotice::Nothing => {
            told("Nothing in this message can be read aloud.", "Code and emoji are passed over.")
        }
        AloudNotice::Silent => told("Nothing is being read aloud.", ""),
        AloudNotice::OnePiece => {
            told("The model spoke this answer itself: its sound is one piece.", "")
        }
        AloudNotice::Before(before) => {
            let Before { model, voice, rate: price } = &**before;
            let price = price.map_or("at a price nobody knows here".to_owned(), |(money, unit)| {
                format!("for {}", rate(Language::En, money, unit))
            });
            told(
                format!("Every answer here will be read by {voice} ({model}), {price}."),
                "The same again turns it on.",
            )
        }
        AloudNotice::Auto { on: true } => {
            told("Answers of this conversation are read aloud by themselves.", "")
        }
        AloudNotice::Auto { on: false } => {
            told("Answers of this conversation are read aloud only when asked for.", "")
        }
        AloudNotice::NotOfModel(other) => {
            let OtherVoice { voice, model, instead } = &**other;
            told(
                format!("{model} has no voice {voice}; {instead} reads."),
                "/voice shows its voices, to hear and choose.",
            )
        }
        AloudNotice::NoVoice { model } => told(
            format!("No voice of {model} is known."),
            "/voice shows the voices of other models; a voices.toml of your own can add some.",
        ),
        AloudNotice::Chosen { voice } => told(format!("{voice} reads in this conversation."), ""),
        AloudNotice::Default { voice, model } => {
            told(format!("{voice} ({model}) reads wherever no other voice was chosen."), "")
        }
        AloudNotice::FellBack(fell) => {
            let FellBack { from, why, to } = &**fell;
            let (from, to) = (place(Language::En, from), place(Language::En, to));
            told(
                format!(
                    "{} did not take the sound: {}. It goes to {to}.",
                    from,
                    fault(Language::En, *why)
                ),
                "`sinks` in [speech] of the configuration says what is tried, in which order.",
            )
        }
    }
}

fn zh_cn(notice: &AloudNotice) -> Told {
    match notice {
        AloudNotice::Nothing => told("这条消息里没有可以朗读的内容。", "代码和表情符号不朗读。"),
        AloudNotice::Silent => told("现在没有在朗读。", ""),
        AloudNotice::OnePiece => told("这个回答由模型自己说出，声音是一整段。", ""),
        AloudNotice::Before(before) => {
            let Before { model, voice, rate: price } = &**before;
            let price = price.map_or("价格未知".to_owned(), |(money, unit)| {
                format!("价格 {}", rate(Language::ZhCn, money, unit))
            });
            told(
                format!("这里的每个回答都会由 {voice}（{model}）朗读，{price}。"),
                "再按一次即开启。",
            )
        }
        AloudNotice::Auto { on: true } => told("这个对话的回答会自动朗读。", ""),
        AloudNotice::Auto { on: false } => told("这个对话的回答不再自动朗读。", ""),
        AloudNotice::NotOfModel(other) => {
            let OtherVoice { voice, model, instead } = &**other;
            told(
                format!("{model} 没有声音 {voice}，改由 {instead} 朗读。"),
                "用 /voice 试听和选择它的声音。",
            )
        }
        AloudNotice::NoVoice { model } => told(
            format!("不知道 {model} 有哪些声音。"),
            "用 /voice 查看其他模型的声音；也可以用自己的 voices.toml 补充。",
        ),
        AloudNotice::Chosen { voice } => told(format!("这个对话由 {voice} 朗读。"), ""),
        AloudNotice::Default { voice, model } => {
            told(format!("没有另选声音的对话都由 {voice}（{model}）朗读。"), "")
        }
        AloudNotice::FellBack(fell) => {
            let FellBack { from, why, to } = &**fell;
            let (from, to) = (place(Language::ZhCn, from), place(Language::ZhCn, to));
            told(
                format!("{from}没有接收声音：{}。现在送往{to}。", fault(Language::ZhCn, *why)),
                "尝试的顺序由配置中 [speech] 的 sinks 决定。",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audio::{FaultKind, SinkName};
    use crate::domain::models::ModelId;
    use crate::domain::money::{Currency, Money, Unit};

    #[test]
    fn prices_and_places_are_named() {
        let money = Money { amount: "0.8".parse().unwrap(), currency: Currency::Cny };
        let before = |rate| {
            let model = ModelId::new("qwen3-tts-flash");
            AloudNotice::Before(Box::new(Before { model, voice: "Cherry".to_owned(), rate }))
        };
        let of = |language, notice: &AloudNotice| tell(language, notice).sentence.into_owned();
        let priced = before(Some((money, Unit::TenThousandCharacters)));
        assert_eq!(
            of(Language::En, &priced),
            "Every answer here will be read by Cherry (qwen3-tts-flash), for ¥0.80 per 10,000 characters."
        );
        assert!(of(Language::ZhCn, &priced).contains("每 1 万字符 ¥0.80"));
        assert!(of(Language::En, &before(None)).contains("nobody knows"));
        let fell = AloudNotice::FellBack(Box::new(FellBack {
            from: SinkName::Device { device: String::new(), by: "lian-player".to_owned() },
            why: FaultKind::NoDevice,
            to: SinkName::File { path: "/tmp/a.wav".to_owned() },
        }));
        let said = of(Language::En, &fell);
        assert_eq!(
            said,
            "lian-player did not take the sound: there is no device. It goes to /tmp/a.wav."
        );
        assert!(!tell(Language::ZhCn, &fell).next.is_empty());
    }
}
