//! What the meters read: which requests changed, and the sums of each day, kept up to date by the
//! database itself with every change of the ledger, whoever makes it. It refuses to be written by
//! anybody else.

/// It was answered, or may have been.
macro_rules! paid {
    ($row:literal) => {
        concat!("(", $row, "outcome IS NULL OR ", $row, "outcome NOT IN ('refused', 'unsent'))")
    };
}

/// What a row of the ledger, here named by a prefix, adds to one column of its day. No count of one
/// request is taken for more than a trillion, so that no sum runs over.
macro_rules! share {
    ($row:literal, "requests") => {
        paid!($row)
    };
    ($row:literal, "failed") => {
        concat!("(NOT ", paid!($row), ")")
    };
    ($row:literal, "unpriced") => {
        concat!("(", paid!($row), " AND ", $row, "reserved IS NULL AND ", $row, "cost IS NULL)")
    };
    ($row:literal, "estimated") => {
        concat!("(", paid!($row), " AND (", $row, "state = 'open' OR ", $row, "estimated != 0))")
    };
    ($row:literal, "counts") => {
        concat!($row, "counts")
    };
    ($row:literal, "saved") => {
        concat!("coalesce(", $row, "saved, 0)")
    };
    ($row:literal, $column:literal) => {
        concat!("iif(", paid!($row), ", min(coalesce(", $row, $column, ", 0), 1000000000000), 0)")
    };
}

/// All of them, in the order of the columns.
macro_rules! shares {
    ($row:literal) => {
        concat!(
            share!($row, "requests"),
            ", ",
            share!($row, "failed"),
            ", ",
            share!($row, "unpriced"),
            ", ",
            share!($row, "estimated"),
            ", ",
            share!($row, "counts"),
            ", ",
            share!($row, "saved"),
            ", ",
            share!($row, "input"),
            ", ",
            share!($row, "output"),
            ", ",
            share!($row, "cached"),
            ", ",
            share!($row, "reasoning"),
            ", ",
            share!($row, "characters"),
            ", ",
            share!($row, "duration_ms"),
            ", ",
            share!($row, "pieces"),
        )
    };
}

/// Takes what a row was out of a column.
macro_rules! less {
    ($column:tt) => {
        concat!($column, " = ", $column, " - ", share!("OLD.", $column))
    };
}

/// What belongs together: a day of the service, counted from 1970, and whatever must not be added.
macro_rules! key {
    ($row:literal) => {
        concat!(
            "(",
            $row,
            "at_ms + 28800000) / 86400000, ",
            $row,
            "profile, ",
            $row,
            "model, coalesce(",
            $row,
            "currency, ''), coalesce(",
            $row,
            "price_source, ''), coalesce(",
            $row,
            "price_as_of, '')",
        )
    };
}

/// Adds to a day what is in `excluded`.
macro_rules! adding {
    () => {
        "ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, failed = failed + excluded.failed,
    unpriced = unpriced + excluded.unpriced, estimated = estimated + excluded.estimated,
    counts = CAST(min(counts + excluded.counts, 9e18) AS INTEGER),
    saved = CAST(min(saved + excluded.saved, 9e18) AS INTEGER),
    input = input + excluded.input, output = output + excluded.output,
    cached = cached + excluded.cached, reasoning = reasoning + excluded.reasoning,
    characters = characters + excluded.characters,
    duration_ms = duration_ms + excluded.duration_ms, pieces = pieces + excluded.pieces"
    };
}

/// The step that makes them: `revision` grows with every change to any request, `letters` are the
/// characters of a question, `saved` is what the context cache saved, in parts as all amounts.
/// `learned` holds limits that refusals taught, `kept` answers of the service that are good for a
/// while.
pub(super) const METERS: &str = concat!(
    "
ALTER TABLE ledger ADD COLUMN letters INTEGER;
ALTER TABLE ledger ADD COLUMN saved INTEGER;
ALTER TABLE ledger ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ledger_by_revision ON ledger (revision);
CREATE INDEX ledger_by_model ON ledger (model, at_ms)
    WHERE spending = 'chat' AND outcome = 'done';
CREATE INDEX ledger_in_window ON ledger (profile, model, at_ms);
CREATE TABLE ledger_days (
    day INTEGER NOT NULL,
    profile TEXT NOT NULL,
    model TEXT NOT NULL,
    currency TEXT NOT NULL,
    price_source TEXT NOT NULL,
    price_as_of TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    counts INTEGER NOT NULL,
    saved INTEGER NOT NULL,
    input INTEGER NOT NULL,
    output INTEGER NOT NULL,
    cached INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    PRIMARY KEY (day, profile, model, currency, price_source, price_as_of)
) STRICT, WITHOUT ROWID;
INSERT INTO ledger_days SELECT ",
    key!("ledger."),
    ", ",
    shares!("ledger."),
    " FROM ledger WHERE true ",
    adding!(),
    ";
CREATE TRIGGER ledger_entered AFTER INSERT ON ledger BEGIN
    INSERT INTO ledger_days VALUES (",
    key!("NEW."),
    ", ",
    shares!("NEW."),
    ") ",
    adding!(),
    ";
END;
CREATE TRIGGER ledger_changed AFTER UPDATE ON ledger BEGIN
    UPDATE ledger_days SET ",
    less!("requests"),
    ",
    ",
    less!("failed"),
    ",
    ",
    less!("unpriced"),
    ",
    ",
    less!("estimated"),
    ",
    ",
    less!("counts"),
    ",
    ",
    less!("saved"),
    ",
    ",
    less!("input"),
    ",
    ",
    less!("output"),
    ",
    ",
    less!("cached"),
    ",
    ",
    less!("reasoning"),
    ",
    ",
    less!("characters"),
    ",
    ",
    less!("duration_ms"),
    ",
    ",
    less!("pieces"),
    "
    WHERE (day, profile, model, currency, price_source, price_as_of) = (",
    key!("OLD."),
    ");
    INSERT INTO ledger_days VALUES (",
    key!("NEW."),
    ", ",
    shares!("NEW."),
    ") ",
    adding!(),
    ";
END;
CREATE TABLE learned (
    profile TEXT NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (profile, model, kind)
) STRICT;
CREATE TABLE kept (
    name TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    value TEXT NOT NULL
) STRICT;
",
);
