#!/usr/bin/env bash
# Tests and measures views on a device, on a machine that has one.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../cmake/stages.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cmake/stages.sh"

usage() {
  cat <<'END'
tests/gpu.sh --kokkos DIRECTORY [OPTION...]

Builds the library, the tests of views on a device and their benchmark against an installed Kokkos that has one
(Kokkos_ENABLE_CUDA, _HIP or _SYCL), runs the tests at 1 to 4 ranks, has h5py check their files, looks for wrong
accesses where there is compute-sanitizer, and prints how fast commits from the device are. Logs: out/log/<stage>.log.

  --kokkos DIR      where Kokkos is installed
  --edge N          cells along an edge of the benchmark's blocks (256)
  --build-dir DIR   where to compile (build-gpu)
  --out-dir DIR     where logs go (out)
  --jobs N          compilers at the same time (by cores and memory)
  --cmake OPTION    one option for CMake; may be repeated
  --no-install      do not look for Debian packages
  --verbose         show what the stages print
  --help            this text
END
}

option=([kokkos]='' [edge]=256 [build-dir]=$root/build-gpu [out-dir]=$root/out [jobs]=$(job_count) [cmake]=''
  [no-install]=no [verbose]=no)
parse_options "$@"
require_number edge jobs
[ -n "${option[kokkos]}" ] || die "where is Kokkos? --kokkos DIRECTORY; see --help"
option[build-dir]=$(realpath -m "${option[build-dir]}")
option[out-dir]=$(realpath -m "${option[out-dir]}")

# A compiler of device code takes no precompiled headers.
configure_all() {
  configure -DKokkos_ROOT="$(realpath "${option[kokkos]}")" -DTESSERA_KOKKOS=ON -DTESSERA_BUILD_TESTS=ON \
    -DTESSERA_BUILD_EXAMPLES=OFF -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
}

run_tests() {
  ctest --test-dir "${option[build-dir]}" --output-on-failure --no-tests=error -R '^(mpi|interop)\.device_views\.'
}

check_accesses() {
  if ! command -v compute-sanitizer >/dev/null; then
    printf 'summary: left out, no compute-sanitizer\n'
    return
  fi
  mkdir -p "${option[build-dir]}/memcheck" && cd "${option[build-dir]}/memcheck"
  compute-sanitizer --tool memcheck --error-exitcode 9 "${option[build-dir]}/tests/mpi/mpi_device_views" \
    --gtest_filter='-DeviceCopy.IsOfAnySize'
}

measure() {
  bash "$root/cmake/mpi_launch.sh" 1 "${option[build-dir]}/tests/bench/device/device" "${option[edge]}" 9 \
    "${option[build-dir]}"
}

stages_begin 6
stage install install_packages tests
stage configure configure_all
stage build build mpi_device_views tessera_bench_device
go_on_after_failure=yes
stage tests run_tests
stage memcheck check_accesses
stage bench measure
cat "${option[out-dir]}/log/bench.log"
stages_end
