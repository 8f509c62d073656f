//! Speech: the samples, cut everywhere; headers, faults and ends that the samples do not show.

use std::sync::Arc;

use super::*;
use crate::api::client::Deadlines;
use crate::api::sse::Decoder;
use crate::api::stream::absorb;
use crate::api::testing::{
    CAP, Server, Step, answer, client, head, refuse, sample, sse_head, stream,
};
use crate::domain::models::ModelId;
use crate::domain::speech::PcmFormat;

const JSON: &str = "content-type: application/json\r\n";
const URL: &str = "http://dashscope-result-bj.oss-cn-beijing.aliyuncs.com/1d/0c/20261122/9ab3c1d2/tts-sample.wav?Expires=1795399200&OSSAccessKeyId=EXAMPLE&Signature=EXAMPLE";

fn request() -> SpeechRequest {
    SpeechRequest {
        model: ModelId::new("qwen3-tts-flash"),
        text: "Hello.".to_owned(),
        voice: "Cherry".to_owned(),
        language: Some("English".to_owned()),
        instructions: None,
        optimize: None,
    }
}

fn whole_file() -> SpeechFile {
    SpeechFile { url: URL.to_owned(), expires_ms: Some(1_795_399_200_000) }
}

/// All that a server's stream brings, pieces of sound joined.
async fn hear(script: Vec<Step>) -> (Vec<SpeechChunk>, Result<Flow, ApiError>) {
    let server = Server::start(vec![script]).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let mut out = Vec::new();
    let mut stream = match open(&client, &endpoint, &request()).await {
        Ok(stream) => stream,
        Err(error) => return (out, Err(error)),
    };
    let end = loop {
        match tokio::time::timeout(CAP, stream.read(&mut out)).await.expect("it goes on") {
            Ok(Flow::More) => {}
            ended => break ended,
        }
    };
    (joined(out), end)
}

fn joined(chunks: Vec<SpeechChunk>) -> Vec<SpeechChunk> {
    let mut all: Vec<SpeechChunk> = Vec::new();
    for chunk in chunks {
        match (chunk, all.last_mut()) {
            (SpeechChunk::Pcm(more), Some(SpeechChunk::Pcm(sound))) => sound.extend(more),
            (chunk, _) => all.push(chunk),
        }
    }
    all
}

/// All samples.
fn sound(chunks: &[SpeechChunk]) -> Vec<u8> {
    let samples = chunks.iter().filter_map(|chunk| match chunk {
        SpeechChunk::Pcm(sound) => Some(sound.as_slice()),
        _ => None,
    });
    samples.flatten().copied().collect()
}

/// Reads a stream cut into these pieces, without a server.
fn parse(pieces: &[&[u8]]) -> (Vec<SpeechChunk>, Result<(), ApiError>) {
    let mut decoder = Decoder::default();
    let mut parser = Parser::new(None);
    let mut out = Vec::new();
    let mut result = Ok(Flow::More);
    for piece in pieces {
        decoder.push(piece, &mut |item| absorb(&mut parser, item, &mut out, &mut result)).unwrap();
    }
    decoder.finish(&mut |item| absorb(&mut parser, item, &mut out, &mut result)).unwrap();
    parser.flush(&mut out);
    let ended = match result {
        Err(error) => Err(error),
        Ok(_) if parser.finished() => Ok(()),
        Ok(_) => Err(ApiError::Cut { detail: String::new() }),
    };
    (joined(out), ended)
}

/// An event with this data and reason.
fn event(data: &[u8], more: &str) -> String {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(data);
    format!("data:{{\"output\":{{\"audio\":{{\"data\":\"{data}\"}}{more}}}}}\n\n")
}

const STOP: &str = ",\"finish_reason\":\"stop\"";

#[test]
fn the_body_is_that_of_the_sample() {
    let want: Value = serde_json::from_slice(&sample("req-tts.json")).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body(&request())).unwrap(), want);
    let told = SpeechRequest {
        language: None,
        instructions: Some("slowly".to_owned()),
        optimize: Some(true),
        ..request()
    };
    let told: Value = serde_json::from_slice(&body(&told)).unwrap();
    assert_eq!(told["input"]["instructions"], "slowly");
    assert_eq!(told["input"]["optimize_instructions"], true);
    assert_eq!(told["input"].get("language_type"), None);
}

#[tokio::test]
async fn a_stream_brings_sound_usage_and_a_file() {
    let (chunks, end) = hear(stream(sample("tts-stream.sse"))).await;
    assert_eq!(end, Ok(Flow::End));
    let opened =
        |id: &str| matches!(&chunks[0], SpeechChunk::Opened { request_id: Some(i) } if i == id);
    assert!(opened("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22") || opened("from-header"));
    // Two pieces of a 24 kHz tone.
    let sound = sound(&chunks);
    assert_eq!((sound.len() % 2, sound.len() > 1000), (0, true));
    assert_eq!(sound[..4], [0, 0, 151, 3]);
    let characters = SpeechUsage { characters: Some(12), ..SpeechUsage::default() };
    let counted: Vec<_> =
        chunks.iter().filter(|chunk| matches!(chunk, SpeechChunk::Usage(_))).collect();
    assert_eq!(counted, [&SpeechChunk::Usage(characters)]);
    assert_eq!(chunks.last(), Some(&SpeechChunk::Finished { file: Some(whole_file()) }));
}

#[tokio::test]
async fn a_request_goes_out_with_the_header_of_streams() {
    let server = Server::start(vec![stream(sample("tts-stream.sse"))]).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    drop(open(&client, &endpoint, &request()).await.unwrap());
    let heard = server.heard().remove(0).to_ascii_lowercase();
    assert!(heard.starts_with("post /api/v1/services/aigc/multimodal-generation/generation "));
    assert!(heard.contains("x-dashscope-sse: enable\r\n"), "{heard}");
}

#[test]
fn any_cut_of_the_bytes_gives_the_same_sound() {
    let whole = sample("tts-stream.sse");
    let (want, end) = parse(&[&whole]);
    assert_eq!((sound(&want).len() > 1000, end), (true, Ok(())));
    for cut in 0..whole.len() {
        let (got, end) = parse(&[&whole[..cut], &whole[cut..]]);
        assert_eq!((got == want, end), (true, Ok(())), "cut at {cut}");
    }
}

#[test]
fn a_stream_that_ends_early_keeps_its_sound_and_is_an_error() {
    let whole = sample("tts-stream.sse");
    let (all, _) = parse(&[&whole]);
    let all = sound(&all);
    for cut in 0..whole.len() {
        let (got, end) = parse(&[&whole[..cut]]);
        assert!(all.starts_with(&sound(&got)), "{cut}");
        let finished = matches!(got.last(), Some(SpeechChunk::Finished { .. }));
        assert_eq!(finished, end.is_ok(), "{cut}");
        // Only the blank line at the end can be missing.
        assert_eq!(finished, cut + 2 >= whole.len(), "{cut}");
    }
}

#[tokio::test]
async fn a_header_is_taken_off_and_odd_pieces_are_joined() {
    let mut wav = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0data\0\0\0\0".to_vec();
    wav.extend([1, 2, 3, 4, 5]);
    let events = event(&wav[..7], "") + &event(&wav[7..], "") + &event(&[6, 7, 8], STOP);
    let (chunks, end) = hear(stream(events)).await;
    assert_eq!(end, Ok(Flow::End));
    let format = PcmFormat { rate: 48_000, channels: 2, bits: 16 };
    assert_eq!(
        chunks[1..],
        [
            SpeechChunk::Format(format),
            SpeechChunk::Pcm(vec![1, 2, 3, 4, 5, 6, 7, 8]),
            SpeechChunk::Finished { file: None }
        ]
    );
}

#[tokio::test]
async fn what_is_no_base64_is_an_error_after_the_sound_before_it() {
    let bad = "data:{\"output\":{\"audio\":{\"data\":\"not base64!\"}}}\n\n";
    let (chunks, end) = hear(stream(event(&[1, 2, 3, 4], "") + bad)).await;
    assert!(matches!(end, Err(ApiError::Garbled { .. })), "{end:?}");
    assert_eq!(chunks.last(), Some(&SpeechChunk::Pcm(vec![1, 2, 3, 4])));
}

#[tokio::test]
async fn ends_and_errors_of_every_kind() {
    let sound = event(&[1, 2], "");
    let broken = "event:error\n:HTTP_STATUS/500\ndata:{\"code\":\"InternalError\",\"message\":\"no\",\"request_id\":\"r\"}\n\n";
    let (chunks, end) = hear(stream(format!("{sound}{broken}"))).await;
    assert!(matches!(end, Err(ApiError::Stream(r)) if r.code == "InternalError"));
    assert_eq!(chunks.last(), Some(&SpeechChunk::Pcm(vec![1, 2])));
    let (_, end) = hear(stream(sound.clone())).await;
    assert!(matches!(end, Err(ApiError::Cut { .. })), "{end:?}");
    let (_, end) = hear(stream(format!("{sound}data: [DONE]\n\n"))).await;
    assert_eq!(end, Ok(Flow::End));
    let (_, end) = hear(answer(sse_head(), "<html>sign in</html>")).await;
    assert_eq!(end, Err(ApiError::WebPage));
    let voice = r#"{"code":"invalid_value","message":"The requested voice 'x' is not supported.","request_id":"r"}"#;
    let (_, end) = hear(refuse(400, "", voice)).await;
    assert!(matches!(end, Err(ApiError::Status(r)) if r.code == "invalid_value"));
    // A gateway that does not stream sends the answer as one document.
    let (chunks, end) = hear(answer(head(200, JSON), sample("tts.json"))).await;
    assert_eq!(end, Ok(Flow::End));
    assert_eq!(chunks.last(), Some(&SpeechChunk::Finished { file: Some(whole_file()) }));
}

#[tokio::test]
async fn a_stream_that_stands_still_after_its_end_is_whole() {
    let go = Arc::new(tokio::sync::Notify::new());
    let steps = vec![
        Step::Hear,
        Step::Say(sse_head()),
        Step::Say(event(&[1, 2], STOP).into_bytes()),
        Step::Wait(go.clone()),
    ];
    let server = Server::start(vec![steps]).await;
    let endpoint = server.endpoint();
    let after_finish = std::time::Duration::from_millis(20);
    let client = client(&endpoint, Deadlines { after_finish, ..Deadlines::default() });
    let mut stream = open(&client, &endpoint, &request()).await.unwrap();
    let mut out = Vec::new();
    while tokio::time::timeout(CAP, stream.read(&mut out)).await.unwrap() == Ok(Flow::More) {}
    assert_eq!(out.last(), Some(&SpeechChunk::Finished { file: None }));
    go.notify_one();
}

#[tokio::test]
async fn without_a_stream_there_is_a_file() {
    let tokens = r#"{"output":{"audio":{"url":"https://h.example/a.wav"}},"usage":{"input_tokens":"3","output_tokens":7.0}}"#;
    let scripts = vec![
        answer(head(200, JSON), sample("tts.json")),
        answer(head(200, JSON), tokens),
        answer(head(200, JSON), r#"{"output":{"audio":{"url":"file:///etc/passwd"}}}"#),
    ];
    let server = Server::start(scripts).await;
    let endpoint = server.endpoint();
    let client = client(&endpoint, Deadlines::default());
    let spoken = speak(&client, &endpoint, &request()).await.unwrap();
    assert_eq!(spoken.file, whole_file());
    assert_eq!(spoken.usage.unwrap().characters, Some(12));
    assert_eq!(spoken.request_id.as_deref(), Some("5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"));
    let spoken = speak(&client, &endpoint, &request()).await.unwrap();
    let usage = spoken.usage.unwrap();
    assert_eq!(
        (usage.characters, usage.input_tokens, usage.output_tokens),
        (None, Some(3), Some(7))
    );
    let refused = speak(&client, &endpoint, &request()).await;
    assert!(matches!(refused, Err(ApiError::Garbled { .. })));
    assert!(!server.heard()[0].to_ascii_lowercase().contains("x-dashscope-sse"));
}
