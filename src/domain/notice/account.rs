//! What there is to say of keys, workspaces, permissions and bills, where the service refused a
//! request for one of them. It refuses sentences and every key: a key is known here by its source.

use super::{Class, Exit, Fault};

/// Why the account, or the key of it, may not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountNotice {
    /// The service does not know the key in this region (401 `InvalidApiKey`): a key is good only
    /// in the region it was made in, and the service says no more than "invalid".
    KeyRegion {
        /// Where the key came from.
        source: String,
        /// The region asked.
        region: Box<str>,
        /// The other regions.
        others: Box<[String]>,
    },
    /// A key of a subscription (`sk-sp-`) was sent to a host that bills by use.
    PlanKey {
        /// Where it was sent.
        origin: String,
        /// Where the key came from.
        source: String,
    },
    /// A key that is billed by use was sent to the host of a subscription.
    PlanHost {
        /// Where it was sent.
        origin: String,
        /// Where the key came from.
        source: String,
    },
    /// The key may not act in the workspace, or there is none of that id (401 `NOT AUTHORIZED`,
    /// 403 `Workspace.AccessDenied`).
    WorkspaceDenied {
        /// The workspace, where one was named.
        id: Option<String>,
    },
    /// There is no such workspace (404 `WorkSpaceNotFound`).
    WorkspaceUnknown {
        /// The workspace, where one was named.
        id: Option<String>,
    },
    /// The RAM user of the key has no policy for the workspace (`Forbidden.RAM`).
    Ram {
        /// The workspace, where it is known.
        workspace: Option<String>,
    },
    /// An application may not be used (403 `App.AccessDenied`).
    AppDenied,
    /// The service or the model was never activated (403 `AccessDenied.Unpurchased`, 429
    /// `CommodityNotPurchased`).
    Unpurchased {
        /// Which model.
        model: String,
    },
    /// The free quota is used up and the account is set to pay nothing (403
    /// `AllocationQuota.FreeTierOnly`).
    FreeTierOnly {
        /// Which model.
        model: String,
    },
}

impl AccountNotice {
    pub(super) const fn class(&self) -> Class {
        let fault = match self {
            Self::KeyRegion { .. }
            | Self::PlanKey { .. }
            | Self::PlanHost { .. }
            | Self::WorkspaceUnknown { .. } => Fault::You,
            Self::WorkspaceDenied { .. }
            | Self::Ram { .. }
            | Self::AppDenied
            | Self::Unpurchased { .. }
            | Self::FreeTierOnly { .. } => Fault::Account,
        };
        Class::error(Some(fault), Exit::Access)
    }
}
