# Steps that tell what they do and for how long, and stamps that let them be skipped.

STEP=                 # what is being done now, for the message when it fails
HINT=                 # what a person can do about it
TOTAL_BEGAN=$SECONDS

say() { printf '%s\n' "$*"; }

# Ends the run: what is wrong, and what to do about it.
fail() {
    STEP=
    printf '✗ %s\n' "$@" >&2
    exit 1
}

# Called once per run. Two runs at a time would write the same folders: the second one waits for the first.
begin() {
    trap on_exit EXIT
    trap 'exit 143' TERM
    trap 'exit 130' INT
    mkdir -p build/stamps
    exec 9>build/.lock
    if ! flock -n 9; then
        say "→ Another ./run is at work in this folder; waiting for it"
        flock 9
    fi
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    # What one checkout compiled serves another one, too: paths are taken relative to the checkout.
    export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
    export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 NPM_CONFIG_UPDATE_NOTIFIER=false
    say "Keepword: $1"
}

on_exit() {
    local status=$?
    if [[ $status -ne 0 && -n $STEP ]]; then
        printf '✗ %s: failed after %s\n' "$STEP" "$(took "$STEP_BEGAN")" >&2
        [[ -z $HINT ]] || printf '  %s\n' "$HINT" >&2
    fi
    close_tests "$status"
    exit "$status"
}

# "12 s" or "2 min 5 s" since a moment.
took() {
    local seconds=$((SECONDS - $1))
    if ((seconds < 60)); then printf '%d s' "$seconds"; else printf '%d min %d s' $((seconds / 60)) $((seconds % 60)); fi
}

# step TITLE COMMAND…: does it, with its time. The command fails the run (set -e holds inside: nothing is caught here).
step() {
    STEP=$1
    STEP_BEGAN=$SECONDS
    say "→ $STEP"
    "${@:2}" 9>&-  # nothing that is left running may hold the lock
    say "  done in $(took "$STEP_BEGAN")"
    STEP=
    HINT=
}

# fingerprint PATH…: one hash over the names and contents of files and folders, for stamps; missing ones count as such.
fingerprint() {
    { find "$@" -name node_modules -prune -o -path web/dist -prune -o -type f -print0 2>/dev/null || true; } |
        LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1
}

# stamped NAME HASH RESULT: whether that step was done with these inputs and its result is still there.
stamped() { [[ -e $3 && -f build/stamps/$1 && $(<"build/stamps/$1") == "$2" ]]; }
stamp() { printf '%s\n' "$2" >"build/stamps/$1"; }

# step_if_changed NAME HASH RESULT TITLE COMMAND…: a step that is done once per state of its inputs.
step_if_changed() {
    if stamped "$1" "$2" "$3"; then
        say "→ $4: unchanged"
        HINT=
        return
    fi
    rm -f "build/stamps/$1"
    step "${@:4}"
    stamp "$1" "$2"
}
