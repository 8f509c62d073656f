//! The table of errors (errors.md): which codes and which texts mean what. Codes are looked at
//! before texts, because texts change; it refuses to look at anything but the refusal itself.

use super::kind::Kind;
use super::parameter;
use crate::api::error::Refusal;
use crate::domain::notice::{FileFault, Side, Throttle};

/// One known error: it is meant if one of the codes fits (none given: any code) and the message
/// holds one of the texts (none given: any message).
struct Row {
    /// As [`squash`] leaves them; a star at the end stands for any more letters.
    codes: &'static [&'static str],
    /// In lower case.
    says: &'static [&'static str],
    kind: Kind,
}

const fn row(codes: &'static [&'static str], says: &'static [&'static str], kind: Kind) -> Row {
    Row { codes, says, kind }
}

const fn code(codes: &'static [&'static str], kind: Kind) -> Row {
    row(codes, &[], kind)
}

const fn text(says: &'static [&'static str], kind: Kind) -> Row {
    row(&[], says, kind)
}

/// Codes that mean one thing; where one means two, the text beside it decides.
const BY_CODE: &[Row] = &[
    // Key, workspace, permission.
    code(&["invalidapikey", "incorrectapikey"], Kind::Key),
    code(&["notauthorized", "workspaceaccessdenied"], Kind::WorkspaceDenied),
    code(&["workspacenotfound"], Kind::WorkspaceUnknown),
    code(&["forbiddenram", "nopermission"], Kind::Ram),
    code(&["appaccessdenied"], Kind::App),
    code(&["modelaccessdenied"], Kind::Permission),
    row(&["accessdenied"], &["does not support synchronous call"], Kind::AsyncMissing),
    row(&["accessdenied"], &["does not support asynchronous call"], Kind::AsyncUnwanted),
    row(&["accessdenied"], &["policy expired"], Kind::UploadExpired),
    row(&["accessdenied"], &["request has expired"], Kind::LinkExpired),
    // Bills and quota.
    code(&["accessdeniedunpurchased", "commoditynotpurchased"], Kind::Unpurchased),
    code(&["arrearage", "prepaidbilloverdue", "postpaidbilloverdue"], Kind::Arrears),
    code(&["allocationquotafreetieronly"], Kind::FreeTierOnly),
    row(
        &["throttlingallocationquota", "insufficientquota"],
        &["free allocated quota", "free quota", "free tier"],
        Kind::FreeQuota,
    ),
    // Throttling.
    row(&["throttling*", "limit*"], &["concurren"], Kind::Throttled(Throttle::Concurrency)),
    code(&["throttlingconcurren*", "limitconcurren*"], Kind::Throttled(Throttle::Concurrency)),
    code(&["throttlingallocationquota", "insufficientquota"], Kind::Throttled(Throttle::Tokens)),
    code(&["throttlingratequota", "limitrequests"], Kind::Throttled(Throttle::Requests)),
    code(&["throttlingburstrate", "limitburstrate"], Kind::Throttled(Throttle::Burst)),
    code(&["modelservingerror"], Kind::Throttled(Throttle::Capacity)),
    code(&["throttling*"], Kind::Throttled(Throttle::Generic)),
    // Content; `side` fills in which.
    code(&["datainspectionfailed", "contentfilter"], Kind::Content(Side::Unknown)),
    code(&["ipinfringementsuspect"], Kind::Infringement(Side::Unknown)),
    code(&["customroleblocked", "customruleblocked"], Kind::Rule),
    code(&["faqruleblocked"], Kind::FaqRule),
    // Models.
    code(&["modelnotfound", "modelnotexist"], Kind::ModelUnknown),
    code(&["modelnotsupported"], Kind::NativeOnly),
    // The request.
    code(&["badrequesttoolarge"], Kind::BodyTooLarge),
    code(&["contextlengthexceeded", "exceedcontextsizeerror"], Kind::TooLong),
    code(&["badrequestempty*", "badrequestillegalinput"], Kind::Malformed),
    code(&["badrequestresourcenotexist"], Kind::Gone),
    row(&["unsupportedoperation"], &["pending"], Kind::NotPending),
    code(&["unsupportedoperation"], Kind::Unsupported),
    code(&["conflict"], Kind::Conflict),
    code(&["clientdisconnect"], Kind::Disconnected),
    // Files. What is wrong with one stands in the code: `InvalidFile.Duration`.
    code(&["invalidurltimeout"], Kind::HostSlow),
    code(&["invalidurlconnectionrefused"], Kind::HostRefused),
    code(&["invalidurl"], Kind::BadUrl),
    code(&["invalidparameterdatainspection"], Kind::Unreadable),
    code(&["invalidfile*"], Kind::File(FileFault::Other)),
    // The storage.
    code(&["nosuchkey", "nosuchbucket"], Kind::FileGone),
    code(&["requesttimetooskewed"], Kind::Clock),
    code(&["securitytokenexpired"], Kind::UploadExpired),
    code(&["entitytoolarge"], Kind::File(FileFault::Size)),
    // The service's time.
    code(&["internalerrortimeout"], Kind::TaskTimedOut),
    code(&["requesttimeout", "responsetimeout", "gatewaytimeout"], Kind::TimedOut),
];

/// Texts that say what a general code beside them does not.
const BY_TEXT: &[Row] = &[
    text(&["does not support synchronous call"], Kind::AsyncMissing),
    text(&["does not support asynchronous call"], Kind::AsyncUnwanted),
    text(&["does not support http call"], Kind::SocketOnly),
    text(&["url error, please check url"], Kind::WrongPath),
    text(&["for openai compatibility mode"], Kind::NativeOnly),
    text(
        &["model not exist", "model can not be found", "does not exist or you do not have access"],
        Kind::ModelUnknown,
    ),
    text(&["to access this workspace"], Kind::WorkspaceDenied),
    text(&["workspace can not be found"], Kind::WorkspaceUnknown),
    text(
        &["invalid api-key", "incorrect api key", "no api-key provided", "invalid api key"],
        Kind::Key,
    ),
    text(&["account is in good standing", "bill is overdue"], Kind::Arrears),
    text(&["has not purchased", "eligible for using the model"], Kind::Unpurchased),
    text(&["free tier of the model has been exhausted", "free tier only"], Kind::FreeTierOnly),
    text(&["free allocated quota", "free quota", "free tier"], Kind::FreeQuota),
    // Files.
    text(&["policy expired"], Kind::UploadExpired),
    text(&["request has expired"], Kind::LinkExpired),
    text(&["max bytes per data-uri", "multimodal file size is too large"], Kind::InlineTooLarge),
    text(&["unable to download the media"], Kind::Unreadable),
    text(&["timeout, please check network", "media resource timed out"], Kind::HostSlow),
    text(&["refused, please provide available url"], Kind::HostRefused),
    text(
        &[
            "invalid url provided",
            "required url is missing or invalid",
            "url does not appear to be valid",
        ],
        Kind::BadUrl,
    ),
    // Content.
    text(&["with custom rule"], Kind::Rule),
    text(&["blocked by faq rule"], Kind::FaqRule),
    text(&["ip infringement"], Kind::Infringement(Side::Unknown)),
    text(&["inappropriate content"], Kind::Content(Side::Unknown)),
    // The request.
    text(&["range of input length", "maximum context length", "context size"], Kind::TooLong),
    text(&["payload too large"], Kind::BodyTooLarge),
    text(&["batch size is invalid"], Kind::Batch),
    text(
        &[
            "the requested voice",
            "request voice is invalid",
            "parameters.audio.voice",
            "engine error [411]",
            "engine error [418]",
            "engine return error code: 411",
            "engine return error code: 418",
        ],
        Kind::Voice,
    ),
    text(&["must contain the word 'json'"], Kind::JsonWord),
    text(&["json mode response is not supported"], Kind::JsonWhileThinking),
    text(
        &[
            "non-streaming call",
            "only support stream",
            "only support with stream",
            "incremental_output parameter",
            "result_format parameter must be",
        ],
        Kind::Unstreamed,
    ),
    text(&["messages with role \"tool\" must be"], Kind::ToolOrder),
    text(
        &[
            "elements with the role of user",
            "is too short - 'messages'",
            "either \"prompt\" or \"messages\" must exist",
        ],
        Kind::NoQuestion,
    ),
    text(
        &[
            "you must provide a model parameter",
            "required body invalid",
            "requires json format",
            "input parameter missing",
            "missing from request",
            "request method '",
            "content field is a required",
            "input content must be a string",
        ],
        Kind::Malformed,
    ),
    text(&["failed to cancel the task"], Kind::NotPending),
    text(&["operation is unsupported"], Kind::Unsupported),
    text(&["required resource not exist"], Kind::Gone),
    text(&["client disconnected before"], Kind::Disconnected),
    // Room and time, for those who leave the code out.
    text(&["due to system capacity limits"], Kind::Throttled(Throttle::Capacity)),
    text(&["requests rate limit exceeded", "exceeded your request limit"], {
        Kind::Throttled(Throttle::Requests)
    }),
    text(&["exceeded your current requests list"], Kind::Throttled(Throttle::Requests)),
    text(&["request rate increased too quickly"], Kind::Throttled(Throttle::Burst)),
    text(&["allocated quota exceeded", "exceeded your current quota"], {
        Kind::Throttled(Throttle::Tokens)
    }),
    text(&["internal timeout error"], Kind::TaskTimedOut),
];

/// Codes that mean little, after the texts had their say.
const GENERAL: &[Row] = &[
    code(&["accessdenied"], Kind::Permission),
    code(&["notfound"], Kind::NoPath),
    code(
        &[
            "internalerror*",
            "systemerror",
            "modelservicefailed",
            "modelunavailable",
            "serviceunavailable",
            "servererror",
            "internalservererror",
        ],
        Kind::Server,
    ),
];

/// Sorts a refusal: by code, then by what the message says, then by status.
#[must_use]
pub fn kind(refusal: &Refusal) -> Kind {
    let code = squash(&refusal.code);
    let message = refusal.message.to_ascii_lowercase();
    let find = |rows: &[Row]| rows.iter().find(|row| row.fits(&code, &message)).map(|row| row.kind);
    let storage = || refusal.storage.then(|| of_storage(refusal.status));
    let parameter = || {
        let blamed = matches!(refusal.status, 0 | 200 | 400 | 422);
        (blamed && parameter::read(refusal).is_some()).then_some(Kind::Parameter)
    };
    let found = find(BY_CODE)
        .or_else(storage)
        .or_else(|| find(BY_TEXT))
        .or_else(parameter)
        .or_else(|| find(GENERAL))
        .unwrap_or_else(|| by_status(refusal, &code, &message));
    match found {
        Kind::Content(_) => Kind::Content(side(&message)),
        Kind::Infringement(_) => Kind::Infringement(side(&message)),
        Kind::File(FileFault::Other) => Kind::File(file_fault(&code, &message)),
        found => found,
    }
}

impl Row {
    fn fits(&self, code: &str, message: &str) -> bool {
        let by_code = |known: &&str| match known.strip_suffix('*') {
            Some(begin) => code.starts_with(begin),
            None => code == *known,
        };
        (self.codes.is_empty() || self.codes.iter().any(by_code))
            && (self.says.is_empty() || self.says.iter().any(|part| message.contains(part)))
    }
}

/// A code without what tells its native and compatible spellings apart:
/// `InvalidApiKey` and `invalid_api_key` are one.
fn squash(code: &str) -> String {
    let code = code.strip_prefix("InternalError.Algo.").unwrap_or(code);
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn by_status(refusal: &Refusal, code: &str, message: &str) -> Kind {
    match refusal.status {
        401 => Kind::Key,
        402 => Kind::Arrears,
        // Any unknown code: the general style of Alibaba Cloud (errors.md).
        403 => Kind::Permission,
        404 if refusal.envelope && message.contains("model") => Kind::ModelUnknown,
        404 | 405 => Kind::NoPath,
        408 | 504 => Kind::TimedOut,
        409 => Kind::Conflict,
        413 => Kind::BodyTooLarge,
        429 => Kind::Throttled(Throttle::Generic),
        500..=599 => Kind::Server,
        // An event in a stream or a task that names neither status nor a code known here.
        0 if !code.starts_with("invalid") && !code.starts_with("badrequest") => Kind::Server,
        _ => Kind::Refused,
    }
}

/// What the storage means where its code is unknown.
const fn of_storage(status: u16) -> Kind {
    match status {
        404 => Kind::FileGone,
        500..=599 => Kind::Server,
        _ => Kind::Storage,
    }
}

fn side(message: &str) -> Side {
    match (message.contains("input"), message.contains("output")) {
        (true, false) => Side::Input,
        (false, true) => Side::Output,
        (true, true) | (false, false) => Side::Unknown,
    }
}

/// What is wrong with a file: the code's ending says it, or else the message.
fn file_fault(code: &str, message: &str) -> FileFault {
    let ending = code.strip_prefix("invalidfile").unwrap_or_default();
    let words: &[(&str, FileFault)] = &[
        ("size", FileFault::Size),
        ("format", FileFault::Format),
        ("duration", FileFault::Duration),
        ("length", FileFault::Duration),
        ("resolution", FileFault::Resolution),
        ("proportion", FileFault::Resolution),
        ("content", FileFault::Content),
        ("human", FileFault::Content),
        ("face", FileFault::Content),
    ];
    let find = |text: &str| words.iter().find(|(word, _)| text.contains(word)).map(|(_, f)| *f);
    find(ending).or_else(|| find(message)).unwrap_or(FileFault::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_written_as_it_is_compared_and_can_be_reached() {
        let mut known: Vec<(&str, &str)> = Vec::new();
        for row in BY_CODE.iter().chain(BY_TEXT).chain(GENERAL) {
            assert!(!row.codes.is_empty() || !row.says.is_empty(), "{:?}", row.kind);
            for code in row.codes {
                let bare = code.strip_suffix('*').unwrap_or(code);
                assert_eq!(squash(bare), *bare, "{code}");
            }
            for part in row.says {
                assert_eq!(part.to_ascii_lowercase(), **part, "{part}");
            }
            if let (Some(code), Some(text)) = (row.codes.first(), row.says.first()) {
                assert!(!known.contains(&(code, text)), "{code} {text}");
                known.push((code, text));
            }
        }
    }
}
