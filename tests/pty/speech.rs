//! Reading aloud in the real program: from the key to the file, paid once, and a voice that is chosen.

use crate::harness::process::wait_until;
use crate::harness::world::{Home, Sim, Start};

/// What was asked of the speech model.
fn texts(sim: &Sim) -> Vec<String> {
    let seen = sim.seen();
    let texts = seen.iter().filter_map(|seen| seen.body["input"]["text"].as_str());
    texts.map(str::to_owned).collect()
}

/// Files of sound that are whole.
fn sounds(home: &Home) -> Vec<Vec<u8>> {
    let Ok(folder) = std::fs::read_dir(home.data().join("speech")) else { return Vec::new() };
    let paths = folder.flatten().map(|entry| entry.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|end| end == "wav"));
    paths.map(|path| std::fs::read(path).expect("a file")).collect()
}

#[test]
fn an_answer_is_read_into_a_file_and_the_second_time_for_nothing() {
    let (home, sim) = (Home::new(), Sim::saying("# Tides\n\n潮汐。 They **rise**."));
    home.configure("# mine\n[speech]\nsinks = [\"file\"]\n");
    let mut term = Start::new(&home, &sim).size(120, 30).ready();
    term.ask("why?");
    term.wait_for("They rise.");
    term.wait_for_end();
    term.keys("\x1b'");
    term.wait_for("✓ Cherry  read  3/3");
    assert_eq!(texts(&sim), ["Tides", "潮汐。", "They rise."]);
    term.keys("\x1b'");
    term.wait_for("nothing paid");
    assert_eq!(texts(&sim).len(), 3, "nothing was asked for again");
    let sounds = sounds(&home);
    assert_eq!(sounds.len(), 2, "a file for each time");
    assert!(sounds[0].len() > 24_000 && sounds[0] == sounds[1], "the same sound");
    // Another voice is heard, made the default and written down.
    term.keys("\x1b;");
    term.wait_for("Voices of qwen3-tts-flash");
    term.keys("rocky ");
    wait_until("its sample is asked for", || texts(&sim).len() == 4);
    term.keys("\x1b\r");
    term.wait_for("reads wherever no other voice was chosen");
    wait_until("the choice is in the file", || {
        let text = std::fs::read_to_string(home.path().join("config/lian/config.toml"));
        text.is_ok_and(|text| text.contains("voice = \"Rocky\"") && text.contains("# mine"))
    });
    // It is read anew: another voice is another sound. The end is silence.
    term.keys("\x1b'");
    wait_until("the first sentence is asked for", || texts(&sim).len() > 4);
    assert_eq!(sim.seen().last().expect("a request").body["input"]["voice"], "Rocky");
    term.keys("\x1bq");
    assert_eq!(term.ended(), 0);
}
