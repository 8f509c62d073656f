//! The user's editor on a text: a file of its own that nobody else may read, the program with the
//! terminal as its own, the text it left. It refuses to take or give back the terminal (`runtime`
//! does) and to run a shell.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::private;
use crate::domain::notice::{InputNotice, Notice, NoticeKind};
use crate::event::EditorEvent;

/// A larger file is no message.
const LARGEST: u64 = 64 << 20;
/// An editor that was asked to end is given so long to put the terminal in order.
const PATIENCE: Duration = Duration::from_millis(500);

/// An editor that is open.
#[derive(Debug)]
pub struct Session {
    task: JoinHandle<EditorEvent>,
    cancel: CancellationToken,
}

/// What an editor is started with.
#[derive(Debug, Clone)]
pub struct Job {
    /// The program and its arguments, without the file; see [`command`].
    pub words: Vec<String>,
    /// The text to begin with.
    pub text: String,
    /// Where private files may lie, best first.
    pub dirs: Vec<PathBuf>,
    /// Asks a process to end.
    pub end: fn(u32),
}

/// The editor's words from `VISUAL`, else `EDITOR`.
pub fn command(env: &dyn Fn(&str) -> Option<String>) -> Result<Vec<String>, Notice> {
    let told = |said| Notice::new(NoticeKind::Input(InputNotice::NoEditor { said }));
    let mut given = ["VISUAL", "EDITOR"].into_iter().filter_map(env);
    let given = given.find(|words| !words.trim().is_empty()).ok_or_else(|| told(None))?;
    split(&given).ok_or_else(|| told(Some(given)))
}

/// The words of a command line as a shell takes it apart, without anything else a shell does;
/// `None` if a quote is not closed or there is no word.
fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (!words.is_empty()).then_some(words)
}

impl Session {
    /// Starts the editor. The terminal must be given back before.
    #[must_use]
    pub fn start(job: Job) -> Self {
        let cancel = CancellationToken::new();
        let task = tokio::spawn(run(job, cancel.clone()));
        Self { task, cancel }
    }

    /// Waits for its end. Nothing is lost if the wait is given up.
    pub async fn ended(&mut self) -> EditorEvent {
        (&mut self.task).await.unwrap_or_else(|_| failed(InputNotice::EditorFile))
    }

    /// Asks it to end, and waits for that a little.
    pub async fn close(mut self) {
        self.cancel.cancel();
        self.ended().await;
    }
}

fn failed(notice: InputNotice) -> EditorEvent {
    EditorEvent::Failed(Notice::new(NoticeKind::Input(notice)))
}

async fn run(job: Job, cancel: CancellationToken) -> EditorEvent {
    let Job { words, text, dirs, end } = job;
    let file = tokio::task::spawn_blocking(move || Sheet::write(&dirs, &text)).await;
    let Ok(Ok(sheet)) = file else { return failed(InputNotice::EditorFile) };
    let Some((program, args)) = words.split_first() else {
        return failed(InputNotice::NoEditor { said: None });
    };
    let mut command = Command::new(program);
    command.args(args).arg(sheet.path()).kill_on_drop(true);
    let Ok(mut child) = command.spawn() else {
        return failed(InputNotice::EditorNotFound { program: program.clone() });
    };
    let status = tokio::select! {
        status = child.wait() => status,
        () = cancel.cancelled() => {
            if let Some(pid) = child.id() {
                end(pid);
            }
            match tokio::time::timeout(PATIENCE, child.wait()).await {
                Ok(status) => status,
                Err(_) => child.kill().await.and(child.wait().await),
            }
        }
    };
    let program = program.clone();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => return failed(InputNotice::EditorFailed { program, code: status.code() }),
        Err(_) => return failed(InputNotice::EditorFailed { program, code: None }),
    }
    match tokio::task::spawn_blocking(move || sheet.read()).await {
        Ok(Ok(text)) => EditorEvent::Edited(text),
        Ok(Err(_)) | Err(_) => failed(InputNotice::EditorFile),
    }
}

/// The file the editor works on, alone in a directory of its own. Both go when this is dropped,
/// with whatever the editor left beside it.
#[derive(Debug)]
struct Sheet {
    dir: PathBuf,
}

impl Sheet {
    fn write(dirs: &[PathBuf], text: &str) -> io::Result<Self> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for dir in dirs {
            match Self::within(dir, text) {
                Ok(sheet) => return Ok(sheet),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn within(dir: &Path, text: &str) -> io::Result<Self> {
        private::make_dir(dir)?;
        let mut number = 0;
        let dir = loop {
            let own = dir.join(format!("message-{}-{number}", std::process::id()));
            // Never into a directory that is there: it could be somebody's trap.
            match DirBuilder::new().mode(0o700).create(&own) {
                Ok(()) => break own,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        };
        let sheet = Self { dir };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut file = options.open(sheet.path())?;
        file.write_all(text.as_bytes())?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(sheet)
    }

    fn path(&self) -> PathBuf {
        self.dir.join("message.md")
    }

    fn read(&self) -> io::Result<String> {
        let file = OpenOptions::new().read(true).open(self.path())?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.dir) {
            tracing::warn!(%error, "the editor's file could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does_it() {
        for (line, words) in [
            ("vim", vec!["vim"]),
            ("  code --wait ", vec!["code", "--wait"]),
            ("'/opt/my editor/bin' -c \"set tw=0\"", vec!["/opt/my editor/bin", "-c", "set tw=0"]),
            (r"my\ editor a\'b", vec!["my editor", "a'b"]),
            (r#"e "a\"b\n" ''"#, vec!["e", r#"a"b\n"#, ""]),
            ("a'b'\"c\"", vec!["abc"]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        for line in ["", "  ", "vim 'x", "vim \"x", "vim \\", "vim \"x\\"] {
            assert_eq!(split(line), None, "{line:?}");
        }
    }

    #[test]
    fn visual_comes_before_editor_and_blank_ones_do_not_count() {
        let command = |visual: Option<&str>, editor: Option<&str>| {
            command(&|name: &str| {
                let value = if name == "VISUAL" { visual } else { editor };
                value.map(str::to_owned)
            })
        };
        assert_eq!(command(Some("v -x"), Some("e")).unwrap(), ["v", "-x"]);
        assert_eq!(command(Some(" "), Some("e")).unwrap(), ["e"]);
        assert!(command(None, None).is_err());
        assert!(command(Some("'v"), Some("e")).is_err());
    }

    async fn edit(script: &str, text: &str) -> (EditorEvent, Vec<PathBuf>) {
        let dir = tempfile::tempdir().unwrap();
        let words = ["sh", "-c", script, "sh"].map(str::to_owned).to_vec();
        let nowhere = PathBuf::from("/proc/nowhere");
        let dirs = vec![nowhere, dir.path().join("lian")];
        let job = Job { words, text: text.to_owned(), dirs, end: |_| {} };
        let event = Session::start(job).ended().await;
        let left = std::fs::read_dir(dir.path().join("lian")).unwrap();
        (event, left.map(|entry| entry.unwrap().path()).collect())
    }

    #[tokio::test]
    async fn what_the_editor_leaves_comes_back_and_no_file_stays() {
        let script = "printf 'more 文\\n' >> \"$1\"; cp \"$1\" \"$1~\"";
        let (event, left) = edit(script, "draft").await;
        assert_eq!(event, EditorEvent::Edited("draft\nmore 文\n".to_owned()));
        assert_eq!(left, Vec::<PathBuf>::new());
    }

    #[tokio::test]
    async fn the_file_is_for_nobody_else() {
        let script = "stat -c %a \"$1\" \"$(dirname \"$1\")\" > \"$1.x\"; mv \"$1.x\" \"$1\"";
        let (event, _) = edit(script, "secret").await;
        assert_eq!(event, EditorEvent::Edited("600\n700\n".to_owned()));
    }

    #[tokio::test]
    async fn every_other_end_says_what_happened() {
        let program = || "sh".to_owned();
        for (script, notice) in [
            ("exit 1", InputNotice::EditorFailed { program: program(), code: Some(1) }),
            ("kill -KILL $$", InputNotice::EditorFailed { program: program(), code: None }),
            ("rm \"$1\"", InputNotice::EditorFile),
        ] {
            let (event, left) = edit(script, "draft").await;
            assert_eq!(event, failed(notice), "{script}");
            assert_eq!(left, Vec::<PathBuf>::new(), "{script}");
        }
        let dir = tempfile::tempdir().unwrap();
        let job = Job {
            words: vec!["lian-no-such-editor".to_owned()],
            text: String::new(),
            dirs: vec![dir.path().to_owned()],
            end: |_| {},
        };
        let program = "lian-no-such-editor".to_owned();
        let event = Session::start(job).ended().await;
        assert_eq!(event, failed(InputNotice::EditorNotFound { program }));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_editor_that_is_asked_to_end_and_does_not_is_ended() {
        let dir = tempfile::tempdir().unwrap();
        let job = Job {
            words: ["sh", "-c", "exec sleep 600"].map(str::to_owned).to_vec(),
            text: String::new(),
            dirs: vec![dir.path().to_owned()],
            end: |_| {},
        };
        Session::start(job).close().await;
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
