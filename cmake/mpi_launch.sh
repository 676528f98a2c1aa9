#!/usr/bin/env bash
# Starts an MPI program on this machine: mpi_launch.sh RANKS PROGRAM [ARGUMENT...]
# For tests and small examples; on a cluster use its own launcher (jobscripts/). $MPIEXEC replaces mpiexec.
set -eu

if [ $# -lt 2 ] || ! [[ $1 =~ ^[1-9][0-9]*$ ]]; then
  printf 'usage: mpi_launch.sh RANKS PROGRAM [ARGUMENT...]\n' >&2
  exit 2
fi
ranks=$1
shift
launcher=${MPIEXEC:-mpiexec}
if ! command -v "$launcher" >/dev/null; then
  printf 'mpi_launch.sh: no %s found; install an MPI or name its launcher with MPIEXEC\n' "$launcher" >&2
  exit 127
fi

options=()
if "$launcher" --version 2>/dev/null | grep -qiE 'open(mpi| mpi|rte)'; then
  # More ranks than cores; and no binding, since programs that run at the same time would all get the same first cores.
  options=(--map-by :OVERSUBSCRIBE --bind-to none)
  # What is chosen on one node anyhow; to look for networks first takes 0.2 s of each start.
  export OMPI_MCA_pml=${OMPI_MCA_pml-ob1}
  if [ "$(id -u)" -eq 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export PRTE_ALLOW_RUN_AS_ROOT=1 PRTE_ALLOW_RUN_AS_ROOT_CONFIRM=1 # the same, as Open MPI 5 calls it
  fi
fi
exec "$launcher" "${options[@]}" -n "$ranks" "$@"
