//! Every reason to choose a surface, and every refusal that leads to another.

use super::*;
use crate::api::error::Refusal;
use crate::api::testing::question;
use crate::domain::chat::ChatParams;

fn service() -> Endpoint {
    Endpoint::at_origin("https://h.example", None, "").expect("a URL")
}

fn foreign() -> Endpoint {
    Endpoint::at_compat_base("http://127.0.0.1:1/v1", None, "").expect("a URL")
}

fn asked(model: &str, params: ChatParams) -> ChatRequest {
    ChatRequest { model: ModelId::new(model), params, ..question() }
}

fn search() -> ChatParams {
    ChatParams { search: Some(true), ..ChatParams::default() }
}

fn extra(json: &str) -> ChatParams {
    ChatParams { extra: Some(json.to_owned()), ..ChatParams::default() }
}

fn at(endpoint: &Endpoint, request: &ChatRequest) -> (Place, Why) {
    let Route { place, why } = choose(request, endpoint, &Catalog::embedded());
    (place, why)
}

#[test]
fn a_question_goes_where_all_of_it_is_understood() {
    let text = Place::Native(Path::Text);
    let multimodal = Place::Native(Path::Multimodal);
    let voice = || ChatParams { voice: Some("Cherry".to_owned()), ..search() };
    for (model, params, want) in [
        ("qwen-plus", ChatParams::default(), (Place::Compat, Why::Usual)),
        ("llama3:8b", ChatParams::default(), (Place::Compat, Why::Usual)),
        ("qwen-plus", search(), (text, Why::Sources)),
        ("qwen3.5-plus", search(), (multimodal, Why::Sources)),
        ("qwen3.7-max", search(), (multimodal, Why::Sources)),
        ("qwen4-plus", search(), (multimodal, Why::Sources)),
        ("qwen3-max", extra("{\"enable_search\":true}"), (text, Why::Sources)),
        ("qwen-plus", ChatParams { search: Some(false), ..search() }, (Place::Compat, Why::Usual)),
        ("qwen-plus", extra("{\"top_logprobs\":2}"), (Place::Compat, Why::Usual)),
        ("qwen-plus", extra("not json"), (Place::Compat, Why::Usual)),
        ("qwen-plus", extra("{\"parameters\":{\"n\":1}}"), (text, Why::Parameters)),
        (
            "qwen-plus",
            extra("{\"search_options\":{\"enable_citation\":true}}"),
            (text, Why::Parameters),
        ),
        (
            "qwen-plus",
            extra("{\"search_options\":{\"forced_search\":true}}"),
            (Place::Compat, Why::Usual),
        ),
        ("qwen-deep-research", ChatParams::default(), (text, Why::NativeModel)),
        ("qwen3.5-omni-plus", voice(), (Place::Compat, Why::Voice)),
    ] {
        assert_eq!(at(&service(), &asked(model, params.clone())), want, "{model} {params:?}");
    }
    let mut goes_on = asked("qwen-plus", search());
    goes_on.messages[0].partial = true;
    assert_eq!(at(&service(), &goes_on), (Place::Compat, Why::GoOn));
}

#[test]
fn a_server_of_one_surface_and_a_profile_are_heard() {
    let plain = asked("qwen-plus", ChatParams::default());
    let searching = asked("qwen-plus", search());
    let research = asked("qwen-deep-research", ChatParams::default());
    assert_eq!(at(&foreign(), &plain), (Place::Compat, Why::Usual));
    assert_eq!(at(&foreign(), &searching), (Place::Compat, Why::NoNative));
    assert_eq!(at(&foreign(), &research), (Place::Compat, Why::NoNative));
    let native = service().with_surface(Some(Surface::Native));
    let compat = service().with_surface(Some(Surface::Compat));
    assert_eq!(at(&native, &plain), (Place::Native(Path::Text), Why::Profile));
    assert_eq!(at(&compat, &plain), (Place::Compat, Why::Usual));
    assert_eq!(at(&compat, &searching), (Place::Compat, Why::Profile));
    assert_eq!(at(&compat, &research), (Place::Native(Path::Text), Why::NativeModel));
    assert_eq!(native.with_key("k".into(), "x").surface(), Some(Surface::Native));
}

fn refused(status: u16, code: &str, message: &str) -> ApiError {
    ApiError::Status(Box::new(Refusal {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
        envelope: true,
        ..Refusal::default()
    }))
}

#[test]
fn a_refusal_that_cost_nothing_leads_elsewhere_once() {
    let catalog = Catalog::embedded();
    let plain = asked("qwen-new", ChatParams::default());
    let again = |error: &ApiError, request: &ChatRequest, tried: &[Route]| {
        instead(error, request, &service(), &catalog, tried)
    };
    let compat = Route { place: Place::Compat, why: Why::Usual };
    let text = Route { place: Place::Native(Path::Text), why: Why::CompatRefused };
    let multimodal = Route { place: Place::Native(Path::Multimodal), why: Why::CompatRefused };
    let unsupported = refused(
        404,
        "model_not_supported",
        "Unsupported model qwen-new for OpenAI compatibility mode.",
    );
    let path = refused(400, "InvalidParameter", "url error, please check url！");
    let no_path = refused(404, "NotFound", "Not found!");
    assert_eq!(again(&unsupported, &plain, &[compat]), Some(text));
    assert_eq!(again(&path, &plain, &[compat, text]), Some(multimodal));
    assert_eq!(again(&path, &plain, &[compat, text, multimodal]), None, "each place once");
    assert_eq!(again(&no_path, &plain, &[compat, text]), None, "it came from there");
    let sources = Route { place: Place::Native(Path::Text), why: Why::Sources };
    let back = Route { place: Place::Compat, why: Why::NativeRefused };
    assert_eq!(again(&no_path, &plain, &[sources]), Some(back));
    assert_eq!(again(&ApiError::WebPage, &plain, &[sources]), Some(back));
    for other in [
        refused(400, "InvalidParameter", "Range of top_p should be (0.0, 1.0]"),
        refused(404, "model_not_found", "The model `x` does not exist."),
        refused(401, "InvalidApiKey", "Invalid API-key provided."),
        ApiError::Cut { detail: String::new() },
    ] {
        assert_eq!(again(&other, &plain, &[compat]), None, "{other:?}");
        assert_eq!(again(&other, &plain, &[sources]), None, "{other:?}");
    }
    assert_eq!(instead(&unsupported, &plain, &foreign(), &catalog, &[compat]), None);
    let video = asked("wan2.5-t2v-preview", ChatParams::default());
    assert_eq!(again(&unsupported, &video, &[compat]), None, "no surface talks to it");
    let research = asked("qwen-deep-research", ChatParams::default());
    let only = Route { place: Place::Native(Path::Text), why: Why::NativeModel };
    assert_eq!(again(&no_path, &research, &[only]), None, "there is no other");
}
