//! What to do about a finding, typed, with its arguments. It refuses sentences: `words` has them.

/// What to do. The command of each is one that people can copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Mend what is named; `lian config check` tells whether it is.
    MendConfig,
    /// Make a key of this service: it begins with `sk-`.
    MakeKey,
    /// Name the plan in the profile.
    NamePlan {
        /// The profile.
        profile: String,
    },
    /// Take the plan out of the profile, or use the plan's key.
    DropPlan,
    /// Send requests to this region.
    UseRegion {
        /// Its id.
        region: String,
        /// The profile.
        profile: String,
    },
    /// Make region or workspace and address agree.
    Agree {
        /// The setting that is in the way: `region` or `workspace`.
        setting: &'static str,
    },
    /// Use https.
    UseHttps,
    /// Look at the proxy's settings.
    CheckProxy,
    /// Trust the authority of the company's proxy.
    TrustAuthority,
    /// Name a readable file of certificates.
    NameCertificates {
        /// The variable.
        variable: &'static str,
    },
    /// Sign in to the network with a browser.
    SignIn,
    /// Set the clock.
    SetClock,
    /// Ask the owner of the workspace.
    AskWorkspace,
    /// Take one of these models.
    TakeModel {
        /// Ids, best first.
        near: Vec<String>,
    },
    /// Look for a model for conversations.
    FindModel,
    /// Take a newer lian, or write rows of one's own.
    RenewCatalog,
    /// Close a directory or file to others.
    Close {
        /// Which.
        path: String,
        /// The permissions it should have.
        mode: u32,
    },
    /// Make room.
    MakeRoom,
    /// Install ffmpeg.
    InstallFfmpeg,
    /// Use another terminal, or `lian chat`.
    OtherTerminal,
    /// Make the window larger.
    Enlarge,
    /// Set a locale in UTF-8.
    SetLocale,
    /// Let tmux pass copied text on.
    TmuxClipboard,
    /// Install the program, or name another one.
    InstallProgram {
        /// Which.
        program: String,
    },
    /// Install a player, or save sound to files.
    InstallPlayer,
    /// Start a sound server, or save sound to files.
    StartSound,
    /// Forward a sound server over SSH, or save sound to files.
    ForwardSound,
    /// Try again later.
    TryLater,
}
