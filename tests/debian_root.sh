# shellcheck shell=bash disable=SC2034,SC2031
# What tests/debian13.sh and tests/debian_unstable.sh share: builds and tests Tessera in a root of another Debian, and
# has each side read, and continue, the files that the other wrote. To be sourced with `script`, `release` (what
# debootstrap calls it), `title` and `about` set.

# shellcheck source-path=SCRIPTDIR source=../cmake/stages.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cmake/stages.sh"

: "${script:?}" "${release:?}" "${title:?}" "${about:?}"
script_name=$(basename "$script" .sh)

usage() {
  cat <<END
tests/$script_name.sh [OPTION...] [-- CTEST_OPTION...]      as root

$about
The first call downloads about 500 MB; later ones use the root, and the build directory, that are there.

  --dir DIR         where the root, its build directory and the logs go (out/$script_name)
  --mirror URL      of Debian (the one that this machine's apt uses)
  --build-dir DIR   a build directory of this machine whose suite has run: its files are read on $title, and
                    the other way round (build; left out where there is none)
  --no-install      do not look for debootstrap among the Debian packages
  --jobs N          compilers and tests at the same time (by cores and memory)
  --cmake OPTION    one option for CMake, for example --cmake -DTESSERA_HDF5=SERIAL; may be repeated
  --clean           begin with a new build directory; a new root is made where DIR/root was removed
  --verbose         show what the stages print
  --help            this text

What follows "--" goes to ctest: tests/$script_name.sh -- -L 'unit|mpi'
All mounts are in a mount namespace of this script: nothing is left of them when it ends, however it ends.
END
}

option=([dir]=$root/out/$script_name [mirror]='' [build-dir]=$root/build [jobs]=$(job_count) [cmake]='' [no-install]=no
  [clean]=no [verbose]=no)
parse_options "$@"
require_number jobs
dir=$(realpath -m "${option[dir]}")
option[out-dir]=$dir
own_build=$(realpath -m "${option[build-dir]}")
debian=$dir/root
[ "$(id -u)" -eq 0 ] || die "debootstrap and chroot take root's rights; call it as root"

# ---- a namespace of our own ------------------------------------------------------------------------------------------

# Starts this script again with mounts and processes of its own. The kernel undoes the mounts when the last process is
# gone, and ends the processes when the first is; that one goes with us.
enter_namespace() {
  local inner status=0
  TESSERA_IN_NAMESPACE=yes setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
    bash "$script" "$@" &
  inner=$!
  # shellcheck disable=SC2064  # the process of now is meant
  trap "kill -KILL $inner 2>/dev/null; wait $inner 2>/dev/null; exit 130" INT TERM HUP
  wait "$inner" || status=$?
  exit "$status"
}

[ "${TESSERA_IN_NAMESPACE-}" = yes ] || enter_namespace "$@"

# ---- the root --------------------------------------------------------------------------------------------------------

# What apt on this machine gets Debian's own packages from.
debian_mirror() {
  local codename mirror
  if [ -n "${option[mirror]}" ]; then
    printf '%s\n' "${option[mirror]}"
    return
  fi
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME-}")
  # The origin is known once apt has the lists.
  # shellcheck disable=SC2016  # apt's own variables
  mirror=$(apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(REPO_URI)' |
    awk -F'|' -v codename="$codename" '$2 == codename && ($1 == "Debian" || $1 == "") { print $3; exit }')
  if [ -z "$mirror" ]; then
    printf 'apt on this machine has no list of Debian packages; name a mirror with --mirror\n' >&2
    return 1
  fi
  printf '%s\n' "$mirror"
}

# Under another name until it is complete: an interrupted call leaves no half root behind that looks like one.
make_root() {
  local mirror
  if [ -e "$debian" ]; then
    printf 'summary: it was there\n'
    return
  fi
  mirror=$(debian_mirror)
  rm -rf --one-file-system "$debian.new"
  debootstrap --variant=minbase "$release" "$debian.new" "$mirror"
  mkdir "$debian.new/tessera" "$debian.new/build" "$debian.new/other"
  # How this machine's apt reaches the mirror.
  apt-config dump | grep -iE '^Acquire::(https?|ftp)::' >"$debian.new/etc/apt/apt.conf.d/90network" || true
  # A mirror may be a snapshot of some day.
  printf 'Acquire::Check-Valid-Until "false";\n' >"$debian.new/etc/apt/apt.conf.d/91snapshot"
  mv "$debian.new" "$debian"
}

mount_all() {
  mount -t proc proc "$debian/proc"
  mount --rbind /sys "$debian/sys"
  mount -t tmpfs tmpfs "$debian/dev/shm"
  mount -t tmpfs tmpfs "$debian/tmp"
  mount --bind "$root" "$debian/tessera"
  mount -o remount,bind,ro "$debian/tessera"
  mkdir -p "$dir/build"
  mount --bind "$dir/build" "$debian/build"
  if [ -d "$own_build" ]; then
    mount --bind "$own_build" "$debian/other"
    mount -o remount,bind,ro "$debian/other"
  fi
}

in_debian() { # COMMAND...
  chroot "$debian" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} "$@"
}

versions() {
  printf 'Debian %s' "$(cat "$debian/etc/debian_version")"
  # shellcheck disable=SC2016  # dpkg's own variables
  in_debian dpkg-query --show --showformat ', ${Package} ${Version}' \
    g++ libopenmpi-dev libhdf5-openmpi-dev libhdf5-dev \
    'lib*kokkos-dev' python3-h5py
}

install_in_debian() {
  cp /etc/resolv.conf /etc/hosts "$debian/etc/"
  in_debian bash /tessera/cmake/setup_debian.sh tests
  printf 'summary: %s\n' "$(versions)"
}

# ---- the suite -------------------------------------------------------------------------------------------------------

configure_in_debian() {
  in_debian cmake -S /tessera -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DTESSERA_BUILD_TESTS=ON \
    -DTESSERA_BUILD_EXAMPLES=ON "${cmake_options[@]}"
}

build_in_debian() {
  local output=$stage_logs/compiler.log
  in_debian cmake --build /build --parallel "${option[jobs]}" | tee "$output"
  printf 'summary: %d warnings\n' "$(grep -c 'warning:' "$output")"
}

test_in_debian() {
  in_debian ctest --test-dir /build --output-on-failure --parallel "${option[jobs]}" --output-junit /build/tests.xml \
    "${program_options[@]}"
}

has_files() { # BUILD_DIRECTORY
  compgen -G "$1/tests/mpi/mpi.write.np2/*.json" >/dev/null
}

read_in_debian() {
  in_debian bash /tessera/tests/interop/check_foreign.sh /other/tests/mpi /build/tests/mpi
}

read_here() {
  TESSERA_PYTHON=$(choose_python) bash "$root/tests/interop/check_foreign.sh" \
    "$dir/build/tests/mpi" "$own_build/tests/mpi"
}

has_starts() { # BUILD_DIRECTORY
  compgen -G "$1/tests/crash/resume_*/start.h5" >/dev/null
}

continue_in_debian() {
  in_debian bash /tessera/tests/interop/continue_foreign.sh /other /build /build/continued
}

continue_here() {
  TESSERA_PYTHON=$(choose_python) bash "$root/tests/interop/continue_foreign.sh" \
    "$dir/build" "$own_build" "$dir/continued"
}

[ "${option[clean]}" = no ] || rm -rf --one-file-system "$dir/build"
stages=6
if has_files "$own_build"; then stages=$((stages + 2)); fi
if has_starts "$own_build"; then stages=$((stages + 2)); fi
stages_begin "$stages"
stage install install_packages debian
stage root make_root
mount_all
stage packages install_in_debian
stage configure configure_in_debian
stage build build_in_debian
go_on_after_failure=yes # as far as the summary
rm -f "$dir/build/tests.xml"
stage tests test_in_debian
if has_files "$own_build" && has_files "$dir/build"; then
  stage read-there read_in_debian
  stage read-here read_here
else
  printf 'No exchange of files: the tests mpi.write have not run in both %s and %s\n' "$own_build" "$dir/build"
fi
if has_starts "$own_build" && has_starts "$dir/build"; then
  stage continue-there continue_in_debian
  stage continue-here continue_here
fi
python3 "$root/cmake/ctest_summary.py" "$dir/build/tests.xml" || failed_stages+=(summary)
stages_end
