#!/usr/bin/env bash
# A job that would never end, in a real SLURM (tests/slurm_cluster.sh) with a limit of one minute: it commits a last
# step and ends by itself, first because SLURM sends SIGUSR1 (--signal), then because it knows when the time is up.
# slurm_limit.sh [BUILD_DIRECTORY]. Exit code 77 where there is no SLURM.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${1:-$root/build}")
# shellcheck source-path=SCRIPTDIR source=slurm_cluster.sh
. "$root/tests/slurm_cluster.sh"

start_slurm
cd "$root"
ranks=$(($(nproc) < 3 ? $(nproc) : 3))
export DOCTOR='' PROGRAM=$build/examples/heat3d/heat3d

# job NAME REASON OPTIONS_OF_HEAT3D OPTION_OF_SBATCH...: the job ends early, for this reason, before SLURM ends it.
job() {
  local name=$1 reason=$2 begin=$SECONDS
  export ARGUMENTS="--resolution 40 --steps 100000000 --every 50 $3" OUTPUT_DIRECTORY=$work/$name
  shift 3
  timeout 240 sbatch --wait --nodes=1 --ntasks-per-node="$ranks" --time=1 --output="$work/$name.log" "$@" \
    jobscripts/slurm.sh || fail "the job '$name' did not end by itself"
  printf '%s: %s s with the start, its log ends with\n' "$name" $((SECONDS - begin))
  tail -n 3 "$work/$name.log"
  grep -q "^ended early: $reason" "$work/$name.log" || fail "the job '$name' ended for another reason"
  check_last_step "$OUTPUT_DIRECTORY/heat3d.h5" "$work/$name.log"
}

# The last step that the log tells of is in the file, by h5dump.
check_last_step() { # FILE LOG
  local last
  last=$(sed -n 's/^simulation_1  step [^ ]*  t = \([^ ]*\) s.*/\1/p' "$2" | tail -n 1)
  h5dump --noindex --dataset=/simulation_1/time --width=1 "$1" |
    sed -n '/^   DATA {/,/}/p' | awk -v last="$last" '/^ *[0-9.e+-]+,?$/ { value = $1 + 0 }
      END { printf "last step: %s s, in the file: %s s\n", last, value
            exit !(value < 1.001 * last && last < 1.001 * value) }' ||
    fail "the last step is not in the file"
}

job signal 'SIGUSR1 on rank' '--margin 0' --signal=USR1@30
job deadline 'walltime: ' '--margin 30' --signal=CONT@0
