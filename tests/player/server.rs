//! A sound server for one test: PulseAudio with a sink that leads nowhere, everything in a directory of
//! its own, and a recorder at the sink. It refuses the machine's own sound.

use std::io::Read as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a test waits for what must come.
pub(crate) const CAP: Duration = Duration::from_secs(30);

/// One after the other: a server that waits for the processor is no server.
static ONE: Mutex<()> = Mutex::new(());

/// See the header.
pub(crate) struct Server {
    dir: TempDir,
    pulse: Child,
    recorder: Child,
    recording: Arc<(Mutex<Vec<f32>>, Condvar)>,
    _one: MutexGuard<'static, ()>,
}

impl Server {
    /// Starts it; `None` where there is no such server, which is noted as skipped.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_here() {
            skip(test);
            return None;
        }
        let dir = TempDir::new().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        for place in ["run", "home"] {
            std::fs::DirBuilder::new().mode(0o700).create(at(place)).expect("a directory");
        }
        std::fs::write(
            at("home/.asoundrc"),
            "pcm.!default { type pulse }\nctl.!default { type pulse }\n",
        )
        .expect("a file");
        let socket = at("socket");
        let pulse = command(dir.path(), "pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            .arg(format!("--log-target=file:{}", at("log").display()))
            .args(["-L", "module-null-sink sink_name=lian rate=48000 channels=2 format=float32le"])
            .arg("-L")
            .arg(format!(
                "module-native-protocol-unix socket={} auth-anonymous=1",
                socket.display()
            ))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        wait_for("the server's socket", || socket.exists());
        let mut recorder = command(dir.path(), "parec")
            .args(["-d", "lian.monitor", "--latency-msec=20", "--format=float32le"])
            .args(["--rate=48000", "--channels=2", "--raw"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a recorder");
        let recording = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let mut out = recorder.stdout.take().expect("a pipe");
        let keep = recording.clone();
        std::thread::spawn(move || {
            // Two channels that are the same: one of them is kept.
            let (mut bytes, mut filled) = ([0; 8 << 10], 0);
            while let Ok(count @ 1..) = out.read(&mut bytes[filled..]) {
                filled += count;
                let (frames, _) = bytes[..filled].as_chunks::<8>();
                let left = frames.iter().map(|f| f32::from_le_bytes([f[0], f[1], f[2], f[3]]));
                keep.0.lock().expect("a recording").extend(left);
                keep.1.notify_all();
                let whole = filled / 8 * 8;
                bytes.copy_within(whole..filled, 0);
                filled -= whole;
            }
        });
        let server = Self { dir, pulse, recorder, recording, _one: one };
        server.wait(|recording| !recording.is_empty());
        Some(server)
    }

    /// A program in this world.
    pub(crate) fn command(&self, program: &str) -> Command {
        command(self.dir.path(), program)
    }

    /// A directory with a program that runs another one in this world, as the process in the file `pid`.
    pub(crate) fn wrapped(&self, name: &str, program: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let bin = self.dir.path().join("bin");
        std::fs::create_dir_all(&bin).expect("a directory");
        let (dir, path) = (self.dir.path().display(), std::env::var("PATH").unwrap_or_default());
        let script = format!(
            "#!/bin/sh\nexport HOME='{dir}/home' XDG_RUNTIME_DIR='{dir}/run' \
             PULSE_SERVER='unix:{dir}/socket' PATH='{path}'\n\
             echo $$ > '{dir}/pid'\nexec '{program}' \"$@\"\n"
        );
        std::fs::write(bin.join(name), script).expect("a file");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(bin.join(name), mode).expect("a mode");
        bin
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Ends the server, not the recorder.
    pub(crate) fn kill(&mut self) {
        self.pulse.kill().expect("a server");
        self.pulse.wait().expect("its end");
    }

    /// What was recorded so far, when it is as wanted.
    pub(crate) fn wait(&self, wanted: impl Fn(&[f32]) -> bool) -> Vec<f32> {
        let until = Instant::now() + CAP;
        let mut recording = self.recording.0.lock().expect("a recording");
        while !wanted(&recording) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the recording of {} samples is not it", recording.len());
            recording = self.recording.1.wait_timeout(recording, left).expect("a recording").0;
        }
        recording.clone()
    }

    /// What was recorded so far, and then for so many samples more.
    pub(crate) fn and_then(&self, more: usize) -> Vec<f32> {
        let now = self.wait(|_| true).len();
        self.wait(|recording| recording.len() >= now + more)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for child in [&mut self.recorder, &mut self.pulse] {
            // It may have ended already.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A program that hears this server and nothing of the machine's own.
fn command(dir: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", dir.join("home")).env("XDG_RUNTIME_DIR", dir.join("run"));
    command.env("PULSE_SERVER", format!("unix:{}", dir.join("socket").display()));
    command.stdin(Stdio::null());
    command
}

pub(crate) fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let until = Instant::now() + CAP;
    while !there() {
        assert!(Instant::now() < until, "{what} did not come");
        std::thread::yield_now();
    }
}

/// The server, its recorder, and the way from ALSA to it.
fn is_here() -> bool {
    let runs = |program: &str| {
        let done = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    };
    let module = || {
        let places = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        let mut places: Vec<PathBuf> = places.map(|place| place.path()).collect();
        places.extend(["/usr/lib", "/usr/lib64"].map(PathBuf::from));
        places.iter().any(|place| place.join("alsa-lib/libasound_module_pcm_pulse.so").exists())
    };
    runs("pulseaudio") && runs("parec") && module()
}

/// Says a figure. The harness keeps what `println!` says of a test that passes.
pub(crate) fn say(figure: &str) {
    use std::io::Write as _;
    std::io::stderr().write_all(format!("{figure}\n").as_bytes()).expect("stderr");
}

fn skip(test: &str) {
    use std::io::Write as _;
    let line = format!("{test}: no PulseAudio here (sh tests/all.sh installs it)");
    if let Some(file) = std::env::var_os("LIAN_SKIPS") {
        let mut file = std::fs::File::options().append(true).open(file).expect("the list of skips");
        writeln!(file, "{line}").expect("the list of skips");
    }
    say(&format!("SKIPPED {line}"));
}
