//! One thing that is read aloud, as far as it has come: its pieces, what of them is sound, what was
//! handed on, what was heard. Pure: it refuses to ask for anything and to know where sound goes.

use std::ops::Range;
use std::time::Duration;

use rust_decimal::Decimal;

use super::cache::{LONGEST, Sound};
use super::fetch::{Bill, Got};
use crate::domain::audio::RATE;
use crate::domain::ids::SpeechId;
use crate::domain::money::Money;
use crate::domain::notice::Notice;
use crate::domain::speech::aloud::{Manner, SpeechNews};

/// Pieces beyond the one that is heard that are asked for.
const AHEAD: usize = 2;
/// Bytes that are handed on at once: 100 ms.
const PORTION: usize = RATE as usize / 10 * 2;

/// A piece of text and its sound.
#[derive(Debug, Default)]
struct Piece {
    text: String,
    sound: Bytes,
    /// Samples, as far as they are known; they stay known when the sound itself is not kept here.
    samples: u64,
    /// No more samples come.
    whole: bool,
    /// It can be had again without paying.
    kept: bool,
}

/// Samples that are arriving, or are shared with the cache.
#[derive(Debug, Default)]
enum Bytes {
    /// Not here: to be fetched.
    #[default]
    None,
    Arriving(Vec<u8>),
    Shared(Sound),
}

impl Bytes {
    fn get(&self, range: Range<usize>) -> Option<&[u8]> {
        match self {
            Self::None => None,
            Self::Arriving(bytes) => bytes.get(range),
            Self::Shared(bytes) => bytes.get(range),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Arriving(bytes) => bytes.len(),
            Self::Shared(bytes) => bytes.len(),
        }
    }
}

/// See the header.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, in all combinations")]
pub(super) struct Reading {
    pub(super) id: SpeechId,
    /// Who reads; `None` where the samples are given.
    pub(super) manner: Option<Manner>,
    pieces: Vec<Piece>,
    /// No more pieces come.
    finished: bool,
    /// What is handed on next: a piece, and the byte in it.
    next: (usize, usize),
    /// Where the sound that is heard now began, and the samples of each piece since then.
    began: usize,
    run: Vec<u64>,
    /// Samples of it that were heard.
    played: u64,
    /// The piece that is heard.
    heard: usize,
    told: Option<usize>,
    /// The sound has begun, or begun anew.
    pub(super) opened: bool,
    /// The end was handed on.
    pub(super) drained: bool,
    /// What ended it before its time.
    pub(super) failure: Option<Notice>,
    money: Option<Money>,
    estimated: bool,
    kept: usize,
}

impl Reading {
    pub(super) fn new(id: SpeechId, manner: Option<Manner>) -> Self {
        // What is given is one piece.
        let pieces = if manner.is_none() { vec![Piece::default()] } else { Vec::new() };
        Self {
            id,
            manner,
            pieces,
            finished: false,
            next: (0, 0),
            began: 0,
            run: Vec::new(),
            played: 0,
            heard: 0,
            told: None,
            opened: false,
            drained: false,
            failure: None,
            money: None,
            estimated: false,
            kept: 0,
        }
    }

    /// More to read.
    pub(super) fn say(&mut self, text: String) {
        if !self.finished && self.manner.is_some() {
            self.pieces.push(Piece { text, ..Piece::default() });
        }
    }

    /// More that was spoken. Answers whether there is room for it.
    pub(super) fn play(&mut self, samples: &[u8]) -> bool {
        if self.finished || self.manner.is_some() {
            return true;
        }
        let Some(piece) = self.pieces.first_mut() else { return true };
        if piece.sound.len() + samples.len() > LONGEST {
            return false;
        }
        piece.add(&samples[..samples.len() / 2 * 2]);
        true
    }

    /// No more follows.
    pub(super) fn finish(&mut self) {
        self.finished = true;
        if self.manner.is_none()
            && let Some(piece) = self.pieces.first_mut()
        {
            piece.whole = true;
        }
    }

    /// The piece that is to be asked for now, unless one is on its way: the next without sound, and
    /// none far beyond what is heard.
    pub(super) fn wanted(&self) -> Option<usize> {
        if self.failure.is_some() || self.manner.is_none() {
            return None;
        }
        let from = self.next.0;
        let missing = |piece: &Piece| !piece.whole || matches!(piece.sound, Bytes::None);
        let at = from + self.pieces.get(from..)?.iter().position(missing)?;
        (at <= self.heard + AHEAD).then_some(at)
    }

    /// The text of a piece.
    pub(super) fn text(&self, piece: usize) -> &str {
        self.pieces.get(piece).map_or("", |piece| &piece.text)
    }

    /// Asking for it begins: what came of an earlier try is not mixed with it.
    pub(super) fn asked(&mut self, piece: usize) {
        if let Some(piece) = self.pieces.get_mut(piece) {
            piece.sound = Bytes::None;
            piece.whole = false;
        }
    }

    /// What came of a piece. Answers whether that was its last word.
    pub(super) fn got(&mut self, piece: usize, got: Got) -> bool {
        let Some(piece) = self.pieces.get_mut(piece) else { return true };
        match got {
            Got::Samples(samples) => {
                piece.add(&samples);
                return false;
            }
            Got::Kept(sound) => {
                piece.samples = sound.len() as u64 / 2;
                (piece.whole, piece.kept) = (true, true);
                piece.sound = Bytes::Shared(sound);
                self.kept += 1;
            }
            Got::Whole(bill) => {
                (piece.whole, piece.kept) = (true, true);
                self.pay(bill);
            }
            Got::Failed(bill, notice) => {
                // What came is heard; nothing follows it.
                piece.whole = true;
                if matches!(piece.sound, Bytes::None) {
                    piece.sound = Bytes::Arriving(Vec::new());
                }
                self.failure.get_or_insert(*notice);
                self.pay(bill);
            }
        }
        true
    }

    /// Adds what was paid, for it or for what nobody waits for any more.
    pub(super) fn pay(&mut self, bill: Bill) {
        let Some(more) = bill.money else { return };
        self.estimated |= bill.estimated;
        let mut sum = self.money.unwrap_or(Money { amount: Decimal::ZERO, ..more });
        sum.amount = sum.amount.saturating_add(more.amount);
        self.money = Some(sum);
    }

    pub(super) fn spent(&self) -> SpeechNews {
        SpeechNews::Spent { money: self.money, estimated: self.estimated, kept: self.kept }
    }

    /// The piece that ends what there is, where it failed.
    fn last(&self) -> usize {
        match &self.failure {
            Some(_) => {
                let gap = |piece: &Piece| !piece.whole || matches!(piece.sound, Bytes::None);
                let from = self.next.0;
                let rest = self.pieces.get(from..).unwrap_or_default();
                from + rest.iter().position(gap).unwrap_or(rest.len())
            }
            None => self.pieces.len(),
        }
    }

    /// What is to be handed on next.
    pub(super) fn portion(&self) -> Option<Vec<u8>> {
        let (piece, from) = self.next;
        let bytes = &self.pieces.get(piece)?.sound;
        let to = bytes.len().min(from + PORTION);
        bytes.get(from..to).filter(|portion| !portion.is_empty()).map(<[u8]>::to_vec)
    }

    /// So many bytes of it were handed on.
    pub(super) fn handed(&mut self, bytes: usize) {
        let piece = self.next.0;
        self.run.resize(piece + 1 - self.began, 0);
        if let Some(samples) = self.run.last_mut() {
            *samples += bytes as u64 / 2;
        }
        self.next.1 += bytes;
        self.step();
    }

    /// Goes to the next piece where this one was handed on to its end.
    pub(super) fn step(&mut self) {
        while let Some(piece) = self.pieces.get_mut(self.next.0) {
            let here = !matches!(piece.sound, Bytes::None);
            if !piece.whole || !here || self.next.1 < piece.sound.len() {
                return;
            }
            if piece.kept && self.manner.is_some() {
                // It is in the cache, should anybody go back.
                piece.sound = Bytes::None;
            }
            self.next = (self.next.0 + 1, 0);
        }
    }

    /// Everything there is was handed on, and nothing follows.
    pub(super) fn is_all(&self) -> bool {
        (self.finished || self.failure.is_some()) && self.next.0 >= self.last()
    }

    /// So many samples were heard since the sound began. Tells what is new.
    pub(super) fn heard(&mut self, played: u64) -> Vec<SpeechNews> {
        self.played = played;
        let mut news = Vec::new();
        let mut end = 0;
        let here = self.run.iter().position(|samples| {
            end += samples;
            played < end
        });
        let last = self.run.len().saturating_sub(1);
        self.heard = self.began + here.unwrap_or(last);
        if self.manner.is_some() && self.told != Some(self.heard) && !self.run.is_empty() {
            self.told = Some(self.heard);
            news.push(SpeechNews::Sentence(self.heard));
        }
        news.push(self.position());
        news
    }

    fn position(&self) -> SpeechNews {
        let samples = |pieces: &[Piece]| pieces.iter().map(|piece| piece.samples).sum::<u64>();
        let before = samples(&self.pieces[..self.began.min(self.pieces.len())]);
        let known = samples(&self.pieces);
        SpeechNews::Position {
            played: duration((before + self.played).min(known)),
            known: duration(known),
        }
    }

    /// On from the beginning of a piece, in a sound that begins anew.
    pub(super) fn jump(&mut self, piece: usize) {
        let piece = piece.min(self.pieces.len());
        self.next = (piece, 0);
        (self.began, self.heard, self.played) = (piece, piece, 0);
        self.run.clear();
        (self.told, self.opened, self.drained) = (None, false, false);
        // A piece that is whole and here, or nothing in it, is passed over when its turn comes.
        self.step();
    }
}

impl Piece {
    fn add(&mut self, samples: &[u8]) {
        match &mut self.sound {
            Bytes::Arriving(bytes) => bytes.extend_from_slice(samples),
            Bytes::None | Bytes::Shared(_) => self.sound = Bytes::Arriving(samples.to_vec()),
        }
        self.samples = self.sound.len() as u64 / 2;
    }
}

/// So many samples in time.
fn duration(samples: u64) -> Duration {
    Duration::from_micros(samples.saturating_mul(1_000_000) / u64::from(RATE))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::models::ModelId;
    use crate::domain::notice::NoticeKind;

    fn manner() -> Manner {
        Manner { model: ModelId::new("m"), voice: "v".into(), language: None, instructions: None }
    }

    fn reading(pieces: usize) -> Reading {
        let mut reading = Reading::new(SpeechId(1), Some(manner()));
        (0..pieces).for_each(|n| reading.say(format!("piece {n}")));
        reading
    }

    /// A sound of so many samples, all of one number.
    fn sound(number: u8, samples: usize) -> Vec<u8> {
        vec![number; samples * 2]
    }

    fn whole(reading: &mut Reading, piece: usize, samples: usize) {
        reading.asked(piece);
        assert!(!reading.got(piece, Got::Samples(sound(piece as u8, samples))));
        assert!(reading.got(piece, Got::Whole(Bill::default())));
        reading.step();
    }

    /// Hands on all there is.
    fn hand_on(reading: &mut Reading) -> Vec<u8> {
        let mut all = Vec::new();
        while let Some(portion) = reading.portion() {
            reading.handed(portion.len());
            all.extend(portion);
        }
        all
    }

    #[test]
    fn pieces_are_asked_for_in_order_and_never_far_ahead() {
        let mut reading = reading(6);
        for piece in 0..3 {
            assert_eq!(reading.wanted(), Some(piece));
            whole(&mut reading, piece, 24_000);
            hand_on(&mut reading);
        }
        assert_eq!(reading.wanted(), None, "the first is not heard yet");
        reading.heard(24_000);
        assert_eq!(reading.wanted(), Some(3), "the second is heard");
        whole(&mut reading, 3, 24_000);
        assert_eq!(reading.wanted(), None);
        reading.failure = Some(Notice::new(NoticeKind::Cut));
        reading.heard(72_000);
        assert_eq!(reading.wanted(), None, "after a failure nothing is asked for");
    }

    #[test]
    fn what_is_handed_on_is_gapless_and_in_order_however_it_arrives() {
        let mut reading = reading(2);
        reading.finish();
        reading.asked(0);
        let mut all = Vec::new();
        for samples in [1_000, 5_000, 1] {
            reading.got(0, Got::Samples(sound(1, samples)));
            all.extend(hand_on(&mut reading));
        }
        assert!(!reading.is_all());
        reading.got(0, Got::Whole(Bill::default()));
        reading.step();
        reading.got(1, Got::Kept(Arc::new(sound(2, 3_000))));
        all.extend(hand_on(&mut reading));
        assert_eq!(all, [sound(1, 6_001), sound(2, 3_000)].concat());
        assert!(reading.is_all());
    }

    #[test]
    fn what_is_heard_names_its_sentence_and_how_far_it_is() {
        let mut reading = reading(3);
        whole(&mut reading, 0, 2_400);
        whole(&mut reading, 1, 4_800);
        hand_on(&mut reading);
        let at = |played, known| SpeechNews::Position {
            played: Duration::from_millis(played),
            known: Duration::from_millis(known),
        };
        assert_eq!(reading.heard(1_200), [SpeechNews::Sentence(0), at(50, 300)]);
        assert_eq!(reading.heard(2_399), [at(99, 300)].map(|_| reading.position()));
        assert_eq!(reading.heard(2_400), [SpeechNews::Sentence(1), at(100, 300)]);
        assert_eq!(reading.heard(7_200), [at(300, 300)], "it has run dry in the second");
        // Back, and on beyond what is known.
        reading.jump(1);
        assert_eq!(reading.wanted(), Some(1), "it is fetched from where it is kept");
        reading.got(1, Got::Kept(Arc::new(sound(1, 4_800))));
        assert_eq!(hand_on(&mut reading), sound(1, 4_800));
        assert_eq!(reading.heard(2_400), [SpeechNews::Sentence(1), at(200, 300)]);
        reading.finish();
        reading.jump(9);
        assert!(reading.is_all() && reading.wanted().is_none());
    }

    #[test]
    fn a_failure_lets_what_came_be_heard_and_is_the_end() {
        let mut reading = reading(3);
        whole(&mut reading, 0, 100);
        reading.asked(1);
        reading.got(1, Got::Samples(sound(1, 50)));
        reading.got(1, Got::Failed(Bill::default(), Box::new(Notice::new(NoticeKind::Cut))));
        reading.step();
        assert_eq!(hand_on(&mut reading).len(), 300);
        assert!(reading.is_all() && reading.wanted().is_none());
        // The first failure is the one that is told.
        let later = Notice::new(NoticeKind::Garbled);
        reading.got(2, Got::Failed(Bill::default(), Box::new(later)));
        assert_eq!(reading.failure, Some(Notice::new(NoticeKind::Cut)));
    }

    #[test]
    fn what_was_spoken_already_is_one_piece() {
        let mut reading = Reading::new(SpeechId(1), None);
        assert!(reading.play(&sound(1, 100)) && reading.play(&[1, 2, 3]));
        assert_eq!(hand_on(&mut reading).len(), 202);
        assert!(!reading.is_all() && reading.wanted().is_none());
        reading.finish();
        reading.step();
        assert!(reading.is_all());
        reading.jump(0);
        assert_eq!(hand_on(&mut reading).len(), 202, "it is still here");
        let mut full = Reading::new(SpeechId(1), None);
        assert!(full.play(&vec![0; LONGEST]) && !full.play(&[0, 0]));
    }

    #[test]
    fn what_is_paid_is_added_up() {
        let mut reading = reading(1);
        let money = |text: &str| Money {
            amount: text.parse().unwrap(),
            currency: crate::domain::money::Currency::Cny,
        };
        assert_eq!(reading.spent(), SpeechNews::Spent { money: None, estimated: false, kept: 0 });
        reading.pay(Bill { money: Some(money("0.01")), estimated: false });
        reading.pay(Bill::default());
        reading.pay(Bill { money: Some(money("0.02")), estimated: true });
        reading.got(0, Got::Kept(Arc::new(sound(1, 1))));
        let spent = SpeechNews::Spent { money: Some(money("0.03")), estimated: true, kept: 1 };
        assert_eq!(reading.spent(), spent);
    }
}
