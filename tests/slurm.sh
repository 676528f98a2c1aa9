#!/usr/bin/env bash
# Submits jobscripts/slurm.sh to a SLURM of its own. slurm.sh [BUILD_DIRECTORY]. Exit code 77 where there is no SLURM.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${1:-$root/build}")
# shellcheck source-path=SCRIPTDIR source=slurm_cluster.sh
. "$root/tests/slurm_cluster.sh"

start_slurm
cd "$root"
ranks=$(($(nproc) < 4 ? $(nproc) : 4))
export DOCTOR=$build/src/tools/tessera
PROGRAM=$build/examples/heat3d/heat3d ARGUMENTS="--resolution 12 --steps 4 --every 2" OUTPUT_DIRECTORY=$work/result \
  timeout 120 sbatch --wait --nodes=1 --ntasks-per-node="$ranks" --output="$work/job.log" jobscripts/slurm.sh ||
  fail "the job failed"
cat "$work/job.log"
grep -q "^$ranks ranks on 1 nodes" "$work/job.log" || fail "the job did not have $ranks ranks"
[ ! -x "$DOCTOR" ] || grep -q "^$ranks ranks, 0 errors" "$work/job.log" ||
  fail "tessera doctor did not look at $ranks ranks"
test -s "$work/result/heat3d.h5" || fail "the job wrote no file"
if command -v h5dump >/dev/null && [ "$(head -c 4 "$work/result/heat3d.h5" | tail -c 3)" = HDF ]; then
  h5dump -n "$work/result/heat3d.h5"
fi
