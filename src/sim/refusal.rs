//! Every error the service documents, with its status, codes and text, in the envelope of the
//! surface that was asked. It refuses to decide when one is due; `request` and `scenario` do.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

/// Which of the two dialects a path speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    /// `/compatible-mode/v1`.
    Compat,
    /// `/api/v1`.
    Native,
}

impl Surface {
    pub(super) fn of(path: &str) -> Self {
        if path.starts_with("/api/") { Self::Native } else { Self::Compat }
    }
}

/// One documented kind of error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) status: u16,
    /// The code on the compatible surface.
    pub(super) compat: &'static str,
    /// The code on the native surface.
    pub(super) native: &'static str,
    /// `type` on the compatible surface.
    pub(super) class: &'static str,
    /// The usual text.
    pub(super) message: &'static str,
    /// The usual text on the native surface.
    pub(super) native_message: &'static str,
}

macro_rules! kinds {
    ($($name:ident $status:literal $compat:literal $native:literal $class:literal $message:literal $($other:literal)?;)*) => {
        $(pub(super) const $name: Kind = Kind {
            status: $status, compat: $compat, native: $native, class: $class, message: $message,
            native_message: kinds!(@last $message $($other)?),
        };)*
        /// All kinds; the first of a status is what the bare status means.
        pub(super) const ALL: &[Kind] = &[$($name),*];
    };
    (@last $message:literal) => { $message };
    (@last $message:literal $other:literal) => { $other };
}

kinds! {
    PARAMETER 400 "invalid_parameter_error" "InvalidParameter" "invalid_request_error"
        "Required body invalid, please check the request body format.";
    REQUEST 400 "invalid_request_error" "BadRequest.EmptyModel" "invalid_request_error"
        "you must provide a model parameter." "Required parameter \"model\" missing from request.";
    NO_INPUT 400 "BadRequest.EmptyInput" "BadRequest.EmptyInput" "invalid_request_error"
        "Required input parameter missing from request.";
    NO_THINKING 400 "InvalidParameter.NotSupportEnableThinking" "InvalidParameter.NotSupportEnableThinking"
        "invalid_request_error" "The model does not support enable_thinking.";
    VOICE 400 "invalid_value" "invalid_value" "invalid_request_error"
        "The requested voice is not supported.";
    TOO_LARGE 400 "BadRequest.TooLarge" "BadRequest.TooLarge" "invalid_request_error" "Payload Too Large.";
    INSPECTION 400 "data_inspection_failed" "DataInspectionFailed" "data_inspection_failed"
        "Input data may contain inappropriate content.";
    MEDIA 400 "InvalidParameter.DataInspection" "InvalidParameter.DataInspection" "invalid_request_error"
        "Unable to download the media resource during the data inspection process.";
    ARREARAGE 400 "Arrearage" "Arrearage" "Arrearage"
        "Access denied, please make sure your account is in good standing.";
    URL 400 "InvalidURL" "InvalidURL" "invalid_request_error" "Invalid URL provided in your request.";
    INFRINGEMENT 400 "IPInfringementSuspect" "IPInfringementSuspect" "invalid_request_error"
        "Input data is suspected of being involved in IP infringement.";
    ROLE_BLOCKED 400 "CustomRoleBlocked" "CustomRoleBlocked" "invalid_request_error"
        "Input or output data may contain inappropriate content with custom rule.";
    FAQ_BLOCKED 400 "FaqRuleBlocked" "FaqRuleBlocked" "invalid_request_error"
        "Input or output data is blocked by faq rule.";
    KEY 401 "invalid_api_key" "InvalidApiKey" "invalid_request_error" "Incorrect API key provided. "
        "Invalid API-key provided.";
    WORKSPACE 401 "NOT AUTHORIZED" "NOT AUTHORIZED" "invalid_request_error"
        "Access denied: Either you are not authorized to access this workspace, or the workspace does not exist.";
    DENIED 403 "access_denied" "AccessDenied" "invalid_request_error" "Access denied.";
    UNPURCHASED 403 "AccessDenied.Unpurchased" "AccessDenied.Unpurchased" "invalid_request_error"
        "Access to model denied. Please make sure you are eligible for using the model.";
    MODEL_DENIED 403 "Model.AccessDenied" "Model.AccessDenied" "invalid_request_error" "Model access denied.";
    FREE_TIER 403 "AllocationQuota.FreeTierOnly" "AllocationQuota.FreeTierOnly" "invalid_request_error"
        "The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the \"use free tier only\" mode in the management console.";
    NOT_FOUND 404 "NotFound" "NotFound" "invalid_request_error" "Not found!";
    NO_MODEL 404 "model_not_found" "ModelNotFound" "invalid_request_error" "Model can not be found.";
    NOT_COMPAT 404 "model_not_supported" "ModelNotSupported" "invalid_request_error"
        "Unsupported model for OpenAI compatibility mode.";
    RATE 429 "limit_requests" "Throttling.RateQuota" "limit_requests" "You exceeded your current requests list."
        "Requests rate limit exceeded, please try again later.";
    BURST 429 "limit_burst_rate" "Throttling.BurstRate" "limit_burst_rate"
        "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.";
    QUOTA 429 "insufficient_quota" "Throttling.AllocationQuota" "insufficient_quota"
        "You exceeded your current quota, please check your plan and billing details."
        "Allocated quota exceeded, please increase your quota limit.";
    THROTTLING 429 "Throttling" "Throttling" "Throttling" "Requests throttling triggered.";
    UNBOUGHT 429 "CommodityNotPurchased" "CommodityNotPurchased" "CommodityNotPurchased"
        "Commodity has not purchased yet.";
    PREPAID 429 "PrepaidBillOverdue" "PrepaidBillOverdue" "PrepaidBillOverdue" "The prepaid bill is overdue.";
    POSTPAID 429 "PostpaidBillOverdue" "PostpaidBillOverdue" "PostpaidBillOverdue"
        "The postpaid bill is overdue.";
    INTERNAL 500 "internal_error" "InternalError" "internal_error"
        "An internal error has occured, please try again later or contact service support.";
    ALGORITHM 500 "InternalError.Algo" "InternalError.Algo" "internal_error" "inference internal error.";
    SYSTEM 500 "SystemError" "SystemError" "internal_error" "An system error has occured, please try again later.";
    SERVICE 500 "ModelServiceFailed" "ModelServiceFailed" "internal_error" "Failed to request model service.";
    INTERNAL_TIMEOUT 500 "InternalError.Timeout" "InternalError.Timeout" "internal_error"
        "An internal timeout error has occured during execution, please try again later or contact service support.";
    REQUEST_TIMEOUT 500 "RequestTimeOut" "RequestTimeOut" "internal_error"
        "Request timed out, please try again later.";
    RESPONSE_TIMEOUT 500 "ResponseTimeout" "ResponseTimeout" "internal_error" "Response stream timeout";
    SERVING 503 "ModelServingError" "ModelServingError" "internal_error"
        "Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.";
    UNAVAILABLE 503 "ModelUnavailable" "ModelUnavailable" "internal_error"
        "Model is unavailable, please try again later.";
}

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) compat: Box<str>,
    pub(super) native: Box<str>,
    pub(super) class: Box<str>,
    pub(super) message: Box<str>,
    /// The same on the native surface.
    pub(super) native_message: Box<str>,
    /// The `Retry-After` header as it is sent.
    pub(super) retry_after: Option<Box<str>>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Inner<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct Inner<'a> {
    message: &'a str,
    r#type: &'a str,
    param: Option<&'a str>,
    code: &'a str,
}

#[derive(Serialize)]
struct Flat<'a> {
    code: &'a str,
    message: &'a str,
    request_id: &'a str,
}

impl Refusal {
    /// A kind with its usual text.
    pub(super) fn of(kind: &Kind) -> Self {
        Self { native_message: kind.native_message.into(), ..Self::text(kind, kind.message) }
    }

    /// A kind with another text.
    pub(super) fn text(kind: &Kind, message: impl Into<Box<str>>) -> Self {
        let message = message.into();
        Self {
            status: kind.status,
            compat: kind.compat.into(),
            native: kind.native.into(),
            class: kind.class.into(),
            native_message: message.clone(),
            message,
            retry_after: None,
        }
    }

    /// A wrong parameter: the most common of all.
    pub(super) fn parameter(message: impl Into<Box<str>>) -> Self {
        Self::text(&PARAMETER, message)
    }

    /// The body of the answer.
    pub(super) fn body(&self, surface: Surface, request_id: &str) -> Vec<u8> {
        match surface {
            Surface::Compat => {
                json(&self.envelope(Some(format!("chatcmpl-{request_id}")), request_id))
            }
            Surface::Native => {
                json(&Flat { code: &self.native, message: &self.native_message, request_id })
            }
        }
    }

    /// What follows `data: ` when it comes in the middle of a compatible stream.
    pub(super) fn event(&self, request_id: &str) -> Vec<u8> {
        json(&self.envelope(None, request_id))
    }

    fn envelope<'a>(&'a self, id: Option<String>, request_id: &'a str) -> Envelope<'a> {
        let error =
            Inner { message: &self.message, r#type: &self.class, param: None, code: &self.compat };
        Envelope { error, id, request_id }
    }

    /// The whole answer.
    pub(super) fn response(&self, surface: Surface, request_id: &str) -> Response<Body> {
        let mut response =
            reply(self.status, "application/json", request_id, self.body(surface, request_id));
        if let Some(value) = self.retry_after.as_deref().and_then(|v| HeaderValue::from_str(v).ok())
        {
            response.headers_mut().insert("retry-after", value);
        }
        response
    }
}

/// A task was asked for where the answer comes at once.
pub(super) fn sync_only() -> Refusal {
    Refusal::text(&DENIED, "Current user api does not support asynchronous calls.")
}

/// An answer was asked for where there are only tasks.
pub(super) fn async_only() -> Refusal {
    Refusal::text(&DENIED, "current user api does not support synchronous calls.")
}

/// Serializes one of our own structs; they have no map keys or numbers that could fail.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// An answer with the headers that every answer has.
pub(super) fn reply(
    status: u16,
    content_type: &'static str,
    request_id: &str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(content_type));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelopes_are_the_documented_bytes() {
        let id = "5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22";
        let text =
            |refusal: &Refusal, surface| String::from_utf8(refusal.body(surface, id)).unwrap();
        assert_eq!(
            text(&Refusal::of(&KEY), Surface::Compat),
            r#"{"error":{"message":"Incorrect API key provided. ","type":"invalid_request_error","param":null,"code":"invalid_api_key"},"id":"chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        assert_eq!(
            text(&Refusal::of(&RATE), Surface::Compat),
            r#"{"error":{"message":"You exceeded your current requests list.","type":"limit_requests","param":null,"code":"limit_requests"},"id":"chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        assert_eq!(
            text(&Refusal::of(&QUOTA), Surface::Compat),
            r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"},"id":"chatcmpl-5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        assert_eq!(
            text(&Refusal::of(&NOT_FOUND), Surface::Native),
            r#"{"code":"NotFound","message":"Not found!","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        assert_eq!(
            text(&Refusal::of(&KEY), Surface::Native),
            r#"{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        assert_eq!(
            text(&Refusal::of(&QUOTA), Surface::Native),
            r#"{"code":"Throttling.AllocationQuota","message":"Allocated quota exceeded, please increase your quota limit.","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        assert_eq!(
            text(&Refusal::of(&RATE), Surface::Native),
            r#"{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded, please try again later.","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        assert_eq!(
            text(&Refusal::parameter("url error, please check url！"), Surface::Native),
            r#"{"code":"InvalidParameter","message":"url error, please check url！","request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
        let midway = Refusal::text(&INSPECTION, "Output data may contain inappropriate content.");
        assert_eq!(
            String::from_utf8(midway.event(id)).unwrap(),
            r#"{"error":{"message":"Output data may contain inappropriate content.","type":"data_inspection_failed","param":null,"code":"data_inspection_failed"},"request_id":"5c1d0f5e-2f0b-9a41-8d37-0b6f4a7c1e22"}"#
        );
    }
}
