#!/usr/bin/env bash
# Builds everything and runs the whole test suite: installs what is missing, compiles, checks the scripts, runs the
# fast tests, then the slow ones. One command, also on a new Debian 12 machine. Non-zero when anything fails.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../cmake/stages.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cmake/stages.sh"

usage() {
  cat <<'END'
tests/run.sh [OPTION...] [-- CTEST_OPTION...]

The log of each stage is out/log/<stage>.log; the last line is ctest's summary.

  --fast            leave out the tests with the label "slow"
  --budget MINUTES  start no slow test later than this after the start, and none that may take above five minutes; each
                    day begins with another one (no limit)
  --sanitize LIST   compile with these sanitizers, for example address,undefined, in a build directory of their own
  --keep-going      run the slow tests although a script or a fast test failed; the exit code is non-zero all the same
  --build-dir DIR   where to compile (build); shared with examples/run.sh, nothing is compiled twice
  --out-dir DIR     where logs go (out)
  --jobs N          compilers at the same time (by cores and memory); three times as many processes of tests
  --cmake OPTION    one option for CMake, for example --cmake -DKokkos_ROOT=/opt/kokkos; may be repeated
  --no-install      do not look for Debian packages
  --clean           remove the build directory first
  --verbose         show what the stages print
  --help            this text

What follows "--" goes to ctest: tests/run.sh -- -R unit
Python: $TESSERA_PYTHON, python3 or /usr/bin/python3, the first that has the modules. MPI: $MPIEXEC or mpiexec.
END
}

option=([fast]=no [budget]='' [sanitize]='' [keep-going]=no [build-dir]='' [out-dir]=$root/out [jobs]=$(job_count)
  [cmake]='' [no-install]=no [clean]=no [verbose]=no)
parse_options "$@"
require_number jobs
[ -z "${option[budget]}" ] || require_number budget
[[ ${option[sanitize]} =~ ^[a-z,]*$ ]] || die "--sanitize wants names with commas, such as address,undefined"
default_build_dir=$root/build${option[sanitize]:+-${option[sanitize]//,/-}}
option[build-dir]=$(realpath -m "${option[build-dir]:-$default_build_dir}")
option[out-dir]=$(realpath -m "${option[out-dir]}")
reports=${option[out-dir]}/log/ctest

configure_all() {
  local sanitize=()
  [ -z "${option[sanitize]}" ] ||
    sanitize=("-DTESSERA_SANITIZE=${option[sanitize]}" -DCMAKE_BUILD_TYPE=RelWithDebInfo)
  configure -DTESSERA_BUILD_TESTS=ON -DTESSERA_BUILD_EXAMPLES=ON "${sanitize[@]}"
}

# One call of ctest; its report is read at the end.
run_ctest() { # REPORT PROCESSES CTEST_OPTION...
  local report=$reports/$1.xml processes=$2
  shift 2
  ctest --test-dir "${option[build-dir]}" --output-on-failure --no-tests=ignore \
    --parallel "$processes" --output-junit "$report" "${program_options[@]}" "$@"
  sed -n 's/^\ttests="\([0-9]*\)"$/summary: \1 tests/p' "$report"
}

slow_test_names() {
  ctest --test-dir "${option[build-dir]}" --show-only=json-v1 -L '^slow$' "${program_options[@]}" |
    python3 "$root/cmake/slow_tests.py" 300
}

# With a budget one by one, as long as there is time: ctest's own --stop-time fails the test that it interrupts. None
# that may take longer than five minutes, and each day others.
slow_tests() {
  local name number=0 status=0 left_out=()
  if [ -z "${option[budget]}" ]; then
    run_ctest slow "${option[jobs]}" -L '^slow$'
    return
  fi
  while read -r name; do
    [ -n "$name" ] || continue # no slow test at all
    if [ "$SECONDS" -ge $((option[budget] * 60)) ]; then
      left_out+=("$name")
    else
      number=$((number + 1))
      run_ctest "slow-$number" "${option[jobs]}" -R "^${name//./\\.}\$" </dev/null || status=$? # not the names
    fi
  done < <(slow_test_names)
  if [ ${#left_out[@]} -gt 0 ]; then
    printf 'summary: no time for %d: %s\n' ${#left_out[@]} "${left_out[*]}"
  fi
  return "$status"
}

may_go_on() {
  [ ${#failed_stages[@]} -eq 0 ] || [ "${option[keep-going]}" = yes ]
}

[ "${option[clean]}" = no ] || remove_build_directory
stages=6
[ "${option[fast]}" = no ] || stages=5
stages_begin "$stages"
rm -rf "$reports" && mkdir "$reports"
stage install install_packages tests
stage configure configure_all
stage build build
go_on_after_failure=yes # as far as the summary
stage scripts bash "$root/cmake/check_scripts.sh"
# To ctest a rank is a processor, but ranks wait more than half of their time, for each other, for starting and for the
# disk: three for each core keep it busy.
stage tests run_ctest fast $((3 * option[jobs])) -LE '^slow$'
if [ "${option[fast]}" = no ] && may_go_on; then
  stage slow-tests slow_tests
fi
python3 "$root/cmake/ctest_summary.py" "$reports"/*.xml || failed_stages+=(summary)
stages_end
