//! Where the store lies: directories and files with tight permissions, and what kind of file
//! system is under them. It refuses SQL.

use std::fs::File;
use std::path::Path;

use super::error::StoreError;
use crate::service::private;

/// Makes a directory for the owner alone, if there is none.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    private::make_dir(dir).map_err(StoreError::io(dir))
}

/// Opens or makes a file that only the owner can read, from its first moment on. SQLite gives
/// the files beside it the same permissions.
pub(super) fn make_file(path: &Path) -> Result<File, StoreError> {
    private::make_file(path, File::options().read(true).write(true)).map_err(StoreError::io(path))
}

/// Whether the directory is on a network file system, where the shared memory of SQLite's
/// write-ahead log does not work between machines.
pub(super) fn on_network(dir: &Path) -> bool {
    stat(dir).is_some_and(|stat| stat.network)
}

/// Whether not a single block is free.
pub(super) fn is_full(dir: &Path) -> bool {
    stat(dir).is_some_and(|stat| stat.free == 0)
}

/// Bytes that this user may still write there.
pub(super) fn free_bytes(dir: &Path) -> Option<u64> {
    stat(dir).map(|stat| stat.free.saturating_mul(stat.block))
}

struct Stat {
    network: bool,
    /// Free blocks.
    free: u64,
    /// Bytes of one.
    block: u64,
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
#[expect(unsafe_code, reason = "statfs has no safe counterpart in std")]
fn stat(dir: &Path) -> Option<Stat> {
    use std::os::unix::ffi::OsStrExt;

    let path = std::ffi::CString::new(dir.as_os_str().as_bytes()).ok()?;
    let mut stat = std::mem::MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: `path` ends with NUL, `stat` has the size the call writes, and it is read only
    // after the call said that it was filled; all-zero bytes are a valid value besides.
    let stat = unsafe {
        if libc::statfs(path.as_ptr(), stat.as_mut_ptr()) != 0 {
            return None;
        }
        stat.assume_init()
    };
    let block = u64::try_from(stat.f_bsize).unwrap_or(0);
    Some(Stat { network: is_network(&stat), free: stat.f_bavail, block })
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_network(stat: &libc::statfs) -> bool {
    /// NFS, SMB, SMB2, CIFS, 9p, AFS, Coda, Ceph.
    const NETWORK: [i128; 8] = [
        0x6969,
        0x517b,
        0xfe53_4d42,
        0xff53_4d42,
        0x0102_1997,
        0x5346_414f,
        0x7375_7245,
        0x00c3_6400,
    ];
    // A C integer whose width and sign differ between systems; the number is in 32 bits of it.
    let kind = i128::from(stat.f_type) & 0xffff_ffff;
    NETWORK.contains(&kind)
}

#[cfg(target_os = "macos")]
fn is_network(stat: &libc::statfs) -> bool {
    stat.f_flags & libc::MNT_LOCAL as u32 == 0
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
fn stat(_dir: &Path) -> Option<Stat> {
    None
}
