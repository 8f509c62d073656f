//! Uploads over real HTTP: the certificate, the form, what it refuses, and who can use the file.

use std::fmt::Write as _;

use super::*;

async fn certificate(server: &Server, model: &str) -> (u16, Value) {
    let url = format!("{}/api/v1/uploads?action=getPolicy&model={model}", server.origin());
    let response = client().get(url).bearer_auth("sk-test").send().await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(&drain(response).await.0).unwrap())
}

/// The fields of a form as clients send them.
fn fields(data: &Value) -> Vec<(String, String)> {
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    [
        ("OSSAccessKeyId", text("oss_access_key_id")),
        ("Signature", text("signature")),
        ("policy", text("policy")),
        ("x-oss-object-acl", text("x_oss_object_acl")),
        ("x-oss-forbid-overwrite", text("x_oss_forbid_overwrite")),
        ("key", format!("{}/lines.txt", text("upload_dir"))),
        ("success_action_status", "200".to_owned()),
        ("x-oss-content-type", "text/plain".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn form(fields: &[(String, String)], file: Option<&str>) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        let _ = write!(
            body,
            "--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
    }
    if let Some(file) = file {
        let _ = write!(
            body,
            "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"lines.txt\"\r\nContent-Type: text/plain\r\n\r\n{file}\r\n"
        );
    }
    body + "--line--\r\n"
}

async fn upload(host: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
    let request = client().post(host).header("content-type", "multipart/form-data; boundary=line");
    let response = tokio::time::timeout(CAP, request.body(body).send()).await.unwrap().unwrap();
    let status = response.status().as_u16();
    (status, String::from_utf8(drain(response).await.0).unwrap())
}

/// Uploads a file for the key of all tests; its `oss://` link.
pub(super) async fn uploaded(server: &Server, model: &str, file: &str) -> String {
    let (_, body) = certificate(server, model).await;
    let data = &body["data"];
    let host = data["upload_host"].as_str().unwrap();
    assert_eq!(upload(host, form(&fields(data), Some(file))).await.0, 200);
    format!("oss://{}/lines.txt", data["upload_dir"].as_str().unwrap())
}

async fn batch(server: &Server, key: &str, model: &str, link: &str, resolve: bool) -> (u16, Value) {
    let mut request = client()
        .post(server.origin() + "/api/v1/services/embeddings/text-embedding/text-embedding")
        .header("x-dashscope-async", "enable")
        .bearer_auth(key);
    if resolve {
        request = request.header("X-DashScope-OssResourceResolve", "enable");
    }
    let body =
        json!({"model": model, "input": {"url": link}, "parameters": {"text_type": "document"}});
    let response = request.body(body.to_string()).send().await.unwrap();
    (response.status().as_u16(), serde_json::from_slice(&drain(response).await.0).unwrap())
}

#[tokio::test]
async fn a_file_is_uploaded_and_used_by_its_owner_and_model_alone() {
    use std::io::Read as _;
    // Five minutes are six seconds here, and a task takes a fraction of one.
    let server = start(Options { time_scale: 50.0, ..Options::default() }).await.unwrap();
    let model = "text-embedding-async-v2";
    let (status, body) = certificate(&server, model).await;
    assert_eq!(status, 200);
    let data = &body["data"];
    assert_eq!(
        (&data["expire_in_seconds"], &data["x_oss_forbid_overwrite"], &data["x_oss_object_acl"]),
        (&json!(300), &json!("true"), &json!("private"))
    );
    let host = data["upload_host"].as_str().unwrap();
    assert_eq!(host, server.origin() + "/oss-upload");
    let folder = data["upload_dir"].as_str().unwrap();
    assert!(folder.starts_with("dashscope-instant/") && folder.split('/').count() == 4, "{folder}");
    let fields = fields(data);
    assert_eq!(upload(host, form(&fields, Some("one\ntwo\n"))).await, (200, String::new()));
    let link = format!("oss://{folder}/lines.txt");
    let (status, again) = upload(host, form(&fields, Some("three"))).await;
    assert!(status == 409 && again.contains("<Code>FileAlreadyExists</Code>"), "{again}");

    assert_eq!(batch(&server, "sk-test", model, &link, false).await.1["code"], "InvalidParameter");
    for (key, model, link) in [
        ("sk-other", model, link.clone()),
        ("sk-test", "text-embedding-async-v1", link.clone()),
        ("sk-test", model, format!("{link}x")),
    ] {
        let (status, said) = batch(&server, key, model, &link, true).await;
        assert_eq!((status, &said["code"]), (400, &json!("InvalidParameter.DataInspection")));
    }
    let (status, said) = batch(&server, "sk-test", model, &link, true).await;
    assert_eq!(status, 200, "{said}");
    let url =
        format!("{}/api/v1/tasks/{}", server.origin(), said["output"]["task_id"].as_str().unwrap());
    let wait = async {
        loop {
            let response = client().get(&url).bearer_auth("sk-test").send().await.unwrap();
            let body: Value = serde_json::from_slice(&drain(response).await.0).unwrap();
            if body["output"]["task_status"] == "SUCCEEDED" {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let done = tokio::time::timeout(CAP, wait).await.unwrap();
    assert_eq!(done["usage"]["total_tokens"], 2);
    let result = done["output"]["url"].as_str().unwrap();
    assert!(result.contains(".txt.gz?"), "{result}");
    let packed = drain(client().get(result).send().await.unwrap()).await.0;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[1]["text_index"]), (2, &json!(1)));
    assert_eq!(lines[0]["embedding"].as_array().unwrap().len(), 1536);
}

#[tokio::test]
async fn forms_are_refused_as_the_storage_refuses_them() {
    let server = start(Options::default()).await.unwrap();
    let (_, body) = certificate(&server, "qwen-vl-plus").await;
    let host = body["data"]["upload_host"].as_str().unwrap().to_owned();
    let good = fields(&body["data"]);
    let with = |name: &str, value: Option<&str>| {
        let mut fields = good.clone();
        fields.retain(|(other, _)| other != name || value.is_some());
        for field in &mut fields {
            if let (true, Some(value)) = (field.0 == name, value) {
                value.clone_into(&mut field.1);
            }
        }
        form(&fields, Some("x"))
    };
    for (body, status, code) in [
        (with("key", None), 400, "InvalidArgument"),
        (with("key", Some("elsewhere/x")), 403, "AccessDenied"),
        (with("policy", None), 403, "AccessDenied"),
        (with("policy", Some("e30=")), 403, "SignatureDoesNotMatch"),
        (with("Signature", Some("bm8=")), 403, "SignatureDoesNotMatch"),
        (with("OSSAccessKeyId", Some("else")), 403, "InvalidAccessKeyId"),
        (form(&good, None), 400, "IncorrectNumberOfFilesInPOSTRequest"),
        ("nonsense".to_owned(), 400, "MalformedPOSTRequest"),
    ] {
        let (said, text) = upload(&host, body).await;
        assert!(said == status && text.contains(&format!("<Code>{code}</Code>")), "{said} {text}");
    }
    // A key that comes after the file is not looked at.
    let mut late = good.clone();
    late.retain(|(name, _)| name != "key");
    let key = good.iter().find(|(name, _)| name == "key").unwrap();
    let body = form(&late, Some("x"));
    let body =
        body.trim_end_matches("--line--\r\n").to_owned() + &form(std::slice::from_ref(key), None);
    assert_eq!(upload(&host, body).await.0, 400);
    // A form that ends anywhere too early is an error, never an empty file that was taken.
    let whole = with("success_action_status", Some("201"));
    for cut in (0..whole.len() - 8).step_by(7) {
        assert_ne!(upload(&host, whole[..cut].to_owned()).await.0, 200, "{cut}");
    }
    assert_eq!(upload(&host, whole).await.0, 201);
    for query in
        ["", "?action=getPolicy", "?action=other&model=qwen-plus", "?action=getPolicy&model=none"]
    {
        let url = format!("{}/api/v1/uploads{query}", server.origin());
        assert_eq!(
            client().get(url).bearer_auth("sk-x").send().await.unwrap().status(),
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_certificate_is_good_for_five_minutes() {
    // Five minutes are 30 ms here.
    let server = start(Options { time_scale: 10_000.0, ..Options::default() }).await.unwrap();
    let (_, body) = certificate(&server, "qwen-vl-plus").await;
    tokio::time::sleep(Duration::from_millis(40)).await;
    let host = body["data"]["upload_host"].as_str().unwrap();
    let (status, text) = upload(host, form(&fields(&body["data"]), Some("x"))).await;
    assert_eq!(status, 403);
    assert!(
        text.contains("<Message>Invalid according to Policy: Policy expired.</Message>"),
        "{text}"
    );
}
