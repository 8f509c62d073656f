#!/bin/sh
# Everything that is checked, in one go: `make test` here and in continuous integration.
# Each step runs even if one before it failed; the summary at the end says how each went. What this
# machine lacks is named there as SKIPPED, and with CI=true a skipped step is a failed one.
set -u
cd "$(dirname "$0")/.." || exit 1
set --
. tests/setup.sh

need_build || exit 1

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
summary=$target/test-summary.txt
skips=$target/test-skips.txt
output=$target/test-output.txt
: >"$summary"
: >"$skips"

# A Rust test that cannot run on this machine appends a line "name: reason" to this file.
LIAN_SKIPS=$(cd "$target" && pwd)/test-skips.txt
export LIAN_SKIPS

failed=0

# step NAME FUNCTION: runs it, shows and keeps its output, notes how it went and how long it took.
# A step that skips itself adds to $skips and returns 0.
step() {
    printf '\n=== %s\n' "$1"
    before=$(wc -l <"$skips")
    begun=$(date +%s)
    # Through a file, since a pipe has only the status of its last command.
    { "$2" 2>&1; echo $? >"$target/test-status.txt"; } | tee "$output"
    status=$(cat "$target/test-status.txt")
    seconds=$(($(date +%s) - begun))
    if [ "$status" -ne 0 ]; then
        word=FAILED
        failed=1
    elif [ "$(wc -l <"$skips")" -gt "$before" ] && [ "$1" != tests ]; then
        word=SKIPPED
    else
        word=ok
    fi
    printf '%-10s %-8s %5s s  %s\n' "$1" "$word" "$seconds" "$(count "$output")" >>"$summary"
}

# The number of tests in an output of cargo test or unittest, if it is one.
count() {
    awk '/^test result:/ { passed += $4; failed += $6; ignored += $8; seen = 1 }
         /^Ran [0-9]+ tests? in/ { passed += $2; seen = 1 }
         /^FAILED \((failures|errors)=/ {
             parts = split($0, number, /[^0-9]+/)
             for (i = 1; i <= parts; i++) { failed += number[i]; passed -= number[i] }
         }
         END { if (seen) printf "%d passed, %d failed, %d ignored", passed, failed, ignored }' "$1"
}

skip() {
    echo "$1: $2" >>"$skips"
    say "SKIPPED $1: $2"
}

formatting() { cargo fmt --check; }

# $features are words, or nothing.
# shellcheck disable=SC2086
lints() { cargo clippy --all-targets --locked $features -- -D warnings; }

# Without ffmpeg the test of films notes that it was left out. The tests of the player start a sound
# server of their own, and note themselves if there is none.
# shellcheck disable=SC2086
tests() {
    need ffmpeg || say "The simulator's films will not be tested."
    if [ "$(uname -s)" = Linux ]; then
        [ -n "$features" ] || skip player "lian-player cannot be built without ALSA's headers"
        need server || say "What lian-player plays will not be heard."
    fi
    cargo test --locked $features --no-fail-fast
}

# shellcheck disable=SC2086
docs() { RUSTDOCFLAGS='-D warnings' cargo doc --locked $features --no-deps --document-private-items; }

# The official openai package, unmodified, against the embedded simulator.
sdk() {
    if ! python=$(sdk_python); then
        skip sdk "no Python 3 into which the openai package can be installed"
        return 0
    fi
    # shellcheck disable=SC2086
    cargo build --locked $features || return 1
    LIAN="$target/debug/lian" PYTHONDONTWRITEBYTECODE=1 "$python" -m unittest discover -s tests/sdk
}

# Prints the Python of an environment that holds what tests/sdk/requirements.txt names; makes it
# if it is not there or was made for another list.
sdk_python() {
    home=$target/sdk-venv
    if cmp -s tests/sdk/requirements.txt "$home/made-for.txt" && "$home/bin/python" -c ''; then
        echo "$home/bin/python"
        return 0
    fi
    rm -rf "$home"
    if ! need python; then
        command -v python3 >/dev/null 2>&1 || return 1
        say "Trying virtualenv instead of venv."
    fi
    { python3 -m venv "$home" || python3 -m virtualenv "$home"; } >&2 || return 1
    "$home/bin/python" -m pip install --quiet -r tests/sdk/requirements.txt >&2 || return 1
    cp tests/sdk/requirements.txt "$home/made-for.txt"
    echo "$home/bin/python"
}

# Licences, banned crates and where crates come from. Known vulnerabilities are left out: they need
# a database from elsewhere, and would fail a commit for something that happened in the world.
deny() {
    if ! cargo deny --version >/dev/null 2>&1; then
        say "Missing: cargo-deny. Installing with: cargo install --locked cargo-deny@$DENY"
        if ! cargo install --locked "cargo-deny@$DENY"; then
            skip deny "cargo-deny $DENY could not be installed"
            return 0
        fi
    fi
    cargo deny --locked --log-level warn check --hide-inclusion-graph licenses bans sources
}
DENY=0.20.2

step format formatting
step lints lints
step tests tests
step docs docs
step sdk sdk
step deny deny

printf '\n=== summary\n'
cat "$summary"
if [ -s "$skips" ]; then
    printf '\n'
    sed 's/^/SKIPPED /' "$skips"
    if [ "${CI:-}" = true ]; then
        printf '\nNothing may be skipped where CI=true.\n'
        failed=1
    fi
fi
if [ "$failed" -ne 0 ]; then
    printf '\nFAILED\n'
elif [ -s "$skips" ]; then
    printf '\nok, but not everything was tested\n'
else
    printf '\nok\n'
fi
exit "$failed"
