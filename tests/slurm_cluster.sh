# shellcheck shell=bash
# A SLURM of our own on this machine: one node, all its files in the temporary directory $work. To be sourced; then call
# start_slurm. Everything is stopped and removed when the shell exits. Exit code 77 with a reason where SLURM is not
# installed (cmake/setup_debian.sh slurm).

PATH=$PATH:/usr/sbin # where Debian has the daemons, not on every user's PATH

for program in munged slurmctld slurmd sbatch srun; do
  if ! command -v "$program" >/dev/null; then
    printf 'skipped: no %s here; cmake/setup_debian.sh slurm installs it\n' "$program"
    exit 77
  fi
done

# Short, because the path of munge's socket may have 108 characters.
work=$(mktemp -d /tmp/slurm-XXXXXX)
chmod 755 "$work"
export SLURM_CONF=$work/slurm.conf
daemons=()

stop() {
  local daemon
  for daemon in "${daemons[@]}"; do
    kill "$daemon" 2>/dev/null || true
  done
  wait
  rm -rf "$work"
}
trap stop EXIT

fail() {
  printf '%s\n' "$1" >&2
  squeue >&2 || true
  tail -n 20 "$work"/*.log >&2
  exit 1
}

# Two of the ports that Linux does not hand out by itself, different for two runs at the same time.
port=$((20000 + $$ % 5000 * 2))

# "NodeName=... CPUs=2 Boards=1 ...", as slurmd sees this machine.
node_line() {
  slurmd -C | head -n 1
}

write_configuration() {
  local host user
  host=$(hostname -s)
  user=$(id -un)
  mkdir "$work/state" "$work/spool"
  cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthInfo=socket=$work/munge.socket
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
EnforcePartLimits=ALL
ReturnToService=2
$(node_line) NodeAddr=127.0.0.1 State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=60 State=UP
END
}

start() { # NAME COMMAND...
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 &
  daemons+=($!)
}

wait_for() { # SECONDS COMMAND...
  local attempts=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || return 1
    sleep 0.2
  done
}

node_is_idle() {
  [ "$(sinfo --noheader --format=%t)" = idle ]
}

start_slurm() {
  write_configuration
  dd if=/dev/urandom of="$work/munge.key" bs=128 count=1 status=none
  chmod 600 "$work/munge.key"
  start munged munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" \
    --pid-file="$work/munged.pid" --seed-file="$work/munged.seed" --log-file="$work/munged-own.log"
  wait_for 20 test -S "$work/munge.socket" || fail "munged did not start"
  start slurmctld slurmctld -D
  start slurmd slurmd -D
  wait_for 60 node_is_idle || fail "SLURM's node did not come up"
}
