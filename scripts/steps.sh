# Steps shared by scripts/run, scripts/test and .ci/run; to be sourced.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# die WHAT [HINT]: reports the fault and its remedy, and exits.
die() {
  say "${0##*/}: $1"
  [[ -z ${2:-} ]] || say "  hint: $2"
  exit 1
}

# lock FILE: waits until no other script holds the lock on FILE, then holds it on descriptor 9 until
# this shell ends. Without flock it does not wait.
lock() {
  command -v flock >/dev/null || return 0
  mkdir -p "$(dirname "$1")"
  exec 9>"$1"
  flock -n 9 && return
  say "waiting for another ${0##*/} to finish ..."
  flock 9
}

# logged NAME LOG COMMAND...: runs a command quietly, and reports it if it takes long; shows the end
# of its log if it fails.
logged() {
  local name=$1 log=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  # Processes started here must not inherit the lock: a service that a package starts would keep it.
  { sleep 2 >/dev/null 2>&1; say "$name ... (log: ${log#"$root"/})"; } 9>&- &
  local announcement=$! start=$SECONDS status=0
  "$@" >"$log" 2>&1 </dev/null 9>&- || status=$?
  kill "$announcement" 2>/dev/null || true
  wait "$announcement" 2>/dev/null || true
  if ((status)); then
    say "--- the last lines of ${log#"$root"/}"
    tail -n 40 "$log" >&2
    say "---"
    die "$name failed" "the whole output is in ${log#"$root"/}"
  fi
  if ((SECONDS - start >= 5)); then say "$name: done in $((SECONDS - start)) s"; fi
}

# build PRESET [CMAKE_OPTION...]: configures (unless it is configured and setup changed nothing) and
# builds. Runs in a subshell, so that the caller stays in its folder; its paths are relative to that.
build() (
  preset=$1 dir=$root/build/$1
  shift
  cd "$root" || exit
  lock "$dir.lock"
  if [[ ! -f $dir/.configured || $dir/.configured -ot build/.setup-changed ||
        $dir/.configured -ot CMakePresets.json ]]; then
    logged "configuring build/$preset" "$dir.configure.log" cmake --preset "$preset" "$@"
    touch "$dir/.configured"
  fi
  logged "building build/$preset" "$dir.build.log" cmake --build "$dir" --parallel "$(nproc)"
)

# Open MPI refuses to start as root unless told twice; containers often have no other user.
allow_mpi_as_root() {
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}
