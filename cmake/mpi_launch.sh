#!/usr/bin/env bash
# Starts an MPI program on this machine: mpi_launch.sh RANKS PROGRAM [ARGUMENT...]
# Adds what Open MPI asks for here and nothing else: leave to run as root, and more ranks than cores.
set -eu

ranks=$1
shift
options=()
launcher=${MPIEXEC:-mpiexec}
if "$launcher" --version 2>/dev/null | grep -qiE 'open(mpi| mpi|rte)'; then
  if [ "$(id -u)" -eq 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  if [ "$ranks" -gt "$(nproc)" ]; then
    options+=(--oversubscribe --bind-to none)
  fi
fi
exec "$launcher" "${options[@]}" -n "$ranks" "$@"
