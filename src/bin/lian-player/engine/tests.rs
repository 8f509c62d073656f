//! The engine on a device that is played by hand.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use lian::player::Decoder;

use super::*;
use crate::testing::{CAP, Hand, fake};

/// Samples a second, of the protocol and of the device: what goes in must come out.
const RATE: u32 = 24_000;
/// Less than the pre-roll.
const LITTLE: usize = 4_799;

struct Rig {
    ask: Option<SyncSender<Heard>>,
    answers: Receiver<Answer>,
    hands: Receiver<Hand>,
    refuses: Arc<AtomicBool>,
    engine: JoinHandle<End>,
    sent: usize,
}

/// Decodes what the engine writes.
struct Ear(Decoder<Answer>, std::sync::mpsc::Sender<Answer>);

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut found = Vec::new();
        self.0.push(bytes, &mut found).expect("frames");
        for answer in found {
            self.1.send(answer).map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Rig {
    /// An engine that has seen that there is a device, and does not hold it.
    fn new() -> Self {
        let rig = Self::bare();
        rig.ask(Request::Format(Format::mono(RATE)));
        let hand = rig.opened();
        let device = "a fake".to_owned();
        assert_eq!(rig.answer(), Answer::Opened { rate: RATE, channels: 1, device });
        hand.until_dropped();
        rig
    }

    fn bare() -> Self {
        let (device, hands, refuses) = fake(RATE);
        let (send, answers) = channel();
        let (ask, inbox) = sync_channel(64);
        let ear = Ear(Decoder::default(), send);
        let engine = Engine::new(device, ear, ask.clone());
        let engine = std::thread::spawn(move || engine.run(&inbox));
        Self { ask: Some(ask), answers, hands, refuses, engine, sent: 0 }
    }

    fn ask(&self, request: Request) {
        self.ask.as_ref().expect("asked").send(Heard::Asked(request)).expect("an engine");
    }

    /// Sends so many samples; each says its position.
    fn samples(&mut self, count: usize) {
        let bytes = (self.sent..self.sent + count).flat_map(|at| sample(at).to_le_bytes());
        let bytes: Vec<u8> = bytes.collect();
        self.ask(Request::Samples(bytes));
        self.sent += count;
    }

    fn opened(&self) -> Hand {
        self.hands.recv_timeout(CAP).expect("the device is opened")
    }

    fn answer(&self) -> Answer {
        self.answers.recv_timeout(CAP).expect("an answer")
    }

    /// The next answer that is no position.
    fn last_word(&self) -> Answer {
        loop {
            let answer = self.answer();
            if !matches!(answer, Answer::Position(_)) {
                return answer;
            }
        }
    }

    /// Plays until `count` samples came out, and says them as positions.
    fn play(hand: &mut Hand, count: usize, delay: u64) -> Vec<usize> {
        let mut heard = Vec::new();
        let until = Instant::now() + CAP;
        while heard.len() < count {
            assert!(Instant::now() < until, "{} of {count} samples came", heard.len());
            if !hand.is_started() || !hand.gauges.going.load(Ordering::Acquire) {
                std::thread::yield_now();
                continue;
            }
            let frames = (count - heard.len()).min(240);
            heard.extend(hand.play(frames, delay).iter().filter_map(|sample| position(*sample)));
        }
        heard
    }

    fn end(mut self) -> End {
        let ask = self.ask.take().expect("asked");
        ask.send(Heard::Gone).expect("an engine");
        self.engine.join().expect("no panic")
    }
}

/// A sample that says its position; silence is none.
fn sample(at: usize) -> i16 {
    (at % 32_000) as i16 + 1
}

fn position(sample: f32) -> Option<usize> {
    (sample > 0.0).then(|| (sample * 32_768.0) as usize - 1)
}

#[test]
fn it_begins_with_the_pre_roll_and_plays_to_the_last_sample() {
    let mut rig = Rig::new();
    for _ in 0..5 {
        rig.samples(LITTLE);
        rig.ask(Request::Stop);
        let Answer::Stopped(_) = rig.answer() else { panic!("not stopped") };
        assert!(rig.hands.try_recv().is_err(), "too little to begin with");
    }
    let first = rig.sent;
    rig.samples(4_800);
    let mut hand = rig.opened();
    rig.samples(1_000);
    rig.ask(Request::Drain);
    hand.until_holds(5_800);
    assert_eq!(Rig::play(&mut hand, 5_800, 0), (first..first + 5_800).collect::<Vec<_>>());
    // The device has to say that the last ones were heard.
    hand.play(100, 0);
    assert_eq!(rig.last_word(), Answer::Drained(rig.sent as u64));
    hand.until_dropped();
    assert_eq!(rig.end(), End::Gone);
}

#[test]
fn little_is_played_only_when_it_is_all() {
    let mut rig = Rig::new();
    rig.samples(LITTLE);
    // A refused frame would end the engine: what follows was read after the samples.
    rig.ask(Request::Pause);
    rig.ask(Request::Resume);
    rig.ask(Request::Drain);
    let mut hand = rig.opened();
    assert_eq!(Rig::play(&mut hand, LITTLE, 0).len(), LITTLE);
    hand.play(1, 0);
    assert_eq!(rig.last_word(), Answer::Drained(LITTLE as u64));
    rig.ask(Request::Drain);
    assert_eq!(rig.answer(), Answer::Drained(LITTLE as u64), "nothing is played at once");
}

#[test]
fn a_stop_is_silence_and_what_follows_is_counted_on() {
    let mut rig = Rig::new();
    rig.samples(20_000);
    let mut hand = rig.opened();
    Rig::play(&mut hand, 3_000, 0);
    hand.play(240, 40);
    rig.ask(Request::Stop);
    let Answer::Stopped(heard) = rig.last_word() else { panic!("not stopped") };
    assert_eq!(heard, 2_960, "what the device held was not heard");
    assert!(hand.is_dropped(), "silent before it says so");
    rig.samples(5_000);
    rig.ask(Request::Drain);
    let mut hand = rig.opened();
    assert_eq!(Rig::play(&mut hand, 5_000, 0), (20_000..25_000).collect::<Vec<_>>());
    hand.play(1, 0);
    assert_eq!(rig.last_word(), Answer::Drained(25_000));
}

#[test]
fn after_a_pause_it_goes_on_with_the_first_sample_that_was_not_heard() {
    let mut rig = Rig::new();
    rig.samples(10_000);
    let mut hand = rig.opened();
    Rig::play(&mut hand, 3_000, 0);
    hand.play(240, 50);
    rig.ask(Request::Pause);
    hand.until_dropped();
    rig.samples(10_000);
    rig.ask(Request::Resume);
    let mut hand = rig.opened();
    assert_eq!(Rig::play(&mut hand, 1_000, 0), (2_950..3_950).collect::<Vec<_>>());
    rig.ask(Request::Pause);
    rig.ask(Request::Stop);
    hand.until_dropped();
    assert!(matches!(rig.last_word(), Answer::Stopped(2_950..=3_950)));
}

#[test]
fn an_underrun_is_told_and_waits_for_the_pre_roll() {
    let mut rig = Rig::new();
    rig.samples(4_800);
    let mut hand = rig.opened();
    Rig::play(&mut hand, 4_800, 0);
    assert_eq!(hand.play(100, 0), [0.0; 100]);
    assert_eq!(rig.last_word(), Answer::Underruns(1));
    rig.samples(LITTLE);
    hand.play(100, 0);
    rig.samples(1);
    assert_eq!(Rig::play(&mut hand, 4_800, 0), (4_800..9_600).collect::<Vec<_>>());
    hand.play(100, 0);
    assert_eq!(rig.last_word(), Answer::Underruns(2));
    // Nothing comes any more: the device is let go, and nothing is lost by that.
    rig.samples(100);
    hand.until_dropped();
    rig.ask(Request::Drain);
    let mut hand = rig.opened();
    assert_eq!(Rig::play(&mut hand, 100, 0), (9_600..9_700).collect::<Vec<_>>());
    hand.play(1, 0);
    assert_eq!(rig.last_word(), Answer::Drained(9_700));
}

#[test]
fn a_lost_device_is_opened_again_once() {
    let mut rig = Rig::new();
    rig.samples(20_000);
    let mut hand = rig.opened();
    Rig::play(&mut hand, 2_000, 0);
    hand.play(240, 40);
    hand.gauges.lost.store(true, Ordering::Release);
    let mut second = rig.opened();
    hand.until_dropped();
    assert_eq!(Rig::play(&mut second, 2_000, 0), (1_960..3_960).collect::<Vec<_>>());
    second.play(1, 0);
    second.gauges.lost.store(true, Ordering::Release);
    // Something was heard in between, so that it is tried once more.
    let third = rig.opened();
    third.gauges.lost.store(true, Ordering::Release);
    let Answer::Failed { kind, .. } = rig.last_word() else { panic!("not failed") };
    assert_eq!(kind, FaultKind::DeviceLost);
    third.until_dropped();
    assert_eq!(rig.engine.join().expect("no panic"), End::Failed);
}

#[test]
fn a_device_that_refuses_is_told_and_ends_it() {
    let rig = Rig::bare();
    rig.refuses.store(true, Ordering::Release);
    rig.ask(Request::Format(Format::mono(RATE)));
    let said = "no card".to_owned();
    assert_eq!(rig.answer(), Answer::Failed { kind: FaultKind::NoDevice, said });
    assert_eq!(rig.engine.join().expect("no panic"), End::Failed);
}

#[test]
fn wrong_requests_end_it() {
    let stereo = Format { channels: 2, ..Format::mono(RATE) };
    for (requests, kind) in [
        (vec![Request::Pause], FaultKind::Garbage),
        (vec![Request::Format(stereo)], FaultKind::Format),
        (vec![Request::Format(Format::mono(1))], FaultKind::Format),
        (vec![Request::Format(Format::mono(RATE)); 2], FaultKind::Format),
    ] {
        let rig = Rig::bare();
        for request in &requests {
            rig.ask(request.clone());
        }
        loop {
            match rig.last_word() {
                Answer::Failed { kind: told, .. } => break assert_eq!(told, kind, "{requests:?}"),
                answer => assert!(matches!(answer, Answer::Opened { .. }), "{answer:?}"),
            }
        }
    }
    let mut rig = Rig::new();
    rig.ask(Request::Pause);
    (0..61).for_each(|_| rig.samples(RATE as usize));
    let Answer::Failed { kind, said } = rig.last_word() else { panic!("not failed") };
    assert_eq!((kind, said.as_str()), (FaultKind::Garbage, "a flood of samples"));
}
