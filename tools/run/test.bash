# The tests: suites one after the other, and one closing line over all of them.

TESTING=false
PASSED=0 FAILED=0 SKIPPED=0
FAILED_SUITES=()
TEST_LIMIT=${TEST_LIMIT:-900}  # seconds that one test program or file may take
TESTED=dev                     # the build that is tested
REPORTS=                       # folder of a sanitizer's reports, where there is one
declare -A ONLY=()             # chosen suite → words its tests are chosen by, none for all

# test [NAME…]
verb_test() {
    TESTING=true
    rm -rf build/results
    mkdir -p build/results
    local name suite
    for name in "$@"; do choose "$name"; done
    if (($# == 0)); then
        for suite in $(suites); do ONLY[$suite]=; done
    fi
    prepare_suites
    export KEEPWORD_SOURCE=$PWD KEEPWORD_BIN=$PWD/build/$TESTED/keepword
    for suite in $(suites); do
        if wants "$suite"; then run_suite "$suite" 9>&-; fi
    done
    if [[ -n $REPORTS && -n $(ls "$REPORTS") ]]; then
        say "The sanitizer has something to say: $REPORTS/"
        ((++FAILED))
    fi
    if ((FAILED > 0)); then exit 1; fi
}

# All suites in their order: quick ones first, and last the one that looks at what the others ran.
suites() {
    local folder name others=
    for folder in tests/*/; do
        name=$(basename "$folder")
        if [[ ! $name =~ ^(tidy|scenarios|browser|clauses|node_modules)$ && -n $(test_files "$name") ]]; then
            others+=" $name"
        fi
    done
    echo "unit web tidy$others scenarios postgresql browser clauses"
}

rooms() { sed -n 's/^\([a-z][a-z/_]*\):.*/\1/p' server/layers.txt; }

# choose NAME: a room of the server, a suite, or SUITE/WORD for those of its files with that word in the name.
choose() {
    local name=$1 suite=${1%%/*}
    if rooms | grep -qx "$name" && [[ $name == */* || ! " $(suites) " == *" $name "* ]]; then
        ONLY[unit]+=" $name"
    elif [[ " $(suites) " == *" $suite "* ]]; then
        if [[ $name == */* ]]; then ONLY[$suite]+=" ${name#*/}"; else ONLY[$suite]=; fi
    else
        fail "There is no test suite or room \"$name\". Suites: $(suites). Rooms: $(rooms | tr '\n' ' ')"
    fi
}

# wants SUITE…: whether one of these was chosen.
wants() {
    local suite
    for suite; do
        if [[ -v ONLY[$suite] ]]; then return 0; fi
    done
    return 1
}

# Installs and builds what the chosen suites need, and no more.
prepare_suites() {
    local word targets=()
    if wants unit feel scenarios postgresql browser webkit; then install_debian build test; fi
    install_node
    if wants web scenarios postgresql browser webkit; then install_npm web; fi
    if [[ ${!ONLY[*]} != tidy ]]; then install_npm tests; fi
    if wants browser webkit; then build_web; fi
    if wants scenarios postgresql browser webkit; then
        build_server "$TESTED"
    elif wants unit; then
        for word in ${ONLY[unit]}; do targets+=("${word//\//_}_test"); done
        build_server "$TESTED" "${targets[@]}"
    fi
    if wants feel; then build_server "$TESTED" feel_lines; fi
}

# The test files of a folder of tests/, only those with one of the words in their name where words are given.
test_files() {
    local suite=$1 pattern
    shift
    pattern=$(IFS='|'; echo "$*")
    find "tests/$suite" -name node_modules -prune -o -name '*.test.mjs' -print 2>/dev/null | LC_ALL=C sort |
        { grep -E "tests/$suite/.*($pattern)" || true; }
}

run_suite() {
    local suite=$1 began=$SECONDS words
    read -r -a words <<<"${ONLY[$suite]}"
    STEP="Tests: $suite"
    STEP_BEGAN=$SECONDS
    case $suite in
        unit) run_unit "${words[@]}" ;;
        web) run_web "${words[@]}" ;;
        browser) run_browser "${words[@]}" ;;
        # The same scenarios with their centres on the other database.
        postgresql) KEEPWORD_DATABASE=postgresql run_node postgresql scenarios "${words[@]}" ;;
        *) run_node "$suite" "$suite" "${words[@]}" ;;
    esac
    STEP=
    say "  done in $(took "$began")"
}

# not_there SUITE WHERE: a suite that is still to come is no failure.
not_there() { say "→ Tests: $1: skipped, $2 is not there yet"; }

run_unit() {
    local status=0 pattern
    pattern=$(IFS='|'; echo "${*//\//_}")
    say "→ Tests: unit${pattern:+ ($pattern)}"
    GTEST_OUTPUT=xml:$PWD/build/results/unit/ ctest --test-dir "build/$TESTED" -j 2 --output-on-failure --no-tests=error \
        --timeout "$TEST_LIMIT" --output-junit "$PWD/build/results/unit.xml" -R "^(${pattern:-.*})\$" || status=$?
    tally unit "$status" gtest build/results/unit.xml build/results/unit
}

run_web() {
    local status=0
    if [[ -z $(find web/src -name '*.test.ts' 2>/dev/null) ]]; then not_there web "a test in web/src/" && return; fi
    say "→ Tests: web"
    (cd web && ./node_modules/.bin/vitest run --reporter=default --reporter=json \
        --outputFile.json="$PWD/../build/results/web.json" "$@") || status=$?
    tally web "$status" vitest build/results/web.json
}

run_browser() {
    local status=0
    if [[ ! -d tests/browser ]]; then not_there browser tests/browser/ && return; fi
    say "→ Tests: browser"
    (cd tests && PLAYWRIGHT_JSON_OUTPUT_NAME=$PWD/../build/results/browser.json \
        ./node_modules/.bin/playwright test -c browser --reporter=list,json "$@") || status=$?
    tally browser "$status" playwright build/results/browser.json
}

# run_node SUITE FOLDER [WORD…]: a folder of tests/ by Node's own runner, two files at a time.
run_node() {
    local suite=$1 status=0 files
    shift
    mapfile -t files < <(test_files "$@")
    if ((${#files[@]} == 0)); then not_there "$suite" "tests/$1/ (or such a file in it)" && return; fi
    say "→ Tests: $suite"
    node --test --test-concurrency=2 --test-timeout=$((TEST_LIMIT * 1000)) \
        --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=junit --test-reporter-destination="build/results/$suite.xml" "${files[@]}" || status=$?
    tally "$suite" "$status" node "build/results/$suite.xml"
}

# tally SUITE STATUS FORMAT PATH…: adds a suite's counts. A runner that failed without a failed test, or ran no test at
# all, counts as one failure.
tally() {
    local suite=$1 status=$2 passed=0 failed=0 skipped=0
    read -r passed failed skipped < <(node tools/run/results.mjs build/results/passed.txt "${@:3}") || true
    if ((status != 0 && failed == 0)); then
        say "  The runner of $suite failed (status $status) with no failed test: see above."
        failed=1
    elif ((passed + failed + skipped == 0)); then
        say "  The suite $suite ran no test."
        failed=1
    fi
    ((PASSED += passed, FAILED += failed, SKIPPED += skipped)) || true
    if ((failed > 0)); then FAILED_SUITES+=("$suite"); fi
    say "  $suite: $passed passed, $failed failed, $skipped skipped"
}

# The last line of every test run, also of one that was broken off: what failed then is the run itself.
close_tests() {
    $TESTING || return 0
    if (($1 != 0 && FAILED == 0)); then FAILED=1; fi
    ((${#FAILED_SUITES[@]} == 0)) || say "Failed: ${FAILED_SUITES[*]}"
    say "Everything took $(took "$TOTAL_BEGAN")."
    say "$PASSED passed, $FAILED failed, $SKIPPED skipped"
}

# soak [NAME…]: the same tests, which take their long shares by SOAK=1.
verb_soak() {
    export SOAK=1
    TEST_LIMIT=14400
    verb_test "$@"
}

# sanitize asan|tsan [NAME…]: what runs our C++ (or only those suites), built with a sanitizer. Its first report ends the
# program, and every report is kept, so that none is lost with a process nobody looked at.
verb_sanitize() {
    local preset=${1-}
    [[ $preset =~ ^(asan|tsan)$ ]] || fail "./run sanitize asan|tsan [NAME…]"
    shift
    TESTED=$preset
    TEST_LIMIT=3600
    REPORTS=$PWD/build/$preset/reports
    rm -rf "$REPORTS"
    mkdir -p "$REPORTS"
    export KEEPWORD_SANITIZED=$preset
    export ASAN_OPTIONS=log_path=$REPORTS/asan:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1
    export UBSAN_OPTIONS=log_path=$REPORTS/ubsan:print_stacktrace=1
    export TSAN_OPTIONS=log_path=$REPORTS/tsan:halt_on_error=1:second_deadlock_stack=1:history_size=4:suppressions=$PWD/tools/run/tsan.supp
    export G_SLICE=always-malloc  # GLib's own pools hand memory between threads unseen by the sanitizer
    if (($# == 0)); then set -- unit scenarios postgresql; fi
    verb_test "$@"
}
