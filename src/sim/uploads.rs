//! Files that clients upload: the certificate, the form as object storage takes it, and who may use
//! what for two days. It refuses to look into files.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Response};
use axum::routing::{any, get};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::time::Instant;

use super::ask::{Account, Ask};
use super::guest::Guest;
use super::limits::Door;
use super::ordered::{Json, object};
use super::refusal::{self, Refusal, reply};
use super::request::missing;
use super::results::ACCESS_KEY_ID;
use super::visit::Visit;
use super::{Shared, chat, clock, models, rng, stream};

/// How long a certificate is good.
const CERTIFICATE: Duration = Duration::from_secs(300);
/// How long a file can be used.
const LIFE: Duration = Duration::from_secs(48 * 3600);
/// The largest file of a form, in bytes; what the certificate promises is not what this machine has.
const MOST_FILE: usize = 64 * 1024 * 1024;
/// All files together, in bytes; the oldest make room.
const MOST_BYTES: usize = 192 * 1024 * 1024;
/// Certificates remembered at most.
const MOST_CERTIFICATES: usize = 1024;
/// Where the form is posted to.
const HOST_PATH: &str = "/oss-upload";

/// What a folder was handed out for.
#[derive(Debug, Clone)]
struct Certificate {
    account: Account,
    model: String,
    ends: Instant,
}

#[derive(Debug)]
struct Stored {
    account: Account,
    model: String,
    bytes: Bytes,
    ends: Instant,
}

#[derive(Debug, Default)]
struct Shelf {
    certificates: HashMap<String, Certificate>,
    handed: VecDeque<String>,
    files: HashMap<String, Stored>,
    order: VecDeque<String>,
    bytes: usize,
}

/// The uploads of one server.
#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<Shelf>);

/// Every path of this part.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/v1/uploads", get(certificate).fallback(chat::wrong_method))
        .route(HOST_PATH, any(upload))
        .route(&format!("{HOST_PATH}/"), any(upload))
}

/// `GET /api/v1/uploads?action=getPolicy&model=`
async fn certificate(State(sim): State<Arc<Shared>>, ask: Ask) -> Response<Body> {
    match hand_out(&sim, &ask) {
        Ok(body) => {
            let body = stream::whole(body, &ask.visit.rule, &ask.visit.line);
            reply(200, "application/json", &ask.visit.request_id, body)
        }
        Err(refusal) => ask.visit.refuse(&refusal),
    }
}

fn hand_out(sim: &Shared, ask: &Ask) -> Result<Vec<u8>, Refusal> {
    ask.visit.admit()?;
    if ask.query("action").as_deref() != Some("getPolicy") {
        return Err(missing("action"));
    }
    let model = ask.query("model").ok_or_else(|| missing("model"))?;
    let now = Instant::now();
    sim.limits.knock(ask.account(), Door::Policy, &model, now)?;
    if models::find(&model).is_none() {
        return Err(Refusal::parameter("Model not exist."));
    }
    let ends = now + sim.scaled(CERTIFICATE);
    let hash = rng::hash(ask.account().number(), b"uploads");
    let day = clock::iso_date(sim.clock.wall_ms(now))[..10].to_owned();
    let folder = format!("dashscope-instant/{hash:016x}/{day}/{}", sim.ids.next());
    let policy = object([
        ("expiration", clock::iso_date(sim.clock.wall_ms(ends)).into()),
        (
            "conditions",
            Json::List(vec![
                Json::List(vec![
                    "content-length-range".into(),
                    0u32.into(),
                    1_073_741_824u32.into(),
                ]),
                Json::List(vec!["starts-with".into(), "$key".into(), folder.clone().into()]),
            ]),
        ),
    ]);
    let policy = STANDARD.encode(policy.bytes());
    let signature = sim.results.sign(&policy);
    sim.uploads.remember(folder.clone(), Certificate { account: ask.account(), model, ends });
    let data = object([
        ("policy", policy.into()),
        ("signature", signature.into()),
        ("upload_dir", folder.into()),
        ("upload_host", format!("{}{HOST_PATH}", ask.origin(sim)).into()),
        ("expire_in_seconds", CERTIFICATE.as_secs().into()),
        ("max_file_size_mb", 1024u32.into()),
        ("capacity_limit_mb", 999_999_999u32.into()),
        ("oss_access_key_id", ACCESS_KEY_ID.into()),
        ("x_oss_object_acl", "private".into()),
        ("x_oss_forbid_overwrite", "true".into()),
    ]);
    Ok(object([("request_id", ask.visit.request_id.as_str().into()), ("data", data)]).bytes())
}

impl Uploads {
    fn remember(&self, folder: String, certificate: Certificate) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while shelf.certificates.len() >= MOST_CERTIFICATES
            && let Some(oldest) = shelf.handed.pop_front()
        {
            shelf.certificates.remove(&oldest);
        }
        shelf.handed.push_back(folder.clone());
        shelf.certificates.insert(folder, certificate);
    }
}

/// A refusal of the storage: status, code, text.
type Refused = (u16, &'static str, String);

/// The fields of a form up to its file, and the file.
struct Form {
    fields: HashMap<String, String>,
    file: Option<Bytes>,
}

async fn read_form(guest: &mut Guest) -> Result<Form, Refused> {
    let broken = || {
        (
            400,
            "MalformedPOSTRequest",
            "The body of your POST request is not well-formed multipart/form-data.".to_owned(),
        )
    };
    let kind = guest.headers.get("content-type").and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(kind.unwrap_or_default()).map_err(|_| broken())?;
    let body = std::mem::take(&mut guest.body).into_data_stream();
    let limits = multer::SizeLimit::new().whole_stream(MOST_FILE as u64 + 1024 * 1024);
    let constraints = multer::Constraints::new().size_limit(limits);
    let mut parts = multer::Multipart::with_constraints(body, boundary, constraints);
    let mut form = Form { fields: HashMap::new(), file: None };
    let too_large =
        |error: &multer::Error| matches!(error, multer::Error::StreamSizeExceeded { .. });
    let wrong = |error: multer::Error| {
        if too_large(&error) {
            (
                400,
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size.".to_owned(),
            )
        } else {
            broken()
        }
    };
    while let Some(part) = parts.next_field().await.map_err(wrong)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name.eq_ignore_ascii_case("file") {
            // What comes after the file is not looked at, as with the real storage.
            form.file = Some(part.bytes().await.map_err(wrong)?);
            break;
        }
        let text = part.text().await.map_err(wrong)?;
        form.fields.insert(name.to_lowercase(), text);
    }
    Ok(form)
}

/// `POST` to the host of a certificate.
async fn upload(State(sim): State<Arc<Shared>>, mut guest: Guest) -> Response<Body> {
    if guest.method != Method::POST {
        return guest.refuse(405, "MethodNotAllowed", "The specified method is not allowed.");
    }
    let form = match read_form(&mut guest).await {
        Ok(form) => form,
        Err((status, code, message)) => return guest.refuse(status, code, &message),
    };
    match sim.uploads.accept(&sim, form, Instant::now()) {
        Ok(200) => {
            let body = stream::whole(Vec::new(), &guest.rule, &guest.line);
            guest.reply(200, "", body)
        }
        Ok(status) => guest.reply(status, "", Body::empty()),
        Err((status, code, message)) => guest.refuse(status, code, &message),
    }
}

impl Uploads {
    /// Checks a form in the order of the storage and keeps its file; gives the status to answer.
    fn accept(&self, sim: &Shared, form: Form, now: Instant) -> Result<u16, Refused> {
        let Form { fields, file } = form;
        let field =
            |name: &str| fields.get(name).map(String::as_str).filter(|text| !text.is_empty());
        let denied = |message: String| (403, "AccessDenied", message);
        let incomplete = |name: &str| {
            (400, "InvalidArgument", format!("Bucket POST must contain a field named '{name}'."))
        };
        let key = field("key").ok_or_else(|| incomplete("key"))?.to_owned();
        let file = file.ok_or_else(|| {
            (
                400,
                "IncorrectNumberOfFilesInPOSTRequest",
                "POST requires exactly one file upload per request.".to_owned(),
            )
        })?;
        let (Some(policy), Some(signature)) = (field("policy"), field("signature")) else {
            return Err(denied("Anonymous user has no right to access this bucket.".to_owned()));
        };
        if field("ossaccesskeyid") != Some(ACCESS_KEY_ID) {
            let message = "The OSS Access Key Id you provided does not exist in our records.";
            return Err((403, "InvalidAccessKeyId", message.to_owned()));
        }
        if !sim.results.verify(policy, signature) {
            let message = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
            return Err((403, "SignatureDoesNotMatch", message.to_owned()));
        }
        let folder = folder_of(policy).unwrap_or_default();
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let certificate = shelf.certificates.get(&folder).filter(|known| known.ends > now).cloned();
        let Some(certificate) = certificate else {
            return Err(denied("Invalid according to Policy: Policy expired.".to_owned()));
        };
        if key
            .strip_prefix(folder.as_str())
            .is_none_or(|rest| !rest.starts_with('/') || rest.len() < 2)
        {
            return Err(denied(format!(
                "Invalid according to Policy: Policy Condition failed: [\"starts-with\", \"$key\", \"{folder}\"]"
            )));
        }
        if shelf.files.contains_key(&key) && field("x-oss-forbid-overwrite") == Some("true") {
            let message = "The object you specified already exists and can not be overwritten.";
            return Err((409, "FileAlreadyExists", message.to_owned()));
        }
        shelf.keep(
            key,
            Stored {
                account: certificate.account,
                model: certificate.model,
                bytes: file,
                ends: now + sim.scaled(LIFE),
            },
        );
        let status = field("success_action_status").and_then(|text| text.parse().ok());
        Ok(status.filter(|status| [200, 201, 204].contains(status)).unwrap_or(204))
    }

    /// The bytes of `oss://…` for this account and model.
    fn find(&self, account: Account, model: &str, key: &str, now: Instant) -> Option<Bytes> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let file = shelf.files.get(key)?;
        let good = file.account == account && file.model == model && file.ends > now;
        good.then(|| file.bytes.clone())
    }
}

impl Shelf {
    fn keep(&mut self, key: String, file: Stored) {
        if let Some(old) = self.files.remove(&key) {
            self.bytes -= old.bytes.len();
            self.order.retain(|other| *other != key);
        }
        while self.bytes + file.bytes.len() > MOST_BYTES
            && let Some(oldest) = self.order.pop_front()
        {
            if let Some(old) = self.files.remove(&oldest) {
                self.bytes -= old.bytes.len();
            }
        }
        self.bytes += file.bytes.len();
        self.order.push_back(key.clone());
        self.files.insert(key, file);
    }
}

/// The folder that a policy of ours allows.
fn folder_of(policy: &str) -> Option<String> {
    let json: Value = serde_json::from_slice(&STANDARD.decode(policy).ok()?).ok()?;
    let conditions = json.get("conditions")?.as_array()?;
    let starts = conditions
        .iter()
        .find(|condition| condition.get(0).is_some_and(|word| word == "starts-with"))?;
    Some(starts.get(2)?.as_str()?.to_owned())
}

/// The bytes behind an `oss://` link in a body, for whoever asks and the model they ask with.
///
/// Without the header that asks for it such a link is no link; a file that is not there, too old,
/// another's or for another model cannot be downloaded.
pub(super) fn resolve(
    sim: &Shared,
    visit: &Visit,
    model: &str,
    link: &str,
) -> Result<Bytes, Refusal> {
    let asked = visit.says("x-dashscope-ossresourceresolve", "enable");
    let key = link.strip_prefix("oss://").filter(|_| asked).ok_or_else(|| {
        Refusal::parameter(
            "The provided URL does not appear to be valid. Ensure it is correctly formatted.",
        )
    })?;
    sim.uploads
        .find(visit.account, model, key, Instant::now())
        .ok_or_else(|| Refusal::of(&refusal::MEDIA))
}

/// Whether every uploaded file that a body of messages or contents points to can be used.
pub(super) fn check(sim: &Shared, visit: &Visit) -> Result<(), Refusal> {
    let body = visit.body()?;
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    walk(body, false, &mut |link| resolve(sim, visit, model, link).map(|_| ()))
}

/// Calls `each` for every `oss://` link at a place where media are.
fn walk(
    value: &Value,
    media: bool,
    each: &mut impl FnMut(&str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match value {
        Value::String(text) if media && text.starts_with("oss://") => each(text),
        Value::Array(list) => list.iter().try_for_each(|item| walk(item, media, each)),
        Value::Object(map) => map.iter().try_for_each(|(key, value)| {
            let media = matches!(key.as_str(), "url" | "data" | "image" | "video" | "audio");
            walk(value, media, each)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
