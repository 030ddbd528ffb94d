# Layout, static analysis, benchmarks.

# The files of the checkout that match, all or only changed ones (against the last commit, and new ones).
sources() {
    local which=$1
    shift
    if [[ $which == all ]]; then
        git ls-files --cached --others --exclude-standard -- "$@"
    else
        git diff --name-only --relative --diff-filter=d HEAD -- "$@"
        git ls-files --others --exclude-standard -- "$@"
    fi | LC_ALL=C sort -u | while IFS= read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done
}

# fmt [--all|--check]
verb_fmt() {
    local which=changed mode=(-i) write=--write files
    case ${1-} in
        --all) which=all ;;
        --check) which=all mode=(--dry-run -Werror) write=--check ;;
        '') ;;
        *) fail "./run fmt [--all|--check]" ;;
    esac
    install_debian checks
    mapfile -t files < <(sources "$which" 'server/*.cpp' 'server/*.hpp' 'fuzz/*.cpp' 'tests/*.cpp')
    HINT="./run fmt --all lays them out."
    if ((${#files[@]} > 0)); then step "Lay out ${#files[@]} C++ files" clang-format-19 "${mode[@]}" "${files[@]}"; fi
    mapfile -t files < <(sources "$which" 'web/*.ts' 'web/*.vue' 'web/*.css' 'web/*.mjs')
    if [[ -x web/node_modules/.bin/prettier && ${#files[@]} -gt 0 ]]; then
        install_node
        step "Lay out ${#files[@]} files of the web client" web/node_modules/.bin/prettier --log-level warn "$write" "${files[@]}"
    fi
    HINT=
}

# tidy [--all] [--deep]
verb_tidy() {
    local which=changed deep=() files word
    for word; do
        case $word in
            --all) which=all ;;
            --deep) deep=(--deep) ;;
            *) fail "./run tidy [--all] [--deep]" ;;
        esac
    done
    install_debian build test checks
    mapfile -t files < <(sources "$which" 'server/*.cpp')
    if ((${#files[@]} == 0)); then
        say "→ clang-tidy: no changed C++ file (--all reads all)"
        return
    fi
    # What the build generates must be there to be read: only the compile commands are needed of the server's own.
    build_server dev build.ninja
    HINT="Mend what it names; where it is wrong, // NOLINT(check-name): with the reason."
    install_node
    step "clang-tidy over ${#files[@]} files" node tools/run/tidy.mjs build/dev/compile_commands.json "$JOBS" "${deep[@]}" "${files[@]}"
}

# bench [--peers]: the program and its benchmarks as shipped (-O2), then every script of bench/; or only beside peers.
verb_bench() {
    local script
    [[ $# -eq 0 || ($# -eq 1 && $1 == --peers) ]] || fail "./run bench [--peers]"
    install_debian build test bench
    install_node
    install_npm web
    build_web
    build_server bench
    export KEEPWORD_SOURCE=$PWD KEEPWORD_BIN=$PWD/build/bench/keepword
    if [[ ${1-} == --peers ]]; then
        step "Beside peers" node bench/peers/peers.mjs
        return
    fi
    if [[ -x build/bench/keepword_bench ]]; then
        step "Small measurements" build/bench/keepword_bench
    fi
    for script in bench/*.sh bench/*.mjs; do
        case $script in
            *'*'*) ;;
            *.sh) step "Benchmark: $script" bash "$script" ;;
            *.mjs) step "Benchmark: $script" node "$script" ;;
        esac
    done
}
