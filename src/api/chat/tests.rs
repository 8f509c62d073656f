//! Whole answers over real sockets: cuts, stalls, caps, documents, web pages.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::*;
use crate::api::client::{ApiClient, ClientOptions, Deadlines, Limits};
use crate::api::sse::SseLimits;
use crate::api::testing::{
    self, CAP, STOP, Server, Step, answer, delta, head, question, sample, sse_head, stream,
};
use crate::domain::chat::FinishReason;

const SOON: Duration = Duration::from_millis(150);

/// Reads the answer to its end.
async fn read_all(client: &ApiClient, server: &Server) -> (Vec<ChatChunk>, Result<(), ApiError>) {
    let mut out = Vec::new();
    let work = async {
        let mut stream = open(client, &server.endpoint(), &question(), Place::Compat).await?;
        while stream.read(&mut out).await? == Flow::More {}
        Ok(())
    };
    let result = timeout(CAP, work).await.expect("no wait without an end");
    (out, result)
}

async fn ask(script: Vec<Step>, deadlines: Deadlines) -> (Vec<ChatChunk>, Result<(), ApiError>) {
    let server = Server::start(vec![script]).await;
    let client = testing::client(&server.endpoint(), deadlines);
    read_all(&client, &server).await
}

async fn ask_within(script: Vec<Step>, limits: Limits) -> (Vec<ChatChunk>, Result<(), ApiError>) {
    let server = Server::start(vec![script]).await;
    let mut options = ClientOptions::for_endpoint(&server.endpoint());
    options.limits = limits;
    read_all(&ApiClient::new(options), &server).await
}

async fn plain(script: Vec<Step>) -> (Vec<ChatChunk>, Result<(), ApiError>) {
    ask(script, Deadlines::default()).await
}

fn text(chunks: &[ChatChunk]) -> String {
    let only = |chunk: &ChatChunk| match chunk {
        ChatChunk::Text(text) => Some(text.clone()),
        _ => None,
    };
    chunks.iter().filter_map(only).collect()
}

fn tiny() -> Limits {
    let sse = SseLimits { line: 4096, event: 8192 };
    Limits { sse, answer: 1 << 20, document: 8192, error_body: 1024 }
}

#[tokio::test]
async fn a_rush_may_wait_at_the_service_on_both_surfaces() {
    let native = Place::Native(surface::Path::Text);
    for (queue, place) in [(true, Place::Compat), (true, native), (false, Place::Compat)] {
        let server = Server::start(vec![stream(sample("compat-chat-stream.sse"))]).await;
        let endpoint = server.endpoint().queued(queue);
        let client = testing::client(&endpoint, Deadlines::default());
        let work = async { drop(open(&client, &endpoint, &question(), place).await) };
        timeout(CAP, work).await.expect("no wait without an end");
        let heard = server.heard()[0].to_ascii_lowercase();
        assert_eq!(heard.contains("x-dashscope-queue-enable: true\r\n"), queue, "{heard}");
        assert_eq!(heard.contains("x-dashscope-wait-timeout: 30\r\n"), queue, "{heard}");
    }
}

#[tokio::test]
async fn an_answer_streams_through() {
    let (out, result) = plain(stream(sample("compat-chat-stream.sse"))).await;
    assert_eq!(result, Ok(()));
    assert_eq!(text(&out), "Hello! How can I help?");
    assert!(out.contains(&ChatChunk::Finished(FinishReason::Stop)));
}

#[tokio::test]
async fn compressed_answers_are_read_and_counted_as_they_unfold() {
    let gzip = |body: &str| answer(head(200, "content-encoding: gzip\r\n"), sample(body));
    let (out, result) = plain(gzip("compat-chat-stream.sse.gz")).await;
    assert_eq!((text(&out).as_str(), result), ("Hello! How can I help?", Ok(())));
    let (_, result) = ask_within(gzip("long-line.sse.gz"), tiny()).await;
    assert_eq!(result, Err(ApiError::TooLarge { cap: 4096 }));
    let (_, result) = ask_within(gzip("flood.sse.gz"), tiny()).await;
    assert_eq!(result, Err(ApiError::TooLarge { cap: 1 << 20 }));
    let half = sample("compat-chat-stream.sse.gz");
    let half = answer(head(200, "content-encoding: gzip\r\n"), &half[..half.len() / 2]);
    assert!(matches!(plain(half).await.1, Err(ApiError::Cut { .. })));
    let bad = answer(head(200, "content-encoding: gzip\r\n"), "this is no gzip at all");
    assert!(matches!(plain(bad).await.1, Err(ApiError::Garbled { .. })));
}

#[tokio::test]
async fn a_line_of_a_megabyte_is_taken_and_one_over_the_cap_is_not() {
    let long = "z".repeat(1 << 20);
    let (out, result) = plain(stream(format!("{}{STOP}", delta(&long)))).await;
    assert_eq!(result, Ok(()));
    assert_eq!(text(&out).len(), 1 << 20);
    let cap = SseLimits::default().line;
    let body = format!("{}{}{STOP}", delta("kept"), delta(&"z".repeat(cap)));
    let (out, result) = plain(stream(body)).await;
    assert_eq!(result, Err(ApiError::TooLarge { cap: cap as u64 }));
    assert_eq!(text(&out), "kept");
}

#[tokio::test]
async fn a_cut_keeps_what_came() {
    let chunked = head(200, "content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n");
    let piece = format!("{:x}\r\n{}\r\n", delta("kept").len(), delta("kept"));
    let torn = vec![Step::Hear, Step::Say(chunked.clone()), Step::Say(piece.clone().into_bytes())];
    for script in [stream(delta("kept")), stream(delta("kept") + "data: {\"choi"), torn] {
        let (out, result) = plain(script).await;
        assert!(matches!(result, Err(ApiError::Cut { .. })), "{result:?}");
        assert_eq!(text(&out), "kept");
    }
    let nonsense = [piece.into_bytes(), b"what is this\r\n".to_vec()].concat();
    let (out, result) = plain(answer(chunked, nonsense)).await;
    assert!(matches!(result, Err(ApiError::Garbled { .. })), "{result:?}");
    assert_eq!(text(&out), "kept");
    assert!(matches!(plain(stream("")).await.1, Err(ApiError::Cut { .. })));
    assert!(matches!(plain(vec![Step::Hear]).await.1, Err(ApiError::Cut { .. })));
}

#[tokio::test]
async fn an_answer_that_said_stop_is_whole_without_done() {
    let stop = STOP.split("data: [DONE]").next().expect("a head");
    let short = Deadlines { after_finish: SOON, ..Deadlines::default() };
    let waits = |body: String| {
        vec![Step::Hear, Step::Say(sse_head()), Step::Say(body.into_bytes()), Step::Stall]
    };
    for script in [
        stream(delta("all") + stop),
        stream(delta("all") + stop + "data: {\"cut"),
        stream(delta("all") + stop + "data: garbage\n\n"),
        waits(delta("all") + stop),
        waits(delta("all") + STOP),
    ] {
        let (out, result) = ask(script, short).await;
        assert_eq!((text(&out).as_str(), result), ("all", Ok(())));
    }
}

#[tokio::test]
async fn every_wait_has_its_own_end() {
    let dribble = |first: Vec<u8>, again: &str| {
        vec![Step::Hear, Step::Say(first), Step::Repeat(again.into(), Duration::from_millis(5))]
    };
    let begun = [sse_head(), delta("kept").into_bytes()].concat();
    let first = Deadlines { first_byte: SOON, ..Deadlines::default() };
    let idle = Deadlines { idle: SOON, ..Deadlines::default() };
    let overall = Deadlines { overall: SOON, ..Deadlines::default() };
    for (name, script, deadlines, want) in [
        ("silence", vec![Step::Hear, Step::Stall], first, ApiError::FirstByte { after: SOON }),
        (
            "headers that trickle",
            dribble(b"HTTP/1.1 200 OK\r\n".to_vec(), "x-a: b\r\n"),
            first,
            ApiError::FirstByte { after: SOON },
        ),
        ("a head and no body", dribble(sse_head(), ""), first, ApiError::FirstByte { after: SOON }),
        ("half an event", dribble(sse_head(), "d"), first, ApiError::FirstByte { after: SOON }),
        (
            "silence in the middle",
            vec![Step::Hear, Step::Say(begun.clone()), Step::Stall],
            idle,
            ApiError::Idle { after: SOON },
        ),
        ("a line that trickles", dribble(begun.clone(), "d"), idle, ApiError::Idle { after: SOON }),
        (
            "heartbeats for ever",
            dribble(begun, ":\n\n"),
            overall,
            ApiError::Overall { after: SOON },
        ),
        (
            "no head for ever",
            vec![Step::Hear, Step::Stall],
            overall,
            ApiError::FirstByte { after: SOON },
        ),
    ] {
        let (out, result) = ask(script, deadlines).await;
        assert_eq!(result, Err(want), "{name}");
        assert!(matches!(text(&out).as_str(), "" | "kept"), "{name}");
    }
}

#[tokio::test]
async fn heartbeats_keep_an_answer_alive_until_the_last_deadline() {
    let script = vec![
        Step::Hear,
        Step::Say(sse_head()),
        Step::Repeat(b": queued\n\n".to_vec(), Duration::from_millis(5)),
    ];
    let overall = Duration::from_secs(1);
    let half = overall / 2;
    let deadlines = Deadlines { first_byte: half, idle: half, overall, ..Deadlines::default() };
    let (_, result) = ask(script, deadlines).await;
    assert_eq!(result, Err(ApiError::Overall { after: overall }));
}

#[tokio::test]
async fn servers_that_do_not_stream_are_understood() {
    let json = |body: Vec<u8>| answer(head(200, "content-type: application/json\r\n"), body);
    let (out, result) = plain(json(sample("compat-chat.json"))).await;
    assert_eq!((text(&out).as_str(), result), ("Hello! How can I help?", Ok(())));
    let (_, result) = plain(json(sample("compat-error-429-rate.json"))).await;
    assert!(matches!(result, Err(ApiError::Stream(refusal)) if refusal.code == "limit_requests"));
    let (_, result) = plain(stream(sample("compat-chat.json"))).await;
    assert_eq!(result, Ok(()), "whatever the content type says");
    let (_, result) = plain(json(sample("compat-chat.json")[..50].to_vec())).await;
    assert!(matches!(result, Err(ApiError::Cut { .. })), "{result:?}");
    let (_, result) = plain(answer(head(200, ""), "\n<!doctype html><html>")).await;
    assert_eq!(result, Err(ApiError::WebPage));
    let big = format!("{{\"a\":\"{}\"}}", "x".repeat(9000));
    let (_, result) = ask_within(json(big.into_bytes()), tiny()).await;
    assert_eq!(result, Err(ApiError::TooLarge { cap: 8192 }));
}

#[tokio::test]
async fn one_connection_serves_one_question_after_the_other() {
    let chunked =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let body = delta("one") + STOP;
    let first = format!("{chunked}{:x}\r\n{body}\r\n", body.len());
    let go = Arc::new(Notify::new());
    let server = Server::start(vec![
        vec![
            Step::Hear,
            Step::Say(first.into_bytes()),
            Step::Wait(go.clone()),
            Step::Say(b"0\r\n\r\n".to_vec()),
            Step::Hear,
            Step::Say(format!("{chunked}{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).into_bytes()),
        ],
        vec![Step::Stall],
    ])
    .await;
    let endpoint = server.endpoint();
    let client = testing::client(&endpoint, Deadlines::default());
    let work = async {
        let mut out = Vec::new();
        let mut first =
            open(&client, &endpoint, &question(), Place::Compat).await.expect("an answer");
        while first.read(&mut out).await.expect("no error") == Flow::More {}
        go.notify_one();
        first.drain().await;
        let mut second = open(&client, &endpoint, &question(), Place::Compat)
            .await
            .expect("the same connection");
        while second.read(&mut out).await.expect("no error") == Flow::More {}
        text(&out)
    };
    assert_eq!(timeout(CAP, work).await.expect("in time"), "oneone");
}
