#!/usr/bin/env bash
# Runs random programs of calls on 3 ranks and checks what they left: run_fuzz.sh LAUNCHER PROGRAM PYTHON FOLDER SEED COUNT [ENGINE]
set -euo pipefail
launcher=$1 program=$2 python=$3 folder=$4 seed=$5 count=$6 engine=${7:-direct}
rm -rf "$folder" && mkdir -p "$folder"
OMPI_MCA_mpi_yield_when_idle=1 "$launcher" 3 "$program" "$folder" "$seed" "$count" "$engine"
"$python" "$(dirname "${BASH_SOURCE[0]}")/check_fuzz.py" "$folder"
rm -rf "$folder"
