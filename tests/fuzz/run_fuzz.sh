#!/usr/bin/env bash
# Runs random programs of calls on 3 ranks and checks what they left: run_fuzz.sh LAUNCHER PROGRAM PYTHON DIRECTORY SEED
# COUNT [ENGINE]
set -euo pipefail
launcher=$1 program=$2 python=$3 directory=$4 seed=$5 count=$6 engine=${7:-direct}
rm -rf "$directory" && mkdir -p "$directory"
OMPI_MCA_mpi_yield_when_idle=1 "$launcher" 3 "$program" "$directory" "$seed" "$count" "$engine"
"$python" "$(dirname "${BASH_SOURCE[0]}")/check_fuzz.py" "$directory"
rm -rf "$directory"
