//! What goes with a question and what comes besides text: files and addresses, spoken answers,
//! sources, and the surface each of them takes; against the simulator.

use serde_json::json;

use crate::fake::{self, Fake};
use crate::run::{Sim, World};

/// A whole picture: eight by eight pixels of one colour, uncompressed.
pub(crate) fn picture(side: u32) -> Vec<u8> {
    let rows = (side * 3).div_ceil(4) * 4;
    let size = 54 + rows * side;
    let mut bytes = b"BM".to_vec();
    bytes.extend(size.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(54_u32.to_le_bytes());
    bytes.extend(40_u32.to_le_bytes());
    bytes.extend(side.to_le_bytes());
    bytes.extend(side.to_le_bytes());
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    bytes.resize(size as usize, 0x7f);
    bytes
}

#[test]
fn a_picture_goes_with_the_question_and_is_told_of_before() {
    let world = World::new();
    std::fs::write(world.path().join("a cat.bmp"), picture(64)).expect("a file");
    let sim = Sim::saying("a grey square");
    let args = ["-m", "qwen3-vl-plus", "--attach", "a cat.bmp", "what is it?"];
    let done = world.chat(&sim.origin(), &args);
    assert_eq!((done.code, done.stdout.as_str()), (0, "a grey square\n"), "{}", done.stderr);
    let told = "lian: image a cat.bmp · 12 kB · 64×64 · ≈6 tokens · ≈¥";
    assert!(done.stderr.starts_with(told), "{}", done.stderr);
    let content = &sim.seen()[0].body["messages"][0]["content"];
    assert_eq!(content[0]["type"], "image_url");
    let url = content[0]["image_url"]["url"].as_str().expect("an address");
    assert!(url.starts_with("data:image/bmp;base64,Qk0"), "{url}");
    assert_eq!(content[1], json!({"type": "text", "text": "what is it?"}));
    let done = world.chat(&sim.origin(), &[&["--json"][..], &args].concat());
    let first = &done.json()[0];
    assert_eq!((&first["type"], &first["kind"]), (&json!("attachment"), &json!("image")));
    assert_eq!((&first["width"], &first["height"]), (&json!(64), &json!(64)));
    assert_eq!(first["tokens"], 6);
    assert!(first["cost"]["amount"].is_string() && done.stderr.is_empty(), "{first}");
}

#[test]
fn what_does_not_fit_is_a_mistake_of_usage_with_the_way_out() {
    let world = World::new();
    std::fs::write(world.path().join("a.bmp"), picture(64)).expect("a file");
    std::fs::write(world.path().join("tiny.bmp"), picture(8)).expect("a file");
    std::fs::write(world.path().join("words.png"), "just words").expect("a file");
    let sim = Sim::saying("never");
    for (args, said) in [
        (
            &["--attach", "a.bmp"][..],
            "a.bmp: qwen-plus takes no pictures. Models that do: qwen3-vl-plus",
        ),
        (&["-m", "qwen3-vl-plus", "--attach", "tiny.bmp"], "wants at least 10 pixels on each side"),
        (
            &["-m", "qwen3-vl-plus", "--attach", "words.png"],
            "words.png is no picture, video or sound",
        ),
        (&["-m", "qwen3-vl-plus", "--attach", "gone.png"], "There is no file gone.png."),
        (&["--audio-out", "a.wav"], "qwen-plus does not speak."),
    ] {
        let done = world.chat(&sim.origin(), &[args, &["what?"]].concat());
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{args:?}");
        assert!(done.stderr.contains(said), "{args:?}: {}", done.stderr);
    }
    assert!(sim.seen().is_empty(), "nothing was sent");
}

#[test]
fn a_large_file_is_uploaded_once_and_found_by_its_address() {
    let world = World::new();
    std::fs::write(world.path().join("large.bmp"), picture(1600)).expect("a file");
    let sim = Sim::saying("large");
    let args = ["-m", "qwen3-vl-plus", "--attach", "large.bmp", "what is it?"];
    for _ in 0..2 {
        let done = world.chat(&sim.origin(), &args);
        assert_eq!((done.code, done.stdout.as_str()), (0, "large\n"), "{}", done.stderr);
    }
    let seen = sim.seen();
    let urls: Vec<&str> = seen
        .iter()
        .filter_map(|seen| seen.body["messages"][0]["content"][0]["image_url"]["url"].as_str())
        .collect();
    assert_eq!(urls.len(), 2, "two questions");
    assert!(urls[0].starts_with("oss://") && urls[0] == urls[1], "{urls:?}: one upload");
    let asked = seen.iter().filter(|seen| seen.path.ends_with("/uploads")).count();
    assert_eq!(asked, 1, "the second run knows of the first one's upload");
}

#[test]
fn a_search_answers_with_its_sources_from_the_surface_that_has_them() {
    let world = World::new();
    let sim = Sim::saying("It rains.");
    let done = world.chat(&sim.origin(), &["--search", "what is the weather in Hangzhou?"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("native: search sources exist only there"), "{}", done.stderr);
    assert!(done.stderr.contains("lian: Sources\n  1. "), "{}", done.stderr);
    assert_eq!(sim.seen()[0].body["parameters"]["search_options"]["enable_source"], true);
    let done = world.chat(&sim.origin(), &["--json", "--search", "what is the weather?"]);
    let lines = done.json();
    let opened = &lines[0];
    assert_eq!((&opened["surface"], &opened["why"]), (&json!("native"), &json!("sources")));
    let sources = lines.iter().find(|line| line["type"] == "sources").expect("sources");
    let first = &sources["sources"][0];
    assert!(first["url"].as_str().is_some_and(|url| url.starts_with("http")), "{first}");
    assert!(first["title"].is_string() && first["index"].is_u64(), "{first}");
}

#[test]
fn a_model_of_the_native_surface_alone_is_asked_there() {
    let world = World::new();
    let sim = Sim::saying("found");
    let done = world.chat(&sim.origin(), &["--json", "-m", "qwen-deep-research", "why?"]);
    let lines = done.json();
    let opened = lines.iter().find(|line| line["type"] == "opened");
    if let Some(opened) = opened {
        assert_eq!(opened["why"], "native_model");
    }
    assert!(sim.seen()[0].body["input"]["messages"].is_array(), "{:?}", sim.seen()[0].body);
}

#[test]
fn a_spoken_answer_goes_into_a_file() {
    let world = World::new();
    let sim = Sim::saying("Ni hao.");
    let args = ["-m", "qwen3-omni-flash", "--audio-out", "a.wav", "say hello"];
    let done = world.chat(&sim.origin(), &args);
    assert_eq!((done.code, done.stdout.as_str()), (0, "Ni hao.\n"), "{}", done.stderr);
    assert!(done.stderr.contains("s of speech are in a.wav."), "{}", done.stderr);
    let wav = std::fs::read(world.path().join("a.wav")).expect("a file");
    assert!(wav.starts_with(b"RIFF") && wav.len() > 44);
    let length = u32::from_le_bytes(wav[40..44].try_into().expect("four bytes"));
    assert_eq!(length as usize, wav.len() - 44);
    let body = &sim.seen()[0].body;
    assert_eq!(
        (&body["modalities"], &body["audio"]["voice"]),
        (&json!(["text", "audio"]), &json!("Cherry"))
    );
}

#[test]
fn an_answer_without_speech_leaves_no_file_and_says_so() {
    let world = World::new();
    let mute = Fake::saying(fake::answer(&[fake::delta("Ni hao.")]));
    let args = ["-m", "qwen3-omni-flash", "--audio-out", "a.wav", "say hello"];
    let done = world.chat(&mute.origin(), &args);
    assert_eq!((done.code, done.stdout.as_str()), (1, "Ni hao.\n"));
    assert!(done.stderr.contains("came without speech"), "{}", done.stderr);
    assert!(!world.path().join("a.wav").exists());
}
