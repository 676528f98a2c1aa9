#!/usr/bin/env bash
# Runs the commands in an example's head comment and compares what they print: check_output.sh SOURCE PROGRAM LAUNCHER
#
#     ///     $ mpiexec -n 4 ./hello      LAUNCHER 4 PROGRAM; must be there
#     ///                                 also behind timeout and its options
#     ///     wrote hello.h5              its standard output, to the letter (spaces at the end of a line do not count)
#     ///     $ h5ls hello.h5             other commands are left out, with a line that says so, where they are missing
#
# A line that is not indented ends the output of a command. Works in a directory of its own, with the
# example's scripts, and removes it.
set -euo pipefail

source_file=$(realpath "$1")
program=$(realpath "$2")
launcher=$(realpath "$3")
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
find "$(dirname "$source_file")" -maxdepth 1 -name '*.py' -exec cp {} "$directory" \;
cd "$directory"
failures=0
runs=0

# A Python that has h5py; nothing when there is none.
python_with_h5py() {
  local candidate
  for candidate in "${TESSERA_PYTHON:-}" python3 /usr/bin/python3; do
    if [ -n "$candidate" ] && "$candidate" -c 'import h5py' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
}

# Prints what COMMAND means here; nothing when it cannot be run.
translate() {
  local words python
  read -ra words <<<"$1"
  case ${words[0]} in
    mpiexec) printf 'bash %q %q %q %s' "$launcher" "${words[2]}" "$program" "${words[*]:4}" ;;
    timeout) printf '%s%s' "${1%%mpiexec*}" "$(translate "mpiexec${1#*mpiexec}")" ;;
    python3)
      python=$(python_with_h5py)
      [ -z "$python" ] || printf '%q %s' "$python" "${1#python3 }"
      ;;
    *) ! command -v "${words[0]}" >/dev/null || printf '%s' "$1" ;;
  esac
}

# Runs COMMAND and compares its output with EXPECTED.
check() {
  local command=$1 expected=$2 translated status=0
  translated=$(translate "$command")
  if [ -z "$translated" ]; then
    printf 'left out, not installed: %s\n' "$command"
    return
  fi
  bash -c "$translated" </dev/null >output 2>errors || status=$?
  runs=$((runs + 1))
  if [ "$status" -eq 0 ] && diff -u --label "head comment" <(printf '%s' "$expected") --label "$command" \
    <(sed 's/[[:space:]]*$//' output); then
    printf 'as expected: %s\n' "$command"
  else
    printf 'FAILED (exit code %s): %s\n' "$status" "$command"
    cat errors
    failures=$((failures + 1))
  fi
}

command=''
expected=''
while IFS= read -r line; do
  case $line in
    '///     $ '*)
      [ -z "$command" ] || check "$command" "$expected"
      command=${line#'///     $ '}
      expected=''
      ;;
    '///     '*) [ -z "$command" ] || expected+=${line#'///     '}$'\n' ;;
    *)
      [ -z "$command" ] || check "$command" "$expected"
      command=''
      ;;
  esac
done <"$source_file"

[ "$runs" -gt 0 ] || printf 'no command was run\n'
[ "$runs" -gt 0 ] && [ "$failures" -eq 0 ]
