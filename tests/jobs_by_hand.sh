#!/usr/bin/env bash
# Runs jobscripts/pbs.sh and lsf.sh on this machine with the variables that PBS and LSF would set: the scripts'
# commands are tested, their directives are not. jobs_by_hand.sh [BUILD_DIRECTORY]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${1:-$root/build}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export DOCTOR=$build/src/tools/tessera
export PROGRAM=$build/examples/heat3d/heat3d ARGUMENTS="--resolution 12 --steps 4 --every 2"
# The scripts call mpiexec as on a cluster; what a crowded test machine needs beyond that comes from here.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=core:overload-allowed

# What PBS and LSF say of the time left: less than heat3d's margin, so that it ends after one step.
mkdir "$work/bin"
printf '#!/bin/sh\necho "    Resource_List.walltime = 00:00:40"\n' >"$work/bin/qstat"
printf '#!/bin/sh\necho "0:01 L"\n' >"$work/bin/bjobs"
chmod +x "$work/bin/qstat" "$work/bin/bjobs"
export PATH=$work/bin:$PATH

check() { # NAME
  grep -q '^2 ranks on 1 nodes' "$work/$1.log"
  test -s "$work/$1/heat3d.h5"
  grep -q '^ended early: walltime: ' "$work/$1.log"
  [ ! -x "$DOCTOR" ] || grep -q '^2 ranks, 0 errors' "$work/$1.log"
  printf '%s: ok\n' "$1"
}

hostname >"$work/nodes"
hostname >>"$work/nodes"
PBS_O_WORKDIR=$root PBS_NODEFILE=$work/nodes PBS_JOBID=1.server OUTPUT_DIRECTORY=$work/pbs \
  bash "$root/jobscripts/pbs.sh" 2>&1 | tee "$work/pbs.log"
check pbs
LS_SUBCWD=$root LSB_DJOB_NUMPROC=2 LSB_MCPU_HOSTS="$(hostname) 2" LSB_JOBID=1 OUTPUT_DIRECTORY=$work/lsf \
  bash "$root/jobscripts/lsf.sh" 2>&1 | tee "$work/lsf.log"
check lsf
