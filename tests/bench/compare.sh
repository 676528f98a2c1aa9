#!/usr/bin/env bash
# Measures the direct engine against stock parallel HDF5 and against what no writer can do without; prints a table of
# medians that says which of the figures asked for are reached, and writes JSON. Wants a machine that does nothing else.
# Asserts nothing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  cat <<'END'
tests/bench/compare.sh [OPTION...]

  --rows LIST         of gzip, shifted, plain, plain-disk, plain-fsync, plain-slow, floor,
                      floor-fsync, read (all of them)
  --fields LIST       of turbulence, heat, rounded (all of them)
  --ranks LIST        numbers of ranks (2,4)
  --repetitions N     measured pairs; the table shows medians (5)
  --steps N           steps per file (8)
  --gzip-steps N      the same in rows against gzip, for both sides (8)
  --edge N --chunk N  points per axis of the field (256), of a chunk (64)
  --shift N           points between the blocks' borders and the chunks', in the row "shifted" (10)
  --memory DIR        a directory in memory (/dev/shm)
  --disk DIR          a directory on a disk (the build directory)
  --disk-limit N      MB/s that the disk takes in the row plain-slow (500)
  --no-check          do not compare the content of the files
  --cut               the floor cuts its chunks from the block in each step, too, as every writer has to
  --quick             only 2 ranks, turbulence, 3 repetitions, 2 steps against gzip, no check: about a minute
  --build-dir DIR     a build directory that tests/run.sh or cmake has made (build)
  --no-build          take the programs that are there
  --json FILE         the results (compare.json in the build directory)
  --help              this text

All of it takes about 19 minutes on two idle cores. One row, quickly:
  tests/bench/compare.sh --rows plain --fields rounded --ranks 2 --repetitions 3

Rows: gzip and shifted are against parallel HDF5 with shuffle and gzip 4, in memory, with blocks that follow the chunks
and with blocks that do not; plain is against uncompressed HDF5, in memory, on disk, and on disk with fsync after every
step (with Durability::power_safe on Tessera's side); plain-slow is plain-fsync on a disk that the kernel holds back, as
if two cores had their share of a cluster's storage (left out, with a word, where slow_disk.sh cannot); floor is against
the time for nothing but encoding the chunks and writing the bytes. HDF5's side flushes only where there is an fsync,
too: its flush is one. The row gzip compares the files' sizes, too; read (with the first number of ranks) is h5py
reading both files of the row gzip back.
END
}

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

before=() python=${TESSERA_PYTHON:-python3} build=$root/build do_build=yes
rows=gzip,shifted,plain,plain-disk,plain-fsync,plain-slow,floor,floor-fsync,read
fields=turbulence,heat,rounded ranks=2,4
memory=/dev/shm disk='' disk_limit=500 json='' options=() check=(--check) repetitions=5
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage && exit ;;
    --quick) ranks=2 fields=turbulence repetitions=3 options+=(--gzip-steps 2) check=() && shift && continue ;;
    --no-check) check=() && shift && continue ;;
    --cut) options+=(--cut) && shift && continue ;;
    --no-build) do_build=no && shift && continue ;;
  esac
  [ $# -ge 2 ] || die "option $1 needs a value; see --help"
  case $1 in
    --build-dir) build=$2 ;;
    --rows) rows=$2 ;;
    --fields) fields=$2 ;;
    --ranks) ranks=$2 ;;
    --memory) memory=$2 ;;
    --disk) disk=$2 ;;
    --disk-limit) disk_limit=$2 ;;
    --json) json=$2 ;;
    --repetitions) repetitions=$2 ;;
    --steps | --gzip-steps | --edge | --chunk | --shift) options+=("$1" "$2") ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
  shift 2
done
program=$build/tests/bench/compare/compare
[ -e "$build/CMakeCache.txt" ] || die "no build directory $build; make one: cmake -S $root -B $build"
if [ "$do_build" = yes ]; then
  cmake --build "$build" --target tessera_bench_compare >/dev/null || die "the benchmark does not build"
fi

# Directories of its own, so that two runs do not meet.
memory=$(mktemp -d "$memory/tessera_compare.XXXXXX")
disk=$(mktemp -d "${disk:-$build}/tessera_compare.XXXXXX")
trap 'rm -rf "$memory" "$disk"' EXIT

wants() { [[ ,$rows, == *,$1,* ]]; }

run_program() { # RANKS FIELD ROWS REPETITIONS [OPTION...]
  "${before[@]}" "$root/cmake/mpi_launch.sh" "$1" "$program" --field "$2" --rows "$3" --repetitions "$4" \
    --memory "$memory" --disk "$disk" --keep "${check[@]}" "${options[@]}" "${@:5}"
}

read_back() { # RANKS FIELD
  wants gzip || run_program "$1" "$2" gzip 1 >/dev/null
  "$python" "$root/tests/bench/compare/read_back.py" "$memory"/compare_gzip_{other,tessera}.h5 --ranks "$1" \
    --field "$2" --repetitions "$repetitions"
}

# On a disk that takes $disk_limit MB/s.
run_slowly() { # RANKS FIELD
  local before=("$root/tests/bench/slow_disk.sh" "$disk" "$disk_limit")
  if ! "${before[@]}" true; then
    echo "Left out: the row plain-slow" >&2
    return
  fi
  run_program "$1" "$2" plain-fsync "$repetitions" --disk-limit "$disk_limit"
}

measure() {
  local field number written=$rows
  if wants read || wants plain-slow; then
    written=$(tr , '\n' <<<"$rows" | grep -vxE "read|plain-slow" | paste -sd , || true)
  fi
  for number in ${ranks//,/ }; do
    for field in ${fields//,/ }; do
      [ -z "$written" ] || run_program "$number" "$field" "$written" "$repetitions"
      ! wants plain-slow || run_slowly "$number" "$field"
      ! wants read || [ "$number" != "${ranks%%,*}" ] || read_back "$number" "$field"
    done
  done
}

measure | "$python" "$root/tests/bench/compare/table.py" --json "${json:-$build/compare.json}"
