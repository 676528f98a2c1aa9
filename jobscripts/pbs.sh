#!/usr/bin/env bash
# The heat example under PBS Pro or OpenPBS. From the repository's directory: qsub jobscripts/pbs.sh
#
# Edit, or give to qsub: account, queue, nodes (select), cores and ranks per node, time.
#PBS -N heat3d
##PBS -A my_project
##PBS -q my_queue
#PBS -l select=2:ncpus=8:mpiprocs=8:ompthreads=1
#PBS -l place=scatter
#PBS -l walltime=00:30:00
#PBS -j oe
set -euo pipefail

# Edit: what was loaded when the program was built.
# module purge; module load gcc openmpi hdf5

cd "$PBS_O_WORKDIR"
# shellcheck source-path=SCRIPTDIR source=prepare.sh
. jobscripts/prepare.sh

# Edit, or hand over with qsub -v PROGRAM=...: the program, its options, a directory on the parallel file system.
program=${PROGRAM:-build/examples/heat3d/heat3d}
directory=${OUTPUT_DIRECTORY:-${SCRATCH:-$PWD/out}/heat3d-${PBS_JOBID%%.*}}
read -ra arguments <<<"${ARGUMENTS:-}"

# PBS_NODEFILE has one line per rank.
ranks=$(wc -l <"$PBS_NODEFILE")
nodes=$(sort -u "$PBS_NODEFILE" | wc -l)

require_program "$program"
make_output_directory "$directory" "$nodes"
use_threads "${OMP_NUM_THREADS:-1}" # PBS sets it from ompthreads

# PBS sends no signal before the end that mpiexec would pass on, so heat3d goes by the clock. Torque tells the walltime
# as PBS_WALLTIME, which programs read themselves; PBS Pro and OpenPBS tell it here:
# "    Resource_List.walltime = 00:30:00".
if [ -z "${PBS_WALLTIME:-}" ]; then
  walltime=$(in_seconds "$(qstat -f "$PBS_JOBID" | sed -n 's/^ *Resource_List\.walltime = //p' || true)")
  end_at "${walltime:+$(($(date +%s) + walltime))}"
fi

printf '%s ranks on %s nodes write %s\n' "$ranks" "$nodes" "$directory/heat3d.h5"
# Open MPI. MPICH and Intel MPI: mpiexec -n "$ranks" -f "$PBS_NODEFILE" ...; HPE MPI: mpiexec_mpt -n "$ranks" ...
launch=(mpiexec -n "$ranks" --hostfile "$PBS_NODEFILE" --map-by "slot:PE=$OMP_NUM_THREADS" --bind-to core)
examine "$directory" "${launch[@]}"
"${launch[@]}" "$program" --output "$directory/heat3d.h5" --overwrite "${arguments[@]}"
