# Steps that scripts/run, scripts/test and .ci/run share; to be sourced.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# die WHAT [HINT]: the fault, and what to do about it.
die() {
  say "${0##*/}: $1"
  [[ -z ${2:-} ]] || say "  hint: $2"
  exit 1
}

# logged NAME LOG COMMAND...: runs a long command quietly; shows the end of its log when it fails.
logged() {
  local name=$1 log=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  local start=$SECONDS
  if ! "$@" >"$log" 2>&1 </dev/null; then
    say "--- the last lines of $log"
    tail -n 40 "$log" >&2
    say "---"
    die "$name failed" "all of its output is in $log"
  fi
  if ((SECONDS - start >= 5)); then say "$name: done in $((SECONDS - start)) s"; fi
}

# build PRESET [CMAKE_OPTION...]: configures (unless it is, and setup changed nothing) and builds.
build() {
  local preset=$1 dir=$root/build/$1
  shift
  cd "$root" || exit
  if [[ ! -f $dir/.configured || $dir/.configured -ot build/.setup-changed ||
        $dir/.configured -ot CMakePresets.json ]]; then
    say "configuring the $preset preset in build/$preset"
    logged "configuration" "$dir.configure.log" cmake --preset "$preset" "$@"
    touch "$dir/.configured"
  fi
  if [[ $(ninja -C "$dir" -n 2>/dev/null | grep -c 'Building\|Linking') -gt 0 ]]; then
    say "building in build/$preset (log: build/$preset.build.log)"
  fi
  logged "build" "$dir.build.log" cmake --build "$dir" --parallel "$(nproc)"
}

# Open MPI refuses to start as root unless told twice; in a container root is often all there is.
allow_mpi_as_root() {
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}
