# shellcheck shell=bash
# What every command of this folder needs before it runs: a Node.js that is new enough, the packages of the
# lock file, and a fresh dist/. Sourced, with `root` set to the repository. All steps are idempotent, and
# commands that start at the same time wait for each other.

say() { printf '%s\n' "$*" >&2; }

# Ends the command unless Node.js is 20.19 or newer.
require_node() {
  local version major minor
  if ! version=$(node -v 2>/dev/null); then
    say 'Beckon needs Node.js 20.19 or newer, and finds no "node" on the PATH.'
    exit 69
  fi
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  if ((major < 20 || (major == 20 && minor < 19))); then
    say "Beckon needs Node.js 20.19 or newer; this is $version ($(command -v node))."
    exit 69
  fi
}

# Runs "$@" while no other command of this clone sets up.
exclusively() {
  # shellcheck disable=SC2154 # the sourcing command sets root
  local lock=$root/.beckon/set-up.lock waited=0
  mkdir -p "$root/.beckon"
  if command -v flock >/dev/null; then
    (
      flock 9
      # The lock is for this process alone: what it starts must not keep it.
      "$@" 9>&-
    ) 9>"$lock"
    return
  fi
  until mkdir "$lock.d" 2>/dev/null; do
    if ((waited++ == 600)); then
      say "Another command has been setting up for ten minutes. If none is running, remove $lock.d"
      exit 75
    fi
    sleep 1
  done
  local status=0
  ("$@") || status=$?
  rmdir "$lock.d"
  return "$status"
}

# The check sum of the lock file, as noted in node_modules once its packages are there.
packages_are_noted() {
  local note=$root/node_modules/.beckon-lock
  [[ -f $note && $(<"$note") == "$(cksum <"$root/package-lock.json")" ]]
}

# Whether node_modules holds what the lock file asks for, whoever installed it.
packages_are_there() {
  [[ -f $root/node_modules/.package-lock.json ]] && node -e '
    const read = (file) => JSON.parse(require("node:fs").readFileSync(file, "utf8")).packages;
    const [wanted, present] = process.argv.slice(1).map(read);
    const missing = Object.entries(wanted).filter(
      ([path, { version, optional }]) => path !== "" && !optional && present[path]?.version !== version);
    process.exit(missing.length === 0 ? 0 : 1);
  ' "$root/package-lock.json" "$root/node_modules/.package-lock.json"
}

install_packages() {
  packages_are_noted && return
  if ! packages_are_there; then
    say 'Installing the Node.js packages (npm ci) …'
    (cd "$root" && npm ci --no-audit --no-fund --loglevel=error >&2) || return
  fi
  cksum <"$root/package-lock.json" >"$root/node_modules/.beckon-lock"
}

ensure_packages() {
  packages_are_noted || exclusively install_packages
}

# Builds dist/ when a source is newer than the last build.
ensure_build() {
  exclusively node "$root/scripts/build.mjs" --if-stale
}
