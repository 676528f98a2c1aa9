# shellcheck shell=bash disable=SC2034
# What examples/run.sh and tests/run.sh share: options, stages with one line each and a log, configuring, building.
# To be sourced; then set `option`, the options with their defaults, and call parse_options.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# ---- options ---------------------------------------------------------------------------------------------------------

declare -A option
cmake_options=()
program_options=()

# Fills `option`, `cmake_options` and, with what follows "--", `program_options`. An option whose default is "no" is a
# switch.
parse_options() {
  local name
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage && exit ;;
      --) program_options=("${@:2}") && return ;;
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" && continue ;;
    esac
    name=${1#--}
    if [ "$name" = "$1" ] || [ -z "${option[$name]+known}" ]; then refuse_option "$1"; fi
    if [ "${option[$name]}" = no ]; then
      option[$name]=yes && shift
      continue
    fi
    [ $# -ge 2 ] || die "option $1 needs a value; see --help"
    if [ "$name" = cmake ]; then cmake_options+=("$2"); else option[$name]=$2; fi
    shift 2
  done
}

refuse_option() {
  local known
  for known in "${!option[@]}"; do
    if [[ --$known = "$1"* || $1 = "--$known"* ]]; then
      die "unknown option '$1'; did you mean --$known? See --help"
    fi
  done
  die "unknown option '$1'; see --help"
}

require_number() { # NAME...
  local name
  for name; do
    [[ ${option[$name]} =~ ^[1-9][0-9]*$ ]] || die "--$name wants a number above 0, not '${option[$name]}'"
  done
}

# ---- stages ----------------------------------------------------------------------------------------------------------

stage_number=0
failed_stages=()
go_on_after_failure=no

stages_begin() { # NUMBER_OF_STAGES
  stage_total=$1
  stage_logs=${option[out-dir]}/log
  if ! mkdir -p "$stage_logs" 2>/dev/null || [ ! -w "$stage_logs" ]; then
    die "cannot write the logs to $stage_logs; give another directory with --out-dir, and with --build-dir"
  fi
}

# Runs a command with its output in a log; its last line "summary: ..." is shown. A failure ends the script; with
# --keep-going, and in stages of tests, it is stages_end that does.
stage() { # NAME COMMAND [ARGUMENT...]
  local name=$1 log=$stage_logs/$1.log begin=$SECONDS status summary
  shift
  stage_number=$((stage_number + 1))
  printf '[%d/%d] %s ... ' "$stage_number" "$stage_total" "$name"
  # Not "command || status=$?": that would switch `set -e` off inside the command.
  set +e
  if [ "${option[verbose]}" = yes ]; then
    printf '\n'
    (set -e; "$@") 2>&1 </dev/null | tee "$log"
    status=${PIPESTATUS[0]}
  else
    (set -e; "$@") >"$log" 2>&1 </dev/null
    status=$?
  fi
  set -e
  summary=$(sed -n 's/^summary: /; /p' "$log" | tail -n 1)
  if [ "$status" -eq 0 ]; then
    printf 'ok (%d s%s)\n' $((SECONDS - begin)) "$summary"
  else
    stage_failed "$name" "$log" "$status" $((SECONDS - begin))
  fi
}

stage_failed() { # NAME LOG STATUS SECONDS
  printf 'FAILED (exit code %d, %d s)\n' "$3" "$4"
  printf 'Stage "%s" failed. Its log is %s and ends with:\n' "$1" "$2" >&2
  tail -n 20 "$2" | sed 's/^/    /' >&2
  failed_stages+=("$1")
  [ "$go_on_after_failure" = yes ] || exit 1
}

stages_end() {
  [ ${#failed_stages[@]} -eq 0 ] || die "failed: ${failed_stages[*]}"
}

# ---- what both scripts do --------------------------------------------------------------------------------------------

# nproc obeys OMP_NUM_THREADS, which is about running programs and not about building.
core_count() {
  env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc
}

memory_kib() {
  local file bytes free_kib
  free_kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    bytes=$(cat "$file" 2>/dev/null) || continue
    # "max", or a number too long to be meant: no limit.
    [[ $bytes =~ ^[0-9]{1,15}$ ]] && [ $((bytes / 1024)) -lt "$free_kib" ] && free_kib=$((bytes / 1024))
  done
  printf '%d\n' "$free_kib"
}

install_packages() { # SET
  if [ "${option[no-install]}" = yes ]; then
    printf 'summary: left out\n'
  else
    bash "$root/cmake/setup_debian.sh" "$1"
  fi
}

# Compiling with Kokkos or GoogleTest takes up to 1.5 GiB a job.
job_count() {
  local by_memory
  by_memory=$(($(memory_kib) / (1536 * 1024)))
  [ "$by_memory" -ge 1 ] || by_memory=1
  printf '%d\n' $(($(core_count) < by_memory ? $(core_count) : by_memory))
}

# The first Python that has h5py: the one on PATH need not be the one that apt installs for.
choose_python() {
  local python
  for python in "${TESSERA_PYTHON-}" "$(command -v python3)" /usr/bin/python3; do
    if [ -n "$python" ] && "$python" -c 'import h5py' 2>/dev/null; then
      printf '%s\n' "$python"
      return
    fi
  done
  printf 'No python3 with h5py found; name one with TESSERA_PYTHON=/path/to/python3\n' >&2
  return 1
}

is_configured() {
  [ -e "${option[build-dir]}/CMakeCache.txt" ]
}

remove_build_directory() {
  if is_configured; then rm -rf "${option[build-dir]}"; fi
}

# A new build directory gets Ninja where there is one; an existing one keeps what it was configured with.
configure() { # [CMAKE_OPTION...]
  local fresh=()
  if ! is_configured && command -v ninja >/dev/null; then
    fresh=(-G Ninja)
  fi
  if ! cmake -S "$root" -B "${option[build-dir]}" "${fresh[@]}" "$@" "${cmake_options[@]}"; then
    printf '\nIf the build directory was moved or belongs to another compiler: --clean begins anew.\n'
    return 1
  fi
}

build() { # [TARGET...]
  local targets=() output=$stage_logs/compiler.log
  [ $# -eq 0 ] || targets=(--target "$@")
  if ! cmake --build "${option[build-dir]}" --parallel "${option[jobs]}" "${targets[@]}" | tee "$output"; then
    # Jobs that were still running may have said much since.
    printf '\nThe first errors:\n'
    grep -m 5 'error:' "$output"
    return 1
  fi
  printf 'summary: %d warnings\n' "$(grep -c 'warning:' "$output")"
}
