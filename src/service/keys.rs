//! Finds a profile's key when it is first needed: environment, command, keyring, file. It refuses
//! to block anybody who does not ask for the key, and to show or log what a command printed.

use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::sync::{Mutex, mpsc};

use super::log::Hidden;
use crate::api::region::Endpoint;
use crate::config::secrets::{self, KeyPlan};
use crate::domain::keys::KeyFault;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::settings::{SettingsEvent, SettingsNotice};
use crate::event::ServiceEvent;

/// A key command is given this long.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than this is no key.
const MOST: u64 = 64 * 1024;

/// A key and where it was found.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub secret: SecretString,
    /// A variable's name, a program's, `keyring` or `secrets.toml`.
    pub source: String,
}

/// Where to ask for the key. Cheap to clone; whoever asks while a command runs waits for its answer.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    inner: Option<Arc<Inner>>,
}

#[derive(Debug)]
struct Inner {
    plan: KeyPlan,
    hidden: Hidden,
    on_screen: bool,
    /// How often it was looked for.
    tries: AtomicU64,
    last: Mutex<Option<Result<Option<Key>, KeyFault>>>,
}

impl Keys {
    /// By a plan. What is found is `hidden` from log and crash reports. While the workbench is
    /// `on_screen` a command may not ask for anything in the terminal.
    #[must_use]
    pub fn of(plan: KeyPlan, hidden: Hidden, on_screen: bool) -> Self {
        let (tries, last) = (AtomicU64::new(0), Mutex::new(None));
        Self { inner: Some(Arc::new(Inner { plan, hidden, on_screen, tries, last })) }
    }

    /// The key; `None` if no place has one. A key that was found is kept; after a fault the next
    /// one who asks tries again, for the reader may have unlocked what was locked.
    pub async fn get(&self) -> Result<Option<Key>, KeyFault> {
        let Some(inner) = &self.inner else { return Ok(None) };
        let seen = inner.tries.load(Ordering::Acquire);
        let mut last = inner.last.lock().await;
        let meanwhile = inner.tries.load(Ordering::Acquire) != seen;
        match &*last {
            Some(Ok(Some(key))) => return Ok(Some(key.clone())),
            Some(found) if meanwhile => return found.clone(),
            Some(_) | None => {}
        }
        let found = inner.look().await;
        if let Ok(Some(key)) = &found {
            inner.hidden.add(key.secret.expose_secret());
        }
        inner.tries.fetch_add(1, Ordering::AcqRel);
        *last = Some(found.clone());
        found
    }

    /// The endpoint with the key.
    pub async fn unlock(&self, endpoint: &Endpoint) -> Result<Endpoint, KeyFault> {
        let key = self.get().await?;
        Ok(match key {
            Some(key) => endpoint.with_key(key.secret, key.source),
            None => endpoint.clone(),
        })
    }

    /// Looks for the key in the background and tells what came of it.
    pub fn announce(self, endpoint: Endpoint, out: mpsc::Sender<ServiceEvent>) {
        tokio::spawn(async move {
            let event = match self.get().await {
                Ok(Some(Key { source, .. })) => {
                    if let Some(notice) = remark(&source) {
                        // Nobody listens at the end of the program.
                        drop(out.send(ServiceEvent::Notice(notice)).await);
                    }
                    ServiceEvent::Settings(SettingsEvent::KeyFound { source })
                }
                // Whoever has no key learns it before writing a question.
                Ok(None) if endpoint.needs_key() && !endpoint.has_key() => {
                    let kind = NoticeKind::KeyMissing {
                        origin: endpoint.origin(),
                        variable: endpoint.key_source().to_owned(),
                    };
                    ServiceEvent::Notice(Notice::new(kind))
                }
                Ok(None) => return,
                Err(fault) => ServiceEvent::Notice(Notice::new(NoticeKind::Key(fault))),
            };
            drop(out.send(event).await);
        });
    }
}

/// A word on a key that comes from a place that people may not have meant.
#[must_use]
pub fn remark(source: &str) -> Option<Notice> {
    secrets::OTHERS.contains(&source).then(|| {
        let (found, usual) = (source.to_owned(), secrets::USUAL.to_owned());
        Notice::new(NoticeKind::Settings(SettingsNotice::KeyVariable { found, usual }))
    })
}

impl Inner {
    async fn look(&self) -> Result<Option<Key>, KeyFault> {
        if let Some((secret, source)) = &self.plan.environment {
            return key(secret.clone(), source.clone()).map(Some);
        }
        if let Some([program, arguments @ ..]) = self.plan.command.as_deref() {
            let secret = self.command(program, arguments).await?;
            return key(secret, name_of(program)).map(Some);
        }
        let (file, profile) = (self.plan.file.clone(), self.plan.profile.clone());
        // A keyring asks another process, a file may lie on a slow disk.
        let found = tokio::task::spawn_blocking(move || {
            if let Some(secret) = keyring(&profile)? {
                return Ok(Some((secret, "keyring".to_owned())));
            }
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            let found = secrets::from_file(&file, &profile)?;
            Ok(found.map(|secret| (secret, name.unwrap_or_default())))
        });
        match found.await.unwrap_or(Ok(None))? {
            Some((secret, source)) => key(secret, source).map(Some),
            None => Ok(None),
        }
    }

    /// Runs the command without a shell, in a session of its own, so that it cannot write on the
    /// screen, and takes the one line that it prints.
    async fn command(&self, program: &str, arguments: &[String]) -> Result<SecretString, KeyFault> {
        let name = name_of(program);
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        if self.on_screen {
            // gpg's agent would open the terminal by this name and draw over the workbench.
            command.env_remove("GPG_TTY");
        }
        #[expect(unsafe_code, reason = "std and tokio have no setsid")]
        // SAFETY: setsid is safe to call between fork and exec and touches no memory of ours.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                Ok(())
            });
        }
        let child = command.spawn();
        let mut child = child.map_err(|_| KeyFault::CommandMissing { program: name.clone() })?;
        let group = child.id().and_then(|id| i32::try_from(id).ok());
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let work = async {
            let (out, err) = tokio::join!(take(out), take(err));
            (out, err, child.wait().await)
        };
        let Ok((out, err, status)) = tokio::time::timeout(PATIENCE, work).await else {
            if let Some(group) = group {
                end_group(group);
            }
            let seconds = PATIENCE.as_secs();
            return Err(KeyFault::CommandHung { program: name, seconds });
        };
        tracing::info!(program = name, errors = err.len(), "the key command ended");
        judge(&name, status.ok(), &out)
    }
}

/// The one line that a good command prints.
fn judge(name: &str, status: Option<ExitStatus>, out: &[u8]) -> Result<SecretString, KeyFault> {
    let program = name.to_owned();
    if !status.is_some_and(|status| status.success()) {
        let code = status.and_then(|status| status.code());
        return Err(KeyFault::CommandFailed { program, code });
    }
    let text = String::from_utf8_lossy(out);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.count()) {
        (None, _) => Err(KeyFault::CommandSilent { program }),
        (Some(line), 0) => Ok(SecretString::from(line)),
        (Some(_), more) => Err(KeyFault::CommandTalkative { program, lines: more + 1 }),
    }
}

async fn take(from: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        // What cannot be read was not printed.
        drop(from.take(MOST).read_to_end(&mut bytes).await);
    }
    bytes
}

/// The command and whatever it started.
fn end_group(leader: i32) {
    #[expect(unsafe_code, reason = "std does not send signals")]
    // SAFETY: takes two plain numbers; the group is that of a child that was not waited for.
    unsafe {
        libc::kill(-leader, libc::SIGKILL);
    }
}

/// A program without its directories.
fn name_of(program: &str) -> String {
    program.rsplit('/').next().unwrap_or(program).to_owned()
}

/// A key has neither spaces nor letters that no header takes.
fn key(secret: SecretString, source: String) -> Result<Key, KeyFault> {
    let text = secret.expose_secret();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(KeyFault::NotAKey { source });
    }
    Ok(Key { secret, source })
}

/// The key of a profile from the system's keyring: service `lian`, the profile for a user.
#[cfg(feature = "keyring")]
fn keyring(profile: &str) -> Result<Option<SecretString>, KeyFault> {
    use keyring::Error;
    let found = keyring::Entry::new("lian", profile).and_then(|entry| entry.get_password());
    match found {
        Ok(key) => Ok(Some(SecretString::from(key.trim()))),
        // Servers have no keyring at all, which is no fault.
        Err(Error::NoEntry | Error::NoDefaultStore) => Ok(None),
        Err(_) => Err(KeyFault::Keyring),
    }
}

#[cfg(not(feature = "keyring"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it may fail")]
fn keyring(_profile: &str) -> Result<Option<SecretString>, KeyFault> {
    Ok(None)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests have files of their own")]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn plan(command: &[&str]) -> KeyPlan {
        let words: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        KeyPlan {
            environment: None,
            variable: "NONE".to_owned(),
            command: (!words.is_empty()).then_some(words),
            profile: "default".to_owned(),
            file: PathBuf::from("/nowhere/secrets.toml"),
        }
    }

    async fn ask(command: &[&str]) -> Result<Option<Key>, KeyFault> {
        Keys::of(plan(command), Hidden::default(), true).get().await
    }

    async fn fault(command: &[&str]) -> KeyFault {
        ask(command).await.expect_err("a fault")
    }

    #[tokio::test]
    async fn a_command_gives_one_line() {
        let key = ask(&["sh", "-c", "echo; echo ' sk-from-command '; echo oh >&2"]).await;
        let key = key.unwrap().unwrap();
        assert_eq!((key.secret.expose_secret(), key.source.as_str()), ("sk-from-command", "sh"));
        assert!(ask(&[]).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn every_way_to_fail_is_told_apart() {
        let program = || "sh".to_owned();
        let missing = KeyFault::CommandMissing { program: "no-such-program".into() };
        assert_eq!(fault(&["/x/no-such-program"]).await, missing);
        let failed = KeyFault::CommandFailed { program: program(), code: Some(3) };
        assert_eq!(fault(&["sh", "-c", "echo sk-x; exit 3"]).await, failed);
        let killed = KeyFault::CommandFailed { program: program(), code: None };
        assert_eq!(fault(&["sh", "-c", "kill -9 $$"]).await, killed);
        let silent = KeyFault::CommandSilent { program: program() };
        assert_eq!(fault(&["sh", "-c", "echo; echo"]).await, silent);
        let talkative = KeyFault::CommandTalkative { program: program(), lines: 2 };
        assert_eq!(fault(&["sh", "-c", "echo sk-x; echo url: y"]).await, talkative);
        let not = KeyFault::NotAKey { source: program() };
        assert_eq!(fault(&["sh", "-c", "echo my key"]).await, not);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn one_that_hangs_is_ended_with_all_its_children() {
        let dir = tempfile::tempdir().unwrap();
        let alive = dir.path().join("pid");
        let script =
            format!("sleep 1000 & echo $! > {0}.new; mv {0}.new {0}; wait", alive.display());
        let keys = Keys::of(plan(&["sh", "-c", &script]), Hidden::default(), true);
        let asked = tokio::spawn(async move { keys.get().await });
        let started = async {
            loop {
                match std::fs::read_to_string(&alive) {
                    Ok(pid) => return pid.trim().parse::<i32>().unwrap(),
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        };
        let pid = tokio::time::timeout(PATIENCE, started).await.expect("the command runs");
        tokio::time::pause();
        tokio::time::advance(PATIENCE).await;
        let fault = asked.await.unwrap().unwrap_err();
        assert_eq!(fault, KeyFault::CommandHung { program: "sh".into(), seconds: 10 });
        tokio::time::resume();
        let gone = async {
            while std::fs::read_to_string(format!("/proc/{pid}/stat"))
                .is_ok_and(|stat| !stat.contains(") Z "))
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), gone).await.expect("the child has ended");
    }

    #[tokio::test]
    async fn a_found_key_is_kept_and_a_fault_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let count = dir.path().join("count");
        let script =
            format!("echo x >> {0}; [ $(wc -l < {0}) -gt 1 ] && echo sk-second", count.display());
        let keys = Keys::of(plan(&["sh", "-c", &script]), Hidden::default(), true);
        // Two who wait together share one answer.
        let (one, two) = tokio::join!(keys.get(), keys.get());
        assert!(one.is_err() && two.is_err());
        assert_eq!(keys.get().await.unwrap().unwrap().secret.expose_secret(), "sk-second");
        assert!(keys.get().await.unwrap().is_some());
        assert_eq!(std::fs::read_to_string(count).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_guess_is_told() {
        assert!(remark("QWEN_API_KEY").is_some());
        assert!(remark("DASHSCOPE_API_KEY").is_none());
    }
}
