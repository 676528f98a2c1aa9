#!/usr/bin/env bash
# How heat3d answers: help, errors, logs. test_command_line.sh PROGRAM LAUNCHER
set -uo pipefail

program=$(realpath "$1")
launcher=$(realpath "$2")
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1
failures=0

# expect CODE ARGUMENT...: two ranks end with this exit code.
expect() {
  local code=$1 got=0
  shift
  bash "$launcher" 2 "$program" "$@" >output 2>errors </dev/null || got=$?
  [ "$got" -eq "$code" ] || complain "exit code $got instead of $code: heat3d $*"
}

# says PATTERN: exactly one line of the error output comes from heat3d, and it contains this.
says() {
  [ "$(grep -c '^heat3d: ' errors)" -eq 1 ] || complain "not exactly one line: $(cat errors)"
  grep -q "^heat3d: .*$1" errors || complain "no '$1' in: $(cat errors)"
}

complain() {
  printf 'FAILED: %s\n' "$1"
  failures=$((failures + 1))
}

expect 0 --help
grep -q -- '--resolution' output || complain 'the help does not name --resolution'
expect 2 --frob
says frob
expect 2 --resolution 10 20 --time-step 0.1
says 'one for each'
expect 2 --level 10
says level

expect 0 --resolution 10 12 --time-step 0.1 0.2 --steps 2 --every 2 --level 1 --float --output two.h5
[ -s two.h5 ] || complain 'two.h5 was not written'
[ "$(grep -c 'step 2/2' output)" -eq 2 ] || complain "not one line per step: $(cat output)"
if grep -q '[[:cntrl:]]' output; then complain 'control characters in a log'; fi
expect 1 --resolution 10 --steps 1 --output two.h5
says 'overwrite'
expect 0 --resolution 10 --steps 1 --output two.h5 --overwrite
expect 2 --restart --overwrite
expect 2 --restart --float
# Stopped after some steps and continued, on the same and on other numbers of ranks, is as good as not stopped.
goes_on() { # RANKS...
  local steps=2
  rm -f whole.h5 parts.h5
  expect 0 --resolution 10 12 --time-step 0.1 0.2 --steps 8 --every 3 --output whole.h5
  for ranks in "$@"; do
    bash "$launcher" "$ranks" "$program" --resolution 10 12 --time-step 0.1 0.2 --steps "$steps" --every 3 \
      --output parts.h5 --restart >>output 2>errors </dev/null || complain "restart on $ranks ranks: $(cat errors)"
    steps=$((steps + 3))
  done
  if command -v h5diff >/dev/null; then
    for run in simulation_1 simulation_2; do
      h5diff "${tolerance[@]}" whole.h5 parts.h5 /$run /$run || complain "$run differs after restarts on $* ranks"
    done
  fi
}
tolerance=()
goes_on 2 2 2
tolerance=(--relative=1e-6 --exclude-path=/simulation_1/cg_residual --exclude-path=/simulation_2/cg_residual)
goes_on 1 3 2
expect 1 --resolution 10 --steps 1 --output no/such/directory.h5
says 'no/such'

[ "$failures" -eq 0 ] && printf 'heat3d answers as expected\n'
