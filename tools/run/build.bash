# The web client, the server, and a demo centre served.

JOBS=${JOBS:-$(nproc)}

# build [PRESET]
verb_build() {
    local preset=${1:-dev}
    [[ $# -le 1 && $preset =~ ^(dev|release|bench|asan|tsan|fuzz)$ ]] || fail "./run build dev|release|bench|asan|tsan|fuzz"
    case $preset in
        release) install_debian build ;;
        fuzz) install_debian build checks ;;
        *) install_debian build test ;;
    esac
    install_node
    install_npm web
    build_web
    build_server "$preset"
}

# The client goes into the server's binary, so it is built first.
build_web() {
    if [[ ! -f web/package.json ]]; then
        say "→ Web client: not there yet"
        return
    fi
    HINT="The messages above name the file and line. In web/, npm run check repeats only the type check."
    step_if_changed web "$(node --version) $(fingerprint web)" web/dist/index.html \
        "Build the web client" npm run --prefix web --silent build
}

# build_server PRESET [TARGET…]; CMake is run anew only where its own files do not notice that it must.
build_server() {
    local preset=$1
    shift
    HINT="The messages above name the file and line. If the build folder itself is broken: rm -rf build/$preset"
    # Where everything is new anyway, whole rooms are compiled at once.
    local whole=OFF
    if [[ ${CI-} == true ]]; then whole=ON; fi
    step_if_changed "configure-$preset" "$PWD $whole $(fingerprint CMakePresets.json)" "build/$preset/build.ninja" \
        "Configure the server ($preset)" \
        cmake --preset "$preset" -DKEEPWORD_WHOLE_ROOMS=$whole -Wno-dev --log-level=WARNING
    HINT="The messages above name the file and line. If the build folder itself is broken: rm -rf build/$preset"
    step "Build the server ($preset)" ninja -C "build/$preset" -j "$JOBS" "$@"
}

# has_target PRESET NAME: whether the build knows such a program.
has_target() { ninja -C "build/$1" -t targets all 2>/dev/null | grep -q "^$2:"; }

# up [--fresh] [--listen HOST:PORT]
verb_up() {
    local fresh=false listen=127.0.0.1:8080
    while (($# > 0)); do
        case $1 in
            --fresh) fresh=true ;;
            --listen)
                listen=${2:?--listen needs HOST:PORT}
                shift
                ;;
            *) fail "./run up [--fresh] [--listen HOST:PORT]" ;;
        esac
        shift
    done
    install_debian build
    install_node
    install_npm web
    build_web
    build_server release
    [[ -x build/release/keepword ]] || fail "The build made no program: server/main is not there yet."
    if $fresh || [[ ! -d demo-data ]]; then
        HINT="What the program said above tells why."
        step "Fill a demo centre (demo-data/)" make_demo
    else
        say "→ Demo centre (demo-data/): there already; --fresh makes a new one"
    fi
    serve_demo "$listen"
}

# Made beside its place and then moved there, so that an interrupted one is never taken for a whole one.
make_demo() {
    if ls -l /proc/[0-9]*/fd 2>/dev/null | grep -qF " $PWD/demo-data/"; then
        fail "demo-data/ is being served: stop that ./run up first (Ctrl-C)."
    fi
    rm -rf build/demo-new
    build/release/keepword demo --data build/demo-new | tee build/demo-sign-ins.txt
    mv build/demo-sign-ins.txt build/demo-new/sign-ins.txt
    rm -rf demo-data
    mv build/demo-new demo-data
}

# The program takes this shell's place, so that Ctrl-C reaches it and nothing else.
serve_demo() {
    say
    say "Ready after $(took "$TOTAL_BEGAN"). Keepword answers at http://$1 (Ctrl-C stops it). Sign-ins:"
    cat demo-data/sign-ins.txt
    exec build/release/keepword serve --data demo-data --listen "$1" 9>&-
}
