# shellcheck shell=bash
# What the job scripts share: settings for HDF5, threads and the output directory. To be sourced.

# HDF5 locks a file that it opens. Many parallel file systems have no locks, or slow ones, and one job writes one file.
export HDF5_USE_FILE_LOCKING=${HDF5_USE_FILE_LOCKING:-FALSE}

# Errors of Open MPI's MPI-IO that settings avoid (tessera doctor names them). Other versions and MPIs do not mind.
export OMPI_MCA_fs_ufs_lock_algorithm=${OMPI_MCA_fs_ufs_lock_algorithm:-3}
export OMPI_MCA_fbtl_posix_read_datasieving=${OMPI_MCA_fbtl_posix_read_datasieving:-0}

# Kokkos with OpenMP: threads stay on the cores of their rank. Without OpenMP this does nothing.
use_threads() { # THREADS_PER_RANK
  export OMP_NUM_THREADS=$1
  export OMP_PROC_BIND=${OMP_PROC_BIND:-spread}
  export OMP_PLACES=${OMP_PLACES:-threads}
}

# The directory for the output. On Lustre a file lies on one storage target unless its directory says more: for a file
# that many nodes write, about one stripe per node that writes, 4 MiB each. Ask your centre for its advice.
make_output_directory() { # DIRECTORY STRIPES
  mkdir -p "$1"
  if command -v lfs >/dev/null && lfs getstripe "$1" >/dev/null 2>&1; then
    lfs setstripe --stripe-count "$2" --stripe-size 4M "$1" || printf 'no striping for %s; going on without\n' "$1" >&2
  fi
}

# When the job ends, for programs that finish in time (tessera::Finish): TESSERA_DEADLINE, seconds since 1970. Nothing
# happens where the number is missing, because the batch system did not answer, or where the user has set the variable.
end_at() { # SECONDS_SINCE_1970
  if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    export TESSERA_DEADLINE=${TESSERA_DEADLINE:-$1}
  fi
}

# "1:30:00", "30:00" or "90" as seconds; nothing for anything else.
in_seconds() { # TIME
  local part total=0
  [[ $1 =~ ^[0-9]+(:[0-9]+){0,2}$ ]] || return 0
  for part in ${1//:/ }; do
    total=$((total * 60 + 10#$part))
  done
  printf '%s' "$total"
}

# What would break the job, before it begins (tessera doctor): warnings are in the log, an error ends the job here.
# Nothing happens where DOCTOR is empty or the program is not there.
examine() { # DIRECTORY LAUNCHER...
  local doctor=${DOCTOR-build/src/tools/tessera} directory=$1 code=0
  shift
  if [ -x "$doctor" ]; then
    "$@" "$doctor" doctor "$directory" || code=$?
    [ "$code" -lt 2 ] || exit "$code"
  fi
}

require_program() { # PROGRAM
  if [ ! -x "$1" ]; then
    printf '%s is not there; build it first, for example with examples/run.sh, or set PROGRAM\n' "$1" >&2
    exit 1
  fi
}
