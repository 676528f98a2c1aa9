#!/usr/bin/env bash
# Continues files that the tests crash.record.resume_* began elsewhere (another HDF5, another MPI), and looks with
# this machine's h5py at every state in which a kill would leave them.
#
#     continue_foreign.sh FOREIGN OWN OUT
#
# FOREIGN and OWN are build directories: files come from one, the program from the other. OUT is made anew. Python:
# $TESSERA_PYTHON or python3.
set -euo pipefail

[ $# -eq 3 ] || { printf 'usage: continue_foreign.sh FOREIGN OWN OUT\n' >&2 && exit 2; }
foreign=$(realpath "$1")
own=$(realpath "$2")
out=$(realpath -m "$3")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=${TESSERA_PYTHON:-python3}
export TESSERA_ENGINE=direct
count=0

rm -rf --one-file-system "$out"
for start in "$foreign"/tests/crash/resume_*/start.h5; do
  [ -e "$start" ] || continue
  name=$(basename "$(dirname "$start")")
  mkdir -p "$out/$name"
  cd "$out/$name"
  cp --sparse=always "$start" start.h5
  cp --sparse=always "$start" run.h5
  ranks=${name##*np}
  "$root/cmake/mpi_launch.sh" "$ranks" "$own/tests/crash/crash_writer" run.h5 16 --resume 4 --grace 0 --trace trace
  printf '%s: ' "$name"
  "$python" "$root/tests/crash/replay.py" trace "$ranks" 16 --start start.h5 --drop 4
  count=$((count + 1))
done
if [ "$count" -eq 0 ]; then
  printf 'no files of the tests crash.record.resume_* in %s: run them first\n' "$foreign" >&2
  exit 1
fi
printf 'summary: continued %d files\n' "$count"
