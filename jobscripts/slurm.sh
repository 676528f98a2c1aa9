#!/usr/bin/env bash
# The heat example under SLURM. From the repository's directory: sbatch jobscripts/slurm.sh
#
# Edit, or give to sbatch: account, partition, nodes, tasks, time.
#SBATCH --job-name=heat3d
##SBATCH --account=my_project
##SBATCH --partition=my_partition
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=8
#SBATCH --cpus-per-task=1
#SBATCH --time=00:30:00
# Two minutes before the end, give or take one, all processes that srun started get SIGUSR1: heat3d then writes a last
# step and ends. Without a program that catches it the signal kills; then take the line out.
#SBATCH --signal=USR1@120
#SBATCH --output=heat3d-%j.log
set -euo pipefail

# Edit: what was loaded when the program was built.
# module purge; module load gcc openmpi hdf5

cd "$SLURM_SUBMIT_DIR"
# shellcheck source-path=SCRIPTDIR source=prepare.sh
. jobscripts/prepare.sh

# Edit, or set before sbatch: the program, its options, a directory on the parallel file system, how srun starts MPI
# (srun --mpi=list shows what there is; pmix serves Open MPI, pmi2 MPICH and Intel MPI).
program=${PROGRAM:-build/examples/heat3d/heat3d}
directory=${OUTPUT_DIRECTORY:-${SCRATCH:-$PWD/out}/heat3d-$SLURM_JOB_ID}
mpi_type=${MPI_TYPE:-pmix}
read -ra arguments <<<"${ARGUMENTS:-}"

require_program "$program"
make_output_directory "$directory" "$SLURM_JOB_NUM_NODES"
use_threads "${SLURM_CPUS_PER_TASK:-1}"
# Since SLURM 22.05 srun does not take this over from sbatch.
export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-1}

# The same without a signal. SLURM 23.02 and newer have it as SLURM_JOB_END_TIME, which programs read themselves.
if [ -z "${SLURM_JOB_END_TIME:-}" ]; then
  end=$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%e || true)
  end_at "${end:+$(date --date="$end" +%s || true)}"
fi

printf '%s ranks on %s nodes write %s\n' "$SLURM_NTASKS" "$SLURM_JOB_NUM_NODES" "$directory/heat3d.h5"
examine "$directory" srun --mpi="$mpi_type" --cpu-bind=cores

# RESTART=yes continues the file, where there is one; so does a job that SLURM has queued again (sbatch --requeue).
# One after the other, until all steps are done, in one file:
#   export RESTART=yes OUTPUT_DIRECTORY=$SCRATCH/heat3d
#   job=$(sbatch --parsable jobscripts/slurm.sh)
#   sbatch --dependency=afternotok:$job jobscripts/slurm.sh     # starts when the one before ran out of time
begin=--overwrite
if [ "${RESTART:-no}" = yes ] || [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then begin=--restart; fi
srun --mpi="$mpi_type" --cpu-bind=cores "$program" --output "$directory/heat3d.h5" "$begin" "${arguments[@]}"
