//! Small files inside, large ones uploaded once, what is gone named or told.

#![expect(clippy::disallowed_methods, reason = "tests have files of their own")]

use std::path::PathBuf;

use super::*;
use crate::api::client::Deadlines;
use crate::api::testing::{self, Server, Step, answer, head, question, refuse, sample};
use crate::domain::chat::{PromptMessage, Role};

struct Rig {
    dir: tempfile::TempDir,
    server: Server,
    uploads: Uploads,
}

impl Rig {
    /// A server that gives a permission for itself, then takes the file, again and again.
    async fn start(puts: Vec<Vec<Step>>) -> Self {
        let storage = Server::start(puts).await;
        let policy = String::from_utf8(sample("upload-policy.json")).expect("UTF-8");
        let policy = policy.replace("http://127.0.0.1:8080", &storage.origin());
        let policy = answer(head(200, "content-type: application/json\r\n"), policy);
        let server = Server::start(vec![policy]).await;
        let dir = tempfile::tempdir().expect("a directory");
        Self { dir, server, uploads: Uploads::default() }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Attachment {
        let path: PathBuf = self.dir.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        self.of(name)
    }

    fn of(&self, name: &str) -> Attachment {
        Attachment {
            medium: Medium::Image,
            source: Source::File(self.dir.path().join(name).display().to_string()),
            name: name.to_owned(),
            mime: "image/png".to_owned(),
            bytes: None,
            pixels: None,
            plays: None,
        }
    }

    async fn ready(&self, request: &mut ChatRequest) -> Result<(), Fault> {
        let endpoint = self.server.endpoint();
        let client = testing::client(&endpoint, Deadlines::default());
        let catalog = Catalog::embedded();
        let uploads = &self.uploads;
        ready(request, &Means { client: &client, endpoint: &endpoint, catalog: &catalog, uploads })
            .await
    }
}

fn asked(attachments: Vec<Attachment>) -> ChatRequest {
    let mut request = question();
    request.model = ModelId::new("qwen3-vl-plus");
    request.messages[0].attachments = attachments;
    request
}

fn stored() -> Vec<Step> {
    answer(head(200, "content-length: 0\r\n"), "")
}

#[tokio::test]
async fn a_small_file_goes_into_the_request() {
    let rig = Rig::start(vec![stored()]).await;
    let mut request = asked(vec![rig.put("a.png", b"\x89PNG")]);
    rig.ready(&mut request).await.expect("ready");
    assert_eq!(request.messages[0].attachments[0].urls(), ["data:image/png;base64,iVBORw=="]);
    assert!(rig.server.heard().is_empty(), "nothing was uploaded");
}

#[tokio::test]
async fn a_large_file_is_uploaded_once() {
    let rig = Rig::start(vec![stored()]).await;
    let large = rig.put("large.png", &vec![7; INLINE as usize + 1]);
    for _ in 0..2 {
        let mut request = asked(vec![large.clone()]);
        rig.ready(&mut request).await.expect("ready");
        let urls = request.messages[0].attachments[0].urls();
        assert!(urls[0].starts_with("oss://dashscope-instant/") && urls[0].ends_with("/large.png"));
        assert!(request.messages[0].attachments[0].is_stored());
    }
    assert_eq!(rig.server.heard().len(), 1, "one permission for one file");
    std::fs::write(rig.dir.path().join("large.png"), vec![8; INLINE as usize + 1]).expect("a file");
    rig.ready(&mut asked(vec![large])).await.expect("ready");
    assert_eq!(rig.server.heard().len(), 2, "other bytes are another file");
}

#[tokio::test]
async fn what_is_gone_is_told_and_earlier_things_are_named() {
    let rig = Rig::start(vec![stored()]).await;
    let Err(Fault::Told(notice)) = rig.ready(&mut asked(vec![rig.of("gone.png")])).await else {
        panic!("a file that is not there");
    };
    let NoticeKind::Attach(AttachNotice::NotThere { path }) = notice.kind else { panic!() };
    assert!(path.ends_with("gone.png"));
    let mut request = asked(vec![rig.of("gone.png"), rig.put("a.png", b"x")]);
    request.messages.push(PromptMessage::text(Role::Assistant, "I see."));
    request.messages.push(PromptMessage::text(Role::User, "And now?"));
    rig.ready(&mut request).await.expect("the conversation goes on");
    assert_eq!(request.messages[0].text, "[image: gone.png]\nWhat is an async task?");
    assert_eq!(request.messages[0].attachments.len(), 1);
    // A model that cannot see is told what was there.
    let mut request = asked(vec![rig.put("a.png", b"x")]);
    request.messages.push(PromptMessage::text(Role::User, "And now?"));
    request.model = ModelId::new("qwen-plus");
    rig.ready(&mut request).await.expect("ready");
    assert_eq!(request.messages[0].text, "[image: a.png]\nWhat is an async task?");
    assert!(request.messages[0].attachments.is_empty());
}

#[tokio::test]
async fn a_refused_upload_is_a_fault_with_its_thing() {
    let rig = Rig::start(vec![refuse(403, "", "<Error><Code>AccessDenied</Code></Error>")]).await;
    let large = rig.put("large.png", &vec![7; INLINE as usize + 1]);
    let fault = rig.ready(&mut asked(vec![large])).await;
    let Err(Fault::Api { name, error: ApiError::Status(refusal) }) = fault else {
        panic!("{fault:?}");
    };
    assert_eq!((name.as_str(), refusal.code.as_str()), ("large.png", "AccessDenied"));
}
