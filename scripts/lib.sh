# Shell functions shared by the scripts of this project. Source it; it sets
# `root` to the top of the source tree and changes into it.
#
# Everything here may run twice: packages already there are not touched, builds
# continue where they were, servers are always throw-away ones.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export LC_ALL=C.UTF-8
export DEBIAN_FRONTEND=noninteractive
# Objects are shared between clones of this tree: paths below the top are hashed relative to it.
# What a file includes is taken from the compiler's own list, so that nothing is preprocessed twice.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1 CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-10G}
cache_folder=${PGARK_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pgark}

say() { printf '\n== %s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# --- time ------------------------------------------------------------------

step_names=() step_seconds=() step_results=()

# step NAME COMMAND...: runs it, remembers how long it took and how it ended,
# and returns its status. The command runs in a subshell of its own, in which
# errexit works even when the caller tests the status.
step() {
  local name=$1 started=$SECONDS status
  shift
  say "$name"
  set +e
  (set -e; "$@")
  status=$?
  set -e
  step_names+=("$name") step_seconds+=($((SECONDS - started))) step_results+=("$status")
  printf '== %s: %s after %d s\n' "$name" "$([ $status = 0 ] && echo done || echo "FAILED ($status)")" $((SECONDS - started))
  return $status
}

print_steps() {
  local i
  printf '\n%-44s %8s  %s\n' step seconds result
  for i in "${!step_names[@]}"; do
    printf '%-44s %8d  %s\n' "${step_names[$i]}" "${step_seconds[$i]}" \
      "$([ "${step_results[$i]}" = 0 ] && echo ok || echo FAILED)"
  done
}

# --- packages --------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo --preserve-env=DEBIAN_FRONTEND "$@"
  else die "packages are missing; run this as root, or install sudo"; fi
}

package_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

apt_updated=
apt_update_once() {
  [ -n "$apt_updated" ] || as_root apt-get -q update
  apt_updated=yes
}

# The package lists may be absent (fresh container) or too old: try again once
# after an update.
apt_install() {
  if ! apt-cache show "$@" >/dev/null 2>&1; then apt_update_once; fi
  as_root apt-get -qy install --no-install-recommends "$@" && return
  [ -z "$apt_updated" ] || return 1
  apt_update_once
  as_root apt-get -qy install --no-install-recommends "$@"
}

# Debian makes and starts a cluster when a server package is first installed.
# Tests bring their own servers, so that is switched off for the duration.
install_server_package() {
  package_installed postgresql-common || apt_install postgresql-common
  local drop_in=/etc/postgresql-common/createcluster.d/pgark-no-main-cluster.conf status=0
  as_root mkdir -p "$(dirname $drop_in)"
  echo 'create_main_cluster = false' | as_root tee $drop_in >/dev/null
  apt_install "$@" || status=$?
  as_root rm -f $drop_in
  return $status
}

install_packages() {
  local package missing=() servers=()
  for package in $(sed 's/#.*//' "$root/scripts/packages.txt"); do
    package_installed "$package" && continue
    case $package in
      postgresql-[0-9]*) servers+=("$package") ;;
      *) missing+=("$package") ;;
    esac
  done
  if [ ${#missing[@]} = 0 ] && [ ${#servers[@]} = 0 ]; then echo "all packages are there"; return; fi
  echo "to install: ${missing[*]} ${servers[*]}"
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  [ ${#servers[@]} = 0 ] || install_server_package "${servers[@]}"
}

# --- build -----------------------------------------------------------------

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  mkdir -p "$root/build"
  cmake --preset "$preset" >"$root/build/$preset.configure.log" 2>&1 || {
    cat "$root/build/$preset.configure.log"
    return 1
  }
  ninja -C "build/$preset" ${PGARK_JOBS:+-j "$PGARK_JOBS"} "$@"
}

# --- a throw-away server ---------------------------------------------------

server_folder= server_port= server_pid= server_bin=

find_server() {
  server_bin=${PGARK_TEST_PG_BIN:-}
  [ -n "$server_bin" ] || server_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -x "$server_bin/postgres" ] || die "no PostgreSQL server found; set PGARK_TEST_PG_BIN"
}

# What stands before a server's command line. PostgreSQL refuses to run as root;
# and the kernel stops it (SIGQUIT) when this shell dies without having done so.
# Not a function: a function in the background is one more shell between us and
# the server, which would get our signals in its place.
server_account=(setpriv --pdeathsig QUIT)
[ "$(id -u)" != 0 ] || server_account+=(--reuid=postgres --regid=postgres --init-groups)

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Starts it and sets server_port; PGHOST, PGPORT and PGUSER then lead the
# oracles (psql, pg_dump, pgbench) there.
start_server() {
  find_server
  server_folder=$(mktemp -d "${TMPDIR:-/tmp}/pgark-server-XXXXXX")
  chmod 755 "$server_folder"
  [ "$(id -u)" != 0 ] || chown postgres: "$server_folder"
  "${server_account[@]}" "$server_bin/initdb" -D "$server_folder/data" -U postgres -A trust -E UTF8 \
    --locale C.UTF-8 --no-sync >/dev/null
  local attempt
  for attempt in 1 2 3 4 5; do
    server_port=$(free_port)
    "${server_account[@]}" "$server_bin/postgres" -D "$server_folder/data" -c "port=$server_port" -c listen_addresses=127.0.0.1 \
      -c "unix_socket_directories=$server_folder" -c fsync=off -c max_wal_size=4GB \
      >"$server_folder/log" 2>&1 &
    server_pid=$!
    export PGHOST=$server_folder PGPORT=$server_port PGUSER=postgres
    wait_for_server && return
    wait "$server_pid" 2>/dev/null || true
    grep -q 'Address already in use' "$server_folder/log" || break
  done
  tail -20 "$server_folder/log" >&2
  die "the server does not start"
}

wait_for_server() {
  local tries
  for tries in $(seq 300); do
    "$server_bin/pg_isready" -q && return
    kill -0 "$server_pid" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

stop_server() {
  [ -n "$server_pid" ] || return 0
  kill -QUIT "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  rm -rf "$server_folder"
  server_pid=
}
