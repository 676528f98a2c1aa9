#!/usr/bin/env bash
# Checks files that the MPI tests wrote elsewhere (another HDF5, another MPI) with the readers of this machine.
#
#     check_foreign.sh FOREIGN [OWN]
#
# FOREIGN and OWN are directories tests/mpi of build directories; with OWN, files of the same name are compared by
# h5diff too. Python: $TESSERA_PYTHON or python3.
set -euo pipefail

[ $# -ge 1 ] || { printf 'usage: check_foreign.sh FOREIGN [OWN]\n' >&2 && exit 2; }
foreign=$1
own=${2-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${TESSERA_PYTHON:-python3}
checks=0
failed=()

# Directories mpi.* with manifests whose name matches a pattern.
directories_like() { # PATTERN
  local directory
  for directory in "$foreign"/$1; do
    if compgen -G "$directory/*.json" >/dev/null; then printf '%s\n' "$directory"; fi
  done
}

check() { # NAME COMMAND...
  local name=$1
  shift
  checks=$((checks + 1))
  printf '%s: ' "$name"
  "$@" || failed+=("$name")
}

mapfile -t all < <(directories_like 'mpi.*')
mapfile -t written < <(directories_like 'mpi.write.*np2')
if [ ${#written[@]} -eq 0 ]; then
  printf 'no files of the tests mpi.write in %s: run them first\n' "$foreign" >&2
  exit 1
fi
"$python" -c 'import h5py; print("h5py", h5py.version.version, "with HDF5", h5py.version.hdf5_version)'
check h5py "$python" "$here/check_files.py" "${all[@]}"
check h5dump "$python" "$here/check_h5dump.py" "${written[@]}"
check netcdf "$python" "$here/check_netcdf.py" "${written[@]}"
for engine in netcdf4 h5netcdf; do
  check "xarray $engine" "$python" "$here/check_xarray.py" "$engine" "${written[@]}"
done
if [ -n "$own" ]; then
  for directory in "${written[@]}"; do
    check "h5diff ${directory##*/}" "$python" "$here/check_same.py" "$directory" "$own/${directory##*/}"
  done
fi
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[*]}"
  exit 1
fi
printf 'summary: %d checks of the files in %d directories\n' "$checks" "${#all[@]}"
