//! From a kind to the notice of it, with the arguments that the refusal and the request give. It
//! refuses codes and texts (`table` sorts them) but for the figures that stand in a message.

use super::{Case, KeyKind, Kind, Purpose, kind, parameter};
use crate::api::error::Refusal;
use crate::api::region::origin_text;
use crate::domain::notice::{AccountNotice, MediaNotice, NoticeKind, RequestNotice, RouteNotice};
use crate::text::sanitize;

/// So many voices are named.
const MOST_VOICES: usize = 8;

impl Case<'_> {
    /// What happened, with its arguments.
    pub(super) fn kind(&self, refusal: &Refusal) -> NoticeKind {
        let kind = kind(refusal);
        self.of_account(kind)
            .or_else(|| self.of_route(kind))
            .or_else(|| self.of_request(kind, refusal).map(NoticeKind::Request))
            .or_else(|| of_media(kind, refusal).map(NoticeKind::Media))
            .unwrap_or_else(|| self.of_service(kind, refusal))
    }

    /// Keys, permissions, bills.
    fn of_account(&self, kind: Kind) -> Option<NoticeKind> {
        let workspace = || self.place.workspace.clone();
        let model = || self.model();
        Some(match kind {
            Kind::Key => self.key(),
            // A key on a host of the other kind may also be "denied"; the key is what is wrong.
            Kind::Permission => self.plan_mismatch().unwrap_or(NoticeKind::PermissionDenied),
            Kind::WorkspaceDenied => {
                NoticeKind::Account(AccountNotice::WorkspaceDenied { id: workspace() })
            }
            Kind::WorkspaceUnknown => {
                NoticeKind::Account(AccountNotice::WorkspaceUnknown { id: workspace() })
            }
            Kind::Ram => NoticeKind::Account(AccountNotice::Ram { workspace: workspace() }),
            Kind::App => NoticeKind::Account(AccountNotice::AppDenied),
            Kind::Unpurchased => NoticeKind::Account(AccountNotice::Unpurchased { model: model() }),
            Kind::FreeTierOnly => {
                NoticeKind::Account(AccountNotice::FreeTierOnly { model: model() })
            }
            Kind::FreeQuota => NoticeKind::FreeQuotaUsedUp { model: model() },
            Kind::Arrears => {
                NoticeKind::Arrears { source: self.asked.endpoint.key_source().to_owned() }
            }
            _ => return None,
        })
    }
}

impl Case<'_> {
    /// Models and where they are served, and requests nobody there understands.
    fn of_route(&self, kind: Kind) -> Option<NoticeKind> {
        let chat = self.asked.purpose == Purpose::Chat;
        let (model, origin) = (|| self.model(), || origin_text(&self.url));
        let route = match kind {
            Kind::ModelUnknown => return Some(self.model_unknown()),
            Kind::TooLong if chat => return Some(NoticeKind::TooLong { model: model() }),
            Kind::WrongPath if chat => {
                return Some(NoticeKind::ModelNotOnSurface { model: model() });
            }
            Kind::WrongPath => RouteNotice::WrongPath { model: model(), url: self.url_text() },
            Kind::NativeOnly => RouteNotice::NativeOnly { model: model() },
            Kind::SocketOnly => RouteNotice::SocketOnly { model: model() },
            // A question never carries the header: the model is one for tasks.
            Kind::AsyncMissing if chat => RouteNotice::TaskOnly { model: model() },
            Kind::AsyncMissing => RouteNotice::AsyncMissing { model: model(), origin: origin() },
            Kind::AsyncUnwanted => RouteNotice::AsyncUnwanted { model: model(), origin: origin() },
            Kind::Unstreamed => RouteNotice::Unstreamed { model: model() },
            Kind::Malformed => RouteNotice::Malformed { url: self.url_text() },
            Kind::ToolOrder => RouteNotice::ToolOrder,
            _ => return None,
        };
        Some(NoticeKind::Route(route))
    }

    /// The request as it is.
    fn of_request(&self, kind: Kind, refusal: &Refusal) -> Option<RequestNotice> {
        Some(match kind {
            Kind::Parameter => {
                let (name, demand) = parameter::read(refusal)?;
                RequestNotice::Parameter { name, demand }
            }
            Kind::JsonWord => RequestNotice::JsonWord,
            Kind::JsonWhileThinking => RequestNotice::JsonWhileThinking,
            Kind::NoQuestion => RequestNotice::NoQuestion,
            Kind::Voice => self.voice(refusal),
            Kind::TooLong => {
                let most = parameter::upper_end(&refusal.message);
                RequestNotice::TextTooLong { model: self.model(), most }
            }
            Kind::Batch => {
                let most = parameter::number_after(&refusal.message, "larger than ");
                RequestNotice::Batch { most }
            }
            Kind::BodyTooLarge => RequestNotice::BodyTooLarge,
            Kind::Gone => RequestNotice::Gone,
            Kind::NotPending => RequestNotice::NotPending,
            Kind::Unsupported => RequestNotice::Unsupported,
            Kind::Conflict => RequestNotice::Conflict,
            Kind::Infringement(side) => RequestNotice::Infringement { side },
            Kind::Rule => RequestNotice::Rule { faq: false },
            Kind::FaqRule => RequestNotice::Rule { faq: true },
            Kind::TimedOut => RequestNotice::TimedOut,
            Kind::TaskTimedOut => RequestNotice::TaskTimedOut,
            Kind::Disconnected => RequestNotice::Disconnected,
            _ => return None,
        })
    }

    /// The service's own state, and what nobody knows. All other kinds were told before; they are
    /// listed so that a new one is not forgotten.
    fn of_service(&self, kind: Kind, refusal: &Refusal) -> NoticeKind {
        match kind {
            Kind::Content(side) => NoticeKind::ContentRefused { side },
            Kind::Throttled(kind) => NoticeKind::Throttled { kind, tries: self.asked.tries },
            Kind::Server => NoticeKind::ServerFailed { status: refusal.status },
            Kind::NoPath => self.not_the_service(),
            Kind::Refused
            | Kind::Key
            | Kind::WorkspaceDenied
            | Kind::WorkspaceUnknown
            | Kind::Ram
            | Kind::Permission
            | Kind::App
            | Kind::Unpurchased
            | Kind::Arrears
            | Kind::FreeQuota
            | Kind::FreeTierOnly
            | Kind::ModelUnknown
            | Kind::NativeOnly
            | Kind::SocketOnly
            | Kind::WrongPath
            | Kind::AsyncMissing
            | Kind::AsyncUnwanted
            | Kind::Parameter
            | Kind::JsonWord
            | Kind::JsonWhileThinking
            | Kind::Unstreamed
            | Kind::Malformed
            | Kind::NoQuestion
            | Kind::ToolOrder
            | Kind::Voice
            | Kind::Batch
            | Kind::TooLong
            | Kind::BodyTooLarge
            | Kind::Gone
            | Kind::NotPending
            | Kind::Unsupported
            | Kind::Conflict
            | Kind::BadUrl
            | Kind::HostSlow
            | Kind::HostRefused
            | Kind::Unreadable
            | Kind::InlineTooLarge
            | Kind::File(_)
            | Kind::UploadExpired
            | Kind::LinkExpired
            | Kind::FileGone
            | Kind::Clock
            | Kind::Storage
            | Kind::Infringement(_)
            | Kind::Rule
            | Kind::FaqRule
            | Kind::TimedOut
            | Kind::TaskTimedOut
            | Kind::Disconnected => NoticeKind::RequestRefused { status: refusal.status },
        }
    }

    fn model(&self) -> String {
        sanitize::line(self.asked.model.as_str())
    }

    /// The URL of the call for people: without query.
    pub(super) fn url_text(&self) -> String {
        sanitize::line(self.url.as_str())
    }

    pub(super) fn key_missing(&self) -> NoticeKind {
        let variable = self.asked.endpoint.key_source().to_owned();
        NoticeKind::KeyMissing { origin: origin_text(&self.url), variable }
    }

    pub(super) fn key_rejected(&self) -> NoticeKind {
        let source = self.asked.endpoint.key_source().to_owned();
        NoticeKind::KeyRejected { origin: origin_text(&self.url), source }
    }

    /// A key that is not known: often a good key in the wrong place.
    fn key(&self) -> NoticeKind {
        if !self.asked.endpoint.has_key() {
            return self.key_missing();
        }
        if let Some(mismatch) = self.plan_mismatch() {
            return mismatch;
        }
        match self.place.region {
            Some(region) if !self.place.plan_host => {
                NoticeKind::Account(AccountNotice::KeyRegion {
                    source: self.asked.endpoint.key_source().to_owned(),
                    region: region.into(),
                    others: self.place.others(),
                })
            }
            Some(_) | None => self.key_rejected(),
        }
    }

    /// A subscription's key on another host of the service, or the reverse.
    fn plan_mismatch(&self) -> Option<NoticeKind> {
        let origin = origin_text(&self.url);
        let source = self.asked.endpoint.key_source().to_owned();
        let notice = match (self.place.key, self.place.plan_host) {
            (KeyKind::Plan, false) if self.place.of_service => {
                AccountNotice::PlanKey { origin, source }
            }
            (KeyKind::Plain, true) => AccountNotice::PlanHost { origin, source },
            (KeyKind::Plan | KeyKind::Plain | KeyKind::None, _) => return None,
        };
        Some(NoticeKind::Account(notice))
    }

    /// An id nobody knows, or one that is known and served elsewhere.
    fn model_unknown(&self) -> NoticeKind {
        let catalog = self.asked.catalog.get();
        let row = catalog.model_row(self.asked.model);
        if let (Some(row), Some(region)) = (row, self.place.region) {
            let served: Box<[String]> =
                row.regions.iter().filter(|id| *id != region).cloned().collect();
            return NoticeKind::Route(RouteNotice::ModelElsewhere {
                model: self.model(),
                region: region.into(),
                served,
            });
        }
        let near = catalog.near(self.asked.model.as_str());
        NoticeKind::ModelUnknown { model: self.model(), near }
    }

    /// The voices the caller knows, or else those the service names.
    fn voice(&self, refusal: &Refusal) -> RequestNotice {
        let quoted = parameter::quoted(&refusal.message);
        let lists = refusal.message.starts_with("Input should be");
        let named = || quoted.first().filter(|_| !lists && quoted.len() == 1).cloned();
        let voice = self.asked.voice.map(sanitize::line).or_else(named);
        let near = match self.asked.voices {
            [] if lists => quoted,
            voices => voices.to_vec(),
        };
        let near = near.into_iter().take(MOST_VOICES).collect();
        let voice = voice.map(String::into_boxed_str);
        RequestNotice::Voice { voice, model: self.model(), near }
    }

    /// Only the compatible base of another server is known.
    pub(super) fn no_native(&self) -> NoticeKind {
        let origin = self.asked.endpoint.origin();
        NoticeKind::Route(RouteNotice::NoNative { model: self.model(), origin })
    }

    pub(super) fn not_the_service(&self) -> NoticeKind {
        NoticeKind::NotTheService { url: self.url_text() }
    }
}

/// Files, and their way to the storage and back.
fn of_media(kind: Kind, refusal: &Refusal) -> Option<MediaNotice> {
    Some(match kind {
        Kind::BadUrl => MediaNotice::BadUrl,
        Kind::HostSlow => MediaNotice::HostSlow,
        Kind::HostRefused => MediaNotice::HostRefused,
        Kind::Unreadable => MediaNotice::Unreadable,
        Kind::InlineTooLarge => {
            let most = parameter::number_after(&refusal.message, "data-uri item : ");
            MediaNotice::InlineTooLarge { most }
        }
        Kind::File(fault) => MediaNotice::File { fault },
        Kind::UploadExpired => MediaNotice::UploadExpired,
        Kind::LinkExpired => MediaNotice::LinkExpired,
        Kind::FileGone => MediaNotice::FileGone,
        Kind::Clock => MediaNotice::Clock,
        Kind::Storage => MediaNotice::StorageRefused { status: refusal.status },
        _ => return None,
    })
}
