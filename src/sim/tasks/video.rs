//! The rules of video models, generation by generation: sizes, lengths, prompts, first pictures.
//! It refuses to make a video.

use serde_json::Value;

use super::fields::Fields;
use super::job::{Film, Job, Meter, Product, Service, extend};
use crate::sim::film::Wish;
use crate::sim::models::Model;
use crate::sim::refusal::Refusal;
use crate::sim::request::missing;
use crate::sim::rng;

/// What a model begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Text,
    Image,
    KeyFrames,
    /// References, sound, other films: rules that the notes do not give.
    Other,
}

/// What a model can do.
#[derive(Debug, Clone, Copy)]
struct Family {
    /// 21 for 2.1 and so on.
    version: u32,
    source: Source,
    /// The numbers of lines it can make.
    tiers: &'static [u32],
    usual: u32,
}

/// Sizes of a number of lines, all of about the same area.
const fn sizes(lines: u32) -> &'static [(u32, u32, &'static str)] {
    match lines {
        480 => &[(832, 480, "16:9"), (480, 832, "9:16"), (624, 624, "1:1")],
        720 => &[
            (1280, 720, "16:9"),
            (720, 1280, "9:16"),
            (960, 960, "1:1"),
            (1088, 832, "4:3"),
            (832, 1088, "3:4"),
        ],
        _ => &[
            (1920, 1080, "16:9"),
            (1080, 1920, "9:16"),
            (1440, 1440, "1:1"),
            (1632, 1248, "4:3"),
            (1248, 1632, "3:4"),
        ],
    }
}

/// The family of a model, if it makes videos.
fn family(id: &str) -> Option<Family> {
    let rest = id.strip_prefix("wanx").or_else(|| id.strip_prefix("wan"))?;
    let version = match rest.get(..3)? {
        "2.1" => 21,
        "2.2" => 22,
        "2.5" => 25,
        "2.6" => 26,
        "2.7" => 27,
        "3.0" => 30,
        _ => return None,
    };
    let has = |part: &str| id.contains(part);
    let source = if has("t2v") {
        Source::Text
    } else if has("kf2v") {
        Source::KeyFrames
    } else if has("i2v") {
        Source::Image
    } else if ["r2v", "s2v", "animate", "videoedit", "vace", "3.0-video"]
        .iter()
        .any(|part| has(part))
    {
        Source::Other
    } else {
        return None;
    };
    let tiers: &[u32] = match version {
        26.. => &[720, 1080],
        25 => &[480, 720, 1080],
        22 if has("flash") => &[480, 720, 1080],
        22 if has("s2v") => &[480, 720],
        22 if has("animate") => &[720],
        22 => &[480, 1080],
        _ if has("turbo") => &[480, 720],
        _ => &[720],
    };
    let usual = match source {
        Source::Text | Source::Image if tiers.contains(&1080) && !has("2.2-i2v-flash") => 1080,
        Source::Text | Source::Image | Source::KeyFrames | Source::Other => 720,
    };
    let usual = if tiers.contains(&usual) { usual } else { tiers[tiers.len() - 1] };
    Some(Family { version, source, tiers, usual })
}

/// Where a model's tasks are created; `None` when it makes no videos.
pub(super) fn service(id: &str) -> Option<Service> {
    Some(match family(id)?.source {
        Source::KeyFrames => Service::KeyFrames,
        Source::Text | Source::Image | Source::Other => Service::Video,
    })
}

/// Reads a task. `aspect` gives width and height of the first picture where they are known.
pub(super) fn read(
    model: &'static Model,
    fields: &Fields<'_>,
    seed: u64,
    aspect: impl Fn(&str) -> Option<(u32, u32)>,
) -> Result<Job, Refusal> {
    let family = family(model.id).ok_or_else(|| Refusal::parameter("Model not exist."))?;
    let most = match family.version {
        27.. => 5000,
        25..=26 => 1500,
        _ => 800,
    };
    let prompt = fields.text("prompt", most)?;
    fields.text("negative_prompt", 500)?;
    let first = first_picture(&family, fields, prompt.is_some())?;
    let seconds = seconds(&family, fields)?;
    let extended = fields.flag("prompt_extend")?.unwrap_or(true);
    let watermark = fields.flag("watermark")?.unwrap_or(false);
    let audio = fields.flag("audio")?;
    if fields.word("shot_type")?.is_some_and(|kind| !["single", "multi"].contains(&kind)) {
        return Err(missing("shot_type"));
    }
    let own_seed = fields.seed()?.unwrap_or(seed);
    let shape = shape(&family, fields, first.as_deref().and_then(aspect))?;
    let (width, height, lines, ratio) = shape.unwrap_or((1280, 720, 720, "16:9"));
    let meter = match (family.version, family.source) {
        (27.., _) => Meter::Aspect(ratio),
        (26, Source::Text) => Meter::Sized,
        (26, _) => {
            Meter::Unsized { audio: model.id.contains("flash").then_some(audio.unwrap_or(true)) }
        }
        (25, _) => Meter::Recorded,
        _ => Meter::Ratio,
    };
    let looks = [prompt.as_deref(), first.as_deref()].map(Option::unwrap_or_default).concat();
    let wish = Wish { width, height, seed: rng::hash(own_seed, looks.as_bytes()), watermark };
    let fault = shape.is_none().then(|| {
        let size = fields.word("size").ok().flatten().unwrap_or_default();
        Refusal::parameter(format!("The size is not match {size}"))
    });
    Ok(Job {
        model,
        service: if family.source == Source::KeyFrames {
            Service::KeyFrames
        } else {
            Service::Video
        },
        extended: prompt.as_deref().filter(|_| extended && family.version < 26).map(extend),
        prompt,
        product: Product::Film(Film { wish, seconds, lines, meter }),
        fault,
    })
}

/// The link of the first picture; refused when the model cannot do without.
fn first_picture(
    family: &Family,
    fields: &Fields<'_>,
    prompt: bool,
) -> Result<Option<String>, Refusal> {
    let link =
        |key: &str| fields.input.get(key).and_then(Value::as_str).filter(|link| !link.is_empty());
    let media = fields.input.get("media").and_then(Value::as_array);
    let medium = media.into_iter().flatten().find_map(|item| {
        let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
        matches!(kind, "first_frame" | "first_clip").then(|| item.get("url")?.as_str()).flatten()
    });
    let found = match family.source {
        Source::Text if !prompt => return Err(missing("prompt")),
        Source::Text => None,
        Source::Image if family.version >= 27 => {
            Some(medium.or_else(|| link("img_url")).ok_or_else(|| missing("media"))?)
        }
        Source::Image => Some(link("img_url").ok_or_else(|| missing("img_url"))?),
        Source::KeyFrames => {
            Some(link("first_frame_url").ok_or_else(|| missing("first_frame_url"))?)
        }
        Source::Other if family.version >= 30 && !prompt && media.is_none() => {
            return Err(missing("prompt"));
        }
        Source::Other => medium,
    };
    Ok(found.map(str::to_owned))
}

fn seconds(family: &Family, fields: &Fields<'_>) -> Result<u32, Refusal> {
    let seconds = fields.whole("duration")?.unwrap_or(5);
    let good = match family.version {
        26.. => (2..=15).contains(&seconds),
        25 => seconds == 5 || seconds == 10,
        _ => seconds == 5,
    };
    u32::try_from(seconds).ok().filter(|_| good).ok_or_else(|| missing("duration"))
}

/// Width, height, lines and ratio; `None` for a size that the model does not have.
type Shape = Option<(u32, u32, u32, &'static str)>;

/// The sizes of a number of lines as shapes.
fn shapes(lines: u32) -> impl Iterator<Item = (u32, u32, u32, &'static str)> {
    sizes(lines).iter().map(move |size| (size.0, size.1, lines, size.2))
}

fn shape(
    family: &Family,
    fields: &Fields<'_>,
    first: Option<(u32, u32)>,
) -> Result<Shape, Refusal> {
    if family.source == Source::Text && family.version < 27 {
        return Ok(match fields.size()? {
            None => shapes(family.usual).next(),
            Some(size) => family
                .tiers
                .iter()
                .flat_map(|lines| shapes(*lines))
                .find(|shape| (shape.0, shape.1) == size),
        });
    }
    let lines = match fields.word("resolution")? {
        None => family.usual,
        Some(word) => {
            let lines = word.strip_suffix(['P', 'p']).and_then(|lines| lines.parse().ok());
            lines
                .filter(|lines| family.tiers.contains(lines))
                .ok_or_else(|| missing("resolution"))?
        }
    };
    let usual = sizes(lines)[0];
    if let Some((width, height)) = first {
        return Ok(Some(fitted(lines, usual.0 * usual.1, width, height)));
    }
    let ratio = fields.word("ratio")?.unwrap_or("16:9");
    let size = sizes(lines).iter().find(|size| size.2 == ratio).ok_or_else(|| missing("ratio"))?;
    Ok(Some((size.0, size.1, lines, size.2)))
}

/// A size of an area with the sides of a picture, in steps of 16.
fn fitted(lines: u32, area: u32, width: u32, height: u32) -> (u32, u32, u32, &'static str) {
    let ratio = f64::from(width.max(1)) / f64::from(height.max(1));
    let known = sizes(lines)
        .iter()
        .find(|size| (f64::from(size.0) / f64::from(size.1) / ratio - 1.0).abs() < 0.02);
    if let Some(size) = known {
        return (size.0, size.1, lines, size.2);
    }
    let ratio = ratio.clamp(0.125, 8.0);
    let side = |length: f64| ((length / 16.0).round().max(1.0) as u32) * 16;
    let wide = side((f64::from(area) * ratio).sqrt());
    (wide, side(f64::from(area) / f64::from(wide)), lines, "16:9")
}
