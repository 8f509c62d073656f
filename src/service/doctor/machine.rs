//! Directories, database, disk and helpers of this machine. It refuses to make, change or delete
//! anything.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{Deps, Env};
use crate::config::paths::Paths;
use crate::domain::doctor::finding::MachineFinding;
use crate::domain::doctor::{Check, Name, Next, Trouble};
use crate::domain::notice::{Notice, NoticeKind};
use crate::service::store;

/// Less room than this is soon used up: a video is some 10 MB, a log turns over at a few.
const LITTLE: u64 = 1 << 30;
/// With less nothing can be written.
const NOTHING: u64 = 1 << 20;

pub(super) fn checks(deps: &Deps) -> Vec<Check> {
    let posters = posters(&deps.env);
    let Some(paths) = &deps.paths else {
        let names = [Name::Directories, Name::Store, Name::Disk];
        let mut checks: Vec<Check> = names.map(|name| Check::after(name, Name::Config)).into();
        checks.push(posters);
        return checks;
    };
    vec![directories(paths), store::examine(&paths.data), disk(&paths.data), posters]
}

/// Whether the directories are or can be made, and are closed to others.
fn directories(paths: &Paths) -> Check {
    let name = Name::Directories;
    let config = paths.config.parent().unwrap_or(Path::new("."));
    for dir in [paths.data.as_path(), &paths.state] {
        if !may_write(nearest(dir)) {
            let path = dir.display().to_string();
            let notice = Notice::new(NoticeKind::StoreUnwritable { path });
            return Check::fail(name, Trouble::Setup, notice);
        }
    }
    // What others may read in the first two is text; the last one tells where a key is sent.
    for (dir, open, mode) in
        [(&*paths.data, 0o077, 0o700), (&paths.state, 0o077, 0o700), (config, 0o022, 0o755)]
    {
        let Ok(found) = std::fs::metadata(dir) else { continue };
        let found = found.permissions().mode() & 0o7777;
        if found & open != 0 {
            let path = dir.display().to_string();
            let next = Next::Close { path: path.clone(), mode };
            return Check::warn(name, MachineFinding::DirectoryOpen { path, mode: found })
                .with_next(next);
        }
    }
    let (data, state) = (paths.data.display().to_string(), paths.state.display().to_string());
    Check::ok(name, MachineFinding::Directories { data, state })
}

/// The directory itself, or the nearest one above it that exists.
fn nearest(dir: &Path) -> &Path {
    dir.ancestors().find(|dir| dir.exists()).unwrap_or(dir)
}

/// Whether files can be made there, as the system says; a file system for reading only counts.
fn may_write(dir: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt as _;
    let Ok(path) = std::ffi::CString::new(dir.as_os_str().as_bytes()) else { return false };
    #[expect(unsafe_code, reason = "access has no counterpart in std")]
    // SAFETY: `path` ends with NUL and outlives the call, which keeps nothing of it.
    let answer = unsafe { libc::access(path.as_ptr(), libc::W_OK | libc::X_OK) };
    dir.is_dir() && answer == 0
}

fn disk(data: &Path) -> Check {
    let name = Name::Disk;
    let path = data.display().to_string();
    let Some(bytes) = store::room(nearest(data)) else {
        return Check::unknown(name, MachineFinding::DiskUnknown { path });
    };
    if bytes < NOTHING {
        let notice = Notice::new(NoticeKind::DiskFull { path });
        return Check::fail(name, Trouble::Setup, notice);
    }
    let found = MachineFinding::Disk { path, bytes };
    if bytes < LITTLE {
        Check::warn(name, found).with_next(Next::MakeRoom)
    } else {
        Check::ok(name, found)
    }
}

fn posters(env: &Env) -> Check {
    match on_path(env, "ffmpeg") {
        Some(path) => {
            let path = path.display().to_string();
            Check::ok(Name::Posters, MachineFinding::Ffmpeg { path })
        }
        None => {
            Check::unknown(Name::Posters, MachineFinding::NoFfmpeg).with_next(Next::InstallFfmpeg)
        }
    }
}

/// Where a program is: by its path, else through `PATH`.
pub(super) fn on_path(env: &Env, program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        let path = PathBuf::from(program);
        return runs(&path).then_some(path);
    }
    let dirs = env("PATH")?;
    std::env::split_paths(&dirs).map(|dir| dir.join(program)).find(|path| runs(path))
}

/// Whether it is a program.
pub(super) fn runs(path: &Path) -> bool {
    let mode = |data: std::fs::Metadata| data.permissions().mode();
    path.is_file() && std::fs::metadata(path).is_ok_and(|data| mode(data) & 0o111 != 0)
}
