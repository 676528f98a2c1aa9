#!/usr/bin/env bash
# Builds the heat example and runs it: installs what is missing, compiles, computes two simulations on 4 ranks, lists
# the file that they wrote and draws it. One command, also on a new Debian 12 machine.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../cmake/stages.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cmake/stages.sh"

usage() {
  cat <<'END'
examples/run.sh [OPTION...] [-- HEAT3D_OPTION...]

Writes out/heat3d.h5 and out/heat3d.png, and beside the first what ParaView opens: out/heat3d.simulation_1.vtkhdf
(ParaView 5.12 and newer) or .xmf. The log of each stage is out/log/<stage>.log.

  --ranks N         MPI processes (4)
  --build-dir DIR   where to compile (build); shared with tests/run.sh, nothing is compiled twice
  --out-dir DIR     where results and logs go (out)
  --jobs N          compilers at the same time (by cores and memory)
  --cmake OPTION    one option for CMake, for example --cmake -DKokkos_ROOT=/opt/kokkos; may be repeated
  --no-install      do not look for Debian packages
  --clean           remove the build directory first
  --verbose         show what the stages print
  --help            this text

What follows "--" goes to the example: examples/run.sh -- --resolution 50 --steps 20
Python: $TESSERA_PYTHON, python3 or /usr/bin/python3, the first that has h5py. MPI: $MPIEXEC or mpiexec.
END
}

option=([ranks]=4 [build-dir]=$root/build [out-dir]=$root/out [jobs]=$(job_count) [cmake]='' [no-install]=no [clean]=no
  [verbose]=no)
parse_options "$@"
require_number ranks jobs
option[build-dir]=$(realpath -m "${option[build-dir]}")
option[out-dir]=$(realpath -m "${option[out-dir]}")
result=${option[out-dir]}/heat3d.h5
picture=${option[out-dir]}/heat3d.png
postprocess=$root/examples/postprocess

run_example() {
  bash "$root/cmake/mpi_launch.sh" "${option[ranks]}" "${option[build-dir]}/examples/heat3d/heat3d" \
    --output "$result" --overwrite --paraview "${program_options[@]}"
  printf 'summary: %s, %s\n' "${result##*/}" "$(du -h "$result" | cut -f 1)"
}

list_result() {
  "$(choose_python)" "$postprocess/list.py" "$result"
  local program=${option[build-dir]}/src/tools/tessera
  [ ! -x "$program" ] || "$program" ls "$result"
}

# The program is left out where its libraries are missing.
build_example() {
  local targets=(heat3d)
  if cmake --build "${option[build-dir]}" --target help | grep -q tessera_program; then targets+=(tessera_program); fi
  build "${targets[@]}"
}

draw_result() {
  "$(choose_python)" "$postprocess/plot.py" "$result" --output "$picture"
}

# Tests need more packages. A directory that tests/run.sh has configured keeps its tests: neither script undoes the
# other.
configure_examples() {
  local tests=()
  is_configured || tests=(-DTESSERA_BUILD_TESTS=OFF)
  configure -DTESSERA_BUILD_EXAMPLES=ON "${tests[@]}"
}

[ "${option[clean]}" = no ] || remove_build_directory
stages_begin 6
stage install install_packages examples
stage configure configure_examples
stage build build_example
stage run run_example
stage list list_result
stage plot draw_result
cat "${option[out-dir]}/log/list.log"
printf 'data: %s\npicture: %s\n' "$result" "$picture"
printf 'for ParaView 5.12 and newer: %s\nfor older ones: %s\n' "${result%.h5}.simulation_1.vtkhdf" \
  "${result%.h5}.simulation_1.xmf"
