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

# step TEXT: announces the next of `steps` steps.
steps=0 steps_done=0
step() {
  steps_done=$((steps_done + 1))
  say "[$steps_done/$steps] $1"
}

# show_progress NAME LOG: until it is killed, says on a terminal every second how long NAME has run and what its log
# ends with; elsewhere once, after two seconds.
show_progress() {
  local name=$1 log=$2 start=$SECONDS last columns
  sleep 2
  if [[ ! -t 2 ]]; then
    say "$name ... (log: ${log#"$root"/})"
    return
  fi
  columns=$(tput cols 2>/dev/null || echo 80)
  trap 'printf "\r\033[K" >&2; exit 0' TERM
  while true; do
    last=$(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | tail -n 1 | tr -cd '[:print:]')
    last="$name: $((SECONDS - start)) s  $last"
    printf '\r\033[K%s' "${last:0:columns-1}" >&2
    sleep 1 &
    wait $!
  done
}

# logged NAME LOG COMMAND...: runs a command quietly, with a line that moves while it works; shows the end of its log if
# it fails.
logged() {
  local name=$1 log=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  # Processes started here must not inherit the lock: a service that a package starts would keep it.
  show_progress "$name" "$log" 9>&- >/dev/null &
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

# build PRESET [CMAKE_OPTION...] [-- TARGET...]: configures (unless it is configured and setup changed nothing) and
# builds everything or the targets. Runs in a subshell, so that the caller stays in its folder; its paths are relative
# to that.
build() (
  preset=$1 dir=$root/build/$1
  shift
  targets=() options=()
  while (($#)); do
    if [[ $1 == -- ]]; then targets=(--target "${@:2}"); break; fi
    options+=("$1")
    shift
  done
  cd "$root" || exit
  lock "$dir.lock"
  if [[ ! -f $dir/.configured || $dir/.configured -ot build/.setup-changed ||
        $dir/.configured -ot CMakePresets.json ]]; then
    logged "configuring build/$preset" "$dir.configure.log" cmake --preset "$preset" "${options[@]}"
    touch "$dir/.configured"
  fi
  logged "building build/$preset" "$dir.build.log" cmake --build "$dir" --parallel "$(nproc)" "${targets[@]}"
)

# Open MPI refuses to start as root unless told twice; containers often have no other user.
allow_mpi_as_root() {
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}
