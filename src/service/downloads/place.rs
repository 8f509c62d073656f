//! The directory of results: made for the owner alone, how much room it has, and how a finished
//! file gets its name there without taking another's. It refuses to know what is in the files.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::service::private;

/// More files of one name are not tried.
const MOST: u32 = 10_000;

/// Makes the directory if it is not there.
pub(super) fn prepare(dir: &Path) -> io::Result<()> {
    private::make_dir(dir)
}

/// Bytes that can still be written there, where the system tells.
pub(super) fn free(dir: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt as _;

    let path = std::ffi::CString::new(dir.as_os_str().as_bytes()).ok()?;
    statvfs(&path)
}

#[expect(unsafe_code, reason = "statvfs has no safe counterpart in std")]
fn statvfs(path: &std::ffi::CStr) -> Option<u64> {
    let mut stat = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: `path` ends with NUL, `stat` has the size the call writes, and it is read only after
    // the call said that it was filled; all-zero bytes are a valid value besides.
    let stat = unsafe {
        if libc::statvfs(path.as_ptr(), stat.as_mut_ptr()) != 0 {
            return None;
        }
        stat.assume_init()
    };
    #[expect(clippy::useless_conversion, reason = "their width differs between systems")]
    u64::from(stat.f_bavail).checked_mul(u64::from(stat.f_frsize))
}

/// Gives a whole file its name, or the next free one like it; never takes another's. Each name is
/// told before it is taken. The file and the directory are on disk when this returns.
pub(super) fn publish(
    part: &Path,
    dir: &Path,
    name: &str,
    tell: impl Fn(&str) -> io::Result<()>,
) -> io::Result<PathBuf> {
    for number in 1..=MOST {
        let name = numbered(name, number);
        let path = dir.join(&name);
        if path.symlink_metadata().is_ok() {
            continue;
        }
        tell(&name)?;
        match fs::hard_link(part, &path) {
            Ok(()) => {
                fs::remove_file(part)?;
                File::open(dir)?.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) => match File::create_new(&path) {
                // A file system without links: the name is taken first, then replaced by us alone.
                Ok(_) => {
                    fs::rename(part, &path)?;
                    File::open(dir)?.sync_all()?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            },
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// `boat.mp4`, `boat-2.mp4`, …
fn numbered(name: &str, number: u32) -> String {
    match (number, name.rsplit_once('.')) {
        (1, _) => name.to_owned(),
        (_, Some((stem, ending))) => format!("{stem}-{number}.{ending}"),
        (_, None) => format!("{name}-{number}"),
    }
}
