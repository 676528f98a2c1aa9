#!/usr/bin/env bash
# Installs the Debian packages that Tessera needs and that are still missing. This is the one place that names them.
# Written for Debian 12; Debian 13 and Ubuntu 24.04 call the packages the same, Debian unstable all but Kokkos.
set -euo pipefail

usage() {
  cat <<'END'
setup_debian.sh [--list | --missing] SET     install what is missing of a set of packages
  SET        library   to build Tessera
             examples  to build, run and plot the examples too
             tests     to run the whole test suite
             lint      to have clang-tidy look at the sources too (the test lint.tidy; 200 MB with LLVM)
             paraview  to look at side files in ParaView (the tests interop.in_vtk.*; 800 MB)
             debian    to run the suite on another Debian too (tests/debian13.sh, tests/debian_unstable.sh)
             slurm     to submit the SLURM job script on this machine (tests/slurm.sh)
  --list     only print the set
  --missing  only print what is not installed yet
Uses apt-get as root or through "sudo -n"; when nothing is missing it needs neither rights nor a network.
END
}

# Kokkos comes with Trilinos up to Debian 13.
kokkos_package() {
  case $(. /etc/os-release && printf '%s' "${ID-} ${VERSION_CODENAME-}") in
    'debian bookworm' | 'debian trixie' | ubuntu*) echo libtrilinos-kokkos-dev ;;
    *) echo libkokkos-dev ;;
  esac
}

packages_of() {
  case $1 in
    library)
      echo g++ cmake ninja-build pkg-config
      echo libopenmpi-dev openmpi-bin libhdf5-openmpi-dev "$(kokkos_package)" zlib1g-dev
      echo libisal-dev libdeflate-dev libcli11-dev nlohmann-json3-dev libpng-dev
      ;;
    examples)
      packages_of library
      echo hdf5-tools python3-h5py python3-numpy python3-matplotlib
      ;;
    tests)
      packages_of examples
      echo libgtest-dev python3-xarray python3-netcdf4 python3-h5netcdf netcdf-bin nco doxygen shellcheck file valgrind
      echo python3-zarr python3-fsspec # for tools.refs
      echo clang-format # for lint.format
      # Beside the parallel one, which stays the one that is found: for the test install.serial_hdf5.
      echo libhdf5-dev
      ;;
    lint) echo clang-tidy ;;
    paraview) echo paraview python3-paraview ;; # python3-vtk9 conflicts with the latter
    debian) echo debootstrap debian-archive-keyring ;;
    slurm) echo slurmctld slurmd slurm-client munge ;;
    *) die "there is no set of packages '$1'; see --help" ;;
  esac
}

# Waits for the upgrade that a new machine may be doing by itself.
apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
install_options=(install --yes --no-install-recommends)

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

print_missing() {
  local package
  for package; do
    is_installed "$package" || printf '%s\n' "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

may_install() {
  [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

install() {
  printf 'to install: %s\n' "$*"
  if ! may_install; then
    printf 'Only an administrator can install these. Please have run:\n\n  apt-get update && apt-get %s %s\n\n' \
      "${install_options[*]}" "$*"
    printf 'Where the libraries come from elsewhere (modules, Spack, ...), go on with --no-install.\n'
    die "$# Debian packages are missing, and this user may not install them"
  fi
  # A second try for the case that the machine's own timer holds the lock of the package lists.
  as_root "${apt[@]}" update || { sleep 20 && as_root "${apt[@]}" update; }
  as_root "${apt[@]}" "${install_options[@]}" "$@"
  printf 'summary: installed %d packages and what they need\n' "$#"
}

missing_or_install() { # ACTION PACKAGE...
  local action=$1 missing
  shift
  mapfile -t missing < <(print_missing "$@")
  if [ "$action" = missing ]; then
    [ ${#missing[@]} -eq 0 ] || printf '%s\n' "${missing[@]}"
  elif [ ${#missing[@]} -eq 0 ]; then
    printf 'summary: nothing missing\n'
  else
    install "${missing[@]}"
  fi
}

main() {
  local action=install packages
  case ${1-} in
    --help | -h) usage && exit ;;
    --list | --missing) action=${1#--} && shift ;;
  esac
  [ $# -eq 1 ] || die "name one set of packages; see --help"
  packages=$(packages_of "$1")
  if [ "$action" = list ]; then
    printf '%s\n' "${packages//[[:space:]]/$'\n'}"
  elif command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    # shellcheck disable=SC2086  # one word is one package
    missing_or_install "$action" $packages
  else
    printf 'No apt here. Needed are, as Debian calls them: %s\n' "${packages//$'\n'/ }"
    printf 'summary: no apt; going on with what is installed\n'
  fi
}

main "$@"
