#!/usr/bin/env bash
# What `tessera doctor` says and ends with: doctor_test.sh PROGRAM LAUNCHER NO_LOCKS CASE...
# NO_LOCKS is a library to preload, in which flock fails. A case that this node cannot play is left out, with a line.
set -uo pipefail

program=$(realpath "$1")
launcher=$(realpath "$2")
no_locks=$3
shift 3
work=$(mktemp -d "$PWD/doctor-XXXXXX")
mounts=()
failures=0

finish() {
  local directory
  for directory in "${mounts[@]}"; do umount "$directory"; done
  rm -rf "$work"
}
trap finish EXIT
cd "$work" || exit 1

# The doctor of a node where all is well, as far as the environment says. What the node itself has (little space,
# a container's file system) may still be worth a warning, so the cases look at single lines.
unset "${!SLURM_@}" "${!PBS_@}" "${!LSB_@}" TESSERA_DEADLINE HDF5_USE_FILE_LOCKING
export OMPI_MCA_fs_ufs_lock_algorithm=3 OMPI_MCA_fbtl_posix_read_datasieving=0

complain() {
  printf 'FAILED: %s\n' "$1"
  sed 's/^/    /' output errors
  failures=$((failures + 1))
}

# doctor RANKS ARGUMENT...: runs it; its exit code has to be what its lines say.
doctor() {
  local ranks=$1 code=0 wanted=0
  shift
  if [ "$ranks" = alone ]; then
    "$program" doctor "$@" >output 2>errors </dev/null || code=$?
  else
    bash "$launcher" "$ranks" "$program" doctor "$@" >output 2>errors </dev/null || code=$?
  fi
  if grep -q '^warning' output; then wanted=1; fi
  if grep -q '^error' output; then wanted=2; fi
  [ "$code" -eq "$wanted" ] || complain "exit code $code instead of $wanted: doctor $*"
}

# says STATUS CHECK [PATTERN]: exactly one line has this status and check, and contains this.
says() {
  local lines
  lines=$(grep -c "^$1  *$2 .*${3:-}" output)
  [ "$lines" -eq 1 ] || complain "$lines lines with '$1 $2 ${3:-}' instead of 1"
}

left_out() {
  printf 'left out: %s\n' "$1"
}

# mount_small DIRECTORY OPTIONS: false where this user may not.
mount_small() {
  mkdir -p "$1"
  mount -t tmpfs -o "$2" tmpfs "$1" 2>/dev/null || return 1
  mounts+=("$(realpath "$1")")
}

# fake NAME TEXT: a program of this name on the PATH that prints this.
fake() {
  mkdir -p bin
  printf '#!/bin/sh\ncat <<END\n%s\nEND\n' "$2" >"bin/$1"
  chmod +x "bin/$1"
  PATH=$work/bin:$PATH
}

case_good() {
  doctor alone .
  says ok 'MPI library'
  says ok MPI-IO
  says ok 'HDF5 library'
  says ok 'loaded libraries'
  says ok directory 'created, written, synced and renamed'
  says ok 'file locks' 'flock and fcntl work'
  says ok 'one directory for all' 'one rank alone'
  says ok 'file size limit' none
  says ok 'time limit' 'not in a job'
  says ok striping
  for check in compressors 'MPI threads' processors 'shared memory' 'file system' space quota; do
    grep -q "^[a-z]*  *$check " output || complain "nothing about '$check'"
  done
  [ -z "$(find . -name '.tessera*')" ] || complain 'it left files behind'
}

case_no_mpi() {
  doctor alone --no-mpi
  says ok 'MPI library'
  says ok directory
  grep -q 'MPI threads' output && complain 'it started MPI'
}

case_ranks() {
  doctor 4 .
  says ok directory
  says ok 'one directory for all' "all 4 ranks see rank 0's file"
  grep -q '^[a-z]*  *processors  *4 ranks on this node' output || complain 'it does not tell of 4 ranks'
  tail -n 1 output | grep -q '^4 ranks, ' || complain 'it does not count 4 ranks'
  [ "$(grep -c '^[a-z]*  *HDF5 library' output)" -eq 1 ] || complain 'what all ranks say is not said once'
}

case_missing() {
  doctor alone no/such/directory
  says error directory 'No such file'
  grep -qE '^ok *(space|file locks)' output && complain 'it looks at what is not there'
  touch a_file
  doctor 2 a_file
  says error directory 'Not a directory'
}

case_unwritable() {
  mkdir closed
  chmod 555 closed
  if [ "$(id -u)" -eq 0 ]; then
    mount_small closed ro,size=1m || { left_out 'a directory that root cannot write to' && return; }
    doctor alone closed
    says error directory 'Read-only'
  else
    doctor alone closed
    says error directory 'Permission denied'
  fi
}

case_full() {
  mount_small full size=64k,nr_inodes=10 || { left_out 'a full file system: this user may not mount one' && return; }
  doctor 2 full
  says error directory 'No space left'
  says error space 'free of 64 KiB'
  says warning 'file system' tmpfs
  [ -z "$(ls -A full)" ] || complain 'it left files behind'
}

case_need() {
  doctor alone --need 1E .
  says error space 'but 1.0 EiB are needed'
  doctor alone --need 1M .
  says ok space
}

case_file_size_limit() {
  # Twice in blocks of 512 or 1024 bytes, as shells count: 1 or 2 MiB, more than the probe.
  local text
  text=$(ulimit -f 2050 && "$program" doctor --no-mpi --need 1G . 2>&1)
  printf '%s\n' "$text" >output
  says error 'file size limit' 'but 1.0 GiB are needed'
}

case_lfs() {
  fake lfs 'stripe_count:  1 stripe_size:   1048576 pattern:       raid0 stripe_offset: -1'
  doctor 2 .
  says warning striping 'lie on 1 storage target, which 2 ranks will share; remedy: .*lfs setstripe --stripe-count 4'
  doctor alone .
  says ok striping '1 storage target'
  fake lfs 'lcm_layout_gen: 0
    stripe_count:  1
    stripe_count:  8'
  doctor 2 .
  says ok striping '8 storage targets'
  fake lfs 'stripe_count:  -1 stripe_size: 1048576'
  doctor 2 .
  says ok striping 'all storage targets'
}

case_quota() {
  fake quota 'Disk quotas for user me (uid 1000):
     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace
server:/home 99000 90000 100000 6days 10 0 0'
  doctor alone .
  grep -q '^warning quota  *user: 97 MiB of 98 MiB' output || complain 'no warning of a quota that is nearly used up'
  fake lfs '        /lustre  300*  200  300  -  10101  0  0  -'
  doctor alone .
  grep -q '^error   quota  *user: 300 KiB of 300 KiB' output || complain 'no error of a quota that is used up'
}

case_locks() {
  export LD_PRELOAD=$no_locks
  doctor alone .
  says warning 'file locks' 'flock: No locks available.*remedy: export HDF5_USE_FILE_LOCKING=FALSE'
  export HDF5_USE_FILE_LOCKING=FALSE
  doctor alone .
  says ok 'file locks' 'HDF5 is told not to lock'
  unset LD_PRELOAD HDF5_USE_FILE_LOCKING
}

# Any library will do: the doctor goes by its name.
case_two_libraries() {
  cp "$no_locks" libhdf5_mpich.so.103
  LD_PRELOAD=$work/libhdf5_mpich.so.103 doctor alone .
  says error 'loaded libraries' 'two libraries of one kind: .*libhdf5_mpich.so.103'
}

# Rank 1 has another file system where rank 0 has its directory, as with a local disk of each node.
case_two_directories() {
  mkdir local
  # shellcheck disable=SC2016  # for the ranks' shell
  printf '#!/bin/sh\n%s\n%s\n' \
    '[ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" = 1 ] || exec "$@"' \
    'exec unshare --mount sh -c '"'"'mount -t tmpfs tmpfs local && exec "$@"'"'"' sh "$@"' >apart
  chmod +x apart
  if ! OMPI_COMM_WORLD_RANK=1 ./apart true 2>/dev/null; then
    left_out 'a directory that is another one for a rank: this user may not mount'
    return
  fi
  local code=0
  bash "$launcher" 3 ./apart "$program" doctor local >output 2>errors || code=$?
  [ "$code" -eq 2 ] || complain "exit code $code instead of 2"
  says error 'one directory for all' "is not rank 0's directory of that name (rank 1)"
}

case_job() {
  SLURM_JOB_ID=1 doctor alone .
  says warning 'time limit' 'does not tell when'
  SLURM_JOB_ID=1 SLURM_JOB_END_TIME=$(($(date +%s) + 600)) doctor alone .
  says ok 'time limit' 'left (SLURM_JOB_END_TIME)'
  TESSERA_DEADLINE=soon doctor alone .
  says error 'time limit' "TESSERA_DEADLINE is 'soon'"
}

case_mpi_bugs() {
  unset OMPI_MCA_fs_ufs_lock_algorithm OMPI_MCA_fbtl_posix_read_datasieving
  doctor alone .
  case $("$program" --version) in
    *'Open MPI 4.1.'[0-4],*) says warning MPI-IO 'issue 12718.*remedy: export OMPI_MCA_fs_ufs_lock_algorithm=3' ;;
    *) left_out 'errors of MPI-IO: for Open MPI 4.1.0 to 4.1.4' ;;
  esac
  export OMPI_MCA_fs_ufs_lock_algorithm=3 OMPI_MCA_fbtl_posix_read_datasieving=0
}

case_json() {
  local code=0
  bash "$launcher" 2 "$program" doctor --json no/such/directory >output 2>errors || code=$?
  [ "$code" -eq 2 ] || complain "exit code $code instead of 2"
  "${TESSERA_PYTHON:-python3}" - <<'END' || complain 'not the JSON that was wanted'
import json
report = json.load(open("output"))
checks = {entry["check"]: entry for entry in report["checks"]}
assert report["status"] == "error" and report["ranks"] == 2 and report["directory"] == "no/such/directory", report
assert checks["directory"]["status"] == "error" and checks["directory"]["remedy"], checks
assert set(checks["HDF5 library"]) == {"check", "status", "text", "remedy", "ranks"}, checks
END
}

case_command_line() {
  local code=0
  "$program" --version >output 2>errors || complain 'no --version'
  grep -q '^tessera [0-9.]* (.*HDF5' output || complain 'no version'
  "$program" --help >output 2>errors || complain 'no --help'
  grep -q doctor output || complain 'the help does not name doctor'
  for wrong in '' nonsense 'doctor --nonsense' 'doctor --need much'; do
    code=0
    # shellcheck disable=SC2086  # words
    "$program" $wrong >output 2>errors || code=$?
    [ "$code" -eq 64 ] || complain "exit code $code instead of 64: tessera $wrong"
  done
}

touch output errors
for name; do
  before=$failures
  "case_$name"
  [ "$failures" -gt "$before" ] || printf 'as expected: %s\n' "$name"
done
[ "$failures" -eq 0 ]
