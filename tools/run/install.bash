# Debian packages, Node, npm packages.

verb_install() {
    install_debian "${@:-build}"
    install_node
    install_npm web
    install_npm tests
}

# The packages of some groups of tools/debian-packages.txt that are not installed.
missing_packages() {
    local groups=" $* "
    awk -v groups="$groups" 'FNR == NR { if ($2 == "installed") have[$1] = 1; next }
        /^[a-z]/ && index(groups, " " $1 " ") && !($2 in have) { print $2 }' \
        <(dpkg-query -W -f '${Package} ${db:Status-Status}\n') tools/debian-packages.txt
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

# apt_install PACKAGE…: with what it needs, and nothing that is only recommended. It may not remove anything: Boost 1.74's
# development package, for one, conflicts with 1.81, and whether to give it up is for its owner to say.
apt_install() {
    if [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
        fail "Debian packages are missing, and this user cannot install them. As root: apt-get install --no-install-recommends $*"
    fi
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends --no-remove "$@"
}

# install_debian GROUP…
install_debian() {
    command -v apt-get >/dev/null || fail "Keepword is built on Debian 12, and this machine has no apt-get."
    local group missing
    for group in "$@"; do
        grep -q "^$group " tools/debian-packages.txt || fail "tools/debian-packages.txt has no group \"$group\"."
    done
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        say "→ Debian packages ($*): all there"
        return
    fi
    HINT="Is the network there, and is this Debian 12? Then try again: what was installed stays."
    step "Install ${#missing[@]} Debian packages ($*)" apt_install "${missing[@]}"
}

# What Vite 8 asks for: 20.19, 22.12 or later.
node_is_new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' 2>/dev/null
}

# Node and npm for everything that follows: the machine's own where they are new enough, else those of npm's packages
# (tools/node), which Debian's older ones fetch into .node/.
install_node() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        HINT="Is the network there, and is this Debian 12?"
        step "Install Debian's nodejs and npm" apt_install nodejs npm
    fi
    if node_is_new_enough node; then return; fi
    local own=$PWD/.node/bin
    step_if_changed node "$(fingerprint tools/node)" "$own/node" \
        "Fetch a newer Node than $(node --version) from npm into .node/" fetch_node
    node_is_new_enough "$own/node" || fail "npm has no Node for this machine ($(uname -m)): install Node 20.19 or later."
    export PATH=$own:$PATH
    # It trusts whom the machine trusts, as Debian's own does.
    export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
    say "  Node $(node --version), npm $(npm --version)"
}

fetch_node() {
    rm -rf .node
    mkdir -p .node/bin
    cp tools/node/package.json tools/node/package-lock.json tools/node/.npmrc .node/
    (cd .node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    # Debian's npm makes no link for the program of a package that is called node.
    (cd .node/bin && ln -sf ../node_modules/node-linux-*/bin/node ../node_modules/.bin/{npm,npx} .)
}

# install_npm FOLDER: what its lock file says, exactly, and without running anybody's install scripts.
install_npm() {
    local folder=$1
    if [[ ! -f $folder/package-lock.json ]]; then
        say "→ npm packages of $folder/: no lock file there yet"
        return
    fi
    local hash
    hash="$(node --version) $(fingerprint "$folder/package.json" "$folder/package-lock.json" "$folder/.npmrc")"
    HINT="Is the network there? Then try again. After a change of $folder/package.json: npm install in $folder/ updates the lock file."
    step_if_changed "npm-$folder" "$hash" "$folder/node_modules" "Install the npm packages of $folder/" \
        npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
}
