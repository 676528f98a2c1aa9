#!/usr/bin/env bash
# The heat example under LSF. From the repository's directory: bsub <jobscripts/lsf.sh
#
# Edit, or give to bsub: project, queue, ranks (-n), ranks per node (ptile), cores per rank (affinity), time.
#BSUB -J heat3d
##BSUB -P my_project
##BSUB -q my_queue
#BSUB -n 16
#BSUB -R "span[ptile=8] affinity[core(1)]"
#BSUB -W 0:30
# Two minutes before the end the job gets SIGUSR1, which mpiexec passes on: heat3d then writes a last step and ends.
# Without a program that catches it the signal kills; then take the line out.
#BSUB -wa USR1 -wt 2
#BSUB -o heat3d-%J.log
set -euo pipefail
trap : USR1 # the signal is for the program, but this script gets it too and would die of it

# Edit: what was loaded when the program was built.
# module purge; module load gcc openmpi hdf5

cd "$LS_SUBCWD"
# shellcheck source-path=SCRIPTDIR source=prepare.sh
. jobscripts/prepare.sh

# Edit, or set before bsub: the program, its options, a directory on the parallel file system, cores per rank as above.
program=${PROGRAM:-build/examples/heat3d/heat3d}
directory=${OUTPUT_DIRECTORY:-${SCRATCH:-$PWD/out}/heat3d-$LSB_JOBID}
threads=${THREADS:-1}
read -ra arguments <<<"${ARGUMENTS:-}"

# "host1 8 host2 8": a name and a number per node.
read -ra hosts <<<"$LSB_MCPU_HOSTS"
nodes=$((${#hosts[@]} / 2))

require_program "$program"
make_output_directory "$directory" "$nodes"
use_threads "$threads"

# The same without a signal: bjobs says "0:29 L", hours and minutes.
read -r left _ <<<"$(bjobs -noheader -o time_left "$LSB_JOBID" || true)"
left=$(in_seconds "$left:0")
end_at "${left:+$(($(date +%s) + left))}"

printf '%s ranks on %s nodes write %s\n' "$LSB_DJOB_NUMPROC" "$nodes" "$directory/heat3d.h5"
# Open MPI and Intel MPI, built with LSF, know the hosts. Spectrum MPI: jsrun -n "$LSB_DJOB_NUMPROC" -c "$threads" ...
examine "$directory" mpiexec -n "$LSB_DJOB_NUMPROC"
mpiexec -n "$LSB_DJOB_NUMPROC" "$program" --output "$directory/heat3d.h5" --overwrite "${arguments[@]}"
