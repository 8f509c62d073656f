//! The protocol cut at every position, with noise, garbage and frames that are too large.

use proptest::prelude::*;

use super::*;

fn requests() -> Vec<Request> {
    vec![
        Request::Format(Format::mono(24_000)),
        Request::Samples((0..=255).collect()),
        Request::Samples(Vec::new()),
        Request::Pause,
        // A greeting among the samples is sound like any other.
        Request::Samples(GREETING.to_vec()),
        Request::Resume,
        Request::Stop,
        Request::Drain,
    ]
}

fn answers() -> Vec<Answer> {
    let mut answers = vec![
        Answer::Opened { rate: 48_000, channels: 2, device: "扬声器 (HDMI)".to_owned() },
        Answer::Opened { rate: u32::MAX, channels: u16::MAX, device: String::new() },
        Answer::Position(0),
        Answer::Position(u64::MAX),
        Answer::Underruns(3),
        Answer::Stopped(24_000),
        Answer::Drained(48_001),
    ];
    answers.extend(
        CODES.iter().map(|(_, kind)| Answer::Failed { kind: *kind, said: "why".to_owned() }),
    );
    answers
}

fn stream<T: Frame>(frames: &[T]) -> Vec<u8> {
    let mut bytes = GREETING.to_vec();
    bytes.extend(frames.iter().flat_map(Frame::to_bytes));
    bytes
}

/// What is found in `pieces`, and how it ended.
fn read<T: Frame>(pieces: &[&[u8]]) -> (Vec<T>, Result<(), Fault>) {
    let (mut decoder, mut found) = (Decoder::default(), Vec::new());
    for piece in pieces {
        if let Err(fault) = decoder.push(piece, &mut found) {
            return (found, Err(fault));
        }
    }
    (found, Ok(()))
}

fn cut_everywhere<T: Frame + PartialEq + std::fmt::Debug>(frames: &[T]) {
    let bytes = stream(frames);
    for at in 0..=bytes.len() {
        let (found, end) = read::<T>(&[&bytes[..at], &bytes[at..]]);
        assert_eq!((found.as_slice(), end), (frames, Ok(())), "cut at {at}");
        let (found, end) = read::<T>(&[&bytes[..at]]);
        assert_eq!(end, Ok(()), "ends at {at}");
        assert_eq!(found, frames[..found.len()], "ends at {at}");
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(read::<T>(&single).0, frames);
}

#[test]
fn frames_survive_any_cut() {
    cut_everywhere(&requests());
    cut_everywhere(&answers());
}

#[test]
fn words_of_a_login_shell_are_skipped_and_a_flood_of_them_is_not() {
    let frames = answers();
    for noise in [b"Welcome to Ubuntu\r\n\0lian\x02\r\n".to_vec(), vec![0; NOISE]] {
        let mut bytes = noise.clone();
        bytes.extend(stream(&frames));
        for cut in [1, noise.len() - 1, noise.len() + 3, bytes.len()] {
            let (found, end) = read::<Answer>(&[&bytes[..cut], &bytes[cut..]]);
            assert_eq!((found, end), (frames.clone(), Ok(())));
        }
    }
    let flood = vec![b'x'; 1024];
    let mut decoder = Decoder::<Answer>::default();
    let mut found = Vec::new();
    let pieces = NOISE / flood.len() + 2;
    let refused = (0..pieces).find(|_| decoder.push(&flood, &mut found).is_err());
    assert_eq!(refused, Some(NOISE / flood.len()));
    assert_eq!(decoder.push(&stream(&frames), &mut found), Err(Fault::NoGreeting), "for ever");
    assert!(found.is_empty());
}

#[test]
fn wrong_frames_are_named_and_those_before_them_are_found() {
    let frame = |kind: u8, payload: &[u8]| {
        let mut bytes = vec![kind];
        bytes.extend((payload.len() as u32).to_le_bytes());
        bytes.extend(payload);
        bytes
    };
    let huge = (LARGEST as u32 + 1).to_le_bytes();
    let mut too_large = vec![b'A'];
    too_large.extend(huge);
    for (bytes, fault) in [
        (frame(b'?', b""), Fault::UnknownKind(b'?')),
        (frame(b'p', &[0; 8]), Fault::UnknownKind(b'p')),
        (frame(b'A', b"odd"), Fault::Malformed(b'A')),
        (frame(b'F', b"short"), Fault::Malformed(b'F')),
        (frame(b'F', b"too long"), Fault::Malformed(b'F')),
        (frame(b'P', b"x"), Fault::Malformed(b'P')),
        // Refused by its head alone: nothing of that size is ever kept.
        (too_large, Fault::TooLarge(LARGEST + 1)),
    ] {
        let mut stream = stream(&[Request::Pause]);
        stream.extend(&bytes);
        for cut in 0..=stream.len() {
            let (found, end) = read::<Request>(&[&stream[..cut], &stream[cut..], b"PPPP"]);
            assert_eq!((found.as_slice(), end), (&[Request::Pause][..], Err(fault)), "cut {cut}");
        }
    }
    for bytes in [frame(b'o', b"12345"), frame(b'p', &[0; 7]), frame(b'f', b"")] {
        let mut stream = GREETING.to_vec();
        stream.extend(&bytes);
        assert_eq!(read::<Answer>(&[&stream]).1, Err(Fault::Malformed(bytes[0])));
    }
    let mut stream = GREETING.to_vec();
    stream.extend(frame(b'f', b"\xc8of tomorrow"));
    let failed = Answer::Failed { kind: FaultKind::Ended, said: "of tomorrow".to_owned() };
    assert_eq!(read::<Answer>(&[&stream]).0, [failed]);
}

#[test]
fn the_largest_frame_passes_and_long_words_are_cut_at_a_character() {
    let whole = Request::Samples(vec![7; LARGEST]);
    assert_eq!(read::<Request>(&[&stream(std::slice::from_ref(&whole))]).0, [whole]);
    let said = "声".repeat(WORDS);
    let (_, payload) = Answer::Failed { kind: FaultKind::NoDevice, said }.parts();
    let words = std::str::from_utf8(&payload[1..]).unwrap();
    assert!(words.len() <= WORDS && words.len() > WORDS - 3, "{}", words.len());
}

proptest! {
    #[test]
    fn no_bytes_are_feared(bytes in proptest::collection::vec(any::<u8>(), 0..4_000), greet: bool) {
        let mut stream = if greet { GREETING.to_vec() } else { Vec::new() };
        stream.extend(&bytes);
        let whole = read::<Request>(&[&stream]);
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        prop_assert_eq!(&whole, &read::<Request>(&single));
        let whole = read::<Answer>(&[&stream]);
        prop_assert_eq!(&whole, &read::<Answer>(&single));
    }

    #[test]
    fn any_pieces_give_the_same_frames(cuts in proptest::collection::vec(1_usize..40, 1..60)) {
        let bytes = stream(&requests());
        let (mut pieces, mut rest, mut cuts) = (Vec::new(), bytes.as_slice(), cuts.iter().cycle());
        while let (false, Some(cut)) = (rest.is_empty(), cuts.next()) {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        prop_assert_eq!(read::<Request>(&pieces), (requests(), Ok(())));
    }
}
