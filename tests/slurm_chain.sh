#!/usr/bin/env bash
# A simulation that takes longer than its jobs may, in a real SLURM (tests/slurm_cluster.sh): three jobs, each of which
# ends before its limit and goes on where the one before stopped (afternotok), make the file that one job without a
# limit makes. slurm_chain.sh [BUILD_DIRECTORY]. Exit code 77 where there is no SLURM.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${1:-$root/build}")
# shellcheck source-path=SCRIPTDIR source=slurm_cluster.sh
. "$root/tests/slurm_cluster.sh"

start_slurm
cd "$root"
ranks=$(($(nproc) < 3 ? $(nproc) : 3))
export DOCTOR='' PROGRAM=$build/examples/heat3d/heat3d MPI_TYPE=${MPI_TYPE:-pmix}

# Enough steps for three jobs, the last of which has the time that it needs. SLURM sends the signal up to half a minute
# late; how many steps this machine does in a second is measured first, without the start.
seconds_per_job=15
run_alone() { # OPTION...
  bash cmake/mpi_launch.sh "$ranks" "$PROGRAM" --resolution 24 --every 50 "$@" >/dev/null
}
milliseconds_of() { # STEPS
  local begin
  begin=$(date +%s%N)
  run_alone --steps "$1" --output "$work/speed.h5" --overwrite
  printf '%s' $((($(date +%s%N) - begin) / 1000000))
}
start=$(milliseconds_of 100)
steps=$((2000 * 100000 / ($(milliseconds_of 2100) - start)))  # of 100 seconds
arguments="--resolution 24 --steps $steps --every 50"

# Each job is told by SIGUSR1 that its time is up, some seconds after it began.
submit() { # OPTION_OF_SBATCH...
  sbatch --parsable --nodes=1 --ntasks-per-node="$ranks" --time=1 --signal=USR1@$((60 - seconds_per_job)) "$@" \
    jobscripts/slurm.sh
}

export RESTART=yes OUTPUT_DIRECTORY=$work/chain ARGUMENTS="--margin 0 $arguments"
first=$(submit --output="$work/job1.log")
second=$(submit --output="$work/job2.log" --dependency="afternotok:$first")
third=$(submit --output="$work/job3.log" --dependency="afternotok:$second" --time=10 --signal=USR1@10)
for job in "$first" "$second" "$third"; do
  timeout 400 bash -c "while squeue --noheader --jobs=$job 2>/dev/null | grep -q .; do sleep 1; done" ||
    fail "job $job did not end"
done
tail -n 3 "$work"/job?.log
grep -q '^ended early: SIGUSR1' "$work/job1.log" || fail "the first job was not ended early"
grep -q 'goes on from step' "$work/job2.log" || fail "the second job did not go on"
grep -q 'goes on from step' "$work/job3.log" || fail "the third job did not go on"
grep -q "step $steps/$steps" "$work/job3.log" || fail "the third job did not end the simulation"

run_alone --steps "$steps" --output "$work/whole.h5"
h5diff "$work/whole.h5" "$work/chain/heat3d.h5" /simulation_1 /simulation_1 || fail "the files differ"
printf 'three jobs made the file of one: %s steps, h5diff finds no difference\n' "$steps"
