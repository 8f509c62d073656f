//! Every row of both tables of errors.md, in both spellings: kind, whose side, whether it is tried
//! again, exit code. A row that is added there is added here.

use super::*;

/// Whether it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    No,
    Once,
    Waiting,
}
use Again::{No, Once, Waiting};

/// Status, codes, messages, kind, side, again, exit code.
type Row = (u16, &'static [&'static str], &'static [&'static str], Kind, Option<Fault>, Again, u8);

const YOU: Option<Fault> = Some(Fault::You);
const ACCOUNT: Option<Fault> = Some(Fault::Account);
const SERVICE: Option<Fault> = Some(Fault::Service);
const NETWORK: Option<Fault> = Some(Fault::Network);
const PROGRAM: Option<Fault> = Some(Fault::Program);

const PARAMETER: &[&str] = &["InvalidParameter", "invalid_parameter_error"];
const DATA: &[&str] =
    &["DataInspectionFailed", "data_inspection_failed", "InternalError.Algo.DataInspectionFailed"];
const ALLOCATION: &[&str] = &["Throttling.AllocationQuota", "insufficient_quota"];
const FREE: &[&str] = &["Free allocated quota exceeded."];

/// The table of codes.
const CODES: &[Row] = &[
    (
        400,
        &["invalid_request_error"],
        &["you must provide a model parameter."],
        Kind::Malformed,
        PROGRAM,
        No,
        1,
    ),
    (
        400,
        &["InvalidParameter.NotSupportEnableThinking"],
        &["The model xxx does not support enable_thinking."],
        Kind::Parameter,
        YOU,
        No,
        1,
    ),
    (
        400,
        &["InvalidParameter.DataInspection"],
        &["Unable to download the media resource during the data inspection process."],
        Kind::Unreadable,
        NETWORK,
        No,
        1,
    ),
    (
        400,
        DATA,
        &[
            "Input text data may contain inappropriate content.",
            "Input image data may contain inappropriate content.",
            "Input data may contain inappropriate content.",
        ],
        Kind::Content(Side::Input),
        YOU,
        No,
        7,
    ),
    (
        400,
        DATA,
        &[
            "Output data may contain inappropriate content.",
            "Output image data may contain inappropriate content.",
        ],
        Kind::Content(Side::Output),
        SERVICE,
        No,
        7,
    ),
    (400, DATA, &[""], Kind::Content(Side::Unknown), None, No, 7),
    (
        400,
        &["Arrearage"],
        &["Access denied, please make sure your account is in good standing."],
        Kind::Arrears,
        ACCOUNT,
        No,
        3,
    ),
    (
        400,
        &["BadRequest.EmptyInput"],
        &["Required input parameter missing from request."],
        Kind::Malformed,
        PROGRAM,
        No,
        1,
    ),
    (
        400,
        &["BadRequest.EmptyModel"],
        &["Required parameter \"model\" missing from request."],
        Kind::Malformed,
        PROGRAM,
        No,
        1,
    ),
    (
        400,
        &["BadRequest.EmptyParameters"],
        &["Required parameter \"parameters\" missing from request."],
        Kind::Malformed,
        PROGRAM,
        No,
        1,
    ),
    (
        400,
        &["BadRequest.IllegalInput"],
        &["The input parameter requires json format."],
        Kind::Malformed,
        PROGRAM,
        No,
        1,
    ),
    (
        400,
        PARAMETER,
        &[
            "Required body invalid, please check the request body format.",
            "Request method 'GET' is not supported.",
        ],
        Kind::Malformed,
        PROGRAM,
        No,
        1,
    ),
    (400, &["BadRequest.TooLarge"], &["Payload Too Large."], Kind::BodyTooLarge, YOU, No, 1),
    (
        413,
        &["BadRequest.TooLarge", ""],
        &["Payload Too Large.", ""],
        Kind::BodyTooLarge,
        YOU,
        No,
        1,
    ),
    (
        400,
        &["InvalidURL"],
        &[
            "Invalid URL provided in your request.",
            "Required URL is missing or invalid, please check the request URL.",
        ],
        Kind::BadUrl,
        YOU,
        No,
        1,
    ),
    (
        400,
        &["InvalidURL.Timeout"],
        &["Download xxx timeout, please check network connection."],
        Kind::HostSlow,
        NETWORK,
        No,
        1,
    ),
    (
        400,
        &["InvalidURL.ConnectionRefused"],
        &["Connection to xxx refused, please provide available URL."],
        Kind::HostRefused,
        NETWORK,
        No,
        1,
    ),
    (
        400,
        &["invalid_value"],
        &["The requested voice 'xxx' is not supported."],
        Kind::Voice,
        YOU,
        No,
        1,
    ),
    (
        400,
        &["BadRequest.ResourceNotExist"],
        &["The Required resource not exist."],
        Kind::Gone,
        YOU,
        No,
        1,
    ),
    (
        400,
        &["ClientDisconnect"],
        &["Client disconnected before task finished!"],
        Kind::Disconnected,
        NETWORK,
        No,
        5,
    ),
    (400, ALLOCATION, FREE, Kind::FreeQuota, ACCOUNT, No, 3),
    (
        400,
        &["InvalidFile.Size"],
        &["The file size is not supported."],
        Kind::File(FileFault::Size),
        YOU,
        No,
        1,
    ),
    (400, &["InvalidFile.Format"], &[""], Kind::File(FileFault::Format), YOU, No, 1),
    (
        400,
        &["InvalidFile.Duration", "InvalidFile.AudioLengthError"],
        &[""],
        Kind::File(FileFault::Duration),
        YOU,
        No,
        1,
    ),
    (400, &["InvalidFile.Resolution"], &[""], Kind::File(FileFault::Resolution), YOU, No, 1),
    (400, &["InvalidFile.Content"], &[""], Kind::File(FileFault::Content), YOU, No, 1),
    (400, &["InvalidFile.SomethingNew"], &[""], Kind::File(FileFault::Other), YOU, No, 1),
    (
        400,
        &["UnsupportedOperation"],
        &["Failed to cancel the task, please confirm if the task is in PENDING status."],
        Kind::NotPending,
        YOU,
        No,
        1,
    ),
    (
        400,
        &["UnsupportedOperation"],
        &["The operation is unsupported on the referee object."],
        Kind::Unsupported,
        YOU,
        No,
        1,
    ),
    (
        400,
        &["IPInfringementSuspect"],
        &["Input data is suspected of being involved in IP infringement."],
        Kind::Infringement(Side::Input),
        YOU,
        No,
        7,
    ),
    (
        400,
        &["CustomRoleBlocked"],
        &["Input or output data may contain inappropriate content with custom rule."],
        Kind::Rule,
        ACCOUNT,
        No,
        7,
    ),
    (
        400,
        &["FaqRuleBlocked"],
        &["Input or output data is blocked by faq rule."],
        Kind::FaqRule,
        ACCOUNT,
        No,
        7,
    ),
    (
        401,
        &["InvalidApiKey", "invalid_api_key", ""],
        &["Invalid API-key provided.", "Incorrect API key provided. ", "No API-key provided.", ""],
        Kind::Key,
        YOU,
        No,
        3,
    ),
    (
        401,
        &["NOT AUTHORIZED", ""],
        &[
            "Access denied: Either you are not authorized to access this workspace, or the workspace does not exist.",
        ],
        Kind::WorkspaceDenied,
        ACCOUNT,
        No,
        3,
    ),
    (
        403,
        &["AccessDenied", "access_denied"],
        &["current user api does not support synchronous calls."],
        Kind::AsyncMissing,
        YOU,
        No,
        1,
    ),
    (
        403,
        &["AccessDenied", "access_denied"],
        &["Current user api does not support asynchronous calls."],
        Kind::AsyncUnwanted,
        PROGRAM,
        No,
        1,
    ),
    (403, &["AccessDenied"], &["Access denied."], Kind::Permission, ACCOUNT, No, 3),
    (
        403,
        &["AccessDenied"],
        &["Invalid according to Policy: Policy expired."],
        Kind::UploadExpired,
        NETWORK,
        No,
        1,
    ),
    (
        403,
        &["AccessDenied.Unpurchased"],
        &["Access to model denied. Please make sure you are eligible for using the model."],
        Kind::Unpurchased,
        ACCOUNT,
        No,
        3,
    ),
    (403, &["Model.AccessDenied"], &["Model access denied."], Kind::Permission, ACCOUNT, No, 3),
    (403, &["App.AccessDenied"], &["App access denied."], Kind::App, ACCOUNT, No, 3),
    (
        403,
        &["Workspace.AccessDenied"],
        &["Workspace access denied."],
        Kind::WorkspaceDenied,
        ACCOUNT,
        No,
        3,
    ),
    (
        403,
        &["AllocationQuota.FreeTierOnly", ""],
        &[
            "The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the \"use free tier only\" mode in the management console.",
        ],
        Kind::FreeTierOnly,
        ACCOUNT,
        No,
        3,
    ),
    (
        403,
        &["Forbidden.RAM"],
        &["", "User not authorized to operate on the specified resource."],
        Kind::Ram,
        ACCOUNT,
        No,
        3,
    ),
    (403, &["SomethingNew", ""], &["no", ""], Kind::Permission, ACCOUNT, No, 3),
    (
        404,
        &["ModelNotFound", "model_not_found", ""],
        &[
            "Model can not be found.",
            "The model xxx does not exist or you do not have access to it.",
            "The model `xxx` does not exist.",
        ],
        Kind::ModelUnknown,
        YOU,
        No,
        1,
    ),
    (
        404,
        &["model_not_supported", ""],
        &["Unsupported model xxx for OpenAI compatibility mode."],
        Kind::NativeOnly,
        YOU,
        No,
        1,
    ),
    (
        404,
        &["WorkSpaceNotFound", ""],
        &["WorkSpace can not be found."],
        Kind::WorkspaceUnknown,
        YOU,
        No,
        3,
    ),
    (404, &["NotFound", ""], &["Not found!", "Request path not found."], Kind::NoPath, YOU, No, 1),
    (
        409,
        &["Conflict", ""],
        &["Model instance xxx already exists, ..."],
        Kind::Conflict,
        YOU,
        No,
        1,
    ),
    (
        429,
        &["Throttling", ""],
        &[
            "Requests throttling triggered.",
            "Too many requests in route. Please try again later.",
            "",
        ],
        Kind::Throttled(Throttle::Generic),
        ACCOUNT,
        Waiting,
        4,
    ),
    (
        429,
        &["Throttling.RateQuota", "limit_requests", "LimitRequests", ""],
        &[
            "You have exceeded your request limit.",
            "Requests rate limit exceeded, please try again later.",
            "You exceeded your current requests list.",
        ],
        Kind::Throttled(Throttle::Requests),
        ACCOUNT,
        Waiting,
        4,
    ),
    (
        429,
        &["Throttling.BurstRate", "limit_burst_rate", ""],
        &[
            "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.",
        ],
        Kind::Throttled(Throttle::Burst),
        ACCOUNT,
        Waiting,
        4,
    ),
    (
        429,
        &["Throttling.AllocationQuota", "insufficient_quota", ""],
        &[
            "Allocated quota exceeded, please increase your quota limit.",
            "You exceeded your current quota, please check your plan and billing details.",
        ],
        Kind::Throttled(Throttle::Tokens),
        ACCOUNT,
        Waiting,
        4,
    ),
    (
        429,
        &["Throttling.AllocationQuota", "insufficient_quota", ""],
        FREE,
        Kind::FreeQuota,
        ACCOUNT,
        No,
        3,
    ),
    (
        429,
        &["Throttling.RateQuota", "limit_requests", "Throttling.Concurrency"],
        &["Too many concurrent tasks."],
        Kind::Throttled(Throttle::Concurrency),
        ACCOUNT,
        No,
        4,
    ),
    (
        429,
        &["CommodityNotPurchased", ""],
        &["Commodity has not purchased yet."],
        Kind::Unpurchased,
        ACCOUNT,
        No,
        3,
    ),
    (
        429,
        &["PrepaidBillOverdue", "PostpaidBillOverdue", ""],
        &["The prepaid bill is overdue.", "The postpaid bill is overdue."],
        Kind::Arrears,
        ACCOUNT,
        No,
        3,
    ),
    (
        500,
        &["InternalError", "internal_error", ""],
        &["An internal error has occured, please try again later or contact service support."],
        Kind::Server,
        SERVICE,
        Once,
        1,
    ),
    (
        500,
        &["InternalError.Algo"],
        &["inference internal error.", "An internal error has occured during algorithm execution."],
        Kind::Server,
        SERVICE,
        Once,
        1,
    ),
    (
        500,
        &["SystemError"],
        &["An system error has occured, please try again later."],
        Kind::Server,
        SERVICE,
        Once,
        1,
    ),
    (
        500,
        &["ModelServiceFailed"],
        &["Failed to request model service."],
        Kind::Server,
        SERVICE,
        Once,
        1,
    ),
    (
        500,
        &["InternalError.Timeout", ""],
        &[
            "An internal timeout error has occured during execution, please try again later or contact service support.",
        ],
        Kind::TaskTimedOut,
        SERVICE,
        No,
        1,
    ),
    (
        500,
        &["RequestTimeOut"],
        &["Request timed out, please try again later.", "Response timeout!"],
        Kind::TimedOut,
        SERVICE,
        Once,
        1,
    ),
    (
        408,
        &["RequestTimeOut", ""],
        &["Request timed out, please try again later."],
        Kind::TimedOut,
        SERVICE,
        Once,
        1,
    ),
    (500, &["ResponseTimeout"], &["Response stream timeout"], Kind::TimedOut, SERVICE, Once, 1),
    (
        500,
        &["ModelServingError", ""],
        &[
            "Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.",
        ],
        Kind::Throttled(Throttle::Capacity),
        SERVICE,
        Waiting,
        4,
    ),
    (
        503,
        &["ModelServingError"],
        &[
            "Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.",
        ],
        Kind::Throttled(Throttle::Capacity),
        SERVICE,
        Waiting,
        4,
    ),
    (
        503,
        &["ModelUnavailable", ""],
        &["Model is unavailable, please try again later."],
        Kind::Server,
        SERVICE,
        Once,
        1,
    ),
];

/// The table of texts, all of them 400 with a code that says nothing.
const TEXTS: &[(&[&str], Kind, Option<Fault>)] = &[
    (
        &[
            "parameter.enable_thinking must be set to false for non-streaming calls",
            "parameter.enable_thinking only support stream call",
            "This model only support stream mode, please enable the stream parameter to access the model.",
            "The incremental_output parameter must be \"true\" when enable_thinking is true",
            "The result_format parameter must be \"message\" when enable_thinking is true",
            "The incremental_output parameter of this model cannot be set to False.",
            "'audio' output only support with stream=true",
        ],
        Kind::Unstreamed,
        PROGRAM,
    ),
    (
        &[
            "The thinking_budget parameter must be a positive integer and not greater than 38912",
            "The value of the enable_thinking parameter is restricted to True.",
            "Range of max_tokens should be [1, 8192]",
            "Temperature should be in [0.0, 2.0)",
            "temperature must be Float",
            "Range of top_p should be (0.0, 1.0]",
            "Range of n should be [1, 4]",
            "Range of seed should be [0, 9223372036854775807]",
            "Presence_penalty should be in [-2.0, 2.0]",
            "Repetition_penalty should be greater than 0.0",
            "Required parameter(text) missing or invalid, please check the request parameters.",
            "tool_choice is one of the strings that should be [\"none\", \"auto\"]",
            "The tool call is not supported.",
            "Parameter top_k be greater than or equal to 0",
            "This model does not support enable_search.",
            "Tool names are not allowed to be [search]",
            "The size is not match 1280*720",
        ],
        Kind::Parameter,
        YOU,
    ),
    (
        &["Json mode response is not supported when enable_thinking is true"],
        Kind::JsonWhileThinking,
        YOU,
    ),
    (
        &[
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        ],
        Kind::JsonWord,
        YOU,
    ),
    (&["Range of input length should be [1, 129024]"], Kind::TooLong, YOU),
    (
        &[
            "Either \"prompt\" or \"messages\" must exist and cannot both be none",
            "The input messages do not contain elements with the role of user.",
            "[] is too short - 'messages'",
        ],
        Kind::NoQuestion,
        YOU,
    ),
    (&["Model not exist."], Kind::ModelUnknown, YOU),
    (&["url error, please check url！"], Kind::WrongPath, YOU),
    (
        &[
            "messages with role \"tool\" must be a response to a preceeding message with \"tool_calls\"",
        ],
        Kind::ToolOrder,
        PROGRAM,
    ),
    (
        &["The content field is a required field.", "input content must be a string."],
        Kind::Malformed,
        PROGRAM,
    ),
    (
        &[
            "Input should be 'Cherry', 'Serena', 'Ethan' or 'Chelsie': parameters.audio.voice",
            "Request voice is invalid!",
        ],
        Kind::Voice,
        YOU,
    ),
    (&["current user api does not support http call."], Kind::SocketOnly, YOU),
    (
        &["Value error, batch size is invalid, it should not be larger than 10.: input.contents"],
        Kind::Batch,
        YOU,
    ),
    (
        &[
            "Exceeded limit on max bytes per data-uri item : 10485760'.",
            "Multimodal file size is too large",
        ],
        Kind::InlineTooLarge,
        PROGRAM,
    ),
    (
        &["The provided URL does not appear to be valid. Ensure it is correctly formatted."],
        Kind::BadUrl,
        YOU,
    ),
];

/// What other servers of the compatible surface say, and what comes without a status.
const OTHERS: &[(u16, &str, &str, Kind)] = &[
    (404, "", "model 'x' not found, try pulling it first", Kind::ModelUnknown),
    (404, "NotFoundError", "The model `x` does not exist.", Kind::ModelUnknown),
    (400, "context_length_exceeded", "", Kind::TooLong),
    (400, "", "This model's maximum context length is 4096 tokens.", Kind::TooLong),
    (500, "internal_error", "Range of input length should be [1, 129024]", Kind::TooLong),
    (402, "", "", Kind::Arrears),
    (404, "", "Not Found", Kind::NoPath),
    (405, "", "Method Not Allowed", Kind::NoPath),
    (418, "", "", Kind::Refused),
    (502, "", "Bad Gateway", Kind::Server),
    (504, "", "", Kind::TimedOut),
    (599, "WhoKnows", "", Kind::Server),
    (0, "data_inspection_failed", "Output data may contain inappropriate content.", {
        Kind::Content(Side::Output)
    }),
    (0, "InternalError", "", Kind::Server),
    (0, "", "something", Kind::Server),
    (0, "InvalidParameter", "", Kind::Refused),
    (700, "", "", Kind::Refused),
];

/// Checks a kind with all that follows from it.
fn check(refused: Refusal, want: Kind, fault: Option<Fault>, again: Again, exit: u8) {
    let row = format!("{} {} {}", refused.status, refused.code, refused.message);
    let found = kind(&refused);
    assert_eq!(found, want, "{row}");
    let tried = match found.retry() {
        Retry::Never => No,
        Retry::Once(_) => Once,
        Retry::Waiting(_) => Waiting,
    };
    assert_eq!(tried, again, "{row}");
    let (code, message) = (refused.code.clone(), refused.message.clone());
    let notice = tell(&ApiError::Status(Box::new(refused)), true);
    assert_eq!(notice.kind.fault(), fault, "{row}: {:?}", notice.kind);
    assert_eq!(notice.kind.exit_code(false), exit, "{row}: {:?}", notice.kind);
    // Whatever was made of it, the service's own words are kept.
    let detail = notice.detail.unwrap_or_default();
    assert!(detail.contains(&code) && detail.contains(&message), "{row}: {detail}");
    let exchange = notice.exchange.expect("an exchange");
    assert_eq!((exchange.code, exchange.message), (code, message));
}

#[test]
fn every_code_row_by_row() {
    for (status, codes, messages, want, fault, again, exit) in CODES {
        for code in *codes {
            for message in *messages {
                check(refusal(*status, code, message), *want, *fault, *again, *exit);
            }
        }
    }
}

#[test]
fn every_text_row_by_row() {
    for (messages, want, fault) in TEXTS {
        for message in *messages {
            for code in PARAMETER {
                check(refusal(400, code, message), *want, *fault, No, 1);
            }
            // As a gateway dresses it up.
            let body = serde_json::json!({"error": {
                "message": format!(
                    "<400> InternalError.Algo.InvalidParameter: {message} For details, see: https://h/x#y"
                ),
                "type": "invalid_request_error", "param": null, "code": "invalid_parameter_error",
            }});
            let dressed = envelope::refusal(400, body.to_string().as_bytes(), None);
            assert_eq!(kind(&dressed), *want, "{message}");
            // And as a task or a stream says it, without a status.
            assert_eq!(kind(&Refusal::of_task("InvalidParameter", message, None)), *want);
        }
    }
}

#[test]
fn others_are_understood_too() {
    for (status, code, message, want) in OTHERS {
        assert_eq!(kind(&refusal(*status, code, message)), *want, "{status} {code} {message}");
    }
}

#[test]
fn the_samples_are_sorted() {
    for (name, status, want) in [
        ("compat-error-400-needs-stream.json", 400, Kind::Unstreamed),
        ("compat-error-400-stream-only-model.json", 400, Kind::Unstreamed),
        ("compat-error-401.json", 401, Kind::Key),
        ("compat-error-404-model.json", 404, Kind::ModelUnknown),
        ("compat-error-429-quota.json", 429, Kind::Throttled(Throttle::Tokens)),
        ("compat-error-429-rate.json", 429, Kind::Throttled(Throttle::Requests)),
        ("native-error-400-model.json", 400, Kind::ModelUnknown),
        ("native-error-400-path.json", 400, Kind::WrongPath),
        ("native-error-401.json", 401, Kind::Key),
        ("native-error-401-missing.json", 401, Kind::Key),
        ("native-error-403-async-required.json", 403, Kind::AsyncMissing),
        ("native-error-403-unpurchased.json", 403, Kind::Unpurchased),
        ("native-error-429-allocation.json", 429, Kind::Throttled(Throttle::Tokens)),
        ("native-error-429-burst.json", 429, Kind::Throttled(Throttle::Burst)),
        ("native-error-429-rate.json", 429, Kind::Throttled(Throttle::Requests)),
        ("native-error-500.json", 500, Kind::Server),
        ("task-cancel-not-pending.json", 400, Kind::NotPending),
    ] {
        assert_eq!(kind(&envelope::refusal(status, &sample(name), None)), want, "{name}");
    }
    let failed = envelope::refusal(200, &sample("task-failed.json"), None);
    assert!(!failed.code.is_empty() && !failed.message.is_empty(), "{failed:?}");
}
