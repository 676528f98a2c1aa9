#!/usr/bin/env bash
# Reads damaged files, and continues others, for so many seconds: for_seconds.sh LAUNCHER READ_FUZZ SECONDS [SEED]
# In parts, each a process of its own. To find memory errors, with a program of the preset `sanitize`:
#   tests/fuzz/for_seconds.sh cmake/mpi_launch.sh build-address-undefined/tests/fuzz/read_fuzz 3600
set -euo pipefail
launcher=$1 program=$(realpath "$2") seconds=$3 seed=${4:-1}
launcher=$(realpath "$launcher")
directory=$(mktemp -d)
cd "$directory"
# What is damaged may ask for any amount of memory, and gets std::bad_alloc.
export ASAN_OPTIONS=abort_on_error=1:allocator_may_return_null=1:detect_leaks=0:quarantine_size_mb=64
export UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:print_stacktrace=1
rounds=500 read=0 appended=0 begin=$SECONDS
while ((SECONDS - begin < seconds)); do
  "$launcher" 1 "$program" "$seed" "$rounds"
  read=$((read + rounds))
  "$launcher" 1 "$program" "$seed" "$rounds" append
  appended=$((appended + rounds)) seed=$((seed + rounds))
done
cd / && rm -rf "$directory"
echo "$read damaged files read, $appended continued, in $((SECONDS - begin)) s: no crash, no hang, no wrong value"
