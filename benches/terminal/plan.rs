//! What is measured and how long: rows by name, sizes for a full run and for a quick one. It
//! refuses to measure.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;

/// A thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    /// From exec to the prompt.
    Start,
    /// Memory at the prompt, keys without an answer, then nothing at all.
    Idle,
    /// An answer at 100 tokens a second.
    Slow,
    /// One at 1,000.
    Fast,
    /// A long one at 1,000, quarter by quarter.
    Long,
    /// Keys while an answer streams.
    Echo,
    /// As fast as possible, then paging through it.
    Burst,
}

impl Row {
    const ALL: [(&str, Self); 7] = [
        ("start", Self::Start),
        ("idle", Self::Idle),
        ("100", Self::Slow),
        ("1000", Self::Fast),
        ("long", Self::Long),
        ("echo", Self::Echo),
        ("burst", Self::Burst),
    ];
}

/// Sizes of everything.
#[derive(Debug)]
pub(crate) struct Plan {
    rows: Vec<Row>,
    /// Programs to measure.
    pub(crate) subjects: Vec<Subject>,
    /// Starts; the first is not counted.
    pub(crate) starts: usize,
    /// How long nothing happens.
    pub(crate) idle: Duration,
    /// Tokens at 100 a second.
    pub(crate) slow: u32,
    /// Tokens at 1,000 a second.
    pub(crate) fast: u32,
    /// Tokens of the long answer and of the burst.
    pub(crate) long: u32,
    /// Keys typed.
    pub(crate) keys: usize,
    /// Pages turned.
    pub(crate) pages: u32,
    /// Another build to measure instead of this one.
    pub(crate) program: Option<PathBuf>,
    /// Where to keep what streamed to the terminal.
    pub(crate) save: Option<PathBuf>,
}

/// A program that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Wraps and prints, nothing else.
    Floor,
    /// The program, with code in colours or without.
    Lian {
        /// Code in colours.
        colours: bool,
    },
}

impl Subject {
    const ALL: [(&str, Self); 3] = [
        ("plain", Self::Lian { colours: false }),
        ("coloured", Self::Lian { colours: true }),
        ("floor", Self::Floor),
    ];

    /// As it is named in the arguments.
    pub(crate) fn short(self) -> &'static str {
        Self::ALL.iter().find(|(_, subject)| *subject == self).map_or("", |(name, _)| name)
    }

    /// As the table calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Lian { colours: false } => "lian, plain code",
            Self::Lian { colours: true } => "lian, coloured",
        }
    }
}

impl Plan {
    /// Reads the arguments; `--bench` is cargo's.
    pub(crate) fn from_args(mut args: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let (mut rows, mut subjects, mut quick) = (Vec::new(), Vec::new(), false);
        let (mut program, mut save) = (None, None);
        while let Some(arg) = args.next() {
            let row = Row::ALL.iter().find(|(name, _)| *name == arg);
            let subject = Subject::ALL.iter().find(|(name, _)| *name == arg);
            match (arg.as_str(), row, subject) {
                ("--bench", ..) => {}
                ("--quick", ..) => quick = true,
                ("--program", ..) => program = args.next().map(PathBuf::from),
                ("--save", ..) => save = args.next().map(PathBuf::from),
                (_, Some((_, row)), _) => rows.push(*row),
                (_, _, Some((_, subject))) => subjects.push(*subject),
                _ => bail!("{arg}: expected --quick, --program FILE, --save DIR, {}", choices()),
            }
        }
        if rows.is_empty() {
            rows.extend(Row::ALL.iter().map(|(_, row)| *row));
        }
        if subjects.is_empty() {
            subjects.extend(Subject::ALL.iter().map(|(_, subject)| *subject));
        }
        let pick = |full, short| if quick { short } else { full };
        Ok(Self {
            rows,
            subjects,
            starts: if quick { 6 } else { 21 },
            idle: Duration::from_secs(if quick { 4 } else { 20 }),
            slow: pick(2_000, 300),
            fast: 2_000,
            long: pick(20_000, 4_000),
            keys: if quick { 60 } else { 400 },
            pages: 50,
            program,
            save,
        })
    }

    pub(crate) fn wants(&self, row: Row) -> bool {
        self.rows.contains(&row)
    }
}

fn choices() -> String {
    let rows = Row::ALL.iter().map(|(name, _)| *name);
    let names: Vec<_> = rows.chain(Subject::ALL.iter().map(|(name, _)| *name)).collect();
    names.join(", ")
}
