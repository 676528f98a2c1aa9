#!/usr/bin/env bash
# A real file system of 24 MiB that gets full: full_disk.sh LAUNCHER PROGRAM PYTHON DIRECTORY tmpfs|ext4|shm
# shm: a small /dev/shm. Takes root, to mount; leaves with 77 where that is not possible.
set -eu

launcher=$1 program=$2 python=$3 directory=$4 kind=$5
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

leave_out() {
  printf 'left out: %s\n' "$1"
  exit 77
}

[ "$(id -u)" -eq 0 ] || leave_out 'only root can mount a file system'
if [ -z "${FULL_DISK_INSIDE:-}" ]; then
  command -v unshare >/dev/null || leave_out 'no unshare (util-linux)'
  unshare --mount true 2>/dev/null || leave_out 'this machine lets nobody make a mount namespace'
  # Mounts of a namespace of its own go with it, whatever happens.
  FULL_DISK_INSIDE=1 exec unshare --mount "${BASH_SOURCE[0]}" "$@"
fi

rm -rf "$directory"
mkdir -p "$directory/disk"
disk=$directory/disk
case $kind in
tmpfs) mount -t tmpfs -o size=24m none "$disk" || leave_out 'tmpfs cannot be mounted' ;;
ext4)
  command -v mkfs.ext4 >/dev/null || leave_out 'no mkfs.ext4 (e2fsprogs)'
  truncate -s 24M "$directory/image"
  mkfs.ext4 -q "$directory/image"
  mount -o loop "$directory/image" "$disk" || leave_out 'an image cannot be mounted'
  ;;
shm)
  mount -t tmpfs -o size=64m none /dev/shm || leave_out '/dev/shm cannot be replaced'
  mkdir /dev/shm/disk
  disk=/dev/shm/disk
  # Open MPI's own segments grow there too, and a rank that finds no page for them dies of SIGBUS (docs/reliability.md).
  export OMPI_MCA_btl_vader_backing_directory=$directory OMPI_MCA_btl_sm_backing_directory=$directory
  ;;
*) exit 64 ;;
esac
head -c 6M /dev/zero | tr '\0' x >"$disk/ballast"

status=0
OMPI_MCA_mpi_yield_when_idle=1 "$launcher" 4 "$program" "$disk" || status=$?
df -k "$disk" | tail -1
if [ "$status" -eq 0 ]; then
  "$python" "$here/check_full_disk.py" "$disk/full.h5" "$(cat "$disk/../full.steps")" || status=$?
fi
cd / && umount "$([ "$kind" = shm ] && printf /dev/shm || printf %s "$disk")"
rm -rf "$directory"
exit "$status"
