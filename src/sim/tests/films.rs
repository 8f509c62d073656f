//! Films as a player of others sees them: ffprobe says what they are, ffmpeg decodes every picture
//! without a word of complaint. Where they are not installed this is noted and left out.

use std::process::{Command, Stdio};

use super::*;

/// Whether the tools are here; notes for the summary that they are not.
fn tools() -> bool {
    use std::io::Write as _;
    let runs = |tool: &str| {
        Command::new(tool).arg("-version").stdout(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    if runs("ffprobe") && runs("ffmpeg") {
        return true;
    }
    let line = "films: ffmpeg is not installed\n";
    std::io::stderr().write_all(format!("SKIPPED {line}").as_bytes()).unwrap();
    if let Some(file) = std::env::var_os("LIAN_SKIPS") {
        let file = std::fs::File::options().append(true).create(true).open(file);
        file.and_then(|mut file| file.write_all(line.as_bytes())).unwrap();
    }
    false
}

/// Runs a tool and gives what it printed; it must succeed and have nothing to warn of.
fn run(tool: &str, arguments: &[&str]) -> String {
    let output = Command::new(tool).args(["-v", "warning"]).args(arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && complaint.is_empty(), "{tool}: {complaint}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn others_play_the_films_and_show_the_pictures() {
    if !tools() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for (width, height, seconds) in [(832, 480, 3), (624, 624, 2), (480, 832, 2), (1280, 720, 2)] {
        let wish = film::Wish { width, height, seed: u64::from(width), watermark: height == 624 };
        let path = dir.path().join("film.mp4");
        std::fs::write(&path, film::film(wish, seconds)).unwrap();
        let file = path.to_str().unwrap();
        let entries =
            "stream=codec_name,profile,width,height,pix_fmt,r_frame_rate,duration,nb_frames";
        let said = run("ffprobe", &["-show_entries", entries, "-of", "csv=p=0", file]);
        let frames = 24 * seconds;
        assert_eq!(
            said,
            format!(
                "h264,Constrained Baseline,{width},{height},yuv420p,24/1,{seconds}.000000,{frames}"
            )
        );
        // Every picture can be decoded, and most differ from the one before.
        let said = run("ffmpeg", &["-xerror", "-i", file, "-an", "-f", "framemd5", "-"]);
        let mut hashes: Vec<&str> = said
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| &line[line.len() - 32..])
            .collect();
        assert_eq!(hashes.len(), frames as usize);
        hashes.dedup();
        assert!(hashes.len() > frames as usize * 9 / 10, "{} different pictures", hashes.len());

        let path = dir.path().join("picture.png");
        std::fs::write(&path, film::picture(wish)).unwrap();
        let entries = "stream=codec_name,width,height,pix_fmt";
        let said =
            run("ffprobe", &["-show_entries", entries, "-of", "csv=p=0", path.to_str().unwrap()]);
        assert_eq!(said, format!("png,{width},{height},rgb24"));
        run("ffmpeg", &["-xerror", "-i", path.to_str().unwrap(), "-f", "null", "-"]);
    }
}
