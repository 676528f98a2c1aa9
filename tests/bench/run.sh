#!/usr/bin/env bash
# Measures the collective engine against the same write in plain parallel HDF5; prints a table, writes JSON. Wants a
# machine that does nothing else. Asserts nothing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  cat <<'END'
tests/bench/run.sh [OPTION...] [-- OPTION_OF_COLLECTIVE...]

  --build-dir DIR   a build directory that tests/run.sh or cmake has made (build)
  --directory DIR   where to write; may be repeated (/dev/shm and the build directory: memory and disk)
  --ranks LIST      numbers of ranks, with commas (2,4)
  --json FILE       the results (bench.json in the build directory)
  --quick           only 2 ranks, in memory
  --help            this text

What follows "--" goes to each run: tests/bench/run.sh -- --edge 256 --repetitions 11
END
}

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

build=$root/build directories=() ranks=2,4 json='' quick=no rest=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage && exit ;;
    --quick) quick=yes && shift && continue ;;
    --) rest=("${@:2}") && break ;;
  esac
  [ $# -ge 2 ] || die "option $1 needs a value; see --help"
  case $1 in
    --build-dir) build=$2 ;;
    --directory) directories+=("$2") ;;
    --ranks) ranks=$2 ;;
    --json) json=$2 ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
  shift 2
done
program=$build/tests/bench/collective
[ -e "$build/CMakeCache.txt" ] || die "no build directory $build; make one: cmake -S $root -B $build"
cmake --build "$build" --target tessera_bench_collective >/dev/null || die "the benchmark does not build"
[ ${#directories[@]} -gt 0 ] || directories=(/dev/shm "$build")
if [ "$quick" = yes ]; then
  ranks=2 directories=(/dev/shm)
fi
json=${json:-$build/bench.json}
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

printf '%s cores, load %s. Medians; ratio above 1: Tessera is faster\n' \
  "$(nproc)" "$(cut -d ' ' -f 1 /proc/loadavg)"
header=yes
for directory in "${directories[@]}"; do
  for number in ${ranks//,/ }; do
    for options in '--level 4' '--level 0 --steps 8' '--level 0 --steps 8 --halo 1'; do
      # shellcheck disable=SC2086  # several words
      table=$("$root/cmake/mpi_launch.sh" "$number" "$program" --directory "$directory" --check --json "$lines" \
        $options "${rest[@]}")
      [ "$header" = no ] || head -n 1 <<<"$table"
      header=no
      tail -n 1 <<<"$table"
    done
  done
done
printf '[\n%s\n]\n' "$(sed '$!s/$/,/' "$lines")" >"$json"
printf 'json: %s\n' "$json"
