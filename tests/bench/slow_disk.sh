#!/usr/bin/env bash
# Runs a command whose writes to a disk are limited by the kernel (control groups, version 1 or 2): what a program does
# on storage that is slower than this machine's. Needs root, and a file system on a block device. Exit code 77: not
# possible.
set -euo pipefail

usage='tests/bench/slow_disk.sh DIRECTORY MB_PER_SECOND COMMAND [ARGUMENT...]'
[ $# -ge 3 ] || { printf 'usage: %s\n' "$usage" >&2 && exit 2; }
directory=$1 bytes=$(($2 * 1000000))
shift 2

refuse() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 77
}

[ "$(id -u)" = 0 ] || refuse "only root may limit a disk"
device=$(findmnt -no MAJ:MIN --target "$directory" | tr -d " ") || refuse "no file system found for $directory"
[ -e "/sys/dev/block/$device" ] || refuse "$directory is not on a block device"
# A partition's writes are counted for its disk.
if [ -e "/sys/dev/block/$device/partition" ]; then
  device=$(cat "/sys/dev/block/$device/../dev")
fi

root=/sys/fs/cgroup limit="$device wbps=$bytes" file=io.max
if [ -d /sys/fs/cgroup/blkio ]; then
  root=/sys/fs/cgroup/blkio limit="$device $bytes" file=blkio.throttle.write_bps_device
elif ! grep -qw io "$root/cgroup.subtree_control" 2>/dev/null; then
  { echo +io >"$root/cgroup.subtree_control"; } 2>/dev/null || refuse "control groups do not limit disks here"
fi
group=$root/tessera_slow_disk.$$
mkdir "$group" 2>/dev/null || refuse "cannot make a control group in $root"
cleanup() {
  echo $$ >"$root/cgroup.procs" 2>/dev/null || true
  rmdir "$group" 2>/dev/null || true
}
trap cleanup EXIT
{ echo "$limit" >"$group/$file"; } 2>/dev/null || refuse "cannot limit device $device to $bytes bytes/s"
echo $$ >"$group/cgroup.procs" || refuse "cannot enter the control group $group"
"$@"
