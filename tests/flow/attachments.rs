//! What goes with a message: listed, typed, pasted, shown, taken back, sent, kept; and what is asked
//! before a model gets what it cannot take.

use lian::domain::attachments::{
    AttachCommand, AttachEvent, AttachNotice, Attachment, Medium, PathEntry, Source, Wish,
};
use lian::domain::chat::TurnEvent;
use lian::domain::conversations::StoreCommand;
use lian::domain::models::{ModelId, Surface};
use lian::domain::notice::{Notice, NoticeKind};
use lian::domain::surface::{Via, WebSource, Why};
use lian::effect::Effect;
use lian::event::ServiceEvent;

use crate::harness::{Harness, settings};

pub(crate) fn picture(name: &str) -> Attachment {
    Attachment {
        medium: Medium::Image,
        source: Source::File(format!("/home/me/{name}")),
        name: name.to_owned(),
        mime: "image/png".to_owned(),
        bytes: Some(120_000),
        pixels: Some((640, 480)),
        plays: None,
    }
}

/// A program that talks to a model that sees.
fn seeing() -> Harness {
    let mut settings = settings();
    settings.model = ModelId::new("qwen3-vl-plus");
    Harness::with(settings, (80, 24))
}

fn asked_of_files(h: &mut Harness) -> Vec<AttachCommand> {
    let of_files = |effect| if let Effect::Attach(command) = effect { Some(command) } else { None };
    h.effects().into_iter().filter_map(of_files).collect()
}

fn looked(h: &mut Harness, typed: &str, why: Wish, found: Result<Attachment, Notice>) {
    let typed = typed.to_owned();
    h.says(ServiceEvent::Attach(AttachEvent::Looked { typed, why, found }));
}

fn attach(h: &mut Harness, of: Attachment) {
    looked(h, "x", Wish::Attach, Ok(of));
}

fn listed(h: &mut Harness, dir: &str, names: &[(&str, bool)]) {
    let entry = |(name, dir): &(&str, bool)| PathEntry { name: (*name).to_owned(), dir: *dir };
    let entries = names.iter().map(entry).collect();
    h.says(ServiceEvent::Attach(AttachEvent::Listed { dir: dir.to_owned(), entries }));
}

fn list(dir: &str) -> AttachCommand {
    AttachCommand::List { dir: dir.to_owned() }
}

fn look(typed: &str, why: Wish) -> AttachCommand {
    AttachCommand::Look { typed: typed.to_owned(), why }
}

#[test]
fn an_at_sign_where_a_word_begins_lists_files() {
    let mut h = seeing();
    h.effects();
    h.keys("see @");
    assert_eq!(asked_of_files(&mut h), [list("")]);
    listed(&mut h, "", &[("pics", true), ("a.png", false), ("notes.md", false), (".git", true)]);
    assert!(h.find("pics/").is_some() && h.find("a.png").is_some(), "{}", h.screen());
    assert!(h.find(".git").is_none(), "hidden names are for those who type a dot");
    h.keys("pi<enter>");
    assert_eq!(asked_of_files(&mut h), [list("pics/")], "a directory is opened");
    listed(&mut h, "pics/", &[("cat.png", false), ("dog.png", false)]);
    h.keys("do<enter>");
    assert_eq!(asked_of_files(&mut h), [look("pics/dog.png", Wish::Attach)]);
    assert_eq!(h.state.composer().text(), "see ", "the at sign is not part of the message");
    looked(&mut h, "pics/dog.png", Wish::Attach, Ok(picture("dog.png")));
    let row = h.find("dog.png").expect("a row above the composer");
    let text = h.row(row as u16);
    for part in ["image dog.png", "120 kB", "640×480", "≈302 tokens", "≈¥"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn an_at_sign_may_be_nothing_but_that() {
    let mut h = seeing();
    h.effects();
    h.keys("a@b.c");
    assert_eq!(h.state.composer().text(), "a@b.c");
    assert!(asked_of_files(&mut h).is_empty());
    h.keys("<ctrl+u>@john<esc>");
    assert_eq!(h.state.composer().text(), "@john", "what was typed is not lost");
    h.keys("<ctrl+u>@<backspace>x");
    assert_eq!(h.state.composer().text(), "x");
    h.keys("<ctrl+u>@");
    listed(&mut h, "", &[("a.png", false)]);
    h.keys("john<enter>");
    assert_eq!(h.state.composer().text(), "@john", "no such file: it was meant as text");
    // In a value that is typed it is a letter.
    h.keys("<alt+o>");
    h.keys("me@home");
    assert!(
        asked_of_files(&mut h).iter().all(|command| matches!(command, AttachCommand::List { .. }))
    );
}

#[test]
fn a_command_attaches_a_path_or_an_address() {
    let mut h = seeing();
    h.effects();
    h.keys("/attach https://h.example/a.png<enter>");
    assert_eq!(asked_of_files(&mut h), [look("https://h.example/a.png", Wish::Attach)]);
    let kind = AttachNotice::NotThere { path: "b.png".to_owned() };
    looked(&mut h, "b.png", Wish::Attach, Err(Notice::new(NoticeKind::Attach(kind))));
    assert!(h.find("There is no file b.png.").is_some(), "{}", h.screen());
}

#[test]
fn a_pasted_name_of_a_media_file_is_the_file_if_there_is_one() {
    let mut h = seeing();
    h.effects();
    h.paste("'/home/me/my cat.png' ");
    assert_eq!(asked_of_files(&mut h), [look("'/home/me/my cat.png' ", Wish::Pasted)]);
    looked(&mut h, "'/home/me/my cat.png' ", Wish::Pasted, Ok(picture("my cat.png")));
    assert!(h.find("image my cat.png").is_some());
    assert!(h.state.composer().is_empty());
    let none =
        Notice::new(NoticeKind::Attach(AttachNotice::NotThere { path: "/b.png".to_owned() }));
    looked(&mut h, "/b.png", Wish::Pasted, Err(none));
    assert_eq!(h.state.composer().text(), "/b.png", "then it is text");
    h.effects();
    for text in ["see /a.png\nand b", "just words", "https://h.example/a.png", "/etc/hosts"] {
        h.keys("<ctrl+u>").paste(text);
        assert!(asked_of_files(&mut h).is_empty(), "{text}");
    }
    // The keeper of files is busy: the text is there all the same.
    h.keys("<ctrl+u>");
    h.says(ServiceEvent::Refused(Effect::Attach(look("/c.png", Wish::Pasted))));
    assert!(h.state.composer().text().ends_with("/c.png"));
}

#[test]
fn attachments_are_taken_back_with_a_key_and_kept_with_the_draft() {
    let mut h = seeing();
    h.effects();
    attach(&mut h, picture("a.png"));
    attach(&mut h, picture("b.png"));
    let saved = h.stored();
    let last = saved.iter().rev().find_map(|command| match command {
        StoreCommand::SaveAttached { attached, .. } => Some(attached.len()),
        _ => None,
    });
    assert_eq!(last, Some(2));
    h.keys("<backspace>");
    assert!(h.find("b.png").is_none() && h.find("a.png").is_some(), "{}", h.screen());
    h.keys("x<alt+->");
    assert!(h.find("a.png").is_none(), "while something is written another key does it");
    assert_eq!(h.state.composer().text(), "x");
    for n in 0..40 {
        attach(&mut h, picture(&format!("{n}.png")));
    }
    assert_eq!(h.state.conversations().shown().attached.len(), 32);
    assert!(h.find("No more than 32").is_some());
    assert!(h.find("9,665 tok").is_some(), "they count as well: {}", h.screen());
    assert!(h.find("and 29 more").is_some(), "{}", h.screen());
}

#[test]
fn they_are_sent_shown_and_stored_with_their_question() {
    let mut h = seeing();
    attach(&mut h, picture("a.png"));
    h.effects();
    h.ask("what is it?");
    let effects = h.effects();
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Chat(lian::domain::chat::ChatCommand::Start { request, .. }) => Some(request),
        _ => None,
    });
    assert_eq!(request.expect("a request").messages[0].attachments, [picture("a.png")]);
    let stored = effects.iter().any(|effect| {
        matches!(effect,
        Effect::Store(StoreCommand::SaveMessage { message, .. }) if message.attachments.len() == 1)
    });
    assert!(stored, "with the message");
    let forgotten = effects.iter().any(|effect| {
        matches!(effect,
        Effect::Store(StoreCommand::SaveAttached { attached, .. }) if attached.is_empty())
    });
    assert!(forgotten, "and no more with the draft");
    assert!(h.state.conversations().shown().attached.is_empty());
    h.delta("A cat.").done();
    assert!(h.find("+ image a.png · 120 kB · 640×480").is_some(), "{}", h.screen());
    // The next question carries the first one's picture with it, as the conversation does.
    h.ask("sure?");
    let requests = h.requests();
    let last = requests.last().expect("a request");
    assert_eq!(last.messages[0].attachments.len(), 1);
    assert!(last.messages[2].attachments.is_empty());
}

#[test]
fn changing_a_question_keeps_what_went_with_it() {
    let mut h = seeing();
    attach(&mut h, picture("a.png"));
    h.exchange("what?", "A cat.");
    attach(&mut h, picture("draft.png"));
    h.keys("half<tab>e");
    assert!(h.find("+ image a.png").is_some());
    let attached = |h: &Harness| -> Vec<String> {
        let chat = h.state.conversations().shown();
        chat.attached.iter().map(|of| of.name.clone()).collect()
    };
    assert_eq!(attached(&h), ["a.png"]);
    h.keys("<esc>");
    assert_eq!(
        (attached(&h), h.state.composer().text()),
        (vec!["draft.png".to_owned()], "half".to_owned())
    );
    h.keys("<tab>e<ctrl+u>who?<enter>");
    let request = h.requests().pop().expect("a request");
    assert_eq!(request.messages.len(), 1);
    assert_eq!(request.messages[0].attachments[0].name, "a.png");
    assert_eq!(attached(&h), ["draft.png"], "what was being written is there again");
}

#[test]
fn they_wait_in_the_queue_with_their_message() {
    let mut h = seeing();
    h.ask("first");
    attach(&mut h, picture("a.png"));
    h.paste("second").keys("<enter>");
    assert!(h.state.conversations().shown().attached.is_empty());
    let queued = |command: &StoreCommand| {
        matches!(command,
        StoreCommand::SaveQueue { queue, .. } if queue[0].attachments.len() == 1)
    };
    assert!(h.stored().iter().any(queued));
    h.keys("<alt+e>");
    assert_eq!(h.state.conversations().shown().attached.len(), 1, "and come back with it");
    h.keys("<enter>");
    h.delta("one").done();
    let request = h.requests().pop().expect("the next question");
    assert_eq!(request.messages.last().expect("a message").attachments.len(), 1);
}

#[test]
fn a_model_that_cannot_see_is_asked_about_with_others_and_their_prices() {
    let mut h = Harness::new();
    attach(&mut h, picture("a.png"));
    h.effects();
    h.paste("what is it?").keys("<enter>");
    assert!(h.requests().is_empty());
    assert!(h.find("qwen-plus takes no pictures.").is_some(), "{}", h.screen());
    let way = h.find("Ask qwen3-vl-plus: input ¥").expect("another model");
    assert!(h.row(way as u16).contains("instead of ¥"), "{}", h.screen());
    assert_eq!(h.state.composer().text(), "what is it?", "the message stays");
    h.keys("<enter>");
    let request = h.requests().pop().expect("a request");
    assert_eq!(request.model, ModelId::new("qwen3-vl-plus"));
    assert_eq!(request.messages[0].attachments.len(), 1);
}

#[test]
fn the_text_goes_alone_or_all_of_it_as_it_is() {
    for (way, count) in [("Send the text alone", 0), ("Send it all the same", 1)] {
        let mut h = Harness::new();
        attach(&mut h, picture("a.png"));
        h.paste("what is it?").keys("<enter>");
        for _ in 0..6 {
            if h.find(&format!("▸ {way}")).is_some() {
                break;
            }
            h.keys("<down>");
        }
        h.keys("<enter>");
        let request = h.requests().pop().unwrap_or_else(|| panic!("{way}: {}", h.screen()));
        assert_eq!(request.messages[0].attachments.len(), count, "{way}");
        assert_eq!(request.model, ModelId::new("qwen-plus"));
    }
}

#[test]
fn sources_stand_numbered_below_the_answer_and_the_surface_beside_its_figures() {
    let mut h = Harness::with(settings(), (120, 24));
    let turn = h.ask("news?");
    let via = Via { surface: Surface::Native, why: Why::Sources };
    h.turn_says(turn, TurnEvent::Opened { model: None, request_id: None, via });
    let source = |index, title: &str| WebSource {
        index,
        title: title.to_owned(),
        url: format!("https://h.example/{index}"),
    };
    let all = (1..=12).map(|n| source(n, &format!("Page {n}"))).collect();
    h.turn_says(turn, TurnEvent::Sources(all));
    h.delta("It rains [1].").done();
    h.keys("<alt+end>");
    assert!(h.find("1. Page 1  https://h.example/1").is_some(), "{}", h.screen());
    assert!(h.find("10. Page 10").is_some() && h.find("11. Page").is_none());
    assert!(h.find("and 2 more").is_some());
    assert!(h.find("native: search sources exist only there").is_some(), "{}", h.screen());
    let kept = h.stored().into_iter().rev().find_map(|command| match command {
        StoreCommand::SaveMessage { message, .. } => message.facts,
        _ => None,
    });
    let facts = kept.expect("facts");
    assert_eq!((facts.sources.len(), facts.via), (12, Some(via)));
}
