#!/usr/bin/env bash
# Measures what a commit costs as a file grows: time in blocks of 200 steps as a ratio to the first block, and bytes of
# metadata per step; without readers, with programs that open the file in a loop, and as if somebody read the file all
# the time. Wants a machine that does nothing else. Asserts nothing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  cat <<'END'
tests/bench/commits.sh [--build-dir DIR] [--ranks LIST] [-- OPTION_OF_COMMITS...]

  --build-dir DIR   a build directory that tests/run.sh or cmake has made (build)
  --ranks LIST      numbers of ranks, with commas (1,2)
  --help            this text

The environment variable PYTHON names a Python with h5py (/usr/bin/python3).
What follows "--" goes to each run, for example: tests/bench/commits.sh -- --steps 500 --interval 10 --directory /tmp
END
}

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

build=$root/build ranks=1,2 python=${PYTHON:-/usr/bin/python3} rest=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage && exit ;;
    --) rest=("${@:2}") && break ;;
  esac
  [ $# -ge 2 ] || die "option $1 needs a value; see --help"
  case $1 in
    --build-dir) build=$2 ;;
    --ranks) ranks=$2 ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
  shift 2
done
[ -e "$build/CMakeCache.txt" ] || die "no build directory $build; make one: cmake -S $root -B $build"
cmake --build "$build" --target tessera_bench_commits >/dev/null || die "the benchmark does not build"
program=$build/tests/bench/commits

# One rank and its reader have a processor each: what a reader costs is not what it takes of the processors.
on() { [ "$number" -eq 1 ] && [ "$(nproc)" -gt 1 ] && command -v taskset >/dev/null && printf 'taskset -c %s' "$1"; }

printf '%s cores, load %s\n' "$(nproc)" "$(cut -d ' ' -f 1 /proc/loadavg)"
for number in ${ranks//,/ }; do
  read -ra writers <<<"$(on 0 || true)"
  "$root/cmake/mpi_launch.sh" "$number" "$program" "${rest[@]}"
  "$root/cmake/mpi_launch.sh" "$number" "${writers[@]}" "$program" --chunks 1 --grace 500 --steps 1000 \
    --repetitions 5 --loop "$(on 1 || true) '${program%/*}/read_in_a_loop'" \
    --loop "$(on 1 || true) '$python' '$root/tests/bench/read_in_a_loop.py'" "${rest[@]}"
  "$root/cmake/mpi_launch.sh" "$number" "$program" --readers --grace 500 --interval 10 --steps 600 "${rest[@]}"
done
