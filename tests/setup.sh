#!/bin/sh
# Finds or installs what building and testing need, saying what it does before it does it, and
# then does what it was asked for:
#
#   sh tests/setup.sh demo [ARG..]     build lian and open it on the embedded simulator
#   sh tests/setup.sh cargo ARG..      run cargo
#   . tests/setup.sh                   only define the functions (tests/all.sh)
#
# It may be run any number of times; what is there is left alone.
set -u

# What a feature or a test needs of the system. One line each:
#   name | what it is | Debian, Ubuntu | Fedora | Arch | Alpine | Homebrew
# "-" means that there is no package; say_missing tells what to do then.
system_packages() {
    cat <<'TABLE'
cc|a C compiler (for SQLite and ring)|gcc libc6-dev|gcc glibc-devel|gcc|gcc musl-dev|-
sound|ALSA's headers (for lian-player)|libasound2-dev pkg-config|alsa-lib-devel pkgconf-pkg-config|alsa-lib pkgconf|alsa-lib-dev pkgconf|-
server|PulseAudio (to hear what lian-player plays)|pulseaudio pulseaudio-utils libasound2-plugins|pulseaudio pulseaudio-utils alsa-plugins-pulseaudio|pulseaudio alsa-plugins|pulseaudio pulseaudio-utils alsa-plugins-pulse|-
python|Python 3 with venv (for the SDK tests)|python3 python3-venv|python3|python|python3|python3
ffmpeg|ffmpeg (to test the simulator's films)|ffmpeg|ffmpeg-free|ffmpeg|ffmpeg|ffmpeg
TABLE
}

# Whether the thing of that name in the table is there.
present() {
    case $1 in
        cc) compiles ;;
        sound) [ "$(uname -s)" != Linux ] || pkg-config --exists alsa 2>/dev/null ;;
        server) { pulseaudio --version && parec --version; } >/dev/null 2>&1 && has_pulse_plugin ;;
        python) python3 -c 'import ensurepip, venv' >/dev/null 2>&1 ;;
        ffmpeg) ffmpeg -version >/dev/null 2>&1 && ffprobe -version >/dev/null 2>&1 ;;
        *) return 1 ;;
    esac
}

# A compiler without the C library's headers is of no use, so a program is really made.
compiles() {
    # On a Mac without its command line tools, cc is a stub that opens a dialog.
    if [ "$(uname -s)" = Darwin ] && ! xcode-select -p >/dev/null 2>&1; then
        return 1
    fi
    command -v cc >/dev/null 2>&1 || return 1
    made=${TMPDIR:-/tmp}/lian-cc.$$
    printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' \
        | cc -x c -o "$made" - >/dev/null 2>&1
    made_it=$?
    rm -f "$made"
    return $made_it
}

# The way from ALSA to PulseAudio.
has_pulse_plugin() {
    for plugin in /usr/lib/alsa-lib /usr/lib64/alsa-lib /usr/lib/*/alsa-lib; do
        [ ! -e "$plugin/libasound_module_pcm_pulse.so" ] || return 0
    done
    return 1
}

say() { printf '%s\n' "$*" >&2; }

manager() {
    for found in apt-get dnf pacman apk brew; do
        if command -v "$found" >/dev/null 2>&1; then
            echo "$found"
            return
        fi
    done
    echo none
}

# Prints the column of the table for this machine: what $1 is, or its packages.
description() { system_packages | awk -F '|' -v name="$1" '$1 == name { print $2 }'; }
packages() {
    case $(manager) in
        apt-get) column=3 ;;
        dnf) column=4 ;;
        pacman) column=5 ;;
        apk) column=6 ;;
        brew) column=7 ;;
        *) return 0 ;;
    esac
    system_packages | awk -F '|' -v name="$1" -v column="$column" \
        '$1 == name && $column != "-" { print $column }'
}

# How this user may install packages: "", "sudo" or "no".
rights() {
    if [ "$(manager)" = brew ] || [ "$(id -u)" -eq 0 ]; then
        echo ""
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        echo sudo
    else
        echo no
    fi
}

# The command that installs $*, as words.
install_command() {
    case $(manager) in
        apt-get) echo "apt-get install -y --no-install-recommends $*" ;;
        dnf) echo "dnf install -y $*" ;;
        pacman) echo "pacman -S --needed --noconfirm $*" ;;
        apk) echo "apk add $*" ;;
        brew) echo "brew install $*" ;;
    esac
}

say_missing() {
    say "lian needs $(description "$1"), and it is not here."
    wanted=$(packages "$1")
    if [ "$(uname -s)" = Darwin ] && [ "$1" = cc ]; then
        say "Install Apple's command line tools with: xcode-select --install"
    elif [ -n "$wanted" ]; then
        say "Install it as an administrator with: $(install_command "$wanted")"
    else
        say "Install it with this system's package manager, then run the same command again."
    fi
}

# Installs the packages $*, with "sudo" or nothing before the command.
install_packages() {
    line=$(install_command "$*")
    how=$(rights)
    if [ "$(manager)" = apt-get ]; then
        how="$how env DEBIAN_FRONTEND=noninteractive"
        # The package lists of a fresh Debian image are empty.
        for package in "$@"; do
            apt-cache show "$package" >/dev/null 2>&1 || refresh || return 1
        done
    fi
    # The words are meant to be split.
    # shellcheck disable=SC2086
    $how $line >&2
}

refresh() {
    say "Reading the package lists first, with apt-get update"
    # shellcheck disable=SC2046
    $(rights) apt-get update >&2
}

# Makes sure that $1 of the table is there. Fails, having said what to do, if it cannot.
need() {
    if present "$1"; then
        return 0
    fi
    wanted=$(packages "$1")
    how=$(rights)
    if [ -n "$wanted" ] && [ "$how" != no ]; then
        say "Missing: $(description "$1"). Installing with: ${how:+$how }$(install_command "$wanted")"
        # shellcheck disable=SC2086
        if install_packages $wanted && present "$1"; then
            return 0
        fi
    fi
    say_missing "$1"
    return 1
}

# $1 >= $2, as versions of three numbers.
at_least() {
    printf '%s %s\n' "$1" "$2" | awk '{
        split($1, have, "."); split($2, want, ".")
        for (i = 1; i <= 3; i++) {
            if (have[i] + 0 > want[i] + 0) exit 0
            if (have[i] + 0 < want[i] + 0) exit 1
        }
        exit 0
    }'
}

need_cargo() {
    if ! command -v cargo >/dev/null 2>&1 && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
        export PATH
    fi
    least=$(sed -n 's/^rust-version = "\([0-9.]*\)".*/\1/p' Cargo.toml)
    if ! command -v cargo >/dev/null 2>&1; then
        say "lian is built with Rust $least or newer, and there is no cargo here. Get it with:"
        say "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
        say "then open a new shell and run the same command again."
        return 1
    fi
    version=$(rustc --version 2>/dev/null | awk '{ print $2 }' | sed 's/-.*//')
    if [ -z "$version" ]; then
        say "cargo is here, but rustc does not run: $(rustc --version 2>&1 | head -n 1)"
        say "With rustup, choose a toolchain: rustup default stable"
        return 1
    fi
    if ! at_least "$version" "$least"; then
        say "lian is built with Rust $least or newer; this is $version ($(command -v rustc))."
        say "With rustup, update it: rustup update stable. Otherwise get rustup: https://rustup.rs"
        return 1
    fi
}

# What every build needs, and what the features need that are switched on here: they are then in
# $features. Without ALSA's headers everything but lian-player is built, and other programs play.
features=
need_build() {
    need_cargo && need cc || return 1
    if need sound; then
        features="--features audio"
    else
        say "Going on without lian-player: sound is played by other programs, or written to files."
    fi
}

case ${1-} in
    demo)
        shift
        need_build || exit 1
        # The dev profile is the quickest to a first frame, and the tests use what it built. The
        # player has to lie beside lian.
        # shellcheck disable=SC2086
        cargo build --locked $features --bins || exit 1
        # shellcheck disable=SC2086
        exec cargo run --locked $features -- --demo "$@" ;;
    cargo)
        shift
        need_build || exit 1
        case ${1-} in
            # What makes programs; the features come before arguments for them.
            build | install | run)
                does=$1
                shift
                # shellcheck disable=SC2086
                exec cargo "$does" $features "$@" ;;
        esac
        exec cargo "$@" ;;
esac
